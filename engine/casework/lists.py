"""Lists of cases by the views of the edition: filtered, sorted and counted in SQL over the stored columns, never by reading cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true

from engine.casework import access, answers, keeping, reach
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

Test = Callable[[Any], ColumnElement[bool]]
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


def every(desk: Desk, view_id: str, reason: str, filters: Mapping[str, str | Sequence[str]] | None = None, sort: str = "") -> Page:
    """List all cases of a view at once, for files that leave the house; the reason stands in the access record of each case. Raises Invalid without."""
    told = answers.reason(reason)
    edition = desk.edition()
    view = next((each for each in views(desk) if each.id == view_id), None)
    if view is None:
        raise NotFound
    stored, steps, applied = plan(edition), _steps(view, sort), _applied(desk, view, filters or {})
    ids = _Matching(desk, edition, view, stored, applied).ids(steps, 0, 1_000_000)
    rows = _rows(desk, view, stored, ids)
    access.record_many(desk, "case.export", [row.id for row in rows], target=f"view {view_id}", reason=told)
    return Page(view, len(rows), 1, len(rows), view.columns, rows, applied, tuple(steps))


class _Matching:
    """The cases that match: who the person reaches, the view's own condition, the filters.

    Every condition on a column is a join with its stored values, so that the database can begin with any of them; the case rows are read for the page only.
    """

    def __init__(self, desk: Desk, edition: Edition, view: View, stored: Plan, applied: Mapping[str, tuple[str, ...]]) -> None:
        self.connection, self.stored, self.view = desk.connection, stored, view
        self.institution = None if reach.scope(edition, desk.actor) == "all" else desk.actor.institution_id
        self.tests: dict[str, list[Test]] = {}  # stored name -> what its key must pass
        self.identifiers: list[list[tuple[str, str]]] = []
        for each in view.filters:
            values = applied.get(each.id, ())
            if each.kind == "identifier" and any(values):
                self.identifiers.append([(pointer, keeping.key_of(desk, pointer, values[0])) for pointer in edition.case.search.identifiers])
            elif any(values):
                self._test(stored.names[view.id, each.column], _test(view, each, values))
        if view.id in stored.where:
            self._test(stored.where[view.id], lambda key: key == "1")

    def _test(self, name: str, test: Test) -> None:
        self.tests.setdefault(name, []).append(test)

    def total(self) -> int:
        """Count them."""
        first = next(iter(self.tests), None)
        return self._count(self._from(first), first)

    def ids(self, steps: Sequence[tuple[str, bool]], offset: int, size: int) -> list[str]:
        """Give the ids of a page: those with a value in the first column of the order by an index, then those without."""
        if not steps:
            first = next(iter(self.tests), None)
            return self._fetch(self._from(first), first, [], offset, size)
        (column, descending), *further = steps
        lead = self.stored.names[self.view.id, column]
        found = self._fetch(self._from(lead), lead, [(lead, descending), *self._named(further)], offset, size)
        if len(found) == size or lead in self.tests:
            return found
        with_value = self._count(self._from(lead), lead)
        first = next(iter(self.tests), None)
        rest = self._from(first)
        value = rest.without(lead)
        return found + self._fetch(rest, first, self._named(further), max(0, offset - with_value), size - len(found), value)

    def _named(self, steps: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
        return [(self.stored.names[self.view.id, column], descending) for column, descending in steps]

    def _from(self, lead: str | None) -> _From:
        source = _From(lead, self.institution)
        for name in self.tests:
            source.join(name)
        return source

    def _conditions(self, source: _From, first: str | None = None) -> list[ColumnElement[bool]]:
        """Say what must hold; where `first` is named, SQLite shall begin with its values and not with what else has an index."""
        held = first is not None and self.connection.dialect.name == "sqlite"
        columns = {name: source.values[name].c.key.concat("") if held and name != first else source.values[name].c.key for name in self.tests}
        found: list[ColumnElement[bool]] = [test(columns[name]) for name, tests in self.tests.items() for test in tests]
        if self.institution:
            found.append(source.institution_id == self.institution)
        for keys in self.identifiers:
            same = or_(false(), *(and_(search_key.c.kind == pointer, search_key.c.value == key) for pointer, key in keys))
            found.append(source.case_id.in_(select(search_key.c.case_id).where(same)))
        return found

    def _count(self, source: _From, lead: str | None) -> int:
        conditions = [*source.named(lead), *self._conditions(source)]
        return int(self.connection.execute(select(func.count()).select_from(source.tables).where(*conditions)).scalar_one())

    def _fetch(
        self, source: _From, lead: str | None, order: Sequence[tuple[str, bool]], offset: int, size: int, *more: ColumnElement[bool]
    ) -> list[str]:
        by: list[Any] = []
        for name, descending in order:
            key = source.join(name, outer=True).c.key
            by += [*([] if name == lead else [key.is_(None)]), key.desc() if descending else key]
        conditions = [*source.named(lead), *self._conditions(source, order[0][0] if order and order[0][0] == lead else None), *more]
        newest = [source.case_id] if order else [source.case_id.desc()]
        statement = select(source.case_id).select_from(source.tables).where(*conditions).order_by(*by, *newest)
        return list(self.connection.execute(statement.limit(size).offset(offset)).scalars())


class _From:
    """Stored values side by side, one row per case: beginning with those of one name, or with the cases themselves."""

    def __init__(self, lead: str | None, institution: str | None) -> None:
        self.values: dict[str, Any] = {}
        self.institution = institution
        self.tables: Any = cases
        self.case_id: ColumnElement[Any] = cases.c.id
        self.institution_id: ColumnElement[Any] = cases.c.institution_id
        if lead is not None:
            first = self.values[lead] = _ALIASES[0]
            self.tables, self.case_id, self.institution_id = first, first.c.case_id, first.c.institution_id

    def join(self, name: str, *, outer: bool = False) -> Any:
        """Give the values of `name`, joined once."""
        if name not in self.values:
            value = self.values[name] = _ALIASES[len(self.values)]
            there = value.c.institution_id == self.institution if self.institution else true()
            self.tables = self.tables.join(value, and_(value.c.case_id == self.case_id, value.c.name == name, there), isouter=outer)
        return self.values[name]

    def named(self, lead: str | None) -> list[ColumnElement[bool]]:
        """Say which values the first ones are."""
        return [] if lead is None else [self.values[lead].c.name == lead]

    def without(self, name: str) -> ColumnElement[bool]:
        """Say that a case has no value of `name`."""
        value = _ALIASES[-1]
        return not_(exists().where(value.c.case_id == self.case_id, value.c.name == name))


_ALIASES = tuple(case_value.alias(f"value_{number}") for number in range(64))  # a view has fewer filters and steps of order


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


def _test(view: View, asked: Filter, values: tuple[str, ...]) -> Test:
    """Give what a stored key must pass."""
    if asked.kind == "text":
        part = folded(values[0])
        return lambda key: key.contains(part, autoescape=True)
    if asked.kind == "choice":
        wanted = [folded(value) for value in values if value]
        return lambda key: key.in_(wanted)
    low, high = _bounds(view, asked, values)
    return lambda key: and_(key >= low if low else true(), key <= high if high else true())


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
