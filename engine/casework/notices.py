"""Telling a person that something became of what they asked for, or that something is theirs now: written by the verb that did it, in its transaction.

What was told to whom, and whether they have seen it, is read in `engine.casework.inbox`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.dossier import Dossier
    from engine.spec.process import Approval

APPROVED, RETURNED, GIVEN, ASSIGNED = "approved", "returned", "given", "assigned"
_insert = prepare(insert(notice))


def tell(dossier: Dossier, person_id: str | None, kind: str, *, title: str = "", task_id: str | None = None, record_id: str | None = None) -> None:
    """Tell a person, when the verb ends, what happened to the case in hand. Nobody is told of what they did themselves."""
    desk = dossier.desk
    if not person_id or person_id == desk.actor.person_id:
        return
    row = {
        "id": new_id(), "person_id": person_id, "case_id": dossier.case.id, "kind": kind, "title": title, "task_id": task_id, "record_id": record_id,
        "by_id": desk.actor.person_id or None, "at": desk.now, "seen_at": None,
    }  # fmt: skip
    dossier.write(_insert, row)


def outcome(asked: Approval, data: Mapping[str, Any]) -> str:
    """Say what the answers to an approval decided: "approved", "returned", or "" where they say neither."""
    value: Any = data
    for step in steps(asked.decision):
        value = value.get(step) if isinstance(value, dict) else None
    return APPROVED if value == asked.approve else RETURNED if value == asked.return_ else ""


def steps(path: str) -> list[str]:
    """Give the names of a path into answers."""
    return path.replace("/", ".").strip(".").split(".")
