"""판 관리: the editions there are; a zip of the two folders is checked, and with nothing wrong in it kept as a draft to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import publishing
from web import answers
from web.office import editionpage, parcel, words
from web.office.coming import candidate
from web.office.sheet import sheet
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk

HERE = editionpage.HERE


def listing(request: Request) -> Response:
    """Show every edition, the latest day first."""
    with unit(request) as desk:
        return _page(request, desk)


def submit(request: Request) -> Response:
    """Check the zip sent; with nothing wrong keep it as a draft, have it looked at, and go to its page."""
    with unit(request, write=False) as desk:
        sent = parcel.uploaded(request)
        if sent.sound is None:
            return _page(request, desk, file_error=sent.error, found=editionpage.findings(sent.found))
        digest = sent.sound.edition.digest
        if digest in editionpage.titles(desk):
            return answers.redirect(f"{HERE}/{digest}", flash=words.KNOWN)
    with unit(request) as desk:
        publishing.publish(desk, sent.sound, draft=True)
        candidate.look(request, desk, digest)
    return answers.redirect(f"{HERE}/{digest}", flash=words.CHECKED)


def _page(request: Request, desk: Desk, **told: Any) -> Response:
    context = {
        "found": [], "file_error": "", **told, "title": words.EDITIONS, "rows": editionpage.rows(desk, publishing.editions(desk)), "writes": "edition.write" in request.state.may,
    }
    return sheet(request, desk, "editions.html", context, here=HERE, wrong=any(told.values()))
