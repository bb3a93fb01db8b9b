"""Moving open cases to another edition, many at a time: planned, begun, looked at, undone. A run notes every case it is about and what came of it.

`marching` does what is noted here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, insert, literal, select, update

from engine.casework import access, moving
from engine.casework.permits import demand
from engine.errors import NotFound, Refused
from engine.spec.mapping import parse
from engine.store.ids import is_id, new_id
from engine.store.prepared import prepare
from engine.store.tables import cases, edition, move_case, move_run
from engine.store.tables import instance as instance_table
from engine.store.upsert import Upsert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition

PERMISSION = "edition.approve"
MOVING, MOVED, UNDOING, UNDONE = "moving", "moved", "undoing", "undone"
FAILED, KEPT = "failed", "kept"
TURN = 1  # what the run under way holds
_TOLD = 20  # cases named for each reason
_STREAMED = {"yield_per": 1000}
_open = (
    select(instance_table.c.id, instance_table.c.case_id, instance_table.c.process, instance_table.c.edition, instance_table.c.state)
    .where(instance_table.c.ended_at.is_(None), instance_table.c.edition != bindparam("to"))
    .order_by(instance_table.c.case_id, instance_table.c.id)
)
_open_from = _open.where(instance_table.c.edition == bindparam("origin"))
_run = prepare(select(move_run).where(move_run.c.id == bindparam("of_run")))
_runs = prepare(select(move_run).order_by(move_run.c.id.desc()))
#: no row where another run has the turn: the second of two at once waits for the first, then finds its turn taken
_insert_run = Upsert(move_run, lambda insert: insert.on_conflict_do_nothing(index_elements=["turn"]))
_undo = prepare(
    update(move_run).where(move_run.c.id == bindparam("of_run"), (move_run.c.state == MOVING) | (move_run.c.state == MOVED)),
    ["state", "undone_by", "ended_at", "turn"],
)
_stop = prepare(update(move_run).where(move_run.c.to_edition == bindparam("to"), move_run.c.state == MOVING), ["state", "undone_by"])
_under_way = prepare(select(move_run.c.id).where(move_run.c.turn == TURN))
_counts = prepare(select(move_case.c.outcome, func.count().label("count")).where(move_case.c.run_id == bindparam("of_run")).group_by(move_case.c.outcome))
_reasons = prepare(
    select(move_case.c.reason, func.count().label("count"), func.min(move_case.c.case_id).label("example"))
    .where(move_case.c.run_id == bindparam("of_run"), move_case.c.reason != "")
    .group_by(move_case.c.reason).order_by(func.count().desc(), move_case.c.reason)
)  # fmt: skip
_of_run = prepare(
    select(move_case.c.case_id, cases.c.number, move_case.c.outcome, move_case.c.reason, move_case.c.at)
    .select_from(move_case.join(cases, cases.c.id == move_case.c.case_id))
    .where(move_case.c.run_id == bindparam("of_run"), func.coalesce(move_case.c.outcome, "") == bindparam("of_outcome"), move_case.c.case_id > bindparam("after"))
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
        """Count the cases whose turn has come: to go over, or to go back."""
        waiting = (moving.MOVED, moving.PARTLY) if self.state in (UNDOING, UNDONE) else ("",)
        return self.total - sum(self.counts.get(each, 0) for each in waiting)


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
    for row in desk.connection.execute(statement, given, execution_options=_STREAMED):
        yield row, moving.fit(desk.edition(row.edition), new, row.process, row.state, steps)[2]


def begin(desk: Desk, to: str, *, origin: str | None = None, mapping: Any = None) -> str:
    """Note a run over every case with an open instance elsewhere; give its id. Nothing moves yet: `marching.work` does that.

    Raises as `plan` does, and Refused where the edition is not approved, taken back, or its day is still to come: work that is open is under rules in force.
    """
    new, steps = _asked(desk, to, origin, mapping)
    row = desk.connection.execute(select(edition.c.approved_at, edition.c.withdrawn_at, edition.c.in_force_from).where(edition.c.digest == to)).one()
    if row.approved_at is None or row.withdrawn_at is not None:
        raise Refused("승인된 판으로만 옮길 수 있습니다.")
    if row.in_force_from > desk.today:
        raise Refused(f"{row.in_force_from}부터 시행될 판입니다. 시행된 뒤에 옮길 수 있습니다.")
    return note(desk, new, origin, steps, new_id())


def note(desk: Desk, new: Edition, origin: str | None, steps: Mapping[str, Mapping[str, str]], made: str) -> str:
    """Write a run with the id `made` and every case it is about; give its id. Raises Refused where another run is under way."""
    given = {"id": made, "to_edition": new.digest, "from_edition": origin, "mapping": steps, "total": 0, "state": MOVING, "turn": TURN}
    if _insert_run.on(desk.connection).run(desk.connection, given, started_by=desk.actor.login, started_at=desk.now) != 1:
        raise Refused(_busy(desk.connection))
    there = exists().where(instance_table.c.case_id == cases.c.id, instance_table.c.ended_at.is_(None), instance_table.c.edition != new.digest)
    if origin:
        there = there.where(instance_table.c.edition == origin)
    names = ["run_id", "case_id", "reason", "before"]
    chosen = select(literal(made), cases.c.id, literal(""), literal([], type_=move_case.c.before.type)).where(there)
    desk.connection.execute(insert(move_case).from_select(names, chosen, include_defaults=False))
    total = desk.connection.execute(select(func.count()).select_from(move_case).where(move_case.c.run_id == made)).scalar_one()
    desk.connection.execute(update(move_run).where(move_run.c.id == made).values(total=total))
    access.record(desk, "move.begin", target=f"edition {new.digest}")
    return made


def under_way(connection: Connection) -> str:
    """Give the run that moves or is being undone, "" where there is none."""
    row = _under_way.first(connection)
    return row.id if row is not None else ""


def stop(desk: Desk, to: str) -> None:
    """Have a run to an edition that is taken back stopped where it is and undone, as by who takes it back."""
    if _stop.run(desk.connection, to=to, state=UNDOING, undone_by=desk.actor.login):
        access.record(desk, "move.undo", target=f"edition {to}")


def standing(desk: Desk, to: str) -> tuple[Edition, ...]:
    """Give every other edition under which something is open, the latest first. Raises Forbidden."""
    demand(desk, "edition.read")
    found = desk.connection.execute(select(instance_table.c.edition).where(instance_table.c.ended_at.is_(None)).distinct()).scalars()
    return tuple(sorted((desk.edition(digest) for digest in found if digest != to), key=lambda each: each.in_force_from, reverse=True))


def undo(desk: Desk, run_id: str) -> None:
    """Stop a run where it is and have it undone, case by case; `marching.work` does it.

    Raises Forbidden, NotFound, Refused where that was asked before or another run is under way.
    """
    demand(desk, PERMISSION)
    row = row_of(desk.connection, run_id)
    if row.turn is None and row.state == MOVED and under_way(desk.connection):
        raise Refused(_busy(desk.connection))
    if _undo.run(desk.connection, of_run=run_id, state=UNDOING, undone_by=desk.actor.login, ended_at=None, turn=TURN) != 1:
        raise Refused("이미 되돌린 옮기기입니다.")
    access.record(desk, "move.undo", target=f"run {run_id}")


def run_of(desk: Desk, run_id: str) -> Run:
    """Give a run and how far it is. Raises Forbidden, NotFound."""
    demand(desk, "edition.read")
    return told_of(desk.connection, run_id)


def runs(desk: Desk) -> tuple[Run, ...]:
    """Give every run, the latest first."""
    demand(desk, "edition.read")
    return tuple(told_of(desk.connection, row.id) for row in _runs.all(desk.connection))


def cases_of(desk: Desk, run_id: str, outcome: str, *, after: str = "", most: int = 200) -> list[Any]:
    """Give case_id, number, outcome, reason and at of up to `most` cases of a run with one outcome ("": their turn has not come), by id from `after` on.

    Raises Forbidden, NotFound.
    """
    demand(desk, PERMISSION)
    row_of(desk.connection, run_id)
    found = _of_run.all(desk.connection, of_run=run_id, of_outcome=outcome, after=after, most=most)
    access.record_many(desk, "move.cases", [row.case_id for row in found], target=f"run {run_id}")
    return list(found)


def _busy(connection: Connection) -> str:
    return f"끝나지 않은 옮기기가 있습니다({under_way(connection)}). 끝나기를 기다리거나 되돌린 뒤에 하세요."


def _asked(desk: Desk, to: str, origin: str | None, mapping: Any) -> tuple[Edition, dict[str, dict[str, str]]]:
    demand(desk, PERMISSION)
    new = desk.edition(to)
    standing = desk.connection.execute(select(instance_table.c.edition).where(instance_table.c.ended_at.is_(None)).distinct()).scalars()
    old = [desk.edition(origin)] if origin else [desk.edition(digest) for digest in standing if digest != to]
    return new, parse({} if mapping is None else mapping, old, new)


def row_of(connection: Connection, run_id: str) -> Any:
    """Give the row of a run. Raises NotFound."""
    row = _run.first(connection, of_run=run_id) if is_id(run_id) else None
    if row is None:
        raise NotFound("그런 옮기기가 없습니다.")
    return row


def told_of(connection: Connection, run_id: str) -> Run:
    """Give a run and how far it is. Raises NotFound."""
    row = row_of(connection, run_id)
    counts = {each.outcome or "": each.count for each in _counts.all(connection, of_run=run_id)}
    why = tuple(Why(each.reason, each.count, (each.example,)) for each in _reasons.all(connection, of_run=run_id)[:_TOLD])
    return Run(
        row.id, row.to_edition, row.from_edition, row.mapping, row.total, row.state, row.started_by, row.started_at, row.ended_at, row.undone_by, counts, why
    )

