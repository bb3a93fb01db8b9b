"""What changed from another edition to this one, told file by file."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from engine.casework import publishing
from engine.spec.difference import difference as changes
from web.office import editionpage, words
from web.office.sheet import sheet
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.publishing import Published

HERE = editionpage.HERE
_MOST_LONG = 400  # signs of a text before or after that are shown


def show(request: Request) -> Response:
    """Show what changed from another edition (`?from=`; else the one in force, or the one before) to this one, file by file."""
    with unit(request) as desk:
        one = editionpage.which(desk, request.path_params["digest"])
        others = [each for each in publishing.editions(desk) if each.digest != one.digest]
        wanted = request.query_params.get("from", "")
        old = next((each for each in others if each.digest == wanted), None) or _before(others)
        found = changes(desk.edition(old.digest), desk.edition(one.digest)) if old else ()
        parts = [
            {"path": path, "where": where, "changes": [_told(each) for each in group]}
            for (path, where), group in groupby(found, key=lambda each: (each.path, each.where))
        ]
        context = {
            "title": words.DIFFERENCE, "of": one.title, "at": f"{HERE}/{one.digest}", "parts": parts, "count": len(found), "old": old.title if old else "",
            "others": [(each.digest, f"{each.title} ({each.digest[: editionpage.SHORT]})", each is old) for each in others],
        }
        return sheet(request, desk, "difference.html", context, here=HERE, crumbs=editionpage.crumbs(one, words.DIFFERENCE))


def _told(each: Any) -> dict[str, str]:
    long = {"before": each.before[:_MOST_LONG], "after": each.after[:_MOST_LONG]}
    return {"sentence": each.sentence, **(long if each.before and each.after and each.before not in each.sentence else {"before": "", "after": ""})}


def _before(others: list[Published]) -> Published | None:
    current = next((each for each in others if each.state == "in force"), None)
    return current or max((each for each in others if each.approved_at), key=lambda each: each.in_force_from, default=None) or (others[0] if others else None)
