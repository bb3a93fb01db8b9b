"""Tasks: show, keep a draft, preview, complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import queries, tasks
from engine.errors import FieldError, Invalid
from web import answers
from web.api import incoming
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.queries import TaskRow
    from engine.casework.tasks import TaskView
    from engine.spec.form import Reading

_DRAFT = {"data": dict, "version": int}
_COMPLETE = {"data": dict, "confirmed": bool, "version": int}


def listing(request: Request) -> Response:
    """Give the open tasks the person could do, the earliest due first, at most 500: `?case=`, `?form=`, `?whose=mine` (default) or `team`."""
    asked = incoming.query(request, {"case": str, "form": str, "whose": str})
    whose = asked.get("whose", "mine")
    if whose not in ("mine", "team"):
        raise Invalid([FieldError("/whose", "enum", "mine 또는 team이어야 합니다.")])
    with unit(request) as desk:
        rows = queries.tasks(desk, case_id=asked.get("case"), form=asked.get("form"), whose=whose)
    return answers.json({"total": len(rows), "rows": [_row(row) for row in rows]})


def show(request: Request) -> Response:
    """Give an open task: its form's schema, the answers so far (prefilled or from the draft), what is derived from them."""
    with unit(request) as desk:
        seen = tasks.view(desk, request.path_params["id"])
    return answers.json(_task(seen))


def save_draft(request: Request) -> Response:
    """Keep what was typed, right or wrong."""
    asked = incoming.body(request, _DRAFT, optional=frozenset({"version"}))
    with unit(request) as desk:
        version = tasks.save_draft(desk, request.path_params["id"], asked["data"], version=asked.get("version"))
    return answers.json({"saved": True, "version": version})


def preview(request: Request) -> Response:
    """Tell what these answers make of the form, storing nothing."""
    asked = incoming.body(request, {"data": dict})
    with unit(request, write=False) as desk:
        reading = tasks.preview(desk, request.path_params["id"], asked["data"])
    return answers.json(shown(reading))


def complete(request: Request) -> Response:
    """Complete the task. The same Idempotency-Key with the same answers gives the same answer; the answer leaves after the commit."""
    key = incoming.idempotency_key(request)
    asked = incoming.body(request, _COMPLETE, optional=frozenset({"confirmed", "version"}))
    with unit(request) as desk:
        done = tasks.complete(
            desk, request.path_params["id"], asked["data"], key=key, confirmed=asked.get("confirmed", False), version=asked.get("version")
        )
    return answers.json({"record": done.record_id, "case": done.case_id, "tasks": list(done.task_ids)})


def shown(reading: Reading) -> dict[str, Any]:
    """Give what a reading says as JSON."""
    return {
        "visible": sorted(reading.visible),
        "required": sorted(reading.required),
        "derived": dict(reading.derived),
        "errors": [answers.field_error(error) for error in reading.errors],
        "warnings": [answers.field_error(error) for error in reading.warnings],
    }


def _row(row: TaskRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "case": row.case_id,
        "case_label": row.case_label,
        "form": row.form,
        "title": row.title,
        "lane": row.lane,
        "due": row.due,
        "why": row.why,
        "mark": row.mark,
        "draft": row.drafted,
        "stage": row.stage,
        "approval": row.approval,
    }


def _task(seen: TaskView) -> dict[str, Any]:
    return {
        "id": seen.id,
        "case": seen.case_id,
        "case_label": seen.case_label,
        "form": seen.form.id,
        "title": seen.title,
        "lane": seen.lane,
        "due": seen.due,
        "why": seen.why,
        "mark": seen.mark,
        "edition": seen.edition,
        "schema": seen.form.schema,
        "options": {pointer: [{"code": code.code, "label": code.label} for code in codes] for pointer, codes in seen.reading.options.items()},
        "data": seen.reading.data,
        "draft": seen.answers if seen.draft_version else None,
        "draft_version": seen.draft_version,
        "derived": dict(seen.reading.derived),
        "can_write": seen.can_write,
        "why_not": seen.why_not or None,
        "version": seen.version,
    }
