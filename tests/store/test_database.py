"""Holds D07, S46, S49 (SECURITY.md)."""

from __future__ import annotations

import threading
import traceback

import pytest
from sqlalchemy import insert, select, text

from engine.errors import Refused, Stale
from engine.store.database import DatabaseFailed, connect
from engine.store.prepared import prepare
from engine.store.tables import institution, setting
from tests import postgres
from tests.conftest import NOW

# Ends the session and waits until it is gone.
END = text("SELECT pg_terminate_backend(:pid, 10000) WHERE :pid <> pg_backend_pid()")


@pytest.fixture
def own_database(postgresql_database, postgresql_url):
    """The emptied PostgreSQL database through a pool of the test's own: a session it ends is met by nobody else."""
    database = connect(postgresql_url)
    yield database
    database.dispose()


def test_settings_are_safe(database):
    database.check()
    assert database.healthy()


def test_commit_and_rollback(database):
    with database.begin() as connection:
        connection.execute(insert(setting).values(name="kept", value={"n": 1}, changed_at=NOW))
    with pytest.raises(ZeroDivisionError), database.begin() as connection:
        connection.execute(insert(setting).values(name="lost", value=2, changed_at=NOW))
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.execute(select(setting.c.name, setting.c.value, setting.c.changed_at)).all() == [("kept", {"n": 1}, NOW)]


def test_read_cannot_write(database):
    with pytest.raises(DatabaseFailed), database.read() as connection:
        connection.execute(insert(setting).values(name="x", value=1, changed_at=NOW))
    with database.begin() as connection:
        assert connection.execute(select(setting)).all() == []


def test_same_unique_key_is_stale(database):
    row = {"id": "1" * 26, "name": "하나", "kind": "", "created_at": NOW}
    with database.begin() as connection:
        connection.execute(insert(institution), row)
    with pytest.raises(Stale), database.begin() as connection:
        connection.execute(insert(institution), {**row, "id": "2" * 26})


def test_no_update_is_lost_between_threads(database):
    with database.begin() as connection:
        connection.execute(insert(setting).values(name="n", value=0, changed_at=NOW))

    def bump():
        for _ in range(25):
            with database.begin() as connection:
                value = connection.execute(select(setting.c.value).where(setting.c.name == "n").with_for_update()).scalar_one()
                connection.execute(setting.update().where(setting.c.name == "n").values(value=value + 1))

    threads = [threading.Thread(target=bump) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(select(setting.c.value)).scalar_one() == 100


def test_memory_database_is_whole():
    database = connect("sqlite://")
    database.create_all()
    database.check()
    with database.begin() as connection:
        connection.execute(insert(setting).values(name="a", value=[1], changed_at=NOW))
    with database.read() as connection:
        assert connection.execute(select(setting.c.value)).scalar_one() == [1]
    database.dispose()


def test_unsafe_sqlite_settings_are_refused(sqlite_database):
    with sqlite_database.read() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    raw = sqlite_database._reader.raw_connection()
    raw.cursor().execute("PRAGMA synchronous = NORMAL")
    raw.close()
    with pytest.raises(Refused, match="synchronous"):
        sqlite_database.check()


def test_unknown_database_is_refused():
    with pytest.raises(Refused):
        connect("mysql://nowhere/x")


def test_pool_heals_when_the_server_ends_connections(own_database, monkeypatch):
    with own_database.begin(), own_database.begin() as other:
        pid = other.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with own_database.begin() as killer:
        killer.execute(END, {"pid": pid})
    monkeypatch.setattr("engine.store.database._IDLE_TRUST", -1)
    with own_database.begin() as first, own_database.begin() as second:
        assert first.execute(text("SELECT 1")).scalar_one() == second.execute(text("SELECT 1")).scalar_one() == 1


def test_errors_do_not_tell_values(database):
    with pytest.raises(DatabaseFailed) as caught, database.begin() as connection:
        connection.execute(insert(institution).values(id="1" * 26, name=None, kind="비밀값", created_at=NOW))
    assert "비밀값" not in "".join(traceback.format_exception(caught.value))
    assert "name" in str(caught.value)


def test_connection_lost_in_mid_transaction_is_told_and_forgotten(own_database):
    ask = prepare(select(setting.c.name))
    with pytest.raises(DatabaseFailed), own_database.begin() as lost:
        pid = lost.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with own_database.begin() as killer:
            killer.execute(END, {"pid": pid})
        ask.all(lost)
    for _ in range(3):
        with own_database.begin() as connection:
            assert ask.all(connection) == []


@pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed")
def test_lost_server_is_told_and_back_when_it_is_back():
    with postgres.alone() as folder:
        database = connect(postgres.url(folder, "postgres"))
        database.create_all()
        postgres.stop_server(folder)
        assert not database.healthy()
        with pytest.raises(DatabaseFailed), database.begin() as connection:
            connection.execute(select(setting))
        postgres.start_server(folder)
        assert database.healthy()
        with database.begin() as connection:
            assert connection.execute(select(setting)).all() == []
        database.dispose()


def test_tidying_moves_the_log_into_the_database(sqlite_database, tmp_path):
    with sqlite_database.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE heap (words TEXT)")
        connection.exec_driver_sql("INSERT INTO heap VALUES ('canary-in-the-log')")
    path = tmp_path / "test.db"
    assert b"canary-in-the-log" not in path.read_bytes()
    sqlite_database.tidy()
    assert b"canary-in-the-log" in path.read_bytes()
