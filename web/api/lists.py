"""Lists of cases and of records: a page of one as JSON, or all of it as a file, for which a reason is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from engine.casework import exporting, queries
from engine.errors import FieldError, Invalid, NotFound
from web import answers, leaving, sheets
from web import listing as lists
from web.api import incoming
from web.api.narrowing import filters_of
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.lists import Page
    from engine.spec.view import View

FILES = tuple(sheets.KINDS.values())  # what a whole list may be instead of JSON
_LIST = {"view": str, "sort": str, "page": int, "size": int}
_FINDING = {**_LIST, "filters": dict, "reason": str}


def listing(request: Request) -> Response:
    """List cases by `?view=`; where none is named, by the first one the person gets.

    Filters go by their id (`<id>.from` and `<id>.to` for ranges), `sort=` names columns (`-` turns one round), `page=` and `size=` cut. Where Accept
    names a file, it is the whole list, and the header Didimdol-Reason says why. Identifiers stand in no address: `find` takes them.
    """
    return _listing(request, records=False)


def of_records(request: Request) -> Response:
    """List records by `?view=`; where none is named, by the first one of records the person gets. Everything else as for cases.

    A row that is a draft has the task to go on with in `task` instead of a record to open.
    """
    return _listing(request, records=True)


def _listing(request: Request, *, records: bool) -> Response:
    asked = incoming.query(request)
    fixed = incoming.query_of({name: asked.pop(name) for name in _LIST if name in asked}, _LIST)
    with unit(request) as desk:
        view = _view(desk, fixed, records=records)
        filters = filters_of(view.filters, asked)
    hidden = [each for each in view.filters if each.kind == "identifier" and each.id in filters]
    if hidden:
        raise Invalid([FieldError(f"/{each.id}", "identifier", "이 조건은 주소에 적지 않습니다. POST /api/cases/find로 보내세요.", each.title) for each in hidden])
    return _answer(request, view.id, fixed, filters, unquote(request.headers.get("didimdol-reason", "")))


def find(request: Request) -> Response:
    """List cases as `listing` does, everything asked in the body: `filters` maps an id to one value, or to two for a range."""
    asked = incoming.body(request, _FINDING, optional=frozenset(_FINDING))
    given = {str(name): value if isinstance(value, list) else [value] for name, value in asked.get("filters", {}).items()}
    if any(not isinstance(part, (str, int)) or isinstance(part, bool) for values in given.values() for part in values):
        raise Invalid([FieldError("/filters", "type", "조건의 값은 글자나 수로 적으세요.")])
    flat = {name: str(values[0]) for name, values in given.items() if len(values) == 1}
    for name, values in given.items():
        if len(values) == 2:
            flat |= {f"{name}.from": str(values[0]), f"{name}.to": str(values[1])}
        elif len(values) != 1:
            raise Invalid([FieldError(f"/filters/{name}", "maxItems", "조건의 값은 하나, 범위는 둘을 적으세요.")])
    with unit(request, write=False) as desk:
        view = _view(desk, asked)
        filters = filters_of(view.filters, flat)
    return _answer(request, view.id, asked, filters, asked.get("reason", ""))


def _answer(request: Request, view_id: str, asked: Mapping[str, Any], filters: Mapping[str, tuple[str, ...]], reason: str) -> Response:
    kind = sheets.wanted(request.headers.get("accept", ""))
    with unit(request, write=False) as desk:
        if kind:
            whole = exporting.begin(desk, view_id, reason, filters, asked.get("sort", ""))
            told = leaving.about(desk, whole, lists.told(desk, whole.view.filters, whole.filters))
        else:
            found = queries.cases(desk, view_id, filters, asked.get("sort", ""), int(asked.get("page", 1)), int(asked.get("size", 50)))
    made = leaving.answer(request, whole, kind, whole.view.title, told) if kind else answers.json(_page(found))
    made.headers["vary"] = "accept"
    return made


def _page(found: Page) -> dict[str, Any]:
    columns = [{"id": column.id, "title": column.title, "type": column.type, "group": column.group} for column in found.columns]
    rows: list[dict[str, Any]] = []
    for row in found.rows:
        of_record = {"case": row.case_id, "task": row.task_id or None} if found.view.of else {}
        rows.append({"id": row.id, "label": row.label, "number": row.number or None, **of_record, **row.values})
    return {"view": found.view.id, "total": found.total, "page": found.page, "size": found.size, "columns": columns, "rows": rows}


def _view(desk: Desk, asked: Mapping[str, Any], *, records: bool | None = None) -> View:
    mine = (each for each in queries.views(desk) if records is None or bool(each.of) == records)
    view = next((each for each in mine if each.id == asked.get("view", each.id)), None)
    if view is None:
        raise NotFound
    return view
