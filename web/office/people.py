"""사용자·권한: everyone the person manages, filtered by the address; and the page to add somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from engine.casework import people as verbs
from engine.casework import roster
from engine.casework.permits import demand
from engine.errors import Invalid
from web import display
from web.office import asked, personpage, words
from web.office.sheet import sheet
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.roster import Entry

HERE = "/people"
SOON = 30  # days before the end of a role is worth telling
_SHOWN = {"active": words.ACTIVE, "none": words.NO_ROLE, "ending": words.ENDING, "off": words.DISABLED}


def listing(request: Request) -> Response:
    """Show the people: `?show=` (one of four kinds), `?place=` (an institution), `?q=` (part of a name or login), `?page=`."""
    given, page = asked.queried(request, "show", "place", "q"), asked.page(request)
    with unit(request) as desk:
        everyone = roster.roster(desk)
        wide = demand(desk, "person.manage") == "all"
        within = [one for one in everyone if _matches(one, given)]
        found = [one for one in within if sorted_out(desk, one, given["show"])]
        size, numbers = asked.SIZE, verbs.numbers(desk)
        context = {
            "title": words.PEOPLE, "given": given, "wide": wide, "places": _places(everyone) if wide else [], "institution": desk.actor.institution_name,
            "place": _place(desk, everyone, numbers) if everyone and not wide else {}, "kinds": _kinds(desk, within, given), "filtered": bool(given["q"] or given["place"]),
            "rows": [_row(desk, one, numbers) for one in found[(page - 1) * size : page * size]],
            "pager": asked.pager(page, len(found), lambda number: _href(given, page=number)),
        }
        return sheet(request, desk, "people.html", context, here=HERE)


def sorted_out(desk: Desk, one: Entry, kind: str) -> bool:
    """Tell whether somebody is of a kind: "active", "none" (no role today), "ending" (a role ends soon), "off" (disabled); any other word is everyone."""
    held = one.held(desk.today)
    if kind == "off":
        return one.disabled_at is not None
    if kind == "active":
        return one.disabled_at is None
    if kind == "none":
        return one.disabled_at is None and not held
    if kind == "ending":
        return one.disabled_at is None and any(role.until_day and role.until_day <= desk.today + timedelta(days=SOON) for role in held)
    return True


def add(request: Request) -> Response:
    """Show the form for a new person, or add one and show the one-time password, once."""
    given = asked.posted(request, "name", "login", "place", "phone", "email") if request.method == "POST" else {}
    if not given:
        with unit(request) as desk:
            return _form(request, desk, dict.fromkeys(("name", "login", "place", "phone", "email"), ""), {})
    try:
        with unit(request) as desk:
            place = given["place"] if demand(desk, "person.manage") == "all" else desk.actor.institution_id
            if not place:
                raise Invalid(verbs.wrong_with(desk, given["login"], given["name"], phone=given["phone"], email=given["email"]))
            made, secret = verbs.add_person(desk, given["login"], given["name"], place, phone=given["phone"], email=given["email"])
            return personpage.one_time(request, desk, roster.entry(desk, made), secret, words.ADDED)
    except Invalid as wrong:
        errors = {item.path[1:]: item.message for item in wrong.errors}
    with unit(request, write=False) as desk:
        if demand(desk, "person.manage") == "all" and not given["place"]:
            errors["place"] = words.PICK_PLACE
        return _form(request, desk, given, errors)


def _form(request: Request, desk: Desk, given: dict[str, str], errors: dict[str, str]) -> Response:
    wide = demand(desk, "person.manage") == "all"
    places = [(one.id, one.name) for one in verbs.institutions(desk) if one.closed_at is None] if wide else []
    order = [name for name in ("name", "login", "place", "phone", "email") if name in errors]
    context = {
        "title": words.NEW_PERSON, "given": given, "errors": {name: errors[name] for name in order},
        "wide": wide, "places": places, "institution": desk.actor.institution_name, "days": verbs.ONE_TIME_LIFE.days,
    }
    return sheet(request, desk, "person_new.html", context, here=HERE, crumbs=((words.PEOPLE, HERE), (words.NEW_PERSON, "")), wrong=bool(errors))


def _matches(one: Entry, given: dict[str, str]) -> bool:
    wanted = given["q"].casefold()
    return (not given["place"] or one.institution_id == given["place"]) and (not wanted or wanted in one.name.casefold() or wanted in one.login)


def _kinds(desk: Desk, within: Sequence[Entry], given: dict[str, str]) -> list[dict[str, Any]]:
    kinds = [{"title": words.ALL, "count": len(within), "href": _href(given, show=""), "on": given["show"] not in _SHOWN}]
    for kind, title in _SHOWN.items():
        count = sum(sorted_out(desk, one, kind) for one in within)
        kinds.append({"title": title, "count": count, "href": _href(given, show=kind), "on": given["show"] == kind})
    return kinds


def _places(everyone: Sequence[Entry]) -> list[tuple[str, str]]:
    return list({one.institution_id: one.institution_name for one in everyone}.items())


def _place(desk: Desk, everyone: Sequence[Entry], numbers: dict[str, str]) -> dict[str, str]:
    own = next((one for one in everyone if one.institution_id == desk.actor.institution_id), everyone[0])
    return {"id": numbers[own.institution_id], "kind": own.institution_kind, "code": desk.edition().roles.codes.get(own.institution_kind, ""), "region": own.region}


def _href(given: dict[str, str], *, page: int = 1, **changed: str) -> str:
    pairs = [(name, value) for name, value in {**given, **changed}.items() if value]
    query = urlencode([*pairs, *([("page", str(page))] if page > 1 else [])])
    return f"{HERE}?{query}" if query else HERE


def _row(desk: Desk, one: Entry, numbers: dict[str, str]) -> dict[str, Any]:
    titles = desk.edition().roles.roles
    held = [(titles[role.role].title if role.role in titles else role.role, display.day(role.until_day)) for role in one.held(desk.today)]
    look, text = personpage.standing(desk, one)
    return {
        "href": f"{HERE}/{one.id}", "name": one.name, "login": one.login, "place": one.institution_name, "place_id": numbers[one.institution_id], "kind": one.institution_kind,
        "code": desk.edition().roles.codes.get(one.institution_kind, ""), "region": one.region, "held": len(held),
        "roles": [{"title": title, "until": words.UNTIL.format(day=until) if until else ""} for title, until in held], "look": look, "text": text,
    }
