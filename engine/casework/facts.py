"""What an expression may read about a case. Nothing is fetched or computed before an expression asks for it.

Top-level names: `today closing_date person institution case record work visits decision`, and the named expressions of `edition.json`.
Sensitive answers are no facts: they are sealed apart from the rest of a record and never come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, select, type_coerce

from engine.spec.carry import carrier
from engine.spec.overlay import Over
from engine.store.prepared import prepare
from engine.store.tables import case_form, person, record, revision
from engine.store.types import from_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.engine import Connection

    from engine.casework.desk import Actor, Desk
    from engine.spec.edition import Edition
    from engine.spec.form import Form

_first, _first_of, _first_by = record.alias("fr"), revision.alias("fv"), person.alias("fp")
_last, _last_of, _last_by = record.alias("lr"), revision.alias("lv"), person.alias("lp")
_kept = prepare(
    select(
        case_form.c.form,
        case_form.c.count,
        case_form.c.made,
        _first.c.id.label("first_id"),
        _first_of.c.edition.label("first_edition"),
        type_coerce(_first_of.c.data, Text).label("first_data"),
        _first.c.created_at.label("first_at"),
        _first_by.c.login.label("first_login"),
        _first_by.c.name.label("first_name"),
        _last.c.id.label("last_id"),
        _last_of.c.edition.label("last_edition"),
        type_coerce(_last_of.c.data, Text).label("last_data"),
        _last.c.created_at.label("last_at"),
        _last_by.c.login.label("last_login"),
        _last_by.c.name.label("last_name"),
    )
    .select_from(
        case_form.outerjoin(_last, _last.c.id == case_form.c.last_record)
        .outerjoin(_last_of, (_last_of.c.record_id == _last.c.id) & (_last_of.c.number == _last.c.revision))
        .outerjoin(_last_by, _last_by.c.id == _last.c.created_by)
        .outerjoin(_first, _first.c.id == case_form.c.first_record)
        .outerjoin(_first_of, (_first_of.c.record_id == _first.c.id) & (_first_of.c.number == _first.c.revision))
        .outerjoin(_first_by, _first_by.c.id == _first.c.created_by)
    )
    .where(case_form.c.case_id == bindparam("case_id"))
)


class Lazy(Mapping[str, Any]):
    """A mapping whose values may be functions of no arguments, called when first read."""

    __slots__ = ("_known", "_sources")

    def __init__(self, known: dict[str, Any], sources: dict[str, Callable[[], Any]]) -> None:
        """`known` holds values, `sources` what gives the others."""
        self._known = known
        self._sources = sources

    def __getitem__(self, name: str) -> Any:
        """Give a value, working it out once."""
        known = self._known
        if name in known:
            return known[name]
        source = self._sources[name]
        known[name] = None  # what reads itself finds nothing
        value = known[name] = source()
        return value

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a name, without working it out."""
        return name in self._known or name in self._sources

    def get(self, name: str, default: Any = None) -> Any:
        """Give a value, or `default` where there is no such name."""
        known = self._known
        if name in known:
            return known[name]
        return self[name] if name in self._sources else default

    def __iter__(self) -> Iterator[str]:
        """Give every name."""
        return iter({**self._known, **self._sources})

    def __len__(self) -> int:
        """Count the names."""
        return len({**self._known, **self._sources})


class Kept:
    """One stored record as expressions see it: typed, and named as the edition that reads it names its fields and codes."""

    __slots__ = ("_read", "_values", "by", "by_name", "id", "saved")

    def __init__(self, ident: str, saved: date, by: tuple[str | None, str | None], read: Callable[[Edition | None], Mapping[str, Any]]) -> None:
        """`read` gives the typed values for an edition that reads them; `by` is login and name of who saved it first, on the day `saved`."""
        self.id, self.saved, (self.by, self.by_name), self._read = ident, saved, by, read
        self._values: dict[str, Mapping[str, Any]] = {}

    def values(self, reader: Edition | None = None) -> Mapping[str, Any]:
        """Give its answers by the property names of `reader` (None: of the form it was made with), and saved, by, by_name."""
        name = reader.digest if reader is not None else ""
        if name not in self._values:
            self._values[name] = Over({"saved": self.saved, "by": self.by, "by_name": self.by_name}, self._read(reader))
        return self._values[name]


