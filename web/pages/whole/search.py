"""Finding a case by name, number or a whole identifier, from the box at the top of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from engine.casework import queries
from engine.casework.finding import MOST
from web import answers, messages
from web.display import particle
from web.frame import frame
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

LONGEST = 100
DIGITS = 6  # of what may be an identifier


def search(request: Request) -> Response:
    """Show what was found for `?q=`: by name or number. A whole identifier is looked for by `submit` only."""
    return _page(request, request.query_params.get("q", ""), identifiers=False)


def submit(request: Request) -> Response:
    """Take what was typed: names go on to an address that can be kept; what may be an identifier is answered here and stands in no address."""
    typed = request.state.form.get("q", "")
    text = typed.strip()[:LONGEST] if isinstance(typed, str) else ""
    if sum(letter.isdigit() for letter in text) >= DIGITS:
        return _page(request, text, identifiers=True)
    with unit(request, write=False):
        return answers.redirect(f"/search?q={quote(text)}")


def _page(request: Request, typed: str, *, identifiers: bool) -> Response:
    text = typed.strip()[:LONGEST]
    with unit(request, write=False) as desk:
        hits = queries.search(desk, text, identifiers=identifiers)
        title = desk.edition().case.title
        found = [
            {"href": f"/cases/{hit.id}", "label": hit.label, "note": " · ".join(part for part in (hit.number, hit.institution) if part), "status": hit.status}
            for hit in hits
        ]
        shown = messages.HIDDEN if identifiers else text
        context = {
            "title": messages.SEARCH if identifiers else text, "query": "" if identifiers else text, "asked": shown, "found": found, "more": len(found) >= MOST,
            "joined": particle(shown, "으로", "로"), "subject": particle(title, "이", "가"), "topic": particle(title, "은", "는"),
        }
        return render(request, "search.html", context, frame=frame(request, desk))
