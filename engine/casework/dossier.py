"""One case in the hand of one verb: locked, its facts, and every change the verb makes, written together at the end.

Reading costs one statement for case, institution, owner, closing date and edition in force. What changes is kept here as values and written by
`flush.py` in one go, so that a verb that opens and closes the same task inserts one row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, select

from engine.casework.colleagues import Colleagues
from engine.casework.companions import Companions
from engine.casework.editions import demand, in_force_digest
from engine.casework.facts import CaseFacts, Facts, Lazy, Records, person_facts
from engine.casework.recordlists import RecordLists
from engine.casework.sight import SeenRecords
from engine.errors import NotFound
from engine.store.ids import is_id, new_id
from engine.store.prepared import prepare
from engine.store.tables import cases, draft, institution, person, setting, task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.outline import Status
    from engine.store.prepared import Prepared

CLOSING_DATE = "closing_date"
_UNKNOWN: Any = object()

_owner = person.alias("owner")
_closing = select(setting.c.value).where(setting.c.name == CLOSING_DATE).scalar_subquery().label("closing_date")
_columns = (
    *(column for column in cases.columns if column.name != "changed_at"),
    institution.c.name.label("place_name"),
    institution.c.kind.label("place_kind"),
    institution.c.region.label("place_region"),
    institution.c.phone.label("place_phone"),
    _owner.c.login.label("owner_login"),
    _owner.c.name.label("owner_name"),
    _closing,
    in_force_digest.label("in_force"),
)
_joined = cases.join(institution, institution.c.id == cases.c.institution_id).outerjoin(_owner, _owner.c.id == cases.c.owner_id)
_look = select(*_columns).select_from(_joined).where(cases.c.id == bindparam("case_id"))
_look_task = (
    select(*_columns, *(column.label(f"task_{column.name}") for column in task.columns), exists().where(draft.c.task_id == task.c.id).label("drafted"))
    .select_from(_joined.join(task, task.c.case_id == cases.c.id))
    .where(task.c.id == bindparam("task_id"))
)
_read, _lock = prepare(_look), prepare(_look.with_for_update(of=cases))
_read_task, _lock_task = prepare(_look_task), prepare(_look_task.with_for_update(of=(cases, task)))
_name = prepare(select(person.c.name).where(person.c.id == bindparam("person_id")))
_place = select(
    institution.c.id, institution.c.name, institution.c.kind, institution.c.region, institution.c.phone, _closing, in_force_digest.label("in_force")
).where(institution.c.id == bindparam("institution_id"))  # fmt: skip
_read_place, _lock_place = prepare(_place), prepare(_place.with_for_update(of=institution, key_share=True))
_surroundings = prepare(select(_closing, in_force_digest.label("in_force")))


@dataclass(slots=True)
class Case:
    """The row of a case; a verb may change it, and `flush` writes it."""

    id: str
    institution_id: str
    owner_id: str | None
    edition: str
    number: str | None
    label: str
    short: str
    status: str
    closed: bool
    opened_at: datetime
    opened_by: str | None
    version: int
    head: bytes
    shown: Mapping[str, Any]
    shown_edition: str | None
    shown_on: date | None
    place_name: str
    place_kind: str
    place_region: str
    place_phone: str
    owner_login: str | None = None
    owner_name: str | None = None

    @property
    def of_institution(self) -> bool:
        """Say whether it is the case an institution has of itself; that one has the institution's id."""
        return self.id == self.institution_id


@dataclass(slots=True)
class Task:
    """The row of a task. `stored` says whether it has one yet, `changed` whether that one is behind."""

    id: str
    case_id: str
    institution_id: str
    instance_id: str
    key: str
    element: str
    process: str
    form: str
    edition: str
    title: str
    lane: str
    person_id: str | None
    due: date | None
    why: str
    mark: str
    stage: str
    approval: bool
    version: int
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: str | None = None
    record_id: str | None = None
    owner_id: str | None = None  # of its case; written by `flush`
    stored: bool = False
    changed: bool = False
    drafted: bool = False  # somebody may keep a draft of it
    moved: bool = False  # went over to another edition: what it is may have changed, not only how it stands


@dataclass(slots=True)
class Instance:
    """The row of a process instance. `open` maps the process's keys of waiting tasks to task ids."""

    id: str
    process: str
    kind: str
    edition: str
    state: bytes
    version: int
    waits: list[dict[str, Any]]
    open: dict[str, str]
    started_at: datetime
    started_by: str | None
    ended_at: datetime | None = None
    outcome: str | None = None
    incident: str | None = None
    stored: bool = False
    changed: bool = False
    read: bool = False  # its earlier records are in `Dossier.worked`
    moved: bool = False  # went over to another edition
    reopened: bool = False  # had ended, and goes on
    looked: int = -1  # `Dossier.touches` when it last took a step: it went as far as the facts of then let it
    timers: dict[str, datetime] = field(default_factory=dict)  # the timer rows it has: element -> due


