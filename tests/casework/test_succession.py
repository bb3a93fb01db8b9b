"""What becomes of open cases is chosen with an edition, approved with it, and happens by itself on its day, once.

Holds the days of editions apart too.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.casework import history, marching, moves, publishing, succession
from engine.casework.desk import CLOCK, Desk
from engine.errors import Forbidden, Invalid, NotFound, Refused, Stale
from engine.store.tables import instance
from engine.store.types import KST
from tests.casework.library import LESSON, NOW
from tests.casework.test_at_once import at_once
from tests.casework.test_moves import RENAMED, edited, sound
from web.house import House
from web.rounds import make_round
from web.settings import Settings

NEW_YEAR = date(2025, 1, 1)
MAPPING = {"lifecycle": {"lesson": "training"}}


@pytest.fixture
def people(library):
    for login, *roles in (("author", "author"), ("second", "approver"), ("both", "author", "approver")):
        library.hire(login, "가지점", *roles)
    return library


def propose(people, files, since=NEW_YEAR, **chosen):
    with people.desk("author") as desk:
        digest = publishing.publish(desk, files, since)
        if chosen:
            succession.change(desk, digest, **chosen)
    return digest


def approve(people, digest, login="second", **more):
    with people.desk(login) as desk:
        publishing.approve(desk, digest, **more)
    return digest


def on(people, *day):
    """Let it be this day, and a server make its rounds."""
    people.now = datetime(*day, 9, 0, tzinfo=KST)
    rounds(people)


def rounds(people):
    make_round(House(Settings(), people.database, people.cipher, people.editions, people.files, clock=lambda: people.now))


def published(people, digest):
    with people.desk("second") as desk:
        return next(each for each in publishing.editions(desk) if each.digest == digest)


def runs(people):
    with people.desk("second") as desk:
        return moves.runs(desk)


def standing(people):
    with people.database.read() as connection:
        return dict(connection.execute(select(instance.c.case_id, instance.c.edition).where(instance.c.ended_at.is_(None))).all())


def test_on_its_day_open_cases_move_by_the_mapping_that_was_approved(people):
    case_id = people.member()
    digest = approve(people, propose(people, edited("새", *RENAMED), open_cases="move", mapping=MAPPING))
    on(people, 2024, 12, 31)
    assert (runs(people), standing(people)) == ((), {case_id: people.digest})
    on(people, 2025, 1, 1)
    (run,) = runs(people)
    assert (run.id, run.state, run.counts, run.mapping, run.started_by) == (published(people, digest).run_id, "moved", {"moved": 1}, MAPPING, "")
    assert standing(people) == {case_id: digest}
    later = people.member()
    on(people, 2025, 1, 2)
    assert len(runs(people)) == 1  # once
    with people.desk("kim") as desk:
        assert [event.kind for event in history.of_case(desk, case_id)] == ["register", "move"]
    people.complete("kim", people.open_tasks(case_id)["lesson"].id, LESSON)
    assert set(people.open_tasks(case_id)) == {"loan"}
    assert standing(people)[later] == digest
    assert sound(people) == []
    with people.desk("second") as desk:
        moves.undo(desk, run.id)
    rounds(people)
    assert runs(people)[0].counts == {"kept": 1}


def test_without_a_mapping_those_move_that_can(people):
    going, staying = people.member(), people.member("lee")
    people.complete("kim", people.open_tasks(going)["lesson"].id, LESSON)
    digest = approve(people, propose(people, edited("새", *RENAMED), open_cases="move"))
    on(people, 2025, 1, 1)
    assert standing(people) == {going: digest, staying: people.digest}
    assert runs(people)[0].why[0].sentence == "회원의 길: '안전교육' 단계가 새 판에 없습니다."


def test_cases_stay_where_nothing_was_said_or_the_edition_was_taken_back(people):
    case_id = people.member()
    approve(people, propose(people, edited("하나")))
    taken = approve(people, propose(people, edited("둘"), date(2025, 2, 1), open_cases="move"))
    with people.desk("second") as desk:
        publishing.withdraw(desk, taken, "다시 봅니다")
    on(people, 2025, 2, 1)
    assert (runs(people), standing(people)) == ((), {case_id: people.digest})


def test_servers_that_were_down_catch_up_in_order_one_after_the_other(people):
    case_id = people.member()
    first = approve(people, propose(people, edited("하나", *RENAMED), open_cases="move", mapping=MAPPING))
    second = propose(people, edited("둘"), date(2025, 2, 1), open_cases="move", mapping={"lifecycle": {"training": "lesson"}})
    approve(people, second)
    on(people, 2025, 3, 1)
    assert [run.to_edition for run in runs(people)] == [first]
    rounds(people)
    assert [(run.to_edition, run.counts) for run in runs(people)] == [(second, {"moved": 1}), (first, {"moved": 1})]
    assert standing(people) == {case_id: second}


def test_it_waits_for_a_move_that_is_under_way(people):
    people.member()
    digest = approve(people, propose(people, edited("새"), NOW.date(), open_cases="move"))
    other = approve(people, propose(people, edited("다른"), NOW.date()))
    with people.desk("second") as desk:
        begun = moves.begin(desk, other)
    with people.database.begin() as connection:
        assert succession.begin_due(clock(people, connection)) is None
    marching.work(people.database, people.editions, people.cipher, lambda: people.now, begun)
    rounds(people)
    assert [run.to_edition for run in runs(people)] == [digest, other]


def clock(people, connection):
    return Desk(connection, CLOCK, people.now, people.editions, people.cipher, people.files)


def test_two_servers_begin_it_once(people):
    case_id = people.member()
    digest = approve(people, propose(people, edited("새"), NOW.date(), open_cases="move"))
    at_once([lambda: rounds(people)] * 4)
    rounds(people)
    (run,) = runs(people)
    assert (run.id, run.counts, standing(people)) == (published(people, digest).run_id, {"moved": 1}, {case_id: digest})
    with people.desk("kim") as desk:
        assert [event.kind for event in history.of_case(desk, case_id)] == ["register", "move"]


def test_taking_an_edition_back_stops_the_move_to_it(people):
    cases = [people.member() for _ in range(3)]
    digest = approve(people, propose(people, edited("새"), NOW.date(), open_cases="move"))
    with people.database.begin() as connection:
        begun = succession.begin_due(clock(people, connection))
    with people.database.begin() as connection:
        assert marching.step(clock(people, connection), begun, 1)
    with people.desk("second") as desk:
        publishing.withdraw(desk, digest, "잘못 공표")
    rounds(people)
    (run,) = runs(people)
    assert (run.state, run.counts, run.undone_by) == ("undone", {"undone": 1, "": 2}, "second")
    assert standing(people) == dict.fromkeys(cases, people.digest)
    assert sound(people) == []


def test_who_may_say_so_and_until_when(people):
    people.member()
    digest = propose(people, edited("새", *RENAMED))
    for login in ("kim", "second"):
        with pytest.raises(Forbidden), people.desk(login) as desk:
            succession.change(desk, digest, open_cases="move")
    with pytest.raises(NotFound), people.desk("author") as desk:
        succession.change(desk, "f" * 64, open_cases="move")
    for wrong in ({"open_cases": "away"}, {"open_cases": "move", "mapping": {"lifecycle": {"lesson": "nowhere"}}}):
        with pytest.raises(Invalid), people.desk("author") as desk:
            succession.change(desk, digest, **wrong)
    seen = published(people, digest).terms
    with people.desk("both") as desk:
        succession.change(desk, digest, open_cases="move", mapping=MAPPING)
    with pytest.raises(Forbidden, match="정한 사람은"):
        approve(people, digest, "both")
    with pytest.raises(Stale, match="바뀌었습니다"):
        approve(people, digest, seen=seen)
    approve(people, digest, seen=published(people, digest).terms)
    with pytest.raises(Refused), people.desk("author") as desk:
        succession.change(desk, digest, open_cases="stay")
    assert published(people, digest).mapping == MAPPING


def test_a_mapping_goes_with_the_choice_to_stay(people):
    people.member()
    digest = propose(people, edited("새", *RENAMED), open_cases="move", mapping=MAPPING, since=date(2025, 3, 1))
    with people.desk("author") as desk:
        succession.change(desk, digest, open_cases="stay")
    held = published(people, digest)
    assert (held.open_cases, held.mapping, held.in_force_from, held.chosen_by) == ("stay", {}, date(2025, 3, 1), "author")


def test_days_of_editions_do_not_meet(people):
    digest = approve(people, propose(people, edited("하나")))
    with pytest.raises(Invalid) as caught:
        propose(people, edited("둘"))
    (error,) = caught.value.errors
    assert (error.path, error.message) == ("/from", "같은 날(2025-01-01)부터 시행될 판이 이미 승인되어 있습니다: '하나 공구도서관 시험판'. 다른 날을 적거나 그 판을 먼저 철회하세요.")
    with pytest.raises(Invalid) as caught:
        propose(people, edited("둘"), date(2019, 12, 31))
    assert "시행 중인 '공구도서관 시험판'의 시행일(2020-01-01)보다 앞선 날" in caught.value.errors[0].message
    before = propose(people, edited("둘"), date(2024, 12, 1))  # between the two there is room
    for since in (NEW_YEAR, date(2019, 12, 31)):
        with pytest.raises(Invalid), people.desk("author") as desk:
            succession.change(desk, before, since=since)
    people.now = NOW + timedelta(days=60)
    with pytest.raises(Invalid) as caught:
        approve(people, before)  # meanwhile another is in force
    assert "보다 앞선 날" in caught.value.errors[0].message
    with people.desk("author") as desk:
        succession.change(desk, before, since=NEW_YEAR)  # it takes over from the moment it is approved
    approve(people, before)
    with people.desk("kim") as desk:
        assert desk.edition().digest == before != digest


def test_two_approve_for_one_day_at_once(people):
    people.hire("third", "가지점", "approver")
    first, second = propose(people, edited("하나")), propose(people, edited("둘"))
    came = at_once([lambda: approve(people, first), lambda: approve(people, second, "third")])
    assert sorted(each == "Invalid" for each in came) == [False, True]
