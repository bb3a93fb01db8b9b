"""What becomes of open cases when an edition comes in force: chosen while it waits for its approval, approved with it, done by itself on its day.

Open cases stay where they are, or move: with a mapping of steps that are gone, or without one, and then those move that can. The rounds of the servers begin
the move and go on with it (see `marching`); whatever was down on the day is caught up with. Each edition moves cases by itself once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from engine.casework import access, moves
from engine.casework.permits import demand
from engine.errors import FieldError, Invalid, NotFound, Refused
from engine.spec.mapping import parse
from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import edition as table
from engine.store.types import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

    from engine.casework.desk import Desk

STAY, MOVE = "stay", "move"
_columns = tuple(column for column in table.columns if column.name != "files")
_mine = table.c.digest == bindparam("of_digest")
_one = prepare(select(*_columns).where(_mine))
_lock = prepare(select(table.c.digest).order_by(table.c.digest).with_for_update(key_share=True))
_standing = prepare(select(*_columns).where(table.c.approved_at.is_not(None), table.c.withdrawn_at.is_(None)))
_change = prepare(update(table).where(_mine, table.c.approved_at.is_(None), table.c.withdrawn_at.is_(None)), ["in_force_from", "open_cases", "mapping", "chosen_by"])
_due = prepare(
    select(table.c.digest, table.c.mapping).where(
        table.c.approved_at.is_not(None), table.c.withdrawn_at.is_(None), table.c.open_cases == MOVE, table.c.run_id.is_(None),
        table.c.in_force_from <= bindparam("today", type_=table.c.in_force_from.type),
    ).order_by(table.c.in_force_from, table.c.approved_at).limit(1)
)  # fmt: skip
_claim = prepare(update(table).where(_mine, table.c.run_id.is_(None), table.c.withdrawn_at.is_(None)), ["run_id"])


def terms(row: Any) -> str:
    """Give a short digest of what an approval is about beside the edition itself: the day, and what becomes of open cases."""
    return hashlib.sha256(canonical([row.in_force_from, row.open_cases, row.mapping])).hexdigest()[:16]


def settle(desk: Desk) -> None:
    """Let nobody else decide about editions until this transaction ends: their days are held against one another. Cases go on."""
    _lock.all(desk.connection)


def change(desk: Desk, digest: str, *, since: date | None = None, open_cases: str | None = None, mapping: Any = None) -> None:
    """Say anew from when an edition that waits for its approval is to be in force, and what becomes of open cases then. What is not given stays.

    Raises Forbidden, NotFound, Invalid (a day, a choice or a mapping), Refused where it is approved or withdrawn.
    """
    demand(desk, "edition.write")
    settle(desk)
    row = _one.first(desk.connection, of_digest=digest)
    if row is None:
        raise NotFound("그런 판이 없습니다.")
    chosen = row.open_cases if open_cases is None else open_cases
    if chosen not in (STAY, MOVE):
        raise Invalid([FieldError("/open_cases", "enum", "열린 건을 어떻게 할지 stay와 move 가운데 하나로 정하세요.")])
    steps = row.mapping if mapping is None else parse(mapping, _others(desk, digest), desk.edition(digest))
    day = since or row.in_force_from
    if since is not None:
        check_day(desk, since, digest)
    given = {"in_force_from": day, "open_cases": chosen, "mapping": steps if chosen == MOVE else {}, "chosen_by": desk.actor.login}
    if _change.run(desk.connection, given, of_digest=digest) != 1:
        raise Refused("승인했거나 철회한 판은 고칠 수 없습니다.")
    access.record(desk, "edition.propose", target=f"edition {digest}")


def check_day(desk: Desk, since: date, digest: str = "") -> None:
    """Hold the day of an edition against those that are approved. Raises Invalid where it would never be in force, or share a day that is to come."""
    told = trouble(_standing.all(desk.connection), desk.today, since, digest)
    if told:
        raise Invalid([FieldError("/from", "overlap", told)])


def trouble(editions: Iterable[Any], today: date, since: date, digest: str = "") -> str:
    """Say what is wrong with a day among the editions there are (with `title`, `in_force_from`, `approved_at`, `withdrawn_at`); "" where nothing is."""
    others = [each for each in editions if each.digest != digest and each.approved_at is not None and each.withdrawn_at is None]
    for each in others:
        if each.in_force_from == since > today:
            return f"같은 날({since})부터 시행될 판이 이미 승인되어 있습니다: '{each.title}'. 다른 날을 적거나 그 판을 먼저 철회하세요."
    current = max((each for each in others if each.in_force_from <= today), key=lambda each: (each.in_force_from, each.approved_at), default=None)
    if current is not None and since < current.in_force_from:
        return f"지금 시행 중인 '{current.title}'의 시행일({current.in_force_from})보다 앞선 날이라 시행되지 않습니다. 그날이나 그 뒤의 날을 적으세요."
    return ""


def _others(desk: Desk, digest: str) -> list[Any]:
    """Give the editions open cases stand on or may stand on by the day: those in use and those approved."""
    approved = [row.digest for row in _standing.all(desk.connection)]
    used = [each.digest for each in moves.standing(desk, digest)]
    return [desk.edition(each) for each in dict.fromkeys([*used, *approved]) if each != digest]


def is_due(connection: Connection, today: date) -> bool:
    """Say whether an edition has come in force whose open cases are to move and have not begun to."""
    return _due.first(connection, today=today) is not None


def begin_due(desk: Desk) -> str | None:
    """Begin the move of the edition that has waited longest for it; give its run. None where there is none, another move is under way, or somebody was faster."""
    row = _due.first(desk.connection, today=desk.today)
    if row is None or moves.under_way(desk.connection):
        return None
    made = new_id()
    if _claim.run(desk.connection, of_digest=row.digest, run_id=made) != 1:
        return None
    return moves.note(desk, desk.edition(row.digest), None, row.mapping, made)


def call_off(desk: Desk, digest: str) -> None:
    """An edition is taken back: a move that has not begun never does (see `is_due`), and one on its way is stopped and undone."""
    moves.stop(desk, digest)
