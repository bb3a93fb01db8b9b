"""Holds D14 (SECURITY.md)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text

from engine.errors import Broken, Refused
from engine.store import vault
from engine.store.backup import back_up, restore
from engine.store.database import connect
from engine.store.files import FolderFiles
from engine.store.ids import new_id
from engine.store.migrate import migrate
from engine.store.tables import file, institution, metadata, person, setting
from engine.store.vault import secret_of
from tests import postgres
from tests.conftest import NOW

SECRET = secret_of("아주 긴 백업 암호 하나")


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch):
    monkeypatch.setattr(vault, "_SCRYPT", {"n": 2, "r": 8, "p": 1})


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request, tmp_path):
    """URLs of two empty databases of one kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/other/two.db"
        return
    request.getfixturevalue("postgresql_url")
    folder = postgres.cluster()
    names = [f"backup_{new_id().lower()}" for _ in range(2)]
    for name in names:
        postgres.execute(folder, f"CREATE DATABASE {name} TEMPLATE template0")
    yield tuple(postgres.url(folder, name) for name in names)
    for name in names:
        postgres.execute(folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def running(urls, tmp_path):
    """A migrated database with a few rows and two attachments, one of them gone."""
    database, files = connect(urls[0]), FolderFiles(tmp_path / "files")
    migrate(database)
    here, someone, kept = new_id(), new_id(), new_id()
    with database.begin() as connection:
        connection.execute(insert(institution).values(id=here, name="나무집", kind="집", created_at=NOW))
        connection.execute(insert(person).values(id=someone, login="kim", name="김", institution_id=here, created_at=NOW))
        connection.execute(insert(setting).values(name="날", value={"값": [1, "줄\n바꿈\t\\."]}, changed_at=NOW))
        for name, gone in ((kept, None), (new_id(), NOW + timedelta(days=1))):
            connection.execute(
                insert(file).values(
                    id=name, institution_id=here, person_id=someone, name="a.pdf", type="pdf", size=3, sha256="", created_at=NOW, deleted_at=gone
                )
            )
    files.put(kept, b"sealed content")
    files.put(new_id(), b"nobody knows me")
    yield database, files
    database.dispose()


def rows(url):
    database = connect(url)
    with database.read() as connection:
        held = {table.name: sorted(map(str, connection.execute(select(table)).all())) for table in metadata.sorted_tables}
        held["alembic"] = [str(row) for row in connection.execute(text("SELECT * FROM alembic_version"))]
    database.dispose()
    return held


def test_restored_is_what_was_backed_up(running, urls, tmp_path):
    database, files = running
    seen = []
    made = back_up(database, files, tmp_path / "backup.vault", SECRET, progress=lambda *told: seen.append(told))
    assert made.rows["institution"] == 1
    assert seen[-1] == ("첨부파일", 1, 1)
    again = FolderFiles(tmp_path / "again")
    assert restore(tmp_path / "backup.vault", urls[1], again, SECRET) == made
    assert rows(urls[1]) == rows(urls[0])
    assert [again.get(name) for name in again.names()] == [b"sealed content"]
    assert (tmp_path / "backup.vault").stat().st_mode & 0o077 == 0
    assert "나무집".encode() not in (tmp_path / "backup.vault").read_bytes()
    assert not list(tmp_path.rglob(".didimdol-*"))


def test_restored_database_keeps_its_rules(running, urls, tmp_path):
    back_up(*running, tmp_path / "b", SECRET)
    restore(tmp_path / "b", urls[1], FolderFiles(tmp_path / "again"), SECRET)
    database = connect(urls[1])
    migrate(database)
    database.check()
    with database.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO access_record (at, person_id, login, institution_id, address, subject, act, target, reason, mac)"
            " VALUES ('2024-01-01T00:00:00.000000Z', '', '', '', '', '', '', '', '', '')"
        )
    with pytest.raises(Exception, match=r"never changed|RestrictViolation|refuse"), database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM access_record")
    database.dispose()


def test_backup_under_load_is_one_moment(running, urls, tmp_path):
    database, files = running
    stop = threading.Event()
    written = []

    def write():
        while not stop.is_set():
            with database.begin() as connection:  # two rows together or none
                for part in "ab":
                    connection.execute(insert(setting).values(name=f"{len(written)}{part}", value=1, changed_at=NOW))
            written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 20:
            stop.wait(0.01)
        before = len(written)
        back_up(database, files, tmp_path / "b", SECRET)
    finally:
        stop.set()
        writer.join()
    restore(tmp_path / "b", urls[1], FolderFiles(tmp_path / "again"), SECRET)
    restored = connect(urls[1])
    with restored.read() as connection:
        count = connection.execute(select(func.count()).select_from(setting).where(setting.c.name != "날")).scalar_one()
    restored.dispose()
    assert count % 2 == 0
    assert 2 * before <= count <= 2 * len(written)


def test_flipped_bits_and_cuts_are_noticed_before_anything_is_put(running, urls, tmp_path):
    back_up(*running, tmp_path / "b", SECRET)
    held = (tmp_path / "b").read_bytes()
    damages = [held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :] for place in range(0, len(held), max(len(held) // 12, 1))]
    for damaged in (*damages, held[:-1], held[: len(held) // 2]):
        (tmp_path / "bad").write_bytes(damaged)
        with pytest.raises(Broken):
            restore(tmp_path / "bad", urls[1], FolderFiles(tmp_path / "again"), SECRET)
    with pytest.raises(Broken):
        restore(tmp_path / "b", urls[1], FolderFiles(tmp_path / "again"), secret_of("다른 긴 백업 암호 하나"))
    restore(tmp_path / "b", urls[1], FolderFiles(tmp_path / "again"), SECRET)


def test_only_an_empty_place_is_restored_to(running, urls, tmp_path):
    database, files = running
    back_up(database, files, tmp_path / "b", SECRET)
    with pytest.raises(Refused, match="비어 있지"):
        restore(tmp_path / "b", urls[0], FolderFiles(tmp_path / "again"), SECRET)
    with pytest.raises(Refused, match="첨부파일 폴더"):
        restore(tmp_path / "b", urls[1], files, SECRET)
    with pytest.raises(Refused, match="이미 있는"):
        back_up(database, files, tmp_path / "b", SECRET)


def test_other_kind_of_database_is_refused(sqlite_database, postgresql_database, tmp_path):
    back_up(sqlite_database, FolderFiles(tmp_path / "files"), tmp_path / "b", SECRET)
    folder = postgres.cluster()
    name = f"backup_{new_id().lower()}"
    postgres.execute(folder, f"CREATE DATABASE {name} TEMPLATE template0")
    with pytest.raises(Refused, match="sqlite 데이터베이스의 것"):
        restore(tmp_path / "b", postgres.url(folder, name), FolderFiles(tmp_path / "again"), SECRET)
    postgres.execute(folder, f"DROP DATABASE {name}")
    assert postgresql_database
