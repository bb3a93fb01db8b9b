"""Correcting a record with a reason, and taking one back: it stays readable with the reason, but counts no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import records
from engine.errors import Invalid, Refused
from web import answers, dialogue, messages, recordpage
from web.amending import Amending
from web.frame import frame
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.recordview import RecordView


def amend(request: Request) -> Response:
    """Show or submit the correction of a record."""
    return dialogue.answer(request, Amending(request.path_params["id"]))


def withdraw(request: Request) -> Response:
    """Ask for the reason, then take the record back."""
    ident = request.path_params["id"]
    told = {"title": messages.WITHDRAW_TITLE, "label": messages.WITHDRAW_LABEL, "button": messages.WITHDRAW, "warn": messages.WITHDRAW_WARN}
    if request.method in ("GET", "HEAD"):
        with unit(request) as desk:
            return _ask(request, desk, records.view(desk, ident), told, f"/records/{ident}/withdraw", {})
    reason = str(request.state.form.get("reason", ""))
    try:
        with unit(request) as desk:
            case_id = records.view(desk, ident).case_id
            records.withdraw(desk, ident, reason)
        return answers.redirect(f"/cases/{case_id}", flash=messages.WITHDRAWN)
    except Invalid as wrong:
        with unit(request, write=False) as desk:
            return _ask(request, desk, records.view(desk, ident), told, f"/records/{ident}/withdraw", {}, reason=reason, error=wrong.errors[0].message)


def _ask(
    request: Request, desk: Desk, seen: RecordView, told: Mapping[str, str], action: str, hidden: Mapping[str, str], *, reason: str = "", error: str = ""
) -> Response:
    if seen.why_not_withdraw:
        raise Refused(seen.why_not_withdraw)
    context = {
        **told, "note": f"{seen.case_label} · {seen.form.title}", "crumbs": recordpage.crumbs(desk, seen), "back": f"/records/{seen.id}", "action": action,
        "hidden": hidden, "reason": reason, "error": error, "shown": None,
    }
    return render(request, "reason.html", context, frame=frame(request, desk), status=422 if error else 200)
