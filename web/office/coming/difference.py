"""What changed from another edition to this one, told file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import publishing
from web.office import editionpage, words
from web.office.coming import candidate
from web.office.sheet import sheet
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HERE = editionpage.HERE


def show(request: Request) -> Response:
    """Show what changed from another edition (`?from=`; else the one in force, or the one before) to this one."""
    with unit(request) as desk:
        one = editionpage.which(desk, request.path_params["digest"])
        told = candidate.changes(desk, one, publishing.editions(desk), request.query_params.get("from", ""))
        context = {"title": words.DIFFERENCE, "of": one.title, "at": f"{HERE}/{one.digest}", **told}
        return sheet(request, desk, "difference.html", context, here=HERE, crumbs=editionpage.crumbs(one, words.DIFFERENCE))
