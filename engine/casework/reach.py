"""Which cases, records, works and tasks a person may touch, given a case in hand. What is out of reach does not exist; the rest is refused with a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import guards, sight
from engine.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from engine.casework.desk import Actor
    from engine.casework.dossier import Dossier, Task
    from engine.casework.keeping import Stored
    from engine.spec.edition import Edition
    from engine.spec.process import Process

READ, WRITE, REGISTER, APPROVE, REVEAL, IMPORT = "case.read", "case.write", "case.register", "task.approve", "sensitive.read", "record.import"
RECORD = "scenario.record"


def scope(edition: Edition, actor: Actor) -> str:
    """Give whose cases `actor` sees: "all", "institution" or "none"."""
    if actor.clock:
        return "all"
    return edition.roles.scope(actor.roles) if edition.roles.may(actor.roles, READ) else "none"


def demand_sight(dossier: Dossier, permission: str = READ) -> None:
    """Raise NotFound where the case is out of reach, Forbidden where the roles do not hold `permission`."""
    actor, edition = dossier.desk.actor, dossier.edition
    wide = scope(edition, actor)
    if wide != "all" and not (wide == "institution" and actor.institution_id == dossier.case.institution_id):
        raise NotFound
    if permission != READ and not actor.clock and not edition.roles.may(actor.roles, permission):
        raise Forbidden


def sees_record(dossier: Dossier, kept: Stored) -> bool:
    """Say whether the person sees a record of the case."""
    return sight.sees(dossier, kept.edition, kept.form, kept.data, kept.by)


def demand_record(dossier: Dossier, kept: Stored) -> None:
    """Raise NotFound where the person does not see a record of the case."""
    if not sees_record(dossier, kept):
        raise NotFound


def demand_closed(dossier: Dossier, closed: Task) -> None:
    """Raise NotFound where the person does not see the record a task left."""
    if closed.record_id:
        sight.demand(dossier, closed.record_id)


def demand_register(dossier: Dossier, form_id: str) -> None:
    """Raise NotFound where `form_id` registers no cases, Forbidden or Refused where the person may not register one now."""
    edition, actor = dossier.edition, dossier.desk.actor
    if form_id != edition.case.form or form_id not in edition.forms:
        raise NotFound
    if not actor.clock and not edition.roles.may(actor.roles, REGISTER):
        raise Forbidden
    guards.demand(dossier, f"register:{form_id}")


def why_not_start(dossier: Dossier, process: Process) -> str | None:
    """Say why the person may not start a work, or None."""
    actor, roles = dossier.desk.actor, dossier.edition.roles
    if actor.clock:
        return None
    if not roles.may(actor.roles, WRITE):
        return Forbidden().message
    if process.start and not roles.lanes_of(actor.roles).intersection(process.start):
        return f"{' 또는 '.join(process.start)}만 시작할 수 있습니다."
    return None


def why_not_work(dossier: Dossier, task: Task) -> str | None:
    """Say why the person may not work on a task, or None. Lanes are looked up in the edition of the task too: lanes get new names."""
    actor, edition = dossier.desk.actor, dossier.edition
    if actor.clock:
        return None
    if not edition.roles.may(actor.roles, APPROVE if task.approval else WRITE):
        return f"{task.lane}의 일입니다." if task.approval and task.lane else Forbidden().message
    if task.person_id is not None and task.person_id != actor.person_id:
        return "다른 사람이 맡은 일입니다. 그 사람이 하거나, 맡은 사람을 바꾼 뒤에 할 수 있습니다."
    if task.lane and task.lane not in edition.roles.lanes_of(actor.roles):
        own = dossier.desk.edition(task.edition)
        if task.lane not in own.roles.lanes_of(actor.roles):
            return f"{task.lane}의 일입니다."
    return None


def demand_work(dossier: Dossier, task: Task) -> None:
    """Raise NotFound or Forbidden where the person may not work on a task."""
    demand_sight(dossier)
    reason = why_not_work(dossier, task)
    if reason is not None:
        raise Forbidden(reason)
