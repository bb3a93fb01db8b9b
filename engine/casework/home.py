"""What waits for a person: open tasks by when they are due, each with why, and the figures above them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, exists, func, literal, or_, select, union_all

from engine.casework import access, reach
from engine.casework.facts import own_place, person_facts
from engine.casework.projection import plan
from engine.store.prepared import prepare
from engine.store.tables import case_value, cases, draft, person, task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Select

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.outline import Counter
    from engine.store.prepared import Prepared

MOST = 500
WEEK = 7  # days
COUNTED = 100  # where only a number is told, and more is as many
_owner = person.alias("owner")
_ME: Any = bindparam("me")
_BY_DUE = (task.c.due.is_(None), task.c.due, task.c.id)
#: whose cases tasks of a lane wait for a person in: their own, those of nobody, and all where something is to be approved; none is in two
_OWNED = (task.c.owner_id == _ME, task.c.owner_id.is_(None), and_(task.c.approval, func.coalesce(task.c.owner_id, _ME) != _ME))
_drafted = exists().where(draft.c.task_id == task.c.id, draft.c.person_id == _ME).correlate(task).label("drafted")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An open task. `days_left` counts from today (negative: late), `drafted` says that the person keeps a draft of it."""

    id: str
    case_id: str
    case_label: str
    case_short: str
    case_number: str
    owner_name: str
    form: str
    title: str
    lane: str
    due: date | None
    days_left: int | None
    why: str
    mark: str
    stage: str
    approval: bool
    opened_at: datetime
    drafted: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What counters ask of an open task."""

    id: str
    due: date | None
    days_left: int | None
    mark: str
    stage: str
    form: str
    opened_at: datetime
    drafted: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One counter of the first page. `tasks` are the tasks it counts, where it counts tasks; `of_cases` says that it counts cases."""

    id: str
    title: str
    hint: str
    unit: str
    count: int
    tasks: frozenset[str] = frozenset()
    of_cases: bool = False


@dataclass(frozen=True, slots=True)
class CountedCase:
    """A case a counter counts: the day that makes it count, and how far that is."""

    id: str
    label: str
    short: str
    number: str
    status: str
    owner_name: str
    day: date
    days_left: int


@dataclass(frozen=True, slots=True)
class Home:
    """Open tasks: late, due today, due within seven days, later or without a day; `sizes` says how many there are of each among the first 500.

    `total` counts all of them, also those beyond. `only` is the counter that was asked for: then the tasks are those it counts.
    """

    late: tuple[TaskRow, ...]
    today: tuple[TaskRow, ...]
    week: tuple[TaskRow, ...]
    later: tuple[TaskRow, ...]
    sizes: Mapping[str, int]
    total: int
    figures: tuple[Figure, ...]
    only: Figure | None


def home(desk: Desk, *, whose: str = "mine", counter: str = "", most: int = MOST, whole: str = "") -> Home:
    """Give what waits for the person ("mine": given to them, of cases they own or nobody owns, and approvals) or for their lanes ("team").

    The counters count likewise: cases the person or nobody owns, or all they see. Of each group the first `most` are read and noted as seen; of the one
    named `whole` all of them.
    """
    edition = desk.edition()
    asked = _asked(desk, edition, team=whose == "team")
    found = _soonest(desk, asked)
    figures = tuple(_figure(desk, edition, each, found, asked) for each in edition.home)
    only = next((each for each in figures if each.id == counter and each.count), None)
    groups: dict[str, list[str]] = {"late": [], "today": [], "week": [], "later": []}
    for each in found:
        if only is None or each.id in only.tasks:
            groups[_group(each.days_left)].append(each.id)
    shown = [ident for name, idents in groups.items() for ident in (idents if name == whole else idents[:most])]
    rows = {row.id: row for row in _whole(desk, select(task.c.id).where(task.c.id.in_(shown)), asked)}
    access.record_many(desk, "home", dict.fromkeys(row.case_id for row in rows.values()))
    late, soon, week, later = (tuple(rows[ident] for ident in idents if ident in rows) for idents in groups.values())
    total = len(found) if len(found) < MOST else _count_of(*asked.shape).first(desk.connection, **asked.values).count  # type: ignore[union-attr]
    return Home(late, soon, week, later, {name: len(idents) for name, idents in groups.items()}, total, figures, only)


