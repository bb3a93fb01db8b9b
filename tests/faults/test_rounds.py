"""What servers do by themselves is killed on its way: a study is begun again by whoever comes next; a move that began on an edition's day goes on, once."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.casework import moves, publishing, studies, studying, succession
from engine.store.tables import history, instance, study
from tests.casework.test_moves import edited
from tests.faults.conftest import open_place
from tests.faults.place import ROOT
from web.house import House
from web.rounds import make_round
from web.settings import Settings

CASES = 30  # more than one transaction of a round moves
#: A worker that ends as by kill -9 when it comes to a function for the n-th time, its work done but not saved.
DYING = """
import os, signal, sys
from engine import cli
from engine.casework import {module} as module
plain, left = module.{name}, [{times}]
def dies(*given, **named):
    made = plain(*given, **named)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return made
module.{name} = dies
sys.exit(cli.main(["worker", "--once"]))
"""


@pytest.fixture(scope="module")
def still(kind, tmp_path_factory):
    """An installation without a server, and who brings editions to it."""
    for place in open_place(kind, tmp_path_factory.mktemp("still"), start=False):
        place.library.hire("author", "가지점", "author")
        place.library.hire("second", "가지점", "approver")
        yield place


def killed(place, module, name, times=1):
    code = DYING.format(module=module, name=name, times=times)
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=place.environment, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:]


def row_of(place, ident):
    with place.database.read() as connection:
        return connection.execute(select(study).where(study.c.id == ident)).one()


def test_a_study_killed_on_its_way_is_done_by_the_next(still):
    library = still.library
    with library.desk("author") as desk:
        digest = publishing.publish(desk, edited("살펴볼"), library.now.date())
        ident = studies.ask(desk, digest, studies.SCENARIOS)
    killed(still, "scenarios", "run")
    held = row_of(still, ident)

    def work(now):
        studying.work(still.database, library.editions, library.cipher, library.files, lambda: now, ident)

    work(held.held_until - timedelta(seconds=1))  # for all anybody knows, somebody is still at it
    assert row_of(still, ident).ended_at is None
    work(held.held_until + timedelta(seconds=1))
    done = row_of(still, ident)
    assert (done.failed, done.question, done.result["missing_all"] > 0) == ("", None, True)
    with still.database.read() as connection:
        assert studies.waiting(connection) == []
    assert still.troubles() == []


def test_a_move_that_began_by_itself_goes_on_after_a_kill(still):
    library = still.library
    cases = [still.member() for _ in range(CASES)]
    with library.desk("author") as desk:
        digest = publishing.publish(desk, edited("새"), library.now.date())
        succession.change(desk, digest, open_cases=succession.MOVE)
    with library.desk("second") as desk:
        publishing.approve(desk, digest)
    killed(still, "marching", "_forward", times=2)
    before = run_to(still, digest)
    assert (before.state, before.done, before.total) == (moves.MOVING, 20, CASES)
    assert still.troubles() == []
    make_round(House(Settings(), still.database, still.library.cipher, library.editions, library.files, clock=lambda: library.now))
    after = run_to(still, digest)
    assert (after.id, after.state, after.counts) == (before.id, moves.MOVED, {"moved": CASES})
    with still.database.read() as connection:
        assert set(connection.execute(select(instance.c.edition).where(instance.c.case_id.in_(cases), instance.c.ended_at.is_(None))).scalars()) == {digest}
        told = connection.execute(select(history.c.case_id, func.count()).where(history.c.kind == "move").group_by(history.c.case_id)).all()
    assert (len(told), {count for _, count in told}) == (CASES, {1})
    assert still.troubles() == []


def run_to(place, digest):
    with place.library.desk("second") as desk:
        found = [run for run in moves.runs(desk) if run.to_edition == digest]
    assert len(found) <= 1
    return found[0] if found else None
