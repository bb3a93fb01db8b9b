"""Which records of a case a person sees. One that they do not see does not exist for them; nor do the files, the history and the answers of it.

The rule of the edition in force holds, as its roles do. What the engine itself goes by (guards, processes, statuses) knows every record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.casework.facts import Kept, Lazy, RecordFacts, typed
from engine.errors import NotFound
from engine.spec.overlay import Over
from engine.spec.sight import AUTHOR
from engine.store.prepared import prepare
from engine.store.tables import person, record, revision

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.casework.facts import Records
    from engine.spec.edition import Edition
    from engine.spec.sight import Sight

_read = (
    select(
        record.c.id, record.c.form, record.c.edition, record.c.case_id, record.c.instance_id, record.c.task_id, record.c.created_at, record.c.withdrawn_at,
        revision.c.data, person.c.login.label("by"), person.c.name.label("by_name"),
    )
    .select_from(
        record.join(revision, (revision.c.record_id == record.c.id) & (revision.c.number == record.c.revision)).outerjoin(
            person, person.c.id == record.c.created_by
        )
    )
    .order_by(record.c.id)
)  # fmt: skip
_of_form = prepare(_read.where(record.c.case_id == bindparam("case_id"), record.c.form == bindparam("form")))
_form_of = prepare(select(record.c.form, record.c.edition).where(record.c.id == bindparam("record_id")))
_one = prepare(_read.where(record.c.id == bindparam("record_id")))


@dataclass(frozen=True, slots=True)
class Hidden:
    """What of a case a person does not see: ids of records and of the tasks they were made in."""

    records: frozenset[str]
    tasks: frozenset[str]


def rule(now: Edition, made: Edition, form_id: str) -> Sight | None:
    """Give the rule of a form: that of the edition in force, or where the form is gone that of the edition the record was made under."""
    form = now.forms.get(form_id) or made.forms.get(form_id)
    return form.sight if form is not None else None


def scope(dossier: Dossier, values: Mapping[str, Any], by: str | None) -> Mapping[str, Any]:
    """Give what a rule reads of one record beside the person: `values` typed, `by` the login of who saved it first."""
    return Over({AUTHOR: by}, Over(values, dossier.facts))


def sees(dossier: Dossier, edition: str, form_id: str, data: Mapping[str, Any], by: str | None) -> bool:
    """Say whether the person sees a record of `form_id` made under `edition`; `data` are its stored answers."""
    desk = dossier.desk
    held = rule(dossier.edition, desk.edition(edition), form_id)
    if held is None or desk.actor.clock:
        return True
    values = typed(desk.edition(edition), form_id, data, dossier.edition)
    return held.allows(scope(dossier, values, by), {"login": desk.actor.login, "roles": sorted(desk.actor.roles)})


def demand(dossier: Dossier, record_id: str) -> None:
    """Raise NotFound where the person does not see a record of the case in hand."""
    row = _one.first(dossier.desk.connection, record_id=record_id)
    if row is None or not _seen(dossier, row):
        raise NotFound


def may_hide(desk: Desk, record_id: str) -> bool:
    """Say whether a record is of a form that not everybody sees."""
    row = _form_of.first(desk.connection, record_id=record_id)
    return row is not None and rule(desk.edition(), desk.edition(row.edition), row.form) is not None


def hidden(dossier: Dossier) -> Hidden:
    """Give what of the case the person does not see. Reads the records of limited forms only."""
    connection, found = dossier.desk.connection, []
    for form_id in () if dossier.desk.actor.clock else dossier.records.forms():
        form = dossier.edition.forms.get(form_id)
        if form is None or form.sight is not None:
            found += [row for row in _of_form.all(connection, case_id=dossier.case.id, form=form_id) if not _seen(dossier, row)]
    return Hidden(frozenset(row.id for row in found), frozenset(row.task_id for row in found if row.task_id))


def _seen(dossier: Dossier, row: Any) -> bool:
    return sees(dossier, row.edition, row.form, row.data, row.by)


class SeenRecords:
    """The records of a case as a person reads them: of limited forms the first and the last one they see. The count is of all, as everywhere."""

    def __init__(self, dossier: Dossier) -> None:
        """Nothing is read before it is asked for."""
        self._dossier = dossier
        self._seen: dict[str, tuple[Kept | None, Kept | None]] = {}

    def under(self, reader: Edition) -> SeenFacts:
        """Give `record` as expressions of an edition read it."""
        return SeenFacts(self._dossier.records, self, reader)

    def last(self, form_id: str) -> Kept | None:
        """Give the last record of a form that the person sees."""
        return self.ends(form_id)[1] if self.limited(form_id) else self._dossier.records.form(form_id).last

    def forget(self) -> None:
        """Look anew: records changed, or what their rules read."""
        self._seen.clear()

    def limited(self, form_id: str) -> bool:
        """Say whether not everybody sees the records of a form."""
        form = self._dossier.edition.forms.get(form_id)
        return form is None or form.sight is not None

    def ends(self, form_id: str) -> tuple[Kept | None, Kept | None]:
        """Give the first and the last record of a limited form that the person sees."""
        if form_id not in self._seen:
            dossier = self._dossier
            rows = _of_form.all(dossier.desk.connection, case_id=dossier.case.id, form=form_id) if dossier.records.form(form_id).count else ()
            seen = [row for row in rows if row.withdrawn_at is None and _seen(dossier, row)]
            self._seen[form_id] = (self._kept(seen[0]), self._kept(seen[-1])) if seen else (None, None)
        return self._seen[form_id]

    def _kept(self, row: Any) -> Kept:
        edition = self._dossier.desk.edition(row.edition)
        return Kept(row.id, _day(row), (row.by, row.by_name), lambda reader: typed(edition, row.form, row.data, reader))


class SeenFacts(RecordFacts):
    """`record` as a person reads it, named as one edition names it."""

    __slots__ = ("_seen",)

    def __init__(self, records: Records, seen: SeenRecords, reader: Edition) -> None:
        """Take the records, what of them is seen, and the edition that reads."""
        super().__init__(records, reader)
        self._seen = seen

    def __getitem__(self, form_id: str) -> Mapping[str, Any]:
        """Give count, made, first and last of a form."""
        if not self._seen.limited(form_id):
            return self._records.under(self._reader)[form_id]
        known = self._records.form(form_id)
        return Lazy({"count": known.count, "made": known.made}, {"first": lambda: self._values(form_id, 0), "last": lambda: self._values(form_id, 1)})

    def _values(self, form_id: str, at: int) -> Mapping[str, Any] | None:
        kept = self._seen.ends(form_id)[at]
        return kept.values(self._reader) if kept else None


def _day(row: Any) -> date:
    day: date = row.created_at.date()
    return day
