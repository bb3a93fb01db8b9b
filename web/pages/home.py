"""내 할 일: what waits for the person, by when it is due, with why; counters that filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import drafts, queries
from web import around, display, messages
from web.frame import ADDRESSES, frame
from web.office import welcome
from web.pages import notices
from web.rendering import Link, render
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.home import CountedCase, Figure, Home, TaskRow

SHOWN = 30
TEAM = "/?whose=team"
_GROUPS = (("late", messages.GROUP_LATE), ("today", messages.GROUP_TODAY), ("week", messages.GROUP_WEEK), ("later", messages.GROUP_LATER))


def home(request: Request) -> Response:
    """Show what waits: one's own, or with `?whose=team` that of everyone one works with; `?counter=` shows only what a counter counts.

    Who has no cases gets the pages of their job instead.
    """
    asked = request.query_params
    team = asked.get("whose") == "team"
    with unit(request) as desk:
        if "case.read" not in request.state.may:
            return welcome.page(request, desk)
        whose = "team" if team else "mine"
        opened = asked.get("group", "")
        found, here = queries.home(desk, whose=whose, counter=asked.get("counter", ""), most=SHOWN, whole=opened), TEAM if team else "/"
        figure = found.only
        counted = queries.counted(desk, figure.id, whose=whose) if figure and figure.of_cases else ()
        groups = [_group(desk, title, getattr(found, name), found.sizes[name], _with(here, f"group={name}")) for name, title in _GROUPS]
        total = figure.count if figure else found.total
        context = {
            "title": messages.HOME_TEAM if team else messages.HOME, "today": display.long_day(desk.today), "only": figure.title if figure else "",
            "total": total, "starts": _starts(request, desk, team=team), "counters": [_counter(each, asked.get("counter"), here) for each in found.figures], "all": here,
            "groups": [] if figure and figure.of_cases else groups, "counted": [_case(each) for each in counted], "unit": figure.unit if figure else messages.ROW_COUNTER,
            "notices": [] if team or figure else notices.news(desk),
            "drafts": [] if team or figure else _drafts(desk), "list_href": around.list_href(desk), "urgent": bool(found.late or found.today), "next": _next(desk, found),
        }
        return render(request, "home.html", context, frame=frame(request, desk, here="/", counts={} if team else {"home": found.total}))


def row(desk: Desk, of: TaskRow) -> dict[str, Any]:
    """Tell one waiting task."""
    state, word = ("returned", messages.MARKS["returned"]) if of.mark == "returned" else ("draft", messages.DRAFTED) if of.drafted else ("due", messages.NOT_BEGUN)
    return {
        "who": of.case_label, "who_note": of.case_short, "href": f"/tasks/{of.id}", "title": of.title, "note": of.stage, "due": display.day(of.due),
        "look": display.due_state(of.due, desk.today), "words": display.due_words(of.due, desk.today), "why": of.why, "state": state, "state_text": word,
    }


def _case(of: CountedCase) -> dict[str, str]:
    words = messages.TODAY if not of.days_left else messages.DAYS_LEFT.format(days=of.days_left)
    return {
        "href": f"/cases/{of.id}", "who": of.label, "note": of.short, "status": of.status, "owner": of.owner_name or messages.NOTHING,
        "look": "today" if not of.days_left else "due", "words": words, "day": display.day(of.day),
    }


def _group(desk: Desk, title: str, rows: Sequence[TaskRow], size: int, href: str) -> dict[str, Any]:
    return {"title": title, "total": size, "more": href if len(rows) < size else "", "rows": [row(desk, of) for of in rows]}


def _counter(figure: Figure, on: str | None, here: str) -> dict[str, Any]:
    href = _with(here, f"counter={figure.id}") if figure.count else ""
    return {"title": figure.title, "hint": figure.hint, "unit": figure.unit, "value": figure.count, "href": href, "on": figure.id == on}


def _with(here: str, asked: str) -> str:
    return f"{here}{'&' if '?' in here else '?'}{asked}"


def _starts(request: Request, desk: Desk, *, team: bool) -> list[Link]:
    menu = desk.edition().menu(desk.actor.roles, desk.actor.institution_kind)
    links = [Link(item.title, ADDRESSES["register"].format(form=item.form)) for item in menu if item.page == "register"]
    if "task.approve" in request.state.may:
        links.append(Link(messages.HOME, "/") if team else Link(messages.HOME_TEAM, TEAM))
    return links


def _drafts(desk: Desk) -> list[dict[str, str]]:
    """Tell the cases somebody began to register and has not: only their own, on the form that registers today."""
    edition = desk.edition()
    form = edition.forms[edition.case.form]
    return [
        {"href": f"/cases/new/{form.id}?draft={kept.id}", "title": form.title, "at": display.minute(kept.saved_at)}
        for kept in drafts.all_unregistered(desk)
    ]


def _next(desk: Desk, found: Home) -> dict[str, Any] | None:
    rows = [*found.week, *found.later]
    return row(desk, rows[0]) if rows and rows[0].due else None
