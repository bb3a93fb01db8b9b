"""판 관리: the editions there are; a zip of the two folders is checked first, and published when nothing is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import publishing
from engine.errors import Invalid, Refused
from web import answers, display
from web.office import asked, editionpage, parcel, words
from web.office.sheet import sheet
from web.unit import unit

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from web.office.parcel import Parcel

HERE = editionpage.HERE
_NOTHING: dict[str, Any] = {"checked": None, "found": [], "file_error": "", "errors": {}, "refused": ""}


def listing(request: Request) -> Response:
    """Show every edition, the latest day first."""
    with unit(request) as desk:
        return _page(request, desk)


def submit(request: Request) -> Response:
    """Check the zip sent; or, with `intent=publish`, publish the one that was checked just before, carried by the page."""
    given, errors = asked.posted(request, "intent", "from"), dict[str, str]()
    publishes = given["intent"] == "publish"
    with unit(request, write=False) as desk:
        sent = parcel.carried(request) if publishes else parcel.uploaded(request)
        if sent.edition is None:
            return _page(request, desk, file_error=sent.error, found=editionpage.findings(sent.found))
        if not publishes:
            return _page(request, desk, checked=_checked(sent, display.day(sent.edition.in_force_from)))
        begin = asked.day(given, "from", errors)
        if begin is None:
            return _page(request, desk, checked=_checked(sent, given["from"]), errors=errors or {"from": words.NO_DAY})
    return _publish(request, sent, begin)


def _publish(request: Request, sent: Parcel, begin: date) -> Response:
    try:
        with unit(request) as desk:
            digest = publishing.publish(desk, sent.files, begin)
    except Invalid as wrong:
        with unit(request, write=False) as desk:
            return _page(request, desk, checked=_checked(sent, display.day(begin)), errors={"from": wrong.errors[0].message})
    except Refused as refused:
        with unit(request, write=False) as desk:
            return _page(request, desk, checked=_checked(sent, display.day(begin)), refused=refused.message)
    return answers.redirect(f"{HERE}/{digest}", flash=words.PUBLISHED.format(day=display.day(begin)))


def _checked(sent: Parcel, begin: str) -> dict[str, Any]:
    made = sent.edition
    assert made is not None
    return {
        "title": made.title, "name": made.name, "short": made.digest[: editionpage.SHORT], "figures": editionpage.figures(made), "from": begin,
        "bundle": sent.packed,
    }


def _page(request: Request, desk: Desk, **told: Any) -> Response:
    wrong = any(told.get(name) for name in ("found", "file_error", "errors", "refused"))
    context = {
        **_NOTHING, **told, "title": words.EDITIONS, "rows": editionpage.rows(desk, publishing.editions(desk)), "writes": "edition.write" in request.state.may,
    }
    return sheet(request, desk, "editions.html", context, here=HERE, wrong=wrong)
