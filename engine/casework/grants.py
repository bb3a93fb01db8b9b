"""Who holds which role, from when to when. Rows are only added: a revocation is a row of its own, so the whole past stays readable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, insert, select

from engine.casework import access
from engine.casework.permits import roles_today
from engine.errors import Forbidden, NotFound, Refused
from engine.spec.role import SCOPES
from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import grant_, institution, person

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from engine.casework.desk import Desk
    from engine.spec.role import Role, Roles

_revocation = grant_.alias("revocation")
_standing = prepare(
    select(grant_.c.id, grant_.c.role, grant_.c.from_day, grant_.c.until_day)
    .where(grant_.c.person_id == bindparam("person_id"), grant_.c.kind == "grant", ~exists().where(_revocation.c.revokes == grant_.c.id))
    .order_by(grant_.c.from_day, grant_.c.id)
)
_person = select(
    person.c.id,
    person.c.login,
    person.c.name,
    person.c.institution_id,
    person.c.disabled_at,
    institution.c.name.label("place"),
    institution.c.kind.label("kind"),
).select_from(person.join(institution, institution.c.id == person.c.institution_id))
_locked = prepare(_person.where(person.c.login == bindparam("login")).with_for_update(of=person))
_known = prepare(_person.where(person.c.login == bindparam("login")))
_insert = prepare(insert(grant_))


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held from `from_day` to `until_day` (its last day; None: until revoked)."""

    id: str
    role: str
    from_day: date
    until_day: date | None

    def holds(self, day: date) -> bool:
        """Tell whether it holds on `day`."""
        return self.from_day <= day and (self.until_day is None or day <= self.until_day)

    def overlaps(self, from_day: date, until_day: date | None) -> bool:
        """Tell whether it shares a day with another period."""
        return (until_day is None or self.from_day <= until_day) and (self.until_day is None or from_day <= self.until_day)


@dataclass(frozen=True, slots=True)
class GrantEvent:
    """One row of the past of someone's roles. `kind` is "grant" or "revoke"."""

    at: datetime
    kind: str
    role: str
    from_day: date
    until_day: date | None
    roles_before: tuple[str, ...]
    roles_after: tuple[str, ...]
    requested_by: str
    approved_by: str
    reason: str


def grant(
    desk: Desk, login: str, role_id: str, *, reason: str, from_day: date | None = None, until_day: date | None = None, requested_by: str = ""
) -> str:
    """Give a person a role and return the grant's id. Raises NotFound, Forbidden, and Refused with the reason why they cannot hold it."""
    roles, who = roles_today(desk), locked_person(desk, login)
    role = roles.roles.get(role_id)
    if role is None:
        raise Refused(f"'{role_id}' 역할은 지금 시행 중인 판에 없습니다.", at="/role")
    demand_hand(desk, roles, who, role)
    start = from_day or desk.today
    _refuse_odd(desk, who, role, start, until_day, reason)
    standing = standing_grants(desk, who.id)
    _refuse_overlap(roles, who.name, standing, role, start, until_day)
    made = Grant(new_id(), role_id, start, until_day)
    _write(desk, who.id, made, "grant", standing, [*standing, made], reason, requested_by)
    access.record(desk, "role.grant", target=f"person {login} {role_id}", reason=reason)
    return made.id


def revoke(desk: Desk, login: str, role_id: str, *, reason: str, requested_by: str = "") -> int:
    """Take a role from a person, from this moment on: every grant of it that holds or would come to hold. Return how many. Raises as `grant`."""
    roles, who = roles_today(desk), locked_person(desk, login)
    demand_hand(desk, roles, who, roles.roles.get(role_id))
    if not reason.strip():
        raise Refused("역할을 거두는 까닭을 적으세요.", at="/reason")
    standing = standing_grants(desk, who.id)
    ended = [held for held in standing if held.role == role_id and (held.until_day is None or held.until_day >= desk.today)]
    if not ended:
        raise Refused(f"{who.name} 님은 그 역할을 맡고 있지 않습니다.")
    revoke_all(desk, who.id, ended, reason, requested_by)
    access.record(desk, "role.revoke", target=f"person {login} {role_id}", reason=reason)
    return len(ended)


def revoke_all(desk: Desk, person_id: str, ended: Iterable[Grant], reason: str, requested_by: str = "") -> None:
    """Revoke these grants of one person; who may was checked before."""
    standing = standing_grants(desk, person_id)
    for held in ended:
        left = [other for other in standing if other.id != held.id]
        _write(desk, person_id, held, "revoke", standing, left, reason, requested_by)
        standing = left


def standing_grants(desk: Desk, person_id: str) -> list[Grant]:
    """Return every grant that was not revoked, over or yet to come included."""
    return [Grant(*row) for row in _standing.all(desk.connection, person_id=person_id)]


