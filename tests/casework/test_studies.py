"""Studies of an edition: asked for, done beside the requests, kept for all who ask; one that was left on the way is begun again."""

from __future__ import annotations

import pytest

from engine.casework import publishing, studies, studying
from engine.errors import Forbidden, NotFound, Refused
from tests.casework.library import LESSON
from tests.casework.test_moves import RENAMED, edited


@pytest.fixture
def people(library):
    for login in ("author", "approver"):
        library.hire(login, "가지점", login)
    return library


def published(people):
    with people.desk("author") as desk:
        return publishing.publish(desk, edited("새", *RENAMED))


def ask(people, digest, kind, login="author", **given):
    with people.desk(login) as desk:
        return studies.ask(desk, digest, kind, given)


def work(people, ident):
    studying.work(people.database, people.editions, people.cipher, people.files, lambda: people.now, ident)


def latest(people, digest, login="author"):
    with people.desk(login) as desk:
        return studies.latest(desk, digest)


def waiting(people):
    with people.desk("author") as desk:
        return studies.waiting(desk.connection)


def test_each_kind_comes_to_an_outcome_that_everybody_reads(people):
    case_id = people.member()
    people.complete("kim", people.open_tasks(case_id)["lesson"].id, LESSON)
    people.member("lee")
    digest = published(people)
    for kind in (studies.IMPACT, studies.REPLAY, studies.SCENARIOS):
        work(people, ask(people, digest, kind))
    work(people, ask(people, digest, studies.PLAN, "approver", mapping={}))
    held = latest(people, digest, "approver")
    assert set(held) == set(studies.KINDS)
    assert all(one.ended_at == people.now and not one.failed for one in held.values())
    assert held["impact"].result["instances"]["mapping"] == 1
    assert held["replay"].result["read"] >= 2
    figures = held["scenarios"].result
    assert figures["counts"]["flow"][1] > 5
    assert figures["missing_all"] == sum(every - met for met, every in figures["counts"].values())
    assert (held["plan"].result["cases"], held["plan"].asked_by) == (2, "approver")


def test_the_same_question_is_asked_once_and_again_when_answered(people):
    digest = published(people)
    first = ask(people, digest, studies.IMPACT)
    assert ask(people, digest, studies.IMPACT, "approver") == first
    assert waiting(people) == [first]
    work(people, first)
    work(people, first)  # another server came to the same
    assert waiting(people) == []
    assert ask(people, digest, studies.IMPACT) != first


def test_what_goes_wrong_is_the_end_of_a_study_and_told(people, monkeypatch):
    digest = published(people)
    ident = ask(people, digest, studies.IMPACT)

    def fails(*_args, **_named):
        raise ValueError("a secret")

    monkeypatch.setattr(studying.impact, "impact", fails)
    work(people, ident)
    held = latest(people, digest)["impact"]
    assert held.result is None
    assert held.failed == "처리하지 못했습니다(ValueError)."
    assert waiting(people) == []


def test_only_who_may_asks_and_only_for_what_there_is(people):
    digest = published(people)
    with pytest.raises(Forbidden):
        ask(people, digest, studies.IMPACT, "kim")
    with pytest.raises(Forbidden):
        ask(people, digest, studies.PLAN, "author")
    with pytest.raises(NotFound):
        ask(people, "0" * 64, studies.IMPACT)
    with pytest.raises(Refused):
        ask(people, digest, "nothing")
