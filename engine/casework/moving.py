"""One case goes over to another edition: its open instances, their tasks and what they wait for; and back again.

An instance moves whole or not at all; one that cannot stays on its edition and goes on there. What a task is (form, lane, title) comes from the new edition.
Its due date, its sentence and whose it is stay, unless the new edition says otherwise than the old one did: then they are worked out as on the day it opened.
Drafts are not touched: they follow when they are opened (see `drafts`).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from engine.casework import instances
from engine.casework.dossier import task_of
from engine.casework.flush import write
from engine.errors import Refused
from engine.spec.josa import settle_josa
from engine.spec.mapping import PROCESS, Steps
from engine.store.prepared import prepare
from engine.store.tables import draft, task
from engine.store.tables import instance as instance_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.dossier import Dossier, Instance, Task
    from engine.spec.edition import Edition
    from engine.spec.expression import Fx
    from engine.spec.process import Process, Rebound, UserTask

MOVED, PARTLY, STAYED = "moved", "partly", "stayed"
_TASK = ("id", "key", "element", "process", "form", "edition", "title", "lane", "person_id", "due", "why", "mark", "stage", "approval")
_OPEN = ("edition", "process", "waits", "open", "incident")
_tasks = prepare(select(task).where(task.c.instance_id == bindparam("instance_id")))
_open_tasks = prepare(select(task).where(task.c.case_id == bindparam("case_id"), task.c.closed_at.is_(None)))
_saved_since = prepare(select(func.count().label("count")).select_from(draft.join(task, task.c.id == draft.c.task_id)).where(task.c.case_id == bindparam("case_id"), draft.c.saved_at > bindparam("at")))
_by_id = prepare(select(instance_table).where(instance_table.c.id == bindparam("of_id")))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of moving a case: `moved`, `partly` or `stayed`, the reasons of what stayed, and the rows as they stood before."""

    outcome: str
    reasons: tuple[str, ...]
    before: list[dict[str, Any]]


def fit(old: Edition, new: Edition, process: str, state: bytes, mapping: Mapping[str, Steps]) -> tuple[Process | None, Rebound | None, tuple[str, ...]]:
    """Say how an instance fits `new`: the process there, its state laid onto it, and the reasons why it cannot move (none: it can)."""
    before, steps = old.processes[process], mapping.get(process, {})
    after = new.processes.get(steps.get(PROCESS, process))
    if after is None or after.kind != before.kind:
        return None, None, (f"'{before.title}' 절차가 새 판에 없습니다.",)
    rebound = after.take_over(before, state, steps)
    reasons = tuple(dict.fromkeys(settle_josa(f"{before.title}: {obstacle.sentence}") for obstacle in rebound.obstacles))
    if not reasons and rebound.ended and before.kind == instances.LIFECYCLE:
        reasons = (f"{before.title}: 안내하는 길을 통째로 닫을 수는 없습니다.",)
    return after, rebound, reasons


def move(dossier: Dossier, new: Edition, origin: str | None, mapping: Mapping[str, Steps], run: str) -> Outcome:
    """Move the open instances of a case that stand on `origin` (None: on any other edition) to `new`; write and tell it where one did."""
    reasons: list[str] = []
    before: list[dict[str, Any]] = []
    for work in list(instances.all_open(dossier).values()):
        if work.edition == new.digest or (origin is not None and work.edition != origin) or work.ended_at is not None:
            continue
        old = dossier.desk.edition(work.edition)
        process, rebound, why = fit(old, new, work.process, work.state, mapping)
        if why or process is None or rebound is None:
            reasons += why
        else:
            before.append(_take_over(dossier, work, old, new, process, rebound))
    if before:
        dossier.dropped.clear()  # drafts of tasks that ended here come back when the run is undone
        dossier.tell(edition=new.digest, run=run, moved=[each["id"] for each in before])
        write(dossier, "move", target=f"edition {new.digest}")
    return Outcome(MOVED if before and not reasons else PARTLY if before else STAYED, tuple(dict.fromkeys(reasons)), before)


