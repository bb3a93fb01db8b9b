"""접속기록: who saw or did what to whose data, when, from where and why. Looking at it is one of its records."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from engine.casework import access, names
from engine.casework.permits import demand
from engine.store.types import KST
from web import display
from web.office import asked, words
from web.office.sheet import sheet
from web.unit import unit

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.access import AccessRow
    from engine.casework.desk import Desk

HERE = "/access"
DAYS = 30  # looked at when nothing else is asked
FIELDS = ("from", "to", "login", "number")
_ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def listing(request: Request) -> Response:
    """Show records, newest first: `?from=` and `?to=` (days), `?login=`, `?number=` (of a case), `?page=`; the last month when no period is named."""
    given, page, errors = asked.queried(request, *FIELDS), asked.page(request), dict[str, str]()
    with unit(request) as desk:
        if "from" not in request.query_params:
            given["from"] = display.day(desk.today - timedelta(days=DAYS))
        begin, end = asked.day(given, "from", errors), asked.day(given, "to", errors)
        found = access.AccessPage(0, ())
        if not errors:
            until = _midnight(end + timedelta(days=1)) if end else None
            found = access.log(
                desk, login=given["login"], number=given["number"], since=_midnight(begin) if begin else None, until=until, page=page, size=asked.SIZE
            )
            access.record(desk, "access.view", target=_target(given))
        wide = demand(desk, "access.read") == "all"
        context = {
            "title": words.ACCESS, "given": given, "errors": errors, "wide": wide, "institution": desk.actor.institution_name, "rows": _rows(desk, found.rows),
            "pager": asked.pager(page, found.total, lambda number: f"{HERE}?{urlencode({**given, 'page': number})}"), "reset": HERE,
        }
        return sheet(request, desk, "access.html", context, here=HERE, wrong=bool(errors))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), KST)


def _target(given: dict[str, str]) -> str:
    """Say what was looked for: period, whose doings, which case."""
    return "access " + " ".join(f"{name}={value}" for name, value in given.items() if value)


def _rows(desk: Desk, rows: tuple[AccessRow, ...]) -> list[dict[str, Any]]:
    people = names.of_people(desk, (row.login for row in rows))
    places = names.of_institutions(desk, (row.institution_id for row in rows))
    numbers = names.of_cases(desk, (row.subject for row in rows))
    return [
        {
            "at": display.minute(row.at), "name": people.get(row.login, "") or (words.NOBODY if not row.login else ""), "login": row.login,
            "place": places.get(row.institution_id, ""), "address": row.address, "whose": numbers.get(row.subject) or _short(row.subject),
            "act": _act(desk, row.act), "look": "error" if row.act.startswith("refused.") else "", "target": _what(desk, row.target), "reason": row.reason,
        }
        for row in rows
    ]


def _act(desk: Desk, act: str) -> str:
    return words.REFUSED_ACT if act.startswith("refused.") else words.ACTS.get(act, act).format(case=desk.edition().case.title)


def _what(desk: Desk, target: str) -> str:
    """Say what it was: the kind as a word, list screens and processes by their title, ids by their end."""
    kind, _, rest = target.partition(" ")
    edition = desk.edition()
    if kind == "view" and rest in edition.views:
        return edition.views[rest].title
    if target in edition.processes:
        return edition.processes[target].title
    shown = _DIGEST.sub(lambda found: found[0][:12], _ID.sub(lambda found: _short(found[0]), rest))
    return f"{words.KINDS[kind].format(case=edition.case.title)} {shown}" if kind in words.KINDS else f"{kind} {shown}".strip()


def _short(ident: str) -> str:
    return words.SHORT_ID.format(end=ident[-6:]) if ident else ""
