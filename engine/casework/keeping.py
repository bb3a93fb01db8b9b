"""Records as the dossier keeps them: a new one, a new revision of one, one taken back. Sensitive answers are sealed apart from the rest.

Every revision stays; the record's row names the last. `case_form` counts the records of a form that are not withdrawn and names the first and the last,
so that nobody ever reads all records of a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.casework import attachments, identifiers, rows, sealing
from engine.casework.depends import record_of
from engine.casework.facts import Kept, as_read
from engine.errors import Stale
from engine.store.ids import is_id, new_id
from engine.store.prepared import prepare
from engine.store.tables import case_form, cases, instance, person, record, revision, task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.spec.form import Form

COMPLETE, AMEND, WITHDRAW = "complete", "amend", "withdraw"

_insert_record, _insert_revision = prepare(insert(record)), prepare(insert(revision))
_update_record = prepare(
    update(record).where(record.c.id == bindparam("of_id"), record.c.revision == bindparam("was")), ["revision", "changed_at", "withdrawn_at"]
)
_insert_case_form = prepare(insert(case_form))
_update_case_form = prepare(
    update(case_form).where(case_form.c.case_id == bindparam("of_case"), case_form.c.form == bindparam("of_form")), ["count", "made", "first_record", "last_record"]
)
_stored = prepare(
    select(
        record,
        revision.c.data,
        revision.c.sealed,
        revision.c.edition.label("revision_edition"),
        person.c.login.label("by"),
        person.c.name.label("by_name"),
        task.c.lane,
        task.c.approval,
        instance.c.ended_at.label("work_ended_at"),
        instance.c.kind.label("work_kind"),
        task.c.process,
        task.c.element,
    )
    .select_from(
        record.join(revision, (revision.c.record_id == record.c.id) & (revision.c.number == record.c.revision))
        .outerjoin(person, person.c.id == record.c.created_by)
        .outerjoin(task, task.c.id == record.c.task_id)
        .outerjoin(instance, instance.c.id == record.c.instance_id)
    )
    .where(record.c.id == bindparam("record_id"))
)
_shares = prepare(
    select(record.c.case_id, cases.c.label, record.c.id)
    .select_from(record.join(cases, cases.c.id == record.c.case_id))
    .where(record.c.source_id == bindparam("source_id"), record.c.withdrawn_at.is_(None))
    .order_by(cases.c.label, record.c.id)
)
_remaining = prepare(
    select(record.c.id)
    .where(
        record.c.case_id == bindparam("case_id"),
        record.c.form == bindparam("form"),
        record.c.withdrawn_at.is_(None),
        record.c.id != bindparam("but"),
    )
    .order_by(record.c.id)
)


@dataclass(frozen=True, slots=True)
class Share:
    """A record that one case got from a record that names many."""

    case_id: str
    case_label: str
    record_id: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as stored: its last revision's answers (`data`, without the sensitive ones) and the sealed rest."""

    id: str
    case_id: str
    institution_id: str
    form: str
    edition: str
    instance_id: str | None
    task_id: str | None
    source_id: str | None  # the record of an institution it came from
    revision: int
    created_at: datetime
    created_by: str | None
    changed_at: datetime
    withdrawn_at: datetime | None
    data: Mapping[str, Any]
    sealed: bytes | None
    revision_edition: str
    by: str | None
    by_name: str | None
    lane: str | None  # of the task it was made in
    approval: bool | None
    work_ended_at: datetime | None
    work_kind: str | None
    process: str | None  # and element: the step it was made in
    element: str | None


def stored(desk: Desk, record_id: str) -> Stored | None:
    """Give a record, or None."""
    row = _stored.first(desk.connection, record_id=record_id) if is_id(record_id) else None
    return Stored(*row) if row else None


def shares(desk: Desk, record_id: str) -> tuple[Share, ...]:
    """Give what came from a record and stands, by the name of the case."""
    return tuple(Share(*row) for row in _shares.all(desk.connection, source_id=record_id))


def whole(desk: Desk, kept: Stored) -> dict[str, Any]:
    """Give a record's answers, the sensitive ones included. Raises Broken where the sealed part is not this record's."""
    return sealing.join(kept.data, sealing.unseal(desk.cipher, place(kept.id, kept.revision), kept.sealed))


def keep(
    dossier: Dossier, form: Form, edition: str, data: Mapping[str, Any], *, instance_id: str | None, task_id: str | None, source_id: str | None = None,
) -> str:
    """Keep a completed form as a new record; give its id. Facts see it at once. `source_id` is the record of an institution it came from."""
    desk, case = dossier.desk, dossier.case
    made, by = new_id(), desk.actor.person_id or None
    row = {
        "id": made, "case_id": case.id, "institution_id": case.institution_id, "form": form.id, "edition": edition, "instance_id": instance_id,
        "task_id": task_id, "source_id": source_id, "revision": 1, "created_at": desk.now, "created_by": by, "changed_at": desk.now,
    }  # fmt: skip
    dossier.write(_insert_record, row)
    document = _revise(dossier, form, made, 1, COMPLETE, edition, data, "")
    of_form = dossier.records.form(form.id)
    latest = Kept(made, desk.today, (desk.actor.login, desk.actor.name), lambda reader: as_read(form, document, reader))
    of_form.count, of_form.made = of_form.count + 1, of_form.made + 1
    of_form.first, of_form.last = of_form.first or latest, latest
    _count(dossier, form.id)
    identifiers.index(dossier, form, data)
    dossier.touch(record_of(form.id))
    if rows.listed(dossier, form.id):
        dossier.records_changed[made] = _this(dossier, form, made, edition, document, desk.today, (desk.actor.login, desk.actor.name), new=True)
    dossier.tell(record=made, form=form.id)
    return made


