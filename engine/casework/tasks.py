"""The verbs on work: look, start, keep a draft, complete, take back, assign. Each takes the desk of one transaction and never commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import idempotency, reach
from engine.casework.completing import Completion, finish
from engine.casework.dossier import open_case, open_task
from engine.casework.drafting import save_draft
from engine.casework.flush import conclude
from engine.casework.handing import assign, withdraw
from engine.casework.taskview import (
    TaskView,
    already,
    demand_start,
    first_opened,
    preview,
    preview_start,
    prospect,
    sheet,
    view,
    waiting_task,
)
from engine.errors import Stale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk

__all__ = [
    "Completion",
    "TaskView",
    "assign",
    "complete",
    "preview",
    "preview_start",
    "prospect",
    "save_draft",
    "start",
    "start_draft",
    "submit",
    "view",
    "withdraw",
]


def start(desk: Desk, case_id: str, action: str, *, key: str | None = None) -> str:
    """Start a work on a case; give its first task. Where its form waits already, that task is given and nothing starts.

    Raises NotFound, Forbidden, Refused (with the sentence and the manual page), Stale.
    """
    dossier = open_case(desk, case_id)
    reach.demand_sight(dossier)
    known = idempotency.claim(desk, key, "start", case_id, action)
    if known is not None:
        return str(known)
    process = demand_start(dossier, action)
    waiting = waiting_task(dossier, process)
    task_id = waiting.id if waiting else first_opened(dossier, process).id
    if waiting is None:
        conclude(dossier, "start", target=f"task {task_id}")
    idempotency.settle(desk, key, task_id)
    return task_id


def start_draft(
    desk: Desk, case_id: str, action: str, answers: Mapping[str, Any], *, key: str | None = None, unless: str | None = None
) -> tuple[str, int]:
    """Start a work and keep a draft of its first task; give the task and the draft's version. Raises Stale where the page was saved under the key `unless`."""
    idempotency.demand_unused(desk, unless)
    task_id = start(desk, case_id, action, key=key)
    return task_id, save_draft(desk, task_id, answers)


def submit(
    desk: Desk, case_id: str, action: str, answers: Mapping[str, Any], *, key: str | None = None, confirmed: bool = False, strict: bool = True
) -> Completion:
    """Start a work and complete its first task at once; where its form waits already, complete that task. Raises as `start` and `complete` do."""
    dossier = open_case(desk, case_id)
    reach.demand_sight(dossier)
    known = idempotency.claim(desk, key, "submit", case_id, action, answers)
    if known is not None:
        return Completion.of(known)
    process = demand_start(dossier, action)
    waiting = waiting_task(dossier, process)
    if waiting is not None:
        dossier.tasks[waiting.id] = waiting
    made = finish(sheet(dossier, waiting or first_opened(dossier, process)), answers, confirmed=confirmed, strict=strict)
    idempotency.settle(desk, key, made.answer())
    return made


def complete(
    desk: Desk,
    task_id: str,
    answers: Mapping[str, Any],
    *,
    key: str | None = None,
    confirmed: bool = False,
    strict: bool = True,
    version: int | None = None,
) -> Completion:
    """Complete a task with answers. `version` is that of the task the person saw; `strict` refuses answers to hidden fields.

    Raises NotFound, Forbidden, Refused, Stale, AlreadyDone (who and when), Invalid (every error; only warnings where `confirmed` would do).
    """
    dossier, found = open_task(desk, task_id)
    reach.demand_sight(dossier)
    if found.closed_at is not None:
        known = idempotency.answered(desk, key, "complete", task_id, answers)
        if known is None:
            raise already(dossier, found)
        return Completion.of(known)
    if version is not None and version != found.version:
        raise Stale
    made = finish(sheet(dossier, found), answers, confirmed=confirmed, strict=strict)
    idempotency.note(desk, key, made.answer(), "complete", task_id, answers)
    return made
