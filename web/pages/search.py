"""Finding a case by name, number or a whole identifier, from the box at the top of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import queries
from engine.casework.finding import MOST
from web.display import particle
from web.frame import frame
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

LONGEST = 100


def search(request: Request) -> Response:
    """Show what was found for `?q=`."""
    text = request.query_params.get("q", "").strip()[:LONGEST]
    with unit(request) as desk:
        hits = queries.search(desk, text)
        title = desk.edition().case.title
        found = [
            {"href": f"/cases/{hit.id}", "label": hit.label, "note": " · ".join(part for part in (hit.number, hit.institution) if part), "status": hit.status}
            for hit in hits
        ]
        context = {
            "title": text, "query": text, "found": found, "more": len(found) >= MOST, "joined": particle(text, "으로", "로"),
            "subject": particle(title, "이", "가"), "topic": particle(title, "은", "는"),
        }
        return render(request, "search.html", context, frame=frame(request, desk))
