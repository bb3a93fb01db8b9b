"""The people somebody manages, with the roles they hold: read for pages, nothing locked, two statements however many they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from engine.casework.grants import Grant, demand_sight
from engine.casework.permits import demand, roles_today
from engine.errors import NotFound
from engine.store.tables import grant_, institution, person

if TYPE_CHECKING:
    from datetime import date, datetime

    from engine.casework.desk import Desk

_revocation = grant_.alias("revocation")
_people = select(
    person.c.id, person.c.login, person.c.name, person.c.phone, person.c.email, person.c.institution_id, institution.c.name.label("institution_name"),
    institution.c.kind.label("institution_kind"), institution.c.region, person.c.disabled_at, person.c.password_until,
).select_from(person.join(institution, institution.c.id == person.c.institution_id))  # fmt: skip
_grants = (
    select(grant_.c.person_id, grant_.c.id, grant_.c.role, grant_.c.from_day, grant_.c.until_day)
    .select_from(grant_.join(person, person.c.id == grant_.c.person_id))
    .where(grant_.c.kind == "grant", ~exists().where(_revocation.c.revokes == grant_.c.id))
    .order_by(grant_.c.from_day, grant_.c.id)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person. `password_until` is the end of a one-time password not yet replaced, `grants` every grant not revoked, over and to come included."""

    id: str
    login: str
    name: str
    phone: str
    email: str
    institution_id: str
    institution_name: str
    institution_kind: str
    region: str
    disabled_at: datetime | None
    password_until: datetime | None
    grants: tuple[Grant, ...]

    def held(self, day: date) -> tuple[Grant, ...]:
        """Return the grants that hold on `day`."""
        return tuple(one for one in self.grants if one.holds(day))


def roster(desk: Desk) -> tuple[Entry, ...]:
    """Return everyone the actor manages, by institution and name. Needs `person.manage`."""
    wide = desk.actor.clock or demand(desk, "person.manage") == "all"
    where = () if wide else (person.c.institution_id == desk.actor.institution_id,)
    return _entries(desk, *where)


def entry(desk: Desk, person_id: str) -> Entry:
    """Return one person. Raises NotFound where there is none the actor manages, Forbidden without `person.manage`."""
    found = _entries(desk, person.c.id == person_id)
    if not found:
        raise NotFound("그런 사람이 없습니다.")
    demand_sight(desk, roles_today(desk), found[0].institution_id)
    return found[0]


def _entries(desk: Desk, *where: Any) -> tuple[Entry, ...]:
    held: dict[str, list[Grant]] = {}
    for row in desk.connection.execute(_grants.where(*where)):
        held.setdefault(row.person_id, []).append(Grant(row.id, row.role, row.from_day, row.until_day))
    rows = desk.connection.execute(_people.where(*where).order_by(institution.c.name, person.c.name, person.c.id))
    return tuple(Entry(**row._asdict(), grants=tuple(held.get(row.id, ()))) for row in rows)
