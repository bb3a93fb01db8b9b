"""One screen of an edition told for people: its fields with options, conditions and checks in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec import branchwords, wording
from engine.spec.difference_form import TYPES
from engine.spec.fields import sections
from engine.spec.josa import settle_josa
from engine.spec.nodes import Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.codes import CodeList
    from engine.spec.fields import Field, Part
    from engine.spec.form import Form
    from engine.spec.naming import Naming
    from engine.spec.nodes import Branch, Check
    from engine.spec.wording import Told

REQUIRED, OPTIONAL, SHOWN, AT_TIMES = "필수", "선택", "출력", "조건부"
_BOUNDS = {"minimum": "{} 이상", "maximum": "{} 이하", "exclusiveMinimum": "{} 초과", "exclusiveMaximum": "{} 미만", "multipleOf": "{}의 배수"}
_LENGTHS = {"minLength": "{}자 이상", "maxLength": "{:,}자까지"}
_ROWS = {"minItems": "{}개 이상", "maxItems": "{}개까지"}


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its label, its code where that says something else, and from when to when it may be chosen."""

    label: str
    code: str
    valid: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the field table. `depth` is 0 for a field of the screen itself; `mark` is one of 필수, 선택, 출력, 조건부 ("" for a heading).

    `shown` says when it is there, `needed` when it must be filled in. `listed` is the id of its code list; `options` are told here where they are few.
    """

    pointer: str
    depth: int
    title: str
    kind: str
    mark: str
    shown: tuple[str, ...]
    needed: tuple[str, ...]
    limits: tuple[str, ...]
    options: tuple[Option, ...]
    listed: str
    derived: Told
    prefill: Told
    help: str
    page: int | None
    group: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """One check: what must hold, what is said otherwise, and whether one may go on after confirming."""

    id: str
    rule: Told
    message: str
    mild: bool
    where: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One tab of a screen."""

    title: str
    lines: tuple[Line, ...]


FEW = 12  # so many options are told beside the field; more stand in the list of codes


def sheets(form: Form, top: Naming) -> tuple[Sheet, ...]:
    """Give the field table, tab by tab."""
    writer = _Writer(form, top)
    return tuple(Sheet(tab.title, tuple(line for pointer in tab.fields for line in writer.lines(form.nodes[pointer], 0))) for tab in form.layout)


def checks(form: Form, top: Naming) -> tuple[Tested, ...]:
    """Give every check of a screen, its sections and tables."""
    return tuple(_tested(check, section, top) for section in sections(form.root) for check in section.checks)


def options_of(codes: CodeList) -> tuple[Option, ...]:
    """Give the options of a list."""
    return tuple(Option(code.label, "" if str(code.code) == code.label else str(code.code), _valid(code.from_, code.to_)) for code in codes.items)


def _valid(first: Any, last: Any) -> str:
    return f"{first or ''}~{last or ''}" if first or last else ""


def _tested(check: Check, section: Section, top: Naming) -> Tested:
    naming = top.within(section)
    message = "".join(part if isinstance(part, str) else f"〈{wording.value(part[0], naming)}〉" for part in check.message)
    return Tested(check.id, wording.demand(check.rule, naming), message, check.level == "warning", section.title if section.owner is not None else "")


