"""Who calls, and what this API offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Refused
from web import answers
from web.api import openapi
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def show(request: Request) -> Response:
    """Give the person with roles, permissions and institution."""
    with unit(request) as desk:
        try:
            edition = desk.edition()
        except Refused:
            edition = None
    actor, roles = desk.actor, edition.roles.roles if edition else {}
    return answers.json(
        {
            "id": actor.person_id,
            "login": actor.login,
            "name": actor.name,
            "roles": [{"id": held, "title": roles[held].title if held in roles else held} for held in sorted(actor.roles)],
            "permissions": sorted(request.state.may),
            "institution": {
                "id": actor.institution_id,
                "name": actor.institution_name,
                "kind": actor.institution_kind,
                "region": actor.institution_region,
            },
            "edition": edition.digest if edition else None,
        }
    )


def describe(request: Request) -> Response:
    """Give the OpenAPI document of the routes this server has."""
    with unit(request):
        return answers.json(openapi.document(request.app.state.ways))