def _take_over(dossier: Dossier, work: Instance, old: Edition, new: Edition, process: Process, rebound: Rebound) -> dict[str, Any]:
    known = _tasks_of(dossier, work)
    before = {
        "id": work.id, "state": b64encode(work.state).decode(), **{name: getattr(work, name) for name in _OPEN},
        "tasks": [_plain(dossier.tasks[ident]) for ident in known.values()],
    }  # fmt: skip
    was, work.edition, work.process, work.moved, work.changed, work.read = old.processes[work.process], new.digest, process.id, True, True, False
    dossier.worked.pop(work.id, None)
    if rebound.ended:
        instances.end(dossier, work)
        return before
    step = process.go_on(rebound, instances.facts_of(dossier, work), dossier.desk.now)
    facts = instances.facts_after(dossier, work, step)
    for each in step.open:
        if each.key in known:
            _become(dossier, dossier.tasks[known[each.key]], was, process, process.tasks[each.element], facts)
    instances.take(dossier, work, process, step)
    return before


def _tasks_of(dossier: Dossier, work: Instance) -> dict[str, str]:
    """Read the open tasks of a case once; give those of one instance by key."""
    if any(ident not in dossier.tasks for ident in work.open.values()):
        for row in _open_tasks.all(dossier.desk.connection, case_id=dossier.case.id):
            dossier.tasks.setdefault(row.id, task_of(row))
    return dict(work.open)


def _become(dossier: Dossier, of: Task, was: Process, process: Process, step: UserTask, facts: Mapping[str, Any]) -> None:
    """Make a waiting task what the new edition says it is."""
    before = was.tasks.get(of.element)
    if before is None or source(before.due) != source(step.due):
        of.due = instances.due_of(step, facts, of.opened_at)
    if before is None or source(before.why) != source(step.why):
        of.why = instances.sentence_of(step, facts)
    if of.lane != step.lane or (of.person_id is None and (before is None or source(before.assign) != source(step.assign))):
        of.person_id = instances.assigned_to(dossier, step, facts)
    of.edition, of.process, of.element, of.form = dossier.instances[of.instance_id].edition, process.id, step.id, step.form
    of.title, of.lane, of.mark, of.stage, of.approval = step.title, step.lane, step.mark, step.stage, step.approval is not None
    of.moved, of.changed, of.version = True, True, of.version + 1


def source(fx: Fx | None) -> str | None:
    """Give what an expression of a step says; None where there is none. Two that say the same give a waiting task the same."""
    return fx.source if fx is not None else None


def _plain(of: Task) -> dict[str, Any]:
    row = {name: getattr(of, name) for name in _TASK}
    return row | {"due": of.due.isoformat() if of.due else None}


# -- and back


def put_back(dossier: Dossier, before: list[dict[str, Any]], version: int, at: datetime, run: str) -> None:
    """Undo what `move` did to a case. Raises Refused where the case went on since."""
    if dossier.case.version != version:
        raise Refused("옮긴 뒤에 일이 더 있어 되돌릴 수 없습니다.")
    if _saved_since.first(dossier.desk.connection, case_id=dossier.case.id, at=at).count:  # type: ignore[union-attr]
        raise Refused("옮긴 뒤에 저장한 초안이 있어 되돌릴 수 없습니다.")
    instances.all_open(dossier)
    for each in before:
        work = dossier.instances.get(each["id"]) or instances.ended(dossier, _by_id.first(dossier.desk.connection, of_id=each["id"]))
        dossier.instances[work.id] = work
        _restore(dossier, work, each)
    dossier.dropped.clear()
    dossier.tell(run=run, moved=[each["id"] for each in before])
    write(dossier, "move.undo", target=f"case {dossier.case.id}")


def _restore(dossier: Dossier, work: Instance, before: Mapping[str, Any]) -> None:
    for row in _tasks.all(dossier.desk.connection, instance_id=work.id):
        dossier.tasks[row.id] = task_of(row)
    stood = {each["id"] for each in before["tasks"]}
    for ident in work.open.values():
        if ident not in stood:
            instances.close_task(dossier, dossier.tasks[ident], instances.WITHDRAWN)
    for each in before["tasks"]:
        of = dossier.tasks[each["id"]]
        for name in _TASK:
            setattr(of, name, each[name])
        of.due = date.fromisoformat(each["due"]) if each["due"] else None
        of.closed_at = of.closed_by = of.outcome = of.record_id = None
        of.moved, of.changed, of.version = True, True, of.version + 1
    for name in _OPEN:
        setattr(work, name, _copy(before[name]))
    work.reopened = work.ended_at is not None
    work.state, work.ended_at, work.outcome = b64decode(before["state"]), None, None
    work.timers, work.moved, work.changed = {"": dossier.desk.now}, True, True  # whatever timers there are, they are written anew


def _copy(value: Any) -> Any:
    """Give a copy of what was kept, so that nothing shares it."""
    return dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value
