"""A task as a person sees it, stored or only in prospect. Looking stores nothing but the access record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import access, drafts, earlier, guards, instances, reach
from engine.casework import answers as reading
from engine.casework.dossier import name_of, open_case, open_task
from engine.errors import AlreadyDone, Forbidden, NotFound
from engine.store.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier, Instance, Task
    from engine.casework.earlier import Previous
    from engine.spec.edition import Edition
    from engine.spec.form import Form, Reading
    from engine.spec.process import Process, UserTask

_ENDS = {"done": "저장", "withdrawn": "취소"}


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with its form and answers. `id` is None for one in prospect: its work starts with the first thing kept.

    `answers` are raw (draft over prefill) and masked like everything here; `why_not` says why the person cannot write, where `can_write` is false.
    `version` and `draft_version` go back with what is sent, `key` is a fresh idempotency key. `own` says that the person began the work it is part of.
    """

    id: str | None
    case_id: str
    case_label: str
    action: str
    form: Form
    title: str
    lane: str
    due: date | None
    why: str
    mark: str
    stage: str
    approval: bool
    answers: Mapping[str, Any]
    reading: Reading
    edition: str
    previous: Previous | None
    can_write: bool
    why_not: str
    page: int | None
    version: int
    draft_version: int
    draft_at: datetime | None
    drafts_of_others: tuple[drafts.Other, ...]
    key: str
    own: bool


@dataclass(slots=True)
class Sheet:
    """A task with everything its verbs need: the dossier, the instance, the edition it belongs to, its step and form, the facts the person may read."""

    dossier: Dossier
    task: Task
    work: Instance
    edition: Edition
    step: UserTask
    form: Form
    facts: Mapping[str, Any]


def sheet(dossier: Dossier, of: Task) -> Sheet:
    """Lay out a task that is open."""
    work = instances.of_task(dossier, of)
    edition = dossier.desk.edition(of.edition)
    step = edition.processes[of.process].tasks[of.element]
    return Sheet(dossier, of, work, edition, step, edition.forms[of.form], instances.facts_seen(dossier, work))


def open_sheet(desk: Desk, task_id: str, *, lock: bool) -> Sheet:
    """Take an open task in hand. Raises NotFound, or AlreadyDone telling who closed it and when."""
    dossier, found = open_task(desk, task_id, lock=lock)
    reach.demand_sight(dossier)
    if found.closed_at is not None:
        raise already(dossier, found)
    return sheet(dossier, found)


def already(dossier: Dossier, closed: Task) -> AlreadyDone:
    """Say who closed a task, when and how. Raises NotFound where the person does not see what it left."""
    reach.demand_closed(dossier, closed)
    name = name_of(dossier.desk, closed.closed_by)
    who = f"{name} 님이" if name else "시스템이"
    moment = closed.closed_at.strftime("%Y-%m-%d %H:%M") if closed.closed_at else ""
    return AlreadyDone(f"{who} {moment}에 이미 {_ENDS.get(closed.outcome or '', '처리')}한 일입니다.")


def view(desk: Desk, task_id: str) -> TaskView:
    """Show an open task. Raises NotFound, AlreadyDone."""
    seen = open_sheet(desk, task_id, lock=False)
    made = _view(seen, task_id)
    access.record(desk, "task.view", subject=seen.task.case_id, target=f"task {task_id}")
    return made


def prospect(desk: Desk, case_id: str, action: str) -> TaskView:
    """Show the first task a work would open, storing nothing; where its form already waits, show that task. Raises NotFound, Forbidden, Refused."""
    dossier = open_case(desk, case_id, lock=False)
    process = demand_start(dossier, action)
    waiting = waiting_task(dossier, process)
    if waiting is not None:
        return view(desk, waiting.id)
    made = _view(sheet(dossier, first_opened(dossier, process)), None)
    access.record(desk, "task.prospect", subject=case_id, target=action)
    return made


def preview(desk: Desk, of: TaskView | str, answers: Mapping[str, Any]) -> Reading:
    """Read answers as they are typed, storing nothing: `of` is a task's id, or the view of a task in prospect."""
    if isinstance(of, str) or of.id is not None:
        seen = open_sheet(desk, of if isinstance(of, str) else str(of.id), lock=False)
        draft = drafts.of_task(desk, seen.task.id)[0]
        return _shown(seen, reading.whole(seen.form, answers, draft.answers if draft else None))
    return preview_start(desk, of.case_id, of.action, answers)


def preview_start(desk: Desk, case_id: str, action: str, answers: Mapping[str, Any]) -> Reading:
    """Read answers to the first task a work would open, storing nothing."""
    dossier = open_case(desk, case_id, lock=False)
    process = demand_start(dossier, action)
    return _shown(sheet(dossier, first_opened(dossier, process)), answers)


def demand_start(dossier: Dossier, action: str) -> Process:
    """Give the work `action` names. Raises NotFound where there is none, Forbidden or Refused where the person may not start it now."""
    reach.demand_sight(dossier)
    process = dossier.edition.processes.get(action)
    if process is None or process.kind == instances.LIFECYCLE or process.of_institution is not dossier.case.of_institution:
        raise NotFound
    reason = reach.why_not_start(dossier, process)
    if reason is not None:
        raise Forbidden(reason)
    if waiting_task(dossier, process) is None:  # what waits already is opened, and nothing starts
        guards.demand(dossier, action)
    return process


def waiting_task(dossier: Dossier, process: Process) -> Task | None:
    """Give the open task of the case that asks for what a work would begin with: a guided one, or one of a work the same person started."""
    for step in instances.first_tasks(process):
        for found, kind, starter in instances.waiting(dossier, step.form):
            own = kind == instances.LIFECYCLE or starter == dossier.desk.actor.person_id
            if own and reach.why_not_work(dossier, found) is None:
                return found
    return None


def first_opened(dossier: Dossier, process: Process) -> Task:
    """Start a work in the dossier and give the first task the person can do. Raises Forbidden where there is none."""
    _, opened = instances.begin(dossier, dossier.edition, process)
    for each in opened:
        if reach.why_not_work(dossier, each) is None:
            return each
    raise Forbidden


def _view(seen: Sheet, task_id: str | None) -> TaskView:
    dossier, of, desk = seen.dossier, seen.task, seen.dossier.desk
    mine, others = drafts.of_task(desk, task_id) if task_id else (None, ())
    raw = mine.answers if mine else seen.form.prefill(seen.facts, desk.today)
    reason, refused = reach.why_not_work(dossier, of), guards.refusal(dossier, f"complete:{of.form}")
    return TaskView(
        id=task_id, case_id=dossier.case.id, case_label=dossier.case.label, action=of.process, form=seen.form, title=of.title, lane=of.lane, due=of.due,
        why=of.why, mark=of.mark, stage=of.stage, approval=of.approval, answers=reading.masked(seen.form, raw), reading=_shown(seen, raw),
        edition=of.edition, previous=earlier.of_form(dossier, seen.form), can_write=reason is None and refused is None,
        why_not=reason or (refused.message if refused else ""), page=refused.page if refused and reason is None else None, version=of.version,
        draft_version=mine.version if mine else 0, draft_at=mine.saved_at if mine else None, drafts_of_others=others, key=new_id(),
        own=bool(desk.actor.person_id) and seen.work.started_by == desk.actor.person_id,
    )  # fmt: skip


def _shown(seen: Sheet, raw: Mapping[str, Any]) -> Reading:
    return reading.shown(seen.form, raw, seen.facts, seen.dossier.desk.today)
