"""What lists, counters and statistics find cases by: the columns of the edition's views and reports, worked out when facts change, stored sortable.

A value stands once per expression, under the name of the first column that asks for it. `Case.shown` keeps all of them, so that a change writes
differences only and a page of rows needs no joins. What moves with time is worked out anew every day (`outdated`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from engine.casework import depends
from engine.store.prepared import prepare
from engine.store.tables import case_value, file, person, record, search_key, task
from engine.store.upsert import Upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.casework.dossier import Dossier
    from engine.spec.edition import Edition
    from engine.spec.expression import Fx

KEY_LIMIT = 300
INITIALS = "~"  # ends the name under which the initials of a text stand
_KEPT = 512  # sets of what was touched, with what depends on them
_DIGITS = 20  # of the whole part of a sortable number
_HANGUL, _LAST_HANGUL, _PER_INITIAL = 0xAC00, 0xD7A3, 588
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_NEW = ("key", "institution_id")
_put = Upsert(
    case_value,
    lambda insert: insert.on_conflict_do_update(index_elements=["name", "case_id"], set_={name: insert.excluded[name] for name in _NEW}),
    ["name", "case_id", "institution_id", "key"],
)
_drop = prepare(delete(case_value).where(case_value.c.case_id == bindparam("of_case"), case_value.c.name == bindparam("of_name")))
_moved = tuple(
    prepare(update(table).where(table.c.case_id == bindparam("of_case")), ["institution_id"]) for table in (search_key, task, record, file)
)
_place = prepare(update(case_value).where(case_value.c.case_id == bindparam("of_case"), case_value.c.name == bindparam("of_name")), ["institution_id"])
_strangers = select(person.c.id).where(person.c.institution_id != bindparam("of_place"))
_unassign = prepare(
    update(task).where(task.c.case_id == bindparam("of_case"), task.c.closed_at.is_(None), task.c.person_id.in_(_strangers)), ["person_id"]
)


@dataclass(frozen=True, slots=True)
class Column:
    """One stored value: its name, expression, type ("text", "date", "number", "boolean"), and what it depends on (words of `depends`)."""

    name: str
    value: Fx
    type: str
    depends: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """What is stored of each case under one edition, and under which name the columns of its views find it."""

    columns: tuple[Column, ...]
    names: Mapping[tuple[str, str], str]  # (view, column) -> stored name
    where: Mapping[str, str]  # view -> stored name of its condition
    counters: Mapping[str, str]  # counter -> stored name of its date
    text: tuple[str, ...]  # stored names of what a search by name looks into
    own: frozenset[str]  # what label, short line, status and closing depend on
    hit_by: dict[frozenset[str], tuple[Column, ...]] = field(default_factory=dict, repr=False)  # what was touched -> the columns that depend on it

    def hit(self, touched: Iterable[str]) -> tuple[Column, ...]:
        """Give the columns to be worked out anew when this was touched. Verbs touch the same things again and again, so it is worked out once for each."""
        words = frozenset(touched)
        found = self.hit_by.get(words)
        if found is None:
            if len(self.hit_by) > _KEPT:
                self.hit_by.clear()
            found = self.hit_by[words] = tuple(column for column in self.columns if depends.hit(column.depends, words))
        return found


_plans: dict[str, Plan] = {}


def plan(edition: Edition) -> Plan:
    """Give what is stored of each case under `edition`."""
    known = _plans.get(edition.digest)
    if known is None:
        if len(_plans) > 64:  # more than a process ever needs; made anew when asked for again
            _plans.clear()
        known = _plans[edition.digest] = _make(edition)
    return known


def _make(edition: Edition) -> Plan:
    columns: dict[tuple[str, str], Column] = {}

    def store(name: str, value: Fx, kind: str) -> str:
        return columns.setdefault((value.source, kind), Column(name, value, kind, depends.words(edition, value))).name

    names, where = {}, {}
    for view in (*(view for view in edition.views.values() if not view.of), *(report.stored for report in edition.reports.values())):
        for column in view.columns:
            names[view.id, column.id] = store(f"{view.id}.{column.id}", column.value, column.type)
        if view.where is not None:
            where[view.id] = store(f"{view.id}?", view.where, "boolean")
    counters = {counter.id: store(f"home.{counter.id}", counter.cases, "date") for counter in edition.home if counter.cases is not None}
    text = tuple(store(f"search.{index}", value, "text") for index, value in enumerate(edition.case.search.text))
    case = edition.case
    own = depends.words(edition, case.label, case.short, case.closed, *(status.when for status in case.status))
    return Plan(tuple(columns.values()), names, where, counters, text, own)


def behind(dossier: Dossier) -> bool:
    """Say whether everything is to be worked out anew: the case is new, the day or the edition is another."""
    case = dossier.case
    return dossier.fresh or case.shown_on != dossier.desk.today or case.shown_edition != dossier.edition.digest


def refresh(dossier: Dossier) -> None:
    """Work out the stored values of a case that depend on what was touched, and have those that differ written."""
    made, whole = plan(dossier.edition), behind(dossier)
    if dossier.case.of_institution:  # no list of cases shows it
        dossier.case.shown_edition, dossier.case.shown_on = dossier.edition.digest, dossier.desk.today
        return
    case, facts, before = dossier.case, dossier.facts, dossier.case.shown
    now = {} if whole else dict(before)
    for column in made.columns if whole else made.hit(dossier.touched):
        value = plain(column.value(facts), column.type)
        now[column.name] = value
        if column.name in made.text:
            now[column.name + INITIALS] = initials(value) if value else None
    if now != before:
        _write(dossier, before, now)
    case.shown, case.shown_edition, case.shown_on = now, dossier.edition.digest, dossier.desk.today
    if dossier.moved:
        for name in now:
            dossier.write(_place, {"of_case": case.id, "of_name": name, "institution_id": case.institution_id})
        for statement in _moved:
            dossier.write(statement, {"of_case": case.id, "institution_id": case.institution_id})
        dossier.write(_unassign, {"of_case": case.id, "of_place": case.institution_id, "person_id": None})


def _write(dossier: Dossier, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    case, put = dossier.case, _put.on(dossier.desk.connection)
    for name, value in now.items():
        if value is not None and (name not in before or before[name] != value):
            dossier.write(put, {"case_id": case.id, "name": name, "institution_id": case.institution_id, "key": sortable(value)})
    for name, value in before.items():
        if value is not None and now.get(name) is None:
            dossier.write(_drop, {"of_case": case.id, "of_name": name})


def plain(value: Any, kind: str) -> Any:
    """Give a value as JSON keeps it, in the column's type; what is of another type is nothing (text takes everything)."""
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    if kind == "date":
        if isinstance(value, datetime):
            value = value.date()
        return value.isoformat() if isinstance(value, date) else None
    if kind == "number":
        return value if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value if part is not None) or None
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value) or None


def sortable(value: Any) -> str:
    """Give text that sorts as the value does: numbers by size, dates by day, text by 가나다 without regard to case."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, Decimal)):
        return _sortable_number(Decimal(value))
    return folded(str(value))


def folded(text: str) -> str:
    """Give text as it is compared: NFC, lower case, without what no database takes, at most `KEY_LIMIT` characters."""
    known = text.encode("utf-8", "ignore").decode().replace("\0", "")
    return unicodedata.normalize("NFC", known).casefold()[:KEY_LIMIT]


def _sortable_number(value: Decimal) -> str:
    text = f"{abs(value):0{_DIGITS + 7}.6f}"
    return "1" + text if value >= 0 else "0" + "".join(str(9 - int(digit)) if digit.isdigit() else digit for digit in text)


def initials(text: str) -> str:
    """Give the first consonant of each syllable: "가나다" -> "ㄱㄴㄷ"; other characters stay."""
    return "".join(
        _INITIALS[(ord(letter) - _HANGUL) // _PER_INITIAL] if _HANGUL <= ord(letter) <= _LAST_HANGUL else letter for letter in text
    )
