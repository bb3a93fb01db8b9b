"""A move of open cases that is killed, forward and back, while people go on working at the same cases: nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import subprocess
import threading

import pytest
from sqlalchemy import select

from engine.casework import moves
from engine.store.tables import instance, record
from tests.casework.library import LESSON
from tests.casework.test_moves import RENAMED, edited
from tests.faults.conftest import open_place
from tests.faults.place import COMMAND, ROOT

CASES = 90
WORKED = 12  # cases somebody works at meanwhile


@pytest.fixture
def still(kind, tmp_path):
    """An installation without a server."""
    yield from open_place(kind, tmp_path, start=False)


def killed(place, *words):
    """Start a command, kill it when it has told how far it is, and make sure it ended by that."""
    command = [*COMMAND, "migrate", *words, "--batch", "2"]
    started = subprocess.Popen(command, cwd=ROOT, env=place.environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    while not (line := started.stderr.readline()).startswith(("옮김", "되돌림")):
        assert line, started.wait()
    started.kill()
    assert started.wait() == -9
    started.stderr.close()


def standing(place, run_id):
    with place.library.desk("second") as desk:
        return moves.run_of(desk, run_id)


def begun(place):
    with place.library.desk("second") as desk:
        (found,) = moves.runs(desk)
    return found


def test_a_move_killed_on_its_way_goes_on(still, tmp_path):
    library, lost = still.library, []
    library.hire("author", "가지점", "author")
    library.hire("second", "가지점", "approver")
    cases = [still.member() for _ in range(CASES)]
    digest = library.publish(edited("새", *RENAMED), library.now.date().replace(year=2024))
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"lifecycle": {"lesson": "training"}}), encoding="utf-8")
    tasks = {case_id: library.open_tasks(case_id)["lesson"].id for case_id in cases[::-1][:WORKED]}

    def work_on():
        for task_id in tasks.values():
            try:
                library.complete("kim", task_id, LESSON)
            except Exception as error:
                lost.append(error)

    people = threading.Thread(target=work_on)
    people.start()
    killed(still, "--to", digest, "--by", "second", "--mapping", str(mapping))
    people.join()
    run = begun(still)
    assert (run.state, 0 < run.done < run.total, run.total <= CASES) == ("moving", True, True)
    assert (lost, still.troubles()) == ([], [])
    done = still.run("migrate", "--resume", run.id)
    assert (done.returncode, f"옮김 {run.total}건" in done.stdout) == (0, True), done.stdout + done.stderr
    with still.database.read() as connection:
        assert set(connection.execute(select(instance.c.edition).where(instance.c.ended_at.is_(None))).scalars()) == {digest}
        lessons = connection.execute(select(record.c.case_id).where(record.c.form == "lesson")).scalars().all()
    assert sorted(lessons) == sorted(tasks)
    assert still.troubles() == []
    library.complete("kim", library.open_tasks(cases[0])["lesson"].id, LESSON)
    killed(still, "--undo", run.id, "--by", "second")
    halfway = standing(still, run.id)
    assert (halfway.state, halfway.counts["undone"] > 0) == ("undoing", True)
    done = still.run("migrate", "--resume", run.id)
    back = standing(still, run.id)
    assert (done.returncode, back.state, back.counts) == (1, "undone", {"undone": run.total - 1, "kept": 1}), done.stdout + done.stderr
    assert "옮긴 뒤에 일이 더 있어 되돌릴 수 없습니다." in still.run("migrate", "--report", run.id, "--by", "second").stdout
    assert still.troubles() == []
