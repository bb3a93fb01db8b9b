"""Holds I3, K12, S47 (SECURITY.md)."""

from __future__ import annotations

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import insert, select, text, update

from engine.casework import history
from engine.errors import NotFound
from engine.store.database import DatabaseFailed
from engine.store.ids import new_id
from engine.store.tables import cases, revision
from engine.store.tables import history as rows
from tests.casework.world import found_case, found_person


def broken(database, cipher):
    with database.read() as connection:
        return list(history.broken_links(connection, cipher))


def test_append_numbers_rows_and_advances_the_case(desk, database, cipher):
    with desk() as d:
        case = found_case(d)
    with desk() as d:
        assert history.append(d, case, "task.completed", {"task": "t", "forms": ["a", "b"]}) == 2
        assert history.append(d, case, "task.opened") == 3
    with desk() as d:
        told = history.of_case(d, case)
        version = d.connection.execute(select(cases.c.version)).scalar_one()
    assert [(event.seq, event.kind) for event in told] == [(1, "case.opened"), (2, "task.completed"), (3, "task.opened")]
    assert told[1].detail == {"task": "t", "forms": ["a", "b"]}
    assert version == 3
    assert broken(database, cipher) == []


def test_history_names_who_did_it(desk):
    with desk() as d:
        actor = found_person(d, "kim")
        case = found_case(d)
    with desk(actor) as d:
        history.append(d, case, "note")
        assert [(event.login, event.name) for event in history.of_case(d, case)] == [("", ""), ("kim", "kim 이름")]


def test_case_changed_without_history_cannot_be_committed(desk, database):
    with desk() as d:
        case = found_case(d)
    with pytest.raises(DatabaseFailed), database.begin() as connection:
        connection.execute(update(cases).where(cases.c.id == case).values(version=2, status="끝"))
    with database.read() as connection:
        assert connection.execute(select(cases.c.version, cases.c.status)).one() == (1, "")


def test_revision_without_history_cannot_be_committed(desk, database):
    with desk() as d:
        case = found_case(d)
    statement = insert(revision).values(
        record_id=new_id(), number=1, case_id=case, case_version=7, kind="complete", edition="0" * 64, data={}, saved_at=None
    )
    with pytest.raises(DatabaseFailed), database.begin() as connection:
        connection.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE history SET kind = 'x'", "DELETE FROM history"])
def test_rows_are_never_changed(desk, database, statement):
    with desk() as d:
        found_case(d)
    with pytest.raises(DatabaseFailed), database.begin() as connection:
        connection.execute(text(statement))


def test_unknown_case_is_not_found(desk):
    with pytest.raises(NotFound), desk() as d:
        history.append(d, new_id(), "note")


def test_long_texts_are_refused(desk):
    with pytest.raises(ValueError, match="too long"), desk() as d:
        history.append(d, found_case(d), "note", {"reason": "가" * 501})


def _without_triggers(database, table, statement, *, keys=True):
    """Do what only someone with the database itself in hand can do."""
    if database.dialect == "sqlite":
        raw = sqlite3.connect(database.url.database, isolation_level=None)
        raw.execute(f"PRAGMA foreign_keys = {int(keys)}")
        steps = (f"DROP TRIGGER {table}_refuse_update", f"DROP TRIGGER {table}_refuse_delete", statement)
        for step in steps:
            raw.execute(step)
        raw.close()
        return
    for step in (f"ALTER TABLE {table} DISABLE TRIGGER {'USER' if keys else 'ALL'}", statement, f"ALTER TABLE {table} ENABLE TRIGGER ALL"):
        with database.begin() as connection:
            connection.exec_driver_sql(step)


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE history SET detail = '{\"a\":2}' WHERE seq = 2", 2),
        ("UPDATE history SET kind = 'other' WHERE seq = 1", 1),
        ("DELETE FROM history WHERE seq = 2", 2),
        ("UPDATE cases SET head = mac FROM history WHERE history.seq = 2", 3),
    ],
)
def test_tampering_shows(desk, database, cipher, statement, seq):
    with desk() as d:
        case, other = found_case(d), found_case(d)
        history.append(d, case, "one", {"a": 1})
        history.append(d, case, "two")
    assert broken(database, cipher) == []
    _without_triggers(
        database,
        "history",
        statement + (f" AND case_id = '{case}'" if "cases" not in statement else f" AND case_id = cases.id AND cases.id = '{case}'"),
    )
    assert [(found[0], found[1]) for found in broken(database, cipher)] == [(case, seq)]
    assert other != case


def test_missing_history_shows(desk, database, cipher):
    with desk() as d:
        case = found_case(d)
    _without_triggers(database, "history", "DELETE FROM history", keys=False)
    assert broken(database, cipher) == [(case, 1, "이력이 없습니다.")]


def test_rows_read_back_exactly(desk):
    with desk() as d:
        case = found_case(d)
        history.append(d, case, "note", {"n": 1, "flag": True, "none": None})
        stored = d.connection.execute(select(rows.c.detail).where(rows.c.seq == 2)).scalar_one()
    assert stored == {"n": 1, "flag": True, "none": None}
