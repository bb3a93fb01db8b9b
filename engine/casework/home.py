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
    from datetime import datetime

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.outline import Counter
    from engine.store.prepared import Prepared

MOST = 500
WEEK = 7  # days
COUNTED = 100  # where only a number is told, and more is as many
_owner = person.alias("owner")


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
    """Open tasks: late, due today, due within seven days, later or without a day. `total` counts all of them, also those beyond the first 500."""

    late: tuple[TaskRow, ...]
    today: tuple[TaskRow, ...]
    week: tuple[TaskRow, ...]
    later: tuple[TaskRow, ...]
    total: int
    figures: tuple[Figure, ...]


def home(desk: Desk, *, whose: str = "mine") -> Home:
    """Give what waits for the person ("mine": given to them, of cases they own or nobody owns, and approvals) or for their lanes ("team").

    The counters count likewise: cases the person or nobody owns, or all they see.
    """
    edition = desk.edition()
    waiting = _waiting(desk, edition, team=whose == "team")
    found = _first(desk, waiting)
    total = len(found) if len(found) < MOST else _count(desk, waiting)
    groups: dict[str, list[TaskRow]] = {"late": [], "today": [], "week": [], "later": []}
    for row in found:
        groups[_group(row.days_left)].append(row)
    access.record_many(desk, "home", dict.fromkeys(row.case_id for row in found))
    figures = tuple(_figure(desk, edition, counter, found, whose) for counter in edition.home)
    late, soon, week, later = (tuple(groups[name]) for name in ("late", "today", "week", "later"))
    return Home(late, soon, week, later, total, figures)


def counts(desk: Desk, *, mine: bool = True, approvals: bool = True) -> tuple[int, int]:
    """Count what waits for the person, and what waits for their decision, each up to `COUNTED`: for every page, so in one statement and bounded.

    What is not asked for is 0.
    """
    edition = desk.edition()
    wide, lanes = reach.scope(edition, desk.actor), sorted(edition.roles.lanes_of(desk.actor.roles))
    approvals = approvals and edition.roles.may(desk.actor.roles, reach.APPROVE)
    if wide == "none" or not (mine or approvals):
        return 0, 0
    named = {f"lane_{number}": lane for number, lane in enumerate(lanes)}
    row = _counting(wide == "all", len(lanes), mine, approvals).first(desk.connection, me=desk.actor.person_id, place=desk.actor.institution_id, **named)
    return (min(row.given + row.open, COUNTED), row.asked) if row else (0, 0)


@cache
def _counting(everywhere: bool, lanes: int, mine: bool, approvals: bool) -> Prepared:
    of_lane = task.c.lane.in_([bindparam(f"lane_{number}") for number in range(lanes)])
    within = [task.c.closed_at.is_(None)] if everywhere else [task.c.closed_at.is_(None), task.c.institution_id == bindparam("place")]
    me: Any = bindparam("me")
    free = and_(task.c.person_id.is_(None), of_lane, or_(cases.c.owner_id.is_(None), cases.c.owner_id == me, task.c.approval))
    asked = {
        "given": select(literal(1).label("one")).where(*within, task.c.person_id == me) if mine else None,
        "open": select(literal(1).label("one")).select_from(task.join(cases, cases.c.id == task.c.case_id)).where(*within, free) if mine and lanes else None,
        "asked": select(literal(1).label("one")).where(*within, task.c.approval, of_lane) if approvals and lanes else None,
    }
    return prepare(select(*(_bounded(each).label(name) for name, each in asked.items())))


def _bounded(rows: Any) -> Any:
    return literal(0) if rows is None else select(func.count()).select_from(rows.limit(COUNTED).subquery()).scalar_subquery()


def tasks(desk: Desk, *, case_id: str | None = None, form: str | None = None, whose: str = "team") -> tuple[TaskRow, ...]:
    """Give open tasks the person could do, earliest due first, at most 500."""
    more = [column == value for column, value in ((task.c.case_id, case_id), (task.c.form, form)) if value]
    found = _first(desk, _waiting(desk, desk.edition(), *more, team=whose == "team"))
    access.record_many(desk, "task.list", dict.fromkeys(row.case_id for row in found))
    return found


def _waiting(desk: Desk, edition: Edition, *more: Any, team: bool) -> Any:
    """Select id and due of the open tasks that wait for the person, or for their lanes, for which `more` holds too.

    Each part is found by an index that holds all it asks, and none twice: a list is as slow as what waits, not as the place is large.
    """
    actor, wide = desk.actor, reach.scope(edition, desk.actor)
    lanes = sorted(edition.roles.lanes_of(actor.roles))
    within = () if wide == "all" else (task.c.institution_id == (actor.institution_id if wide == "institution" else ""),)
    given = select(task.c.id, task.c.due).where(task.c.closed_at.is_(None), task.c.person_id == actor.person_id, *within, *more)
    free = select(task.c.id, task.c.due).where(task.c.closed_at.is_(None), task.c.person_id.is_(None), task.c.lane.in_(lanes), *within, *more)
    if team:
        return union_all(given, free)
    of_cases = free.select_from(task.join(cases, cases.c.id == task.c.case_id))
    others = and_(cases.c.owner_id.is_not(None), cases.c.owner_id != actor.person_id)
    return union_all(
        given, of_cases.where(cases.c.owner_id == actor.person_id), of_cases.where(cases.c.owner_id.is_(None)), of_cases.where(task.c.approval, others)
    )


