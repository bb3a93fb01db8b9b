"""Look through everything stored for what cannot be: damaged pages, broken chains, foreign codes, cases nobody can go on with.

Each check yields sentences; none of them changes anything. What a sentence names are ids, never an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.casework import access, history
from engine.casework.bundle import unpack
from engine.errors import Broken, DidimdolError, NotFound
from engine.spec.folder import digest_of
from engine.store.rekeying import SEALED
from engine.store.tables import case_form, cases, edition, file, instance, record, revision, task, timer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition

_MANY = 2000  # rows fetched at a time


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is not as it must be: the check that found it, and a Korean sentence."""

    check: str
    sentence: str


def verify(desk: Desk, *, progress: Callable[[str, int, int], None] | None = None) -> list[Trouble]:
    """Run every check on a reading desk; return what is wrong, nothing where all is well."""
    found: list[Trouble] = []
    for done, (title, check) in enumerate(CHECKS.items()):
        if progress:
            progress(title, done, len(CHECKS))
        found += [Trouble(title, sentence) for sentence in check(desk)]
    if progress:
        progress("끝", len(CHECKS), len(CHECKS))
    return found


def _pages(desk: Desk) -> Iterator[str]:
    if desk.connection.dialect.name != "sqlite":
        return
    for (told,) in desk.connection.exec_driver_sql("PRAGMA integrity_check"):
        if told != "ok":
            yield f"데이터베이스 파일이 손상되었습니다: {told}"
    for table, *_ in desk.connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{table} 표에 가리키는 곳이 없는 행이 있습니다."


def _history(desk: Desk) -> Iterator[str]:
    for case_id, seq, sentence in history.broken_links(desk.connection, desk.cipher):
        yield f"{case_id} {seq}번: {sentence}"


def _access(desk: Desk) -> Iterator[str]:
    yield from access.broken_rows(desk.connection, desk.cipher)


def _editions(desk: Desk) -> Iterator[str]:
    for row in desk.connection.execute(select(edition.c.digest, edition.c.name, edition.c.files)):
        try:
            sound = digest_of(unpack(row.files)) == row.digest
        except Broken:
            sound = False
        if not sound:
            yield f"판 {row.name}({row.digest[:12]})의 내용이 공표된 것과 다릅니다."


def _states(desk: Desk) -> Iterator[str]:
    columns = (instance.c.id, instance.c.case_id, instance.c.edition, instance.c.version, instance.c.state, instance.c.mac)
    for row in _stream(desk.connection, select(*columns)):
        if not desk.cipher.verify(row.mac, row.state, f"instance|{row.id}|{row.edition}|{row.version}"):
            yield f"{row.case_id}: 업무 {row.id}의 상태가 바뀌었습니다."


def _standing(desk: Desk) -> Iterator[str]:
    """Compare where open instances stand with the tasks people see; name those nobody can go on with."""
    open_tasks: dict[str, dict[str, Any]] = {}
    for row in desk.connection.execute(select(task.c.instance_id, task.c.key, task.c.id, task.c.element).where(task.c.closed_at.is_(None))):
        open_tasks.setdefault(row.instance_id, {})[row.key] = row
    standing = select(instance).where(instance.c.ended_at.is_(None))
    for row in desk.connection.execute(standing).all():
        tasks = open_tasks.pop(row.id, {})
        if row.incident:
            yield f"{row.case_id}: 업무 {row.id}가 멈췄습니다({row.incident})."
        if not tasks and not row.waits:
            yield f"{row.case_id}: 업무 {row.id}에 할 일도 기다리는 것도 없습니다."
        elif dict(row.open) != {key: each.id for key, each in tasks.items()}:
            yield f"{row.case_id}: 업무 {row.id}의 할 일이 업무의 상태와 다릅니다."
        else:
            yield from _position(desk, row, {each.element for each in tasks.values()})
    for instance_id in open_tasks:
        yield f"끝난 업무 {instance_id}에 열린 할 일이 남아 있습니다."
    owned = select(task.c.case_id, task.c.id).join(cases, cases.c.id == task.c.case_id)
    for other in desk.connection.execute(owned.where(task.c.closed_at.is_(None), task.c.owner_id.is_distinct_from(cases.c.owner_id))):
        yield f"{other.case_id}: 할 일 {other.id}의 담당이 건의 담당과 다릅니다."


