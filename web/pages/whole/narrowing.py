"""The filter bar of a list: what was typed becomes the list's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import lists
from engine.errors import NotFound
from web import answers, veil
from web.listing import Asked
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def narrow(request: Request) -> Response:
    """Take the filters of a list and go to its address; identifiers stand there sealed, for this person only."""
    asked = Asked.of(request.state.form)
    with unit(request, write=False) as desk:
        view = next((each for each in lists.views(desk) if each.id == asked.view), None)
        if view is None:
            raise NotFound
        typed = {each.id: _text(request, f"f.{each.id}") for each in view.filters if each.kind == "identifier"}
        sealed = {ident: (veil.veiled(desk, value),) for ident, value in typed.items() if value}
        return answers.redirect(asked.href(view.id, filters={**asked.filters, **sealed}, page=1))


def _text(request: Request, name: str) -> str:
    value = request.state.form.get(name, "")
    return value.strip() if isinstance(value, str) else ""
