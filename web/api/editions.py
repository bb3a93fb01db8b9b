"""Editions: list them, check one, store one (a zip of the two folders), publish, approve or withdraw it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from engine.casework import publishing, studies, succession
from engine.errors import FieldError, Finding, Invalid, NotFound, SpecError
from engine.spec.difference import difference
from engine.spec.sound import sound
from web import answers
from web.api import bundles, incoming
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk


def listing(request: Request) -> Response:
    """Give every edition, the latest day first."""
    with unit(request) as desk:
        rows = publishing.editions(desk)
    return answers.json({"rows": [_row(row) for row in rows]})


def store(request: Request) -> Response:
    """Store an edition and publish it, or, with `draft=true`, keep it to be looked at first; a broken one is refused whole, with every finding."""
    given = incoming.query(request, {"from": str, "draft": str})
    first_day = _day(given["from"]) if "from" in given else None
    if given.get("draft", "true") != "true":
        raise Invalid([FieldError("/draft", "enum", "초안으로 두려면 true라고 적고, 아니면 적지 마세요.")])
    files = bundles.files_of(request)
    with unit(request, write=False):
        made = sound(files)  # the slow part, outside the writing transaction
    with unit(request) as desk:
        digest = publishing.publish(desk, made, first_day, draft="draft" in given)
        _play(request, desk, digest)
    return answers.json({"digest": digest}, 201, headers={"Location": f"/api/editions/{digest}"})


def publish(request: Request) -> Response:
    """Offer a stored edition for approval, with the terms given, if any; one that waits for its approval already goes on waiting."""
    with unit(request) as desk:
        digest = _settled(request, desk)
        if _standing(desk, digest).state != "waiting":
            publishing.propose(desk, digest)
            _play(request, desk, digest)
        return answers.json(_row(_standing(desk, digest)))


def check(request: Request) -> Response:
    """Give every finding in the folders sent, storing nothing."""
    files = bundles.files_of(request)
    with unit(request, write=False):
        return _checked(files)


def check_stored(request: Request) -> Response:
    """Give every finding in a stored edition: the checks of today may see more than those of its day."""
    with unit(request, write=False) as desk:
        files = desk.edition(request.path_params["digest"]).files
        return _checked(files)


def differ(request: Request) -> Response:
    """Give what changed from one stored edition to another."""
    with unit(request) as desk:
        old, new = desk.edition(request.path_params["a"]), desk.edition(request.path_params["b"])
    found = [
        {"path": one.path, "where": one.where, "kind": one.kind, "sentence": one.sentence, "before": one.before, "after": one.after} for one in difference(old, new)
    ]
    return answers.json({"old": old.digest, "new": new.digest, "changes": found})


def propose(request: Request) -> Response:
    """Say anew from when an edition that waits for its approval is to be in force, and what becomes of open cases then."""
    with unit(request) as desk:
        return answers.json(_row(_standing(desk, _settled(request, desk))))


def approve(request: Request) -> Response:
    """Let an edition take force on its day, on the `terms` seen, where they are given; the person who published it may not."""
    known, digest = {"terms": str}, request.path_params["digest"]
    asked = incoming.body(request, known, optional=frozenset(known)) if request.state.body else {}
    with unit(request) as desk:
        publishing.approve(desk, digest, asked.get("terms"))
    return answers.json({"digest": digest})


def withdraw(request: Request) -> Response:
    """Take an edition back; what began under it stays on it."""
    digest, asked = request.path_params["digest"], incoming.body(request, {"reason": str})
    with unit(request) as desk:
        publishing.withdraw(desk, digest, asked["reason"])
    return answers.json({"digest": digest})


def _settled(request: Request, desk: Desk) -> str:
    """Take over the terms that were sent, where some were; give the digest they are for."""
    known = {"from": str, "open_cases": str, "mapping": dict}
    asked = incoming.body(request, known, optional=frozenset(known)) if request.state.body else {}
    digest: str = request.path_params["digest"]
    since = _day(asked["from"]) if "from" in asked else None
    if asked:
        succession.change(desk, digest, since=since, open_cases=asked.get("open_cases"), mapping=asked.get("mapping"))
    return digest


def _standing(desk: Desk, digest: str) -> publishing.Published:
    found = next((each for each in publishing.editions(desk) if each.digest == digest), None)
    if found is None:
        raise NotFound("그런 판이 없습니다.")
    return found


def _play(request: Request, desk: Desk, digest: str) -> None:
    """Have its scenarios played beside the requests: whoever approves it is held to what comes of them."""
    if "edition.read" in request.state.may:
        studies.ask(desk, digest, studies.SCENARIOS)


def _checked(files: Mapping[str, bytes]) -> Response:
    digest: str | None = None
    found: Sequence[Finding] = ()
    try:
        digest = sound(files).edition.digest
    except SpecError as broken:
        found = broken.findings
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
        "open_cases": row.open_cases,
        "mapping": row.mapping,
        "terms": row.terms,
        "chosen_by": row.chosen_by,
        "move": row.run_id,
        "in_force": row.state == "in force",
    }
