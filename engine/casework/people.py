"""Institutions and the people who work there. Signing in is in `signin`, roles are in `grants`; both can be reached from here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from engine.casework import access, passwords
from engine.casework.grants import Grant, demand_hand, grant, locked_person, past, revoke, revoke_all, standing_grants
from engine.casework.permits import demand, roles_today
from engine.casework.signin import (
    Admission,
    Proof,
    Seat,
    actor_of,
    admit,
    end_sessions,
    issue_token,
    open_session,
    prove,
    revoke_tokens,
    session_actor,
    sign_in,
    sign_out,
    token_actor,
    touch,
)
from engine.errors import FieldError, Forbidden, Invalid, NotFound, Refused
from engine.spec.josa import settle_josa
from engine.store.ids import new_id
from engine.store.tables import cases, institution, person, web_session

if TYPE_CHECKING:
    from engine.casework.desk import Desk

ONE_TIME_LIFE = timedelta(days=3)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,78}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Institution:
    """A place where people work and cases belong."""

    id: str
    name: str
    kind: str
    region: str
    phone: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can sign in, with the roles that were not revoked."""

    id: str
    login: str
    name: str
    phone: str
    email: str
    institution_id: str
    institution_name: str
    disabled_at: datetime | None
    grants: tuple[Grant, ...]


def add_institution(desk: Desk, name: str, kind: str, *, region: str = "", phone: str = "") -> str:
    """Add an institution and return its id. Needs `person.manage` everywhere. Raises Invalid, Forbidden."""
    if not desk.actor.clock and demand(desk, "person.manage") != "all":
        raise Forbidden
    wrong = _blank(name=(name, "기관 이름"), kind=(kind, "기관 종류"))
    if wrong:
        raise Invalid(wrong)
    taken = desk.connection.execute(select(institution.c.id).where(institution.c.name == name.strip())).first()
    if taken:
        raise Invalid([FieldError("/name", "unique", "같은 이름의 기관이 이미 있습니다.", "기관 이름")])
    made = new_id()
    values = {"name": name.strip(), "kind": kind.strip(), "region": region.strip(), "phone": phone.strip()}
    desk.connection.execute(insert(institution).values(id=made, created_at=desk.now, **values))
    access.record(desk, "institution.add", target=f"institution {made}")
    return made


def close_institution(desk: Desk, ident: str, *, reason: str) -> None:
    """Close an institution: nobody of it signs in any more. Needs `person.manage` everywhere. Raises Forbidden, NotFound, Refused while it has cases that go on."""
    if not desk.actor.clock and demand(desk, "person.manage") != "all":
        raise Forbidden
    place = desk.connection.execute(select(institution.c.closed_at).where(institution.c.id == ident).with_for_update()).first()
    if place is None:
        raise NotFound("그런 기관이 없습니다.")
    if place.closed_at is not None:
        raise Refused("이미 닫은 기관입니다.")
    if not reason.strip():
        raise Refused("닫는 까닭을 적으세요.", at="/reason")
    going = select(func.count()).select_from(cases).where(cases.c.institution_id == ident, cases.c.id != ident, cases.c.closed.is_(False))
    left = desk.connection.execute(going).scalar_one()
    if left:
        raise Refused(f"끝나지 않은 건이 {left}개 있습니다. 끝내거나 다른 기관으로 옮긴 뒤에 닫으세요.")
    desk.connection.execute(update(institution).where(institution.c.id == ident).values(closed_at=desk.now))
    access.record(desk, "institution.close", target=f"institution {ident}", reason=reason)


def numbers(desk: Desk) -> dict[str, str]:
    """Return id -> short number of every institution, the oldest 0001: none is ever deleted, so it stays."""
    rows = desk.connection.execute(select(institution.c.id).order_by(institution.c.created_at, institution.c.id)).scalars()
    return {ident: f"{number:04}" for number, ident in enumerate(rows, 1)}


def institutions(desk: Desk) -> tuple[Institution, ...]:
    """Return every institution by name."""
    columns = [institution.c[name] for name in Institution.__dataclass_fields__]
    return tuple(Institution(*row) for row in desk.connection.execute(select(*columns).order_by(institution.c.name)))


