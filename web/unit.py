"""The one transaction of a request, and the one place that asks who calls and whether they may.

    with unit(request) as desk:
        tasks.complete(desk, …)
    return redirect(…)          # committed by now; raising rolls everything back

A GET gets a reading desk; what its verbs note as seen is written in a short transaction of its own before the answer leaves.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.casework import access, signin
from engine.casework.desk import Actor, Desk
from engine.casework.permits import roles_today
from engine.errors import DidimdolError, Forbidden, NotFound, Refused, Unauthenticated
from web.answers import log
from web.refusals import PasswordDue
from web.visit import visit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from web.house import House
    from web.routes import Rule
    from web.visit import Visit

TOUCH_EVERY = timedelta(minutes=1)
_PLACE = re.compile(r"\{(\w+):(\w+)\}")  # of something in the path of a route: its name, and its kind
_IDS = ("id", "digest")
_NOBODY = Actor("", "", "", "", "", "", "", "", "", "", frozenset())


class SecondWrite(AssertionError):
    """A request opened two writing units; one submit is one commit."""


def house_of(request: Request) -> House:
    """Return the parts this server lives on."""
    house: House = request.app.state.house
    return house


@contextmanager
def unit(request: Request, *, write: bool | None = None) -> Iterator[Desk]:
    """Open the transaction of `request` and give its desk: writing for unsafe methods, reading for the others, or as `write` says.

    Checks the rule of the route. Raises Unauthenticated, PasswordDue, Forbidden; SecondWrite for a second writing unit.
    """
    house, visit = house_of(request), visit_of(request)
    writes = visit.way.unsafe if write is None else write
    if writes and visit.wrote:
        raise SecondWrite(visit.way.name)
    visit.wrote = visit.wrote or writes
    try:
        with house.database.begin() if writes else house.database.read() as connection:
            desk, stale = _sit(request, house, visit, connection, seen=None if writes else [])
            if writes and stale:
                signin.touch(connection, visit.secret, desk.now)
            yield desk
    except Exception as error:
        visit.wrote = visit.wrote and not writes  # all of it was rolled back: the page that says so may keep the files that came along
        if isinstance(error, Forbidden | NotFound):
            _note_denial(request, house, error)
        raise
    if not writes:
        _write_seen(house, visit, desk, stale=stale)
    if writes:
        _run_hooks(visit)


def _sit(request: Request, house: House, visit: Visit, connection: Any, seen: list[dict[str, object]] | None) -> tuple[Desk, bool]:
    """Find out who calls, hold the rule against them, and tell the templates. The second value says that the session's last-seen time is old."""
    now = house.clock()
    actor, stale = _caller(request, house, visit, connection, writes=seen is None)
    desk = Desk(connection, actor, now, house.editions, house.cipher, house.files, seen)
    rule = visit.way.rule
    assert rule is not None
    visit.opened = True
    if actor.person_id:
        request.state.person = actor
        request.state.may = permissions(desk)
    if not rule.public:
        _hold(rule, request)
    return desk, stale


def _caller(request: Request, house: House, visit: Visit, connection: Any, *, writes: bool) -> tuple[Actor, bool]:
    address = request.client.host if request.client else "unknown"
    now = house.clock()
    if writes:
        signin.keep_caller(connection, session=visit.secret, token=visit.bearer)
    if visit.bearer:
        actor = signin.token_actor(connection, visit.bearer, now)
        return (replace(actor, address=address) if actor else replace(_NOBODY, address=address)), False
    seat = signin.session_actor(connection, visit.secret, now, idle=house.settings.idle) if visit.secret else None
    if seat is None:
        return replace(_NOBODY, address=address), False
    request.state.expires_at = min(now + house.settings.idle, seat.expires_at)
    request.state.ends_at = seat.expires_at
    request.state.must_change = seat.must_change
    if seat.must_change and visit.way.rule is not None and not (visit.way.rule.changing or visit.way.rule.public):
        raise PasswordDue
    return replace(seat.actor, address=address), now - seat.seen_at >= TOUCH_EVERY


def permissions(desk: Desk) -> frozenset[str]:
    """Return everything the actor's roles permit today; nothing while no edition is in force."""
    try:
        roles = roles_today(desk).roles
    except Refused:
        return frozenset()
    return frozenset().union(*(roles[held].may for held in desk.actor.roles if held in roles))


def _hold(rule: Rule, request: Request) -> None:
    if request.state.person is None:
        raise Unauthenticated
    if rule.may and not rule.may & request.state.may:
        raise Forbidden


def _write_seen(house: House, visit: Visit, desk: Desk, *, stale: bool) -> None:
    if not desk.seen and not stale:
        return
    with house.database.begin() as connection:
        access.write_seen(connection, desk.seen or ())
        if stale:
            signin.touch(connection, visit.secret, desk.now)


def _note_denial(request: Request, house: House, error: DidimdolError) -> None:
    """Leave a trace of what somebody was refused; the transaction of the attempt itself is gone."""
    actor = request.state.person
    if actor is None:
        return
    with house.database.begin() as connection:
        desk = Desk(connection, actor, house.clock(), house.editions, house.cipher, house.files)
        access.record(desk, f"refused.{type(error).__name__.lower()}", target=_address(request))


def _address(request: Request) -> str:
    """Name the route, with the ids it was asked for; anything else in an address may be what somebody typed."""
    way, given = visit_of(request).way, request.path_params
    return _PLACE.sub(lambda place: str(given[place[1]]) if place[2] in _IDS else f"{{{place[1]}}}", way.name)


def _run_hooks(visit: Visit) -> None:
    for do in visit.after:
        try:
            do()
        except Exception as error:  # noqa: BLE001 -- the work itself is committed; what follows it must not undo the answer
            log.error("after commit: %s", type(error).__name__)
    visit.after.clear()
