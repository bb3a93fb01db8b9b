"""Approvals: what somebody asked for, side by side with what stands, and the decision on it: one by one, or a selection at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.casework import access, instances, reach, tasks
from engine.casework.dossier import name_of, open_task
from engine.casework.taskview import sheet
from engine.errors import DidimdolError, FieldError, Invalid, NotFound
from engine.store.tables import task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.casework.completing import Completion
    from engine.casework.desk import Desk

MOST = 200
APPROVE, RETURN = "approve", "return"


@dataclass(frozen=True, slots=True)
class Approval:
    """Something to decide on: `what` it is about, what stands `before` and `after`; `own` where the person asked for it and so cannot decide."""

    task_id: str
    case_id: str
    case_label: str
    case_short: str
    case_number: str
    title: str
    what: str
    before: Any
    after: Any
    requested_by: str
    requested_at: datetime
    why: str
    own: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of a selection; `message` says why not, where `done` is false."""

    task_id: str
    done: bool
    message: str
    record_id: str | None = None


def approvals(desk: Desk) -> tuple[Approval, ...]:
    """Give what waits for the person's decision, oldest first."""
    edition, actor = desk.edition(), desk.actor
    wide = reach.scope(edition, actor)
    if wide == "none" or not edition.roles.may(actor.roles, reach.APPROVE):
        return ()
    statement = select(task.c.id).where(task.c.closed_at.is_(None), task.c.approval, task.c.lane.in_(sorted(edition.roles.lanes_of(actor.roles))))
    if wide != "all":
        statement = statement.where(task.c.institution_id == actor.institution_id)
    ids = list(desk.connection.execute(statement.order_by(task.c.opened_at, task.c.id).limit(MOST)).scalars())
    found = tuple(_approval(desk, ident) for ident in ids)
    access.record_many(desk, "approval.list", dict.fromkeys(each.case_id for each in found))
    return found


def decide(desk: Desk, task_id: str, decision: str, comment: str = "", *, key: str | None = None) -> Completion:
    """Approve or return ("approve", "return") what was asked for, by completing its task. Raises as `tasks.complete` does."""
    dossier, found = open_task(desk, task_id)
    reach.demand_sight(dossier)
    step = desk.edition(found.edition).processes[found.process].tasks[found.element]
    if step.approval is None:
        raise NotFound
    if decision not in (APPROVE, RETURN):
        raise Invalid([FieldError("/decision", "enum", "승인이나 반려를 고르세요.")])
    answers: dict[str, Any] = {}
    _put(answers, step.approval.decision, step.approval.approve if decision == APPROVE else step.approval.return_)
    if comment.strip() and step.approval.comment:
        _put(answers, step.approval.comment, comment.strip())
    return tasks.complete(desk, task_id, answers, key=key, confirmed=True)


def decide_many(desk: Desk, task_ids: Sequence[str], decision: str, comment: str = "", *, key: str | None = None) -> tuple[Outcome, ...]:
    """Decide on a selection; what cannot be decided on is told and holds up nothing else. Give the outcomes in the order asked."""
    wanted = list(dict.fromkeys(task_ids))[:MOST]
    order = {row.id: row.case_id for row in desk.connection.execute(select(task.c.id, task.c.case_id).where(task.c.id.in_(wanted)))}
    outcomes = {ident: _try(desk, ident, decision, comment, key) for ident in sorted(wanted, key=lambda ident: (order.get(ident, ""), ident))}
    return tuple(outcomes[ident] for ident in wanted)


def _try(desk: Desk, task_id: str, decision: str, comment: str, key: str | None) -> Outcome:
    try:
        with desk.connection.begin_nested():
            done = decide(desk, task_id, decision, comment, key=f"{key}:{task_id}" if key else None)
    except Invalid as error:
        return Outcome(task_id, done=False, message=" ".join(each.message for each in error.errors))
    except DidimdolError as error:
        return Outcome(task_id, done=False, message=error.message)
    return Outcome(task_id, done=True, message="", record_id=done.record_id)


def _approval(desk: Desk, task_id: str) -> Approval:
    dossier, found = open_task(desk, task_id, lock=False)
    seen = sheet(dossier, found)
    asked, author = seen.step.approval, instances.last_author(dossier, seen.work) or seen.work.started_by
    assert asked is not None
    return Approval(
        task_id, dossier.case.id, dossier.case.label, dossier.case.short, dossier.case.number or "", found.title, asked.what, asked.before(seen.facts) if asked.before else None,
        asked.after(seen.facts) if asked.after else None, name_of(desk, author), found.opened_at, found.why, author == desk.actor.person_id,
    )  # fmt: skip


def _put(answers: dict[str, Any], path: str, value: Any) -> None:
    *above, name = path.replace("/", ".").strip(".").split(".")
    for part in above:
        answers = answers.setdefault(part, {})
    answers[name] = value