def past(desk: Desk, login: str) -> tuple[GrantEvent, ...]:
    """Return everything that happened to a person's roles, first to last; one's own too. Raises NotFound, Forbidden."""
    who = _known.first(desk.connection, login=login)
    if who is None:
        raise NotFound("그런 사람이 없습니다.")
    demand_sight(desk, roles_today(desk), who.institution_id)
    columns = [grant_.c[name] for name in GrantEvent.__dataclass_fields__]
    rows = desk.connection.execute(select(*columns).where(grant_.c.person_id == who.id).order_by(grant_.c.id)).mappings()
    return tuple(GrantEvent(**{**row, "roles_before": tuple(row["roles_before"]), "roles_after": tuple(row["roles_after"])}) for row in rows)


def locked_person(desk: Desk, login: str) -> Any:
    """Return id, login, name, institution_id, disabled_at, place and kind of a person, locked. Raises NotFound."""
    who = _locked.first(desk.connection, login=login)
    if who is None:
        raise NotFound("그런 사람이 없습니다.")
    return who


def demand_sight(desk: Desk, roles: Roles, institution_id: str) -> None:
    """Raise Forbidden or NotFound where the actor does not manage the people of an institution."""
    actor = desk.actor
    if actor.clock:
        return
    if not roles.may(actor.roles, "person.manage"):
        raise Forbidden
    if roles.scope(actor.roles) != "all" and actor.institution_id != institution_id:
        raise NotFound("그런 사람이 없습니다.")


def demand_hand(desk: Desk, roles: Roles, who: Any, role: Role | None) -> None:
    """Raise Forbidden or NotFound where the actor may not manage `who`, or hand out `role`: nobody's own, and nothing wider than the actor reaches."""
    demand_sight(desk, roles, who.institution_id)
    if desk.actor.clock:
        return
    if desk.actor.login == who.login:
        raise Forbidden("자기 자신의 권한은 바꿀 수 없습니다.")
    if role is not None and not _reaches(roles.scope(desk.actor.roles), role):
        raise Forbidden(f"'{role.title}' 역할은 더 넓은 권한을 가진 사람만 줄 수 있습니다.")


def grantable(desk: Desk, kind: str) -> tuple[Role, ...]:
    """Return the roles the actor can give to people of an institution of this kind, in the order of the edition in force."""
    roles = roles_today(desk)
    return tuple(role for role in roles.for_kind(kind) if desk.actor.clock or _reaches(roles.scope(desk.actor.roles), role))


def _reaches(scope: str, role: Role) -> bool:
    return SCOPES.index(role.scope) <= SCOPES.index(scope)


def _refuse_odd(desk: Desk, who: Any, role: Role, from_day: date, until_day: date | None, reason: str) -> None:
    if not reason.strip():
        raise Refused("역할을 주는 까닭을 적으세요.", at="/reason")
    if who.disabled_at is not None:
        raise Refused(f"{who.name} 님은 사용이 중지된 사람입니다.")
    if until_day is not None and (until_day < from_day or until_day < desk.today):
        raise Refused("끝나는 날이 시작하는 날이나 오늘보다 앞섭니다.", at="/until_day")
    if role.kinds and who.kind not in role.kinds:
        raise Refused(f"'{role.title}' 역할은 {', '.join(role.kinds)}에서만 맡을 수 있습니다. {who.place}의 종류는 {who.kind}입니다.", at="/role")


def _refuse_overlap(roles: Roles, name: str, standing: list[Grant], role: Role, from_day: date, until_day: date | None) -> None:
    for held in standing:
        if not held.overlaps(from_day, until_day):
            continue
        if held.role == role.id:
            raise Refused(f"{name} 님은 그 기간에 이미 '{role.title}' 역할을 맡고 있습니다.", at="/role")
        clash = roles.clash([held.role], role.id)
        if clash is not None:
            raise Refused(f"{name} 님은 그 기간에 '{clash.title}' 역할을 맡고 있습니다. '{role.title}' 역할과 함께 맡을 수 없으니 먼저 거두세요.", at="/role")


def _write(desk: Desk, person_id: str, about: Grant, kind: str, before: list[Grant], after: list[Grant], reason: str, requested_by: str) -> None:
    own = {"id": about.id} if kind == "grant" else {"id": new_id(), "revokes": about.id}
    _insert.run(
        desk.connection,
        own,
        person_id=person_id,
        role=about.role,
        kind=kind,
        from_day=about.from_day,
        until_day=about.until_day,
        roles_before=_on(before, desk.today),
        roles_after=_on(after, desk.today),
        requested_by=requested_by or desk.actor.login,
        approved_by=desk.actor.login,
        reason=reason.strip()[:500],
        at=desk.now,
    )


def _on(held: list[Grant], day: date) -> list[str]:
    return sorted({one.role for one in held if one.holds(day)})
