"""Keeping what was typed of a task: the draft, and its row where lists tell of drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import answers as reading
from engine.casework import drafts, reach, rows
from engine.casework.taskview import open_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk
    from engine.casework.taskview import Sheet


def save_draft(desk: Desk, task_id: str, answers: Mapping[str, Any], *, version: int | None = None) -> int:
    """Keep what was typed; give the draft's new version. `version` is that of the draft the person saw (0: none). Raises Stale where a newer one stands."""
    seen = open_sheet(desk, task_id, lock=True)
    reach.demand_work(seen.dossier, seen.task)
    before, _ = drafts.of_task(desk, task_id)
    kept = drafts.keep(desk, seen.form, seen.task.edition, answers, before, task_id=task_id, case_id=seen.task.case_id, version=version)
    if rows.listed(seen.dossier, kept.form):
        rows.keep_draft(seen.dossier, _row(seen, kept))
    return kept.version


def _row(seen: Sheet, kept: drafts.Draft) -> rows.This:
    """Give what the row of a draft is made of: what is typed so far, read as it would be shown."""
    desk, saved = seen.dossier.desk, kept.saved_at.date()
    by = (desk.actor.login, desk.actor.name)
    values = reading.shown(seen.form, kept.answers, seen.facts, desk.today).values
    return rows.This(kept.id, kept.form, kept.edition, values, saved, by, saved, by, task_id=seen.task.id)
