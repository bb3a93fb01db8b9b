"""Moving open cases to an edition: where steps that are gone go on, the move tried first, then begun. The rounds do the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import moves, studies
from engine.errors import Invalid, Refused
from web import answers
from web.office import editionpage, words
from web.office.coming import movepage
from web.office.sheet import sheet
from web.unit import unit
from web.visit import after_commit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk

HERE, MOVES = editionpage.HERE, "/moves"


def plan(request: Request) -> Response:
    """Show where steps that are gone go on, and what came of trying the move."""
    with unit(request) as desk:
        return _page(request, desk)


def submit(request: Request) -> Response:
    """Try the move with what was chosen; or, with `intent=begin`, begin the one that was tried."""
    sent = movepage.sent(request.state.form)
    digest, refused = request.path_params["digest"], ""
    try:
        with unit(request) as desk:
            if sent["intent"] != "begin":
                studies.ask(desk, digest, studies.PLAN, {"mapping": sent["mapping"], "origin": sent["origin"] or None})
                after_commit(request, request.app.state.wake)
                return answers.redirect(f"{HERE}/{digest}/move", flash=words.PLANNED)
            tried = studies.latest(desk, digest).get(studies.PLAN)
            if tried is None or tried.result is None:
                raise Refused(words.NO_PLAN)
            if tried.id != sent["tried"]:  # in another window, with other answers: what would begin is not what was shown
                raise Refused(words.TRIED_SINCE)
            run = moves.begin(desk, digest, origin=tried.given.get("origin"), mapping=tried.given.get("mapping"))
            after_commit(request, request.app.state.wake)
        return answers.redirect(f"{MOVES}/{run}", flash=words.BEGUN)
    except (Refused, Invalid) as error:
        refused = " ".join(one.message for one in error.errors) if isinstance(error, Invalid) else error.message
    with unit(request, write=False) as desk:
        return _page(request, desk, refused)


def _page(request: Request, desk: Desk, refused: str = "") -> Response:
    one = editionpage.which(desk, request.path_params["digest"])
    new, tried = desk.edition(one.digest), studies.latest(desk, one.digest).get(studies.PLAN)
    standing = moves.standing(desk, one.digest)
    given: Mapping[str, Any] = tried.given if tried is not None else {}
    context = {
        "title": words.MOVING, "of": one.title, "at": f"{HERE}/{one.digest}/move", "refused": refused, "steps": movepage.steps(standing, new, given.get("mapping") or {}),
        "renamed_processes": movepage.renamed(standing, new, given.get("mapping") or {}),
        "origins": [("", words.FROM_ALL, not given.get("origin")), *((each.digest, each.title, each.digest == given.get("origin")) for each in standing)],
        "early": words.NOT_YET.format(day=one.in_force_from.isoformat()) if one.in_force_from > desk.today else "", "nothing": not standing, "study": editionpage.study(tried), "plan": movepage.outcome(tried),
    }
    return sheet(request, desk, "move_plan.html", context, here=HERE, crumbs=editionpage.crumbs(one, words.MOVING), wrong=bool(refused))
