"""Doing what a run of moves has noted (see `moves`): forward or back, from wherever it was left.

Cases go in batches, each batch one transaction and each case in it a savepoint of its own: what fails in one is undone and told, the others go on. Whoever
comes (a command, a server's rounds, several at once) takes the next batch nobody holds; a process that is killed loses its batch only, which the next does
again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from engine.casework import moves, moving
from engine.casework.desk import CLOCK, Desk
from engine.casework.dossier import open_case
from engine.casework.moves import FAILED, KEPT, MOVED, MOVING, UNDOING, UNDONE
from engine.casework.signin import actor_of
from engine.errors import DidimdolError, Forbidden, Stale
from engine.store.database import may_pass, savepoint
from engine.store.prepared import prepare
from engine.store.tables import move_case, move_run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from engine.casework.editions import Editions
    from engine.casework.moves import Run
    from engine.store.cipher import Cipher
    from engine.store.database import Database

BATCH = 100
_TRIES = 5  # at one batch that others are at too
_REASON_LIMIT = 2000

_log = logging.getLogger(__name__)
_TO_MOVE = move_case.c.outcome.is_(None)
_TO_UNDO = (move_case.c.outcome == moving.MOVED) | (move_case.c.outcome == moving.PARTLY)
_of_run, _of_case = move_case.c.run_id == bindparam("of_run"), move_case.c.case_id == bindparam("of_case")
_unfinished = prepare(select(move_run.c.id).where((move_run.c.state == MOVING) | (move_run.c.state == UNDOING)).order_by(move_run.c.id))
_next = prepare(select(move_case.c.case_id).where(_of_run, _TO_MOVE).order_by(move_case.c.case_id).limit(bindparam("batch")).with_for_update(skip_locked=True))
_next_back = prepare(select(move_case).where(_of_run, _TO_UNDO).order_by(move_case.c.case_id).limit(bindparam("batch")).with_for_update(skip_locked=True))
_left = prepare(select(func.count().label("count")).select_from(move_case).where(_of_run, _TO_MOVE))
_left_back = prepare(select(func.count().label("count")).select_from(move_case).where(_of_run, _TO_UNDO))
_note = prepare(update(move_case).where(_of_run, _of_case), ["outcome", "reason", "case_version", "before", "at"])
_note_back = prepare(update(move_case).where(_of_run, _of_case), ["outcome", "reason"])
_direction = prepare(select(move_run.c.state).where(move_run.c.id == bindparam("of_run")).with_for_update(read=True))
_finish = prepare(update(move_run).where(move_run.c.id == bindparam("of_run"), move_run.c.state == bindparam("was")), ["state", "ended_at", "turn"])


def work(
    database: Database, editions: Editions, cipher: Cipher, clock: Callable[[], datetime], run_id: str, *, batch: int = BATCH,
    most: int | None = None, progress: Callable[[str, int, int], None] | None = None,
) -> Run:  # fmt: skip
    """Go on with a run until it is done, batch by batch (at most `most`); give where it stands. Any number of processes may work at the same run.

    Raises NotFound, Forbidden where who began it may not any more, Stale where others were faster at one batch again and again.
    """
    done, tries = 0, 0
    while True:
        try:
            with database.begin() as connection:
                left = step(_desk(connection, editions, cipher, clock(), run_id), run_id, batch)
        except Stale:
            tries += 1
            if tries == _TRIES:
                raise
            continue
        done, tries = done + 1, 0
        with database.read() as connection:
            told = moves.told_of(connection, run_id)
        if progress:
            progress("되돌림" if told.state in (UNDOING, UNDONE) else "옮김", told.done, told.total)
        if not left or done == most:
            return told


def unfinished(desk: Desk) -> list[str]:
    """Give the runs that wait to be gone on with."""
    return [row.id for row in _unfinished.all(desk.connection)]


def step(desk: Desk, run_id: str, batch: int = BATCH) -> bool:
    """Do one batch of a run in the transaction of the desk; False where nothing was left for it to take."""
    run = moves.row_of(desk.connection, run_id)
    if run.state == MOVING:
        return _forward(desk, run, _next.all(desk.connection, of_run=run.id, batch=batch))
    return _backward(desk, run, _next_back.all(desk.connection, of_run=run.id, batch=batch)) if run.state == UNDOING else False


def _forward(desk: Desk, run: Any, rows: Sequence[Any]) -> bool:
    if not rows:
        if not _left.first(desk.connection, of_run=run.id).count:  # type: ignore[union-attr]
            _finish.run(desk.connection, of_run=run.id, was=MOVING, state=MOVED, ended_at=desk.now, turn=None)
        return False
    if _direction.first(desk.connection, of_run=run.id).state != MOVING:  # type: ignore[union-attr]
        return True  # undone meanwhile: what stands here is not to be moved any more
    new = desk.edition(run.to_edition)
    noted: list[dict[str, Any]] = []
    for row in rows:
        made: dict[str, Any] = {"of_run": run.id, "of_case": row.case_id, "reason": "", "case_version": None, "before": [], "at": desk.now}
        try:
            with savepoint(desk.connection):
                dossier = open_case(desk, row.case_id)
                came = moving.move(dossier, new, run.from_edition, run.mapping, run.id)
                made |= {"outcome": came.outcome, "reason": " ".join(came.reasons)[:_REASON_LIMIT], "case_version": dossier.case.version, "before": came.before}
        except Exception as error:
            if may_pass(error):  # the database, not this case: the batch is done again
                raise
            made |= {"outcome": FAILED, "reason": _failure(row.case_id, error)}
        noted.append(made)
    _note.many(desk.connection, noted)
    return True


def _backward(desk: Desk, run: Any, rows: Sequence[Any]) -> bool:
    if not rows:
        if not _left_back.first(desk.connection, of_run=run.id).count:  # type: ignore[union-attr]
            _finish.run(desk.connection, of_run=run.id, was=UNDOING, state=UNDONE, ended_at=desk.now, turn=None)
        return False
    noted: list[dict[str, Any]] = []
    for row in rows:
        made = {"of_run": run.id, "of_case": row.case_id, "outcome": moves.UNDONE, "reason": ""}
        try:
            with savepoint(desk.connection):
                moving.put_back(open_case(desk, row.case_id), row.before, row.case_version, row.at, run.id)
        except Exception as error:
            if may_pass(error):
                raise
            made |= {"outcome": KEPT, "reason": _failure(row.case_id, error)}
        noted.append(made)
    _note_back.many(desk.connection, noted)
    return True


def _failure(case_id: str, error: Exception) -> str:
    """Give what is told of a failure: our own sentences as they are, of anything else its kind only (its words may carry data)."""
    if isinstance(error, DidimdolError):
        return error.message
    _log.error("move of case %s failed: %s", case_id, type(error).__name__)
    return f"처리하지 못했습니다({type(error).__name__})."


def _desk(connection: Any, editions: Editions, cipher: Cipher, now: datetime, run_id: str) -> Desk:
    row = moves.row_of(connection, run_id)
    login = row.undone_by if row.state == UNDOING else row.started_by
    actor = actor_of(connection, login, now) if login else CLOCK
    if actor is None:
        raise Forbidden(f"옮기기를 시작한 사람이 이제 없습니다: {login}")
    return Desk(connection, actor, now, editions, cipher, _NO_FILES)


_NO_FILES: Any = None
