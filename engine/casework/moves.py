"""Moving open cases to another edition, many at a time: planned, begun, gone on with after any end, looked at, undone.

A run notes every case it is about and what came of it. Cases go in batches, each batch one transaction and each case in it a savepoint of its own: what
fails in one is undone and told, the others go on. Whoever comes (a command, a worker, several at once) takes the next batch nobody holds; a process that
is killed loses its batch only, which the next one does again.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, insert, literal, select, update

from engine.casework import access, moving
from engine.casework.desk import Desk
from engine.casework.dossier import open_case
from engine.casework.permits import demand
from engine.casework.signin import actor_of
from engine.errors import DatabaseFailed, DidimdolError, Forbidden, NotFound, Refused
from engine.spec.mapping import parse
from engine.store.ids import is_id, new_id
from engine.store.prepared import prepare
from engine.store.tables import cases, edition, move_case, move_run
from engine.store.tables import instance as instance_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from engine.casework.editions import Editions
    from engine.spec.edition import Edition
    from engine.store.cipher import Cipher
    from engine.store.database import Database

PERMISSION = "edition.approve"
MOVING, MOVED, UNDOING, UNDONE = "moving", "moved", "undoing", "undone"
FAILED, KEPT = "failed", "kept"
BATCH = 100
_TOLD = 20  # cases named for each reason
_REASON_LIMIT = 2000

_log = logging.getLogger(__name__)
_TO_UNDO = (move_case.c.outcome == moving.MOVED) | (move_case.c.outcome == moving.PARTLY)
_open = (
    select(instance_table.c.id, instance_table.c.case_id, instance_table.c.process, instance_table.c.edition, instance_table.c.state)
    .where(instance_table.c.ended_at.is_(None), instance_table.c.edition != bindparam("to"))
    .order_by(instance_table.c.case_id, instance_table.c.id)
)
_open_from = _open.where(instance_table.c.edition == bindparam("origin"))
_run = prepare(select(move_run).where(move_run.c.id == bindparam("of_run")))
_runs = prepare(select(move_run).order_by(move_run.c.id.desc()))
_insert_run = prepare(insert(move_run))
_unfinished = prepare(select(move_run.c.id).where((move_run.c.state == MOVING) | (move_run.c.state == UNDOING)).order_by(move_run.c.id))
_next = prepare(
    select(move_case.c.case_id).where(move_case.c.run_id == bindparam("of_run"), move_case.c.outcome.is_(None))
    .order_by(move_case.c.case_id).limit(bindparam("batch")).with_for_update(skip_locked=True)
)  # fmt: skip
_next_back = prepare(
    select(move_case).where(move_case.c.run_id == bindparam("of_run"), _TO_UNDO)
    .order_by(move_case.c.case_id).limit(bindparam("batch")).with_for_update(skip_locked=True)
)  # fmt: skip
_left = prepare(select(func.count().label("count")).select_from(move_case).where(move_case.c.run_id == bindparam("of_run"), move_case.c.outcome.is_(None)))
_left_back = prepare(
    select(func.count().label("count")).select_from(move_case).where(move_case.c.run_id == bindparam("of_run"), _TO_UNDO)
)
_note = prepare(
    update(move_case).where(move_case.c.run_id == bindparam("of_run"), move_case.c.case_id == bindparam("of_case")),
    ["outcome", "reason", "case_version", "before", "at"],
)
_note_back = prepare(update(move_case).where(move_case.c.run_id == bindparam("of_run"), move_case.c.case_id == bindparam("of_case")), ["outcome", "reason", "at"])
_finish = prepare(update(move_run).where(move_run.c.id == bindparam("of_run"), move_run.c.state == bindparam("was")), ["state", "ended_at"])
_undo = prepare(update(move_run).where(move_run.c.id == bindparam("of_run"), move_run.c.state == MOVED), ["state", "undone_by"])
_counts = prepare(select(move_case.c.outcome, func.count().label("count")).where(move_case.c.run_id == bindparam("of_run")).group_by(move_case.c.outcome))
_reasons = prepare(
    select(move_case.c.reason, func.count().label("count"), func.min(move_case.c.case_id).label("example"))
    .where(move_case.c.run_id == bindparam("of_run"), move_case.c.reason != "")
    .group_by(move_case.c.reason).order_by(func.count().desc(), move_case.c.reason)
)  # fmt: skip
_of_run = prepare(
    select(move_case.c.case_id, cases.c.number, move_case.c.outcome, move_case.c.reason, move_case.c.at)
    .select_from(move_case.join(cases, cases.c.id == move_case.c.case_id))
    .where(move_case.c.run_id == bindparam("of_run"), move_case.c.outcome == bindparam("of_outcome"))
    .order_by(move_case.c.case_id).limit(bindparam("most"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """One reason why cases do not move: the sentence, how many, and some of them by id."""

    sentence: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do: cases that move whole, in part, not at all; instances likewise; and why those stay."""

    to_edition: str
    cases: int
    moved: int
    partly: int
    stayed: int
    instances: int
    instances_moved: int
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run and how far it is: `counts` maps moved, partly, stayed, failed, undone, kept and "" (not yet) to numbers of cases."""

    id: str
    to_edition: str
    from_edition: str | None
    mapping: Mapping[str, Any]
    total: int
    state: str
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    undone_by: str | None
    counts: Mapping[str, int]
    why: tuple[Why, ...]

    @property
    def done(self) -> int:
        """Count the cases whose turn has come."""
        return self.total - self.counts.get("", 0)


def plan(desk: Desk, to: str, *, origin: str | None = None, mapping: Any = None) -> Plan:
    """Try the move on every open instance, in memory: nothing is written. Raises Forbidden, NotFound, Invalid (a mapping neither edition knows)."""
    new, steps = _asked(desk, to, origin, mapping)
    fits: dict[str, list[tuple[str, ...]]] = {}
    for row, reasons in fitted(desk, new, origin, steps):
        fits.setdefault(row.case_id, []).append(reasons)
    kinds = Counter(moving.MOVED if not any(each) else moving.STAYED if all(each) else moving.PARTLY for each in fits.values())
    told: dict[str, list[str]] = {}
    for case_id, each in fits.items():
        for sentence in dict.fromkeys(sentence for reasons in each for sentence in reasons):
            told.setdefault(sentence, []).append(case_id)
    why = tuple(Why(sentence, len(found), tuple(found[:_TOLD])) for sentence, found in sorted(told.items(), key=lambda item: (-len(item[1]), item[0])))
    every = [reasons for each in fits.values() for reasons in each]
    access.record(desk, "move.plan", target=f"edition {to}")
    return Plan(to, len(fits), kinds[moving.MOVED], kinds[moving.PARTLY], kinds[moving.STAYED], len(every), sum(not each for each in every), why)


def fitted(desk: Desk, new: Edition, origin: str | None, steps: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Give every open instance (id, case_id, process, edition, state) that stands elsewhere, with the reasons why it cannot move."""
    statement, given = (_open_from, {"to": new.digest, "origin": origin}) if origin else (_open, {"to": new.digest})
    for row in desk.connection.execution_options(yield_per=1000).execute(statement, given):
        yield row, moving.fit(desk.edition(row.edition), new, row.process, row.state, steps)[2]