@dataclass
class FormRecords:
    """The records of one form on one case that are not withdrawn, and how many were ever `made`, withdrawn or not."""

    count: int = 0
    made: int = 0
    first: Kept | None = None
    last: Kept | None = None
    stored: bool = False  # has a row in case_form

    def facts(self, reader: Edition | None) -> Mapping[str, Any]:
        """Give what `record.<form id>` is to an edition."""
        first, last = self.first, self.last
        return Lazy(
            {"count": self.count, "made": self.made},
            {"first": lambda: first.values(reader) if first else None, "last": lambda: last.values(reader) if last else None},
        )


class Records:
    """Per form the counts, the first and the last record of a case. One statement reads them all, when the first is asked for."""

    def __init__(self, connection: Connection, case_id: str | None, edition_of: Callable[[str], Edition]) -> None:
        """`case_id` None is a case not registered yet; `edition_of` gives the edition a record was made under."""
        self._connection, self._case_id, self._edition_of = connection, case_id, edition_of
        self._forms: dict[str, FormRecords] | None = None
        self._seen: dict[str, RecordFacts] = {}

    def under(self, reader: Edition) -> RecordFacts:
        """Give `record` as expressions of an edition read it."""
        if reader.digest not in self._seen:
            self._seen[reader.digest] = RecordFacts(self, reader)
        return self._seen[reader.digest]

    def form(self, form_id: str) -> FormRecords:
        """Give the state of one form; changing it must be followed by `changed`."""
        return self._all().setdefault(form_id, FormRecords())

    def forms(self) -> tuple[str, ...]:
        """Give every form the case has records of, those taken back too."""
        return tuple(form for form, kept in self._all().items() if kept.stored)

    def known(self, form_id: str) -> FormRecords:
        """Give the state of one form to look at; of one that was never saved: 0, 0, None, None."""
        return self._all().get(form_id, FormRecords())

    def saved(self) -> list[str]:
        """Give the forms that have been saved."""
        return [form for form, kept in self._all().items() if kept.count]

    def changed(self, form_id: str) -> None:
        """Forget what was worked out of a form whose records changed."""
        for seen in self._seen.values():
            seen.forget(form_id)

    def _all(self) -> dict[str, FormRecords]:
        if self._forms is None:
            rows = _kept.all(self._connection, case_id=self._case_id) if self._case_id else ()
            self._forms = {row.form: self._form(row) for row in rows}
        return self._forms

    def _form(self, row: Any) -> FormRecords:
        last = self._kept(row.form, row.last_id, row.last_edition, row.last_data, row.last_at, (row.last_login, row.last_name))
        same = row.first_id == row.last_id
        first = last if same else self._kept(row.form, row.first_id, row.first_edition, row.first_data, row.first_at, (row.first_login, row.first_name))
        return FormRecords(row.count, row.made, first, last, stored=True)

    def _kept(self, form_id: str, ident: str | None, digest: str, text: str, at: Any, by: tuple[str | None, str | None]) -> Kept | None:
        if ident is None:
            return None
        return Kept(ident, at.date(), by, lambda reader: typed(self._edition_of(digest), form_id, from_json(text), reader))


class RecordFacts(Mapping[str, Any]):
    """`record` as one edition reads it: answers made under others come with its names."""

    __slots__ = ("_reader", "_records", "_shown")

    def __init__(self, records: Records, reader: Edition) -> None:
        """Take the records and who reads them."""
        self._records, self._reader = records, reader
        self._shown: dict[str, Mapping[str, Any]] = {}

    def forget(self, form_id: str) -> None:
        """Forget what was worked out of a form."""
        self._shown.pop(form_id, None)

    def __getitem__(self, form_id: str) -> Mapping[str, Any]:
        """Give count, made, first and last of a form; of one that was never saved: 0, 0, None, None."""
        known = self._shown.get(form_id)
        if known is None:
            known = self._shown[form_id] = self._records.known(form_id).facts(self._reader)
        return known

    def get(self, form_id: str, default: Any = None) -> Any:
        """Give as `[]` does: every form has a count, so `default` never is."""
        return self[form_id] if isinstance(form_id, str) else default

    def __contains__(self, form_id: object) -> bool:
        """Say yes: every form has a count."""
        return isinstance(form_id, str)

    def __iter__(self) -> Iterator[str]:
        """Give the forms that have been saved."""
        return iter(self._records.saved())

    def __len__(self) -> int:
        """Count the forms that have been saved."""
        return len(self._records.saved())


