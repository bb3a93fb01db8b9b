"""Lists of cases by the views of the edition, and the page of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import cases, queries
from engine.errors import Invalid, NotFound
from web import answers, casepage
from web import listing as lists
from web import position as places
from web.frame import frame
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk

SIZE = 50
COUNTED = 5_000  # of a longer list it is said that it is longer


def listing(request: Request) -> Response:
    """Show a list: `?view=`, filters as `f.<id>` (ranges `f.<id>.from`, `f.<id>.to`), `sort=` (a column, `-` turns it round), `page=`."""
    asked = lists.Asked.of(request.query_params)
    with unit(request) as desk:
        view = next((each for each in queries.views(desk) if not asked.view or each.id == asked.view), None)
        if view is None:
            raise NotFound
        wrong, found = "", None
        try:
            found = queries.cases(desk, view.id, lists.opened(desk, view, asked), asked.sort, asked.page, SIZE, COUNTED)
        except Invalid as error:
            wrong = error.errors[0].message
        context = lists.context(desk, view, found, asked, wrong)
        here = f"/cases?view={view.id}"
        return render(request, "cases.html", context, frame=frame(request, desk, here=here, manual=lists.in_manual(view)), status=422 if wrong else 200)


def institution(request: Request) -> Response:
    """Show the case the person's institution has of itself."""
    with unit(request) as desk:
        return _shown(request, desk, desk.actor.institution_id)


def show(request: Request) -> Response:
    """Show one case: who it is about, where it stands, what to do now, and one of its tabs."""
    with unit(request) as desk:
        return _shown(request, desk, request.path_params["id"])


def _shown(request: Request, desk: Desk, case_id: str) -> Response:
    tab = request.query_params.get("tab", casepage.FIRST)
    seen = cases.view(desk, case_id)
    context: dict[str, Any] = casepage.context(request, desk, seen, tab if tab in casepage.TABS else casepage.FIRST)
    return render(request, "case.html", context, frame=frame(request, desk, here=context["here"]))


def process(request: Request) -> Response:
    """Give the drawing and the places in it: `{xml, done: [element], now: [element]}`."""
    with unit(request) as desk:
        found = places.of_case(desk, cases.view(desk, request.path_params["id"]))
    if found is None:
        raise NotFound
    done = [element for element in found.done if element not in found.now and element in found.process.tasks]
    return answers.json({"xml": found.process.xml.decode(), "done": done, "now": list(found.now)})
