"""Lists of cases and of records by the views of the edition: filtered, sorted and counted in SQL over the stored columns, never by reading cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import null, select

from engine.casework import access, reach
from engine.casework.matching import Matching, applied_filters
from engine.errors import FieldError, Invalid, NotFound
from engine.store.tables import cases, record_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.view import Column, View

MOST = 500  # rows of one page
WHOLE = 1_000_000  # rows of a whole list


@dataclass(frozen=True, slots=True)
class Row:
    """A case or a record in a list; `values` by column id: text, number, boolean or date, None where there is nothing.

    `label` and `number` are the case's, `case_id` too (of a case its own). `task_id` is where a draft is gone on with, "" where the row is none.
    """

    id: str
    label: str
    number: str
    values: Mapping[str, Any]
    case_id: str
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `filters` are the values that were applied (defaults too), `sort` the (column, descending) steps.

    `beyond` says that there are more than the `total`, which was counted so far only.
    """

    view: View
    total: int
    page: int
    size: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    filters: Mapping[str, tuple[str, ...]]
    sort: tuple[tuple[str, bool], ...]
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """All cases of a view by id, in its order; `filters` are the values that were applied."""

    view: View
    ids: list[str]
    filters: Mapping[str, tuple[str, ...]]


def views(desk: Desk) -> tuple[View, ...]:
    """Give the views the person gets."""
    edition = desk.edition()
    wide = reach.scope(edition, desk.actor)
    return tuple(view for view in edition.views.values() if wide == "all" or (wide != "none" and view.for_kind(desk.actor.institution_kind)))


def cases_by(
    desk: Desk, view_id: str, filters: Mapping[str, str | Sequence[str]] | None = None, sort: str = "", page: int = 1, size: int = 50,
    most: int | None = None,
) -> Page:  # fmt: skip
    """List the cases or records of a view. `filters`: one value, or two for a range ("" leaves it open), by filter id; those left out take their default.

    `sort`: column ids separated by commas, "-" before one turns it round. `most`: count no further. Raises NotFound, Invalid for values that cannot be.
    """
    edition = desk.edition()
    view = next((each for each in views(desk) if each.id == view_id), None)
    if view is None:
        raise NotFound
    size, page = max(1, min(size, MOST)), max(1, page)
    steps, applied = _steps(view, sort), applied_filters(desk, view, filters or {})
    matching = _matching(desk, edition, view, applied)
    total = matching.total(None if most is None else most + 1)
    ids = matching.ids(steps, (page - 1) * size, size, total)
    rows = _rows(desk, matching, ids)
    access.record_many(desk, f"{_what(view)}.list", dict.fromkeys(row.case_id for row in rows), target=f"view {view_id}")
    beyond = most is not None and total > most
    return Page(view, most if beyond and most else total, page, size, view.columns, rows, applied, tuple(steps), beyond)


def ordered(desk: Desk, view_id: str, filters: Mapping[str, str | Sequence[str]] | None = None, sort: str = "") -> Ordered:
    """Give every case of a view, by id only, filtered and sorted as by `cases_by`. Raises as it does."""
    edition = desk.edition()
    view = next((each for each in views(desk) if each.id == view_id), None)
    if view is None:
        raise NotFound
    steps, applied = _steps(view, sort), applied_filters(desk, view, filters or {})
    return Ordered(view, _matching(desk, edition, view, applied).ids(steps, 0, WHOLE), applied)


def counted(desk: Desk, view_id: str, filters: Mapping[str, str | Sequence[str]] | None = None) -> tuple[int, dict[str, tuple[str, ...]]]:
    """Count the rows of a view, and give the filters that were applied. Raises as `cases_by`."""
    view = next((each for each in views(desk) if each.id == view_id), None)
    if view is None:
        raise NotFound
    applied = applied_filters(desk, view, filters or {})
    return _matching(desk, desk.edition(), view, applied).total(), applied


def rows_of(desk: Desk, view_id: str, filters: Mapping[str, tuple[str, ...]], ids: Sequence[str]) -> tuple[Row, ...]:
    """Give the rows of a view with these ids in this order, without those that do not match or are out of the person's sight by now."""
    view = next((each for each in views(desk) if each.id == view_id), None)
    if view is None:
        return ()
    matching = _matching(desk, desk.edition(), view, filters)
    rows: list[Row] = []
    for begin in range(0, len(ids), MOST):
        part = ids[begin : begin + MOST]
        left = matching.among(part)
        rows += _rows(desk, matching, [ident for ident in part if ident in left])
    return tuple(rows)


def _matching(desk: Desk, edition: Edition, view: View, applied: Mapping[str, tuple[str, ...]]) -> Matching:
    return Matching(desk, edition, view, applied, everywhere=reach.scope(edition, desk.actor) == "all")


def _steps(view: View, sort: str) -> list[tuple[str, bool]]:
    asked = [part.strip() for part in sort.split(",") if part.strip()]
    if not asked:
        return [(step.column, step.descending) for step in view.sort]
    steps = [(part.lstrip("-"), part.startswith("-")) for part in asked]
    wrong = [column for column, _ in steps if view.column(column) is None]
    if wrong:
        raise Invalid([FieldError("/sort", "enum", "없는 열로는 정렬할 수 없습니다.")])
    return steps


def _what(view: View) -> str:
    return "record" if view.of else "case"


def _rows(desk: Desk, matching: Matching, ids: list[str]) -> tuple[Row, ...]:
    view, table = matching.view, matching.ground.table
    own = (record_row.c.case_id, record_row.c.task_id) if view.of else (cases.c.id.label("case_id"), null().label("task_id"))
    wanted = select(table.c.id, cases.c.label, cases.c.number, table.c.shown, *own)
    wanted = wanted.select_from(table.join(cases, cases.c.id == matching.ground.case_id)) if view.of else wanted
    found: dict[str, Any] = {}
    for begin in range(0, len(ids), MOST):
        found |= {row.id: row for row in desk.connection.execute(wanted.where(table.c.id.in_(ids[begin : begin + MOST])))}
    names = {column.id: matching.stored.names[view.id, column.id] for column in view.columns}
    return tuple(_row(view, names, found[ident]) for ident in ids)


def _row(view: View, names: Mapping[str, str], row: Any) -> Row:
    typed = {column.id: _typed(row.shown.get(names[column.id]), column.type) for column in view.columns}
    return Row(row.id, row.label, row.number or "", typed, row.case_id, row.task_id or "")


def _typed(value: Any, kind: str) -> Any:
    return date.fromisoformat(value) if kind == "date" and isinstance(value, str) else value