def counts(desk: Desk, *, mine: bool = True, approvals: bool = True) -> tuple[int, int]:
    """Count what waits for the person, and what waits for their decision, each up to `COUNTED`: for every page, so in one statement and bounded.

    What is not asked for is 0.
    """
    edition = desk.edition()
    asked = _asked(desk, edition)
    approvals = approvals and edition.roles.may(desk.actor.roles, reach.APPROVE)
    if not (asked.everywhere or asked.values["place"]) or not (mine or approvals):
        return 0, 0
    row = _counting(asked.everywhere, asked.lanes, mine, approvals).first(desk.connection, **asked.values)
    return (min(row.given + row.open, COUNTED), row.asked) if row else (0, 0)


@cache
def _counting(everywhere: bool, lanes: int, mine: bool, approvals: bool) -> Prepared:
    within, of_lane = _within(everywhere), _of_lane(lanes)
    free = [*within, task.c.person_id.is_(None), of_lane]
    asked = {
        "given": [_bounded(*within, task.c.person_id == _ME)] if mine else [],
        "open": [_bounded(*free, each) for each in _OWNED] if mine and lanes else [],
        "asked": [_bounded(*within, task.c.approval, of_lane)] if approvals and lanes else [],
    }
    return prepare(select(*(sum(each, literal(0)).label(name) for name, each in asked.items())))


def _bounded(*conditions: Any) -> Any:
    few = select(literal(1).label("one")).where(*conditions).limit(COUNTED).subquery()
    return select(func.count()).select_from(few).scalar_subquery()


