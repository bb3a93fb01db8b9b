"""Showing one masked answer: first why, then the answer; both are noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import cases, records
from engine.errors import Invalid
from web import around, messages, recordpage
from web.frame import frame
from web.rendering import Link, render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def of_record(request: Request) -> Response:
    """Ask why, then show one masked answer of a record; both are noted."""
    ident = request.path_params["id"]
    with unit(request, write=False) as desk:
        seen = records.view(desk, ident)
        crumbs, title = recordpage.crumbs(desk, seen), seen.case_label
        field = seen.form.fields.get(_schema_pointer(_at(request)))
    return _reveal(request, ident, f"/records/{ident}", crumbs, title, field.title if field else "")


def of_case(request: Request) -> Response:
    """Ask why, then show one masked identifier of a case."""
    ident = request.path_params["id"]
    with unit(request, write=False) as desk:
        cases.view(desk, ident)  # whoever may not see the case is told that there is none
        form = desk.edition().forms[desk.edition().case.form]
        field = form.fields.get(_schema_pointer(_at(request)))
        crumbs = (*around.to_list(desk), Link(messages.CASE_CRUMB, f"/cases/{ident}"))
    return _reveal(request, ident, f"/cases/{ident}", crumbs, "", field.title if field else "")


def _reveal(request: Request, ident: str, back: str, crumbs: tuple[Link, ...], note: str, title: str) -> Response:
    told = {
        "title": messages.REVEAL_TITLE.format(title=title), "label": messages.REVEAL_LABEL, "button": messages.REVEAL, "warn": messages.REVEAL_WARN,
        "note": note, "crumbs": (*crumbs, Link(title)), "back": back, "action": f"{back}/reveal", "hidden": {"at": _at(request)}, "reason": "",
        "error": "", "shown": None,
    }
    if request.method == "POST":
        reason = str(request.state.form.get("reason", ""))
        try:
            with unit(request) as desk:
                value = records.reveal(desk, ident, _at(request), reason)
                return render(request, "reason.html", {**told, "shown": {"title": title, "value": value}}, frame=frame(request, desk))
        except Invalid as wrong:
            told = {**told, "reason": reason, "error": wrong.errors[0].message}
    with unit(request, write=False) as desk:
        return render(request, "reason.html", told, frame=frame(request, desk), status=422 if told["error"] else 200)


def _at(request: Request) -> str:
    posted = request.state.form.get("at") if request.method == "POST" else request.query_params.get("at")
    return posted if isinstance(posted, str) else ""


def _schema_pointer(pointer: str) -> str:
    return "/".join("*" if step.isdigit() else step for step in pointer.split("/"))
