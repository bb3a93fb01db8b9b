"""Finding the route of an address among many: only those as long that begin alike are tried, not every one in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.routing import Route
    from starlette.types import Receive, Scope, Send

_FOUND = "didimdol.route"


class Signpost(BaseRoute):
    """Many routes as one for Starlette's router; which one answers is as if they stood there in their order."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Routes begin with a word of their own, and no parameter takes a slash. Raises ValueError for one that begins with a parameter."""
        self.routes = tuple(routes)
        self._alike: dict[tuple[int, str], list[Route]] = {}
        for route in self.routes:
            if route.path.startswith("/{"):
                raise ValueError(route.path)
            self._alike.setdefault(_key(route.path), []).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Give the first route that takes address and method, or else the first that takes the address."""
        if scope["type"] != "http":
            return Match.NONE, {}
        other: tuple[Match, Scope] = Match.NONE, {}
        for route in self._alike.get(_key(get_route_path(scope)), ()):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, _FOUND: route}
            if match is Match.PARTIAL and other[0] is Match.NONE:
                other = match, {**found, _FOUND: route}
        return other

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over to the route found."""
        await scope[_FOUND].handle(scope, receive, send)


def _key(path: str) -> tuple[int, str]:
    return path.count("/"), path.split("/", 2)[1] if path.startswith("/") else ""
