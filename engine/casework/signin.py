"""Signing in, sessions, API tokens, and who is calling: only hashes of secrets are stored, and roles are read anew for every request.

A sign-in is `prove` (slow, outside the writing transaction: it hashes) and `admit` (quick, inside it). A failed one must be committed
too, for it is counted; so `admit` returns what happened instead of raising.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from engine.casework import access, passwords
from engine.casework.desk import Actor
from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import api_token, grant_, institution, person, throttle, web_session
from engine.store.types import KST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, FromClause

    from engine.casework.desk import Desk

ABSOLUTE = timedelta(hours=10)
IDLE = timedelta(minutes=60)
SESSIONS = 5  # open at once per person; a further sign-in ends the oldest
TOKEN_LIFE = timedelta(days=90)
WINDOW = timedelta(minutes=15)  # failures further apart are not added up
PAIR_LIMIT, SOURCE_LIMIT = 5, 50  # failures allowed: of one account from one address, of one address at all
LONGEST_WAIT = timedelta(minutes=15)
WRONG = "아이디 또는 비밀번호가 맞지 않습니다."
TOO_MANY = "여러 번 맞지 않아 잠시 막았습니다. 조금 뒤에 다시 하세요."

_revocation = grant_.alias("revocation")
_today = bindparam("today", type_=grant_.c.from_day.type)
holds = (
    (grant_.c.kind == "grant")
    & (grant_.c.from_day <= _today)
    & (grant_.c.until_day.is_(None) | (grant_.c.until_day >= _today))
    & ~exists().where(_revocation.c.revokes == grant_.c.id)
)
_person_columns = (
    person.c.id,
    person.c.login,
    person.c.name,
    person.c.phone,
    person.c.email,
    person.c.institution_id,
    institution.c.name.label("place"),
    institution.c.kind.label("place_kind"),
    institution.c.region.label("place_region"),
    institution.c.phone.label("place_phone"),
    grant_.c.role,
)
_working = person.c.disabled_at.is_(None) & institution.c.closed_at.is_(None)


def _with_roles(people: FromClause) -> FromClause:
    """Add place and roles to `people`. What finds the person stands before: SQLite joins in this order where a join is an outer one."""
    placed = people.join(institution, institution.c.id == person.c.institution_id)
    return placed.outerjoin(grant_, (grant_.c.person_id == person.c.id) & holds)


_by_login = prepare(select(*_person_columns).select_from(_with_roles(person)).where(person.c.login == bindparam("login"), _working))
_by_session = prepare(
    select(*_person_columns, web_session.c.seen_at, web_session.c.expires_at, web_session.c.must_change)
    .select_from(_with_roles(web_session.join(person, web_session.c.person_id == person.c.id)))
    .where(
        web_session.c.token_hash == bindparam("hash"),
        web_session.c.expires_at > bindparam("now"),
        web_session.c.seen_at > bindparam("idle_since"),
        _working,
    )
)
_by_token = prepare(
    select(*_person_columns)
    .select_from(_with_roles(api_token.join(person, api_token.c.person_id == person.c.id)))
    .where(api_token.c.token_hash == bindparam("hash"), api_token.c.expires_at > bindparam("now"), api_token.c.revoked_at.is_(None), _working)
)
_keep_by_session, _keep_by_token = (
    prepare(select(person.c.id).select_from(person.join(key)).where(key.c.token_hash == bindparam("hash")).with_for_update(read=True, of=person))
    for key in (web_session, api_token)
)
_stored = prepare(
    select(person.c.id, person.c.login, person.c.password, person.c.password_until, person.c.disabled_at, institution.c.closed_at)
    .select_from(person.join(institution, institution.c.id == person.c.institution_id))
    .where(person.c.login == bindparam("login"))
)
_throttled = prepare(select(throttle).where(throttle.c.key == bindparam("key")))
_open_session = prepare(insert(web_session))
_touch = prepare(update(web_session).where(web_session.c.token_hash == bindparam("hash")), ["seen_at"])
_close_session = prepare(delete(web_session).where(web_session.c.token_hash == bindparam("hash")))


@dataclass(frozen=True, slots=True)
class Proof:
    """What `prove` found out about a login and a password. `rehashed` is the password's stronger hash where the stored one is outdated."""

    login: str
    person_id: str
    right: bool
    one_time: bool
    retry_after: int
    rehashed: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """What came of a sign-in. `token` is the session secret for the cookie, "" where refused with `sentence` (and `retry_after` seconds to wait)."""

    token: str = ""
    person_id: str = ""
    must_change: bool = False
    sentence: str = ""
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """A live session: who sits there, when last seen, when it ends at the latest, and whether the password must be changed first."""

    actor: Actor
    seen_at: datetime
    expires_at: datetime
    must_change: bool


