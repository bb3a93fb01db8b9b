"""Editions: list them, check one, publish one (a zip of the two folders), approve or withdraw it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.casework import impact as impacts
from engine.casework import moves, publishing
from engine.casework import replay as replays
from engine.errors import FieldError, Finding, Invalid, SpecError
from engine.spec.check import check as findings_of
from engine.spec.difference import difference
from engine.spec.edition import Edition
from web import answers
from web.api import bundles, incoming
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response


def listing(request: Request) -> Response:
    """Give every edition, the latest day first."""
    with unit(request) as desk:
        rows = publishing.editions(desk)
    return answers.json({"rows": [_row(row) for row in rows]})


def publish(request: Request) -> Response:
    """Store an edition for a second person to approve; a broken one is refused whole, with every finding."""
    given = incoming.query(request, {"from": str})
    first_day = _day(given["from"]) if "from" in given else None
    files = bundles.files_of(request)
    with unit(request, write=False):
        found = findings_of(files)  # the slow part, outside the writing transaction
    if found:
        raise SpecError(found)
    with unit(request) as desk:
        digest = publishing.publish(desk, files, first_day)
    return answers.json({"digest": digest}, 201, headers={"Location": f"/api/editions/{digest}"})


def check(request: Request) -> Response:
    """Give every finding in the folders sent, storing nothing."""
    files = bundles.files_of(request)
    with unit(request, write=False):
        return _checked(files, findings_of(files))


def check_stored(request: Request) -> Response:
    """Give every finding in a stored edition: the checks of today may see more than those of its day."""
    with unit(request, write=False) as desk:
        files = desk.edition(request.path_params["digest"]).files
        return _checked(files, findings_of(files))


def differ(request: Request) -> Response:
    """Give what changed from one stored edition to another."""
    with unit(request) as desk:
        old, new = desk.edition(request.path_params["a"]), desk.edition(request.path_params["b"])
    found = [
        {"path": one.path, "where": one.where, "kind": one.kind, "sentence": one.sentence, "before": one.before, "after": one.after} for one in difference(old, new)
    ]
    return answers.json({"old": old.digest, "new": new.digest, "changes": found})


def approve(request: Request) -> Response:
    """Let an edition take force on its day; the person who published it may not."""
    digest = request.path_params["digest"]
    with unit(request) as desk:
        publishing.approve(desk, digest)
    return answers.json({"digest": digest})


def withdraw(request: Request) -> Response:
    """Take an edition back; what began under it stays on it."""
    digest, asked = request.path_params["digest"], incoming.body(request, {"reason": str})
    with unit(request) as desk:
        publishing.withdraw(desk, digest, asked["reason"])
    return answers.json({"digest": digest})


def migrate(request: Request) -> Response:
    """Move open cases to this edition: `dry_run` only tells what would come of it; otherwise a run is begun, which a worker goes on with."""
    known = {"dry_run": bool, "from": str, "mapping": dict}
    asked, digest = incoming.body(request, known, optional=frozenset(known)), request.path_params["digest"]
    given = {"origin": asked.get("from"), "mapping": asked.get("mapping")}
    if asked.get("dry_run"):
        with unit(request) as desk:
            return answers.json(asdict(moves.plan(desk, digest, **given)))
    with unit(request) as desk:
        made = moves.run_of(desk, moves.begin(desk, digest, **given))
    return answers.json(_run(made), 202, headers={"Location": f"/api/moves/{made.id}"})


def impact(request: Request) -> Response:
    """Tell what this edition would do to everything that is open."""
    with unit(request) as desk:
        found = impacts.impact(desk, request.path_params["digest"])
    return answers.json({**asdict(found), "sentences": found.sentences, "statistics": [{**asdict(each), "comparable": each.comparable} for each in found.statistics]})


def replay(request: Request) -> Response:
    """Read last year's records by this edition: which it would refuse, and why."""
    with unit(request) as desk:
        found = replays.replay(desk, request.path_params["digest"])
    return answers.json({**asdict(found), "sentences": found.sentences})


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


def _checked(files: Mapping[str, bytes], found: Sequence[Finding]) -> Response:
    digest = None if found else Edition.from_files(files).digest
    listed = [{"path": each.path, "line": each.line, "id": each.id, "message": each.message} for each in found]
    return answers.json({"digest": digest, "findings": listed})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid([FieldError("/from", "format", "날짜는 2024-01-01처럼 적으세요.")]) from error


def _row(row: publishing.Published) -> dict[str, Any]:
    return {
        "digest": row.digest,
        "name": row.name,
        "title": row.title,
        "from": row.in_force_from,
        "published_by": row.published_by,
        "published_at": row.published_at,
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
        "withdrawn_at": row.withdrawn_at,
        "state": row.state,
        "in_force": row.state == "in force",
    }
