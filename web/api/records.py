"""Records: those of a case, one with its revisions, a new revision, taking one back, one sensitive answer with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import records
from web import answers
from web.api import incoming
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.records import RecordRow, RecordView

_AMEND = {"data": dict, "reason": str, "confirmed": bool, "revision": int}


def of_case(request: Request) -> Response:
    """Give the records of a case, newest first, withdrawn ones too; of one form with `?form=`."""
    asked = incoming.query(request, {"form": str})
    with unit(request) as desk:
        rows = records.of_case(desk, request.path_params["id"], asked.get("form"))
    return answers.json({"rows": [_row(row) for row in rows]})


def show(request: Request) -> Response:
    """Give a record at its last revision, or at `?revision=`."""
    asked = incoming.query(request, {"revision": int})
    with unit(request) as desk:
        seen = records.view(desk, request.path_params["id"], int(asked["revision"]) if "revision" in asked else None)
    return answers.json(_record(seen))


def amend(request: Request) -> Response:
    """Put a new revision on a record, with its reason."""
    record_id, key = request.path_params["id"], incoming.optional_key(request)
    asked = incoming.body(request, _AMEND, optional=frozenset({"confirmed", "revision"}))
    with unit(request) as desk:
        number = records.amend(
            desk, record_id, asked["data"], asked["reason"], key=key, confirmed=asked.get("confirmed", False), revision=asked.get("revision")
        )
    return answers.json({"id": record_id, "revision": number})


def withdraw(request: Request) -> Response:
    """Take a record back, with its reason; it stays readable."""
    asked = incoming.body(request, {"reason": str})
    with unit(request) as desk:
        records.withdraw(desk, request.path_params["id"], asked["reason"])
    return answers.json({"id": request.path_params["id"], "withdrawn": True})


def reveal(request: Request) -> Response:
    """Give one sensitive answer unmasked; who asked and why is written down."""
    asked = incoming.body(request, {"pointer": str, "reason": str})
    with unit(request) as desk:
        value = records.reveal(desk, request.path_params["id"], asked["pointer"], asked["reason"])
    return answers.json({"value": value})


def _row(row: RecordRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "form": row.form,
        "title": row.title,
        "edition": row.edition,
        "revision": row.revision,
        "saved": row.created_at,
        "changed": row.changed_at,
        "by": row.by_name or None,
        "withdrawn": row.withdrawn_at is not None,
        "columns": [{"title": title, "value": value} for title, value in row.columns],
    }


def _record(seen: RecordView) -> dict[str, Any]:
    return {
        "id": seen.id,
        "case": seen.case_id,
        "case_label": seen.case_label,
        "form": seen.form.id,
        "title": seen.form.title,
        "edition": seen.edition,
        "revision": seen.revision,
        "last_revision": seen.last_revision,
        "data": seen.answers,
        "withdrawn": seen.withdrawn_at is not None,
        "why_not_amend": seen.why_not_amend or None,
        "why_not_withdraw": seen.why_not_withdraw or None,
        "revisions": [
            {"number": one.number, "kind": one.kind, "at": one.saved_at, "by": one.login or None, "reason": one.reason} for one in seen.revisions
        ],
    }
