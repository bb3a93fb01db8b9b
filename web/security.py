"""What stands between a browser and the pages: host check and headers on every answer, cookies, and the proof that a request is not forged.

A request that may change something must show (1) by Sec-Fetch-Site and Origin, where the browser sends them, that it comes from our own
pages, and (2) the token bound to its session: a keyed hash of the secret in the cookie, which another site cannot read.
Bearer tokens are no cookies: nobody can make a browser send them, so they need neither.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from typing import TYPE_CHECKING

from web.refusals import Forged

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from web.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
DOWNLOAD_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
_HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # "no-referrer" would make browsers send Origin: null with our own forms
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_TRANSPORT = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_TOKEN_BYTES = 32
log = logging.getLogger("didimdol.web")


class Guard:
    """The outermost layer, pure ASGI: refuses names we are not called by, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Prepare the headers once."""
        self._app = app
        self._hosts = frozenset(settings.hosts)
        self._headers = (*_HEADERS, _TRANSPORT) if settings.secure else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is http; there are no websockets here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in self._headers if pair[0] not in present)]
            await send(message)

        if not self._known(scope):
            await _say(guarded, 421, "이 주소로는 접속할 수 없습니다.")
            return
        try:
            await self._app(scope, receive, guarded)
        except Exception as error:
            log.error("outside of any route: %s", type(error).__name__)  # noqa: TRY400 -- its text may hold what people typed
            if started:
                raise
            await _say(guarded, 500, "처리하지 못했습니다.")

    def _known(self, scope: Scope) -> bool:
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1:
            return False
        host = named[0].decode("latin-1").lower()
        bare = host if host.endswith("]") else host.rsplit(":", 1)[0]
        return "*" in self._hosts or bare in self._hosts


async def _say(send: Send, status: int, sentence: str) -> None:
    body = f"{sentence}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Cookies:
    """Names and flags of our cookies: with https they carry the `__Host-` prefix, so that no other host can set them."""

    def __init__(self, *, secure: bool) -> None:
        """Over plain http (development) browsers refuse the prefix."""
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self.session = f"{prefix}didimdol"
        self.door = f"{prefix}didimdol-door"  # before sign-in, so that the sign-in form has a token too
        self.flash = f"{prefix}didimdol-said"

    def give(self, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie no script can read."""
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")

    def take(self, response: Response, name: str) -> None:
        """Have the browser forget it."""
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")


def new_secret() -> str:
    """Return 256 random bits as text, for a cookie."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def csrf_token(secret: str) -> str:
    """Return the token that forms carry for the session whose cookie holds `secret`; "" where there is none."""
    return hmac.new(secret.encode(), b"didimdol form token", hashlib.sha256).hexdigest() if secret else ""


def from_our_pages(headers: Headers, *, origins: frozenset[str]) -> bool:
    """Tell whether the browser, as far as it says, sent this from one of our own pages."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.lower() in origins


def origins(request: Request, *, secure: bool) -> frozenset[str]:
    """Return how browsers would name us in Origin. The host has been checked by `Guard`."""
    host = request.headers["host"].lower()
    return frozenset({f"https://{host}"} if secure else {f"{request.url.scheme}://{host}"})


def refuse_forged(request: Request, *, token: str, secure: bool) -> None:
    """Raise Forged unless the request comes from our pages and shows the `token` of its session."""
    if not from_our_pages(request.headers, origins=origins(request, secure=secure)):
        raise Forged
    shown = request.headers.get("x-csrf-token")
    if shown is None:
        form = getattr(request.state, "form", None)
        field = form.getlist("_csrf") if form is not None else []
        shown = field[0] if len(field) == 1 and isinstance(field[0], str) else ""
    if not token or not hmac.compare_digest(shown.encode(), token.encode()):
        raise Forged
