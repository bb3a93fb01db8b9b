"""Where a case stands in the picture of its guided path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import history
from web import display, messages

if TYPE_CHECKING:
    from engine.casework.cases import CaseView
    from engine.casework.desk import Desk
    from engine.spec.process import Process


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands: the process, the elements passed (with the day of the last pass), the elements that wait."""

    process: Process
    done: dict[str, str]
    now: tuple[str, ...]


def of_case(desk: Desk, seen: CaseView) -> Position | None:
    """Find where a case stands in its lifecycle; None where its edition has none. The caller may see the case."""
    process = desk.edition(seen.edition).lifecycle
    if process is None:
        return None
    done: dict[str, str] = {}
    for event in history.of_case(desk, seen.id):
        passed = [*event.detail.get("trail", ()), *([event.detail["element"]] if event.kind == "complete" and "element" in event.detail else [])]
        done.update((str(element), display.day(event.at)) for element in passed if element in process.elements)
    waiting = {(task.form, task.title) for task in seen.tasks}
    now = tuple(element for element, step in process.tasks.items() if (step.form, step.title) in waiting)
    return Position(process, {element: day for element, day in done.items() if element not in now}, now)


def told(found: Position) -> list[dict[str, Any]]:
    """Tell the position in words: every step of the picture, whether it is done, waits, or is to come."""
    return [_step(found, element, step.title) for element, step in found.process.tasks.items()]


def _step(found: Position, element: str, title: str) -> dict[str, Any]:
    if element in found.now:
        return {"state": "today", "state_text": messages.NOW, "title": title, "note": ""}
    if element in found.done:
        return {"state": "done", "state_text": messages.STEP_DONE, "title": title, "note": found.done[element]}
    return {"state": "due", "state_text": messages.STEP_AHEAD, "title": title, "note": ""}
