"""A list of cases or records as a page: what was asked in the address, the filter bar, chips, sortable heads, rows, pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from engine.spec.report import Report
from web import display, messages, veil
from web.display import particle
from web.frame import ADDRESSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.datastructures import FormData, QueryParams

    from engine.casework.desk import Desk
    from engine.casework.lists import Page, Row
    from engine.spec.view import Column, Filter, View

_CHOICES = frozenset({"choice", "member"})
RANGES = frozenset({"range", "year-range", "date-range"})
_PLACEHOLDERS = {"year-range": "2024", "date-range": "2024-01-01"}
_AROUND = 3
_LAST_PAGE = 100_000
_DIGITS = 10  # of a page's number; more say nothing more
_MOST = 3  # columns in one cell
_WHOLE = re.compile(r"[0-9][0-9-]+")  # numbers of cases and works: not to be broken at the hyphen
_WIDE = 12  # more columns than this are stacked, two or three to a cell


@dataclass(frozen=True)
class Asked:
    """What the address of a list says. `filters` holds only those it names; the others take their default."""

    view: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    page: int

    @classmethod
    def of(cls, query: QueryParams | FormData) -> Asked:
        """Read it; ranges come as two values."""
        filters: dict[str, tuple[str, ...]] = {}
        for name in query:
            if not name.startswith("f.") or name.endswith(".kept"):
                continue
            ident = name[2:].removesuffix(".from").removesuffix(".to")
            if name.endswith((".from", ".to")):
                filters[ident] = (_said(query, f"f.{ident}.from"), _said(query, f"f.{ident}.to"))
            else:
                filters[ident] = (_said(query, name) or _said(query, f"{name}.kept"),)
        page = _said(query, "page") or "1"
        return cls(_said(query, "view"), filters, _said(query, "sort"), min(int(page[:_DIGITS]), _LAST_PAGE) if page.isascii() and page.isdigit() else 1)

    def href(self, view: str, at: str = "/cases", **changed: Any) -> str:
        """Give the address of the list (or of what else is `at` there) with something changed (`filters`, `sort`, `page`; `to` what it becomes)."""
        kind = changed.pop("to", "")
        to = replace(self, **changed)
        pairs = [("view", view), *([("to", kind)] if kind else [])]
        for ident, values in to.filters.items():
            pairs += [(f"f.{ident}.from", values[0]), (f"f.{ident}.to", values[1])] if len(values) > 1 else [(f"f.{ident}", values[0])]
        pairs += [("sort", to.sort)] if to.sort else []
        pairs += [("page", str(to.page))] if to.page > 1 else []
        return f"{at}?{urlencode(pairs)}"


def _tokens(view: View, asked: Asked) -> dict[str, tuple[str, ...]]:
    """Give the identifiers among the filters as the address says them: sealed."""
    return {each.id: asked.filters[each.id] for each in view.filters if each.kind == "identifier" and each.id in asked.filters}


def _said(query: QueryParams | FormData, name: str) -> str:
    value = query.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def context(desk: Desk, view: View, found: Page | None, asked: Asked, wrong: str) -> dict[str, Any]:
    """Tell the whole page; without a page found, `wrong` says why."""
    title = messages.RECORD if view.of else desk.edition().case.title
    applied = {**found.filters, **_tokens(view, asked)} if found else asked.filters
    asked = replace(asked, filters={**{ident: values for ident, values in applied.items() if values}, **asked.filters})
    menu = desk.edition().menu(desk.actor.roles, desk.actor.institution_kind)
    registers = [] if view.of else [item for item in menu if item.page == "register"]
    total, size, page = (found.total, found.size, found.page) if found else (0, 1, 1)
    beyond = found is not None and found.beyond
    last = (page - 1) * size + len(found.rows) if found else 0
    pages = max(-(-total // size), page + (len(found.rows) == size)) if found and beyond else -(-total // size)
    return {
        "title": next((item.title for item in menu if item.page == "view" and item.view == view.id), view.title),
        "note": " ".join(map(str, view.screen.get("notes", ()))), "view": view.id,
        "tools": [{"title": item.title, "href": ADDRESSES["register"].format(form=item.form), "main": True} for item in registers],
        "filters": [field(desk, each, applied.get(each.id, ())) for each in view.filters], "chips": _chips(desk, view, applied, asked),
        "reset": f"/cases?view={view.id}", "sort": asked.sort, "open": bool(wrong), "failed": wrong,
        **_heads(view, found, asked),
        "rows": _rows(view, found.rows) if found else [], "total": f"{total:,}", "beyond": beyond, "size": size, "pages": pages,
        "first": (page - 1) * size + 1, "last": last, "pager": _pager(view, asked, page, pages),
        "xlsx": asked.href(view.id, "/cases/export", to="xlsx") if total else "", "paper": asked.href(view.id, "/cases/export", to="paper") if total else "",
        "counter": counter(view), "what": title, "subject": particle(title, "이", "가"),
    }


def _options(desk: Desk, each: Filter) -> list[tuple[str, str]]:
    codes = desk.edition().parts.lists.get(each.list)
    if codes is not None:
        return [(str(code.code), code.label) for code in codes.valid(desk.today)]
    return [(option, option) for option in each.options]


def opened(desk: Desk, view: View, asked: Asked) -> dict[str, tuple[str, ...]]:
    """Give the filters as the engine takes them: identifiers, sealed in the address, as they were typed. Raises Invalid."""
    return veil.unveiled(desk, view, asked.filters)


def counter(view: View) -> str:
    """Give the word that counts the rows of a view."""
    return messages.ROW_COUNTER if view.of else messages.PEOPLE_COUNTER


def field(desk: Desk, each: Filter, values: tuple[str, ...]) -> dict[str, Any]:
    """Tell one filter as a control of the filter bar."""
    low, high = ("", "") if each.kind == "identifier" else (*values, "", "")[:2]
    options = [{"value": value, "label": label, "on": value in values} for value, label in _options(desk, each)] if each.kind in _CHOICES else []
    return {**_bare(each), "low": low, "high": high, "options": options, "kept": values[0] if each.kind == "identifier" and values else ""}


def _bare(each: Filter) -> dict[str, Any]:
    return {
        "kind": each.kind, "title": each.title, "id": f"filter-{each.id}", "name": f"f.{each.id}", "required": each.required, "error": "", "low": "",
        "high": "", "placeholder": _PLACEHOLDERS.get(each.kind, ""), "options": [], "kept": "",
    }


def in_manual(of: View | Report | None) -> str:
    """Give where the manual tells of a list or a statistic; of all statistics where none is named."""
    if of is None:
        return "/manual/part-report"
    return f"/manual/part-report#report-{of.id}" if isinstance(of, Report) else f"/manual/part-view#view-{of.id}"


def blank(view: View) -> dict[str, Any]:
    """Tell filters and heads of a list in which nobody has looked for anything: its picture."""
    return {"filters": [_bare(each) for each in view.filters], **_heads(view, None, Asked(view.id, {}, "", 1))}


def blank_figures(report: Report) -> dict[str, Any]:
    """Tell filters and heads of a statistic nobody has asked for, in the same words."""
    heads = [{"group": "", "right": bool(part.how), "sorted": "", "links": [{"title": part.title, "href": "", "sorted": ""}]} for part in (*report.groups, *report.measures)]
    return {"filters": [_bare(each) for each in report.filters], "head": heads, "under": [], "grouped": False}


def _chips(desk: Desk, view: View, applied: Mapping[str, tuple[str, ...]], asked: Asked) -> list[dict[str, str]]:
    chips = []
    for each in view.filters:
        values = applied.get(each.id, ())
        if not any(values):
            continue
        shown = said(desk, each, values)
        blank = tuple("" for _ in values)
        href = "" if each.required else asked.href(view.id, filters={**asked.filters, each.id: blank}, page=1)
        chips.append({"title": each.title, "value": shown, "href": href})
    return chips


def said(desk: Desk, each: Filter, values: Sequence[str]) -> str:
    """Tell what a filter is set to; never an identifier."""
    if each.kind == "identifier":
        return messages.HIDDEN
    labels = dict(_options(desk, each)) if each.kind in _CHOICES else {}
    return messages.RANGE.format(low=values[0], high=(*values, "")[1]) if each.kind in RANGES else ", ".join(labels.get(v, v) for v in values)


def told(desk: Desk, filters: Iterable[Filter], applied: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Tell every filter that is set: its title and to what."""
    return [(each.title, said(desk, each, values)) for each in filters if any(values := applied.get(each.id, ()))]


