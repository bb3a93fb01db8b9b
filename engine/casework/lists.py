"""Lists of cases by the views of the edition: filtered, sorted and counted in SQL over the stored columns, never by reading cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select

from engine.casework import access, keeping, reach
from engine.casework.facts import own_place, person_facts
from engine.casework.projection import folded, plan, sortable
from engine.errors import FieldError, Invalid, NotFound
from engine.store.tables import case_value, cases, search_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.casework.desk import Desk
    from engine.casework.projection import Plan
    from engine.spec.edition import Edition
    from engine.spec.view import Column, Filter, View

MOST = 500  # rows of one page
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list; `values` by column id: text, number, boolean or date, None where there is nothing."""

    id: str
    label: str
    number: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `filters` are the values that were applied (defaults too), `sort` the (column, descending) steps."""

    view: View
    total: int
    page: int
    size: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    filters: Mapping[str, tuple[str, ...]]
    sort: tuple[tuple[str, bool], ...]


def views(desk: Desk) -> tuple[View, ...]:
    """Give the views the person gets."""
    edition = desk.edition()
    wide = reach.scope(edition, desk.actor)
    return tuple(view for view in edition.views.values() if wide == "all" or (wide != "none" and view.for_kind(desk.actor.institution_kind)))


def cases_by(
    desk: Desk, view_id: str, filters: Mapping[str, str | Sequence[str]] | None = None, sort: str = "", page: int = 1, size: int = 50
) -> Page:
    """List cases by a view. `filters`: one value, or two for a range ("" leaves it open), by filter id; those left out take their default.

    `sort`: column ids separated by commas, "-" before one turns it round. Raises NotFound, Invalid for values that cannot be.
    """
    edition = desk.edition()
    view = next((each for each in views(desk) if each.id == view_id), None)
    if view is None:
        raise NotFound
    stored, size, page = plan(edition), max(1, min(size, MOST)), max(1, page)
    steps, applied = _steps(view, sort), _applied(desk, view, filters or {})
    matching = _Matching(desk, edition, view, stored, applied)
    ids = matching.ids(steps, (page - 1) * size, size)
    rows = _rows(desk, view, stored, ids)
    access.record_many(desk, "case.list", [row.id for row in rows], target=f"view {view_id}")
    return Page(view, matching.total(), page, size, view.columns, rows, applied, tuple(steps))


def every(desk: Desk, view_id: str, filters: Mapping[str, str | Sequence[str]] | None = None, sort: str = "") -> Page:
    """List all cases of a view at once, for files that leave the house. Needs the reason the desk's actor gives; each case is in the access record."""
    edition = desk.edition()
    view = next((each for each in views(desk) if each.id == view_id), None)
    if view is None:
        raise NotFound
    stored, steps, applied = plan(edition), _steps(view, sort), _applied(desk, view, filters or {})
    ids = _Matching(desk, edition, view, stored, applied).ids(steps, 0, 1_000_000)
    rows = _rows(desk, view, stored, ids)
    access.record_many(desk, "case.export", [row.id for row in rows], target=f"view {view_id}")
    return Page(view, len(rows), 1, len(rows), view.columns, rows, applied, tuple(steps))


