"""What happened to a case as a time line: by year, the latest first, with what each record says in a few words, narrowed to a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import records, telling
from web import display, messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.casework.cases import CaseView
    from engine.casework.desk import Desk
    from engine.casework.history import Event
    from engine.casework.recordview import RecordRow
    from engine.spec.edition import Edition
    from engine.spec.outline import Stage

_SAVED = ("complete", "register", "case.opened", "import")
_PARTS, _LONG = 3, 40  # how much of a record one line says: so many answers, so many characters of each


def told(desk: Desk, seen: CaseView, of: str) -> dict[str, Any]:
    """Tell the time line of a case; `of` is the id of a stage, "-" for what belongs to none, "" for everything."""
    edition = desk.edition()
    stages, kept = _stages(edition), {row.id: row for row in records.of_case(desk, seen.id)}
    events = [(event, _stage(event, stages)) for event in reversed(telling.of_case(desk, seen.id))]
    here = {stage for _, stage in events}
    there = [stage for stage in edition.case.stages if stage.id in here]
    years: dict[str, list[dict[str, Any]]] = {}
    for event, stage in events:
        if of in ("", stage or "-"):
            line = _line(edition, event, kept, seen.label)
            years.setdefault(line["on"][:4], []).append(line)
    return {
        "chips": list(_chips(seen.id, there, of, others="" in here)) if there else [],
        "years": [{"title": messages.YEAR.format(year=year), "events": lines} for year, lines in years.items()],
    }


def _chips(case_id: str, there: Sequence[Stage], of: str, *, others: bool) -> Iterator[dict[str, Any]]:
    base = f"/cases/{case_id}?tab=flow"
    yield {"title": messages.ALL, "href": f"{base}#tabs", "on": not of}
    for stage in there:
        yield {"title": stage.title, "href": f"{base}&of={stage.id}#tabs", "on": of == stage.id}
    if others:
        yield {"title": messages.OTHERS, "href": f"{base}&of=-#tabs", "on": of == "-"}


def _stages(edition: Edition) -> dict[str, str]:
    """Give form -> id of the stage its step belongs to."""
    return {task.form: task.stage or process.stage for process in edition.processes.values() for task in process.tasks.values() if task.stage or process.stage}


def _stage(event: Event, stages: Mapping[str, str]) -> str:
    return stages.get(str(event.detail.get("form", "")), "")


def _line(edition: Edition, event: Event, kept: Mapping[str, RecordRow], label: str) -> dict[str, Any]:
    detail = event.detail
    form, work = edition.forms.get(str(detail.get("form", ""))), edition.processes.get(str(detail.get("process", "")))
    kind = messages.EVENTS.get(event.kind, event.kind)
    record = detail.get("record")
    says = _says(kept.get(str(record)), (label, display.day(event.at))) if event.kind in _SAVED else ""
    came = ", ".join(_fired(edition, detail))
    parts = [says or (kind if form or work or came else ""), event.name or messages.BY_CLOCK, str(detail.get("reason", ""))]
    parts += [messages.EVENT_CLOSED] if detail.get("closed") else []
    parts += [messages.EVENT_OWNER] if "owner" in detail else []
    guided = work is not None and work.kind == "lifecycle" and event.kind == "complete"
    return {
        "on": display.day(event.at), "title": form.title if form else work.title if work else came or kind, "note": " · ".join(part for part in parts if part),
        "key": bool(guided or detail.get("closed") or "owner" in detail or event.kind == "register"), "href": f"/records/{record}" if record else "",
        "state": "", "state_text": "",
    }


def _says(row: RecordRow | None, known: Sequence[str]) -> str:
    """Give the first answers of a record's own line in a list, figures with what they are of; "" where it says no more than is `known`."""
    said: list[str] = []
    for (title, value), unit in zip(row.columns, row.units, strict=True) if row else ():
        text = display.measured(value, unit)
        if text != messages.NOTHING and text not in known:
            short = text if len(text) <= _LONG else f"{text[:_LONG]}…"
            said.append(short if isinstance(value, (str, list, tuple)) else f"{title} {short}")
    return " · ".join(said[:_PARTS])


def _fired(edition: Edition, detail: Mapping[str, Any]) -> Iterator[str]:
    """Give the titles of the timers that fired."""
    for element in detail.get("fired", ()):
        found = (process.elements[element].title for process in edition.processes.values() if element in process.elements)
        yield from [title for title in found if title][:1]