class _Writer:
    """Writes the lines of one form; knows the conditions under which each part is shown or required."""

    def __init__(self, form: Form, top: Naming) -> None:
        self.form = form
        self.top = top
        self.shown: dict[str, list[str]] = {}
        self.needed: dict[str, list[str]] = {}
        self.narrowed: dict[str, list[str]] = {}
        for section in sections(form.root):
            for branch in section.branches:
                self._branch(branch, section)
            for name, others in section.pairs.items():
                for other in others:
                    self._note(self.needed, section, (other,), settle_josa(f"{section.children[name].title}을(를) 적을 때"))

    def _branch(self, branch: Branch, section: Section) -> None:
        for effect, holds in ((branch.then, True), (branch.other, False)):
            when = branchwords.branch(branch.condition, section, holds=holds) if effect.hides or effect.requires else ""
            opposite = branchwords.branch(branch.condition, section, holds=not holds) if effect.hides else ""
            for names in effect.hides:
                self._note(self.shown, section, names, opposite)
            for names in effect.requires:
                self._note(self.needed, section, names, when)
        written = section.schema["allOf"][branch.at[-1]]
        for word, holds in (("then", True), ("else", False)):
            for names, limits in _narrowed(written.get(word, {}), section, ()):
                when = branchwords.branch(branch.condition, section, holds=holds)
                self._note(self.narrowed, section, names, f"{when} {limits}")

    def _note(self, into: dict[str, list[str]], section: Section, names: tuple[str, ...], told: str) -> None:
        known = into.setdefault(section.pointer + "".join(f"/{name}" for name in names), [])
        if told not in known:
            known.append(told)

    def lines(self, node: Part, depth: int) -> Iterator[Line]:
        """Give the line of a part and those of what is in it."""
        yield self._line(node, depth)
        inside = node if isinstance(node, Section) else node.row if isinstance(node, Table) else None
        for child in inside.children.values() if inside is not None else ():
            yield from self.lines(child, depth + 1)

    def _line(self, node: Part, depth: int) -> Line:
        field = self.form.fields[node.pointer]
        naming = self.top.within(node.owner)
        needed = tuple(self.needed.get(node.pointer, ()))
        group = isinstance(node, Section)
        options = options_of(field.codes) if field.codes is not None else ()
        listed = field.codes.id if field.codes is not None else ""
        return Line(
            node.pointer, depth, field.title, _kind(field), _mark(field, needed, group=group), tuple(self.shown.get(node.pointer, ())), needed,
            (*limits_of(field), *self.narrowed.get(node.pointer, ())), options if len(options) <= FEW or not listed else (), listed,
            wording.value(node.calc if node.readonly else None, naming), wording.value(None if node.readonly else node.prefill, naming), field.help, field.page,
            group,
        )


def _mark(field: Field, needed: tuple[str, ...], *, group: bool) -> str:
    if field.readonly:
        return SHOWN
    if field.required:
        return REQUIRED
    return AT_TIMES if needed else "" if group else OPTIONAL


def _kind(field: Field) -> str:
    told = TYPES.get(field.type, field.type)
    kind = f"{told} ({field.unit})" if field.unit else told
    return f"{kind} · 가려서 보임" if field.sensitive else kind


def limits_of(field: Field) -> tuple[str, ...]:
    """Give the bounds of a field in words."""
    schema = field.schema
    items = schema.get("items")
    inner: Mapping[str, Any] = items if isinstance(items, dict) and field.type != "table" else {}
    found = [words.format(part[word]) for part in (schema, inner) for table in (_BOUNDS, _LENGTHS) for word, words in table.items() if word in part]
    found += [words.format(schema[word]) for word, words in _ROWS.items() if word in schema]
    found += ["서로 다른 것만"] if schema.get("uniqueItems") else []
    found += ["정한 모양의 글만"] if any("pattern" in part for part in (schema, inner)) else []
    file = schema.get("x-file") or inner.get("x-file") or {}
    found += [f"{', '.join(map(str, file['accept']))} 파일"] if file.get("accept") else []
    found += [f"{file['maxMB']}MB까지"] if file.get("maxMB") else []
    found += [f"합계를 보이는 열: {', '.join(_titles(field, schema['x-total']))}"] if schema.get("x-total") and field.type == "table" else []
    found += ["위에서 고른 것에 딸린 것만"] if field.parent else []
    return tuple(found)


def _titles(field: Field, names: Any) -> list[str]:
    columns = (field.schema.get("items") or {}).get("properties", {})
    return [str((columns.get(name) or {}).get("title", name)) for name in names]


def _narrowed(effect: Mapping[str, Any], section: Section, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give the parts that one side of a branch limits further, and how."""
    for name, inner in (effect.get("properties") or {}).items():
        child = section.children.get(name)
        if not isinstance(inner, dict) or child is None:
            continue
        if isinstance(child, Section):
            yield from _narrowed(inner, child, (*path, name))
            continue
        codes = getattr(child, "codes", None)
        values = [inner["const"]] if "const" in inner else inner.get("enum", [])
        labels = [f"‘{codes.label(each) if codes else each}’" for each in values]
        told = [f"{', '.join(labels)}만"] if labels else []
        told += [words.format(inner[word]) for table in (_BOUNDS, _LENGTHS, _ROWS) for word, words in table.items() if word in inner]
        if told:
            yield (*path, name), ", ".join(told)

