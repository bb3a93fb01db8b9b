"""D02: the server ends before or after every single statement of a save. All of it is there afterwards or nothing, and asking again settles it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from engine.store.ids import new_id
from engine.store.tables import cases, history, record, task
from tests.casework.library import LESSON
from tests.faults.conftest import open_place
from tests.faults.crashing import EXIT
from tests.faults.place import PATIENCE, ROOT, healthy

MOST = 200


@pytest.fixture(scope="module")
def place(kind, tmp_path_factory):
    yield from open_place(kind, tmp_path_factory.mktemp("place"), start=False)


@contextmanager
def crashing(place):
    """Give what starts a server that ends at a point of its second saving request, and waits until it answers."""
    with (
        place.log.open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crashing"],
            cwd=ROOT, env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        ) as parent,
    ):

        def start(point, transaction=2):
            told = {"arguments": ["--port", str(place.port)], "transaction": transaction, "point": point}
            parent.stdin.write(json.dumps(told) + "\n")
            parent.stdin.flush()
            child, end = int(parent.stdout.readline()), time.monotonic() + PATIENCE
            while not healthy(place.port):
                assert time.monotonic() < end, place.log.read_text()[-2000:]
                time.sleep(0.01)
            return child, lambda: int(parent.stdout.readline())

        try:
            yield start
        finally:
            parent.stdin.close()
            parent.terminate()


def standing(place, task_id):
    """What stands in the database of the work on one task: everything that one save writes."""
    with place.database.read() as connection:
        one = connection.execute(select(task).where(task.c.id == task_id)).one()
        rows = {table.name: connection.execute(select(table).where(table.c.case_id == one.case_id)).all() for table in (record, history, task)}
        rows["case"] = connection.execute(select(cases).where(cases.c.id == one.case_id)).all()
    return rows, one.record_id


def test_d02_every_crash_point_leaves_all_or_nothing(place, kind):
    """I1 to I4 after each: nothing half is left, the acknowledged save before is there, and the same request again is answered once."""
    outcomes, asked = [], None
    step = 1 if kind == "sqlite" else 2  # what lies after one statement lies before the next; a connection to PostgreSQL takes its time
    with crashing(place) as start:
        client = place.client("kim")
        for point in range(step, MOST, step):
            child, ended = start(point)
            if asked:  # settle what the server before this one was asked; its first transaction
                status, done = client.complete(*asked)
                assert (status, done["record"]) == (200, standing(place, asked[0])[1])
            else:
                assert client.complete(place.lesson_task(), LESSON, new_id())[0] == 200
            asked = (place.lesson_task(), LESSON, new_id())
            before, _ = standing(place, asked[0])
            try:
                answered = client.complete(*asked)
            except OSError:
                answered = None
            if answered is not None:
                assert answered[0] == 200
                subprocess.run(["kill", str(child)], check=True)
                assert ended() in (0, -15)
                break
            assert ended() == EXIT
            after, record_id = standing(place, asked[0])
            outcomes.append("all" if record_id else "nothing")
            if record_id:
                assert [len(after[name]) - len(before[name]) for name in ("record", "history", "task")] == [1, 1, 1]
            else:
                assert after == before
            assert place.troubles() == []
    print(f"{len(outcomes)} points: {outcomes.count('nothing')} nothing, {outcomes.count('all')} all")
    assert len(outcomes) * step > 30
    assert outcomes == sorted(outcomes, reverse=True)  # nothing up to the commit, all from there
    assert outcomes[-1] == "all"
    assert place.count(record, record.c.form == "lesson") == len(outcomes) + 2