def _stacks(view: View) -> list[list[Column]]:
    """Say which columns stand in one cell. A wide list stacks what follows its link up to the first date, and dates side by side two by two."""
    wide = len(view.columns) > _WIDE
    stacks: list[list[Column]] = []
    for column in view.columns:
        top = stacks[-1] if stacks else []
        named = bool(top) and top[0].link and len(top) < _MOST and top[-1].type != "date" and (column.type == "date" or len(top) == 1)
        dated = len(top) == 1 and top[0].type == column.type == "date" and not top[0].link
        if wide and not column.group and top and not top[0].group and (named or dated):
            top.append(column)
        else:
            stacks.append([column])
    return stacks


def _heads(view: View, found: Page | None, asked: Asked) -> dict[str, Any]:
    under = [_sorter(column, view, found, asked) for column in view.columns if column.group]
    return {"head": _head(view, found, asked), "under": under, "grouped": bool(under)}


def _head(view: View, found: Page | None, asked: Asked) -> list[dict[str, Any]]:
    head: list[dict[str, Any]] = []
    for stack in _stacks(view):
        group = stack[0].group
        if not group:
            links = [_sorter(column, view, found, asked) for column in stack]
            head.append({"group": "", "span": 1, "right": bool(head) and stack[0].type == "number", "links": links, "sorted": next((link["sorted"] for link in links if link["sorted"]), ""), "title": ""})
        elif head and head[-1]["group"] == group:
            head[-1]["span"] += 1
        else:
            head.append({"title": group, "group": group, "span": 1, "right": False, "sorted": "", "links": []})
    return head


