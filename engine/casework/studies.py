"""Looking at an edition beforehand takes long where there is much: it is asked for, done by whoever has time, and its outcome kept for all who ask.

A study is a row: while it has no end it waits or is under way. Who is at it holds it, a few seconds at a time; a process that dies on the way lets it go by
that, and the next one begins it again. Nothing but the row is written. `studying` does what is asked for here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from engine.casework import access
from engine.casework.permits import demand
from engine.errors import Refused, Stale
from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import study as table
from engine.store.types import canonical
from engine.store.upsert import Upsert

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.casework.desk import Desk

IMPACT, REPLAY, SCENARIOS, PLAN = "impact", "replay", "scenarios", "plan"
#: Kind of study -> who may ask for one.
KINDS = {IMPACT: "edition.read", REPLAY: "edition.read", SCENARIOS: "edition.read", PLAN: "edition.approve"}
HELD = timedelta(seconds=20)  # how long whoever is at a study holds it without saying so again
_open = table.c.ended_at.is_(None)
_insert = Upsert(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["question"]))
_of_edition = prepare(select(table).where(table.c.edition == bindparam("digest")).order_by(table.c.id))
_last = prepare(select(table).where(table.c.edition == bindparam("digest"), table.c.kind == bindparam("of_kind")).order_by(table.c.id.desc()).limit(1))
_waiting = prepare(select(table.c.id).where(_open).order_by(table.c.id))
_asked = prepare(select(table.c.id).where(table.c.question == bindparam("of_question")))
_one = prepare(select(table).where(table.c.id == bindparam("of_study"), _open))
_mine = table.c.id == bindparam("of_study")
_free = or_(table.c.held_until.is_(None), table.c.held_until < bindparam("now", type_=table.c.held_until.type))
_take = prepare(update(table).where(_mine, _open, _free), ["held_until"])
_hold = prepare(update(table).where(_mine, _open), ["held_until"])
_progress = prepare(update(table).where(_mine, _open), ["done", "total"])
_end = prepare(update(table).where(_mine, _open), ["result", "failed", "ended_at", "question", "held_until"])


@dataclass(frozen=True, slots=True)
class Study:
    """One study. Without `ended_at` it waits or is under way, `done` of `total`; then there is a `result`, or the sentence why it `failed`."""

    id: str
    edition: str
    kind: str
    given: Mapping[str, Any]
    done: int
    total: int
    result: Mapping[str, Any] | None
    failed: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None


def ask(desk: Desk, digest: str, kind: str, given: Mapping[str, Any] | None = None) -> str:
    """Ask for a study; give its id, or that of the same one still waiting. Raises Forbidden, NotFound, Refused for a kind there is not."""
    if kind not in KINDS:
        raise Refused("그런 살펴보기는 없습니다.")
    demand(desk, KINDS[kind])
    desk.edition(digest)
    told, made = dict(given or {}), new_id()
    question = hashlib.sha256(canonical([digest, kind, told])).hexdigest()
    row = {"id": made, "edition": digest, "kind": kind, "given": told, "done": 0, "total": 0, "asked_by": desk.actor.login, "asked_at": desk.now, "question": question}
    if _insert.on(desk.connection).run(desk.connection, row) != 1:
        found = _asked.first(desk.connection, of_question=question)
        if found is None:  # it ended this very moment
            raise Stale
        return str(found.id)
    access.record(desk, "study.ask", target=f"edition {digest}")
    return made


def latest(desk: Desk, digest: str) -> dict[str, Study]:
    """Give the last study of each kind of an edition. Raises Forbidden."""
    demand(desk, "edition.read")
    return {row.kind: _told(row) for row in _of_edition.all(desk.connection, digest=digest)}


def last(connection: Connection, digest: str, kind: str) -> Study | None:
    """Give the last study of one kind of an edition, None where none was asked for."""
    row = _last.first(connection, digest=digest, of_kind=kind)
    return _told(row) if row is not None else None


def unproven(played: Study | None) -> str:
    """Say why an edition cannot be approved after the last time its scenarios were played; "" where all went as they say, or nobody asked for it."""
    if played is None:
        return ""
    if played.ended_at is None:
        return "시나리오를 아직 돌리고 있습니다. 끝난 뒤에 승인하세요."
    if played.result is None:
        return "시나리오를 끝까지 돌리지 못했습니다. 다시 살펴본 뒤에 승인하세요."
    wrong = len(played.result["findings"])
    return f"시나리오가 {wrong:,}곳에서 어긋나 승인할 수 없습니다. 고친 판을 새로 올리세요." if wrong else ""


def waiting(connection: Connection) -> list[str]:
    """Give the studies that nobody has ended, the oldest first."""
    return [row.id for row in _waiting.all(connection)]


def one(connection: Connection, ident: str) -> Study | None:
    """Give one study; None where it is ended, or there is none."""
    row = _one.first(connection, of_study=ident)
    return _told(row) if row is not None else None


def take(connection: Connection, ident: str, now: datetime) -> bool:
    """Begin to be at a study; False where somebody is, or it is ended."""
    return _take.run(connection, of_study=ident, now=now, held_until=now + HELD) == 1


def hold(connection: Connection, ident: str, now: datetime) -> None:
    """Go on being at a study."""
    _hold.run(connection, of_study=ident, held_until=now + HELD)


def note(connection: Connection, ident: str, done: int, total: int) -> None:
    """Note how far a study is."""
    _progress.run(connection, of_study=ident, done=done, total=total)


def end(connection: Connection, ident: str, result: Mapping[str, Any] | None, failed: str, now: datetime) -> None:
    """End a study with what came of it; one that another has ended stays as it is."""
    _end.run(connection, of_study=ident, result=result, failed=failed, ended_at=now, question=None, held_until=None)


def _told(row: Any) -> Study:
    return Study(*(getattr(row, each.name) for each in fields(Study)))
