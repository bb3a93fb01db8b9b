"""Records as a person sees them: one with its revisions, those of a case as a list, and one sensitive answer on request, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.casework import access, answers, guards, keeping, reach, sealing
from engine.casework.dossier import open_case
from engine.errors import Forbidden, NotFound, Refused
from engine.store.prepared import prepare
from engine.store.tables import person, record, revision, task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.casework.keeping import Share, Stored
    from engine.spec.form import Form, Reading

_revisions = prepare(
    select(revision.c.number, revision.c.kind, revision.c.saved_at, person.c.login, person.c.name, revision.c.reason)
    .select_from(revision.outerjoin(person, person.c.id == revision.c.saved_by))
    .where(revision.c.record_id == bindparam("record_id"))
    .order_by(revision.c.number)
)
_one_revision = prepare(
    select(revision.c.data, revision.c.sealed).where(revision.c.record_id == bindparam("record_id"), revision.c.number == bindparam("number"))
)
_approved = prepare(select(task.c.id).where(task.c.instance_id == bindparam("instance_id"), task.c.approval).limit(1))
_listed = select(
    record.c.id, record.c.form, record.c.edition, record.c.revision, record.c.created_at, record.c.changed_at, record.c.withdrawn_at,
    revision.c.data, person.c.name.label("by_name"), person.c.login.label("by"),
).select_from(
    record.join(revision, (revision.c.record_id == record.c.id) & (revision.c.number == record.c.revision)).outerjoin(
        person, person.c.id == record.c.created_by
    )
).where(record.c.case_id == bindparam("case_id")).order_by(record.c.id.desc())  # fmt: skip
_of_case, _of_form = prepare(_listed), prepare(_listed.where(record.c.form == bindparam("form")))


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a record; `kind` is "complete", "amend" or "withdraw"."""

    number: int
    kind: str
    saved_at: datetime
    login: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record at one of its revisions, rendered with the edition it was made under; `answers` are masked. `why_not_…` is "" where one may.

    `source_id` is the record of an institution it came from; `shares` are the records that came from this one.
    """

    id: str
    case_id: str
    case_label: str
    form: Form
    edition: str
    edition_title: str
    answers: Mapping[str, Any]
    reading: Reading
    revision: int
    last_revision: int
    revisions: tuple[Revision, ...]
    created_at: datetime
    by_name: str
    withdrawn_at: datetime | None
    task_id: str | None
    source_id: str | None
    shares: tuple[Share, ...]
    why_not_amend: str
    why_not_withdraw: str
    page: int | None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record in a list; `columns` are the titles and values the form lists (codes as labels), `units` what figures among them are counted in."""

    id: str
    form: str
    title: str
    edition: str
    revision: int
    created_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None
    by_name: str
    columns: tuple[tuple[str, Any], ...]
    units: tuple[str, ...]


def view(desk: Desk, record_id: str, revision: int | None = None) -> RecordView:
    """Show a record, at its last revision or at an earlier one. Raises NotFound."""
    dossier, kept, form = open_record(desk, record_id, lock=False)
    number = revision or kept.revision
    raw = _whole_at(desk, kept, number)
    may_amend, may_withdraw = why_not(dossier, kept, "amend"), why_not(dossier, kept, "withdraw")
    edition = desk.edition(kept.edition)
    made = RecordView(
        kept.id, kept.case_id, dossier.case.label, form, kept.edition, edition.title, answers.masked(form, raw),
        answers.shown(form, raw, dossier.facts_before(kept.edition, form.values(kept.data)), kept.created_at.date()), number, kept.revision,
        tuple(_revision(row) for row in _revisions.all(desk.connection, record_id=record_id)),
        kept.created_at, kept.by_name or "", kept.withdrawn_at, kept.task_id, kept.source_id, keeping.shares(desk, record_id) if dossier.case.of_institution else (), may_amend.message if may_amend else "",
        may_withdraw.message if may_withdraw else "", getattr(may_amend, "page", None),
    )  # fmt: skip
    access.record(desk, "record.view", subject=kept.case_id, target=f"record {record_id}")
    return made


def of_case(desk: Desk, case_id: str, form: str | None = None) -> tuple[RecordRow, ...]:
    """List the records of a case that the person sees, newest first, withdrawn ones too. Raises NotFound."""
    dossier = open_case(desk, case_id, lock=False)
    reach.demand_sight(dossier)
    rows = _of_form.all(desk.connection, case_id=case_id, form=form) if form else _of_case.all(desk.connection, case_id=case_id)
    access.record(desk, "record.list", subject=case_id, target=f"case {case_id}")
    return tuple(_row(desk, row) for row in rows if reach.sees_record(dossier, row))


