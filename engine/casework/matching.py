"""The cases (or records of one form) a view's conditions and filters leave, as joins over the stored values: what lists read and statistics count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, literal_column, not_, or_, select, true

from engine.casework import identifiers, projection, rows
from engine.casework.facts import own_place, person_facts
from engine.casework.projection import folded, sortable
from engine.errors import FieldError, Invalid
from engine.store.tables import case_value, cases, record_row, record_value, search_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.view import Filter, View

Test = Callable[[Any], ColumnElement[bool]]
_PAIR = 2
_PARTS = ("text", "member")
_RARE: ColumnElement[Any] = literal_column("0.001")
_MOST_JOINED = 64  # a view has fewer filters and steps of order
_FEW = 1000  # so many are sorted faster than found in their order among all


@dataclass(frozen=True)
class Ground:
    """What the rows of a list stand on: their table, its column that names the case, and the values kept of each under the row's id in `of`."""

    table: Any
    case_id: ColumnElement[Any]
    of: str
    values: tuple[Any, ...]


CASES = Ground(cases, cases.c.id, "case_id", tuple(case_value.alias(f"value_{number}") for number in range(_MOST_JOINED)))
RECORDS = Ground(record_row, record_row.c.case_id, "row_id", tuple(record_value.alias(f"value_{number}") for number in range(_MOST_JOINED)))


