"""D08: no room left on the disk. Nothing is acknowledged that was not kept, reading what leaves no access record goes on, and with room again so does the rest."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest
from sqlalchemy.engine import make_url

from engine.store.ids import new_id
from engine.store.tables import record, task
from tests.casework.library import LESSON
from tests.faults.conftest import open_place
from tests.faults.load import Ledger


@contextmanager
def small_disk(folder):
    """Give a folder on a file system of six megabytes, and what fills it up and empties it."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def full(place):
    with closing(sqlite3.connect(make_url(place.url).database)) as connection:
        # What the write-ahead log once needed stays its own: on a disk that is full it would still take several saves.
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy
    filler = place.folder / "filler"
    with filler.open("wb") as out:
        while True:
            try:
                os.write(out.fileno(), b"\0" * 4096)
            except OSError:
                break
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def no_growth(place):
    """Let no file of the server grow beyond what it is: a quota, without a disk of its own."""
    largest = max(path.stat().st_size for path in place.folder.iterdir() if path.is_file())
    assert largest > 100_000
    _, hard = resource.prlimit(place.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(place.process.pid, resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.prlimit(place.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


@pytest.fixture(params=["small disk", "quota"])
def tight(request, tmp_path):
    """Give an installation with its server running, and what takes away all room."""
    if request.param == "quota":
        place_of = open_place("sqlite", tmp_path)
        yield next(place_of), no_growth
        place_of.close()
        return
    with small_disk(tmp_path / "disk") as folder:
        place_of = open_place("sqlite", folder)
        yield next(place_of), full
        place_of.close()


def test_d08_full_disk(tight, tmp_path):
    place, no_room = tight
    client, ledger = place.client("kim"), Ledger(tmp_path / "ledger")
    tasks = [place.lesson_task() for _ in range(6)]
    keys = {task_id: new_id() for task_id in tasks}
    kept = client.complete(tasks[0], LESSON, keys[tasks[0]])[1]["record"]
    with no_room(place):
        for task_id in tasks[1:]:
            for _ in range(3):  # until the little that is left of a page or two is used up
                status, told = client.complete(task_id, LESSON, keys[task_id])
                assert status in (200, 503), told
                if status == 200:
                    ledger.note(task=task_id, record=told["record"])
        assert status == 503
        assert "reference" in told
        assert "disk" not in str(told)
        for path in ("/api/me", "/api/openapi.json", "/signin", "/health"):
            assert client.call("GET", path)[0] == 200, path
        assert client.call("GET", f"/api/records/{kept}")[0] == 503  # S47: nobody's data is shown without its access record
        assert place.count(record, record.c.id == kept) == 1
        assert place.troubles() == []
    for task_id in tasks:
        status, told = client.complete(task_id, LESSON, keys[task_id])
        assert status == 200, told
        ledger.note(task=task_id, record=told["record"])
    ledger.close()
    place.stop()
    for row in ledger.rows:
        assert place.count(task, task.c.id == row["task"], task.c.record_id == row["record"]) == 1
        assert place.count(record, record.c.task_id == row["task"]) == 1
    assert place.troubles() == []

