"""Statistics: list them, work one out, as JSON, CSV or xlsx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import statistics
from web import answers, sheets, statistic
from web.api import incoming
from web.api.narrowing import filters_of
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def listing(request: Request) -> Response:
    """Give the statistics of the edition in force, each with its filters."""
    with unit(request) as desk:
        found = statistics.reports(desk)
    rows = [
        {"id": report.id, "title": report.title, "filters": [{"id": one.id, "title": one.title, "kind": one.kind, "required": one.required} for one in report.filters]}
        for report in found
    ]
    return answers.json({"rows": rows})


def show(request: Request) -> Response:
    """Work out one statistic. Filters go by their id (`<id>.from` and `<id>.to` for ranges); Accept may ask for a file instead of JSON."""
    asked = incoming.query(request)
    with unit(request) as desk:
        named = next((each for each in statistics.reports(desk) if each.id == request.path_params["report"]), None)
        filters = filters_of(named.filters, asked) if named else {}
        found = statistics.figures(desk, request.path_params["report"], filters)
    kind = sheets.wanted(request.headers.get("accept", ""))
    if kind:
        made = statistic.file(found, kind)
    else:
        columns = [{"id": head.id, "title": head.title, "type": head.type} for head in found.columns]
        rows = [{head.id: value for head, value in zip(found.columns, row, strict=True)} for row in found.rows]
        applied = {name: list(values) for name, values in found.filters.items()}
        made = answers.json({"report": found.report.id, "title": found.report.title, "columns": columns, "rows": rows, "filters": applied, "behind": found.behind})
    made.headers["vary"] = "accept"
    return made