class Matching:
    """The cases or records that match: who the person reaches and what they see, the view's own condition, the filters.

    Every condition on a column is a join with its stored values, so that the database can begin with any of them; the rows are read for the page only.
    """

    def __init__(self, desk: Desk, edition: Edition, view: View, applied: Mapping[str, tuple[str, ...]], *, everywhere: bool) -> None:
        """Take the `applied` filters of `applied_filters`; `everywhere` for people who reach every institution."""
        self.connection, self.view = desk.connection, view
        self.sqlite = desk.connection.dialect.name == "sqlite"
        self.ground, self.form = (RECORDS, view.of) if view.of else (CASES, "")
        stored: projection.Plan | rows.Plan = rows.plan(edition) if view.of else projection.plan(edition)
        self.stored = stored
        form = edition.forms.get(view.of)
        self.sight = form.sight if form is not None and not desk.actor.clock else None
        self.marks = self.sight.marks(desk.actor.login, desk.actor.roles) if self.sight else ()
        self.saved_only = view.of in stored.drafts and not view.drafts if isinstance(stored, rows.Plan) else False
        self.institution = None if everywhere else desk.actor.institution_id
        self.tests: dict[str, list[Test]] = {}  # stored name -> what its key must pass
        self.narrow: str | None = None  # the first whose values are looked through for a part: few pass, and no index tells the database so
        self.identifiers: list[ColumnElement[bool]] = []
        for each in view.filters:
            values = applied.get(each.id, ())
            if each.kind == "identifier" and any(values):
                self.identifiers.append(identifiers.same(desk, edition, values[0]))
            elif any(values):
                name = stored.names[view.id, each.column]
                self._test(name, _test(view, each, values))
                self.narrow = name if self.narrow is None and each.kind in _PARTS else self.narrow
        if view.id in stored.where:
            self._test(stored.where[view.id], lambda key: key == "1")

    def _test(self, name: str, test: Test) -> None:
        self.tests.setdefault(name, []).append(test)

    def total(self, most: int | None = None) -> int:
        """Count them, up to `most`."""
        return self._count(self._first(), most)

    def _first(self) -> str | None:
        return self.narrow or next(iter(self.tests), None)

    def ids(self, steps: Sequence[tuple[str, bool]], offset: int, size: int, total: int | None = None) -> list[str]:
        """Give the ids of a page: those with a value in the first column of the order by an index, then those without. Few, by their `total`, are sorted."""
        if not steps or (total is not None and total <= _FEW):
            first = self._first()
            return self._fetch(self.begin(first, held=first == self.narrow), first, self._named(steps), offset, size)
        (column, descending), *further = steps
        lead = self.stored.names[self.view.id, column]
        found = self._fetch(self.begin(lead, held=True), lead, [(lead, descending), *self._named(further)], offset, size)
        if len(found) == size or lead in self.tests:
            return found
        with_value = self._count(lead)
        first = self._first()
        rest = self.begin(first)
        value = rest.without(lead)
        return found + self._fetch(rest, first, self._named(further), max(0, offset - with_value), size - len(found), value)

    def _named(self, steps: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
        return [(self.stored.names[self.view.id, column], descending) for column, descending in steps]

    def among(self, ids: Sequence[str]) -> set[str]:
        """Say which of these rows match."""
        source = self.begin(None)
        conditions = [*source.named(None), *self.conditions(source, ""), source.row_id.in_(ids)]
        return set(self.connection.execute(select(source.row_id).select_from(source.tables).where(*conditions)).scalars())

    def begin(self, lead: str | None, *, held: bool = False, whole: bool = False) -> From:
        """Give the joined values of every test, beginning with those of `lead` (None: with the cases); `held`: SQLite shall begin there too.

        `whole`: all of them will be read.
        """
        along = whole and lead is None and self.institution is None and self.ground is CASES and self.sqlite
        source = From(self.ground, lead, self.institution, self.form, placed=not (held and self.sqlite), along=along)
        for name in self.tests:
            source.join(name)
        return source

    def conditions(self, source: From, first: str | None = None) -> list[ColumnElement[bool]]:
        """Say what must hold; where `first` is named, SQLite shall begin with its values and not with what else has an index."""
        held = first is not None and self.sqlite
        columns = {name: source.values[name].c.key.concat("") if held and name != first else source.values[name].c.key for name in self.tests}
        found: list[ColumnElement[bool]] = [test(columns[name]) for name, tests in self.tests.items() for test in tests]
        if held and first is not None and first == self.narrow:
            found += [func.likelihood(test(columns[first]), _RARE) for test in self.tests[first]]
        return found + self._further(source)

    def _further(self, source: From) -> list[ColumnElement[bool]]:
        """Say what must hold beside the tests of values."""
        found: list[ColumnElement[bool]] = []
        if source.row_id is cases.c.id:
            found.append(cases.c.id != cases.c.institution_id)  # an institution's own case is in no list
        if self.institution:
            found.append(source.institution_id == self.institution)
        for same in self.identifiers:
            source.row()
            found.append(self.ground.case_id.in_(select(search_key.c.case_id).where(same)))
        if self.sight is not None:
            source.row()
            seen = record_row.c.audience
            found.append(or_(seen == self.sight.everybody(), *(seen.contains(mark) for mark in self.marks)))
        if self.saved_only:
            source.row()
            found.append(record_row.c.draft_id.is_(None))
        return found

    def _count(self, lead: str | None, most: int | None = None) -> int:
        if lead is not None and lead != self.narrow and self.institution and self.sqlite:
            source = From(self.ground, lead, self.institution, self.form)
            conditions = [*source.named(lead), *self._sets(source, lead)]
        else:
            source = self.begin(lead, held=lead == self.narrow)
            conditions = [*source.named(lead), *self.conditions(source, lead if lead == self.narrow else None)]
        rows = select(literal(1)).select_from(source.tables).where(*conditions)
        return int(self.connection.execute(select(func.count()).select_from(rows.limit(most).subquery())).scalar_one())

    def _sets(self, source: From, lead: str) -> list[ColumnElement[bool]]:
        """Say what must hold, each test as a set of rows: those of one institution lie side by side in an index, and SQLite makes no such sets by itself."""
        found = [test(source.values[lead].c.key) for test in self.tests.get(lead, ())]
        others = [name for name in self.tests if name != lead]
        for name, value in zip(others, self.ground.values[1:], strict=False):
            rows = select(value.c[self.ground.of]).where(value.c.name == name, value.c.institution_id == self.institution)
            found.append(source.row_id.concat("").in_(rows.where(*(test(value.c.key) for test in self.tests[name]))))
        return found + self._further(source)

    def _fetch(
        self, source: From, lead: str | None, order: Sequence[tuple[str, bool]], offset: int, size: int, *more: ColumnElement[bool]
    ) -> list[str]:
        by: list[Any] = []
        for name, descending in order:
            key = source.join(name, outer=True).c.key
            by += [*([] if name == lead else [key.is_(None)]), key.desc() if descending else key]
        held = lead if lead == self.narrow or (order and order[0][0] == lead) else None
        conditions = [*source.named(lead), *self.conditions(source, held), *more]
        newest = [source.row_id] if order else [source.row_id.desc()]
        statement = select(source.row_id).select_from(source.tables).where(*conditions).order_by(*by, *newest)
        return list(self.connection.execute(statement.limit(size).offset(offset)).scalars())


class From:
    """Stored values side by side, one row per case or record: beginning with those of one name, or with the rows themselves."""

    def __init__(self, ground: Ground, lead: str | None, institution: str | None, form: str, *, placed: bool = True, along: bool = False) -> None:
        self.ground, self.institution, self.form, self.placed = ground, institution, form, placed
        self.values: dict[str, Any] = {}
        self.tables: Any = ground.table
        self.row_id: ColumnElement[Any] = ground.table.c.id
        self.institution_id: ColumnElement[Any] = ground.table.c.institution_id
        self._with_row = lead is None
        if lead is not None:
            first = self.values[lead] = ground.values[0]
            self.tables, self.row_id, self.institution_id = first, first.c[ground.of], first.c.institution_id
        elif along:  # SQLite goes by id, as the values lie; by itself it takes an index, and looks for each value somewhere else
            self._with_row = False
            self.tables = select(cases.c.id).where(cases.c.id != cases.c.institution_id).order_by(cases.c.id).limit(-1).subquery("along")
            self.row_id = self.tables.c.id

    def join(self, name: str, *, outer: bool = False) -> Any:
        """Give the values of `name`, joined once."""
        if name not in self.values:
            value = self.values[name] = self.ground.values[len(self.values)]
            there = value.c.institution_id == self.institution if self.institution and self.placed else true()
            self.tables = self.tables.join(value, and_(value.c[self.ground.of] == self.row_id, value.c.name == name, there), isouter=outer)
        return self.values[name]

    def row(self) -> None:
        """Have the rows themselves at hand, joined once."""
        if not self._with_row:
            self._with_row = True
            self.tables = self.tables.join(self.ground.table, self.ground.table.c.id == self.row_id)

    def named(self, lead: str | None) -> list[ColumnElement[bool]]:
        """Say which values the first ones are, or of which form the rows are."""
        if lead is not None:
            return [self.values[lead].c.name == lead]
        return [record_row.c.form == self.form] if self.form else []

    def without(self, name: str) -> ColumnElement[bool]:
        """Say that a row has no value of `name`."""
        value = self.ground.values[-1]
        return not_(exists().where(value.c[self.ground.of] == self.row_id, value.c.name == name))


def applied_filters(desk: Desk, view: View, asked: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Give the values each filter applies: those asked, else its default. Raises Invalid where a required one is left without any."""
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
    if asked.kind == "member":  # of several values, stored as "a, b"
        parts = [folded(f", {value}, ") for value in values if value]
        return lambda key: or_(false(), *((", " + key + ", ").contains(part, autoescape=True) for part in parts))
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
