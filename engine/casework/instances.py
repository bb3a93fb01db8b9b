"""Process instances of a case: begin, go on after a task, wake, end. Changes stay in the dossier until it is flushed.

The stored state is bound to its row by a keyed code and to its edition by a digest. Only this module knows that an instance has a state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.casework import depends
from engine.casework.dossier import Dossier, Instance, Task, task_of
from engine.casework.facts import typed
from engine.errors import AlreadyDone, Broken
from engine.spec.overlay import Over
from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import draft, person, record, revision, task
from engine.store.tables import instance as instance_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.process import Process, Step, UserTask

DONE, WITHDRAWN = "done", "withdrawn"
LIFECYCLE = "lifecycle"
_WHY_LIMIT = 500
_MOVING = frozenset({"today", "closing_date", "work"})  # what may have changed without anybody touching the case
_TRAIL_LIMIT = 60  # elements and flows of one step that history names

_open_of_case = prepare(select(instance_table).where(instance_table.c.case_id == bindparam("case_id"), instance_table.c.ended_at.is_(None)))
_open_tasks = prepare(select(task).where(task.c.instance_id == bindparam("instance_id"), task.c.closed_at.is_(None)))
_person_of = prepare(select(person.c.id).where(person.c.login == bindparam("login"), person.c.disabled_at.is_(None)))
_waiting = prepare(
    select(task, instance_table.c.kind, instance_table.c.started_by)
    .select_from(task.join(instance_table, instance_table.c.id == task.c.instance_id))
    .where(task.c.case_id == bindparam("case_id"), task.c.closed_at.is_(None))
    .order_by(task.c.id)
)
_drafted = select(draft.c.id).where(draft.c.task_id == task.c.id, draft.c.person_id == bindparam("mine")).limit(1).scalar_subquery()
_by_due = prepare(
    select(task, _drafted.label("drafted"))
    .where(task.c.case_id == bindparam("case_id"), task.c.closed_at.is_(None))
    .order_by(task.c.due.is_(None), task.c.due, task.c.id)
)
_last_author = prepare(
    select(record.c.created_by).where(record.c.instance_id == bindparam("instance_id")).order_by(record.c.id.desc()).limit(1)
)
_worked = prepare(
    select(record.c.form, revision.c.edition, revision.c.data)
    .select_from(record.join(revision, (revision.c.record_id == record.c.id) & (revision.c.number == record.c.revision)))
    .where(record.c.instance_id == bindparam("instance_id"), record.c.withdrawn_at.is_(None))
    .order_by(record.c.id)
)


def begin(dossier: Dossier, edition: Edition, process: Process) -> tuple[Instance, tuple[Task, ...]]:
    """Start an instance; give it and the tasks it opened."""
    desk = dossier.desk
    made = Instance(new_id(), process.id, process.kind, edition.digest, b"", 0, [], {}, desk.now, desk.actor.person_id or None)
    step = process.begin(facts_of(dossier, made), desk.now)
    dossier.instances[made.id] = made
    return made, take(dossier, made, process, step)


def complete(dossier: Dossier, work: Instance, key: str) -> tuple[Task, ...]:
    """Go on after the task `key` was done; give the tasks this opened. Raises AlreadyDone where it is not open."""
    process = _process(dossier, work)
    work.open = {other: ident for other, ident in work.open.items() if other != key}
    return take(dossier, work, process, process.complete(work.state, key, facts_of(dossier, work), dossier.desk.now))


def wake(dossier: Dossier) -> tuple[Task, ...]:
    """Look again at what open instances wait for, where something it depends on was touched or its moment came; give the tasks this opened."""
    opened: list[Task] = []
    for waiting in list(all_open(dossier).values()):
        if waiting.looked == dossier.touches and not waiting.incident:
            continue  # nothing changed since it took its last step
        if waiting.ended_at is None and (waiting.incident or any(_stirs(dossier, wait) for wait in waiting.waits)):
            process = _process(dossier, waiting)
            step = process.wake(waiting.state, facts_of(dossier, waiting), dossier.desk.now)
            if step.state != waiting.state or step.incident != waiting.incident or _waits(dossier, waiting, step) != waiting.waits:
                opened.extend(take(dossier, waiting, process, step))
    return tuple(opened)


def _stirs(dossier: Dossier, wait: Mapping[str, Any]) -> bool:
    """Say whether a wait is worth a look."""
    if wait["due"] and datetime.fromisoformat(wait["due"]) <= dossier.desk.now:
        return True
    on = frozenset(wait["on"])
    return not _MOVING.isdisjoint(on) or depends.hit(on, dossier.touched)


def end(dossier: Dossier, work: Instance, outcome: str = WITHDRAWN) -> None:
    """End an instance before its time; its open tasks are withdrawn."""
    _close_tasks(dossier, work, work.open.items())
    work.open, work.waits, work.state = {}, [], b""
    work.ended_at, work.outcome, work.changed = dossier.desk.now, outcome, True


def all_open(dossier: Dossier) -> dict[str, Instance]:
    """Give every instance of the case that has not ended, read once."""
    if not dossier.instances_read:
        dossier.instances_read = True
        if not dossier.fresh:
            for row in _open_of_case.all(dossier.desk.connection, case_id=dossier.case.id):
                dossier.instances.setdefault(row.id, _instance(dossier, row))
    return dossier.instances


def ended(dossier: Dossier, row: Any) -> Instance:
    """Make an instance of its row, also of one that ended. Raises Broken where its state is not its own."""
    return _instance(dossier, row)


def of_task(dossier: Dossier, of: Task) -> Instance:
    """Give the instance a task belongs to. Raises AlreadyDone where it ended."""
    found = all_open(dossier).get(of.instance_id)
    if found is None:
        raise AlreadyDone
    return found


def facts_of(dossier: Dossier, work: Instance, own: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """Give the facts of the case with those of one instance: `work.<form>`, and `visits` and `decision` where given."""
    return Over({"work": _Worked(dossier, work), **(own or {})}, dossier.facts_under(work.edition))


def facts_seen(dossier: Dossier, work: Instance) -> Mapping[str, Any]:
    """Give the facts of the case with those of one instance, as the person may read them."""
    return Over({"work": _Worked(dossier, work)}, dossier.facts_seen(work.edition))


def waiting(dossier: Dossier, form_id: str) -> Iterator[tuple[Task, str, str | None]]:
    """Give the open tasks of the case that ask for a form, with the kind of their instance and who started it, oldest first."""
    if dossier.waiting is None:
        rows = _waiting.all(dossier.desk.connection, case_id=dossier.case.id)
        dossier.waiting = [(task_of(row), row.kind, row.started_by) for row in rows]
    yield from (each for each in dossier.waiting if each[0].form == form_id)


def open_tasks(dossier: Dossier) -> Iterator[tuple[Task, bool]]:
    """Give the open tasks of the case, the earliest due first, and whether the person keeps a draft of each."""
    for row in _by_due.all(dossier.desk.connection, case_id=dossier.case.id, mine=dossier.desk.actor.person_id):
        yield task_of(row), row.drafted is not None


def last_author(dossier: Dossier, work: Instance) -> str | None:
    """Give the person who made the latest record of an instance."""
    row = _last_author.first(dossier.desk.connection, instance_id=work.id)
    return row.created_by if row else None


def made_in(desk: Desk, instance_id: str | None, reader: Edition) -> dict[str, Mapping[str, Any]]:
    """Give, per form, what expressions of `reader` see of the latest record an instance made."""
    rows = _worked.all(desk.connection, instance_id=instance_id) if instance_id else ()
    return {row.form: typed(desk.edition(row.edition), row.form, row.data, reader) for row in rows}


def first_tasks(process: Process) -> tuple[UserTask, ...]:
    """Give the user tasks a process can begin with, by its drawing."""
    found: dict[str, UserTask] = {}
    seen: set[str] = set()
    ahead = [node.id for node in process.elements.values() if node.kind == "startEvent" and node.scope == process.id]
    while ahead:
        element = ahead.pop()
        if element in process.tasks:
            found[element] = process.tasks[element]
        elif element not in seen:
            seen.add(element)
            ahead += [flow.target for flow in process.flows.values() if flow.source == element]
            ahead += [node.id for node in process.elements.values() if node.kind == "startEvent" and node.scope == element]
    return tuple(found.values())


class _Worked(Mapping[str, Any]):
    """`work`: per form the latest record this instance made. Earlier ones are read when one is asked for that was not made just now."""

    __slots__ = ("_dossier", "_kept", "_work")

    def __init__(self, dossier: Dossier, work: Instance) -> None:
        self._dossier, self._work, self._kept = dossier, work, dossier.worked.setdefault(work.id, {})

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self._kept:
            self._read()
        return self._kept.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __contains__(self, name: object) -> bool:
        self._read()
        return name in self._kept

    def __iter__(self) -> Iterator[str]:
        self._read()
        return iter(self._kept)

    def __len__(self) -> int:
        self._read()
        return len(self._kept)

    def _read(self) -> None:
        work, desk = self._work, self._dossier.desk
        if work.stored and not work.read:
            work.read = True
            self._kept.update({form: values for form, values in made_in(desk, work.id, desk.edition(work.edition)).items() if form not in self._kept})


def facts_after(dossier: Dossier, work: Instance, step: Step) -> Mapping[str, Any]:
    """Give the facts an instance sees after a step."""
    return facts_of(dossier, work, {"visits": _Counts(step.passed), "decision": step.decisions})


def take(dossier: Dossier, work: Instance, process: Process, step: Step) -> tuple[Task, ...]:
    """Take over where an instance stands after a step."""
    keys = {each.key for each in step.open}
    _close_tasks(dossier, work, [(key, ident) for key, ident in work.open.items() if key not in keys])
    facts = facts_after(dossier, work, step)
    opened = tuple(_open(dossier, work, process.tasks[each.element], each.key, facts) for each in step.open if each.key not in work.open)
    work.open = {key: ident for key, ident in work.open.items() if key in keys} | {each.key: each.id for each in opened}
    work.state, work.waits, work.incident, work.changed = step.state, _waits(dossier, work, step), step.incident, True
    work.looked = dossier.touches
    if step.done:
        work.ended_at, work.outcome = dossier.desk.now, DONE
    if step.trail:
        dossier.tell(trail=step.trail[-_TRAIL_LIMIT:])
    if opened:
        dossier.tell(opened=[each.id for each in opened])
    if step.incident:
        dossier.tell(incident=[work.id])
    return opened


def _open(dossier: Dossier, work: Instance, step: UserTask, key: str, facts: Mapping[str, Any]) -> Task:
    case, now = dossier.case, dossier.desk.now
    made = Task(
        id=new_id(), case_id=case.id, institution_id=case.institution_id, instance_id=work.id, key=key, element=step.id, process=work.process,
        form=step.form, edition=work.edition, title=step.title, lane=step.lane, person_id=assigned_to(dossier, step, facts), due=due_of(step, facts, now),
        why=sentence_of(step, facts), mark=step.mark, stage=step.stage, approval=step.approval is not None, version=1, opened_at=now,
    )  # fmt: skip
    dossier.tasks[made.id] = made
    return made


def assigned_to(dossier: Dossier, step: UserTask, facts: Mapping[str, Any]) -> str | None:
    """Give whom a step is given to when it opens."""
    login = step.assign(facts) if step.assign else None
    return person_id(dossier, login) if isinstance(login, str) and login else None


def person_id(dossier: Dossier, login: str) -> str | None:
    """Give the id of the person who signs in as `login` and is not disabled."""
    if login == dossier.desk.actor.login:
        return dossier.desk.actor.person_id or None
    if not login.isprintable():
        return None
    row = _person_of.first(dossier.desk.connection, login=login)
    return row.id if row else None


def due_of(step: UserTask, facts: Mapping[str, Any], now: datetime) -> date | None:
    """Give when a step that opened at `now` is due."""
    value = step.due(facts) if step.due else None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return now.date() + timedelta(days=int(value))
    return value if isinstance(value, date) else None


def sentence_of(step: UserTask, facts: Mapping[str, Any]) -> str:
    """Give why a step is to be done, as its task says."""
    value = step.why(facts) if step.why else None
    return "" if value is None else str(value)[:_WHY_LIMIT]


def _close_tasks(dossier: Dossier, work: Instance, gone: Iterable[tuple[str, str]]) -> None:
    """Withdraw tasks the process no longer waits for."""
    missing = [ident for _, ident in gone]
    if any(ident not in dossier.tasks for ident in missing):
        for row in _open_tasks.all(dossier.desk.connection, instance_id=work.id):
            dossier.tasks.setdefault(row.id, task_of(row))
    for ident in missing:
        each = dossier.tasks[ident]
        if each.closed_at is None:
            close_task(dossier, each, WITHDRAWN)
            dossier.tell(withdrawn=[ident])


def close_task(dossier: Dossier, closing: Task, outcome: str, record_id: str | None = None) -> None:
    """Close a task; its draft goes."""
    closing.closed_at, closing.closed_by, closing.outcome = dossier.desk.now, dossier.desk.actor.person_id or None, outcome
    closing.record_id, closing.changed, closing.version = record_id, True, closing.version + 1
    if closing.drafted:
        dossier.dropped.add(closing.id)


def _process(dossier: Dossier, work: Instance) -> Process:
    return dossier.desk.edition(work.edition).processes[work.process]


def _waits(dossier: Dossier, work: Instance, step: Step) -> list[dict[str, Any]]:
    """Give what is kept of the waits of a step: the moment, and what they depend on (`on`), so that the state need not be looked at for every change."""
    edition = dossier.desk.edition(work.edition)
    return [
        {"element": wait.element, "due": wait.due.isoformat() if wait.due else None, "on": sorted(depends.of_paths(edition, wait.reads))}
        for wait in step.waits
    ]


def code(dossier: Dossier, work: Instance, version: int) -> bytes:
    """Give the keyed code that binds a state to its row."""
    return dossier.desk.cipher.mac(work.state, _place(work.id, work.edition, version))


def _place(ident: str, edition: str, version: int) -> str:
    return f"instance|{ident}|{edition}|{version}"


def _instance(dossier: Dossier, row: Any) -> Instance:
    if not dossier.desk.cipher.verify(row.mac, row.state, _place(row.id, row.edition, row.version)):
        raise Broken
    kept = Instance(
        row.id, row.process, row.kind, row.edition, row.state, row.version, row.waits, row.open, row.started_at, row.started_by, row.ended_at,
        row.outcome, row.incident, stored=True,
    )  # fmt: skip
    kept.timers = moments(kept)
    return kept


def moments(work: Instance) -> dict[str, datetime]:
    """Give the moments an instance waits for, by element; of several at one element the first."""
    found: dict[str, datetime] = {}
    for wait in work.waits:
        if wait["due"]:
            moment = datetime.fromisoformat(wait["due"])
            found[wait["element"]] = min(moment, found.get(wait["element"], moment))
    return found


class _Counts(dict[str, int]):
    """Visits: what was never passed was passed 0 times."""

    def get(self, name: str, default: Any = None) -> int:  # noqa: ARG002 the signature of dict
        return super().get(name, 0)
