"""Signing in and out, staying signed in, and setting a password of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import people, signin
from engine.errors import Invalid
from web import answers
from web.rendering import render
from web.security import csrf_token, new_secret
from web.unit import house_of, unit
from web.visit import visit_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SIGN_IN, CHANGE = "로그인", "비밀번호 바꾸기"
CHANGED = "비밀번호를 바꿨습니다."
_CLEAR = '"cache", "cookies", "storage"'
_LOGIN_LIMIT = 200
_NAMES = {"old": "current", "new": "password", "again": "again"}  # what the verb calls them -> fields of the page


def _field(request: Request, name: str) -> str:
    """Return one text field of the posted form, "" where it is missing, doubled or a file."""
    values = request.state.form.getlist(name)
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


def show(request: Request) -> Response:
    """Show the sign-in page; who is signed in goes on to where they wanted. Its form has a token through a cookie of its own."""
    target = answers.local(request.query_params.get("next", "/"))
    with unit(request):
        if request.state.person is not None:
            return answers.redirect(target)
    return _door(request, {"next": target, "login": "", "error": ""})


def submit(request: Request) -> Response:
    """Compare outside the writing transaction (hashing takes its time), admit inside it; the session before this one dies."""
    login, password = _field(request, "login")[:_LOGIN_LIMIT], _field(request, "password")
    target = answers.local(_field(request, "next") or "/")
    with unit(request, write=False) as desk:
        proof = signin.prove(desk, login, password)
    with unit(request) as desk:
        admission = signin.admit(desk, proof, absolute=house_of(request).settings.absolute, before=visit_of(request).secret)
    if not admission.token:
        response = _door(request, {"next": target, "login": login, "error": admission.sentence}, status=429 if admission.retry_after else 401)
        if admission.retry_after:
            response.headers["retry-after"] = str(admission.retry_after)
        return response
    response = answers.redirect("/password" if admission.must_change else target)
    cookies = request.state.cookies
    cookies.give(response, cookies.session, admission.token)
    cookies.take(response, cookies.door)
    return response


def _door(request: Request, context: dict[str, Any], status: int = 200) -> Response:
    cookies = request.state.cookies
    secret = request.cookies.get(cookies.session) or request.cookies.get(cookies.door)
    made = None if secret else new_secret()
    response = render(request, "signin.html", {**context, "title": SIGN_IN, "csrf": csrf_token(secret or made or "")}, status=status)
    if made:
        cookies.give(response, cookies.door, made)
    return response


def leave(request: Request) -> Response:
    """End the session on the server, and have the browser forget everything of us."""
    with unit(request) as desk:
        signin.sign_out(desk, visit_of(request).secret)
    response = answers.redirect("/signin")
    cookies = request.state.cookies
    cookies.take(response, cookies.session)
    response.headers["clear-site-data"] = _CLEAR
    return response


def extend(request: Request) -> Response:
    """Count the idle time from now on; the absolute end stays."""
    with unit(request) as desk:
        signin.touch(desk.connection, visit_of(request).secret, desk.now)
        until = request.state.expires_at
    if answers.speaks_json(request):
        return answers.json({"expires_at": until})
    return answers.redirect(_field(request, "next") or "/")


def password(request: Request) -> Response:
    """Show the page for a new password, or set it: every other session of the person ends, and this one gets a new secret."""
    if request.method != "POST":
        with unit(request):
            return _password_page(request, "", {}, 200)
    old, new, again = (_field(request, name) for name in _NAMES.values())
    try:
        with unit(request) as desk:
            secret = people.change_password(desk, visit_of(request).secret, new, old=old, again=again)
    except Invalid as error:
        with unit(request, write=False):
            return _password_page(request, error.message, {_NAMES[item.path[1:]]: item.message for item in error.errors}, 422)
    response = answers.redirect("/", flash=CHANGED)
    request.state.cookies.give(response, request.state.cookies.session, secret)
    return response


def _password_page(request: Request, error: str, errors: dict[str, str], status: int) -> Response:
    context = {"title": CHANGE, "error": error, "errors": errors, "forced": request.state.must_change, "next": "/"}
    return render(request, "password.html", context, status=status)