def tasks(desk: Desk, *, case_id: str | None = None, form: str | None = None, whose: str = "team") -> tuple[TaskRow, ...]:
    """Give open tasks the person could do, earliest due first, at most 500."""
    more = [column == value for column, value in ((task.c.case_id, case_id), (task.c.form, form)) if value]
    asked = _asked(desk, desk.edition(), team=whose == "team")
    found = _whole(desk, _among_first(union_all(*(part.where(*more) for part in _parts(*asked.shape)))), asked)
    access.record_many(desk, "task.list", dict.fromkeys(row.case_id for row in found))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks, as the statements take it: their kind, and the values of one person."""

    everywhere: bool
    lanes: int
    team: bool
    values: Mapping[str, str]

    @property
    def shape(self) -> tuple[bool, int, bool]:
        return self.everywhere, self.lanes, self.team


def _asked(desk: Desk, edition: Edition, *, team: bool = False) -> _Asked:
    wide, lanes = reach.scope(edition, desk.actor), sorted(edition.roles.lanes_of(desk.actor.roles))
    values = {"me": desk.actor.person_id, "place": "" if wide == "none" else desk.actor.institution_id}
    return _Asked(wide == "all", len(lanes), team, values | {f"lane_{number}": lane for number, lane in enumerate(lanes)})


def _within(everywhere: bool) -> list[Any]:
    return [task.c.closed_at.is_(None)] if everywhere else [task.c.closed_at.is_(None), task.c.institution_id == bindparam("place")]


def _of_lane(lanes: int) -> Any:
    return task.c.lane.in_([bindparam(f"lane_{number}") for number in range(lanes)])


@cache
def _parts(everywhere: bool, lanes: int, team: bool) -> tuple[Select[Any], ...]:
    """Select id and due of the open tasks that wait for the person, or for their lanes, in parts that have none in common.

    Each part is found by an index that holds all it asks, by when it is due: a list is as slow as what it shows, not as the place is large. Last of one's own
    come the approvals.
    """
    within = _within(everywhere)
    given = select(task.c.id, task.c.due).where(*within, task.c.person_id == _ME)
    if not lanes:
        return (given,)
    free = select(task.c.id, task.c.due).where(*within, task.c.person_id.is_(None), _of_lane(lanes))
    return (given, free) if team else (given, *(free.where(each) for each in _OWNED))


def rows(desk: Desk, conditions: list[Any]) -> tuple[TaskRow, ...]:
    """Give the tasks for which `conditions` (on `task` and `cases`) hold, earliest due first, at most `MOST`; whoever shows them notes it."""
    found = select(task.c.id, task.c.due).select_from(task.join(cases, cases.c.id == task.c.case_id)).where(*conditions)
    return _whole(desk, _among_first(found), _asked(desk, desk.edition()))


def _soonest(desk: Desk, asked: _Asked) -> tuple[Waiting, ...]:
    """Give the tasks that are due first, with as much of each as counters ask."""
    return tuple(
        Waiting(row.id, row.due, (row.due - desk.today).days if row.due else None, row.mark, row.stage, row.form, row.opened_at, bool(row.drafted))
        for row in _soonest_of(*asked.shape).all(desk.connection, **asked.values)
    )


@cache
def _soonest_of(everywhere: bool, lanes: int, team: bool) -> Prepared:
    parts, among = [], list(_parts(everywhere, lanes, team))
    if lanes and not team:  # what waits to be approved is little: sorted sooner than found by its day among all
        parts.append(among.pop().subquery())
    for each in among:
        dated = each.where(task.c.due.is_not(None)).order_by(task.c.due, task.c.id)
        parts += [dated.limit(MOST).subquery(), each.where(task.c.due.is_(None)).order_by(task.c.id).limit(MOST).subquery()]
    first = _among_first(union_all(*(select(part.c.id, part.c.due) for part in parts))).subquery("first")
    columns = (task.c.id, task.c.due, task.c.mark, task.c.stage, task.c.form, task.c.opened_at, _drafted)
    return prepare(select(*columns).select_from(first.join(task, task.c.id == first.c.id)).order_by(*_BY_DUE))


@cache
def _count_of(everywhere: bool, lanes: int, team: bool) -> Prepared:
    counts = [select(func.count()).select_from(part.subquery()).scalar_subquery() for part in _parts(everywhere, lanes, team)]
    return prepare(select(sum(counts, literal(0)).label("count")))


def _among_first(waiting: Any) -> Select[Any]:
    each = waiting.subquery("each")
    return select(each.c.id).order_by(each.c.due.is_(None), each.c.due, each.c.id).limit(MOST)


def _whole(desk: Desk, ids: Select[Any], asked: _Asked) -> tuple[TaskRow, ...]:
    """Give the tasks whose ids are selected, the earliest due first."""
    first = ids.subquery("first")
    columns = ("form", "title", "lane", "due", "why", "mark", "stage", "approval", "opened_at")
    statement = (
        select(task.c.id, task.c.case_id, cases.c.label, cases.c.short, cases.c.number, _owner.c.name, *(task.c[name] for name in columns), _drafted)
        .select_from(first.join(task, task.c.id == first.c.id).join(cases, cases.c.id == task.c.case_id).outerjoin(_owner, _owner.c.id == cases.c.owner_id))
        .order_by(*_BY_DUE)
    )
    return tuple(_row(row, desk.today) for row in desk.connection.execute(statement, asked.values))


def _row(row: Any, today: date) -> TaskRow:
    days = (row.due - today).days if row.due else None
    return TaskRow(
        row.id, row.case_id, row.label, row.short, row.number or "", row.name or "", row.form, row.title, row.lane, row.due, days, row.why, row.mark, row.stage,
        row.approval, row.opened_at, bool(row.drafted),
    )  # fmt: skip


def _group(days_left: int | None) -> str:
    if days_left is None or days_left > WEEK:
        return "later"
    return "late" if days_left < 0 else "today" if days_left == 0 else "week"


def _figure(desk: Desk, edition: Edition, counter: Counter, rows: tuple[Waiting, ...], asked: _Asked) -> Figure:
    made = Figure(counter.id, counter.title, counter.hint, counter.unit, 0)
    if counter.tasks is not None:
        facts = {"today": desk.today, "person": person_facts(desk.actor), "institution": own_place(desk)}
        counted = [row.id for row in rows if counter.tasks({**facts, "task": _task_facts(row)})]
        return replace(made, count=len(counted), tasks=frozenset(counted))
    found = _soon_of(asked.everywhere, asked.team).first(desk.connection, **_soon(desk, edition, counter, asked))
    return replace(made, count=found.count if found else 0, of_cases=True)


@cache
def _soon_of(everywhere: bool, team: bool) -> Prepared:
    if team:
        return prepare(select(func.count().label("count")).select_from(case_value).where(*_days(everywhere)))
    owned = select(func.count()).select_from(case_value.join(cases, cases.c.id == case_value.c.case_id)).where(*_days(everywhere))
    parts = (owned.where(cases.c.owner_id == _ME), owned.where(cases.c.owner_id.is_(None)))  # each by an index of its own
    return prepare(select(sum((each.scalar_subquery() for each in parts), literal(0)).label("count")))


def counted(desk: Desk, counter_id: str, *, whose: str = "mine") -> tuple[CountedCase, ...]:
    """Give the cases a counter counts on the page of `whose` (see `home`), the nearest day first, at most 500; none where it counts tasks or is not there."""
    edition = desk.edition()
    counter = next((each for each in edition.home if each.id == counter_id and each.tasks is None), None)
    if counter is None:
        return ()
    asked = _asked(desk, edition)
    where = _days(asked.everywhere) if whose == "team" else [*_days(asked.everywhere), or_(cases.c.owner_id.is_(None), cases.c.owner_id == _ME)]
    status = {each.id: each.title for each in edition.case.status}
    statement = (
        select(cases.c.id, cases.c.label, cases.c.short, cases.c.number, cases.c.status, _owner.c.name, case_value.c.key)
        .select_from(case_value.join(cases, cases.c.id == case_value.c.case_id).outerjoin(_owner, _owner.c.id == cases.c.owner_id))
        .where(*where)
        .order_by(case_value.c.key, cases.c.id)
        .limit(MOST)
    )
    rows = desk.connection.execute(statement, _soon(desk, edition, counter, asked)).all()
    access.record_many(desk, "home", dict.fromkeys(row.id for row in rows))
    days = [date.fromisoformat(row.key[:10]) for row in rows]
    return tuple(
        CountedCase(row.id, row.label, row.short, row.number or "", status.get(row.status, row.status), row.name or "", day, (day - desk.today).days)
        for row, day in zip(rows, days, strict=True)
    )


def _days(everywhere: bool) -> list[Any]:
    """Give the conditions on `case_value` of the days that lie within a counter's reach and the person's."""
    soon = [case_value.c.name == bindparam("counter"), case_value.c.key >= bindparam("since"), case_value.c.key <= bindparam("until")]
    return soon if everywhere else [*soon, case_value.c.institution_id == bindparam("place")]


def _soon(desk: Desk, edition: Edition, counter: Counter, asked: _Asked) -> dict[str, str]:
    until = desk.today + timedelta(days=counter.within)
    days = {"counter": plan(edition).counters[counter.id], "since": desk.today.isoformat(), "until": until.isoformat()}
    return {**days, "me": asked.values["me"], "place": asked.values["place"]}


def _task_facts(row: Waiting) -> dict[str, Any]:
    return {"due": row.due, "days_left": row.days_left, "mark": row.mark, "opened": row.opened_at.date(), "form": row.form, "stage": row.stage, "drafted": row.drafted}
