"""A record as it is read: headings, pairs of question and answer, tables. For record pages, print and the first tab of a case. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from web import display, messages
from web.causes import causes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.spec.form import Field, Form
    from web.widgets import FileLine

_LONG = 60
_SCALES = frozenset({"scale", "likert"})
_NAMED = frozenset({"case", "cases"})


@dataclass(frozen=True, slots=True)
class Pair:
    """One question and its answer as shown.

    `wide` takes the whole line, `asked` is a sentence with a short answer, `reveal` is where a masked answer is shown, `files` what is attached.
    """

    title: str
    value: str
    wide: bool = False
    asked: bool = False
    reveal: str = ""
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """One column of a table."""

    title: str
    right: bool


@dataclass(slots=True)
class Group:
    """What stands under one heading: pairs, or a table with its rows and totals ("" = none)."""

    title: str = ""
    pairs: list[Pair] = field(default_factory=list)
    columns: list[Head] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Paper:
    """One sheet."""

    title: str
    groups: list[Group]


def read(
    form: Form, data: Mapping[str, Any], *, files: Mapping[str, FileLine] | None = None, reveal: str = "", omit: Iterable[str] = (),
    names: Mapping[str, str] | None = None,
) -> list[Paper]:
    """Lay out stored answers. What a branch hid is left out; what was asked and left blank shows a dash. `omit` are pointers left out (print).

    `names` are those of people whose login is an answer.
    """
    reader = _Reader(form, files or {}, reveal, frozenset(omit), names or {})
    sheets = []
    for tab in form.layout:
        groups = reader.groups(tab.fields, data)
        if groups:
            sheets.append(Paper(tab.title if len(form.layout) > 1 else "", groups))
    return sheets


def label_of(part: Field, value: Any) -> str:
    """Show one answer of a field as text."""
    if isinstance(value, (list, tuple)):
        return ", ".join(label_of(part, each) for each in value) or messages.NOTHING
    labels = {str(code.code): code.label for code in part.codes.items} if part.codes is not None else {}
    return display.answer(value, part, labels)


def names_person(part: Field) -> bool:
    """Say whether the answer of a field is somebody's login."""
    return part.widget == "lookup" and str(part.ui.get("source", "")) == "person"


class _Reader:
    def __init__(self, form: Form, files: Mapping[str, FileLine], reveal: str, omit: frozenset[str], names: Mapping[str, str]) -> None:
        """`reveal` is the address that shows a masked answer ("" = not offered)."""
        self.form, self.files, self.reveal, self.omit = form, files, reveal, omit
        self.causes, self.names = causes_of(form), names

    def groups(self, pointers: Sequence[str], data: Mapping[str, Any], title: str = "") -> list[Group]:
        """Lay out the parts of one object; sections and tables become groups of their own."""
        groups = [Group(title)]
        for pointer in pointers:
            part = self.form.fields[pointer]
            value = data.get(part.name)
            if pointer in self.omit or (value is None and pointer in self.causes):
                continue
            if part.type == "section":
                groups += self.groups(part.children, value or {}, part.title)
                groups.append(Group())
            elif part.type == "table":
                groups += [self._table(part, value or []), Group()]
            else:
                groups[-1].pairs.append(self._pair(part, pointer, value))
        return [group for group in groups if group.pairs or group.columns]

    def _pair(self, part: Field, pointer: str, value: Any) -> Pair:
        if part.type in ("file", "files"):
            ids = value if isinstance(value, list) else [value] if value else []
            kept = tuple(self.files[str(ident)] for ident in ids if str(ident) in self.files)
            return Pair(part.title, messages.NOTHING, wide=bool(kept), files=kept)
        shown = self._shown(part, value)
        reveal = f"{self.reveal}?at={pointer}" if part.sensitive and self.reveal and value not in (None, "") else ""
        return Pair(part.title, shown, wide=len(shown) > _LONG or "\n" in shown, asked=part.widget in _SCALES, reveal=reveal)

    def _shown(self, part: Field, value: Any) -> str:
        """Show an answer; logins and ids of cases by the names they stand for."""
        if value and (names_person(part) or part.type in _NAMED):
            return ", ".join(self.names.get(str(each), messages.UNKNOWN_CASE if part.type in _NAMED else str(each)) for each in (value if isinstance(value, list) else [value]))
        return label_of(part, value)

    def _table(self, part: Field, rows: Sequence[Mapping[str, Any]]) -> Group:
        columns = [self.form.fields[pointer] for pointer in part.columns]
        heads = [Head(column.title, column.type in ("integer", "number")) for column in columns]
        if not rows:
            return Group(pairs=[Pair(part.title, messages.NOTHING)])
        totals = [self._total(column, rows) if column.pointer in part.total else "" for column in columns]
        lines = [[label_of(column, row.get(column.name)) for column in columns] for row in rows]
        return Group(part.title, columns=heads, rows=lines, totals=totals if any(totals) else [])

    def _total(self, column: Field, rows: Sequence[Mapping[str, Any]]) -> str:
        values = [row[column.name] for row in rows if isinstance(row.get(column.name), (int, float)) and not isinstance(row[column.name], bool)]
        return display.with_unit(sum(values), column.unit)
