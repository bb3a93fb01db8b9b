"""A whole list on its way out: first why (and a password for the file), then the file or the page to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import exporting, lists
from engine.errors import Invalid, NotFound
from web import leaving, messages, veil
from web.frame import frame
from web.listing import Asked, counter, told
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.exporting import Export
    from engine.spec.view import View

MOST_PAPER = 2000  # rows printed at once
LEAST_PASSWORD = 8  # characters
_ACTS = {"xlsx": exporting.FILE, "paper": exporting.PAPER}


def export(request: Request) -> Response:
    """Ask why for `?to=xlsx` or `?to=paper` and the list the rest of the address names; then give it."""
    asked, to = Asked.of(request.query_params), request.query_params.get("to", "")
    if to not in _ACTS:
        raise NotFound
    typed = {name: _text(request, name) for name in ("reason", "password", "again")}
    wrong = _wrong(typed) if request.method == "POST" and to == "xlsx" else {}
    if request.method == "POST":
        try:
            with unit(request, write=False) as desk:
                view = _view(desk, asked.view)
                filters = veil.unveiled(desk, view, asked.filters)
                if not wrong and not (to == "paper" and lists.counted(desk, view.id, filters)[0] > MOST_PAPER):
                    whole = exporting.begin(desk, view.id, typed["reason"], filters, asked.sort, act=_ACTS[to])
                    facts = leaving.about(desk, whole, told(desk, view.filters, whole.filters))
                    title = _title(desk, view)
                else:
                    whole = None
            if whole is not None:
                return _paper(request, whole, title, facts, asked) if to == "paper" else leaving.answer(request, whole, to, title, facts, password=typed["password"])
        except Invalid as error:
            wrong = {**wrong, "reason": error.errors[0].message}
    return _ask(request, asked, to, typed["reason"], wrong)


def _wrong(typed: dict[str, str]) -> dict[str, str]:
    if len(typed["password"]) < LEAST_PASSWORD:
        return {"password": messages.LOCK_SHORT.format(least=LEAST_PASSWORD)}
    return {"again": messages.LOCK_OTHER} if typed["password"] != typed["again"] else {}


def _ask(request: Request, asked: Asked, to: str, reason: str, wrong: dict[str, str]) -> Response:
    with unit(request, write=False) as desk:
        view = _view(desk, asked.view)
        filters = veil.unveiled(desk, view, asked.filters)
        total, applied = lists.counted(desk, view.id, filters)
        title = _title(desk, view)
        context = {
            "title": messages.EXPORT_TITLES[to].format(title=title), "back": asked.href(view.id), "list": title, "to": to, "reason": reason,
            "wrong": {"reason": "", "password": "", "again": "", **wrong},
            "action": asked.href(view.id, "/cases/export", to=to), "conditions": told(desk, view.filters, applied), "total": f"{total:,}",
            "counter": counter(view), "least": LEAST_PASSWORD, "button": messages.EXPORT_BUTTONS[to],
            "too_much": messages.TOO_MUCH_PAPER.format(most=MOST_PAPER) if to == "paper" and total > MOST_PAPER else "",
        }
        return render(request, "export.html", context, frame=frame(request, desk, here=f"/cases?view={view.id}"), status=422 if wrong else 200)


def _paper(request: Request, whole: Export, title: str, facts: list[tuple[str, str]], asked: Asked) -> Response:
    rows = leaving.texts(request, whole)
    with unit(request, write=False) as desk:
        context: dict[str, Any] = {
            "title": title, "heads": leaving.titles(whole.view), "days": [at for at, column in enumerate(whole.view.columns) if column.type == "date"], "rows": rows, "facts": facts[2:-5], "total": f"{len(rows):,}",
            "counter": counter(whole.view), "mark": leaving.mark(desk, whole), "back": asked.href(whole.view.id),
        }
        return render(request, "listprint.html", context)


def _view(desk: Desk, ident: str) -> View:
    found = next((each for each in lists.views(desk) if each.id == ident), None)
    if found is None:
        raise NotFound
    return found


def _title(desk: Desk, view: View) -> str:
    menu = desk.edition().menu(desk.actor.roles, desk.actor.institution_kind)
    return next((item.title for item in menu if item.page == "view" and item.view == view.id), view.title)


def _text(request: Request, name: str) -> str:
    value = request.state.form.get(name, "") if request.state.form is not None else ""
    return value if isinstance(value, str) else ""
