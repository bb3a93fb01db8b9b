"""What happened to a case, as far as a person may know: nothing of records they do not see, nor of the tasks those were made in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.casework import history, reach, sight
from engine.casework.dossier import open_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.casework.desk import Desk
    from engine.casework.history import Event
    from engine.casework.sight import Hidden

_LISTS = ("opened", "withdrawn")  # what an event names tasks in beside its own


def of_case(desk: Desk, case_id: str) -> tuple[Event, ...]:
    """Give what happened, first to last. Numbers keep the gaps of what is left out. Raises NotFound."""
    dossier = open_case(desk, case_id, lock=False)
    reach.demand_sight(dossier)
    return tuple(_seen(history.of_case(desk, case_id), sight.hidden(dossier)))


def _seen(events: tuple[Event, ...], hidden: Hidden) -> Iterator[Event]:
    for event in events:
        detail = event.detail
        if detail.get("record") in hidden.records or detail.get("task") in hidden.tasks:
            continue
        left = {name: [each for each in detail[name] if each not in hidden.tasks] for name in _LISTS if name in detail}
        if left == {name: detail[name] for name in left}:
            yield event
        elif any(left.values()) or event.kind != "start":
            yield replace(event, detail={**detail, **left})
