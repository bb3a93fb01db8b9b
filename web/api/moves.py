"""What an edition does to what is open, and the moves of open cases to it: begun here, gone on with by the rounds of the servers, undone."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine.casework import impact as impacts
from engine.casework import moves
from engine.casework import replay as replays
from web import answers
from web.api import incoming
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_PAGE = 200


def migrate(request: Request) -> Response:
    """Move open cases to this edition: `dry_run` only tells what would come of it; otherwise a run is begun, which a worker goes on with."""
    known = {"dry_run": bool, "from": str, "mapping": dict}
    asked, digest = incoming.body(request, known, optional=frozenset(known)), request.path_params["digest"]
    given = {"origin": asked.get("from"), "mapping": asked.get("mapping")}
    if asked.get("dry_run"):
        with unit(request, write=False) as desk:  # it may take its time: nobody waits for it
            return answers.json(asdict(moves.plan(desk, digest, **given)))
    with unit(request) as desk:
        made = moves.run_of(desk, moves.begin(desk, digest, **given))
    return answers.json(_run(made), 202, headers={"Location": f"/api/moves/{made.id}"})


def impact(request: Request) -> Response:
    """Tell what this edition would do to everything that is open."""
    with unit(request) as desk:
        found = impacts.impact(desk, request.path_params["digest"])
    return answers.json(impacts.plain(found))


def try_impact(request: Request) -> Response:
    """Tell what this edition would do with a mapping of steps that are gone: nothing is changed or kept, a move is tried as often as one likes."""
    asked = incoming.body(request, {"mapping": dict})
    with unit(request, write=False) as desk:
        found = impacts.impact(desk, request.path_params["digest"], mapping=asked["mapping"])
    return answers.json(impacts.plain(found))


def replay(request: Request) -> Response:
    """Read last year's records by this edition: which it would refuse, and why."""
    with unit(request) as desk:
        found = replays.replay(desk, request.path_params["digest"])
    return answers.json({**asdict(found), "sentences": found.sentences})


def listing(request: Request) -> Response:
    """Give every move, the latest first."""
    with unit(request) as desk:
        return answers.json({"rows": [_run(each) for each in moves.runs(desk)]})


def cases(request: Request) -> Response:
    """Give the cases of a move with one outcome and its reason, some at a time: `next` goes into `after` of the next call, null at the end."""
    given = incoming.query(request, {"outcome": str, "after": str})
    with unit(request) as desk:
        found = moves.cases_of(desk, request.path_params["id"], given.get("outcome", ""), after=given.get("after", ""), most=_PAGE)
    rows = [row._asdict() for row in found]
    return answers.json({"rows": rows, "next": rows[-1]["case_id"] if len(rows) == _PAGE else None})


def run(request: Request) -> Response:
    """Tell how far a move is, and what came of it."""
    with unit(request, write=False) as desk:
        return answers.json(_run(moves.run_of(desk, request.path_params["id"])))


def undo(request: Request) -> Response:
    """Have a finished move undone, but for cases that went on since; a worker does it."""
    with unit(request) as desk:
        moves.undo(desk, request.path_params["id"])
        made = moves.run_of(desk, request.path_params["id"])
    return answers.json(_run(made), 202)


def _run(made: moves.Run) -> dict[str, Any]:
    return {**asdict(made), "done": made.done}
