"""`records`: per form every record of a case that is not withdrawn, oldest first, for expressions that count or look among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.casework.facts import typed
from engine.spec.overlay import Over
from engine.store.prepared import prepare
from engine.store.tables import record, revision

if TYPE_CHECKING:
    from engine.casework.dossier import Dossier
    from engine.spec.edition import Edition

_of_form = prepare(
    select(record.c.id, record.c.edition, record.c.created_at, revision.c.data)
    .select_from(record.join(revision, (revision.c.record_id == record.c.id) & (revision.c.number == record.c.revision)))
    .where(record.c.case_id == bindparam("case_id"), record.c.form == bindparam("form"), record.c.withdrawn_at.is_(None))
    .order_by(record.c.id)
)


class RecordLists(Mapping[str, Any]):
    """See the module. What the verb at hand changed stands in it as changed. A form that says who sees its records (`x-visible`) has none here."""

    def __init__(self, dossier: Dossier, reader: Edition) -> None:
        """Keep where to look, and the edition whose names expressions read by; nothing is read yet."""
        self._dossier, self._reader = dossier, reader
        self._known: dict[str, tuple[Mapping[str, Any], ...]] = {}

    def get(self, form_id: Any, default: Any = None) -> Any:
        """Give the records of a form; `default` for what is no form's id."""
        if not isinstance(form_id, str):
            return default
        if form_id not in self._known:
            self._known[form_id] = self._read(form_id)
        return self._known[form_id]

    def __getitem__(self, form_id: str) -> Any:
        """Give the records of a form, none for one that was never saved."""
        return self.get(form_id)

    def __iter__(self) -> Iterator[str]:
        """Give the forms of the edition."""
        return iter(self._dossier.edition.forms)

    def __len__(self) -> int:
        """Count the forms of the edition."""
        return len(self._dossier.edition.forms)

    def _read(self, form_id: str) -> tuple[Mapping[str, Any], ...]:
        dossier = self._dossier
        form = dossier.edition.forms.get(form_id)
        if form is None or form.sight is not None:
            return ()
        found = {row.id: Over({"saved": row.created_at.date()}, typed(dossier.desk.edition(row.edition), form_id, row.data, self._reader)) for row in self._rows(form_id)}
        for ident, this in dossier.records_changed.items():
            if this is None:
                found.pop(ident, None)
            elif this.form == form_id:
                found[ident] = Over({"saved": this.saved}, this.values)
        return tuple(found.values())

    def _rows(self, form_id: str) -> Iterable[Any]:
        """Give id, edition, created_at and data of the records as stored."""
        dossier = self._dossier
        return () if dossier.fresh else _of_form.all(dossier.desk.connection, case_id=dossier.case.id, form=form_id)
