"""Verbs on an open task that complete nothing: take its work back, give it to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.casework import answers, instances, notices, reach, signin
from engine.casework.flush import conclude
from engine.casework.taskview import open_sheet
from engine.errors import DidimdolError, Refused
from engine.store.tables import task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.casework.desk import Desk
    from engine.casework.taskview import Sheet

MOST = 200  # tasks given at once


def withdraw(desk: Desk, task_id: str, reason: str) -> None:
    """Take a started work back: its instance ends, its open tasks close. Guided tasks stay. Raises Refused, Forbidden, Invalid without a reason."""
    seen = open_sheet(desk, task_id, lock=True)
    dossier, of = seen.dossier, seen.task
    if seen.work.started_by != desk.actor.person_id or not desk.actor.person_id:
        reach.demand_work(dossier, of)
    if seen.work.kind == instances.LIFECYCLE:
        raise Refused("안내된 할 일은 취소할 수 없습니다.")
    told = answers.reason(reason)
    instances.end(dossier, seen.work)
    dossier.tell(task=of.id, process=of.process)
    conclude(dossier, "withdraw", target=f"task {task_id}", reason=told)


def assign(desk: Desk, task_id: str, login: str) -> None:
    """Give an open task to a person of the institution who works in its lane; "" gives it back to everyone of the lane.

    Who decides on approvals may give any task to anybody; others take one nobody has, or pass on their own. Raises Forbidden, Refused.
    """
    seen = open_sheet(desk, task_id, lock=True)
    dossier, of = seen.dossier, seen.task
    if not dossier.edition.roles.may(desk.actor.roles, reach.APPROVE):
        reach.demand_work(dossier, of)
    of.person_id = _assignee(seen, login) if login else None
    of.version, of.changed = of.version + 1, True
    dossier.tell(task=of.id, person=of.person_id or "")
    notices.tell(dossier, of.person_id, notices.ASSIGNED, title=of.title, task_id=of.id)
    conclude(dossier, "assign", target=f"task {task_id}")


def assign_many(desk: Desk, task_ids: Sequence[str], login: str) -> tuple[tuple[str, str], ...]:
    """Give several tasks to one person, in the order asked: (task, why not), "" where it was done. What cannot be given holds up nothing else."""
    wanted = list(dict.fromkeys(task_ids))[:MOST]
    order = {row.id: row.case_id for row in desk.connection.execute(select(task.c.id, task.c.case_id).where(task.c.id.in_(wanted)))}
    told = {ident: _try(desk, ident, login) for ident in sorted(wanted, key=lambda ident: (order.get(ident, ""), ident))}
    return tuple((ident, told[ident]) for ident in wanted)


def _try(desk: Desk, task_id: str, login: str) -> str:
    try:
        with desk.connection.begin_nested():
            assign(desk, task_id, login)
    except DidimdolError as error:
        return error.message
    return ""


def _assignee(seen: Sheet, login: str) -> str:
    dossier, of = seen.dossier, seen.task
    actor = signin.actor_of(dossier.desk.connection, login, dossier.desk.now) if login.isprintable() else None
    if actor is None or actor.institution_id != dossier.case.institution_id or of.lane not in dossier.edition.roles.lanes_of(actor.roles):
        raise Refused("그 사람은 이 일을 맡을 수 없습니다. 같은 기관에서 이 일을 하는 사람을 고르세요.")
    return actor.person_id
