"""A study of an edition whose server is killed while at it: it is let go of, begun again by whoever comes next, and comes to its outcome once."""

from __future__ import annotations

import subprocess
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from engine.casework import studies, studying
from engine.store.tables import access_record, study
from tests.casework.test_moves import edited
from tests.faults.conftest import open_place
from tests.faults.place import COMMAND, ROOT


@pytest.fixture
def still(kind, tmp_path):
    """An installation without a server."""
    yield from open_place(kind, tmp_path, start=False)


def row_of(place, ident):
    with place.database.read() as connection:
        return connection.execute(select(study).where(study.c.id == ident)).one()


def killed_at_it(place, digest):
    """Ask for a study and kill the worker that is at it; give the study. One that was faster than us is asked for again."""
    for _ in range(20):
        with place.library.desk("author") as desk:
            ident = studies.ask(desk, digest, studies.SCENARIOS)
        worker = subprocess.Popen([*COMMAND, "worker", "--every", "60"], cwd=ROOT, env=place.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while row_of(place, ident).held_until is None and row_of(place, ident).ended_at is None:
            assert worker.poll() is None
            time.sleep(0.01)
        worker.kill()
        assert worker.wait() == -9
        if row_of(place, ident).ended_at is None:
            return ident
    raise AssertionError("every study was faster than the kill")


def test_a_study_killed_on_its_way_is_done_by_the_next(still):
    library = still.library
    library.hire("author", "가지점", "author")
    digest = library.publish(edited("새"), date(2024, 1, 1))
    ident = killed_at_it(still, digest)

    def work(now):
        studying.work(still.database, library.editions, library.cipher, library.files, lambda: now, ident)

    held = row_of(still, ident)
    work(held.held_until - timedelta(seconds=1))  # for all anybody knows, somebody is still at it
    assert row_of(still, ident).ended_at is None
    work(held.held_until + timedelta(seconds=1))
    done = row_of(still, ident)
    assert (done.ended_at, done.failed, done.question, done.result["missing_all"] >= 0) == (held.held_until + timedelta(seconds=1), "", None, True)
    with still.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(access_record).where(access_record.c.act == "study.ask")).scalar_one() >= 1
        assert studies.waiting(connection) == []
    assert still.troubles() == []
