"""Putting an app together from a table of ways and the parts it lives on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount

from web import answers, rounds, serving
from web.assets import Assets
from web.endpoint import prepare, route_of
from web.pages import errors
from web.routes import PUBLIC, Way, declared
from web.security import Guard
from web.signpost import Signpost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from web.answers import ErrorPage
    from web.house import House

STATIC = Path(__file__).parent / "static"
App = Starlette


def assemble(
    ways: Sequence[Way], house: House, *, error_page: ErrorPage = errors.page, timers: bool = False
) -> App:
    """Return the app of `ways`; with `timers`, it makes a round at start and every `timer_seconds` after. Raises Undeclared for a way without a rule."""
    settings = house.settings
    pool = ThreadPoolExecutor(settings.threads, thread_name_prefix="request")
    ticker = serving.Ticker(partial(rounds.make_round, house), settings.timer_seconds) if timers else None
    app = Starlette(
        routes=[
            Signpost(route_of(way, settings, pool) for way in declared(ways)),
            Mount("/static", Assets(directory=STATIC, check_dir=False)),  # public
        ],
        middleware=[Middleware(Guard, settings=settings)],
        exception_handlers={HTTPException: _missed},
        lifespan=serving.lifespan(pool, ticker),
    )
    app.state.house = house
    app.state.wake = ticker.wake if ticker else _asleep
    app.state.error_page = error_page
    app.state.ways = tuple(ways)
    return app


def _missed(request: Request, error: Exception) -> Response:
    """Answer what no route takes: an unknown address, or a method the address does not know."""
    prepare(request, _NOWHERE, request.app.state.house.settings)
    return answers.answer(request, error)


def _asleep() -> None:
    """Stand for the rounds of a server that makes none."""


def _nothing(_request: Request) -> Response:
    raise HTTPException(404)


_NOWHERE = Way("GET", "/", _nothing, PUBLIC)
