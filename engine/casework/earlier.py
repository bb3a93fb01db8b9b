"""The records of a form that came before the one a person is about to make: the last, and where the form compares, some before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.casework import answers, keeping, sight
from engine.store.prepared import prepare
from engine.store.tables import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.casework.dossier import Dossier
    from engine.spec.form import Form

_MOST = 2  # records before the last that figures are shown beside
_before = prepare(
    select(record.c.id)
    .where(record.c.case_id == bindparam("of_case"), record.c.form == bindparam("of_form"), record.c.withdrawn_at.is_(None), record.c.id < bindparam("than"))
    .order_by(record.c.id.desc())
    .limit(_MOST)
)


@dataclass(frozen=True, slots=True)
class Previous:
    """The record of the same form saved before this one; `answers` are masked. `earlier` are those before it, the newest first, where the form compares."""

    id: str
    saved_at: datetime
    by_name: str
    answers: Mapping[str, Any]
    earlier: tuple[Previous, ...] = ()


def of_form(dossier: Dossier, form: Form) -> Previous | None:
    """Give the last record of a form that the person sees; those before it too, where a field of the form says `previous`."""
    last = dossier.seen.last(form.id)
    newest = _seen(dossier, last.id) if last else None
    if newest is None or not any(field.ui.get("previous") for field in form.fields.values()):
        return newest
    rows = _before.all(dossier.desk.connection, of_case=dossier.case.id, of_form=form.id, than=newest.id)
    return replace(newest, earlier=tuple(each for row in rows if (each := _seen(dossier, row.id)) is not None))


def _seen(dossier: Dossier, record_id: str) -> Previous | None:
    desk, kept = dossier.desk, keeping.stored(dossier.desk, record_id)
    if kept is None:
        return None
    form = desk.edition(kept.edition).forms[kept.form]
    if not sight.sees(dossier, kept.edition, kept.form, kept.data, kept.by):
        return None
    return Previous(kept.id, kept.created_at, kept.by_name or "", answers.masked(form, keeping.whole(desk, kept)))
