"""The load of those one leads: open tasks by when they are due, open cases, approvals that wait, for each person. Counted in SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from engine.casework import access, home, reach, signin
from engine.errors import Forbidden
from engine.store.tables import cases, grant_, person, task

if TYPE_CHECKING:
    from engine.casework.desk import Desk
    from engine.casework.home import TaskRow

MOST = 300  # people of one institution
BUCKETS = ("late", "today", "week", "later")


@dataclass(slots=True)
class Load:
    """What one person has: `tasks` counts the open ones by bucket (`BUCKETS`), `cases` are open and theirs. `login` "" is what nobody has."""

    person_id: str
    login: str
    name: str
    tasks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BUCKETS, 0))
    cases: int = 0

    @property
    def total(self) -> int:
        """Count the open tasks."""
        return sum(self.tasks.values())


@dataclass(frozen=True, slots=True)
class Team:
    """Everyone of the institution who does the work of a lane, the busiest first; what nobody has; how many approvals wait."""

    people: tuple[Load, ...]
    nobody: Load
    approvals: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody a task may be given to."""

    person_id: str
    login: str
    name: str
    lanes: frozenset[str]


def team(desk: Desk) -> Team:
    """Give the load of the person's institution. Raises Forbidden for those who decide on nothing there."""
    members = members_of(desk)
    found = {each.person_id: Load(each.person_id, each.login, each.name) for each in members}
    nobody = Load("", "", "")
    for row in desk.connection.execute(_tasks(desk)):
        of = found.get(row.who or "", nobody)
        for bucket in BUCKETS:
            of.tasks[bucket] += getattr(row, bucket)
    for owner, count in desk.connection.execute(_cases(desk)):
        found.get(owner or "", nobody).cases += count
    access.record(desk, "team.view", target=f"institution {desk.actor.institution_id}")
    busiest = sorted(found.values(), key=lambda of: (-of.tasks["late"], -of.total, of.name))
    return Team(tuple(busiest), nobody, int(desk.connection.execute(_approvals(desk)).scalar_one()))


def tasks_of(desk: Desk, person_id: str) -> tuple[TaskRow, ...]:
    """Give the open tasks of one of the team ("": of nobody), earliest due first, at most `home.MOST`. Raises Forbidden as `team`."""
    known = {each.person_id for each in members_of(desk)}
    who = _who()
    mine = who == person_id if person_id in known else or_(who.is_(None), who.not_in(known))
    rows = home.rows(desk, [*_open(desk), task.c.approval.is_(False), mine])
    access.record_many(desk, "task.list", dict.fromkeys(row.case_id for row in rows), target=f"person {person_id}")
    return rows


def members_of(desk: Desk) -> tuple[Member, ...]:
    """Give everyone of the person's institution who does the work of a lane today, by name. Raises Forbidden."""
    edition, actor = desk.edition(), desk.actor
    if not edition.roles.may(actor.roles, reach.APPROVE) or reach.scope(edition, actor) == "none":
        raise Forbidden
    holders = select(grant_.c.person_id).where(grant_.c.person_id == person.c.id)
    working = select(person.c.login).where(person.c.institution_id == actor.institution_id, person.c.disabled_at.is_(None), holders.exists())
    logins = desk.connection.execute(working.order_by(person.c.name, person.c.login).limit(MOST)).scalars().all()
    people = [found for login in logins if (found := signin.actor_of(desk.connection, login, desk.now)) is not None]
    return tuple(Member(one.person_id, one.login, one.name, lanes) for one in people if (lanes := edition.roles.lanes_of(one.roles)))


def _who() -> Any:
    """Whose a task is: given to them, or of a case they own."""
    return func.coalesce(task.c.person_id, cases.c.owner_id)


def _open(desk: Desk) -> list[Any]:
    return [task.c.closed_at.is_(None), task.c.institution_id == desk.actor.institution_id]


def _tasks(desk: Desk) -> Any:
    today = desk.today
    until = today + timedelta(days=home.WEEK)
    when = {
        "late": task.c.due < today, "today": task.c.due == today, "week": and_(task.c.due > today, task.c.due <= until),
        "later": or_(task.c.due > until, task.c.due.is_(None)),
    }  # fmt: skip
    counted = [func.sum(case((test, 1), else_=0)).label(bucket) for bucket, test in when.items()]
    joined = task.join(cases, cases.c.id == task.c.case_id)
    return select(_who().label("who"), *counted).select_from(joined).where(*_open(desk), task.c.approval.is_(False)).group_by(_who())


def _cases(desk: Desk) -> Any:
    mine = (cases.c.institution_id == desk.actor.institution_id, cases.c.closed.is_(False))
    return select(cases.c.owner_id, func.count()).where(*mine).group_by(cases.c.owner_id)


def _approvals(desk: Desk) -> Any:
    lanes = sorted(desk.edition().roles.lanes_of(desk.actor.roles))
    return select(func.count()).select_from(task).where(*_open(desk), task.c.approval, task.c.lane.in_(lanes))
