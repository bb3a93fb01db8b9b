"""D18: the server is asked to end while people save, and while some are slow. What began is finished and answered; what was acknowledged is kept."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from engine.store.ids import new_id
from engine.store.tables import cases, record
from tests.casework.library import LESSON
from tests.faults.conftest import open_place
from tests.faults.load import Load
from tests.faults.place import PATIENCE, healthy


@pytest.fixture
def place(kind, tmp_path):
    yield from open_place(kind, tmp_path)


@contextmanager
def all_saves_wait(place):
    """Hold what every save needs: SQLite's write lock, or every case."""
    with place.database.begin() as connection:
        connection.execute(select(cases.c.id).with_for_update())
        yield


def test_d18_sigterm_finishes_what_began(place):
    tasks, answers = [place.lesson_task() for _ in range(5)], {}
    clients = [place.client("kim") for _ in tasks]

    def save(client, task_id):
        answers[task_id] = client.complete(task_id, LESSON, new_id())

    threads = [threading.Thread(target=save, args=each) for each in zip(clients, tasks, strict=True)]
    with all_saves_wait(place), half_open(place, 20):
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        place.process.terminate()
        end = time.monotonic() + PATIENCE
        while healthy(place.port) and time.monotonic() < end:  # new requests are not taken any more
            time.sleep(0.05)
        assert place.process.poll() is None
    for thread in threads:
        thread.join(PATIENCE)
    assert place.process.wait(PATIENCE) in (0, -15)
    assert {status for status, _ in answers.values()} == {200}
    for task_id, (_, told) in answers.items():
        assert place.count(record, record.c.task_id == task_id, record.c.id == told["record"]) == 1
    assert place.troubles() == []


def test_d18_sigterm_under_load(place, tmp_path):
    with Load(place, tmp_path / "ledger", clients=4) as load:
        for _ in range(2):
            load.wait(5)
            assert place.stop() in (0, -15)
            load.check()
            place.start()
        load.wait(5)
    load.check_end()
    assert not {status for status in load.broken if status == 500}


@contextmanager
def half_open(place, many):
    """Connections that said half a request and fell silent: half of the head, half of the body."""
    held = []
    for number in range(many):
        one = socket.create_connection(("127.0.0.1", place.port), timeout=PATIENCE)
        head = b"POST /signin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        one.sendall(head if number % 2 else head + b"Content-Length: 100\r\n\r\nlogin=")
        held.append(one)
    try:
        yield
    finally:
        for one in held:
            one.close()


def test_d18_slow_clients_hold_up_nobody(place):
    """More of them than there are threads for requests."""
    client = place.client("kim")
    with half_open(place, 120):
        for _ in range(3):
            assert client.complete(place.lesson_task(), LESSON, new_id())[0] == 200
