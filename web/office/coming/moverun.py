"""Runs of moves: listed, watched on their way, told case by case, undone. The rounds do the work; these pages may be left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import moves, names
from web import answers, display
from web.office import editionpage, words
from web.office.sheet import sheet
from web.unit import unit
from web.visit import after_commit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.moves import Run

MOVES = "/moves"
_SHOWN = 200


def listing(request: Request) -> Response:
    """Show every run, the latest first."""
    with unit(request) as desk:
        titles, runs = editionpage.titles(desk), moves.runs(desk)
        known = names.of_people(desk, [run.started_by for run in runs])
        context = {"title": words.MOVES, "rows": [_row(run, titles, known) for run in runs]}
        return sheet(request, desk, "moves.html", context, here=editionpage.HERE, crumbs=((words.EDITIONS, editionpage.HERE), (words.MOVES, "")))


def show(request: Request) -> Response:
    """Show one run: how far it is, what came of it, why cases stay; `?outcome=` names the cases with one outcome."""
    with unit(request) as desk:
        run = moves.run_of(desk, request.path_params["id"])
        outcome, approves = request.query_params.get("outcome"), "edition.approve" in request.state.may
        cases: list[Any] = []
        if outcome in words.OUTCOMES and approves:
            cases = moves.cases_of(desk, run.id, outcome, after=request.query_params.get("after", ""), most=_SHOWN)
        row = _row(run, editionpage.titles(desk), names.of_people(desk, [run.started_by, run.undone_by or ""]))
        at = f"{MOVES}/{run.id}"
        context = {
            "title": words.MOVING, "row": row, "at": at, "why": [{"sentence": each.sentence, "count": f"{each.count:,}"} for each in run.why], "approves": approves,
            "outcomes": [(key, word, f"{run.counts[key]:,}", f"{at}?outcome={key}#cases", key == outcome) for key, word in words.OUTCOMES.items() if run.counts.get(key)],
            "cases": [{"id": each.case_id, "number": each.number or each.case_id, "reason": each.reason, "at": display.minute(each.at)} for each in cases],
            "outcome": words.OUTCOMES.get(outcome or "", "") if outcome is not None else "", "undoes": approves and run.state in (moves.MOVING, moves.MOVED),
            "more": f"{at}?outcome={outcome}&after={cases[-1].case_id}#cases" if len(cases) == _SHOWN else "",
        }
        crumbs = ((words.EDITIONS, editionpage.HERE), (words.MOVES, MOVES), (row["title"], ""))
        return sheet(request, desk, "move_run.html", context, here=editionpage.HERE, crumbs=crumbs)


def undo(request: Request) -> Response:
    """Have a run undone, case by case."""
    with unit(request) as desk:
        moves.undo(desk, request.path_params["id"])
        after_commit(request, request.app.state.wake)
    return answers.redirect(f"{MOVES}/{request.path_params['id']}", flash=words.UNDO_BEGUN)


def _row(run: Run, titles: Mapping[str, str], known: Mapping[str, str]) -> dict[str, Any]:
    look, text = words.RUN_STATES[run.state]
    begun = display.minute(run.started_at)
    return {
        "href": f"{MOVES}/{run.id}", "title": f"{titles.get(run.to_edition, run.to_edition)} · {begun}", "to": titles.get(run.to_edition, run.to_edition),
        "origin": titles.get(run.from_edition or "", words.FROM_ALL), "look": look, "text": text, "done": run.done, "total": run.total,
        "figures": f"{run.done:,} / {run.total:,}", "by": known.get(run.started_by, run.started_by) or words.BY_ITSELF, "begun": begun, "ended": display.minute(run.ended_at),
        "undone_by": known.get(run.undone_by or "", run.undone_by or ""), "busy": run.state in (moves.MOVING, moves.UNDOING),
    }
