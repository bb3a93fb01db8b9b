"""마감관리: the day before which nothing may be dated any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import names, settings
from engine.errors import Invalid
from web import answers, display
from web.office import asked, words
from web.office.sheet import sheet
from web.unit import unit

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk

HERE = "/closing"


def closing(request: Request) -> Response:
    """Show the closing date, or set it (`intent=clear` takes it away)."""
    if request.method != "POST":
        with unit(request) as desk:
            return _page(request, desk, None, "")
    given, errors = asked.posted(request, "day", "intent"), dict[str, str]()
    clear = given["intent"] == "clear"
    day = None if clear else asked.day(given, "day", errors)
    error = "" if clear or day else errors.get("day", words.NO_DAY)
    if not error:
        try:
            return _set(request, day)
        except Invalid as wrong:
            error = wrong.errors[0].message
    with unit(request, write=False) as desk:
        return _page(request, desk, given["day"], error)


def _set(request: Request, day: date | None) -> Response:
    with unit(request) as desk:
        settings.set_closing_date(desk, day)
    return answers.redirect(HERE, flash=words.CLOSED.format(day=display.day(day)) if day else words.OPENED)


def _page(request: Request, desk: Desk, typed: str | None, error: str) -> Response:
    now = settings.closing(desk)
    by = names.of_people(desk, [now.changed_by]).get(now.changed_by, now.changed_by) if now else ""
    context = {
        "title": words.CLOSING, "day": display.day(now.day) if now else "", "typed": display.day(now.day) if typed is None and now else typed or "",
        "error": error, "set_by": words.SET_BY.format(at=display.minute(now.changed_at), name=by or words.NOBODY) if now else "",
    }
    return sheet(request, desk, "closing.html", context, here=HERE, wrong=bool(error))
