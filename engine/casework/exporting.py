"""A whole list that leaves the house, as a file or on paper: why is asked first, and stands in the access record of every case in it.

It is taken in parts, each in a transaction of its own, so that a long one holds nobody up; what left the person's reach meanwhile stays out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.casework import access, answers, lists
from engine.store.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.casework.desk import Desk
    from engine.casework.lists import Row
    from engine.spec.view import View

PART = 2000  # rows taken at once
FILE, PAPER = "export", "print"  # what the access record says, after "case." or "record."


@dataclass(frozen=True, slots=True)
class Export:
    """A list as it was when somebody asked for all of it: `ids` in its order. `number` names this one export in the access record and on what left."""

    number: str
    act: str
    reason: str
    view: View
    ids: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]]


def begin(
    desk: Desk, view_id: str, reason: str, filters: Mapping[str, str | Sequence[str]] | None = None, sort: str = "", *, act: str = FILE
) -> Export:
    """Settle what will leave, filters and sort as for `lists.cases_by`. Raises Invalid without a reason or for values that cannot be, NotFound."""
    told = answers.reason(reason)
    found = lists.ordered(desk, view_id, filters, sort)
    what = "record" if found.view.of else "case"
    made = Export(new_id(), f"{what}.{act}", told, found.view, tuple(found.ids), found.filters)
    access.record(desk, made.act, target=f"view {view_id}, {len(made.ids)} rows, no. {made.number}", reason=told)
    return made


def part(desk: Desk, of: Export, start: int) -> tuple[Row, ...]:
    """Give `PART` rows from `start`; each case is in the access record before they leave."""
    rows = lists.rows_of(desk, of.view.id, of.filters, of.ids[start : start + PART])
    access.record_many(desk, of.act, dict.fromkeys(row.case_id for row in rows), target=f"view {of.view.id}, no. {of.number}", reason=of.reason)
    return rows