def _position(desk: Desk, row: Any, elements: set[str]) -> Iterator[str]:
    try:
        rules: Edition = desk.edition(row.edition)
        process = rules.processes[row.process]
        here, _, _ = process.position(row.state)
    except (DidimdolError, KeyError, ValueError):
        yield f"{row.case_id}: 업무 {row.id}의 상태를 읽을 수 없습니다."
        return
    if {element for element in here if element in process.tasks} != elements:
        yield f"{row.case_id}: 업무 {row.id}의 할 일이 업무의 상태와 다릅니다."


def _timers(desk: Desk) -> Iterator[str]:
    lost = select(timer.c.id).join(instance, instance.c.id == timer.c.instance_id).where(instance.c.ended_at.is_not(None))
    for (ident,) in desk.connection.execute(lost):
        yield f"끝난 업무의 알람 {ident}이(가) 남아 있습니다."


def _records(desk: Desk) -> Iterator[str]:
    revisions = (
        select(revision.c.record_id, func.count().label("count"), func.max(revision.c.number).label("last")).group_by(revision.c.record_id).subquery()
    )
    odd = (
        select(record.c.id)
        .outerjoin(revisions, revisions.c.record_id == record.c.id)
        .where(revisions.c.count.is_(None) | (revisions.c.count != record.c.revision) | (revisions.c.last != record.c.revision))
    )
    for (ident,) in desk.connection.execute(odd):
        yield f"기록 {ident}의 고침 내역이 빠졌습니다."
    stands = record.c.withdrawn_at.is_(None)
    kept = {
        (row.case_id, row.form): (row.count, row.made, row.first, row.last)
        for row in desk.connection.execute(
            select(
                record.c.case_id,
                record.c.form,
                func.count().filter(stands).label("count"),
                func.count().label("made"),
                func.min(record.c.id).filter(stands).label("first"),
                func.max(record.c.id).filter(stands).label("last"),
            ).group_by(record.c.case_id, record.c.form)
        )
    }
    for row in desk.connection.execute(select(case_form)):
        found = kept.pop((row.case_id, row.form), (0, 0, None, None))
        if (row.count, row.made, row.first_record, row.last_record) != found:
            yield f"{row.case_id}: {row.form} 기록의 수나 처음과 마지막이 맞지 않습니다."
    for case_id, form in kept:
        yield f"{case_id}: {form} 기록의 수나 처음과 마지막이 맞지 않습니다."


def _places(desk: Desk) -> Iterator[str]:
    for table in (record, task):
        apart = select(table.c.id).join(cases, cases.c.id == table.c.case_id).where(table.c.institution_id != cases.c.institution_id)
        if table is task:
            apart = apart.where(task.c.closed_at.is_(None))
        for (ident,) in desk.connection.execute(apart):
            yield f"{table.name} {ident}이(가) 다른 기관의 것으로 적혀 있습니다."


def _sealed(desk: Desk) -> Iterator[str]:
    for table, keys, place in SEALED:
        for row in _stream(desk.connection, select(*keys, table.c.sealed).where(table.c.sealed.is_not(None))):
            key = tuple(row)[:-1]
            try:
                desk.cipher.open(row.sealed, place(*key))
            except Broken as error:
                yield f"{table.name} {'.'.join(map(str, key))}: {error.message}"


def _files(desk: Desk) -> Iterator[str]:
    for (name,) in desk.connection.execute(select(file.c.id).where(file.c.deleted_at.is_(None))).all():
        try:
            desk.cipher.open(desk.files.get(name), f"file|{name}|content")
        except NotFound:
            yield f"첨부파일 {name}의 내용이 없습니다."
        except Broken:
            yield f"첨부파일 {name}의 내용이 손상되었습니다."


def _stream(connection: Connection, query: Any) -> Any:
    return connection.execution_options(yield_per=_MANY).execute(query)


CHECKS: dict[str, Callable[[Desk], Iterator[str]]] = {
    "데이터베이스": _pages,
    "이력": _history,
    "접속기록": _access,
    "판": _editions,
    "업무 상태": _states,
    "할 일": _standing,
    "알람": _timers,
    "기록": _records,
    "소속": _places,
    "암호화한 값": _sealed,
    "첨부파일": _files,
}
