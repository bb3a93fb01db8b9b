"""What was done to a case, act by act in the order it was saved: read from its history and its revisions, as a scenario would have it done again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.casework import history, keeping, reach, sealing, signin
from engine.casework.dossier import CLOSING_DATE, open_case
from engine.spec.carry import carrier
from engine.store.prepared import prepare
from engine.store.tables import institution, person, record, revision, setting, task
from engine.store.types import KST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from engine.casework.desk import Actor
    from engine.casework.dossier import Dossier
    from engine.casework.history import Event
    from engine.spec.form import Form

_LOGIN = 80  # characters of the longest login
_saver = person.alias("saver")
_saved = (
    select(
        record.c.id, record.c.case_id, record.c.form, record.c.edition, record.c.source_id, record.c.task_id, revision.c.number, revision.c.kind,
        revision.c.case_version, revision.c.data, revision.c.sealed, revision.c.reason, revision.c.saved_at, person.c.login.label("by"),
        _saver.c.login.label("saved_by"),
    )
    .select_from(
        record.join(revision, revision.c.record_id == record.c.id).outerjoin(person, person.c.id == record.c.created_by)
        .outerjoin(_saver, _saver.c.id == revision.c.saved_by)
    )
    .order_by(revision.c.saved_at, record.c.id, revision.c.number)
)  # fmt: skip
_of_case, _of_record = prepare(_saved.where(record.c.case_id == bindparam("case_id"))), prepare(_saved.where(record.c.id == bindparam("record_id")))
_tasks = prepare(select(task).where(task.c.case_id == bindparam("case_id")).order_by(task.c.id))
_set = prepare(select(setting.c.changed_at).where(setting.c.name == bindparam("name")))
_person = prepare(select(person.c.login).where(person.c.id == bindparam("person_id")))
_place = prepare(select(institution).where(institution.c.id == bindparam("institution_id")))
_BY_VERSION = {keeping.COMPLETE: "complete", keeping.AMEND: "amend", keeping.WITHDRAW: "withdraw"}


@dataclass(frozen=True)
class Act:
    """One thing somebody did. `do` and `what` are those of a scenario step; `data` are whole answers as the edition in force names them.

    `place` is the institution whose own case it was done to ("" = the case itself), `record` the record it left or changed, `opened` the tasks it opened,
    `open` the forms that waited after it and `due` by form when, `owner` the login of who has the case from then on (None: as before).
    """

    seq: int
    at: datetime
    do: str
    what: str
    who: str
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    record: str = ""
    place: str = ""
    to: str = ""
    open: tuple[str, ...] = ()
    waited: tuple[str, ...] = ()  # what waited just before it
    due: Mapping[str, date | None] = field(default_factory=dict)
    owner: str | None = None

    @property
    def day(self) -> date:
        """Give the day in Korea."""
        return self.at.astimezone(KST).date()


@dataclass
class Account:
    """All acts of a case that can be told, who did them, where, and how many things were left out (`left`: titles, none of them personal)."""

    case_id: str
    acts: list[Act] = field(default_factory=list)
    people: dict[str, tuple[Actor, set[str]]] = field(default_factory=dict)  # login -> who, and the roles held when they acted
    places: dict[str, Any] = field(default_factory=dict)  # id -> row of the institution
    left: list[str] = field(default_factory=list)
    closing: tuple[date, date] | None = None  # the closing date, and the day it was set
    documents: list[tuple[Form, Mapping[str, Any]]] = field(default_factory=list)  # the answers of every revision that was read, with the form they were made with
    made: set[str] = field(default_factory=set)  # texts that rules of an institution's records make, and answers name
    texts: set[str] = field(default_factory=set)  # what history tells in words: reasons


def account_of(dossier: Dossier) -> Account:
    """Tell what was done to the case in hand, as far as the person sees it."""
    return _Reader(dossier).read()


class _Reader:
    def __init__(self, dossier: Dossier) -> None:
        self._dossier, self._desk = dossier, dossier.desk
        connection, case_id = self._desk.connection, dossier.case.id
        self._account = Account(case_id)
        self._events = history.of_case(self._desk, case_id)
        self._tasks = {row.id: row for row in _tasks.all(connection, case_id=case_id)}
        self._saved = {row.case_version: row for row in _of_case.all(connection, case_id=case_id)}
        self._told: set[str] = set()  # records of institutions that were told already
        self._seen: set[tuple[str, int]] = set()  # and revisions of those that answers name
        self._spans = self._lifetimes()

    def read(self) -> Account:
        """See the module."""
        for event in self._events:
            act = self._act(event)
            if act is not None:
                self._account.acts += [*self._needed(act), self._surrounded(act, event)]
        for act in self._account.acts:
            self._cast(act.who, act.at)
        for act in self._account.acts:
            for login in (act.to, act.owner, *self._named(act)):
                self._cast(login, act.at)
        self._cast(self._dossier.case.owner_login, self._desk.now)
        closed = _set.first(self._desk.connection, name=CLOSING_DATE)
        if closed and self._dossier.closing_date:
            self._account.closing = (self._dossier.closing_date, closed.changed_at.astimezone(KST).date())
        return self._account

    def _act(self, event: Event) -> Act | None:
        detail, kind = event.detail, event.kind
        self._account.texts.update([detail["reason"]] if isinstance(detail.get("reason"), str) else ())
        if not event.login or kind in ("timer", "move", "move.undo"):
            return None
        if kind == "start":
            opened = [self._tasks[ident] for ident in detail.get("opened", ()) if ident in self._tasks]
            return Act(event.seq, event.at, "start", opened[0].process, event.login) if opened else None
        if kind == "assign":
            of, to = self._tasks.get(detail.get("task", "")), _person.first(self._desk.connection, person_id=detail.get("person", ""))
            return Act(event.seq, event.at, "assign", of.form, event.login, to=to.login if to else "") if of else None
        if kind == "withdraw" and "record" not in detail:
            return Act(event.seq, event.at, "drop", detail.get("process", ""), event.login, reason=detail.get("reason", ""))
        row = self._saved.get(event.seq)
        if row is None:
            return None
        if not reach.sees_record(self._dossier, row):
            return None
        if row.source_id:
            return self._shared(event, row.source_id)
        do = "register" if event.seq == 1 else _BY_VERSION.get(row.kind, "complete")
        of = self._tasks.get(row.task_id or "")
        if do == "complete" and of is not None and of.approval:
            do = "approve"
        return self._recorded(event, row, do, "")

    def _shared(self, event: Event, source_id: str) -> Act | None:
        """Give what was done to the record of an institution that gave or changed this one."""
        rows = [row for row in _of_record.all(self._desk.connection, record_id=source_id) if row.saved_at <= event.at]
        if not rows or not reach.sees_record(open_case(self._desk, rows[-1].case_id, lock=False), rows[-1]):
            return None
        row = rows[-1]
        do = _BY_VERSION[row.kind] if source_id in self._told else "complete"
        self._told.add(source_id)
        return self._recorded(event, row, do, row.case_id)

    def _recorded(self, of: Event | Act, row: Any, do: str, place: str) -> Act | None:
        made, now = self._desk.edition(row.edition).forms[row.form], self._dossier.edition.forms.get(row.form)
        answers = sealing.join(row.data, sealing.unseal(self._desk.cipher, keeping.place(row.id, row.number), row.sealed))
        self._account.documents.append((made, answers))
        if now is None:
            self._account.left.append(made.title)
            return None
        data = answers if made is now else carrier(made, now).answers(answers)
        who = of.who if isinstance(of, Act) else of.login
        return Act(of.seq, of.at, do, row.form, who, data, row.reason, row.id, place)

    def _needed(self, act: Act) -> Iterator[Act]:
        """Give what was done to records of the institution that the answers of an act name, before it: all of that form, for they are numbered."""
        form = self._dossier.edition.forms.get(act.what) if act.record else None
        place = self._dossier.case.institution_id
        for node in form.nodes.values() if form else ():
            source = node.schema.get("x-source")
            if not isinstance(source, dict) or not any(True for _ in _answered(act.data, node.pointer)):
                continue
            rows = [row for row in _of_case.all(self._desk.connection, case_id=place) if row.form == source["records"] and row.saved_at < act.at]
            around = open_case(self._desk, place, lock=False) if rows else None
            for row in rows:
                if around is None or (row.id, row.number) in self._seen or not reach.sees_record(around, row):
                    continue
                self._seen.add((row.id, row.number))
                maker = self._desk.edition(row.edition).forms[row.form].nodes.get(f"/{source['value']}")
                self._account.made.update(_answered(row.data, f"/{source['value']}") if maker is not None and maker.readonly else ())
                made = self._recorded(replace(act, who=row.saved_by or ""), row, _BY_VERSION[row.kind], place)
                if made is not None and made.who:
                    yield made

    def _named(self, act: Act) -> set[str]:
        """Give the logins of people that the answers of an act name."""
        texts = sorted(text for text in texts_of(act.data) if len(text) <= _LOGIN)
        asked = select(person.c.login).where(person.c.login.in_(texts), person.c.institution_id.in_(list(self._account.places)))
        return set(self._desk.connection.execute(asked).scalars()) if texts else set()

    def _surrounded(self, act: Act, event: Event) -> Act:
        """Add what waited before and after an act, and who has the case from then on."""
        owner = _person.first(self._desk.connection, person_id=event.detail["owner"]) if event.detail.get("owner") else None
        after = [self._tasks[ident] for ident, (opened, closed) in self._spans.items() if opened <= event.seq < closed]
        before = [self._tasks[ident] for ident, (opened, closed) in self._spans.items() if opened < event.seq <= closed]
        fresh = [each for each in after if self._spans[each.id][0] == event.seq]
        due = {each.form: each.due for each in fresh if sum(other.form == each.form for other in after) == 1}
        return replace(
            act, open=tuple(sorted(each.form for each in after)), waited=tuple(sorted(each.form for each in before)), due=due, owner=owner.login if owner else None,
        )

    def _lifetimes(self) -> dict[str, tuple[int, int]]:
        """Give for each task the number of the history row that opened it, and of the one that closed it."""
        opened = {ident: event.seq for event in self._events for ident in event.detail.get("opened", ())}
        closed: dict[str, int] = {}
        for event in self._events:
            for ident in (event.detail.get("task"), *event.detail.get("withdrawn", ())):
                if ident and event.kind != "assign":
                    closed.setdefault(ident, event.seq)
        spans = {}
        for row in self._tasks.values():
            begun = opened.get(row.id) or self._first(row.opened_at, 0)
            ended = self._events[-1].seq + 1 if row.closed_at is None else closed.get(row.id) or self._first(row.closed_at, begun)
            spans[row.id] = (begun, ended)
        return spans

    def _first(self, at: datetime, after: int) -> int:
        """Give the number of the first history row at or after a moment."""
        return next((event.seq for event in self._events if event.at >= at and event.seq >= after), self._events[-1].seq)

    def _cast(self, login: str | None, at: datetime) -> None:
        """Note who acted or was named, with the roles of that day."""
        actor = signin.actor_of(self._desk.connection, login, at) if login else None
        if not login or actor is None:
            return
        known = self._account.people.setdefault(login, (actor, set()))
        known[1].update(actor.roles)
        self._account.places.setdefault(actor.institution_id, _place.first(self._desk.connection, institution_id=actor.institution_id))


def _answered(data: Any, pointer: str) -> Iterator[str]:
    """Give the texts that stand at a pointer without row numbers."""
    found = [data]
    for part in pointer.split("/")[1:]:
        found = [each for value in found for each in (value if part == "*" and isinstance(value, list) else [value.get(part)] if isinstance(value, dict) else [])]
    yield from (value for value in found if isinstance(value, str))


def texts_of(value: Any) -> Iterator[str]:
    """Give every text in answers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list)):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from texts_of(part)
