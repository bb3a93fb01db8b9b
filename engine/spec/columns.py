"""A sheet's columns and the fields of a form: which head means which field, and what the cells of a row are as raw answers.

A head is the title of a field or its name; inside sections "section/field", of tables "table.1.column" (one row of the table each) or "table/column"
(the table goes on in the lines below). A title that only one field has is enough by itself. Codes are taken by code or by label.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import Refused
from engine.spec.decode import answer, day_text
from engine.spec.nodes import Many, Scalar, Section, Table, clean, to_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from engine.spec.codes import Code, CodeList

Names = tuple[str, ...]
_PARTS = re.compile(r"\s*[/>▶▷.]\s*")
_BETWEEN = re.compile(r"\s*[;|\n]\s*")
_DAY_CLOCK = re.compile(r"^(\d{4}\D+\d{1,2}\D+\d{1,2}\D*?)[T ]+00:00(:00(\.0+)?)?$")
_TICKS = {"o": True, "ㅇ": True, "○": True, "v": True, "✓": True, "1": True, "y": True, "x": False, "×": False, "0": False, "n": False, "아니오": False}


@dataclass(frozen=True, slots=True)
class Column:
    """One column that means a field. `names` leads to it from the root; inside a table they lead on from `row`, None where it goes on below."""

    at: int
    head: str
    node: Scalar | Many
    names: Names
    table: Names = ()
    row: int | None = None


@dataclass
class Place:
    """Where an answer came from: how many lines below the first of its row, and its head."""

    below: int
    head: str


@dataclass
class Taken:
    """The raw answers of one row and, by JSON pointer, where they came from."""

    answers: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def where(self, pointer: str) -> Place | None:
        """Give where the answer at a pointer came from, or one inside it or around it."""
        found = self.places.get(pointer)
        if found is None:
            found = next((place for known, place in self.places.items() if known.startswith(pointer + "/")), None)
        return found


@dataclass(frozen=True)
class Columns:
    """The columns of a sheet as they mean a form. `unread` are heads of fields that are worked out, `unknown` those that mean no field."""

    known: tuple[Column, ...]
    unread: Mapping[int, str]
    unknown: Mapping[int, str]

    @property
    def tables(self) -> tuple[Column, ...]:
        """Give the columns of tables that go on in the lines below."""
        return tuple(column for column in self.known if column.table and column.row is None)

    def goes_on(self, first: Sequence[str], cells: Sequence[str], other: Sequence[int]) -> bool:
        """Say whether a line only goes on with the tables of the row that began with `first`: all else is blank, or `other` (its id) is the same."""
        inside = {column.at for column in self.tables}
        if not any(_cell(cells, at) for at in inside):
            return False
        rest = [at for at in range(max(len(first), len(cells))) if at not in inside]
        if all(not _cell(cells, at) for at in rest):
            return True
        same = bool(other) and all(_cell(cells, at) and _cell(cells, at) == _cell(first, at) for at in other)
        return same and all(not _cell(cells, at) or _cell(cells, at) == _cell(first, at) for at in rest)

    def answers(self, lines: Sequence[Sequence[str]], on: date) -> Taken:
        """Give the raw answers of one row: its first line and those that go on with its tables; `on` is the day that says which codes are meant."""
        taken = Taken()
        for column in self.known:
            if column.table and column.row is None:
                for below, cells in enumerate(lines):
                    _put(taken, column, below, _cell(cells, column.at), column.table, below, on)
            else:
                _put(taken, column, 0, _cell(lines[0], column.at), column.table, column.row, on)
        _settle_parents(taken.answers)
        _close_gaps(taken)
        return taken


def columns_of(root: Section, heads: Sequence[str]) -> Columns:
    """Find the field of each head. Raises Refused where two columns mean the same field or a title is that of several."""
    paths = list(_paths(root))
    known: list[Column] = []
    unread: dict[int, str] = {}
    unknown: dict[int, str] = {}
    for at, head in enumerate(heads):
        found = _find(paths, head)
        if found is None:
            if head.strip():
                unknown[at] = head
            continue
        path, row = found
        if path.node.readonly:
            unread[at] = head
        elif isinstance(path.node, (Scalar, Many)) and not path.node.kind.startswith("file"):
            known.append(Column(at, head, path.node, path.names, path.table, row))
        else:
            unknown[at] = head
    _demand_once(known)
    return Columns(tuple(known), unread, unknown)


@dataclass(frozen=True)
class _Path:
    """A field with every name and title on the way to it."""

    names: Names
    titles: Names
    node: Any
    table: Names


def _paths(section: Section, names: Names = (), titles: Names = (), table: Names = ()) -> Iterator[_Path]:
    for name, child in section.children.items():
        here, called = (*names, name), (*titles, child.title)
        if isinstance(child, Section):
            yield from _paths(child, here, called, table)
        elif isinstance(child, Table):
            for inner in _paths(child.row, (), called, here):
                yield _Path(inner.names, inner.titles, inner.node, here)
        else:
            yield _Path(here, called, child, table)


def _find(paths: list[_Path], head: str) -> tuple[_Path, int | None] | None:
    """Give the field a head means, and the row of its table where the head counts one."""
    whole = squeezed(head)
    parts = [squeezed(part) for part in _PARTS.split(unicodedata.normalize("NFC", head).strip()) if part]
    numbers = [n for n, part in enumerate(parts) if part.isdecimal() and len(part) < 4]
    row = int(parts[numbers[-1]]) - 1 if numbers else None
    plain = [part for n, part in enumerate(parts) if not numbers or n != numbers[-1]]
    for wanted, counted in ((parts, None), (plain, row)):
        hits = [path for path in paths if _is_called(path, wanted) and (counted is None or (path.table and counted >= 0))]
        if hits:
            return _only(hits, head), counted
    hits = [path for path in paths if whole in (squeezed(path.titles[-1]), squeezed(path.names[-1]))]
    return (_only(hits, head), None) if hits else None


def _is_called(path: _Path, wanted: list[str]) -> bool:
    names = [squeezed(name) for name in (*path.table, *path.names)]
    titles = [squeezed(title) for title in path.titles]
    return len(wanted) == len(titles) == len(names) and all(part in pair for part, pair in zip(wanted, zip(names, titles, strict=True), strict=True))


def _only(hits: list[_Path], head: str) -> _Path:
    if len(hits) > 1:
        ways = ", ".join("/".join(path.titles) for path in hits[:4])
        raise Refused(f"'{head}' 열은 여러 항목일 수 있습니다. 어느 것인지 적으세요: {ways}")
    return hits[0]


def _demand_once(known: list[Column]) -> None:
    seen: dict[Any, str] = {}
    for column in known:
        key = (column.table, column.row, column.names)
        if key in seen:
            raise Refused(f"'{seen[key]}' 열과 '{column.head}' 열이 같은 항목입니다. 하나만 두세요.")
        seen[key] = column.head


def squeezed(text: str) -> str:
    """Give a head or label as it is compared: NFKC, no blanks, no marks between words, one case."""
    return re.sub(r"[\s·ㆍ・\u119e*]+", "", unicodedata.normalize("NFKC", text)).casefold()


def cell_day(text: str) -> date | None:
    """Give the day a cell writes in any usual way, or None."""
    return to_day(day_text(_plain("date", clean(text))))


def _cell(cells: Sequence[str], at: int) -> str:
    return clean(cells[at]) if at < len(cells) else ""


@dataclass(frozen=True, slots=True)
class _Unclear:
    """A label that several codes have: which is meant depends on the answer above it."""

    text: str
    codes: tuple[Code, ...]
    parent: str

    def meant(self, above: Any) -> Any:
        chosen = above if isinstance(above, list) else [above]
        return next((code.code for code in self.codes if code.parent in chosen), self.codes[0].code if len(self.codes) == 1 else self.text)


def _put(taken: Taken, column: Column, below: int, text: str, table: Names, row: int | None, on: date) -> None:
    if not text:
        return
    holder: Any = taken.answers
    pointer = ""
    if table:
        for name in table[:-1]:
            holder = holder.setdefault(name, {})
        rows = holder.setdefault(table[-1], {})
        holder = rows.setdefault(row, {})
        pointer = "/".join(("", *table, str(row)))
    for name in column.names[:-1]:
        holder = holder.setdefault(name, {})
    holder[column.names[-1]] = cell_value(column.node, text, on)
    taken.places["/".join((pointer, *column.names))] = Place(below, column.head)


def cell_value(node: Scalar | Many, text: str, on: date) -> Any:
    """Give the raw answer one cell holds; what cannot be read stays text, so that the form says what is wrong with it."""
    if isinstance(node, Many):
        assert node.item is not None
        codes = node.item.codes
        if codes is not None and (whole := _code(codes, text, on, "")) != text:
            return [whole]
        parts = [part for part in _BETWEEN.split(text) if part]
        if len(parts) == 1 and codes is not None:
            parts = [part.strip() for part in text.split(",") if part.strip()]
        return [cell_value(node.item, part, on) for part in parts]
    if node.codes is not None:
        return _code(node.codes, text, on, node.parent)
    return answer(node, _plain(node.kind, text))


def _code(codes: CodeList, text: str, on: date, parent: str) -> Any:
    exact = next((code.code for code in codes.items if str(code.code) == text), None)
    if exact is not None:
        return exact
    wanted = squeezed(text)
    hits = [code for code in codes.items if squeezed(code.label) == wanted] or [
        code for code in codes.items if squeezed(str(code.code)) == wanted or text in {str(was) for was in code.was}
    ]
    today = set(codes.valid(on))
    hits = [code for code in hits if code in today] or hits
    if len(hits) == 1:
        return hits[0].code
    return _Unclear(text, tuple(hits), parent) if hits and parent else hits[0].code if hits else text


def _plain(kind: str, text: str) -> str:
    """Give a cell's text as `decode` reads it: figures without signs of money, ticks as yes or no, whole days without a clock."""
    if kind in ("integer", "number"):
        figure = unicodedata.normalize("NFKC", text).strip().lstrip("₩\\").strip()
        return figure[:-2] if re.fullmatch(r"[+-]?\d+\.0", figure) else figure
    if kind == "boolean":
        known = _TICKS.get(text.casefold())
        return text if known is None else "true" if known else "false"
    if kind == "date":
        found = _DAY_CLOCK.match(text)
        return found[1].strip() if found else text
    if kind == "time":
        found = re.fullmatch(r"(\d{1,2}):(\d{2})(:00)?", text)
        return f"{int(found[1]):02}:{found[2]}" if found else text
    return text


