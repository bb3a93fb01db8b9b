"""What a person sees when something cannot be done: what happened, what to do now, and a number to tell when asking for help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web import messages
from web.rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_AGAIN = frozenset({409, 500, 503})


def page(request: Request, status: int, message: str, *, page: int | None = None, reference: str = "") -> Response:
    """Answer with the page of an error. `message` is the sentence of the error, `page` the manual page that says so, `reference` a number in the log."""
    context = {
        "title": messages.ERROR_TITLES.get(status, messages.ERROR_TITLES[500]), "status": status, "message": message,
        "hint": messages.ERROR_HINTS.get(status, ""), "page": page, "reference": reference,
        "again": request.url.path if status in _AGAIN and request.method == "GET" else "",
    }
    return render(request, "error.html", context, status=status)