class _Matching:
    """The cases that match: who the person reaches, the view's own condition, the filters."""

    def __init__(self, desk: Desk, edition: Edition, view: View, stored: Plan, applied: Mapping[str, tuple[str, ...]]) -> None:
        self.desk, self.view, self.stored = desk, view, stored
        self.institution = None if reach.scope(edition, desk.actor) == "all" else desk.actor.institution_id
        self.conditions = [cases.c.institution_id == self.institution] if self.institution else []
        if view.id in stored.where:
            self.conditions.append(self.has(stored.where[view.id], lambda key: key == "1"))
        for each in view.filters:
            values = applied.get(each.id, ())
            if any(values):
                self.conditions.append(self._filter(edition, each, values))

    def total(self) -> int:
        """Count them."""
        return int(self.desk.connection.execute(select(func.count()).select_from(cases).where(*self.conditions)).scalar_one())

    def ids(self, steps: Sequence[tuple[str, bool]], offset: int, size: int) -> list[str]:
        """Give the ids of a page: those with a value in the first column of the order by an index, then those without."""
        if not steps:
            return self._fetch(select(cases.c.id).where(*self.conditions).order_by(cases.c.id.desc()), offset, size)
        first, descending = steps[0]
        name = self.stored.names[self.view.id, first]
        lead = case_value.alias("lead")
        mine = and_(lead.c.name == name, lead.c.institution_id == self.institution) if self.institution else lead.c.name == name
        joined = lead.join(cases, cases.c.id == lead.c.case_id)
        order: list[Any] = [lead.c.key.desc() if descending else lead.c.key]
        joined, order = self._further(joined, order, steps[1:])
        found = self._fetch(select(cases.c.id).select_from(joined).where(mine, *self.conditions).order_by(*order, cases.c.id), offset, size)
        if len(found) == size:
            return found
        with_value = self.desk.connection.execute(select(func.count()).select_from(lead.join(cases, cases.c.id == lead.c.case_id)).where(mine, *self.conditions))
        without = not_(self.has(name, lambda key: key.is_not(None)))
        joined, order = self._further(cases, [], steps[1:])
        rest = select(cases.c.id).select_from(joined).where(without, *self.conditions).order_by(*order, cases.c.id)
        return found + self._fetch(rest, max(0, offset - int(with_value.scalar_one())), size - len(found))

    def has(self, name: str, test: Any) -> ColumnElement[bool]:
        """Say that a case has a stored value of this name for which `test` holds."""
        value = case_value.alias()
        return exists().where(value.c.case_id == cases.c.id, value.c.name == name, test(value.c.key)).correlate(cases)

    def _further(self, joined: Any, order: list[Any], steps: Sequence[tuple[str, bool]]) -> tuple[Any, list[Any]]:
        for column, descending in steps:
            value = case_value.alias()
            joined = joined.outerjoin(value, and_(value.c.case_id == cases.c.id, value.c.name == self.stored.names[self.view.id, column]))
            order += [value.c.key.is_(None), value.c.key.desc() if descending else value.c.key]
        return joined, order

    def _fetch(self, statement: Any, offset: int, size: int) -> list[str]:
        return list(self.desk.connection.execute(statement.limit(size).offset(offset)).scalars())

    def _filter(self, edition: Edition, asked: Filter, values: tuple[str, ...]) -> ColumnElement[bool]:
        if asked.kind == "identifier":
            keys = [(pointer, keeping.key_of(self.desk, pointer, values[0])) for pointer in edition.case.search.identifiers]
            same = or_(false(), *(and_(search_key.c.kind == pointer, search_key.c.value == key) for pointer, key in keys))
            return exists().where(search_key.c.case_id == cases.c.id, same).correlate(cases)
        name = self.stored.names[self.view.id, asked.column]
        if asked.kind == "text":
            return self.has(name, lambda key: key.contains(folded(values[0]), autoescape=True))
        if asked.kind == "choice":
            wanted = [folded(value) for value in values if value]
            return self.has(name, lambda key: key.in_(wanted))
        low, high = _bounds(self.view, asked, values)
        return self.has(name, lambda key: and_(key >= low if low else key.is_not(None), key <= high if high else key.is_not(None)))


def _steps(view: View, sort: str) -> list[tuple[str, bool]]:
    asked = [part.strip() for part in sort.split(",") if part.strip()]
    if not asked:
        return [(step.column, step.descending) for step in view.sort]
    steps = [(part.lstrip("-"), part.startswith("-")) for part in asked]
    wrong = [column for column, _ in steps if view.column(column) is None]
    if wrong:
        raise Invalid([FieldError("/sort", "enum", "없는 열로는 정렬할 수 없습니다.")])
    return steps


def _applied(desk: Desk, view: View, asked: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    facts = {"today": desk.today, "person": person_facts(desk.actor), "institution": own_place(desk)}
    applied: dict[str, tuple[str, ...]] = {}
    for each in view.filters:
        given = asked.get(each.id)
        values = (given,) if isinstance(given, str) else tuple(str(part) for part in given) if given is not None else None
        if values is None or (each.required and not any(values)):
            values = tuple("" if (value := fx(facts)) is None else str(value) for fx in each.default)
        if each.required and not any(values):
            raise Invalid([FieldError(f"/{each.id}", "required", f"{each.title}을(를) 입력하세요.", each.title)])
        if any(values):
            applied[each.id] = tuple(value.strip()[:200] for value in values)
    return applied


def _bounds(view: View, asked: Filter, values: tuple[str, ...]) -> tuple[str, str]:
    low, high = (*values, "", "")[:_PAIR]
    column = view.column(asked.column)
    try:
        if asked.kind == "year-range" and column is not None and column.type == "date":
            return (f"{int(low):04d}-01-01" if low else "", f"{int(high):04d}-12-31" if high else "")
        if asked.kind == "date-range" or (column is not None and column.type == "date"):
            return (date.fromisoformat(low).isoformat() if low else "", date.fromisoformat(high).isoformat() if high else "")
        return (sortable(Decimal(low)) if low else "", sortable(Decimal(high)) if high else "")
    except (ValueError, InvalidOperation):
        raise Invalid([FieldError(f"/{asked.id}", "type", f"{asked.title}의 범위를 다시 입력하세요.", asked.title)]) from None


def _rows(desk: Desk, view: View, stored: Plan, ids: list[str]) -> tuple[Row, ...]:
    found: dict[str, Any] = {}
    for begin in range(0, len(ids), MOST):
        part = select(cases.c.id, cases.c.label, cases.c.number, cases.c.shown).where(cases.c.id.in_(ids[begin : begin + MOST]))
        found |= {row.id: row for row in desk.connection.execute(part)}
    return tuple(_row(view, stored, found[ident]) for ident in ids)


def _row(view: View, stored: Plan, row: Any) -> Row:
    values = {column.id: row.shown.get(stored.names[view.id, column.id]) for column in view.columns}
    typed = {column.id: _typed(values[column.id], column.type) for column in view.columns}
    return Row(row.id, row.label, row.number or "", typed)


def _typed(value: Any, kind: str) -> Any:
    return date.fromisoformat(value) if kind == "date" and isinstance(value, str) else value
