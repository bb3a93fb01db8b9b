"""A list screen: `forms/views/<id>.json` as frozen values. Column values are expressions over facts; they are stored typed when facts change.

Rows are cases, or with `"of": {"form": "<id>", "drafts": bool}` the records of one form that are not withdrawn (and what is typed and not saved yet, where
`drafts` says so). Expressions of such a view read `this` beside the facts of the case: the answers, and `THIS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec.reader import Reader, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.errors import Finding
    from engine.spec.expression import Fx
    from engine.spec.source import Document

COLUMN_TYPES = ("text", "date", "number", "boolean")
FILTER_KINDS = ("range", "choice", "member", "text", "date-range", "year-range", "identifier")
#: What `this` holds beside the answers: the day it was saved first and by whom, the day and author of its last revision, how many people saved one,
#: whether it is a draft.
THIS = {
    "saved": "date", "by": "text", "by_name": "text", "changed": "date", "changed_by": "text", "changed_by_name": "text", "writers": "number",
    "draft": "boolean",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `group` is a heading over neighbouring columns, `link` opens the case."""

    id: str
    title: str
    value: Fx
    type: str
    group: str
    link: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter over `column` ("" for an identifier). `default` holds one expression, or two for a range; `options` the codes, or the id of a list."""

    id: str
    title: str
    kind: str
    column: str
    required: bool
    default: tuple[Fx, ...]
    options: tuple[str, ...]
    list: str


@dataclass(frozen=True, slots=True)
class Sort:
    """One step of the first order of the rows."""

    column: str
    descending: bool


@dataclass(frozen=True)
class View:
    """One list screen. `kinds` are the institution kinds that get it (none named = all), `where` which cases (or records) stand in it (None = all).

    `of` is the form whose records are the rows ("": the rows are cases), `drafts` whether its drafts stand among them.
    """

    id: str
    title: str
    list: str
    screen: Mapping[str, Any]
    kinds: tuple[str, ...]
    where: Fx | None
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    sort: tuple[Sort, ...]
    path: str
    of: str = ""
    drafts: bool = False

    def column(self, ident: str) -> Column | None:
        """Give the column with this id."""
        return next((column for column in self.columns if column.id == ident), None)

    def for_kind(self, kind: str) -> bool:
        """Say whether people of an institution of this kind get the view."""
        return not self.kinds or kind in self.kinds


def parse_view(document: Document) -> tuple[View | None, list[Finding]]:
    """Read one view; None where the file is no JSON object at all."""
    findings = list(document.findings)
    if document.data is None:
        return None, findings
    root = Reader(document, document.data, findings)
    columns = tuple(column for part in root.children("columns", required=True) if (column := _column(part)))
    view = View(
        root.text("id", required=True), root.text("title", required=True), root.text("list"), root.value("x-screen", dict, {}), root.texts("kinds"),
        root.fx("where"), columns, tuple(parse_filter(part) for part in root.children("filters")), tuple(_sort(part) for part in root.children("sort")),
        document.path, *_of(root),
    )
    root.done()
    _column_names(root, view)
    return view, findings


def _of(root: Reader) -> tuple[str, bool]:
    part = root.child("of")
    made = part.text("form", required="of" in root.data), part.flag("drafts")
    part.done()
    return made


def _column(part: Reader) -> Column | None:
    value = part.fx("value", required=True)
    ident, title, kind = part.text("id", required=True), part.text("title", required=True), part.choice("type", COLUMN_TYPES, "text")
    group, link = part.text("group"), part.flag("link")
    part.done()
    return Column(ident, title, value, kind, group, link) if value is not None else None


def parse_filter(part: Reader, kinds: Iterable[str] = FILTER_KINDS, column: str = "") -> Filter:
    """Read one filter of a view; of something else, of these `kinds` and over this `column`."""
    kind = part.choice("kind", kinds, "text", required=True)
    default = part.data.get("default")
    first = part.fxs("default") if isinstance(default, list) else tuple(fx for fx in (part.fx("default"),) if fx)
    codes, listed = parse_options(part)
    over = column or part.text("column", required=kind != "identifier")
    made = Filter(part.text("id", required=True), part.text("title", required=True), kind, over, part.flag("required"), first, codes, listed)
    part.done()
    return made


def parse_options(part: Reader) -> tuple[tuple[str, ...], str]:
    """Read `options`: the codes written there, and the id of the list that holds them ("" where they are written)."""
    if isinstance(part.data.get("options"), dict):
        return (), part.child("options").text("list", required=True)
    return part.texts("options"), ""


def _sort(part: Reader) -> Sort:
    made = Sort(part.text("column", required=True), part.flag("descending"))
    part.done()
    return made


def _column_names(root: Reader, view: View) -> None:
    names = [column.id for column in view.columns]
    for index, name in enumerate(names):
        if name in names[:index]:
            root.findings.append(root.document.finding(f"/columns/{index}", "duplicate-id", f"열 '{name}'을(를) 두 번 적었습니다. 하나만 남기세요."))
    written = {str(part.get("id", "")) for part in root.data.get("columns", []) if isinstance(part, dict)}
    wanted = [(f"/filters/{i}/column", f.column) for i, f in enumerate(view.filters)] + [(f"/sort/{i}/column", s.column) for i, s in enumerate(view.sort)]
    for pointer, name in wanted:
        if name and name not in written:
            message = f"'{name}' 열이 이 목록에 없습니다.{did_you_mean(name, written)}"
            root.findings.append(root.document.finding(pointer, "unknown-column", message))
