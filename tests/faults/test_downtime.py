"""D10: what fell due while nothing ran is caught up with, once, whoever and however many do it, and whatever becomes of them.

Holds D19 (SECURITY.md).
"""

from __future__ import annotations

import subprocess
import time

import pytest
from sqlalchemy import func, select

from engine.casework import cases, tasks
from engine.store.tables import history, timer
from engine.store.tables import task as task_table
from tests.casework.library import LESSON, LOAN, MEMBER, NOW
from tests.faults.conftest import open_place
from tests.faults.place import COMMAND, PATIENCE, ROOT


@pytest.fixture(scope="module")
def place(kind, tmp_path_factory):
    yield from open_place(kind, tmp_path_factory.mktemp("place"), start=False)


def borrowed_two_years_ago(place, many):
    """Cases whose next lesson fell due a year after the first, long ago."""
    place.library.now = NOW
    for _ in range(many):
        with place.library.desk("kim") as desk:
            case_id = cases.register(desk, "member", MEMBER, confirmed=True)
            tasks.complete(desk, cases.view(desk, case_id).tasks[0].id, LESSON)
            tasks.complete(desk, cases.view(desk, case_id).tasks[0].id, LOAN)
    assert place.count(timer) == many


def worker(place):
    return subprocess.Popen([*COMMAND, "worker", "--once"], cwd=ROOT, env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def fired(place):
    return place.count(history, history.c.kind == "timer")


def catch_up(place, chance, many):
    borrowed_two_years_ago(place, many)
    before = fired(place)
    first = worker(place)  # one that dies on the way
    end = time.monotonic() + PATIENCE
    while fired(place) - before < many // 10 and time.monotonic() < end:
        time.sleep(chance.uniform(0, 0.02))
    first.kill()
    first.communicate()
    assert place.troubles() == []
    halfway = fired(place) - before
    both = [worker(place), worker(place)]
    assert [(each.communicate(timeout=600)[0], each.returncode) for each in both] == [(b"", 0)] * 2
    last = worker(place)  # what one of two left to the other
    assert (last.communicate(timeout=600)[0], last.returncode) == (b"", 0)
    assert fired(place) - before == many
    assert place.count(timer) == 0
    with place.database.read() as connection:
        lessons = connection.execute(
            select(task_table.c.case_id, func.count()).where(task_table.c.form == "lesson", task_table.c.closed_at.is_(None)).group_by(task_table.c.case_id)
        ).all()
    assert {count for _, count in lessons} == {1}
    assert place.troubles() == []
    print(f"{halfway} of {many} fired by the worker that was killed")


def test_d10_two_hundred_due_timers_fire_once(place, chance):
    catch_up(place, chance, 200)


@pytest.mark.soak
def test_d10_ten_thousand_due_timers_fire_once(place, chance):
    catch_up(place, chance, 10_000)
