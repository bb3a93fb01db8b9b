"""A form: one screen's rules, compiled once, and how answers are read with them.

`compile_form` builds it, `Form.read` is the fixed pipeline: settle (hidden is absent, derived is computed) -> validate -> checks -> messages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.errors import FieldError, SpecError
from engine.spec import decode as html
from engine.spec import fields as screen
from engine.spec.expression import FxRuntimeError
from engine.spec.fields import Field, Part, Tab
from engine.spec.formparse import Reader
from engine.spec.keywords import validator_of
from engine.spec.locate import Report
from engine.spec.messages import sentence
from engine.spec.nodes import Many, Scalar, Section, Table
from engine.spec.plan import build, walk
from engine.spec.reading import Errors, facets, run_checks
from engine.spec.settle import Scope, settle

if TYPE_CHECKING:
    from datetime import date

    from engine.spec.codes import Code, CodeList
    from engine.spec.variants import Variant

__all__ = ["Field", "Form", "Reading", "Tab", "compile_form"]
_ID = re.compile(r"^urn:didimdol:form:([a-z][a-z0-9_]*)(?::[^:]*)?$")


@dataclass(frozen=True)
class Reading:
    """What answers mean.

    `data` is what would be stored (JSON types, settled). `visible`, `required` and the keys of `derived` and `options` are JSON pointers
    into the raw answers ("/rows/0/amount"; columns also as "/rows/*/amount"). `values` is `data` as fx reads it.
    """

    data: dict[str, Any]
    visible: frozenset[str]
    required: frozenset[str]
    derived: Mapping[str, Any]
    errors: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]
    options: Mapping[str, tuple[Code, ...]]
    ok: bool
    values: Mapping[str, Any]
    outcomes: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Form:
    """One screen. Immutable; safe to share between threads."""

    id: str
    title: str
    schema: Mapping[str, Any]
    screen: Mapping[str, Any]
    layout: tuple[Tab, ...]
    list_columns: tuple[str, ...]
    print: Mapping[str, Any]
    fields: Mapping[str, Field]
    live: frozenset[str]
    sensitive: frozenset[str]
    root: Section = field(repr=False)
    nodes: Mapping[str, Part] = field(repr=False)
    order: Mapping[str, int] = field(repr=False)
    breaks: tuple[date, ...] = field(repr=False)
    _validators: dict[int, Any] = field(repr=False, default_factory=dict)

    def prefill(self, facts: Mapping[str, Any], on: date) -> dict[str, Any]:  # noqa: ARG002 - the day is part of every reading's face
        """The raw answers a new record begins with."""
        out: dict[str, Any] = {}
        self._prefill(self.root, out, (), facts)
        return out

    def _prefill(self, section: Section, out: dict[str, Any], layers: tuple[Any, ...], facts: Mapping[str, Any]) -> None:
        typed: dict[str, Any] = {}
        inside = ((frozenset(section.children), typed), *layers)
        scope = Scope(inside, facts)
        for name, child in section.children.items():
            if isinstance(child, Section):
                inner: dict[str, Any] = {}
                self._prefill(child, inner, inside, facts)
                if inner:
                    out[name] = inner
            elif child.prefill is not None and not child.readonly:
                try:
                    data, value = give(child, child.prefill(scope))  # type: ignore[arg-type]
                except FxRuntimeError:
                    continue
                if data is not None:
                    out[name], typed[name] = data, value

    def decode(self, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """An HTML form's fields as raw answers; names that are no JSON pointer are not ours."""
        return html.decode(self.root, pairs)

    def read(self, answers: Mapping[str, Any], facts: Mapping[str, Any], on: date, *, confirmed: bool = False, strict: bool = True) -> Reading:
        """Everything the answers mean and everything wrong with them; never raises for bad answers.

        `strict` refuses values of hidden fields (a posted JSON); otherwise they are left out in silence (a draft, an HTML form).
        """
        tree = settle(self.root.plan, answers, facts, strict=strict)
        errors = Errors(self.nodes, self.order, tree)
        for fault in tree.faults:
            errors.add(fault.path, fault.keyword, fault.limit)
        data = tree.frames[0].data
        errors.add_all(self._validator(on).iter_errors(data))
        run_checks(tree, errors)
        visible, required, options = facets(tree, on)
        found, warnings = errors.sorted()
        return Reading(
            data=data,
            visible=visible,
            required=required,
            derived=tree.derived,
            errors=found,
            warnings=warnings,
            options=options,
            ok=not found and (confirmed or not warnings),
            values=tree.frames[0].typed,
            outcomes=tree.outcomes,
        )

    def _validator(self, on: date) -> Any:
        """The validator with the codes valid on a day; one for each stretch of days in which they do not change."""
        at = bisect_right(self.breaks, on)
        made = self._validators.get(at)
        if made is None:
            made = self._validators[at] = validator_of(self.root, on)
        return made

    def values(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Stored data as fx reads it: dates as dates. Unknown names and unreadable values are left out."""
        return typed_values(self.root, data)

    def message(self, pointer: str, keyword: str, limit: Any = None) -> str:
        """The sentence for an error found outside the form (a file that is not there, say)."""
        return sentence(self.nodes.get(pointer), keyword, limit)

    def variants(self) -> tuple[Variant, ...]:
        """The screens that can be reached by the answers that show or hide a section."""
        from engine.spec.variants import variants

        return variants(self.root)


def typed_values(section: Section, data: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values of stored data of a section."""
    out: dict[str, Any] = {}
    for name, child in section.children.items():
        raw = data.get(name) if isinstance(data, Mapping) else None
        if raw is None:
            continue
        if isinstance(child, Section):
            out[name] = typed_values(child, raw)
        elif isinstance(child, Table):
            out[name] = [typed_values(child.row, row) for row in raw] if isinstance(raw, list) else []
        elif (value := child.take(raw)[1]) is not None:
            out[name] = value
    return out


def give(node: Part, value: Any) -> tuple[Any, Any]:
    """An fx value as raw answer and typed value of a node."""
    if isinstance(node, (Scalar, Many)):
        return node.give(value)
    if isinstance(node, Section):
        return _give_section(node, value)
    if not isinstance(value, (list, tuple)):
        return None, None
    rows = [given for each in value[: node.most] if (given := _give_section(node.row, each))[0]]
    return ([row[0] for row in rows], [row[1] for row in rows]) if rows else (None, None)


def _give_section(section: Section, value: Any) -> tuple[Any, Any]:
    if not isinstance(value, Mapping):
        return None, None
    data: dict[str, Any] = {}
    typed: dict[str, Any] = {}
    for name, child in section.children.items():
        given = give(child, value.get(name)) if not child.readonly else (None, None)
        if given[0] is not None:
            data[name], typed[name] = given
    return (data, typed) if data else (None, None)


def compile_form(schema: Mapping[str, Any], lists: Mapping[str, CodeList], path: str) -> Form:
    """The form of a schema; raises `SpecError` with everything wrong with its shape (meaning is `formcheck`'s part)."""
    report = Report(path)
    form = assemble(schema, lists, path, report)
    if report.problems or form is None:
        raise SpecError(report.findings())
    return form


def assemble(schema: Any, lists: Mapping[str, CodeList], path: str, report: Report) -> Form | None:
    """The form as far as it can be read; what is wrong goes to `report`."""
    if not isinstance(schema, Mapping):
        report.add((), "object-form", "화면은 JSON 객체여야 합니다.")
        return None
    root = Reader(schema, lists, report).read()
    build(root, report)
    nodes = {node.pointer: node for node in walk(root)}
    layout = screen.tabs(root)
    fields = {pointer: screen.field_of(node) for pointer, node in nodes.items()}
    days: set[date] = set()
    for node in nodes.values():
        codes = screen.codes_of(node)
        days.update(codes.breaks if codes else ())
    found = _ID.match(str(schema.get("$id", "")))
    read = root.schema
    return Form(
        id=found[1] if found else path.rsplit("/", 1)[-1].removesuffix(".json"),
        title=root.title,
        schema=schema,
        screen=read.get("x-screen", {}),
        layout=layout,
        list_columns=_columns(read.get("x-list"), nodes, report),
        print=read.get("x-print", {}),
        fields=MappingProxyType(fields),
        live=screen.live(root),
        sensitive=frozenset(pointer for pointer, each in fields.items() if each.sensitive),
        root=root,
        nodes=nodes,
        order=_order(root, layout),
        breaks=tuple(sorted(days)),
    )


def _columns(names: Any, nodes: Mapping[str, Part], report: Report) -> tuple[str, ...]:
    out = []
    for n, name in enumerate(names if isinstance(names, list) else []):
        pointer = "/" + str(name).strip("/").replace(".", "/")
        if pointer not in nodes:
            report.add(("x-list", n), "unknown-name", f"없는 항목입니다: {name}")
        else:
            out.append(pointer)
    return tuple(out)


def _order(root: Section, layout: tuple[Tab, ...]) -> dict[str, int]:
    """The place of every pointer on the screen."""
    first = [pointer for tab in layout for pointer in tab.fields]
    rest = [child.pointer for child in root.children.values() if child.pointer not in first]
    order: dict[str, int] = {"": 0}
    for pointer in [*first, *rest]:
        node = root.children[pointer[1:]]
        for each in (node, *(walk(node) if isinstance(node, Section) else walk(node.row) if isinstance(node, Table) else ())):
            order[each.pointer] = len(order)
    return order