def begin(desk: Desk, to: str, *, origin: str | None = None, mapping: Any = None) -> str:
    """Note a run over every case with an open instance elsewhere; give its id. Nothing moves yet: `work` does that. Raises as `plan` does, and Refused."""
    new, steps = _asked(desk, to, origin, mapping)
    row = desk.connection.execute(select(edition.c.approved_at, edition.c.withdrawn_at).where(edition.c.digest == to)).one()
    if row.approved_at is None or row.withdrawn_at is not None:
        raise Refused("승인된 판으로만 옮길 수 있습니다.")
    made = new_id()
    there = exists().where(instance_table.c.case_id == cases.c.id, instance_table.c.ended_at.is_(None), instance_table.c.edition != to)
    if origin:
        there = there.where(instance_table.c.edition == origin)
    given = {"id": made, "to_edition": new.digest, "from_edition": origin, "mapping": steps, "total": 0, "state": MOVING}
    _insert_run.run(desk.connection, given, started_by=desk.actor.login, started_at=desk.now)
    names = ["run_id", "case_id", "reason", "before"]
    chosen = select(literal(made), cases.c.id, literal(""), literal([], type_=move_case.c.before.type)).where(there)
    desk.connection.execute(insert(move_case).from_select(names, chosen, include_defaults=False))
    total = desk.connection.execute(select(func.count()).select_from(move_case).where(move_case.c.run_id == made)).scalar_one()
    desk.connection.execute(update(move_run).where(move_run.c.id == made).values(total=total))
    access.record(desk, "move.begin", target=f"edition {to}")
    return made


