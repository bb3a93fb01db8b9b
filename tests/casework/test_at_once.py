"""Many people, one moment: what is done is done once, whoever clicks how often on whatever node.

Holds D06 (SECURITY.md).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from engine.casework import approvals, cases, history, impact, marching, moves, queries, studies, studying, tasks, timers
from engine.errors import DidimdolError, Refused, Stale
from engine.store.tables import cases as case_table
from engine.store.tables import history as history_table
from engine.store.tables import move_case, move_run, record, study, timer
from tests.casework.library import LESSON, LOAN, MEMBER, NOW
from tests.casework.test_moves import edited

MANY = 12


def at_once(calls):
    """Run every call in a thread of its own; give what came of each."""

    def outcome(call):
        try:
            return call()
        except DidimdolError as error:
            return type(error).__name__

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


def count(library, table, *where):
    with library.database.begin() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


@pytest.fixture
def case_id(library):
    return library.member()


def test_the_same_key_many_times_is_one_completion(library, case_id):
    task_id = library.open_tasks(case_id)["lesson"].id
    answers = at_once([lambda: library.complete("kim", task_id, LESSON, key="one")] * MANY)
    assert len(set(answers)) == 1
    assert not isinstance(answers[0], str)
    assert count(library, record, record.c.form == "lesson") == 1


def test_without_a_key_one_wins_and_the_others_are_told(library, case_id):
    task_id = library.open_tasks(case_id)["lesson"].id
    answers = at_once([lambda login=login: library.complete(login, task_id, LESSON) for login in ("kim", "lee", "boss") * 4])
    assert sum(not isinstance(answer, str) for answer in answers) == 1
    assert {answer for answer in answers if isinstance(answer, str)} == {"AlreadyDone"}
    assert count(library, record, record.c.form == "lesson") == 1


def test_one_key_registers_one_case_and_starts_one_work(library, case_id):
    def register():
        with library.desk("kim") as desk:
            return cases.register(desk, "member", {**MEMBER, "회원명": "여럿"}, key="r", confirmed=True)

    assert len(set(at_once([register] * MANY))) == 1
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    done = at_once([lambda: library.submit("kim", case_id, "loan", LOAN, key="s")] * MANY)
    assert len(set(done)) == 1
    assert count(library, record, record.c.form == "loan") == 2
    assert count(library, case_table) == 2


def test_numbers_are_given_once(library):
    def register(number):
        with library.desk("kim") as desk:
            return cases.register(desk, "member", {**MEMBER, "회원명": f"사람{number}"}, confirmed=True)

    at_once([lambda number=number: register(number) for number in range(MANY)])
    with library.database.begin() as connection:
        numbers = sorted(connection.execute(select(case_table.c.number)).scalars())
    assert numbers == [f"2024-{number:04d}" for number in range(1, MANY + 1)]


def test_two_decide_one_wins(library, case_id):
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    library.hire("chief", "가지점", "head")
    for _ in range(4):
        library.submit("kim", case_id, "keeper_change", {"새담당": "lee"})
        with library.desk("boss") as desk:
            task_id = queries.approvals(desk)[0].task_id

        def decide(login, decision, task_id=task_id):
            with library.desk(login) as desk:
                return approvals.decide(desk, task_id, decision, "까닭")

        answers = at_once([lambda: decide("boss", "approve"), lambda: decide("chief", "return")])
        assert [isinstance(answer, str) for answer in answers].count(True) == 1
        assert "AlreadyDone" in answers
        with library.desk("kim") as desk:
            for task in cases.view(desk, case_id).tasks:
                if task.mark == "returned":
                    tasks.withdraw(desk, task.id, "그만")


def test_works_of_one_case_come_one_after_another(library, case_id):
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    done = at_once([lambda login=login: library.submit(login, case_id, "loan", LOAN) for login in ("kim", "lee", "boss") * 4])
    assert all(not isinstance(answer, str) for answer in done)
    with library.desk("kim") as desk:
        row = next(row for row in queries.cases(desk, "members").rows if row.id == case_id)
        told = history.of_case(desk, case_id)
    assert row.values["loans"] == MANY + 1
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    assert count(library, history_table, history_table.c.case_id == case_id, history_table.c.kind == "complete") == MANY + 2


def test_two_clocks_fire_a_timer_once(library):
    for _ in range(5):
        case_id = library.member()
        library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
        library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    later = NOW.replace(year=2026)
    fired = at_once([lambda: timers.run(library.database, library.editions, library.cipher, later)] * 4)
    left = timers.run(library.database, library.editions, library.cipher, later)
    assert sum(fired) + left == 5
    assert count(library, timer) == 0
    assert count(library, history_table, history_table.c.kind == "timer") == 5


def test_an_old_tab_loses_against_a_newer_draft(library, case_id):
    task_id = library.open_tasks(case_id)["lesson"].id
    with library.desk("kim") as desk:
        version = tasks.save_draft(desk, task_id, {"문항1": 1})

    def save(number):
        with library.desk("kim") as desk:
            return tasks.save_draft(desk, task_id, {"문항1": number}, version=version)

    answers = at_once([lambda number=number: save(number) for number in (1, 2, 3, 4)])
    assert answers.count(Stale.__name__) == 3


def test_one_move_is_under_way_at_a_time(library, case_id):
    """Two people begin a move at the same moment: one does, the other is told which; the same where one is undone meanwhile."""
    library.hire("second", "가지점", "approver")
    library.hire("third", "가지점", "approver")
    targets = [library.publish(edited(name), NOW.date()) for name in ("한", "두")]

    def begin(login, digest):
        with library.desk(login) as desk:
            return moves.begin(desk, digest)

    came = at_once([lambda login=login, digest=digest: begin(login, digest) for login in ("second", "third") for digest in targets])
    (begun,) = [each for each in came if each != "Refused"]
    assert count(library, move_run) == count(library, move_case) == 1
    with pytest.raises(Refused, match=begun), library.desk("third") as desk:
        moves.begin(desk, targets[0])
    marching.work(library.database, library.editions, library.cipher, lambda: NOW, begun)
    other = begin("second", next(digest for digest in targets if digest != target_of(library, begun)))
    with pytest.raises(Refused, match=other), library.desk("third") as desk:
        moves.undo(desk, begun)
    assert count(library, move_run, move_run.c.turn.is_not(None)) == 1


def target_of(library, run_id):
    with library.database.read() as connection:
        return moves.row_of(connection, run_id).to_edition


def test_one_question_is_one_study_and_one_server_does_it(library, case_id, monkeypatch):
    library.hire("author", "가지점", "author")
    digest, looked = library.publish(edited("새"), NOW.date()), []

    def ask():
        with library.desk("author") as desk:
            return studies.ask(desk, digest, studies.IMPACT, {"mapping": {}})

    (asked,) = set(at_once([ask] * MANY))
    assert count(library, study) == 1
    plain = impact.impact
    monkeypatch.setattr(impact, "impact", lambda *given, **named: (looked.append(1), plain(*given, **named))[1])
    at_once([lambda: studying.work(library.database, library.editions, library.cipher, library.files, lambda: NOW, asked)] * 4)
    assert looked == [1]
    with library.desk("author") as desk:
        held = studies.latest(desk, digest)["impact"]
    assert (held.id, held.failed, held.result["cases"]) == (asked, "", 1)