def revise(dossier: Dossier, form: Form, kept: Stored, data: Mapping[str, Any], reason: str) -> None:
    """Put a new revision on top of a record. Facts see it at once."""
    number = kept.revision + 1
    document = _revise(dossier, form, kept.id, number, AMEND, kept.edition, data, reason)
    _advance(dossier, kept, number, kept.withdrawn_at)
    of_form = dossier.records.form(form.id)
    latest = Kept(kept.id, kept.created_at.date(), (kept.by, kept.by_name), lambda reader: as_read(form, document, reader))
    if of_form.first is not None and of_form.first.id == kept.id:
        of_form.first = latest
    if of_form.last is not None and of_form.last.id == kept.id:
        of_form.last = latest
        identifiers.index(dossier, form, data)
    dossier.records.changed(form.id)
    dossier.touch(record_of(form.id))
    if rows.listed(dossier, form.id) and kept.withdrawn_at is None:
        dossier.records_changed[kept.id] = _this(dossier, form, kept.id, kept.edition, document, kept.created_at.date(), (kept.by, kept.by_name))
    dossier.tell(record=kept.id, form=form.id, revision=number, fields=_changed_fields(kept.data, document))


def remove(dossier: Dossier, form: Form, kept: Stored, reason: str) -> None:
    """Take a record back: it stays readable, but counts no more. Facts see it at once."""
    desk, number = dossier.desk, kept.revision + 1
    _revise(dossier, form, kept.id, number, WITHDRAW, kept.edition, whole(desk, kept), reason)
    _advance(dossier, kept, number, desk.now)
    of_form = dossier.records.form(form.id)
    left = [row.id for row in _remaining.all(desk.connection, case_id=kept.case_id, form=kept.form, but=kept.id)]
    of_form.count = len(left)
    of_form.first, of_form.last = (_as_fact(dossier, left[0]), _as_fact(dossier, left[-1])) if left else (None, None)
    _count(dossier, form.id)
    dossier.touch(record_of(form.id))
    if rows.listed(dossier, form.id):
        dossier.records_changed[kept.id] = None
    dossier.tell(record=kept.id, form=form.id, revision=number)


def _this(
    dossier: Dossier, form: Form, ident: str, edition: str, document: Mapping[str, Any], saved: date, by: tuple[str | None, str | None], *, new: bool = False
) -> rows.This:
    actor = dossier.desk.actor
    changed_by = (actor.login or None, actor.name or None)
    writers = 1 if new else rows.writers(dossier, ident)
    return rows.This(ident, form.id, edition, form.values(document), saved, by, dossier.desk.today, changed_by, writers, new=new)


def _as_fact(dossier: Dossier, record_id: str) -> Kept:
    kept = stored(dossier.desk, record_id)
    assert kept is not None
    form = dossier.desk.edition(kept.edition).forms[kept.form]
    return Kept(kept.id, kept.created_at.date(), (kept.by, kept.by_name), lambda reader: as_read(form, kept.data, reader))


def _revise(dossier: Dossier, form: Form, record_id: str, number: int, kind: str, edition: str, data: Mapping[str, Any], reason: str) -> dict[str, Any]:
    desk = dossier.desk
    if kind != WITHDRAW:
        attachments.claim(desk, dossier.case.id, record_id, attachments.named(form, data), form.fields, dossier.write)
    document, apart = sealing.split(form, data)
    row = {
        "record_id": record_id, "number": number, "case_id": dossier.case.id, "case_version": dossier.case.version + 1, "kind": kind, "edition": edition,
        "data": document, "sealed": sealing.seal(desk.cipher, place(record_id, number), apart), "reason": reason, "saved_at": desk.now,
        "saved_by": desk.actor.person_id or None,
    }  # fmt: skip
    dossier.write(_insert_revision, row)
    return document


def _advance(dossier: Dossier, kept: Stored, number: int, withdrawn_at: datetime | None) -> None:
    values = {"revision": number, "changed_at": dossier.desk.now, "withdrawn_at": withdrawn_at}
    if _update_record.run(dossier.desk.connection, values, of_id=kept.id, was=kept.revision) != 1:
        raise Stale


def _count(dossier: Dossier, form_id: str) -> None:
    of_form = dossier.records.form(form_id)
    row = {
        "count": of_form.count,
        "made": of_form.made,
        "first_record": of_form.first.id if of_form.first else None,
        "last_record": of_form.last.id if of_form.last else None,
    }
    if of_form.stored:
        dossier.write(_update_case_form, {**row, "of_case": dossier.case.id, "of_form": form_id})
    else:
        dossier.write(_insert_case_form, {**row, "case_id": dossier.case.id, "form": form_id})
        of_form.stored = True
    dossier.records.changed(form_id)




def _changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name the top-level answers that differ; never what they were."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)][:50]


def place(record_id: str, number: int) -> str:
    """Give what the sealed part of a revision is bound to."""
    return f"revision|{record_id}.{number}|sealed"


def doubles(dossier: Dossier, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the pointers of the identifiers in these answers that another case of the institution has too."""
    return tuple(pointer for pointer in dossier.edition.case.search.identifiers if identifiers.known(dossier, pointer, data))
