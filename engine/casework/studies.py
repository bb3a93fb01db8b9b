"""Looking at an edition beforehand takes long where there is much: it is asked for, done by whoever has time, and its outcome kept for all who ask.

A study is a row: while it has no end it waits or is under way. A process that dies on the way leaves it as it was, and the next one begins it again;
two at the same one come to the same. Nothing but the row is written. `studying` does what is asked for here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.casework import access
from engine.casework.permits import demand
from engine.errors import Refused
from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import study as table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.casework.desk import Desk

IMPACT, REPLAY, SCENARIOS, PLAN = "impact", "replay", "scenarios", "plan"
#: Kind of study -> who may ask for one.
KINDS = {IMPACT: "edition.read", REPLAY: "edition.read", SCENARIOS: "edition.read", PLAN: "edition.approve"}
_insert = prepare(insert(table))
_of_edition = prepare(select(table).where(table.c.edition == bindparam("digest")).order_by(table.c.id))
_waiting = prepare(select(table.c.id).where(table.c.ended_at.is_(None)).order_by(table.c.id))
_one = prepare(select(table).where(table.c.id == bindparam("of_study")))
_progress = prepare(update(table).where(table.c.id == bindparam("of_study"), table.c.ended_at.is_(None)), ["done", "total"])
_end = prepare(update(table).where(table.c.id == bindparam("of_study"), table.c.ended_at.is_(None)), ["result", "failed", "ended_at"])


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
    told = dict(given or {})
    found = latest(desk, digest).get(kind)
    if found is not None and found.ended_at is None and found.given == told:
        return found.id
    made = new_id()
    _insert.run(desk.connection, {"id": made, "edition": digest, "kind": kind, "given": told, "done": 0, "total": 0, "asked_by": desk.actor.login, "asked_at": desk.now})
    access.record(desk, "study.ask", target=f"edition {digest}")
    return made


def latest(desk: Desk, digest: str) -> dict[str, Study]:
    """Give the last study of each kind of an edition. Raises Forbidden."""
    demand(desk, "edition.read")
    return {row.kind: Study(**row._asdict()) for row in _of_edition.all(desk.connection, digest=digest)}


def waiting(connection: Connection) -> list[str]:
    """Give the studies that nobody has ended, the oldest first."""
    return [row.id for row in _waiting.all(connection)]


def one(connection: Connection, ident: str) -> Study | None:
    """Give one study; None where it is ended, or there is none."""
    row = _one.first(connection, of_study=ident)
    return Study(**row._asdict()) if row is not None and row.ended_at is None else None


def note(connection: Connection, ident: str, done: int, total: int) -> None:
    """Note how far a study is."""
    _progress.run(connection, of_study=ident, done=done, total=total)


def end(connection: Connection, ident: str, result: Mapping[str, Any] | None, failed: str, now: datetime) -> None:
    """End a study with what came of it; one that another has ended stays as it is."""
    _end.run(connection, of_study=ident, result=result, failed=failed, ended_at=now)
