"""A case as it stood when one of its records was made, as far as what is kept can tell; for reading that record again.

Exact: the other records of the case, counted, first and last and in lists, each with the answers it had, by the history they were written with; what the
work had made until then; the works that stood open; the day; who saved the record, with the roles of that day. As of now: what nobody keeps per day, which
is the owner, the institution, the closing date, other people and other cases.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, select, type_coerce

from engine.casework import keeping
from engine.casework.desk import CLOCK, Actor
from engine.casework.dossier import Dossier, Instance, open_case
from engine.casework.facts import FormRecords, Kept, Records, typed
from engine.casework.recordlists import RecordLists
from engine.casework.signin import actor_of
from engine.spec.overlay import Over
from engine.store.prepared import prepare
from engine.store.tables import instance, person, record, revision
from engine.store.types import from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.casework.desk import Desk
    from engine.casework.keeping import Stored
    from engine.spec.edition import Edition

_revisions = prepare(
    select(
        revision.c.case_version, revision.c.kind, revision.c.edition, type_coerce(revision.c.data, Text).label("text"), record.c.id, record.c.form,
        record.c.instance_id, record.c.created_at, person.c.login, person.c.name,
    )
    .select_from(revision.join(record, record.c.id == revision.c.record_id).outerjoin(person, person.c.id == record.c.created_by))
    .where(revision.c.case_id == bindparam("case_id"))
    .order_by(revision.c.case_version, record.c.id)
)  # fmt: skip
_works = prepare(
    select(instance.c.id, instance.c.process, instance.c.kind, instance.c.edition, instance.c.started_at, instance.c.started_by, instance.c.ended_at)
    .where(instance.c.case_id == bindparam("case_id")).order_by(instance.c.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Standing:
    """A record as it stood: by its last revision of then."""

    id: str
    edition: str
    created_at: datetime
    instance_id: str | None
    by: tuple[str | None, str | None]
    text: str

    @property
    def data(self) -> Mapping[str, Any]:
        return dict(from_json(self.text))


_Forms = dict[str, dict[str, _Standing]]  # per form its records by id, oldest first


class Past:
    """One case. Ask for its records in the order they were made: what came before is gone through once."""

    def __init__(self, desk: Desk, case_id: str, people: dict[tuple[str, date], Actor]) -> None:
        """Take the case in hand; `people` remembers who had which roles on which day, from case to case. Raises NotFound."""
        self.desk, self._people = desk, people
        self._now = open_case(desk, case_id, lock=False)
        self._events: list[Any] | None = None
        self._made: dict[str, int] = {}  # by record the version of the case it was made with
        self._at, self._forms, self._ever = 0, _Forms(), Counter[str]()
        self._works: list[Any] | None = None

    @property
    def case_id(self) -> str:
        """Give the case it is of."""
        return self._now.case.id

    def before(self, kept: Stored, edition: Edition) -> Dossier:
        """Give the case as it stood just before a record of it was made, as an edition reads it; only its facts are to be asked."""
        desk = replace(self.desk, now=kept.created_at, actor=self._person(kept))
        then = _Then(desk, edition, self._now.case, self._now.closing_date)
        then.standing = lambda: self._standing(kept)
        then.records = _RecordsThen(desk.connection, desk.edition, then.standing, self._ever_of(kept))
        then.instances, then.instances_read = self._open(kept), True
        return then

    def light(self, kept: Stored, edition: Edition) -> Mapping[str, Any]:
        """Give the facts a record of the case was made in, as an edition names them, with what its work had made until then."""
        return Over({"work": self._work(kept, edition)}, self.before(kept, edition).facts)

    def _standing(self, kept: Stored) -> _Forms:
        """Give every record that stood before one was made."""
        if self._events is None:
            self._events = _revisions.all(self.desk.connection, case_id=self.case_id)
            for row in self._events:
                self._made.setdefault(row.id, row.case_version)
        version, events = self._made[kept.id], self._events
        if self._at and events[self._at - 1].case_version >= version:
            self._at, self._forms, self._ever = 0, {}, Counter()
        while self._at < len(events) and events[self._at].case_version < version:
            row = events[self._at]
            of_form = self._forms.setdefault(row.form, {})
            self._ever[row.form] += row.case_version == self._made[row.id]
            if row.kind == keeping.WITHDRAW:
                of_form.pop(row.id, None)
            else:
                of_form[row.id] = _Standing(row.id, row.edition, row.created_at, row.instance_id, (row.login, row.name), row.text)
            self._at += 1
        return self._forms

    def _ever_of(self, kept: Stored) -> Callable[[], Mapping[str, int]]:
        """Give what tells how many records of each form had been made, those taken back too."""

        def ever() -> Mapping[str, int]:
            self._standing(kept)
            return self._ever

        return ever

    def _work(self, kept: Stored, reader: Edition) -> Mapping[str, Any]:
        if kept.instance_id is None:
            return {}
        made = {form: each for form, rows in self._standing(kept).items() for each in rows.values() if each.instance_id == kept.instance_id}
        return {form: typed(self.desk.edition(each.edition), form, each.data, reader) for form, each in made.items()}

    def _open(self, kept: Stored) -> dict[str, Instance]:
        if self._works is None:
            self._works = _works.all(self.desk.connection, case_id=self.case_id)
        at = kept.created_at
        return {
            row.id: Instance(row.id, row.process, row.kind, row.edition, b"", 0, [], {}, row.started_at, row.started_by)
            for row in self._works
            if (row.started_at < at or row.id == kept.instance_id) and (row.ended_at is None or row.ended_at >= at)
        }

    def _person(self, kept: Stored) -> Actor:
        if kept.by is None:
            return CLOCK
        on = kept.by, kept.created_at.date()
        if on not in self._people:
            gone = replace(CLOCK, person_id=kept.created_by or "", login=kept.by, name=kept.by_name or "")
            self._people[on] = actor_of(self.desk.connection, kept.by, kept.created_at) or gone
        return self._people[on]


class _Then(Dossier):
    """A case as it stood."""

    standing: Callable[[], _Forms]

    def _own(self, edition: Edition) -> dict[str, Callable[[], Any]]:
        return {**super()._own(edition), "records": lambda: _ListsThen(self, edition)}


class _RecordsThen(Records):
    """`record` as it stood."""

    def __init__(self, connection: Connection, edition_of: Callable[[str], Edition], standing: Callable[[], _Forms], ever: Callable[[], Mapping[str, int]]) -> None:
        super().__init__(connection, None, edition_of)
        self._standing, self._ever = standing, ever

    def _all(self) -> dict[str, FormRecords]:
        if self._forms is None:
            ever = self._ever()
            self._forms = {form: self._of(form, rows, ever[form]) for form, rows in self._standing().items() if ever[form]}
        return self._forms

    def _of(self, form_id: str, rows: dict[str, _Standing], made: int) -> FormRecords:
        first, last = (self._fact(form_id, rows[each]) if each else None for each in (next(iter(rows), None), next(reversed(rows), None)))
        return FormRecords(len(rows), made, first, last, stored=True)

    def _fact(self, form_id: str, each: _Standing) -> Kept:
        return Kept(each.id, each.created_at.date(), each.by, lambda reader: typed(self._edition_of(each.edition), form_id, each.data, reader))


class _ListsThen(RecordLists):
    """`records` as they stood."""

    def __init__(self, then: _Then, reader: Edition) -> None:
        super().__init__(then, reader)
        self._standing = then.standing

    def _rows(self, form_id: str) -> Iterable[Any]:
        return self._standing().get(form_id, {}).values()
