"""How a route is answered: body read within its limit, forgery refused, the plain function run in a thread, every error turned into an answer.

This is the only place where async meets the rest: below it everything is synchronous.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.routing import Route

from engine.errors import Unauthenticated
from web import answers, bodies, security
from web.refusals import Unreadable
from web.routes import Body
from web.visit import Visit, arrive

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from web.routes import Way
    from web.settings import Settings


class Unguarded(RuntimeError):
    """A route that is not public answered without having asked who calls."""


class Endpoint:
    """One way as an ASGI app."""

    def __init__(self, way: Way, settings: Settings, pool: Executor) -> None:
        """`pool` runs the functions of all ways; its size bounds how many requests are worked on at once."""
        self.way = way
        self._settings = settings
        self._pool = pool
        self._cookies = cookies_of(settings)
        self._reads_form = way.body in (Body.FORM, Body.MIXED, Body.UPLOAD) or (way.unsafe and way.body is Body.NONE and not way.api)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        visit = prepare(request, self.way, self._settings)
        run = asyncio.get_running_loop().run_in_executor
        try:
            request.state.body = await bodies.read(request, self.way.body, self._settings) if self.way.unsafe else b""
        except Exception as error:  # noqa: BLE001 -- every error has an answer
            response = await run(self._pool, answers.answer, request, error)
            response.headers["connection"] = "close"  # the rest of the body is not wanted
        else:
            response = await run(self._pool, self._work, request, visit)
        try:
            await response(scope, receive, send)
        finally:
            if request.state.form is not None:
                await request.state.form.close()

    def _work(self, request: Request, visit: Visit) -> Response:
        try:
            self._admit(request, visit)
            response = self.way.call(request)
            if not visit.opened and not (self.way.rule and self.way.rule.public):
                raise Unguarded(self.way.name)
        except Exception as error:  # noqa: BLE001 -- every error has an answer
            response = answers.answer(request, error)
        if isinstance(response, answers.Redirect) and response.flash:
            self._cookies.give(response, self._cookies.flash, answers.flash_cookie(response.flash), seconds=60)
        elif request.state.flash and not self.way.api and response.status_code == 200 and response.media_type == "text/html":
            self._cookies.take(response, self._cookies.flash)
        return response

    def _admit(self, request: Request, visit: Visit) -> None:
        if not bodies.readable_address(request.scope["path"], request.scope["query_string"]):
            raise Unreadable("주소에 쓸 수 없는 글자가 들어 있습니다.")
        if not self.way.unsafe:
            return
        if self._reads_form and request.state.form is None:
            request.state.form = bodies.form_of(request.state.body, bodies.content_type(request), self._settings)
        if self.way.api and not visit.secret and not visit.bearer:
            raise Unauthenticated
        if not visit.bearer:
            security.refuse_forged(request, token=request.state.csrf, secure=self._settings.secure)


def prepare(request: Request, way: Way, settings: Settings) -> Visit:
    """Begin the visit, and set what templates read of a request before anything can go wrong."""
    cookies = cookies_of(settings)
    visit = arrive(request, way, cookie=cookies.session)
    state = request.state
    state.settings = settings
    state.demo = request.app.state.house.demo
    state.cookies = cookies
    state.form = None
    state.csrf = security.csrf_token(visit.secret or request.cookies.get(cookies.door, ""))
    state.flash = answers.flash_of(request.cookies.get(cookies.flash))
    state.person = None
    state.may = frozenset()
    state.expires_at = state.ends_at = None
    state.must_change = False
    return visit


_COOKIES = {secure: security.Cookies(secure=secure) for secure in (False, True)}


def cookies_of(settings: Settings) -> security.Cookies:
    """Return the names and flags of cookies under these settings."""
    return _COOKIES[settings.secure]


def route_of(way: Way, settings: Settings, pool: Executor) -> Route:
    """Return the Starlette route of a way."""
    return Route(way.path, Endpoint(way, settings, pool), methods=[way.method], name=way.name)