@dataclass(slots=True)
class Dossier:
    """See the module. `edition` is the one in force today: roles, guards, status and columns come from it; work runs on the edition it began under."""

    desk: Desk
    edition: Edition
    case: Case
    closing_date: date | None
    fresh: bool = False
    instances: dict[str, Instance] = field(default_factory=dict)
    instances_read: bool = False
    tasks: dict[str, Task] = field(default_factory=dict)
    writes: list[tuple[Prepared, Mapping[str, Any]]] = field(default_factory=list)
    worked: dict[str, dict[str, Any]] = field(default_factory=dict)  # per instance and form the values of what it made
    told: dict[str, Any] = field(default_factory=dict)
    waiting: list[tuple[Task, str, str | None]] | None = None  # open tasks with the kind of their instance and who started it, once read
    dropped: set[str] = field(default_factory=set)  # ids of tasks whose drafts go
    moved: bool = False  # the case went to another institution
    touched: set[str] = field(default_factory=set)  # what changed, in the words of `depends`
    touches: int = 0  # how often something did
    records_changed: dict[str, Any] = field(default_factory=dict)  # by id what their rows in lists are made of (`rows.This`), None: taken back
    placed: tuple[object, ...] = field(init=False)  # as the row of the case stands in the database: what its indexes hold
    looked: tuple[object, ...] = field(init=False)  # likewise: what lists show of it, the greater part of the row
    records: Records = field(init=False)
    seen: SeenRecords = field(init=False)  # the records as the person reads them
    facts: Facts = field(init=False)
    _sources: dict[str, Callable[[], Any]] = field(init=False)
    _facts: dict[str, Facts] = field(init=False)
    _facts_seen: dict[str, Facts] = field(default_factory=dict)
    _status: Status | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Set up the facts; nothing is read yet."""
        desk = self.desk
        case = self.case
        self.placed = (case.institution_id, case.owner_id, case.number, case.status, case.shown_edition, case.shown_on)
        self.looked = (case.label, case.short, case.closed, case.shown)
        self._status = _UNKNOWN
        self.records = Records(desk.connection, None if self.fresh else self.case.id, desk.edition)
        self.seen = SeenRecords(self)
        self._sources = {
            "today": lambda: desk.today,
            "closing_date": lambda: self.closing_date,
            "person": lambda: person_facts(desk.actor),
            "people": lambda: Colleagues(desk.connection, self.case.institution_id),
            "cases": lambda: Companions(desk.connection, self.case.institution_id),
            "institution": self._place,
            **self._own(self.edition),
            "before": lambda: None,
            "work": dict,
            "visits": dict,
            "decision": dict,
        }
        self.facts = Facts(self._sources, self.edition.facts)
        self._facts = {self.edition.digest: self.facts}

    def touch(self, *words: str) -> None:
        """Say what changed, in the words of `depends`: facts are worked out anew, and what depends on it will be when the verb ends."""
        self.touched.update(words)
        self.touches += 1
        self._status = _UNKNOWN
        self.seen.forget()
        for facts in (*self._facts.values(), *self._facts_seen.values()):
            facts.forget()

    def facts_under(self, digest: str) -> Facts:
        """Give the facts with the named expressions of another edition: work and records keep to the one they were made under."""
        known = self._facts.get(digest)
        if known is None:
            edition = self.desk.edition(digest)
            known = self._facts[digest] = Facts({**self._sources, **self._own(edition)}, edition.facts)
        return known

    def facts_seen(self, digest: str) -> Facts:
        """Give the same facts as the person may read them: for what is shown to them and what forms begin with and work out."""
        if digest not in self._facts_seen:
            edition = self.desk.edition(digest)
            self._facts_seen[digest] = Facts({**self._sources, **self._own(edition), "record": lambda: self.seen.under(edition)}, edition.facts)
        return self._facts_seen[digest]

    def facts_before(self, digest: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the facts the person may read under an edition with `before`: the values of the record that is being corrected, as it stands."""
        return self.facts_seen(digest).beneath({"before": values})

    def _own(self, edition: Edition) -> dict[str, Callable[[], Any]]:
        """Give the facts that are named as an edition names them."""
        return {"case": lambda: self._case(edition), "record": lambda: self.records.under(edition), "records": lambda: RecordLists(self, edition)}

    def tell(self, **detail: Any) -> None:
        """Add to what the history row of this verb will say: ids and element names, never an answer."""
        for name, value in detail.items():
            if isinstance(value, (list, tuple)):
                self.told.setdefault(name, []).extend(value)
            else:
                self.told[name] = value

    def write(self, statement: Prepared, values: Mapping[str, Any]) -> None:
        """Run `statement` when the verb ends, after the instances and tasks, in the order given."""
        self.writes.append((statement, values))

    def status(self) -> Status | None:
        """Give the status that holds now: the first of the edition whose condition is true."""
        if self.case.of_institution:
            return None
        if self._status is _UNKNOWN:
            self._status = next((status for status in self.edition.case.status if status.when is None or status.when(self.facts)), None)
        return self._status

    def _place(self) -> dict[str, Any]:
        case = self.case
        return {"id": case.institution_id, "name": case.place_name, "kind": case.place_kind, "region": case.place_region, "phone": case.place_phone}

    def _case(self, edition: Edition) -> CaseFacts:
        case = self.case
        known = {"number": case.number, "opened": case.opened_at.date(), "owner": case.owner_login, "owner_name": case.owner_name}
        return CaseFacts(Lazy(known, {"status": self._status_title}), lambda: self._answers(edition))

    def _status_title(self) -> str | None:
        status = self.status()
        return status.title if status else None

    def _answers(self, edition: Edition) -> Mapping[str, Any]:
        last = self.records.form(edition.case.form).last
        return last.values(edition) if last else {}


