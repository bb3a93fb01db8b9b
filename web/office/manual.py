"""The generated manual: of the edition in force and of those that records and tasks were made with for everybody, of any for who may see editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import NotFound
from web import manual, messages
from web.frame import frame
from web.leading import HERE, address
from web.rendering import Link, render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition

def of_today(request: Request) -> Response:
    """Show the contents, or one chapter, of the manual in force."""
    with unit(request) as desk:
        return _page(request, desk, desk.edition(), HERE, ())


def of_before(request: Request) -> Response:
    """Show the contents, or one chapter, of the manual of an edition that was approved: what a record or task of it is told by. It holds nobody's data."""
    with unit(request) as desk:
        edition = desk.editions.approved(desk.connection, request.path_params["digest"])
        return _page(request, desk, edition, address(desk, edition), (Link(edition.title),) if edition.digest != desk.edition().digest else ())


def of_edition(request: Request) -> Response:
    """Show the contents, or one chapter, of the manual of one edition."""
    with unit(request) as desk:
        edition = desk.edition(request.path_params["digest"])
        back = f"/editions/{edition.digest}"
        return _page(request, desk, edition, f"{back}/manual", (Link(edition.title, back),))


def _page(request: Request, desk: Desk, edition: Edition, at: str, above: tuple[Link, ...]) -> Response:
    part = request.path_params.get("part", "")
    found = manual.chapter(edition, part) if part else None
    if part and found is None:
        raise NotFound
    entries = [entry for _, group in manual.contents(edition) for entry in group]
    place = next((at for at, entry in enumerate(entries) if entry.id == part), 0)
    context = {
        "title": found.title if found else messages.MANUAL, "edition": edition.title, "c": found, "at": at, "contents": manual.contents(edition),
        "crumbs": (*above, *((Link(messages.MANUAL, at), Link(found.title)) if found else (Link(messages.MANUAL),) if above else ())),
        "before": entries[place - 1] if found and place else None, "after": entries[place + 1] if found and place + 1 < len(entries) else None,
    }
    return render(request, "manual.html", context, frame=frame(request, desk, here=at))