def prove(desk: Desk, login: str, password: str) -> Proof:
    """Compare; only reads. Takes as long for unknown and disabled people as for a wrong password."""
    login = login.strip()
    wait = max((_wait(desk, key) for key in _keys(desk, login)), default=0)
    if wait:
        return Proof(login, "", right=False, one_time=False, retry_after=wait)
    found = _stored.first(desk.connection, login=login)
    usable = bool(found and found.disabled_at is None and found.closed_at is None)
    one_time = bool(found and found.password_until)
    if found and one_time and found.password_until <= desk.now:
        usable = False
    right = passwords.matches(found.password if found and usable else None, password)
    rehashed = passwords.hashed(password) if right and found and not one_time and passwords.outdated(found.password) else ""
    return Proof(login, found.id if found else "", right=right, one_time=one_time, retry_after=0, rehashed=rehashed)


def admit(desk: Desk, proof: Proof, *, absolute: timedelta = ABSOLUTE, before: str = "") -> Admission:
    """Open a session for a right proof, count a wrong one; either way leave a record. `before` is the secret of the session left behind, which dies."""
    if proof.retry_after:
        access.record(_as(desk, proof.login), "signin.throttled")
        return Admission(sentence=TOO_MANY, retry_after=proof.retry_after)
    if not proof.right:
        wait = _count_failure(desk, proof.login)
        access.record(_as(desk, proof.login), "signin.failed")
        return Admission(sentence=TOO_MANY if wait else WRONG, retry_after=wait)
    if before:
        _close_session.run(desk.connection, hash=_hash(before))
    desk.connection.execute(delete(throttle).where(throttle.c.key == _keys(desk, proof.login)[0]))
    if proof.one_time:  # used up: it opens this one session, in which nothing can be done before a new one is set
        desk.connection.execute(update(person).where(person.c.id == proof.person_id).values(password=None, password_until=None))
    elif proof.rehashed:
        desk.connection.execute(update(person).where(person.c.id == proof.person_id).values(password=proof.rehashed))
    _end_oldest(desk, proof.person_id)
    token = open_session(desk, proof.person_id, desk.now + absolute, must_change=proof.one_time)
    access.record(_as(desk, proof.login), "signin")
    return Admission(token, proof.person_id, must_change=proof.one_time)


def sign_in(desk: Desk, login: str, password: str, *, absolute: timedelta = ABSOLUTE, before: str = "") -> Admission:
    """`prove` and `admit` at once, where nobody waits for the transaction."""
    return admit(desk, prove(desk, login, password), absolute=absolute, before=before)


def open_session(desk: Desk, person_id: str, expires_at: datetime, *, must_change: bool = False) -> str:
    """Return the secret of a new session."""
    token = secrets.token_urlsafe(32)
    _open_session.run(
        desk.connection,
        token_hash=_hash(token),
        person_id=person_id,
        address=desk.actor.address,
        created_at=desk.now,
        seen_at=desk.now,
        expires_at=expires_at,
        must_change=must_change,
    )
    return token


def session_actor(connection: Connection, secret: str, now: datetime, *, idle: timedelta = IDLE) -> Seat | None:
    """Return who sits at the session with this secret; None where it is unknown, ended, idle too long, or its person may no longer work here."""
    rows = _by_session.all(connection, hash=_hash(secret), now=now, idle_since=now - idle, today=_day(now))
    actor = _actor(rows)
    return Seat(actor, rows[0].seen_at, rows[0].expires_at, rows[0].must_change) if actor else None


def token_actor(connection: Connection, secret: str, now: datetime) -> Actor | None:
    """Return whose API token this is; None where it is unknown, revoked or over."""
    return _actor(_by_token.all(connection, hash=_hash(secret), now=now, today=_day(now)))