def rows(desk: Desk, conditions: list[Any]) -> tuple[TaskRow, ...]:
    """Give the tasks for which `conditions` (on `task` and `cases`) hold, earliest due first, at most `MOST`; whoever shows them notes it."""
    return _first(desk, select(task.c.id, task.c.due).select_from(task.join(cases, cases.c.id == task.c.case_id)).where(*conditions))


def _first(desk: Desk, waiting: Any) -> tuple[TaskRow, ...]:
    """Give the first of the tasks selected, and only those whole."""
    each = waiting.subquery("each")
    first = select(each.c.id).order_by(each.c.due.is_(None), each.c.due, each.c.id).limit(MOST).subquery("first")
    drafted = exists().where(draft.c.task_id == task.c.id, draft.c.person_id == desk.actor.person_id).correlate(task)
    columns = ("form", "title", "lane", "due", "why", "mark", "stage", "approval", "opened_at")
    statement = (
        select(task.c.id, task.c.case_id, cases.c.label, cases.c.short, cases.c.number, _owner.c.name, *(task.c[name] for name in columns), drafted.label("drafted"))
        .select_from(first.join(task, task.c.id == first.c.id).join(cases, cases.c.id == task.c.case_id).outerjoin(_owner, _owner.c.id == cases.c.owner_id))
        .order_by(task.c.due.is_(None), task.c.due, task.c.id)
    )
    return tuple(_row(row, desk.today) for row in desk.connection.execute(statement))


def _row(row: Any, today: date) -> TaskRow:
    days = (row.due - today).days if row.due else None
    return TaskRow(
        row.id, row.case_id, row.label, row.short, row.number or "", row.name or "", row.form, row.title, row.lane, row.due, days, row.why, row.mark, row.stage,
        row.approval, row.opened_at, bool(row.drafted),
    )  # fmt: skip


def _count(desk: Desk, waiting: Any) -> int:
    return int(desk.connection.execute(select(func.count()).select_from(waiting.subquery())).scalar_one())


def _group(days_left: int | None) -> str:
    if days_left is None or days_left > WEEK:
        return "later"
    return "late" if days_left < 0 else "today" if days_left == 0 else "week"


def _figure(desk: Desk, edition: Edition, counter: Counter, rows: tuple[TaskRow, ...], whose: str) -> Figure:
    made = Figure(counter.id, counter.title, counter.hint, counter.unit, 0)
    if counter.tasks is not None:
        facts = {"today": desk.today, "person": person_facts(desk.actor), "institution": own_place(desk)}
        counted = [row.id for row in rows if counter.tasks({**facts, "task": _task_facts(row)})]
        return replace(made, count=len(counted), tasks=frozenset(counted))
    where = _soon(desk, edition, counter, whose)
    of_cases = select(func.count()).select_from(case_value.join(cases, cases.c.id == case_value.c.case_id))
    counted_cases = int(desk.connection.execute(of_cases.where(*where)).scalar_one()) if where else 0
    return replace(made, count=counted_cases, of_cases=True)


def counted(desk: Desk, counter_id: str, *, whose: str = "mine") -> tuple[CountedCase, ...]:
    """Give the cases a counter counts on the page of `whose` (see `home`), the nearest day first, at most 500; none where it counts tasks or is not there."""
    edition = desk.edition()
    counter = next((each for each in edition.home if each.id == counter_id and each.tasks is None), None)
    where = _soon(desk, edition, counter, whose) if counter else []
    if not where:
        return ()
    status = {each.id: each.title for each in edition.case.status}
    statement = (
        select(cases.c.id, cases.c.label, cases.c.short, cases.c.number, cases.c.status, _owner.c.name, case_value.c.key)
        .select_from(case_value.join(cases, cases.c.id == case_value.c.case_id).outerjoin(_owner, _owner.c.id == cases.c.owner_id))
        .where(*where)
        .order_by(case_value.c.key, cases.c.id)
        .limit(MOST)
    )
    rows = desk.connection.execute(statement).all()
    access.record_many(desk, "home", dict.fromkeys(row.id for row in rows))
    days = [date.fromisoformat(row.key[:10]) for row in rows]
    return tuple(
        CountedCase(row.id, row.label, row.short, row.number or "", status.get(row.status, row.status), row.name or "", day, (day - desk.today).days)
        for row, day in zip(rows, days, strict=True)
    )


def _soon(desk: Desk, edition: Edition, counter: Counter, whose: str) -> list[Any]:
    """Give the conditions (on `case_value` and `cases`) of the days that lie within a counter's reach and the person's; none where they see no cases."""
    wide = reach.scope(edition, desk.actor)
    if wide == "none":
        return []
    until = desk.today + timedelta(days=counter.within)
    where = [case_value.c.name == plan(edition).counters[counter.id], case_value.c.key >= desk.today.isoformat(), case_value.c.key <= until.isoformat()]
    if wide != "all":
        where.append(case_value.c.institution_id == desk.actor.institution_id)
    if whose != "team":
        where.append(or_(cases.c.owner_id.is_(None), cases.c.owner_id == desk.actor.person_id))
    return where


def _task_facts(row: TaskRow) -> dict[str, Any]:
    return {"due": row.due, "days_left": row.days_left, "mark": row.mark, "opened": row.opened_at.date(), "form": row.form, "stage": row.stage, "drafted": row.drafted}