def reveal(desk: Desk, target: str, pointer: str, reason: str) -> str:
    """Give one sensitive answer unmasked, of a record or of a case's register record. Needs `sensitive.read` and a reason, which is logged.

    Raises NotFound, Forbidden, Invalid without a reason.
    """
    kept = keeping.stored(desk, target)
    dossier = open_case(desk, kept.case_id if kept else target, lock=False)
    reach.demand_sight(dossier, reach.REVEAL)
    if kept is None:
        last = dossier.records.form(dossier.edition.case.form).last
        kept = keeping.stored(desk, last.id) if last else None
    form = desk.edition(kept.edition).forms.get(kept.form) if kept else None
    if kept is None or form is None or sealing.schema_pointer(pointer) not in form.sensitive:
        raise NotFound
    reach.demand_record(dossier, kept)
    told = answers.reason(reason)
    value = sealing.value_at(keeping.whole(desk, kept), pointer)
    access.record(desk, "sensitive.reveal", subject=kept.case_id, target=f"record {kept.id} {pointer}", reason=told)
    return "" if value is None else str(value)


def open_record(desk: Desk, record_id: str, *, lock: bool) -> tuple[Dossier, Stored, Form]:
    """Take the case of a record in hand, and the record. Raises NotFound."""
    kept = keeping.stored(desk, record_id)
    if kept is None:
        raise NotFound
    dossier = open_case(desk, kept.case_id, lock=lock)
    reach.demand_sight(dossier)
    if lock:  # it may have changed while we waited for the case
        kept = keeping.stored(desk, record_id)
        assert kept is not None
    reach.demand_record(dossier, kept)
    return dossier, kept, desk.edition(kept.edition).forms[kept.form]


def place(desk: Desk, record_id: str) -> str:
    """Give the page to go on with after a record was changed: its own, or that of its case where the change hid it from the person. Raises NotFound."""
    kept = keeping.stored(desk, record_id)
    if kept is None:
        raise NotFound
    dossier = open_case(desk, kept.case_id, lock=False)
    reach.demand_sight(dossier)
    return f"/records/{record_id}" if reach.sees_record(dossier, kept) else f"/cases/{kept.case_id}"


def why_not(dossier: Dossier, kept: Stored, verb: str) -> Forbidden | Refused | None:
    """Say why the person may not "amend" or "withdraw" a record now, or None."""
    actor, roles = dossier.desk.actor, dossier.edition.roles
    if not actor.clock and not roles.may(actor.roles, reach.WRITE):
        return Forbidden()
    if kept.lane and not actor.clock and kept.lane not in roles.lanes_of(actor.roles) | dossier.desk.edition(kept.edition).roles.lanes_of(actor.roles):
        return Forbidden(f"{kept.lane}의 일입니다.")
    if kept.withdrawn_at is not None:
        return Refused("취소한 기록입니다.")
    if kept.source_id is not None:
        return Refused("여러 대상에게 한 번에 저장한 기록의 하나입니다. 원래 기록에서 바꾸거나 취소하세요.")
    if kept.approval:
        return Refused("결정한 기록은 바꿀 수 없습니다.")
    if kept.work_kind == "work" and _approved.first(dossier.desk.connection, instance_id=kept.instance_id) is not None:
        return Refused("승인을 받는 요청의 기록은 바꿀 수 없습니다. 아직 결정하지 않은 요청이면 취소하고 다시 요청하세요.")
    if verb == "withdraw":
        if kept.form == dossier.edition.case.form and dossier.records.form(kept.form).count <= 1:
            return Refused("등록한 기록은 취소할 수 없습니다.")
        if kept.work_kind == "work" and kept.work_ended_at is None:
            return Refused("아직 끝나지 않은 일의 기록입니다. 그 일을 취소하세요.")
    return guards.refusal(dossier, f"{verb}:{kept.form}", kept)


def _whole_at(desk: Desk, kept: Stored, number: int) -> dict[str, Any]:
    if number == kept.revision:
        return keeping.whole(desk, kept)
    row = _one_revision.first(desk.connection, record_id=kept.id, number=number)
    if row is None:
        raise NotFound
    return sealing.join(row.data, sealing.unseal(desk.cipher, keeping.place(kept.id, number), row.sealed))


def _revision(row: Any) -> Revision:
    return Revision(row.number, row.kind, row.saved_at, row.login or "", row.name or "", row.reason)


def _row(desk: Desk, row: Any) -> RecordRow:
    form = desk.edition(row.edition).forms.get(row.form)
    columns = tuple(_column(form, pointer, row.data) for pointer in form.list_columns) if form else ()
    units = tuple(form.fields[pointer].unit or "" for pointer in form.list_columns) if form else ()
    return RecordRow(
        row.id, row.form, form.title if form else row.form, row.edition, row.revision, row.created_at, row.changed_at, row.withdrawn_at, row.by_name or "",
        columns, units,
    )  # fmt: skip


def _column(form: Form, pointer: str, data: Mapping[str, Any]) -> tuple[str, Any]:
    field, value = form.fields[pointer], sealing.value_at(data, pointer)
    if field.codes is not None and value is not None:
        value = [field.codes.label(code) for code in value] if isinstance(value, list) else field.codes.label(value)
    return field.title, value
