"""Answering with an office page: the template in its frame, the way back as crumbs, 422 where something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.frame import frame
from web.rendering import Link, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk


def sheet(
    request: Request, desk: Desk, template: str, context: Mapping[str, Any], *, here: str, crumbs: tuple[tuple[str, str], ...] = (), wrong: bool = False
) -> Response:
    """Render; `here` is the page of the menu it belongs to, `crumbs` are titles with their addresses ("" for this page)."""
    given = {**context, "crumbs": tuple(Link(title, href) for title, href in crumbs)}
    return render(request, template, given, frame=frame(request, desk, here=here), status=422 if wrong else 200)


def ask(
    request: Request, desk: Desk, told: Mapping[str, str], *, here: str, back: str, crumbs: tuple[tuple[str, str], ...], action: str, reason: str, error: str,
    hidden: Mapping[str, str] | None = None,
) -> Response:
    """Ask for a reason before something final: `told` holds title, label, button, warn and note."""
    context = {**told, "back": back, "action": action, "hidden": hidden or {}, "reason": reason, "error": error, "shown": None}
    return sheet(request, desk, "reason.html", context, here=here, crumbs=crumbs, wrong=bool(error))