def keep_caller(connection: Connection, *, session: str = "", token: str = "") -> None:
    """Let roles and account of the caller stay as they are until this transaction ends; who takes them away waits for it, or was first.

    To be called before the caller is read. A writing transaction of SQLite is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        (_keep_by_token if token else _keep_by_session).first(connection, hash=_hash(token or session))


def actor_of(connection: Connection, login: str, now: datetime) -> Actor | None:
    """Return the person with this login as an actor with the roles of that day; None where there is no such working person."""
    return _actor(_by_login.all(connection, login=login, today=_day(now)))


def touch(connection: Connection, secret: str, now: datetime) -> None:
    """Count the idle time of a session from now on."""
    _touch.run(connection, hash=_hash(secret), seen_at=now)


def sign_out(desk: Desk, secret: str) -> None:
    """End one session; its secret opens nothing any more."""
    _close_session.run(desk.connection, hash=_hash(secret))
    access.record(desk, "signout")


def end_sessions(desk: Desk, person_id: str) -> int:
    """End every session of a person at once; return how many."""
    return desk.connection.execute(delete(web_session).where(web_session.c.person_id == person_id)).rowcount


def issue_token(desk: Desk, person_id: str, *, name: str = "", life: timedelta = TOKEN_LIFE) -> str:
    """Return a new API token of a person. It is shown this once; only its hash is kept."""
    token = "dd_" + secrets.token_urlsafe(32)
    values = {"id": new_id(), "token_hash": _hash(token), "person_id": person_id, "name": name}
    desk.connection.execute(insert(api_token).values(**values, created_at=desk.now, expires_at=desk.now + life))
    access.record(desk, "token.issue", target=f"person {person_id}")
    return token


def revoke_tokens(desk: Desk, person_id: str) -> int:
    """Revoke every API token of a person; return how many."""
    live = (api_token.c.person_id == person_id) & api_token.c.revoked_at.is_(None)
    return desk.connection.execute(update(api_token).where(live).values(revoked_at=desk.now)).rowcount


def forget_old(desk: Desk) -> None:
    """Drop ended sessions and counts nobody needs; for the worker."""
    desk.connection.execute(delete(web_session).where(web_session.c.expires_at < desk.now))
    desk.connection.execute(delete(throttle).where(throttle.c.since < desk.now - timedelta(days=1)))


def _actor(rows: Sequence[Any]) -> Actor | None:
    if not rows:
        return None
    known: tuple[Any, ...] = tuple(rows[0][:10])
    return Actor(*known, roles=frozenset(row.role for row in rows if row.role))  # type: ignore[misc]  # ten columns, ten fields before roles


def _as(desk: Desk, login: str) -> Desk:
    """Return a desk of the person with this login, so that the record names them; an unknown login is not kept: it may be a mistyped password."""
    actor = actor_of(desk.connection, login, desk.now)
    return replace(desk, actor=replace(actor, address=desk.actor.address)) if actor else desk


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _day(now: datetime) -> Any:
    return now.astimezone(KST).date()


def _keys(desk: Desk, login: str) -> tuple[str, str]:
    address = desk.actor.address
    return desk.cipher.index("throttle.pair", f"{login}\0{address}"), desk.cipher.index("throttle.source", address)


def _wait(desk: Desk, key: str) -> int:
    row = _throttled.first(desk.connection, key=key)
    if row is None or row.until is None or row.until <= desk.now:
        return 0
    return int((row.until - desk.now).total_seconds()) + 1


def _count_failure(desk: Desk, login: str) -> int:
    pair, source = _keys(desk, login)
    return max(_count(desk, pair, PAIR_LIMIT), _count(desk, source, SOURCE_LIMIT))


def _count(desk: Desk, key: str, limit: int) -> int:
    """Add a failure; return the seconds to wait from now. Each failure beyond the limit doubles the wait, up to `LONGEST_WAIT`, never for good."""
    row = _throttled.first(desk.connection, key=key)
    running = row is not None and desk.now - (row.until or row.since) < WINDOW
    failures = row.failures + 1 if row is not None and running else 1
    wait = min(timedelta(minutes=1) * 2 ** min(failures - limit, 10), LONGEST_WAIT) if failures >= limit else timedelta(0)
    values = {"failures": failures, "since": row.since if row is not None and running else desk.now, "until": desk.now + wait if wait else None}
    if row is None:
        desk.connection.execute(insert(throttle).values(key=key, **values))
    else:
        desk.connection.execute(update(throttle).where(throttle.c.key == key).values(**values))
    return int(wait.total_seconds())


def _end_oldest(desk: Desk, person_id: str) -> None:
    mine = web_session.c.person_id == person_id
    desk.connection.execute(delete(web_session).where(mine, web_session.c.expires_at <= desk.now))
    count = desk.connection.execute(select(func.count()).select_from(web_session).where(mine)).scalar_one()
    if count >= SESSIONS:
        oldest = select(web_session.c.token_hash).where(mine).order_by(web_session.c.created_at).limit(count - SESSIONS + 1)
        ended = desk.connection.execute(oldest).scalars().all()
        desk.connection.execute(delete(web_session).where(web_session.c.token_hash.in_(ended)))
        access.record(desk, "signin.crowded", target=f"person {person_id}")
