"""One edition: what it contains, a second person's approval, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import publishing
from engine.errors import Invalid, NotFound, Refused, SpecError
from web import answers, display
from web.office import asked, editionpage, words
from web.office.coming import candidate
from web.office.sheet import ask, sheet
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.publishing import Published

HERE = editionpage.HERE


def show(request: Request) -> Response:
    """Show one edition; `?picture=` opens the drawing of one of its processes."""
    with unit(request) as desk:
        return page(request, desk)


def page(request: Request, desk: Desk, typed: Mapping[str, Any] | None = None) -> Response:
    """Show one edition, and of one on its way into force all that was found out; `typed` is what was sent of its day and open cases, with `errors`."""
    one, may = _which(request, desk), request.state.may
    found, held, coming = [], None, None
    try:
        held = editionpage.contents(desk.edition(one.digest), request.query_params.get("picture", ""))
        coming = candidate.shown(request, desk, one, typed)
    except SpecError as broken:  # published before a rule that it breaks
        found = editionpage.findings(broken.findings)
    barred = desk.actor.login in (one.published_by, one.chosen_by) or bool(coming and coming["stops"])
    context = {
        "title": one.title, "of": editionpage.rows(desk, [one])[0], "held": held, "found": found, "coming": coming,
        "approves": "edition.approve" in may and one.state == "waiting" and not barred, "at": f"{HERE}/{one.digest}",
        "moves": "edition.approve" in may and one.state in ("in force", "approved"), "withdraws": "edition.approve" in may and one.state not in ("withdrawn", "draft"),
    }
    wrong = typed is not None and bool(typed["errors"])
    return sheet(request, desk, "edition.html", context, here=HERE, crumbs=((words.EDITIONS, HERE), (one.title, "")), wrong=wrong)


def process(request: Request) -> Response:
    """Give the drawing of a process: `{xml, done: [], now: []}`, as the page of a case takes it."""
    with unit(request) as desk:
        one = _which(request, desk)
        drawn = desk.edition(one.digest).processes.get(request.path_params["process"])
        if drawn is None:
            raise NotFound
        return answers.json({"xml": drawn.xml.decode(), "done": [], "now": []})


def approve(request: Request) -> Response:
    """Let the edition take force on its day, on the terms the page showed; the person who published it may not."""
    seen = asked.posted(request, "terms")["terms"]
    with unit(request) as desk:
        one = _which(request, desk)
        publishing.approve(desk, one.digest, seen or None)
    return answers.redirect(f"{HERE}/{one.digest}", flash=words.APPROVED.format(day=display.day(one.in_force_from)))


def withdraw(request: Request) -> Response:
    """Ask why, then take the edition back."""
    given, error = asked.posted(request, "reason"), ""
    if request.method == "POST":
        try:
            with unit(request) as desk:
                one = _which(request, desk)
                publishing.withdraw(desk, one.digest, given["reason"])
            return answers.redirect(f"{HERE}/{one.digest}", flash=words.WITHDRAWN)
        except Invalid as wrong:
            error = wrong.errors[0].message
        except Refused as refused:
            error = refused.message
    with unit(request, write=False) as desk:
        one = _which(request, desk)
        back = f"{HERE}/{one.digest}"
        told = {
            "title": words.WITHDRAW_TITLE, "label": words.WITHDRAW_LABEL, "button": words.WITHDRAW_BUTTON, "warn": words.WITHDRAW_WARN, "note": one.title,
        }
        crumbs = ((words.EDITIONS, HERE), (one.title, back), (words.WITHDRAW_TITLE, ""))
        return ask(request, desk, told, here=HERE, back=back, crumbs=crumbs, action=f"{back}/withdraw", reason=given["reason"], error=error)


def _which(request: Request, desk: Desk) -> Published:
    found = next((one for one in publishing.editions(desk) if one.digest == request.path_params["digest"]), None)
    if found is None:
        raise NotFound
    return found
