"""The page of one person: what they hold, what may be given, what happened; and the page that shows a one-time password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import grants, names
from engine.casework.people import ONE_TIME_LIFE
from web import display
from web.office import words
from web.office.sheet import sheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.grants import Grant, GrantEvent
    from engine.casework.roster import Entry

HERE = "/people"
FIELDS = ("role", "from_day", "until_day", "reason")


def shown(request: Request, desk: Desk, one: Entry, given: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> Response:
    """Answer with the page; `given` is what was typed to give a role, `errors` what is wrong with it by field ("" for the whole)."""
    own = one.login == desk.actor.login
    look, word = standing(desk, one)
    wrong = dict(errors or {})
    context = {
        "title": one.name, "who": one, "look": look, "word": word, "own": words.OWN if own else "",
        "code": desk.edition().roles.codes.get(one.institution_kind, ""), "at": f"{HERE}/{one.id}", "roles": _roles(desk, one, own=own), "givable": [] if own or one.disabled_at else givable(desk, one),
        "events": _events(desk, one), "given": given or {**dict.fromkeys(FIELDS, ""), "from_day": display.day(desk.today)}, "errors": wrong,
        "refused": wrong.pop("", ""), "since": display.day(one.disabled_at), "until": display.minute(one.password_until),
    }
    return sheet(request, desk, "person.html", context, here=HERE, crumbs=((words.PEOPLE, HERE), (one.name, "")), wrong=bool(errors))


def one_time(request: Request, desk: Desk, one: Entry, secret: str, sentence: str) -> Response:
    """Answer with a one-time password. It is in this answer only: not in a redirect, a cookie or a log."""
    context = {
        "title": sentence.format(name=one.name), "who": one, "secret": secret, "days": ONE_TIME_LIFE.days, "back": f"{HERE}/{one.id}", "bare": not one.held(desk.today),
    }
    return sheet(request, desk, "onetime.html", context, here=HERE, crumbs=((words.PEOPLE, HERE), (one.name, f"{HERE}/{one.id}")))


def standing(desk: Desk, one: Entry) -> tuple[str, str]:
    """Say how somebody stands, as the look of a state and its word."""
    if one.disabled_at is not None:
        return "none", words.DISABLED
    if not one.held(desk.today):
        return "warn", words.NO_ROLE
    if one.password_until is not None:
        return ("draft", words.FIRST_DUE) if one.password_until > desk.now else ("warn", words.FIRST_LATE)
    return "done", words.ACTIVE


def title_of(desk: Desk, role_id: str) -> str:
    """Give the title of a role, or its id where the edition in force has it no more."""
    role = desk.edition().roles.roles.get(role_id)
    return role.title if role else role_id


def givable(desk: Desk, one: Entry) -> list[tuple[str, str]]:
    """Give id and title of each role the actor may give to this person."""
    return [(role.id, role.title) for role in grants.grantable(desk, one.institution_kind)]


def _roles(desk: Desk, one: Entry, *, own: bool) -> list[dict[str, Any]]:
    order = {"done": 0, "due": 1, "none": 2}
    known, may = desk.edition().roles.roles, {ident for ident, _ in givable(desk, one)}
    rows = []
    for held in one.grants:
        look, text = _state(held, desk.today)
        free = not own and look != "none" and (held.role in may or held.role not in known)
        rows.append({
            "title": title_of(desk, held.role), **_sort(desk, held.role), "period": period(held.from_day, held.until_day), "look": look, "text": text,
            "revoke": f"{HERE}/{one.id}/revoke?role={held.role}" if free else "",
        })  # fmt: skip
    return sorted(rows, key=lambda row: order[row["look"]])


def _sort(desk: Desk, role_id: str) -> dict[str, str]:
    role = desk.edition().roles.roles.get(role_id)
    return {"sort": role.sort if role else "", "personal": words.YES if role and role.personal else words.NO}


def _state(held: Grant, today: date) -> tuple[str, str]:
    if held.holds(today):
        return "done", words.NOW
    return ("due", words.FROM.format(day=display.day(held.from_day))) if held.from_day > today else ("none", words.OVER)


def period(begin: date, end: date | None) -> str:
    """Show a period of days; one without an end goes on."""
    return words.PERIOD.format(begin=display.day(begin), end=display.day(end) or words.OPEN_END)


def _events(desk: Desk, one: Entry) -> list[dict[str, str]]:
    past = grants.past(desk, one.login)
    known = names.of_people(desk, [event.approved_by for event in past] + [event.requested_by for event in past])
    return [_event(desk, event, known) for event in reversed(past)]


def _event(desk: Desk, event: GrantEvent, known: Mapping[str, str]) -> dict[str, str]:
    by = known.get(event.approved_by, event.approved_by) or words.NOBODY
    asked = known.get(event.requested_by, event.requested_by)
    return {
        "at": display.minute(event.at), "what": words.GIVEN if event.kind == "grant" else words.TAKEN, "look": "done" if event.kind == "grant" else "none",
        "role": title_of(desk, event.role), "period": period(event.from_day, event.until_day), "by": by, "asked": asked if asked and asked != by else "",
        "reason": event.reason,
    }
