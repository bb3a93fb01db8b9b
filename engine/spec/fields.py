"""What a page needs to know of a form: its fields, tabs and which answers change the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spec.nodes import Many, Scalar, Section, Table
from engine.spec.plan import names_of, reads_of, resolve, walk

if TYPE_CHECKING:
    from engine.spec.codes import Code, CodeList
    from engine.spec.expression import Fx

Part = Scalar | Many | Table | Section
#: So many codes fit beside each other; more become a list to choose from, many more one that is searched.
RADIO_CODES, SEARCH_CODES, LONG_TEXT = 5, 10, 200


@dataclass(frozen=True)
class Field:
    """One part of a screen.

    `pointer` is "/section/name", in tables "/table/*/column". `type` is string, integer, number, boolean, date, datetime, month, time,
    choice, choices, case, cases, file, files, texts, table or section. `columns` are the pointers of a table's columns, `children` those of a section.
    `page` is the manual page of its help. `parent` is the pointer of the field above it in a cascade.
    """

    pointer: str
    name: str
    title: str
    type: str
    widget: str
    unit: str = ""
    help: str = ""
    page: int | None = None
    required: bool = False
    readonly: bool = False
    sensitive: str = ""
    codes: CodeList | None = None
    parent: str = ""
    columns: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)
    ui: Mapping[str, Any] = field(default_factory=dict)
    schema: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> tuple[Code, ...]:
        """Every code the field ever had; what may be chosen today is in `Reading.options`."""
        return self.codes.items if self.codes else ()


@dataclass(frozen=True)
class Tab:
    """One tab of a screen and the pointers of the fields on it."""

    title: str
    fields: tuple[str, ...]


def field_of(node: Part) -> Field:
    """The field of one node."""
    schema = node.schema
    ui = dict(schema["x-ui"]) if isinstance(schema.get("x-ui"), Mapping) else {}
    codes = codes_of(node)
    kind = "choice" if isinstance(node, Scalar) and codes else node.kind
    widget = ui.get("widget") or _widget(node, kind, ui, codes)
    if codes and len(codes.items) > SEARCH_CODES:
        ui.setdefault("search", True)
    help_ = schema.get("x-help") if isinstance(schema.get("x-help"), Mapping) else {"text": schema.get("x-help", "")}
    manual = help_.get("manual") if isinstance(help_, Mapping) else None
    above = resolve(node.parent, node.owner) if node.parent else None
    was = schema.get("x-was", ())
    return Field(
        pointer=node.pointer,
        name=node.name,
        title=node.title,
        type=kind,
        widget=widget,
        unit=str(ui.get("unit", "")),
        help=str((help_ or {}).get("text", "") or schema.get("description", "")),
        page=manual.get("page") if isinstance(manual, Mapping) else None,
        required=node.required,
        readonly=node.readonly,
        sensitive=str(schema.get("x-sensitive", "")),
        codes=codes,
        parent="/" + "/".join(above) if above else "",
        columns=tuple(child.pointer for child in node.row.children.values()) if isinstance(node, Table) else (),
        children=tuple(child.pointer for child in node.children.values()) if isinstance(node, Section) else (),
        total=tuple(f"{node.pointer}/*/{name}" for name in schema.get("x-total", ())) if isinstance(node, Table) else (),
        was=tuple(was) if isinstance(was, (list, tuple)) else (str(was),),
        source=schema.get("x-source") or {},
        ui=ui,
        schema=schema,
    )


def codes_of(node: Part) -> CodeList | None:
    """The codes of a field or of the items of a list."""
    if isinstance(node, Many):
        return node.item.codes if node.item else None
    return node.codes if isinstance(node, Scalar) else None


_BY_KIND = {
    "table": "table",
    "section": "section",
    "file": "upload",
    "files": "upload",
    "case": "cases",
    "cases": "cases",
    "date": "date",
    "datetime": "datetime",
    "month": "month",
    "time": "time",
    "boolean": "boolean",
    "number": "number",
    "texts": "textarea",
}


def _widget(node: Part, kind: str, ui: Mapping[str, Any], codes: CodeList | None) -> str:
    if node.readonly and kind not in ("table", "section"):
        return "output"
    if kind == "choices":
        return "checkboxes"
    if codes:
        return "radio" if len(codes.items) <= RADIO_CODES else "select"
    if kind == "integer":
        return "money" if ui.get("unit") == "원" else "number"
    if kind == "string":
        return "textarea" if node.schema.get("maxLength", 0) > LONG_TEXT else "text"
    return _BY_KIND[kind]


def tabs(root: Section) -> tuple[Tab, ...]:
    """The tabs of `x-layout`; one tab of everything where there is none."""
    layout = root.schema.get("x-layout")
    if not layout:
        return (Tab(root.title, tuple(child.pointer for child in root.children.values())),)
    return tuple(
        Tab(tab["tab"], tuple(root.children[name].pointer for name in tab["fields"] if name in root.children)) for tab in layout
    )


def live(root: Section) -> frozenset[str]:
    """The pointers whose answers change the screen: read by a branch, calculation, check, message, cascade, lookup or total, or naming cases."""
    found: set[tuple[str, ...]] = set()
    for section in sections(root):
        for branch in section.branches:
            found.update((*names_of(section.pointer), *read) for read in branch.reads)
        for check in section.checks:
            for fx in [check.rule, *(part[0] for part in check.message if not isinstance(part, str))]:
                found |= _leaves(fx, section, root)
        found.update(names_of(f"{section.pointer}/{name}") for name in section.pairs)
        for child in section.children.values():
            found |= _drivers(child, section, root)
    found.update(names_of(node.pointer) for node in walk(root) if node.kind in ("case", "cases"))  # the screen shows who was chosen
    known = {node.pointer for node in walk(root) if not node.readonly and not isinstance(node, Section)}
    return frozenset(pointer for names in found if (pointer := "/" + "/".join(names)) in known)


def _drivers(child: Part, section: Section, root: Section) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for fx in (child.calc, child.prefill):
        if fx is not None:
            found |= _leaves(fx, section, root)
    ui = child.schema.get("x-ui")
    named = [child.parent, *(ui.get("with", ()) if isinstance(ui, Mapping) else ())]
    found.update(names for name in named if name and (names := resolve(str(name), section)))
    if isinstance(child, Table):
        found.update(names_of(f"{child.pointer}/*/{name}") for name in child.schema.get("x-total", ()))
    return found


def _leaves(fx: Fx, section: Section, root: Section) -> set[tuple[str, ...]]:
    """What an expression reads, sections and whole tables opened to what they hold."""
    out: set[tuple[str, ...]] = set()
    for names in reads_of(fx, section):
        out.add(names)
        out.update(inner for node in walk(root) if (inner := names_of(node.pointer))[: len(names)] == names)
    return out


def sections(root: Section) -> Iterator[Section]:
    """Every object of a form: itself, its sections, the rows of its tables."""
    yield root
    for node in walk(root):
        if isinstance(node, Section):
            yield node
        elif isinstance(node, Table):
            yield node.row
