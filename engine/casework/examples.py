"""What an impact or a replay came to, told with the numbers of some of the cases it is about: whoever decides on the edition may look at these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.casework import access, impact, replay
from engine.casework.permits import demand
from engine.store.tables import cases, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.casework.desk import Desk

PERMISSION = "edition.approve"
_by_case = select(cases.c.id.label("named"), cases.c.id, cases.c.number)
_by_record = select(record.c.id.label("named"), cases.c.id, cases.c.number).select_from(record.join(cases, cases.c.id == record.c.case_id))


def sentences(desk: Desk, digest: str, found: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the sentences of an impact or a replay of this edition (as plain data), each with the numbers of up to five cases: never a name.

    Raises Forbidden. Every case whose number is given is in the access record.
    """
    demand(desk, PERMISSION)
    lines = dict(_replayed(found) if "read" in found else _affected(found))
    idents = {ident for examples in lines.values() for ident in examples}
    wanted = _by_record.where(record.c.id.in_(idents)) if "read" in found else _by_case.where(cases.c.id.in_(idents))
    rows = desk.connection.execute(wanted).all() if idents else ()
    access.record_many(desk, "edition.examples", sorted({row.id for row in rows}), target=f"edition {digest}")
    numbers = {row.named: row.number or row.id for row in rows}
    return tuple(_told(line, [numbers[ident] for ident in lines.get(line, ()) if ident in numbers]) for line in found["sentences"])


def _told(line: str, numbers: Iterable[str]) -> str:
    some = ", ".join(dict.fromkeys(numbers))
    return f"{line} (예: {some})" if some else line


def _affected(found: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    every = [each for part in ("why", "task_effects", "lost", "records") for each in found[part]]
    return ((impact.line(each["count"], each["sentence"]), list(each["examples"])) for each in every)


def _replayed(found: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    return ((replay.line(replay.Refusal(**each)), list(each["examples"])) for each in found["why"])
