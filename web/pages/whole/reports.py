"""통계: one statistic of the edition as a chart and a table of the same figures, its filters in the address; as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import statistics
from engine.errors import Invalid, NotFound
from engine.store.types import to_json
from web import display, listing, messages, statistic
from web.frame import frame
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.statistics import Figures
    from engine.spec.report import Report

HERE = "/reports"


def listing_of(request: Request) -> Response:
    """Show the first statistic."""
    with unit(request) as desk:
        return _page(request, desk, next(iter(statistics.reports(desk)), None))


def show(request: Request) -> Response:
    """Show one statistic."""
    with unit(request) as desk:
        return _page(request, desk, _named(request, desk))


def download(request: Request) -> Response:
    """Give the figures as a file: they are nobody's data, so nobody is asked why."""
    kind = request.path_params["kind"]
    with unit(request) as desk:
        report = _named(request, desk)
        found = statistics.figures(desk, report.id, listing.Asked.of(request.query_params).filters)
    if kind not in ("xlsx", "csv"):
        raise NotFound
    return statistic.file(found, kind)


def _named(request: Request, desk: Desk) -> Report:
    found = next((each for each in statistics.reports(desk) if each.id == request.path_params["report"]), None)
    if found is None:
        raise NotFound
    return found


def _page(request: Request, desk: Desk, report: Report | None) -> Response:
    tabs = [{"href": f"{HERE}/{each.id}", "title": each.title, "on": report is not None and each.id == report.id} for each in statistics.reports(desk)]
    if report is None:
        return render(request, "reports.html", {"title": messages.REPORTS, "tabs": [], "id": ""}, frame=frame(request, desk, here=HERE, manual=listing.in_manual(None)))
    asked, wrong, found = listing.Asked.of(request.query_params), "", None
    try:
        found = statistics.figures(desk, report.id, asked.filters)
    except Invalid as error:
        wrong = error.errors[0].message
    applied = found.filters if found else asked.filters
    query = asked.href("", "").removeprefix("?view=").removeprefix("&")
    context: dict[str, Any] = {
        "title": report.title, "tabs": tabs, "id": report.id, "wrong": wrong, "at": display.minute(desk.now), "note": str(report.screen.get("title", "")),
        "filters": [listing.field(desk, each, applied.get(each.id, ())) for each in report.filters],
        "applied": listing.told(desk, report.filters, applied), "xlsx": f"{HERE}/{report.id}/xlsx?{query}",
        "csv": f"{HERE}/{report.id}/csv?{query}", **_figures(found),
    }
    return render(request, "reports.html", context, frame=frame(request, desk, here=HERE, manual=listing.in_manual(report)), status=422 if wrong else 200)


def _figures(found: Figures | None) -> dict[str, Any]:
    if found is None or not found.rows:
        return {"table": None, "chart": None, "says": "", "behind": ""}
    drawn = statistic.drawn(found)
    return {
        "table": statistic.table(found), "chart": to_json(drawn) if drawn else "", "says": messages.CHART_SAYS.format(title=found.report.title),
        "behind": messages.BEHIND.format(count=found.behind) if found.behind else "",
    }