def work(
    database: Database, editions: Editions, cipher: Cipher, clock: Callable[[], datetime], run_id: str, *, batch: int = BATCH,
    most: int | None = None, progress: Callable[[str, int, int], None] | None = None,
) -> Run:  # fmt: skip
    """Go on with a run until it is done, batch by batch (at most `most`); give where it stands. Any number of processes may work at the same run."""
    done = 0
    while True:
        with database.begin() as connection:
            desk = _desk(connection, editions, cipher, clock(), run_id)
            left = step(desk, run_id, batch)
        if progress:
            with database.read() as connection:
                told = _told(connection, run_id)
            progress("되돌림" if told.state in (UNDOING, UNDONE) else "옮김", told.done, told.total)
        done += 1
        if not left or done == most:
            with database.read() as connection:
                return _told(connection, run_id)


def unfinished(desk: Desk) -> list[str]:
    """Give the runs that wait to be gone on with."""
    return [row.id for row in _unfinished.all(desk.connection)]


def step(desk: Desk, run_id: str, batch: int = BATCH) -> bool:
    """Do one batch of a run in the transaction of the desk; False where nothing was left for it to take."""
    told = _row(desk.connection, run_id)
    if told.state == MOVING:
        return _forward(desk, told, batch)
    return _backward(desk, told, batch) if told.state == UNDOING else False


def _forward(desk: Desk, run: Any, batch: int) -> bool:
    new = desk.edition(run.to_edition)
    rows = _next.all(desk.connection, of_run=run.id, batch=batch)
    noted: list[dict[str, Any]] = []
    for row in rows:
        made: dict[str, Any] = {"of_run": run.id, "of_case": row.case_id, "reason": "", "case_version": None, "before": [], "at": desk.now}
        try:
            with desk.connection.begin_nested():
                dossier = open_case(desk, row.case_id)
                came = moving.move(dossier, new, run.from_edition, run.mapping, run.id)
                made |= {"outcome": came.outcome, "reason": " ".join(came.reasons)[:_REASON_LIMIT], "case_version": dossier.case.version, "before": came.before}
        except DatabaseFailed:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever one case has, the others go on
            made |= {"outcome": FAILED, "reason": _failure(row.case_id, error)}
        noted.append(made)
    if noted:
        _note.many(desk.connection, noted)
    elif not _left.first(desk.connection, of_run=run.id).count:  # type: ignore[union-attr]
        _finish.run(desk.connection, of_run=run.id, was=MOVING, state=MOVED, ended_at=desk.now)
    return bool(noted)


def _backward(desk: Desk, run: Any, batch: int) -> bool:
    noted: list[dict[str, Any]] = []
    for row in _next_back.all(desk.connection, of_run=run.id, batch=batch):
        made = {"of_run": run.id, "of_case": row.case_id, "outcome": UNDONE, "reason": "", "at": row.at}
        try:
            with desk.connection.begin_nested():
                moving.put_back(open_case(desk, row.case_id), row.before, row.case_version, row.at, run.id)
        except DatabaseFailed:
            raise
        except Exception as error:  # noqa: BLE001 -- as above
            made |= {"outcome": KEPT, "reason": _failure(row.case_id, error)}
        noted.append(made)
    if noted:
        _note_back.many(desk.connection, noted)
    elif not _left_back.first(desk.connection, of_run=run.id).count:  # type: ignore[union-attr]
        _finish.run(desk.connection, of_run=run.id, was=UNDOING, state=UNDONE, ended_at=desk.now)
    return bool(noted)


