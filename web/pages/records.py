"""Records: read one with its revisions, print it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import records
from engine.casework.beside import beside
from web import around, display, leading, messages, recordpage
from web.frame import frame
from web.rendering import Link, render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.recordview import RecordView


def show(request: Request) -> Response:
    """Show a record at its last revision, or at the one asked for."""
    with unit(request) as desk:
        seen = records.view(desk, request.path_params["id"], _revision(request))
        edition = desk.edition(seen.edition)
        context = {
            **recordpage.head(desk, seen), "title": seen.form.title, "sheets": recordpage.sheets(desk, seen.form, seen.answers, reveal=f"/records/{seen.id}/reveal" if _reveals(request) else ""), "tools": _tools(seen),
            "fixed": _fixed(seen), "withdrawn": _withdrawn(seen), "old": f"/records/{seen.id}" if seen.revision != seen.last_revision else "", "revisions": _revisions(seen),
            "edition": seen.edition_title, "beside": _beside(desk, seen), "source": f"/records/{seen.source_id}" if seen.source_id else "",
            "shares": seen.shares, **leading.manual(desk, edition, seen.form),
        }
        return render(request, "record.html", context, frame=frame(request, desk, here=around.here(desk, seen.case_id)))


def today(request: Request) -> Response:
    """Show the last revision of a record as it was made, beside what the screen of today says of the same answers."""
    with unit(request) as desk:
        seen = records.view(desk, request.path_params["id"])
        now = beside(desk, seen.id)
        context = {
            **recordpage.head(desk, seen), "title": seen.form.title, "back": f"/records/{seen.id}", "edition": seen.edition_title, "edition_now": now.edition_title,
            "sheets": recordpage.sheets(desk, seen.form, seen.answers), "sheets_now": recordpage.sheets(desk, now.form, now.answers),
            "differences": now.differences, "refused": now.refused,
        }
        return render(request, "beside.html", context, frame=frame(request, desk, here=around.here(desk, seen.case_id)))


def printed(request: Request) -> Response:
    """Show a record as paper: A4, without the frame."""
    with unit(request) as desk:
        seen = records.view(desk, request.path_params["id"], _revision(request))
        told = seen.form.print
        context = {
            **recordpage.head(desk, seen), "title": str(told.get("title") or seen.form.title), "back": f"/records/{seen.id}",
            "card": recordpage.card(desk, seen), "card_title": desk.edition().case.title, "signs": told.get("sign", ()), "day": display.day(desk.now),
            "sheets": recordpage.sheets(desk, seen.form, seen.answers, omit=[f"/{name}" for name in told.get("omit", ())]),
            "foot": messages.PRINTED.format(edition=seen.edition_title, at=display.minute(desk.now), name=desk.actor.name),
        }
        return render(request, "print.html", context)


def _beside(desk: Desk, seen: RecordView) -> str:
    """Give the page that shows the record beside the screen of today; "" where that is the screen it was made with."""
    now = desk.edition()
    return f"/records/{seen.id}/today" if now.digest != seen.edition and seen.form.id in now.forms else ""


def _revision(request: Request) -> int | None:
    text = request.query_params.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _reveals(request: Request) -> bool:
    return "sensitive.read" in request.state.may


def _tools(seen: RecordView) -> list[Link]:
    tools = [Link(messages.PRINT, f"/records/{seen.id}/print?revision={seen.revision}")]
    if not seen.why_not_withdraw:
        tools.insert(0, Link(messages.WITHDRAW, f"/records/{seen.id}/withdraw"))
    if not seen.why_not_amend:
        tools.insert(0, Link(messages.AMEND_SHORT, f"/records/{seen.id}/amend"))
    return tools


def _fixed(seen: RecordView) -> str:
    """Say why neither correcting nor withdrawing is offered; "" where something is."""
    return seen.why_not_amend if seen.why_not_amend and seen.why_not_withdraw and seen.withdrawn_at is None else ""


def _withdrawn(seen: RecordView) -> str:
    if seen.withdrawn_at is None:
        return ""
    last = next((entry for entry in reversed(seen.revisions) if entry.kind == "withdraw"), None)
    told = messages.WITHDRAWN_BY.format(at=display.minute(seen.withdrawn_at), name=last.name if last else "")
    return f"{told} {last.reason}" if last and last.reason else told


def _revisions(seen: RecordView) -> list[dict[str, Any]]:
    return [
        {
            "href": f"/records/{seen.id}?revision={entry.number}", "on": entry.number == seen.revision, "at": display.minute(entry.saved_at), "by": entry.name,
            "reason": entry.reason, "title": messages.FIRST if number == 0 else messages.KINDS.get(entry.kind, entry.kind),
        }
        for number, entry in reversed(list(enumerate(seen.revisions)))
    ]
