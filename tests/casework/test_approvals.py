"""Holds S25 (SECURITY.md)."""

from __future__ import annotations

import pytest

from engine.casework import approvals, cases, queries
from engine.errors import AlreadyDone, Forbidden, Invalid, NotFound, Refused
from tests.casework.library import LESSON

ASK = {"새담당": "lee", "까닭": "쉽니다"}


@pytest.fixture
def case_id(library):
    made = library.member()
    library.complete("kim", library.open_tasks(made)["lesson"].id, LESSON)
    return made


def ask(library, case_id):
    library.submit("kim", case_id, "keeper_change", ASK)
    with library.desk("boss") as desk:
        return next(each for each in queries.approvals(desk) if each.case_id == case_id)


def test_a_request_shows_before_and_after(library, case_id):
    asked = ask(library, case_id)
    assert (asked.what, asked.before, asked.after, asked.requested_by, asked.own) == ("담당 변경", "Kim", "lee", "Kim", False)
    for login in ("kim", "far"):
        with library.desk(login) as desk:
            assert queries.approvals(desk) == ()


def test_approving_hands_the_case_over(library, case_id):
    asked = ask(library, case_id)
    with library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "approve", key="k")
    with library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "approve", key="k")
        assert cases.view(desk, case_id).owner == "lee"
        assert queries.approvals(desk) == ()
    with pytest.raises(AlreadyDone, match="Boss 님이"), library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "return", "늦음")


def test_a_return_comes_back_to_who_asked(library, case_id):
    asked = ask(library, case_id)
    with pytest.raises(Invalid), library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "return")
    with library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "return", "까닭이 모자람")
    with library.desk("kim") as desk:
        home = queries.home(desk)
        returned = next(row for row in home.later if row.mark == "returned")
        assert returned.why == "반려: 까닭이 모자람"
        assert next(figure.count for figure in home.figures if figure.id == "returned") == 1
        assert cases.view(desk, case_id).owner == "kim"
    library.complete("kim", returned.id, {**ASK, "까닭": "육아로 쉽니다"})
    with library.desk("boss") as desk:
        again = queries.approvals(desk)[0]
        approvals.decide(desk, again.task_id, "approve")
        assert cases.view(desk, case_id).owner == "lee"


def test_nobody_decides_on_their_own_request(library, case_id):
    library.submit("boss", case_id, "keeper_change", ASK)
    with library.desk("boss") as desk:
        asked = queries.approvals(desk)[0]
    assert asked.own
    with pytest.raises(Forbidden, match="요청한 사람은"), library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "approve")
    library.hire("chief", "가지점", "head")
    with library.desk("chief") as desk:
        approvals.decide(desk, asked.task_id, "approve")


def test_only_who_approves_decides(library, case_id):
    """Holds R05 (docs/rules.md)."""
    asked = ask(library, case_id)
    with pytest.raises(Forbidden), library.desk("lee") as desk:
        approvals.decide(desk, asked.task_id, "approve")
    with pytest.raises(NotFound), library.desk("far") as desk:
        approvals.decide(desk, asked.task_id, "approve")
    with pytest.raises(Invalid), library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "maybe")


def test_a_selection_is_decided_one_by_one(library, case_id):
    first = ask(library, case_id)
    other = library.member("lee")
    library.complete("lee", library.open_tasks(other)["lesson"].id, LESSON)
    library.submit("lee", other, "keeper_change", {**ASK, "새담당": "kim"})
    with library.desk("boss") as desk:
        second = next(each for each in queries.approvals(desk) if each.case_id == other)
        approvals.decide(desk, first.task_id, "approve")
    with library.desk("boss") as desk:
        outcomes = approvals.decide_many(desk, [first.task_id, second.task_id, "0" * 26], "approve", key="k")
    assert [(each.task_id, each.done) for each in outcomes] == [(first.task_id, False), (second.task_id, True), ("0" * 26, False)]
    assert "이미" in outcomes[0].message
    with library.desk("boss") as desk:
        assert cases.view(desk, other).owner == "kim"


def test_a_person_who_cannot_take_it_is_refused_whole(library, case_id):
    library.submit("kim", case_id, "keeper_change", {"새담당": "far"})
    with library.desk("boss") as desk:
        asked = queries.approvals(desk)[0]
    with pytest.raises(Refused), library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "approve")
    with library.desk("boss") as desk:
        assert queries.approvals(desk)[0].task_id == asked.task_id
        assert cases.view(desk, case_id).owner == "kim"
