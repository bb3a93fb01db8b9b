"""D07: the database goes away in the middle of a request. The answer is clean, the same key settles what happened, and the pool heals."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import select

from engine.casework import grants
from engine.store.ids import new_id
from engine.store.tables import cases, record, task
from tests import postgres
from tests.casework.library import LESSON
from tests.faults.conftest import open_place
from tests.faults.load import Load
from tests.faults.place import COMMAND, PATIENCE, ROOT
from tests.faults.test_at_once import ask_for_a_change

OURS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'didimdol' AND pid <> pg_backend_pid()"
WAITING = f"SELECT pid {OURS} AND wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    if postgres.cluster() is None:
        pytest.skip("PostgreSQL is not installed")
    yield from open_place("postgresql", tmp_path_factory.mktemp("place"))


@pytest.fixture
def admin(place):
    """A connection of the database's administrator."""
    with psycopg.connect(place.url, autocommit=True) as connection:
        yield connection


@contextmanager
def held(place, task_id):
    """Hold the case of a task, as another node at work on it would."""
    with place.database.begin() as connection:
        case_id = select(task.c.case_id).where(task.c.id == task_id).scalar_subquery()
        connection.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update())
        yield


def end_all(place, admin):
    """End every connection of the server (and none of this process, which closes its own first)."""
    place.database.dispose()
    admin.execute(f"SELECT pg_terminate_backend(pid) {OURS}")


def waiting(admin, many=1):
    """Wait until `many` requests wait for a lock; give their backends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        pids = [pid for (pid,) in admin.execute(WAITING)]
        if len(pids) >= many:
            return pids
        time.sleep(0.01)
    raise AssertionError("no request waits")


def meanwhile(call):
    """Call in a thread; give what joins it and returns its result."""
    told = []
    thread = threading.Thread(target=lambda: told.append(call()))
    thread.start()

    def join():
        thread.join(PATIENCE)
        return told[0]

    return join


def test_d07_a_connection_killed_in_mid_request(place, admin):
    client, task_id, key = place.client("kim"), place.lesson_task(), new_id()
    with held(place, task_id):
        answer = meanwhile(lambda: client.complete(task_id, LESSON, key))
        for pid in waiting(admin):
            admin.execute("SELECT pg_terminate_backend(%s)", [pid])
        status, told = answer()
    assert status == 503
    assert set(told) == {"type", "title", "status", "reference"}
    assert "잠시 뒤에 다시 하세요" in told["title"]
    assert place.count(record, record.c.task_id == task_id) == 0
    first, again = client.complete(task_id, LESSON, key), client.complete(task_id, LESSON, key)
    assert (first[0], first) == (200, again)
    assert place.count(record, record.c.task_id == task_id) == 1


def test_d07_the_pool_heals(place, admin):
    """Every idle connection is ended at once: some requests may fail, and then all go through."""
    client = place.client("kim")
    for _ in range(3):
        end_all(place, admin)
        statuses = [client.call("GET", "/api/me")[0] for _ in range(6)]
        assert statuses[-4:] == [200] * 4, statuses
        assert set(statuses) <= {200, 503}


def test_d07_connections_killed_under_load(place, admin, tmp_path, chance):
    """Some die after COMMIT was sent and before it was answered: the same key tells what became of it."""
    with Load(place, tmp_path / "ledger") as load:
        for _ in range(12):
            load.wait(2)
            time.sleep(chance.uniform(0, 0.1))
            end_all(place, admin)
    load.check_end()
    assert load.broken[503]


def test_s26_a_role_that_ends_while_a_save_waits(place, admin):
    """A decision that has begun keeps the role it stands on: taking the role waits for it. Never a decision after the role has ended."""
    login = f"deputy{new_id()[-8:].lower()}"
    place.library.hire(login, "가지점", "head")
    _, task_id = ask_for_a_change(place)
    client, order = place.client(login), []

    def revoke():
        with place.library.desk() as desk:
            grants.revoke(desk, login, "head", reason="시험")
        order.append("revoked")

    def decide():
        status, _ = client.complete(task_id, {"결정": "승인"}, new_id())
        order.append(status)

    with held(place, task_id):
        decided = meanwhile(decide)
        waiting(admin)
        revoked = meanwhile(revoke)
        time.sleep(0.3)
        before_release = list(order)
    decided()
    revoked()
    assert order in ([200, "revoked"], ["revoked", 403])
    assert before_release == []


def test_d07_a_worker_outlives_its_database(place, admin):
    """A round that fails is made again; the worker does not end."""
    with (place.folder / "worker.log").open("wb") as log:
        process = subprocess.Popen([*COMMAND, "worker", "--every", "0.05"], cwd=ROOT, env=place.environment, stdout=log, stderr=log)
        try:
            end = time.monotonic() + PATIENCE
            while not (place.folder / "worker.log").read_text() and time.monotonic() < end:  # it says when it has begun
                time.sleep(0.02)
            for _ in range(10):
                time.sleep(0.3)
                end_all(place, admin)
            assert process.poll() is None, (place.folder / "worker.log").read_text()
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0
    assert "이번 차례는 끝내지 못했습니다" in (place.folder / "worker.log").read_text()