def _failure(case_id: str, error: Exception) -> str:
    """Give what is told of a failure: our own sentences as they are, of anything else its kind only (its words may carry data)."""
    if isinstance(error, DidimdolError):
        return error.message
    _log.error("move of case %s failed: %s", case_id, type(error).__name__)
    return f"처리하지 못했습니다({type(error).__name__})."


def undo(desk: Desk, run_id: str) -> None:
    """Have a finished run undone, case by case; `work` does it. Raises Forbidden, NotFound, Refused where it is not finished or undone already."""
    demand(desk, PERMISSION)
    told = _row(desk.connection, run_id)
    if told.state != MOVED or _undo.run(desk.connection, of_run=run_id, state=UNDOING, undone_by=desk.actor.login) != 1:
        raise Refused("끝난 옮기기만, 한 번만 되돌릴 수 있습니다.")
    access.record(desk, "move.undo", target=f"run {run_id}")


def run_of(desk: Desk, run_id: str) -> Run:
    """Give a run and how far it is. Raises Forbidden, NotFound."""
    demand(desk, "edition.read")
    return _told(desk.connection, run_id)


def runs(desk: Desk) -> tuple[Run, ...]:
    """Give every run, the latest first."""
    demand(desk, "edition.read")
    return tuple(_told(desk.connection, row.id) for row in _runs.all(desk.connection))


def cases_of(desk: Desk, run_id: str, outcome: str, most: int = 200) -> list[Any]:
    """Give case_id, number, outcome, reason and at of up to `most` cases of a run with one outcome. Raises Forbidden, NotFound."""
    demand(desk, PERMISSION)
    _row(desk.connection, run_id)
    found = _of_run.all(desk.connection, of_run=run_id, of_outcome=outcome, most=most)
    access.record_many(desk, "move.cases", [row.case_id for row in found], target=f"run {run_id}")
    return list(found)


def _asked(desk: Desk, to: str, origin: str | None, mapping: Any) -> tuple[Edition, dict[str, dict[str, str]]]:
    demand(desk, PERMISSION)
    new = desk.edition(to)
    standing = desk.connection.execute(select(instance_table.c.edition).where(instance_table.c.ended_at.is_(None)).distinct()).scalars()
    old = [desk.edition(origin)] if origin else [desk.edition(digest) for digest in standing if digest != to]
    return new, parse({} if mapping is None else mapping, old, new)


def _desk(connection: Any, editions: Editions, cipher: Cipher, now: datetime, run_id: str) -> Desk:
    row = _row(connection, run_id)
    login = row.undone_by if row.state == UNDOING else row.started_by
    actor = actor_of(connection, login, now)
    if actor is None:
        raise Forbidden(f"옮기기를 시작한 사람이 이제 없습니다: {login}")
    return Desk(connection, actor, now, editions, cipher, _NO_FILES)


def _row(connection: Any, run_id: str) -> Any:
    row = _run.first(connection, of_run=run_id) if is_id(run_id) else None
    if row is None:
        raise NotFound("그런 옮기기가 없습니다.")
    return row


def _told(connection: Any, run_id: str) -> Run:
    row = _row(connection, run_id)
    counts = {each.outcome or "": each.count for each in _counts.all(connection, of_run=run_id)}
    why = tuple(Why(each.reason, each.count, (each.example,)) for each in _reasons.all(connection, of_run=run_id)[:_TOLD])
    return Run(
        row.id, row.to_edition, row.from_edition, row.mapping, row.total, row.state, row.started_by, row.started_at, row.ended_at, row.undone_by, counts, why
    )


_NO_FILES: Any = None
