"""Reading what an office page was sent: single texts, days, page numbers; and the row of pages under a list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from web import messages
from web.office import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

SIZE = 50
_LAST_PAGE = 100_000
_AROUND = 3
_LONGEST = 2000


def posted(request: Request, *names: str) -> dict[str, str]:
    """Return text fields of the posted form by name, trimmed; "" for one that is missing, doubled or a file."""
    form = request.state.form
    held = {name: form.getlist(name) if form is not None else [] for name in names}
    return {name: values[0].strip()[:_LONGEST] if len(values) == 1 and isinstance(values[0], str) else "" for name, values in held.items()}


def queried(request: Request, *names: str) -> dict[str, str]:
    """Return query parameters by name, trimmed; "" for what is not there."""
    return {name: request.query_params.get(name, "").strip()[:_LONGEST] for name in names}


def day(given: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    """Return the day typed in a field, None where it is empty; what is no day is told in `errors`."""
    if not given[name]:
        return None
    try:
        return date.fromisoformat(given[name])
    except ValueError:
        errors[name] = words.BAD_DAY
        return None


def page(request: Request) -> int:
    """Return the page asked for, from 1."""
    text = request.query_params.get("page", "1")
    return max(1, min(int(text), _LAST_PAGE)) if text.isascii() and text.isdigit() else 1


def pager(at: int, total: int, href: Callable[[int], str], size: int = SIZE) -> dict[str, Any]:
    """Tell the row of pages under a list of `total`: `first`, `last` and `total` in words, and the links."""
    pages = -(-total // size)
    near = sorted({1, pages, *range(max(1, at - _AROUND), min(pages, at + _AROUND) + 1)}) if pages > 1 else []
    links: list[dict[str, Any]] = []
    for index, number in enumerate(near):
        if index and number > near[index - 1] + 1:
            links.append({"title": "…", "href": "", "on": False})
        links.append({"title": f"{number:,}", "href": href(number), "on": number == at})
    if near and at > 1:
        links.insert(0, {"title": messages.PREVIOUS_PAGE, "href": href(min(at - 1, pages)), "on": False})
    if near and at < pages:
        links.append({"title": messages.NEXT_PAGE, "href": href(at + 1), "on": False})
    return {"total": f"{total:,}", "first": f"{(at - 1) * size + 1:,}", "last": f"{min(at * size, total):,}", "pages": pages, "links": links, "size": size}