def open_case(desk: Desk, case_id: str, *, lock: bool = True) -> Dossier:
    """Take a case in hand; `lock` where something will change. Raises NotFound. Says nothing about who may.

    The case of an institution itself is there as soon as somebody asks for it by the institution's id, and stored with the first change.
    """
    read = _lock if lock else _read
    row = read.first(desk.connection, case_id=case_id, today=desk.today) if is_id(case_id) else None
    if row is not None:
        return _dossier(desk, row)
    place = (_lock_place if lock else _read_place).first(desk.connection, institution_id=case_id, today=desk.today) if is_id(case_id) else None
    if place is None:
        raise NotFound
    row = read.first(desk.connection, case_id=case_id, today=desk.today) if lock else None  # somebody else may just have stored it
    return _dossier(desk, row) if row is not None else _institution_case(desk, place)


def open_task(desk: Desk, task_id: str, *, lock: bool = True) -> tuple[Dossier, Task]:
    """Take the case of a task in hand, and the task, open or not. Raises NotFound. Says nothing about who may."""
    row = (_lock_task if lock else _read_task).first(desk.connection, task_id=task_id, today=desk.today) if is_id(task_id) else None
    if row is None:
        raise NotFound
    dossier = _dossier(desk, row)
    found = _task(row[-len(task.columns) - 1 : -1], drafted=bool(row.drafted))
    dossier.tasks[found.id] = found
    return dossier, found


def new_case(desk: Desk) -> Dossier:
    """Take in hand a case that does not exist yet: in the institution of the person, under the edition in force. Raises Refused where none is."""
    row, actor = _surroundings.first(desk.connection, today=desk.today), desk.actor
    edition = desk.edition(demand(row.in_force if row else None))
    case = Case(
        id=new_id(), institution_id=actor.institution_id, owner_id=None, edition=edition.digest, number=None, label="", short="", status="", closed=False,
        opened_at=desk.now, opened_by=actor.person_id or None, version=0, head=b"", shown={}, shown_edition=None, shown_on=None,
        place_name=actor.institution_name, place_kind=actor.institution_kind, place_region=actor.institution_region,
        place_phone=actor.institution_phone,
    )  # fmt: skip
    return Dossier(desk, edition, case, _closing_day(desk, row.closing_date if row else None), fresh=True)


def _institution_case(desk: Desk, place: Any) -> Dossier:
    """Take in hand the case of an institution that nothing was done on yet. Raises NotFound where the edition in force knows none."""
    edition = desk.edition(demand(place.in_force))
    if edition.institution_case is None:
        raise NotFound
    case = Case(
        id=place.id, institution_id=place.id, owner_id=None, edition=edition.digest, number=None, label=place.name, short="", status="", closed=False,
        opened_at=desk.now, opened_by=desk.actor.person_id or None, version=0, head=b"", shown={}, shown_edition=None, shown_on=None,
        place_name=place.name, place_kind=place.kind, place_region=place.region, place_phone=place.phone,
    )  # fmt: skip
    return Dossier(desk, edition, case, _closing_day(desk, place.closing_date), fresh=True)


def name_of(desk: Desk, person_id: str | None) -> str:
    """Give the name of a person, or ""."""
    row = _name.first(desk.connection, person_id=person_id) if person_id else None
    return row.name if row else ""


def task_of(row: Any) -> Task:
    """Make a task of a row that begins with the task's columns."""
    return _task(row[: len(task.columns)], drafted=True)


def _task(values: Iterable[Any], *, drafted: bool) -> Task:
    made = Task(*values)
    made.stored, made.drafted = True, drafted
    return made


def _dossier(desk: Desk, row: Any) -> Dossier:
    case = Case(*row[: len(Case.__dataclass_fields__)])
    return Dossier(desk, desk.edition(demand(row.in_force)), case, _closing_day(desk, row.closing_date))


def _closing_day(desk: Desk, text: str | None) -> date | None:
    """Give the closing date; None where there is none, or where what is written may be older."""
    return date.fromisoformat(text) if text and not (desk.origin and desk.origin.past_closing) else None