def typed(edition: Edition, form_id: str, data: Mapping[str, Any], reader: Edition | None = None) -> Mapping[str, Any]:
    """Give stored answers as expressions see them (dates as dates): by the form of the edition they were made under, or as `reader` names them."""
    form = edition.forms.get(form_id)
    return as_read(form, data, reader) if form is not None else data


def as_read(form: Form, data: Mapping[str, Any], reader: Edition | None) -> Mapping[str, Any]:
    """Give answers made with `form` as expressions of `reader` see them; None: as the form itself does."""
    other = reader.forms.get(form.id, form) if reader is not None else form
    return form.values(data) if other is form else other.values(carrier(form, other).answers(data))


class Facts(Mapping[str, Any]):
    """The scope expressions are evaluated in: what is known of a case, then the named expressions of its edition."""

    def __init__(self, sources: dict[str, Callable[[], Any]], named: Mapping[str, Any]) -> None:
        """Take what gives each engine fact, and the expressions of `edition.json` in their order."""
        self._sources, self._named = sources, named
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Give a fact, working it out once. Raises KeyError for an unknown name."""
        known = self._known
        if name in known:
            return known[name]
        source = self._sources.get(name)
        if source is not None:
            value = source()
        else:
            expression = self._named[name]
            known[name] = None  # an expression that reads itself finds nothing
            value = expression(self)
        known[name] = value
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Give a fact, or `default` for an unknown name."""
        known = self._known
        if name in known:
            return known[name]
        return self[name] if name in self._sources or name in self._named else default

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a fact, without working it out."""
        return name in self._sources or name in self._named

    def __iter__(self) -> Iterator[str]:
        """Give every name."""
        return iter({**self._sources, **self._named})

    def __len__(self) -> int:
        """Count the names."""
        return len({**self._sources, **self._named})

    def beneath(self, own: Mapping[str, Any]) -> Over:
        """Give these facts with `own` laid over them."""
        return Over(own, self)

    def forget(self) -> None:
        """Have everything worked out anew: something it was worked out of changed."""
        self._known.clear()


@dataclass
class CaseFacts(Mapping[str, Any]):
    """`case`: number, opened, owner, owner_name, status, and the answers of the register form's latest record by property name."""

    own: Lazy
    answers: Callable[[], Mapping[str, Any]]
    _answers: Mapping[str, Any] | None = field(default=None)

    def get(self, name: str, default: Any = None) -> Any:
        """Give a value, or `default`."""
        if name in self.own:
            return self.own[name]
        if self._answers is None:
            self._answers = self.answers()
        return self._answers.get(name, default)

    def __getitem__(self, name: str) -> Any:
        """Give a value; what was not answered is None."""
        return self.get(name)

    def __contains__(self, name: object) -> bool:
        """Say yes: what was not answered is None."""
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        """Give every name."""
        return iter({**dict.fromkeys(self.own), **self.answers()})

    def __len__(self) -> int:
        """Count the names."""
        return sum(1 for _ in self)


def person_facts(actor: Actor) -> dict[str, Any]:
    """Give what `person` is."""
    return {"login": actor.login, "name": actor.name, "phone": actor.phone, "email": actor.email, "roles": sorted(actor.roles)}


def own_place(desk: Desk) -> dict[str, Any]:
    """Give what `institution` is before there is a case: the one of the person."""
    actor = desk.actor
    return {
        "id": actor.institution_id, "name": actor.institution_name, "kind": actor.institution_kind, "region": actor.institution_region,
        "phone": actor.institution_phone,
    }
