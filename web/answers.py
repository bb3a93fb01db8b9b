"""Which error is which answer: one table, for pages and for the API (RFC 9457). Also redirects, JSON and the notes they carry."""

from __future__ import annotations

import base64
import binascii
import logging
import secrets
import traceback
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from engine import errors
from engine.store.database import DatabaseUnavailable
from engine.store.types import to_json
from web import refusals

if TYPE_CHECKING:
    from starlette.requests import Request

log = logging.getLogger("didimdol.web")

STATUS: dict[type[BaseException], int] = {
    refusals.Unreadable: 400,
    refusals.Unsupported: 415,
    refusals.PasswordDue: 403,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Refused: 409,
    errors.Stale: 409,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.SpecError: 422,
    errors.Throttled: 429,
    errors.Broken: 500,
    DatabaseUnavailable: 503,
}
_SENTENCES = {404: errors.NotFound.__doc__, 405: "이 주소에서는 할 수 없는 일입니다.", 500: "처리하지 못했습니다. 잠시 뒤에 다시 하세요.", 503: "지금은 자료를 읽고 쓸 수 없습니다. 잠시 뒤에 다시 하세요."}
_FLASH_LIMIT = 600
PROBLEM = "application/problem+json"
_PASSWORD_PAGE = "/password"  # noqa: S105 -- an address


class ErrorPage(Protocol):
    """What shows an error to a person: `web.pages.errors.page`, handed to the app so that this module need not know the pages."""

    def __call__(self, request: Request, status: int, message: str, *, page: int | None = None, reference: str = "") -> Response:
        """Return the page; works for anybody, signed in or not."""


def status_of(error: BaseException) -> int:
    """Return the status of the nearest class of `error` in the table; 500 for what nobody foresaw."""
    if isinstance(error, HTTPException):
        return error.status_code
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def answer(request: Request, error: BaseException) -> Response:
    """Return the answer to a request that failed with `error`: a problem document for the API and scripts, a page for people."""
    status = status_of(error)
    reference = _noted(request, error) if status >= 500 else ""
    if speaks_json(request):
        response = problem(status, error, reference)
    else:
        response = _page_or_bare(request, status, error, reference)
    if isinstance(error, errors.Throttled):
        response.headers["retry-after"] = str(error.retry_after)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def speaks_json(request: Request) -> bool:
    """Tell whether the caller wants errors as JSON: the API, and scripts of pages that ask for it."""
    accepted = request.headers.get("accept", "")
    return request.scope["path"].startswith("/api/") or ("json" in accepted and "text/html" not in accepted)


def problem(status: int, error: BaseException, reference: str = "") -> Response:
    """Return the RFC 9457 document of `error`."""
    body: dict[str, Any] = {"type": _kind(error, status), "title": sentence(status, error), "status": status}
    if isinstance(error, errors.Invalid):
        body["errors"] = [field_error(item) for item in error.errors]
    elif isinstance(error, errors.SpecError):
        body["title"] = str(errors.SpecError.__doc__)
        body["findings"] = [{"path": item.path, "line": item.line, "id": item.id, "message": item.message} for item in error.findings]
    elif isinstance(error, errors.Refused):
        body["why_not"] = error.message
        body["page"] = error.page
    if reference:
        body["reference"] = reference
    response = json(body, status, media_type=PROBLEM)
    if status == 401:
        response.headers["www-authenticate"] = "Bearer"
    return response


def field_error(item: errors.FieldError) -> dict[str, str]:
    """Return one error of an answer as JSON."""
    return {"path": item.path, "keyword": item.keyword, "message": item.message, "label": item.label, "level": item.level}


def sentence(status: int, error: BaseException) -> str:
    """Return what a person is told: the error's own sentence where it is one of ours, never the text of a foreign exception."""
    if isinstance(error, errors.DidimdolError):
        return error.message
    return str(_SENTENCES.get(status) or _SENTENCES[500])


def _kind(error: BaseException, status: int) -> str:
    return f"urn:didimdol:problem:{type(error).__name__.lower()}" if isinstance(error, errors.DidimdolError) and status < 500 else "about:blank"


def _page_or_bare(request: Request, status: int, error: BaseException, reference: str) -> Response:
    try:
        return _page(request, status, error, reference)
    except Exception as second:  # noqa: BLE001 -- the page of errors itself failed; say at least what happened
        return bare_page(request, status, sentence(status, error), reference=reference or _noted(request, second))


def _page(request: Request, status: int, error: BaseException, reference: str) -> Response:
    if isinstance(error, refusals.PasswordDue):
        return redirect(_PASSWORD_PAGE)
    if isinstance(error, errors.Unauthenticated) and request.method in ("GET", "HEAD"):
        query = request.url.query
        return redirect("/signin?next=" + quote(request.url.path + (f"?{query}" if query else ""), safe=""))
    show: ErrorPage = request.app.state.error_page
    return show(request, status, sentence(status, error), page=getattr(error, "page", None), reference=reference)


def bare_page(request: Request, status: int, message: str, *, page: int | None = None, reference: str = "") -> Response:
    """Show an error without any template: what is left when the real page of errors fails itself."""
    del request  # the real page needs it
    more = "".join(f"\n{line}" for line in (f"매뉴얼 {page}쪽" if page else "", f"오류 번호 {reference}" if reference else "") if line)
    return Response(f"{message}{more}\n", status, media_type="text/plain")


def _noted(request: Request, error: BaseException) -> str:
    """Log where `error` came from under a reference the person can tell us; not its text, which may hold what people typed."""
    reference = secrets.token_hex(4).upper()
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    route = request.scope.get("didimdol.visit")
    log.error("%s %s: %s at %s", reference, route.way.name if route else request.method, type(error).__name__, where)
    return reference


def json(value: Any, status: int = 200, *, media_type: str = "application/json", headers: dict[str, str] | None = None) -> Response:
    """Return `value` as JSON: exact decimals as numbers, days and moments as ISO text."""
    return Response(to_json(value), status, headers=headers, media_type=media_type)


class Redirect(RedirectResponse):
    """An answer that sends the browser on; `flash` is the note the next page shows once (the endpoint makes it a cookie)."""

    flash: str = ""


def redirect(path: str, *, flash: str = "") -> Redirect:
    """Send the browser to `path` of ours with GET (303), with a note the next page shows once."""
    response = Redirect(local(path), status_code=303)
    response.flash = flash
    return response


def flash_cookie(flash: str) -> str:
    """Return the value of the cookie that carries `flash`."""
    return base64.urlsafe_b64encode(flash[:_FLASH_LIMIT].encode()).decode()


def flash_of(cookie: str | None) -> str:
    """Return the note a cookie carries, "" for none or for one we did not write."""
    if not cookie:
        return ""
    try:
        return base64.urlsafe_b64decode(cookie.encode()).decode()[:_FLASH_LIMIT]
    except (ValueError, binascii.Error):
        return ""


def local(target: str, otherwise: str = "/") -> str:
    r"""Return `target` when it is a path of ours, else `otherwise`: never another site, whatever a link said (`//evil`, `/\\evil`, `javascript:`)."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if any(ord(sign) < 32 or sign in "\\\x7f" for sign in target):
        return otherwise
    return target
