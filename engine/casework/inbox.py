"""What a person was told, newest first, and whether they have seen it. Nobody sees what another was told, nor of cases out of reach by now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from engine.casework import access, notices, reach, recordview
from engine.errors import Forbidden, NotFound
from engine.store.prepared import prepare
from engine.store.tables import cases, notice, person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select

    from engine.casework.desk import Desk

MOST = 100
_by = person.alias("by")
_told = (
    select(notice, cases.c.label, cases.c.number, _by.c.name.label("by_name"))
    .select_from(notice.join(cases, cases.c.id == notice.c.case_id).outerjoin(_by, _by.c.id == notice.c.by_id))
    .where(notice.c.person_id == bindparam("mine"))
    .order_by(notice.c.id.desc())
    .limit(bindparam("most"))
)
_counted = (
    select(func.count().label("count"))
    .select_from(notice.join(cases, cases.c.id == notice.c.case_id))
    .where(notice.c.person_id == bindparam("mine"), notice.c.seen_at.is_(None))
)


def _within(statement: Select[Any]) -> Select[Any]:
    return statement.where(cases.c.institution_id == bindparam("place"))


_all, _here = prepare(_told), prepare(_within(_told))
_fresh_all, _fresh_here = prepare(_told.where(notice.c.seen_at.is_(None))), prepare(_within(_told.where(notice.c.seen_at.is_(None))))
_count_all, _count_here = prepare(_counted), prepare(_within(_counted))


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing a person was told. `kind` is approved, returned, given or assigned; `title` the work or task; `comment` what the decider wrote."""

    id: str
    kind: str
    case_id: str
    case_label: str
    case_number: str
    title: str
    comment: str
    by_name: str
    at: datetime
    seen_at: datetime | None
    task_id: str | None
    record_id: str | None


def mine(desk: Desk, *, fresh: bool = False, most: int = MOST) -> tuple[Notice, ...]:
    """Give what the person was told, newest first; with `fresh` only what they have not seen."""
    wide = reach.scope(desk.edition(), desk.actor)
    if wide == "none":
        return ()
    if wide == "all":
        rows = (_fresh_all if fresh else _all).all(desk.connection, mine=desk.actor.person_id, most=most)
    else:
        rows = (_fresh_here if fresh else _here).all(desk.connection, mine=desk.actor.person_id, most=most, place=desk.actor.institution_id)
    access.record_many(desk, "notice.list", dict.fromkeys(row.case_id for row in rows))
    return tuple(_notice(desk, row) for row in rows)


def waiting(desk: Desk) -> int:
    """Count what the person was told and has not seen."""
    wide = reach.scope(desk.edition(), desk.actor)
    if wide == "none":
        return 0
    row = (
        _count_all.first(desk.connection, mine=desk.actor.person_id)
        if wide == "all"
        else _count_here.first(desk.connection, mine=desk.actor.person_id, place=desk.actor.institution_id)
    )
    return int(row.count) if row else 0


def see(desk: Desk, ids: Sequence[str] | None = None) -> None:
    """Note that the person has seen some of what they were told (their own only), or all of it."""
    changed = update(notice).where(notice.c.person_id == desk.actor.person_id, notice.c.seen_at.is_(None))
    if ids is not None:
        changed = changed.where(notice.c.id.in_(list(ids)[:MOST]))
    desk.connection.execute(changed.values(seen_at=desk.now))


def _notice(desk: Desk, row: Any) -> Notice:
    comment = _comment(desk, row.record_id) if row.record_id and row.kind in (notices.APPROVED, notices.RETURNED) else ""
    return Notice(
        row.id, row.kind, row.case_id, row.label, row.number or "", row.title, comment, row.by_name or "", row.at, row.seen_at, row.task_id, row.record_id
    )


def _comment(desk: Desk, record_id: str) -> str:
    """Give what was written beside a decision, where the person may read the record of it."""
    try:
        seen = recordview.view(desk, record_id)
    except (NotFound, Forbidden):
        return ""
    edition = desk.edition(seen.edition)
    asked = next((task.approval for work in edition.processes.values() for task in work.tasks.values() if task.form == seen.form.id and task.approval), None)
    return _at(seen.answers, asked.comment) if asked and asked.comment and seen.withdrawn_at is None else ""


def _at(answers: Mapping[str, Any], path: str) -> str:
    value: Any = answers
    for step in notices.steps(path):
        value = value.get(step) if isinstance(value, dict) else None
    return str(value or "")
