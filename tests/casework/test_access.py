"""Holds K09, K10, K11, K12, K26, S45, S47 (SECURITY.md)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.casework import access
from engine.casework.desk import Desk
from engine.errors import Forbidden
from engine.store.database import DatabaseFailed
from engine.store.tables import access_record, access_seal
from tests.casework.test_history import _without_triggers
from tests.casework.world import found_person, role, roles
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)
READER = roles(role("auditor", may=["access.read"], scope="all"), role("head", may=["access.read"]), role("worker"))


def broken(database, cipher):
    with database.read() as connection:
        return list(access.broken_rows(connection, cipher))


def test_a_row_says_who_when_where_whose_what_why(desk):
    with desk() as d:
        kim = found_person(d, "kim", ["auditor"])
    with desk(kim, editions=READER) as d:
        access.record(d, "record.reveal", subject="C1", target="record R1", reason="확인 전화")
        access.record_many(d, "case.list", ["C1", "C2"])
        page = access.log(d)
    assert page.total == 3
    row = page.rows[-1]
    assert (row.login, row.at, row.address, row.subject, row.act, row.target, row.reason) == (
        "kim", NOW, "10.0.0.1", "C1", "record.reveal", "record R1", "확인 전화",
    )  # fmt: skip
    assert [row.subject for row in page.rows] == ["C2", "C1", "C1"]


def test_log_is_filtered_and_scoped(desk):
    with desk() as d:
        kim, lee = found_person(d, "kim", ["head"]), found_person(d, "lee", ["auditor"], place="숲집")
    with desk(kim, editions=READER) as d:
        access.record(d, "case.view", subject="C1")
    with desk(lee, now=LATER, editions=READER) as d:
        access.record(d, "case.view", subject="C1")
        assert access.log(d, subject="C1").total == 2
        assert access.log(d, login="kim").total == 1
        assert access.log(d, since=LATER).total == 1
        assert access.log(d, until=LATER, act="case.view").total == 1
        assert access.log(d, size=1, page=2).rows[0].login == "kim"
    with desk(kim, editions=READER) as d:
        assert [row.login for row in access.log(d).rows] == ["kim"]


def test_log_needs_its_permission(desk):
    with desk() as d:
        kim = found_person(d, "kim", ["worker"])
    with pytest.raises(Forbidden), desk(kim, editions=READER) as d:
        access.log(d)


def test_a_reading_desk_keeps_rows_for_later(database, cipher, files):
    seen = []
    with database.read() as connection:
        access.record(Desk(connection, found_nobody(), NOW, None, cipher, files, seen), "case.view", subject="C1")
    with database.begin() as connection:
        access.write_seen(connection, seen)
        assert connection.execute(select(access_record.c.subject)).scalars().all() == ["C1"]
    assert broken(database, cipher) == []


def found_nobody():
    from tests.conftest import NOBODY

    return NOBODY


def test_rows_only_grow(desk, database):
    with desk() as d:
        access.record(d, "case.view")
    for statement in ("UPDATE access_record SET act = 'x'", "DELETE FROM access_record"):
        with pytest.raises(DatabaseFailed), database.begin() as connection:
            connection.exec_driver_sql(statement)


def sealed_world(desk):
    with desk() as d:
        for number in range(5):
            access.record(d, "case.view", subject=f"C{number}")
    with desk(now=LATER) as d:
        access.record(d, "young")
        assert access.seal(d) == 5
        assert access.seal(d) == 0
    with desk(now=LATER + timedelta(hours=1)) as d:
        assert access.seal(d) == 1


def test_seals_cover_settled_rows_once(desk, database, cipher):
    sealed_world(desk)
    with database.read() as connection:
        assert connection.execute(select(access_seal.c.number, access_seal.c.count).order_by(access_seal.c.number)).all() == [(1, 5), (2, 1)]
        assert connection.execute(select(func.count()).select_from(access_record)).scalar_one() == 6
    assert broken(database, cipher) == []


@pytest.mark.parametrize(
    ("table", "statement", "found"),
    [
        ("access_record", "UPDATE access_record SET subject = 'C9' WHERE seq = 2", "2번이 바뀌었습니다"),
        ("access_record", "DELETE FROM access_record WHERE seq = 3", "봉인과 다릅니다"),
        ("access_record", "DELETE FROM access_record WHERE seq = 5", "봉인과 다릅니다"),
        ("access_record", "UPDATE access_record SET seq = 99 WHERE seq = 4", "봉인과 다릅니다"),
        ("access_seal", "DELETE FROM access_seal WHERE number = 1", "봉인과 다릅니다"),
        ("access_seal", "UPDATE access_seal SET last_seq = 4, count = 4 WHERE number = 1", "봉인과 다릅니다"),
    ],
)
def test_tampering_shows(desk, database, cipher, table, statement, found):
    sealed_world(desk)
    _without_triggers(database, table, statement)
    assert any(found in sentence for sentence in broken(database, cipher))


def test_sealing_runs_in_batches(desk, database, cipher, monkeypatch):
    monkeypatch.setattr(access, "_BATCH", 2)
    with desk() as d:
        access.record_many(d, "case.list", ["A", "B", "C"])
    with desk(now=LATER) as d:
        assert [access.seal(d), access.seal(d), access.seal(d)] == [2, 1, 0]
    assert broken(database, cipher) == []
