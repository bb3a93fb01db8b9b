"""Cases: register, show, start something on one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import cases, tasks
from web import answers
from web.api import incoming
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.cases import Action, CaseView, OpenTask

def register(request: Request) -> Response:
    """Register a case. The Idempotency-Key header is welcome here, and needed nowhere but at `complete`."""
    asked = incoming.body(request, {"form": str, "data": dict, "confirmed": bool}, optional=frozenset({"confirmed"}))
    key = incoming.optional_key(request)
    with unit(request) as desk:
        made = cases.register(desk, asked["form"], asked["data"], key=key, confirmed=asked.get("confirmed", False))
    return answers.json({"id": made}, 201, headers={"Location": f"/api/cases/{made}"})


def show(request: Request) -> Response:
    """Give a case with its open tasks, and what can be started on it or why not."""
    case_id = request.path_params["id"]
    with unit(request) as desk:
        case, offered = cases.view(desk, case_id), cases.actions(desk, case_id)
    return answers.json(_case(case, offered))


def start(request: Request) -> Response:
    """Start a work and give its first task; the one that waits already, where its form does."""
    key = incoming.optional_key(request)
    with unit(request) as desk:
        made = tasks.start(desk, request.path_params["id"], request.path_params["action"], key=key)
    return answers.json({"task": made}, 201, headers={"Location": f"/api/tasks/{made}"})


def _case(case: CaseView, offered: tuple[Action, ...]) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case.number or None,
        "label": case.label,
        "status": case.status,
        "closed": case.closed,
        "manager": case.owner or None,
        "manager_name": case.owner_name,
        "institution": case.institution.get("name", ""),
        "edition": case.edition,
        "version": case.version,
        "stages": [{"id": stage.id, "title": stage.title, "date": stage.date, "state": stage.state} for stage in case.stages],
        "card": [{"title": title, "value": value} for title, value in case.card],
        "identity": [{"title": title, "value": value} for title, value in case.identity],
        "tasks": [task_row(row, case.id, case.label) for row in case.tasks],
        "actions": [
            {
                "id": action.id,
                "title": action.title,
                "allowed": action.allowed,
                "why_not": action.why_not or None,
                "page": action.page,
                "task": action.task_id,
                "stage": action.stage,
            }
            for action in offered
        ],
    }


def task_row(row: OpenTask, case_id: str, label: str) -> dict[str, Any]:
    """Give an open task of a case as JSON."""
    return {
        "id": row.id,
        "case": case_id,
        "case_label": label,
        "form": row.form,
        "title": row.title,
        "lane": row.lane,
        "due": row.due,
        "why": row.why,
        "mark": row.mark,
        "draft": row.drafted,
        "mine": row.mine,
        "why_not": row.why_not or None,
    }
