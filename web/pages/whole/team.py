"""우리 팀: how much each person has and how late it is; the tasks of one of them, to be given to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import handing, team
from engine.errors import NotFound
from web import display, messages
from web.frame import frame
from web.pages import home
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.team import Load, Member

HERE = "/team"
_NOBODY = "nobody"  # stands in the address for what nobody has


def load(request: Request) -> Response:
    """Show the load of everyone."""
    with unit(request) as desk:
        found = team.team(desk)
        rows = [*found.people, *([found.nobody] if found.nobody.total or found.nobody.cases else [])]
        most = max((of.total for of in rows), default=0)
        totals = {bucket: sum(of.tasks[bucket] for of in rows) for bucket in team.BUCKETS}
        context = {
            "title": messages.TEAM, "rows": [_row(of, most) for of in rows], "approvals": found.approvals, "totals": totals,
            "total": sum(totals.values()), "cases": sum(of.cases for of in rows),
        }
        return render(request, "team.html", context, frame=frame(request, desk, here=HERE, counts={"approvals": found.approvals}))


def of_person(request: Request) -> Response:
    """Show the open tasks of one person (`nobody`: those nobody has), or give a selection of them to somebody."""
    if request.method == "POST":
        return _give(request)
    with unit(request) as desk:
        return _page(request, desk)


def _give(request: Request) -> Response:
    picked = [value for value in request.state.form.getlist("pick") if isinstance(value, str)]
    to = request.state.form.get("to", "")
    if not picked or not to:
        with unit(request, write=False) as desk:
            return _page(request, desk, picked=picked, error=messages.NOTHING_TO_GIVE if not picked else messages.NOBODY_TO_GIVE, status=422)
    with unit(request) as desk:
        member = next((each for each in team.members_of(desk) if each.login == to), None)
        known = {row.id: row for row in team.tasks_of(desk, _person(request, team.members_of(desk)))}
        outcomes = handing.assign_many(desk, [ident for ident in picked if ident in known], str(to))
    name = member.name if member else ""
    told = [_told(known[ident].case_label, known[ident].title, name, why) for ident, why in outcomes]
    with unit(request, write=False) as desk:
        return _page(request, desk, results=told)


def _told(who: str, what: str, name: str, why: str) -> dict[str, str]:
    if why:
        return {"state": "error", "state_text": messages.NOT_DECIDED, "who": who, "text": f"{what}: {why}"}
    return {"state": "done", "state_text": messages.GIVEN, "who": who, "text": messages.GIVEN_WHAT.format(what=what, name=name)}


def _person(request: Request, members: tuple[Member, ...]) -> str:
    ident = str(request.path_params["person"])
    if ident != _NOBODY and ident not in {each.person_id for each in members}:
        raise NotFound
    return "" if ident == _NOBODY else ident


def _page(
    request: Request, desk: Desk, *, picked: list[str] | None = None, error: str = "", results: list[dict[str, str]] | None = None, status: int = 200
) -> Response:
    members = team.members_of(desk)
    person = _person(request, members)
    rows = team.tasks_of(desk, person)
    name = next((each.name for each in members if each.person_id == person), messages.NOBODY)
    context: dict[str, Any] = {
        "title": messages.TASKS_OF.format(name=name) if person else messages.TASKS_OF_NOBODY, "rows": [{**home.row(desk, row), "id": row.id, "on": row.id in (picked or ()), "lane": row.lane} for row in rows],
        "to": [{"login": each.login, "name": each.name} for each in members if each.person_id != person], "error": error, "results": results or [],
        "action": f"{HERE}/{person or _NOBODY}", "today": display.long_day(desk.today), "picked": len(picked or ()),
    }
    return render(request, "team_person.html", context, frame=frame(request, desk, here=HERE), status=status)


def _row(of: Load, most: int) -> dict[str, Any]:
    return {
        "name": of.name or messages.NOBODY, "href": f"{HERE}/{of.person_id or _NOBODY}", "tasks": of.tasks, "total": of.total, "cases": of.cases,
        "most": most,
    }