def _sorter(column: Column, view: View, found: Page | None, asked: Asked) -> dict[str, Any]:
    first = found.sort[0] if found and found.sort else ("", False)
    on = first[0] == column.id
    turned = f"-{column.id}" if on and not first[1] else column.id
    order = ("descending" if first[1] else "ascending") if on else ""
    return {"title": column.title, "right": column.type == "number", "sorted": order, "href": asked.href(view.id, sort=turned, page=1)}


def _rows(view: View, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Tell each row: where it leads, and per cell its classes, head, whether it is the link, its text and what stands under it. What is alike in all is told once."""
    linked = any(column.link for column in view.columns)
    heads = []
    for at, stack in enumerate(_stacks(view)):
        first, right = stack[0], at > 0 and stack[0].type == "number"
        link = first.link or (not linked and at == 0)
        look = "who" if link else ("step right" if right else "step") if first.group else "nowrap right" if right else "nowrap" if first.type in ("date", "number") else ""
        heads.append(([column.id for column in stack], look, " / ".join(column.title for column in stack), link))
    return [{"href": _href(view, row), "cells": [_cell(row, *head) for head in heads]} for row in rows]


def _href(view: View, row: Row) -> str:
    if row.task_id:
        return f"/tasks/{row.task_id}"
    return f"/records/{row.id}" if view.of else f"/cases/{row.id}"


def _cell(row: Row, columns: Sequence[str], look: str, title: str, link: bool) -> tuple[str, str, bool, str, str]:
    text, *further = [display.plain(row.values.get(column)) for column in columns]
    return look or ("nowrap" if _WHOLE.fullmatch(text) else ""), title, link, text, " · ".join(further)


def _pager(view: View, asked: Asked, page: int, pages: int) -> list[dict[str, Any]]:
    if pages <= 1:
        return []
    near = sorted({1, pages, *range(max(1, page - _AROUND), min(pages, page + _AROUND) + 1)})
    items: list[dict[str, Any]] = []
    if page > 1:
        items.append({"title": messages.PREVIOUS_PAGE, "href": asked.href(view.id, page=page - 1), "on": False})
    for at, number in enumerate(near):
        if at and number > near[at - 1] + 1:
            items.append({"title": "…", "href": "", "on": False})
        items.append({"title": f"{number:,}", "href": asked.href(view.id, page=number), "on": number == page})
    if page < pages:
        items.append({"title": messages.NEXT_PAGE, "href": asked.href(view.id, page=page + 1), "on": False})
    return items
