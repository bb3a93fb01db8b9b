"""One person: see, give a role, take one, set a new one-time password, stop and let work again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import people as verbs
from engine.casework import roster
from engine.errors import NotFound, Refused
from web import answers
from web.office import asked, personpage, words
from web.office.sheet import ask
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.roster import Entry


def show(request: Request) -> Response:
    """Show one person."""
    with unit(request) as desk:
        return personpage.shown(request, desk, _whom(request, desk))


def grant(request: Request) -> Response:
    """Give a role; what is wrong, or why it cannot be, is told beside the field with everything typed still there."""
    given, errors = asked.posted(request, *personpage.FIELDS), {}
    if not given["role"]:
        errors["role"] = words.PICK_ROLE
    begin, end = asked.day(given, "from_day", errors), asked.day(given, "until_day", errors)
    if not given["reason"]:
        errors["reason"] = words.SAY_WHY
    if not errors:
        try:
            with unit(request) as desk:
                one = _whom(request, desk)
                verbs.grant(desk, one.login, given["role"], reason=given["reason"], from_day=begin, until_day=end)
                flash = words.GRANTED.format(role=personpage.title_of(desk, given["role"]))
            return answers.redirect(_at(one), flash=flash)
        except Refused as refused:
            errors[refused.at[1:]] = refused.message
    with unit(request, write=False) as desk:
        return personpage.shown(request, desk, _whom(request, desk), given, {name: errors[name] for name in (*personpage.FIELDS, "") if name in errors})


def revoke(request: Request) -> Response:
    """Ask why, then take a role from now on."""
    posting = request.method == "POST"
    given = asked.posted(request, "role", "reason") if posting else {**asked.queried(request, "role"), "reason": ""}
    error = ""
    if posting:
        try:
            with unit(request) as desk:
                one = _whom(request, desk)
                verbs.revoke(desk, one.login, given["role"], reason=given["reason"])
                flash = words.REVOKED.format(role=personpage.title_of(desk, given["role"]))
            return answers.redirect(_at(one), flash=flash)
        except Refused as refused:
            error = refused.message
    with unit(request, write=False) as desk:
        one = _whom(request, desk)
        if given["role"] not in {held.role for held in one.grants}:
            raise NotFound
        role = personpage.title_of(desk, given["role"])
        told = {"title": words.REVOKE_TITLE.format(role=role), "label": words.REVOKE_LABEL, "button": words.REVOKE_BUTTON, "warn": words.REVOKE_WARN}
        return _ask(request, desk, one, "revoke", told, given, error)


def disable(request: Request) -> Response:
    """Ask why, then stop somebody from working here at once."""
    posting, error = request.method == "POST", ""
    given = asked.posted(request, "reason") if posting else {"reason": ""}
    if posting:
        try:
            with unit(request) as desk:
                one = _whom(request, desk)
                verbs.disable_person(desk, one.login, reason=given["reason"])
            return answers.redirect(_at(one), flash=words.DISABLED_NOW.format(name=one.name))
        except Refused as refused:
            error = refused.message
    told = {"title": words.DISABLE_TITLE, "label": words.DISABLE_LABEL, "button": words.DISABLE_BUTTON, "warn": words.DISABLE_WARN}
    with unit(request, write=False) as desk:
        return _ask(request, desk, _whom(request, desk), "disable", told, given, error)


def reset(request: Request) -> Response:
    """Set a new one-time password, and show it once."""
    with unit(request) as desk:
        one = _whom(request, desk)
        if one.disabled_at is not None:
            raise Refused(f"{one.name} 님은 사용이 중지된 사람입니다.")
        secret = verbs.reset_password(desk, one.login)
        return personpage.one_time(request, desk, roster.entry(desk, one.id), secret, words.RENEWED)


def enable(request: Request) -> Response:
    """Let somebody work here again, and show a one-time password, once."""
    with unit(request) as desk:
        one = _whom(request, desk)
        secret = verbs.enable_person(desk, one.login)
        return personpage.one_time(request, desk, roster.entry(desk, one.id), secret, words.ENABLED)


def _whom(request: Request, desk: Desk) -> Entry:
    return roster.entry(desk, request.path_params["id"])


def _at(one: Entry) -> str:
    return f"{personpage.HERE}/{one.id}"


def _ask(request: Request, desk: Desk, one: Entry, deed: str, told: dict[str, str], given: dict[str, str], error: str) -> Response:
    back = _at(one)
    told = {**told, "note": f"{one.name} · {one.institution_name}"}
    crumbs = ((words.PEOPLE, personpage.HERE), (one.name, back), (told["title"], ""))
    hidden = {"role": given["role"]} if "role" in given else {}
    return ask(
        request, desk, told, here=personpage.HERE, back=back, crumbs=crumbs, action=f"{back}/{deed}", reason=given["reason"], error=error, hidden=hidden
    )
