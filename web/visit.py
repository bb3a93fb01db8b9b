"""What one request is to us, between the edge (`web.endpoint`) and the transaction (`web.unit`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from web.routes import Way

_KEY = "didimdol.visit"
_BEARER = "bearer "


@dataclass(slots=True)
class Visit:
    """One request on its way through: which `way` it takes, the `secret` of its session cookie, its `bearer` token, and what has become of it.

    `secret` and `bearer` are "" where there is none; a request that shows a bearer token is that token's only, its cookie counts for nothing.
    """

    way: Way
    secret: str = ""
    bearer: str = ""
    strange: bool = False  # an Authorization header that is no bearer token
    opened: bool = False  # a unit has been opened, hence the rule checked
    wrote: bool = False  # a writing unit has been opened
    after: list[Callable[[], None]] = field(default_factory=list)


def arrive(request: Request, way: Way, *, cookie: str) -> Visit:
    """Begin the visit of `request`, whose session cookie is called `cookie`."""
    told = request.headers.get("authorization", "") if way.api else ""
    if not told:
        visit = Visit(way, secret=request.cookies.get(cookie, ""))
    elif told[: len(_BEARER)].lower() == _BEARER:
        visit = Visit(way, bearer=told[len(_BEARER) :].strip())
    else:
        visit = Visit(way, strange=True)
    request.scope[_KEY] = visit
    return visit


def visit_of(request: Request) -> Visit:
    """Return the visit that `arrive` began."""
    visit: Visit = request.scope[_KEY]
    return visit


def after_commit(request: Request, do: Callable[[], None]) -> None:
    """Have `do` called once the unit of this request is committed; never, where it is rolled back."""
    visit_of(request).after.append(do)
