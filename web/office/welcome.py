"""The first page of somebody who has no cases: what waits in their job, and the pages their roles open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import publishing, roster
from web import display, messages
from web.frame import ADDRESSES
from web.office import words
from web.office.people import SOON, sorted_out
from web.office.sheet import sheet

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk


def page(request: Request, desk: Desk) -> Response:
    """Answer with the page."""
    menu = desk.edition().menu(desk.actor.roles, desk.actor.institution_kind)
    doors = [
        {"title": item.title, "href": ADDRESSES[item.page], "purpose": words.PURPOSES[item.page]} for item in menu if item.page in words.PURPOSES
    ]
    context = {
        "title": next((item.title for item in menu if item.page == "home"), messages.HOME), "today": display.long_day(desk.today), "doors": doors,
        "counters": _counters(desk, request.state.may),
    }
    return sheet(request, desk, "welcome.html", context, here="/")


def _counters(desk: Desk, may: frozenset[str]) -> list[dict[str, Any]]:
    made = []
    if "person.manage" in may:
        everyone = roster.roster(desk)
        for kind, title, hint in (("ending", words.ENDING_TITLE, words.ENDING_HINT.format(days=SOON)), ("none", words.BARE_TITLE, words.BARE_HINT)):
            count = sum(sorted_out(desk, one, kind) for one in everyone)
            made.append({"title": title, "hint": hint, "value": count, "unit": words.PERSONS, "href": f"/people?show={kind}"})
    if "edition.read" in may:
        waiting = [one for one in publishing.editions(desk) if one.state == "waiting"]
        made.append({"title": words.WAITING_TITLE, "hint": words.WAITING_HINT, "value": len(waiting), "unit": words.PIECES, "href": "/editions"})
    return made
