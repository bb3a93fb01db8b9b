"""From when an edition is to be in force and what becomes of open cases then, as its author says; and the draft offered for approval, or thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import publishing, succession
from engine.errors import Invalid, Refused
from web import answers
from web.office import asked, edition, words
from web.office.coming import candidate, movepage
from web.unit import unit

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

HERE = edition.HERE
_PROPOSE, _DISCARD = "propose", "discard"


def save(request: Request) -> Response:
    """Keep the day and what becomes of open cases; with `intent=propose` offer the draft for approval too, with `intent=discard` throw it away."""
    digest, given = request.path_params["digest"], asked.posted(request, "intent", "from", "choice")
    if given["intent"] == _DISCARD:
        with unit(request) as desk:
            publishing.discard(desk, digest)
        return answers.redirect(HERE, flash=words.DISCARDED)
    mapping = movepage.sent(request.state.form)["mapping"] if given["choice"] == candidate.MAPPED else {}
    errors: dict[str, str] = {}
    day = asked.day(given, "from", errors)
    if day is None and not errors:
        errors["from"] = words.NO_DAY
    if given["choice"] not in words.CHOICES:
        errors["choice"] = words.NO_CHOICE
    if day is not None and not errors:
        errors = _kept(request, digest, day, given, mapping)
    if day is not None and not errors:
        told = words.PUBLISHED.format(day=day.isoformat()) if given["intent"] == _PROPOSE else words.SETTLED
        return answers.redirect(f"{HERE}/{digest}", flash=told)
    with unit(request, write=False) as desk:
        return edition.page(request, desk, {**given, "mapping": mapping, "errors": errors})


def _kept(request: Request, digest: str, day: date, given: dict[str, str], mapping: dict[str, dict[str, str]]) -> dict[str, str]:
    """Keep it; give what is wrong with it by field."""
    try:
        with unit(request) as desk:
            open_cases = succession.STAY if given["choice"] == succession.STAY else succession.MOVE
            steps = candidate.whole(desk, digest, mapping) if given["choice"] == candidate.MAPPED else mapping
            succession.change(desk, digest, since=day, open_cases=open_cases, mapping=steps)
            candidate.look(request, desk, digest)
            if given["intent"] == _PROPOSE:
                publishing.propose(desk, digest)
    except Invalid as wrong:
        return {"from" if each.path == "/from" else "choice": each.message for each in wrong.errors}
    except Refused as refused:
        return {"choice": refused.message}
    return {}
