"""The verbs on a case: register it, look at it, ask what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.casework import access, guards, instances, keeping, reach, sealing
from engine.casework.dossier import open_case
from engine.casework.registering import RegisterView, blank, preview, register, save_draft
from engine.casework.taskview import waiting_task
from engine.spec.carry import carrier

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier, Task
    from engine.spec.process import Process

__all__ = ["Action", "CaseView", "OpenTask", "RegisterView", "StageView", "actions", "blank", "open_tasks", "preview", "register", "save_draft", "view"]

@dataclass(frozen=True, slots=True)
class Action:
    """A work that can be started on a case, or why it cannot now (`page`: where the manual says so). `task_id` is the task that waits for it already."""

    id: str
    title: str
    allowed: bool
    why_not: str
    page: int | None
    task_id: str | None
    stage: str


@dataclass(frozen=True, slots=True)
class StageView:
    """One step of the stepper; `state` is "done", "current" (the first not reached) or "ahead"."""

    id: str
    title: str
    date: date | None
    state: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    """An open task of a case; `mine` says whether the person can work on it, `why_not` why not."""

    id: str
    title: str
    form: str
    lane: str
    due: date | None
    days_left: int | None
    why: str
    mark: str
    stage: str
    approval: bool
    drafted: bool
    mine: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a person sees it. `status` is the title, `identity` the masked identifiers by title, `edition` the digest it was registered under.

    `of_institution`: it is the case an institution has of itself; that has no status, stages or identity.
    """

    id: str
    number: str
    label: str
    short: str
    status: str
    status_id: str
    closed: bool
    owner: str
    owner_name: str
    institution: Mapping[str, Any]
    opened: date
    birth: date | None
    age: int | None
    sex: str
    stages: tuple[StageView, ...]
    card: tuple[tuple[str, Any], ...]
    tasks: tuple[OpenTask, ...]
    identity: tuple[tuple[str, str], ...]
    of_institution: bool
    edition: str
    register_record: str | None
    version: int


def view(desk: Desk, case_id: str) -> CaseView:
    """Show a case. Raises NotFound."""
    dossier = open_case(desk, case_id, lock=False)
    reach.demand_sight(dossier)
    case, spec, facts, status = dossier.case, dossier.edition.case, dossier.facts, dossier.status()
    birth, sex = (expression(facts) if expression else None for expression in (spec.birth, spec.sex))
    own = dossier.edition.institution_case
    card = spec.card if not case.of_institution else own.card if own else ()
    last = dossier.records.form(spec.form).last
    made = CaseView(
        id=case.id, number=case.number or "", label=case.label, short=str(spec.short(facts) or "") if spec.short and not case.of_institution else "",
        status=status.title if status else "", status_id=status.id if status else "",
        closed=case.closed, owner=case.owner_login or "", owner_name=case.owner_name or "", institution=facts["institution"],
        opened=case.opened_at.date(), birth=birth, age=_age(birth, desk.today), sex="" if sex is None else str(sex),
        stages=() if case.of_institution else _stages(dossier), card=tuple((title, expression(dossier.facts_seen(dossier.edition.digest))) for title, expression in card), tasks=open_tasks(dossier),
        identity=_identity(dossier), of_institution=case.of_institution, edition=case.edition, register_record=last.id if last else None, version=case.version,
    )  # fmt: skip
    access.record(desk, "case.view", subject=case.id, target=f"case {case.id}")
    return made


def actions(desk: Desk, case_id: str) -> tuple[Action, ...]:
    """Give every work of the edition in force, whether the person can start it on this case now, and why not. Raises NotFound."""
    dossier = open_case(desk, case_id, lock=False)
    reach.demand_sight(dossier)
    works = [each for each in dossier.edition.processes.values() if each.kind != instances.LIFECYCLE and each.of_institution is dossier.case.of_institution]
    return tuple(_action(dossier, process) for process in works)


def open_tasks(dossier: Dossier) -> tuple[OpenTask, ...]:
    """Give the open tasks of a case, the earliest due first."""
    return tuple(_open_task(dossier, each, drafted=drafted) for each, drafted in instances.open_tasks(dossier))


def _action(dossier: Dossier, process: Process) -> Action:
    reason = reach.why_not_start(dossier, process)
    waiting = waiting_task(dossier, process) if reason is None else None
    refused = guards.refusal(dossier, process.id) if reason is None and waiting is None else None
    return Action(
        process.id, process.title, reason is None and refused is None, reason or (refused.message if refused else ""), refused.page if refused else None,
        waiting.id if waiting else None, process.stage,
    )  # fmt: skip


def _open_task(dossier: Dossier, of: Task, *, drafted: bool) -> OpenTask:
    reason = reach.why_not_work(dossier, of)
    days = (of.due - dossier.desk.today).days if of.due else None
    return OpenTask(
        of.id, of.title, of.form, of.lane, of.due, days, of.why, of.mark, of.stage, of.approval, drafted, reason is None, reason or "",
    )  # fmt: skip


def _stages(dossier: Dossier) -> tuple[StageView, ...]:
    made, current = [], True
    for stage in dossier.edition.case.stages:
        day = stage.date(dossier.facts) if stage.date else None
        day = day.date() if isinstance(day, datetime) else day
        state = "done" if day is not None else "current" if current else "ahead"
        current = current and state == "done"
        made.append(StageView(stage.id, stage.title, day, state))
    return tuple(made)


def _identity(dossier: Dossier) -> tuple[tuple[str, str], ...]:
    """Give the identifiers a case can be found by, masked."""
    desk, spec = dossier.desk, dossier.edition.case
    last = dossier.records.form(spec.form).last
    kept = keeping.stored(desk, last.id) if last and spec.search.identifiers else None
    if kept is None:
        return ()
    made, form = desk.edition(kept.edition).forms[kept.form], dossier.edition.forms[spec.form]
    shown = sealing.masked(form, carrier(made, form).answers(keeping.whole(desk, kept)))
    found = ((pointer, sealing.value_at(shown, pointer)) for pointer in spec.search.identifiers)
    return tuple((form.fields[pointer].title, str(value)) for pointer, value in found if value)


def _age(birth: Any, today: date) -> int | None:
    if birth is None or not hasattr(birth, "year"):
        return None
    return int(today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day)))
