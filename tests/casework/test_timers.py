"""Holds D09, I4 (SECURITY.md)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.casework import cases, history, instances, timers
from engine.casework.editions import Editions
from engine.store.tables import instance, task, timer
from tests.casework.library import LESSON, LOAN, NOW

YEAR = timedelta(days=366)


@pytest.fixture
def waiting(library):
    """A case that waits for a year to pass since its lesson."""
    case_id = library.member()
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    return case_id


def run(library, now, **more):
    return timers.run(library.database, library.editions, library.cipher, now, **more)


def rows(library, table):
    with library.database.begin() as connection:
        return connection.execute(select(table)).all()


def test_no_earlier_than_due_and_once(library, waiting):
    due = rows(library, timer)[0].due
    assert due.date().isoformat() == "2025-11-22"
    assert run(library, due - timedelta(seconds=1)) == 0
    assert run(library, due) == 1
    assert run(library, due) == 0
    assert rows(library, timer) == []
    assert library.open_tasks(waiting, now=due)["lesson"].due.isoformat() == "2025-12-06"
    with library.desk("kim") as desk:
        told = history.of_case(desk, waiting)[-1]
    assert (told.kind, told.login, told.detail["fired"]) == ("timer", "", ["year"])


def test_a_downtime_is_caught_up_with_after_a_restart(library, waiting):
    library.editions = Editions()
    assert run(library, NOW + 3 * YEAR) == 1
    assert "lesson" in library.open_tasks(waiting, now=NOW + 3 * YEAR)


def test_a_due_date_follows_the_facts(library, waiting):
    from engine.casework import records

    with library.desk("kim") as desk:
        lesson = records.of_case(desk, waiting, "lesson")[0].id
        records.amend(desk, lesson, {**LESSON, "교육일": "2024-10-10"}, "날짜 틀림")
    assert rows(library, timer)[0].due.date().isoformat() == "2025-10-10"


def test_a_batch_is_bounded(library):
    for _ in range(3):
        case_id = library.member()
        library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
        library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    assert [run(library, NOW + YEAR, limit=2) for _ in range(3)] == [2, 1, 0]


def test_a_case_that_fails_holds_up_nobody_and_is_noted(library, waiting):
    broken = library.member()
    library.complete("kim", library.open_tasks(broken)["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(broken)["loan"].id, LOAN)
    with library.database.begin() as connection:
        mine = instance.c.case_id == broken
        kept = connection.execute(select(instance.c.state).where(mine, instance.c.ended_at.is_(None))).scalar_one()
        connection.execute(update(instance).where(mine).values(state=b"{}"))
    assert run(library, NOW + YEAR) == 1
    assert run(library, NOW + YEAR) == 0  # put off
    noted = [row.incident for row in rows(library, instance) if row.case_id == broken]
    assert noted == ["timer: Broken"]
    with library.database.begin() as connection:
        connection.execute(update(instance).where(mine).values(state=kept))
    assert run(library, NOW + YEAR + timedelta(minutes=2)) == 1
    assert [row.incident for row in rows(library, instance) if row.case_id == broken] == [None]


def test_time_ends_waiting_tasks_of_a_closed_case_no_more(library, waiting):
    library.submit("kim", waiting, "leave", {"탈퇴일": "2024-11-22", "사유": "제명"})
    assert rows(library, timer) == []
    assert run(library, NOW + YEAR) == 0


def test_open_tasks_are_those_of_the_state(library, waiting):
    run(library, NOW + YEAR)
    with library.desk("kim") as desk:
        work = next(row for row in desk.connection.execute(select(instance).where(instance.c.ended_at.is_(None))))
        process = desk.edition(work.edition).processes[work.process]
        here, _, _ = process.position(work.state)
        opened = desk.connection.execute(select(task.c.element).where(task.c.closed_at.is_(None))).scalars().all()
    assert set(opened) == here & set(process.tasks)
    assert set(work.open.values()) == {row.id for row in rows(library, task) if row.closed_at is None}
    assert instances.LIFECYCLE == work.kind


def test_what_moves_with_time_is_worked_out_every_day(library, waiting):
    library.submit("kim", waiting, "leave", {"탈퇴일": "2024-11-22", "사유": "휴면", "휴면": {"휴면종료일": "2024-12-01"}})
    later = NOW + timedelta(days=30)
    with library.desk("kim") as desk:
        from engine.casework import queries

        assert queries.cases(desk, "members").rows[0].values["status"] == "휴면"
    assert timers.refresh(library.database, library.editions, library.cipher, later) == 1
    assert timers.refresh(library.database, library.editions, library.cipher, later) == 0
    with library.desk("kim", now=later) as desk:
        assert queries.cases(desk, "members").rows[0].values["status"] == "이용 중"
        assert cases.view(desk, waiting).status == "이용 중"
