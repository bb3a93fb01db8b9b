"""A tiny app for tests of the edges: a few public routes over a real, empty database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.testclient import TestClient

from engine.casework.editions import Editions
from engine.store.cipher import Cipher
from engine.store.database import connect
from engine.store.files import MemoryFiles
from web.assembly import assemble
from web.house import House
from web.routes import PUBLIC, Body, Way
from web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

TESTING = Settings(database="sqlite://", hosts=("testserver",), threads=4)


def page(request: Request) -> Response:
    return HTMLResponse(f"<p>{request.state.csrf}|{request.state.flash}</p>")


def echo(request: Request) -> Response:
    return PlainTextResponse(repr([(name, value if isinstance(value, str) else value.filename) for name, value in request.state.form.multi_items()]))


def echo_bytes(request: Request) -> Response:
    return PlainTextResponse(str(len(request.state.body)))


def fail(_request: Request) -> Response:
    raise RuntimeError("canary 061205-3123456")


WAYS = (
    Way("GET", "/", page, PUBLIC),
    Way("GET", "/fail", fail, PUBLIC),
    Way("POST", "/form", echo, PUBLIC, Body.FORM),
    Way("POST", "/upload", echo, PUBLIC, Body.UPLOAD),
    Way("GET", "/api/fail", fail, PUBLIC),
    Way("POST", "/api/json", echo_bytes, PUBLIC, Body.JSON),
)


def house(settings: Settings = TESTING) -> House:
    database = connect(settings.database)
    database.create_all()
    return House(settings, database, Cipher({1: b"k" * 32}, b"i" * 32), Editions(), MemoryFiles())


def client(ways: Sequence[Way] = WAYS, *, signed: bool = True, **told: Any) -> TestClient:
    """Return a browser before the tiny app; `signed` gives it a session cookie."""
    settings = replace(TESTING, **told)
    made = TestClient(assemble(ways, house(settings)), base_url="https://testserver" if settings.secure else "http://testserver", follow_redirects=False)
    if signed:
        made.cookies.set("__Host-didimdol" if settings.secure else "didimdol", "secret")
    return made
