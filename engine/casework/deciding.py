"""Decisions on what somebody asked for: a second person makes them, and whoever asked is told what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import instances, notices
from engine.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.taskview import Sheet


def demand_second_person(seen: Sheet) -> str | None:
    """Let nobody decide on what they asked for (Forbidden); give the person who asked, None where the task is no decision."""
    if not seen.task.approval:
        return None
    work, person = seen.work, seen.dossier.desk.actor.person_id
    author = instances.last_author(seen.dossier, work)
    if person == author or (work.kind != instances.LIFECYCLE and person == work.started_by):
        raise Forbidden("요청한 사람은 승인하거나 반려할 수 없습니다. 다른 사람이 결정해야 합니다.")
    return author or work.started_by


def tell(seen: Sheet, asked_by: str | None, data: Mapping[str, Any], record_id: str) -> None:
    """Leave a notice of what was decided for the person who asked, where somebody did."""
    of = seen.task
    if asked_by and seen.step.approval and (became := notices.outcome(seen.step.approval, data)):
        notices.tell(seen.dossier, asked_by, became, title=seen.edition.processes[of.process].title, task_id=of.id, record_id=record_id)
