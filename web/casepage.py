"""The page of one case: the card, the stepper, what to do now, what else can be started and what cannot, and one of five tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import attachments, cases, records
from web import around, display, messages, papers, position, timeline
from web.rendering import Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from engine.casework.cases import Action, CaseView, OpenTask, StageView
    from engine.casework.desk import Desk

FIRST = "records"
TABS = messages.TABS
OF_INSTITUTION = {ident: title for ident, title in TABS.items() if ident not in ("basic", "process")}  # nothing is registered, and it has no lifecycle
_STATES = {"done": "done", "current": "now", "ahead": "todo"}


def context(request: Request, desk: Desk, seen: CaseView, tab: str) -> dict[str, Any]:
    """Tell the whole page with one tab open."""
    mine = [task for task in seen.tasks if task.mine]
    ordered = [*mine, *(task for task in seen.tasks if not task.mine)]
    actions = cases.actions(desk, seen.id)
    waiting = {task.id for task in seen.tasks}
    tabs = OF_INSTITUTION if seen.of_institution else TABS
    tab = tab if tab in tabs else FIRST
    about = around.about(desk, seen.id)
    return {
        "title": f"{seen.label} {about}" if seen.of_institution else seen.label, "name": seen.label, "who": about if seen.of_institution else seen.short, "about": about,
        "crumbs": () if seen.of_institution else (*around.to_list(desk), Link(seen.label)), "here": around.here(desk, seen.id),
        "card": _card(request, desk, seen), "stages": [_stage(stage, seen.tasks) for stage in seen.stages],
        "now": _task(desk, ordered[0]) if ordered else None, "others": [_task(desk, task) for task in ordered[1:]],
        "startable": [Link(a.title, _start(seen, a)) for a in actions if a.allowed and a.task_id not in waiting],
        "refused": _refused(actions), "unfold": not mine, "closed": seen.closed,
        "tab": tab, "tabs": [{"title": title, "href": f"/cases/{seen.id}?tab={ident}#tabs", "on": ident == tab} for ident, title in tabs.items()],
        **_TAB[tab](request, desk, seen),
    }


def _card(request: Request, desk: Desk, seen: CaseView) -> list[dict[str, str]]:
    pairs = [{"title": title, "value": display.plain(value), "reveal": ""} for title, value in seen.card]
    spec = desk.edition().case
    form = desk.edition().forms.get(spec.form)
    pointers = {form.fields[pointer].title: pointer for pointer in spec.search.identifiers if pointer in form.fields} if form else {}
    may = "sensitive.read" in request.state.may
    masked = [
        {"title": title, "value": value, "reveal": f"/cases/{seen.id}/reveal?at={pointers[title]}" if may and title in pointers else ""}
        for title, value in seen.identity
    ]
    return pairs[:2] + masked + pairs[2:]


def _stage(stage: StageView, tasks: Sequence[OpenTask]) -> dict[str, str]:
    due = next((task.due for task in tasks if task.stage == stage.title and task.due), None)
    now = messages.STAGE_NOW_UNTIL.format(day=display.day(due)) if due else messages.STAGE_NOW
    return {"title": stage.title, "state": _STATES[stage.state], "note": display.day(stage.date) or (now if stage.state == "current" else "")}


def _task(desk: Desk, task: OpenTask) -> dict[str, Any]:
    button = messages.OPEN_TASK if task.approval else messages.CONTINUE if task.drafted else messages.BEGIN
    words = display.due_words(task.due, desk.today)
    return {
        "title": task.title, "due": display.day(task.due), "look": display.due_state(task.due, desk.today), "why": task.why, "mine": task.mine,
        "words": messages.UNTIL.format(words=words) if words == messages.TODAY else words, "mark": messages.MARKS.get(task.mark, task.mark),
        "whose": task.why_not or task.lane, "href": f"/tasks/{task.id}", "button": button,
    }


def _refused(actions: Sequence[Action]) -> list[dict[str, Any]]:
    """Tell what cannot be started and why; what is refused for one reason stands together."""
    reasons: dict[tuple[str, int | None], list[str]] = {}
    for action in actions:
        if not action.allowed:
            reasons.setdefault((action.why_not, action.page), []).append(action.title)
    return [{"titles": titles, "why": why, "page": page} for (why, page), titles in reasons.items()]


def _start(seen: CaseView, action: Action) -> str:
    return f"/tasks/{action.task_id}" if action.task_id else f"/cases/{seen.id}/start/{action.id}"


def _records(_request: Request, desk: Desk, seen: CaseView) -> dict[str, Any]:
    groups: dict[str, dict[str, Any]] = {}
    for row in records.of_case(desk, seen.id):
        group = groups.setdefault(row.form, {"title": row.title, "columns": [title for title, _ in row.columns], "right": [], "rows": []})
        group["right"] += [at for at, (_, value) in enumerate(row.columns) if at and at not in group["right"] and display.figure(value)]
        group["rows"].append(
            {
                "cells": [display.measured(value, unit) for (_, value), unit in zip(row.columns, row.units, strict=True)][: len(group["columns"])], "href": f"/records/{row.id}",
                "on": display.minute(row.created_at), "amended": row.revision - 1 if not row.withdrawn_at else 0, "by": row.by_name,
                "withdrawn": row.withdrawn_at is not None,
            }
        )
    return {"records": list(groups.values())}


def _basic(_request: Request, desk: Desk, seen: CaseView) -> dict[str, Any]:
    if seen.register_record is None:
        return {"basic": None}
    record = records.view(desk, seen.register_record)
    note = messages.BASIC_NOTE.format(at=display.minute(record.created_at), name=record.by_name)
    amend = "" if record.why_not_amend else f"/records/{record.id}/amend"
    return {"basic": {"note": note, "amend": amend, "href": f"/records/{record.id}", "sheets": papers.read(record.form, record.answers)}}


def _flow(request: Request, desk: Desk, seen: CaseView) -> dict[str, Any]:
    return timeline.told(desk, seen, request.query_params.get("of", ""))


def _process(_request: Request, desk: Desk, seen: CaseView) -> dict[str, Any]:
    found = position.of_case(desk, seen)
    edition = desk.edition(seen.edition).title
    return {"edition": edition, "process_href": f"/cases/{seen.id}/process", "path": position.told(found) if found else []}


def _files(_request: Request, desk: Desk, seen: CaseView) -> dict[str, Any]:
    edition = desk.edition()
    lines = [
        {
            "id": file.id, "name": file.name, "size": display.file_size(file.size), "on": display.minute(file.created_at),
            "title": edition.forms[form].title if form in edition.forms else form,
        }
        for file, form in attachments.of_case(desk, seen.id)
    ]
    return {"files": lines}


_TAB = {"records": _records, "basic": _basic, "flow": _flow, "process": _process, "files": _files}
