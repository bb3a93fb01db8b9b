"""Holds I2, I6, I7 (SECURITY.md)."""

from __future__ import annotations

import pytest
from pysqlite3 import dbapi2 as sqlite

from engine.casework import attachments
from engine.casework.desk import CLOCK, Desk
from engine.casework.verify import CHECKS, verify
from tests.casework.library import LESSON, NOW
from tests.casework.test_attachments import PDF


def troubles(library):
    with library.database.read() as connection:
        return verify(Desk(connection, CLOCK, NOW, library.editions, library.cipher, library.files, []))


@pytest.fixture
def busy(library):
    """A library where members joined, lessons were taken, a paper was attached and a draft is being written."""
    for _ in range(2):
        library.case = library.member()
    waiting = library.open_tasks(library.case)
    library.complete("kim", waiting["lesson"].id, LESSON)
    with library.desk("kim") as desk:
        library.file = attachments.stage(desk, "a.pdf", PDF).id
    return library


def test_everything_is_well(busy):
    seen = []
    with busy.database.read() as connection:
        assert verify(Desk(connection, CLOCK, NOW, busy.editions, busy.cipher, busy.files, []), progress=lambda *told: seen.append(told)) == []
    assert [title for title, _, _ in seen] == [*CHECKS, "끝"]


def _meddle(database, statement):
    """Do what only someone with the database itself in hand can do: no triggers, no foreign keys."""
    if database.dialect == "sqlite":
        raw = sqlite.connect(database.url.database, isolation_level=None)
        raw.execute("PRAGMA foreign_keys = OFF")
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(statement)
        raw.close()
        return
    with database.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "check", "sentence"),
    [
        ("UPDATE history SET kind = 'x' WHERE seq = 1", "이력", "바뀌었습니다"),
        ("UPDATE access_record SET act = 'x' WHERE seq = (SELECT min(seq) FROM access_record)", "접속기록", "바뀌었습니다"),
        ("UPDATE edition SET files = CAST('x' AS {bytes})", "판", "공표된 것과 다릅니다"),
        ("UPDATE instance SET version = version + 1", "업무 상태", "상태가 바뀌었습니다"),
        ("UPDATE task SET owner_id = 'x' WHERE closed_at IS NULL", "할 일", "건의 담당과 다릅니다"),
        ("UPDATE task SET closed_at = opened_at WHERE closed_at IS NULL", "할 일", "업무"),
        ("UPDATE task SET closed_at = NULL WHERE closed_at IS NOT NULL", "할 일", "업무"),
        ("UPDATE instance SET incident = 'stalled' WHERE ended_at IS NULL", "할 일", "멈췄습니다"),
        ("DELETE FROM revision", "기록", "고침 내역"),
        ("UPDATE case_form SET count = count + 1", "기록", "수나"),
        ("UPDATE case_form SET made = made + 1", "기록", "수나"),
        ("DELETE FROM case_form", "기록", "수나"),
        ("UPDATE record SET institution_id = (SELECT max(id) FROM institution)", "소속", "다른 기관"),
        ("UPDATE revision SET sealed = CAST('x' AS {bytes}) WHERE sealed IS NOT NULL", "암호화한 값", "열쇠|키|손상"),
    ],
)
def test_what_cannot_be_is_found(busy, statement, check, sentence):
    _meddle(busy.database, statement.format(bytes="BLOB" if busy.database.dialect == "sqlite" else "BYTEA"))
    busy.editions._kept.clear()
    found = troubles(busy)
    assert any(trouble.check == check and any(part in trouble.sentence for part in sentence.split("|")) for trouble in found), found


def test_rows_that_point_nowhere_are_found(small_library):
    small_library.member()
    _meddle(small_library.database, "DELETE FROM institution WHERE name = '가지점'")
    assert "person 표에 가리키는 곳이 없는 행이 있습니다." in [trouble.sentence for trouble in troubles(small_library)]


def test_lost_and_damaged_files_are_found(busy):
    sealed = busy.files.get(busy.file)
    busy.files.put(busy.file, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert [trouble.sentence for trouble in troubles(busy)] == [f"첨부파일 {busy.file}의 내용이 손상되었습니다."]
    busy.files.delete(busy.file)
    assert [trouble.sentence for trouble in troubles(busy)] == [f"첨부파일 {busy.file}의 내용이 없습니다."]