def add_person(desk: Desk, login: str, name: str, institution_id: str, *, phone: str = "", email: str = "", invite: bool = True) -> tuple[str, str]:
    """Add a person; return id and the one-time password to hand over ("" unless `invite`: one is set later). Raises Invalid, Forbidden, NotFound."""
    place = desk.connection.execute(select(institution).where(institution.c.id == institution_id)).first()
    if place is None:
        raise NotFound("그런 기관이 없습니다.")
    if not desk.actor.clock and demand(desk, "person.manage") != "all" and desk.actor.institution_id != institution_id:
        raise NotFound("그런 기관이 없습니다.")
    wrong = wrong_with(desk, login, name, phone=phone, email=email)
    if wrong:
        raise Invalid(wrong)
    made = new_id()
    values = {"login": login, "name": name.strip(), "phone": phone.strip(), "email": email.strip(), "institution_id": institution_id}
    desk.connection.execute(insert(person).values(id=made, created_at=desk.now, **values))
    access.record(desk, "person.add", target=f"person {login}")
    return made, _set_one_time(desk, made) if invite else ""


def wrong_with(desk: Desk, login: str, name: str, *, phone: str = "", email: str = "") -> list[FieldError]:
    """Return everything that keeps somebody from being added so, wherever it is."""
    wrong = [*_blank(name=(name, "이름")), *_too_long(name=(name, "이름"), phone=(phone, "전화번호"), email=(email, "전자우편"))]
    if not _LOGIN.fullmatch(login):
        wrong.append(FieldError("/login", "pattern", "아이디는 영문 소문자와 숫자, . _ - @ 로 3자 이상 80자까지 적으세요.", "아이디"))
    elif desk.connection.execute(select(person.c.id).where(person.c.login == login)).first():
        wrong.append(FieldError("/login", "unique", "이미 쓰는 아이디입니다.", "아이디"))
    return wrong


def reset_password(desk: Desk, login: str) -> str:
    """Return a new one-time password of a person and end all their sessions. Raises Forbidden, NotFound."""
    who = locked_person(desk, login)
    _demand_hand(desk, who)
    end_sessions(desk, who.id)
    access.record(desk, "password.reset", target=f"person {login}")
    return _set_one_time(desk, who.id)


def change_password(desk: Desk, secret: str, new: str, *, old: str = "", again: str | None = None) -> str:
    """Set the actor's own password and end all their sessions; return the secret of a new one. `old` is not asked after a one-time password.

    `secret` is that of the session. Raises Invalid with what is wrong with "/old", "/new" or "/again", Forbidden outside a session.
    """
    seat = session_actor(desk.connection, secret, desk.now)
    if seat is None or seat.actor.person_id != desk.actor.person_id:
        raise Forbidden
    row = desk.connection.execute(select(person.c.password).where(person.c.id == desk.actor.person_id)).one()
    wrong = []
    if not seat.must_change and not passwords.matches(row.password, old):
        wrong.append(FieldError("/old", "match", "지금 비밀번호가 맞지 않습니다.", "지금 비밀번호"))
    elif not seat.must_change and old == new:
        wrong.append(FieldError("/new", "same", "지금과 다른 비밀번호로 정하세요.", "새 비밀번호"))
    why = passwords.why_not(new, words=_surroundings(desk))
    if why:
        wrong.append(FieldError("/new", "weak", why, "새 비밀번호"))
    if again is not None and again != new:
        wrong.append(FieldError("/again", "match", "두 번 적은 비밀번호가 서로 다릅니다.", "새 비밀번호 확인"))
    if wrong:
        raise Invalid(wrong)
    _store_password(desk, desk.actor.person_id, new)
    end_sessions(desk, desk.actor.person_id)
    access.record(desk, "password.change", target=f"person {desk.actor.login}")
    return open_session(desk, desk.actor.person_id, seat.expires_at)


def set_password(desk: Desk, login: str, new: str) -> None:
    """Set a person's password from the command line or a data file. Raises Invalid where it is weak, Forbidden for anyone but the clock."""
    if not desk.actor.clock:
        raise Forbidden
    who = locked_person(desk, login)
    why = passwords.why_not(new, words=(who.login, who.name, who.place))
    if why:
        raise Invalid([FieldError("/new", "weak", why, "새 비밀번호")])
    _store_password(desk, who.id, new)
    access.record(desk, "password.change", target=f"person {login}")


def disable_person(desk: Desk, login: str, *, reason: str) -> None:
    """Stop a person from working here at once: sessions, tokens and roles end. Raises Forbidden, NotFound, Refused."""
    who = locked_person(desk, login)
    _demand_hand(desk, who)
    if not reason.strip():
        raise Refused("사용을 중지하는 까닭을 적으세요.", at="/reason")
    live = [held for held in standing_grants(desk, who.id) if held.until_day is None or held.until_day >= desk.today]
    revoke_all(desk, who.id, live, reason)
    desk.connection.execute(update(person).where(person.c.id == who.id).values(disabled_at=desk.now, password=None, password_until=None))
    end_sessions(desk, who.id)
    revoke_tokens(desk, who.id)
    access.record(desk, "person.disable", target=f"person {login}", reason=reason)