def _settle_parents(answers: Any) -> None:
    """Let labels that several codes have mean the one below the answer above them."""
    if isinstance(answers, dict):
        for key, value in answers.items():
            if isinstance(value, _Unclear):
                answers[key] = value.meant(answers.get(value.parent))
            else:
                _settle_parents(value)


def _close_gaps(taken: Taken) -> None:
    """Make lists of the rows of tables, which stood by their numbers; pointers to them close up as well."""
    moved: dict[str, str] = {}
    _rows(taken.answers, "", moved)
    for old, new in moved.items():
        for pointer in [known for known in taken.places if known.startswith(old + "/")]:
            taken.places[new + pointer[len(old) :]] = taken.places.pop(pointer)


def _rows(holder: dict[str, Any], at: str, moved: dict[str, str]) -> None:
    for name, value in holder.items():
        if not isinstance(value, dict):
            continue
        if value and all(isinstance(key, int) for key in value):
            order = sorted(value)
            moved.update({f"{at}/{name}/{old}": f"{at}/{name}/{new}" for new, old in enumerate(order) if old != new})
            holder[name] = [value[key] for key in order]
            for new, row in enumerate(holder[name]):
                _rows(row, f"{at}/{name}/{new}", moved)
        else:
            _rows(value, f"{at}/{name}", moved)
