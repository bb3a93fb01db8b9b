"""The end of every verb that changes a case: everything the dossier gathered is written, in the order the database asks for.

One history row per verb, and one access record. The case row is written last, guarded by the version it was read with; its version is the number of
the history row, so a change without history cannot be committed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, update

from engine.casework import access, depends, instances, projection, rows
from engine.casework.history import Chain
from engine.errors import Stale
from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import cases, draft, task, timer
from engine.store.tables import instance as instance_table

if TYPE_CHECKING:
    from engine.casework.dossier import Dossier, Instance, Task
    from engine.store.prepared import Prepared

_TOLD = 60  # ids or elements of one kind that a history row names
_CASE = ("institution_id", "owner_id", "number", "label", "short", "status", "closed", "changed_at", "version", "head", "shown", "shown_edition", "shown_on")
_LOOKS = ("label", "short", "closed", "shown")
_PLACED = ("institution_id", "owner_id", "number", "status", "shown_edition", "shown_on")  # in indexes: left alone unless they changed, for every index touched is a page to write
_OWNER = _PLACED.index("owner_id")
_INSTANCE = ("state", "mac", "version", "waits", "open", "ended_at", "outcome", "incident")
_TASK = ("institution_id", "person_id", "version", "closed_at", "closed_by", "outcome", "record_id")

_insert_case, _insert_instance, _insert_task = prepare(insert(cases)), prepare(insert(instance_table)), prepare(insert(task))
_update_case = prepare(update(cases).where(cases.c.id == bindparam("of_id"), cases.c.version == bindparam("was")), _CASE)
_update_case_in_place = prepare(
    update(cases).where(cases.c.id == bindparam("of_id"), cases.c.version == bindparam("was")), [name for name in _CASE if name not in _PLACED]
)
_update_case_unseen = prepare(
    update(cases).where(cases.c.id == bindparam("of_id"), cases.c.version == bindparam("was")), [name for name in _CASE if name not in (*_PLACED, *_LOOKS)]
)
_renew_case = prepare(
    update(cases).where(cases.c.id == bindparam("of_id"), cases.c.version == bindparam("was")), ["short", "status", "shown", "shown_edition", "shown_on"]
)
_update_instance = prepare(
    update(instance_table).where(instance_table.c.id == bindparam("of_id"), instance_table.c.version == bindparam("was")), _INSTANCE
)
_update_open_instance = prepare(
    update(instance_table).where(instance_table.c.id == bindparam("of_id"), instance_table.c.version == bindparam("was")),
    [name for name in _INSTANCE if name not in ("ended_at", "outcome")],
)
_update_moved_instance = prepare(
    update(instance_table).where(instance_table.c.id == bindparam("of_id"), instance_table.c.version == bindparam("was")), [*_INSTANCE, "edition", "process"]
)
_update_moved_open_instance = prepare(
    update(instance_table).where(instance_table.c.id == bindparam("of_id"), instance_table.c.version == bindparam("was")),
    [name for name in (*_INSTANCE, "edition", "process") if name not in ("ended_at", "outcome")],
)
_MOVED_TASK = (*_TASK, "key", "element", "process", "form", "edition", "title", "lane", "due", "why", "mark", "stage", "approval")
_update_moved_task = prepare(update(task).where(task.c.id == bindparam("of_id"), task.c.version == bindparam("was")), _MOVED_TASK)
_update_task = prepare(update(task).where(task.c.id == bindparam("of_id"), task.c.closed_at.is_(None), task.c.version == bindparam("was")), _TASK)
_pass_on = prepare(update(task).where(task.c.case_id == bindparam("of_case"), task.c.closed_at.is_(None)), ["owner_id"])
_drop_draft = prepare(delete(draft).where(draft.c.task_id == bindparam("of_task")))
_drop_timers = prepare(delete(timer).where(timer.c.instance_id == bindparam("of_instance")))
_insert_timer = prepare(insert(timer))


def conclude(dossier: Dossier, kind: str, *, target: str, reason: str = "") -> None:
    """Let facts take effect (waits, status, closing, columns), then write everything and tell it as `kind`. `target` names what for the access record."""
    instances.wake(dossier)
    _settle(dossier)
    rows.refresh(dossier)  # before the case's own: those say of which edition and day both are
    projection.refresh(dossier)
    write(dossier, kind, target=target, reason=reason)


def _settle(dossier: Dossier) -> None:
    """Take over status, label and whether the case is closed, where what they depend on was touched."""
    case, spec = dossier.case, dossier.edition.case
    if case.of_institution:
        case.label = case.place_name
        return
    if not projection.behind(dossier) and not depends.hit(projection.plan(dossier.edition).own, dossier.touched):
        return
    status = dossier.status()
    case.status = status.id if status else ""
    label = spec.label(dossier.facts) if spec.label else None
    case.label = str(label)[:200] if label else case.label
    case.short = _short(dossier)
    closed = bool(spec.closed(dossier.facts)) if spec.closed else False
    if closed and not case.closed:
        for each in instances.all_open(dossier).values():
            if each.ended_at is None:
                instances.end(dossier, each)
        dossier.tell(closed=True)
    case.closed = closed


def _short(dossier: Dossier) -> str:
    short = None if dossier.case.of_institution else dossier.edition.case.short
    return str(short(dossier.facts) or "")[:200] if short else ""


def write(dossier: Dossier, kind: str, *, target: str, reason: str = "") -> None:
    """Write what the dossier gathered, with its history row and access record. Raises Stale where a row changed under it."""
    desk, case = dossier.desk, dossier.case
    chain = Chain(desk, case.id, case.version, case.head)
    was = case.version
    chain.add(kind, _told(dossier, reason))
    case.version, case.head = chain.seq, chain.head
    chain.write()  # before what points at it: SQLite would look for waiting children through whole tables
    if dossier.fresh:
        _insert_case.run(desk.connection, _case_row(dossier), id=case.id, edition=case.edition, opened_at=case.opened_at, opened_by=case.opened_by)
    _write_instances(dossier)
    _write_tasks(dossier)
    _run_writes(dossier)
    chain.write()
    if not dossier.fresh and _case_statement(dossier).run(desk.connection, _case_row(dossier), of_id=case.id, was=was) != 1:
        raise Stale
    if not desk.actor.clock:
        access.record(desk, kind, subject=case.id, target=target, reason=reason)


def renew(dossier: Dossier) -> None:
    """Work out anew what lists show of a case: only time passed, so there is nothing to tell."""
    case, was, status = dossier.case, dossier.case.version, dossier.status()
    case.status, case.short = status.id if status else "", _short(dossier)
    rows.refresh(dossier)
    projection.refresh(dossier)
    _run_writes(dossier)
    row = {"short": case.short, "status": case.status, "shown": case.shown, "shown_edition": case.shown_edition, "shown_on": case.shown_on}
    if _renew_case.run(dossier.desk.connection, row, of_id=case.id, was=was) != 1:
        raise Stale


def _told(dossier: Dossier, reason: str) -> dict[str, Any]:
    told = {name: value[:_TOLD] if isinstance(value, list) else value for name, value in dossier.told.items()}
    origin = dossier.desk.origin
    if reason or origin:
        told["reason"] = reason or (origin.why if origin else "")
    return told


def _case_row(dossier: Dossier) -> dict[str, Any]:
    case = dossier.case
    return {name: getattr(case, name) for name in _CASE if name != "changed_at"} | {"changed_at": dossier.desk.now}


def _case_statement(dossier: Dossier) -> Prepared:
    """Give the statement that writes the row of a case with the fewest columns."""
    if _placed(dossier) != dossier.placed:
        return _update_case
    looks = tuple(getattr(dossier.case, name) for name in _LOOKS)
    return _update_case_in_place if looks != dossier.looked else _update_case_unseen


def _placed(dossier: Dossier) -> tuple[object, ...]:
    return tuple(getattr(dossier.case, name) for name in _PLACED)


def _write_instances(dossier: Dossier) -> None:
    for each in dossier.instances.values():
        if not each.changed and each.stored:
            continue
        row: dict[str, Any] = {"state": each.state, "waits": each.waits, "open": each.open, "ended_at": each.ended_at, "outcome": each.outcome, "incident": each.incident}
        version = each.version + 1
        row |= {"version": version, "mac": instances.code(dossier, each, version)}
        if not each.stored:
            fixed = {"id": each.id, "case_id": dossier.case.id, "process": each.process, "kind": each.kind, "edition": each.edition}
            _insert_instance.run(dossier.desk.connection, row | fixed, started_at=each.started_at, started_by=each.started_by)
        elif _statement(each, row).run(dossier.desk.connection, row, of_id=each.id, was=each.version) != 1:
            raise Stale
        _write_timers(dossier, each)
        each.version = version


def _statement(each: Instance, row: dict[str, Any]) -> Prepared:
    """Give the statement that writes an instance with the fewest columns; one that moved to another edition says so in `row`."""
    if each.moved:
        row |= {"edition": each.edition, "process": each.process}
        return _update_moved_instance if each.ended_at or each.reopened else _update_moved_open_instance
    return _update_instance if each.ended_at else _update_open_instance


def _write_timers(dossier: Dossier, each: Instance) -> None:
    """Keep one timer row per moment the instance waits for."""
    due = instances.moments(each)
    if due == each.timers:
        return
    connection = dossier.desk.connection
    if each.timers:
        _drop_timers.run(connection, of_instance=each.id)
    _insert_timer.many(
        connection,
        [
            {"id": new_id(), "case_id": dossier.case.id, "instance_id": each.id, "element": element, "due": moment, "tries": 0}
            for element, moment in due.items()
        ],
    )
    each.timers = due


def _write_tasks(dossier: Dossier) -> None:
    case = dossier.case
    new = [_task_row(each) | {"owner_id": case.owner_id} for each in dossier.tasks.values() if not each.stored]
    if new:
        _insert_task.many(dossier.desk.connection, new)
    for each in dossier.tasks.values():
        if each.stored and each.changed:
            _write_task(dossier, each)
    if case.owner_id != dossier.placed[_OWNER] and not dossier.fresh:
        _pass_on.run(dossier.desk.connection, of_case=case.id, owner_id=case.owner_id)


def _write_task(dossier: Dossier, each: Task) -> None:
    row = {name: getattr(each, name) for name in (_MOVED_TASK if each.moved else _TASK)}
    if (_update_moved_task if each.moved else _update_task).run(dossier.desk.connection, row, of_id=each.id, was=each.version - 1) != 1:
        raise Stale
    if each.id in dossier.dropped:
        _drop_draft.run(dossier.desk.connection, of_task=each.id)


def _task_row(each: Task) -> dict[str, Any]:
    return {name: getattr(each, name) for name in _TASK_COLUMNS}


_TASK_COLUMNS = tuple(column.name for column in task.columns)


def _run_writes(dossier: Dossier) -> None:
    connection = dossier.desk.connection
    for statement, values in _grouped(dossier):
        if len(values) == 1:
            statement.run(connection, values[0])
        else:
            statement.many(connection, values)


def _grouped(dossier: Dossier) -> list[tuple[Any, list[Any]]]:
    """Give the gathered writes with neighbours of the same statement together."""
    grouped: list[tuple[Any, list[Any]]] = []
    for statement, values in dossier.writes:
        if grouped and grouped[-1][0] is statement:
            grouped[-1][1].append(values)
        else:
            grouped.append((statement, [values]))
    return grouped