def enable_person(desk: Desk, login: str) -> str:
    """Let a person work here again, without roles; return a one-time password. Raises Forbidden, NotFound."""
    who = locked_person(desk, login)
    _demand_hand(desk, who)
    desk.connection.execute(update(person).where(person.c.id == who.id).values(disabled_at=None))
    access.record(desk, "person.enable", target=f"person {login}")
    return _set_one_time(desk, who.id)


def people(desk: Desk) -> tuple[Person, ...]:
    """Return the people the actor manages, by institution and name. Needs `person.manage`."""
    query = select(person, institution.c.name.label("place")).join_from(person, institution).order_by(institution.c.name, person.c.name, person.c.id)
    if not desk.actor.clock and demand(desk, "person.manage") != "all":
        query = query.where(person.c.institution_id == desk.actor.institution_id)
    return tuple(
        Person(
            row.id, row.login, row.name, row.phone, row.email, row.institution_id, row.place, row.disabled_at, tuple(standing_grants(desk, row.id))
        )
        for row in desk.connection.execute(query).all()
    )


def sessions(desk: Desk) -> tuple[tuple[str, datetime, datetime], ...]:
    """Return address, beginning and last use of the actor's own open sessions, newest first."""
    mine = (web_session.c.person_id == desk.actor.person_id) & (web_session.c.expires_at > desk.now)
    query = select(web_session.c.address, web_session.c.created_at, web_session.c.seen_at).where(mine).order_by(web_session.c.created_at.desc())
    return tuple((row.address, row.created_at, row.seen_at) for row in desk.connection.execute(query))


def token_for(desk: Desk, login: str, *, name: str = "") -> str:
    """Return a new API token for a person: one's own, or anyone's from the command line. Raises Forbidden, NotFound."""
    if not desk.actor.clock and desk.actor.login != login:
        raise Forbidden
    who = locked_person(desk, login)
    if who.disabled_at is not None:
        raise Refused(f"{who.name} 님은 사용이 중지된 사람입니다.")
    return issue_token(desk, who.id, name=name)


def _demand_hand(desk: Desk, who: Any) -> None:
    if not desk.actor.clock:
        demand_hand(desk, roles_today(desk), who, None)


def _set_one_time(desk: Desk, person_id: str) -> str:
    secret = passwords.one_time()
    until = desk.now + ONE_TIME_LIFE
    values = {"password": passwords.hashed(secret), "password_at": desk.now, "password_until": until}
    desk.connection.execute(update(person).where(person.c.id == person_id).values(**values))
    return secret


def _store_password(desk: Desk, person_id: str, new: str) -> None:
    values = {"password": passwords.hashed(new), "password_at": desk.now, "password_until": None}
    desk.connection.execute(update(person).where(person.c.id == person_id).values(**values))


def _surroundings(desk: Desk) -> tuple[str, ...]:
    actor = desk.actor
    return actor.login, actor.name, actor.institution_name, actor.phone.replace("-", ""), actor.email.split("@")[0]


def _blank(**given: tuple[str, str]) -> list[FieldError]:
    return [FieldError(f"/{field}", "required", settle_josa(f"{label}을(를) 적으세요."), label) for field, (value, label) in given.items() if not value.strip()]


def _too_long(**given: tuple[str, str]) -> list[FieldError]:
    longest = {field: int(person.c[field].type.length) for field in given}  # type: ignore[attr-defined]
    return [
        FieldError(f"/{field}", "maxLength", settle_josa(f"{label}은(는) {longest[field]}자 안으로 적으세요."), label)
        for field, (value, label) in given.items() if len(value.strip()) > longest[field]
    ]  # fmt: skip


__all__ = [
    "Admission", "Grant", "Institution", "Person", "Proof", "Seat", "actor_of", "add_institution", "add_person", "admit", "change_password",
    "disable_person", "enable_person", "end_sessions", "grant", "institutions", "past", "people", "prove", "reset_password", "revoke",
    "session_actor", "sessions", "set_password", "sign_in", "sign_out", "token_actor", "token_for", "touch", "wrong_with",
]  # fmt: skip
