"""One row of another system brought in: read with its form, written by the verbs, remembered so that a second run makes no double.

As if typed today by default: a case is registered, a work is done with its guards. `without_work` keeps a record of what is long over: no work opens
and guards are not asked. `past_closing` does not ask for the closing date. Both need `record.import`, and a reason that history tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.casework import cases, past, records, tasks
from engine.casework.desk import Origin
from engine.casework.dossier import open_case
from engine.errors import FieldError, Invalid, Refused
from engine.store.prepared import prepare
from engine.store.tables import imported, record
from engine.store.tables import task as task_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.spec.form import Form

NEW, SAME, AMENDED = "new", "same", "amended"
_LONGEST_TOLD = 500

_known = prepare(
    select(imported.c.content, imported.c.record_id, imported.c.case_id).where(imported.c.form == bindparam("of_form"), imported.c.source == bindparam("of_source"))
)
_remember = prepare(insert(imported))
_renew = prepare(update(imported).where(imported.c.form == bindparam("of_form"), imported.c.source == bindparam("of_source")), ["content", "at", "person_id"])
_last_record = prepare(
    select(record.c.id).where(record.c.case_id == bindparam("case_id"), record.c.form == bindparam("form")).order_by(record.c.id.desc()).limit(1)
)
_waiting = prepare(
    select(task_table.c.id)
    .where(task_table.c.case_id == bindparam("case_id"), task_table.c.form == bindparam("form"), task_table.c.closed_at.is_(None))
    .order_by(task_table.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How rows are brought in: `why` is the reason for what is bypassed, `amend` the reason for amending rows that changed ("": they are errors)."""

    why: str = ""
    past_closing: bool = False
    without_work: bool = False
    confirmed: bool = False
    amend: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What is brought in: `source` and `content` tell it from others, `asked` names the top-level answers its sheet has columns for."""

    source: str
    content: str
    answers: Mapping[str, Any]
    asked: frozenset[str]
    on: date
    origin: str


def bring(desk: Desk, form: Form, row: Row, manner: Manner, case_id: str | None) -> str:
    """Write a row, of a case or (None) of one it registers; give whether it was new, the same, or amended. Raises what the verbs raise."""
    known = _known.first(desk.connection, of_form=form.id, of_source=row.source)
    if known is not None and known.content == row.content and case_id in (None, known.case_id):
        return SAME
    told = "; ".join(filter(None, (row.origin, manner.why)))[:_LONGEST_TOLD]
    own = replace(desk, origin=Origin(told, manner.past_closing))
    if known is not None:
        _amend(own, row, manner, known, case_id)
        _renew.run(desk.connection, {"content": row.content, "at": desk.now, "person_id": desk.actor.person_id}, of_form=form.id, of_source=row.source)
        return AMENDED
    if case_id is None:
        case_id, record_id = _register(own, form, row, manner)
    elif manner.without_work:
        record_id = past.keep(own, form, row.answers, row.on, case_id, confirmed=manner.confirmed)
    else:
        record_id = _work(own, form, row, manner, case_id)
    values = {"form": form.id, "source": row.source, "content": row.content, "record_id": record_id, "case_id": case_id}
    _remember.run(desk.connection, values, at=desk.now, person_id=desk.actor.person_id)
    return NEW


def _amend(desk: Desk, row: Row, manner: Manner, known: Any, case_id: str | None) -> None:
    if case_id not in (None, known.case_id):
        raise _wrong("같은 번호의 줄이 다른 사례의 기록으로 이미 들어와 있습니다. 다른 자료이면 --source로 구별하세요.")
    if not manner.amend:
        raise _wrong("같은 번호로 이미 들어온 줄인데 내용이 달라졌습니다. 고치려면 --amend에 까닭을 적으세요.")
    records.amend(desk, known.record_id, row.answers, manner.amend, confirmed=manner.confirmed)


def _register(desk: Desk, form: Form, row: Row, manner: Manner) -> tuple[str, str]:
    dossier = past.unknown_case(desk, form, row.answers)
    if manner.without_work:
        return past.register(dossier, form, row.answers, row.on, confirmed=manner.confirmed)
    answers = _with_prefill(dossier, form, row)
    case_id = cases.register(desk, form.id, answers, confirmed=manner.confirmed)
    return case_id, str(_last_record.first(desk.connection, case_id=case_id, form=form.id).id)  # type: ignore[union-attr]


def _work(desk: Desk, form: Form, row: Row, manner: Manner, case_id: str) -> str:
    """Do the work the form begins, or the one that waits for it."""
    edition = desk.edition()
    works = [process.id for process in edition.processes.values() if process.start and next(iter(process.tasks.values())).form == form.id]
    if len(works) > 1:
        works = [action.id for action in cases.actions(desk, case_id) if action.id in works and action.allowed] or works
    answers = _with_prefill(open_case(desk, case_id, lock=False), form, row)
    if works:
        return tasks.submit(desk, case_id, works[0], answers, confirmed=manner.confirmed).record_id
    waiting = _waiting.first(desk.connection, case_id=case_id, form=form.id)
    if waiting is None:
        raise Refused("이 서식으로 시작하는 일도 기다리는 일도 없습니다. 지난 기록이면 --without-work로 들여오세요.")
    return tasks.complete(desk, waiting.id, answers, confirmed=manner.confirmed).record_id


def _with_prefill(dossier: Dossier, form: Form, row: Row) -> dict[str, Any]:
    """Give the answers over what the screen would begin with, where the sheet has no column for it."""
    if all(node.prefill is None or name in row.asked for name, node in _tops(form)):
        return dict(row.answers)
    begun = form.prefill(dossier.facts, dossier.desk.today)
    return {name: value for name, value in begun.items() if name not in row.asked} | dict(row.answers)


def _tops(form: Form) -> list[tuple[str, Any]]:
    """Give every prefilled field with the name of the top-level answer it is in."""
    return [(pointer.split("/")[1], node) for pointer, node in form.nodes.items() if pointer]


def _wrong(message: str) -> Invalid:
    return Invalid([FieldError("", "source", message)])
