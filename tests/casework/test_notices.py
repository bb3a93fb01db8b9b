"""What people are told of what became of their requests, and of what was handed to them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.casework import approvals, inbox, queries, tasks
from engine.store.tables import access_record
from tests.casework.library import LESSON

ASK = {"새담당": "lee", "까닭": "쉽니다"}


@pytest.fixture
def case_id(library):
    made = library.member()
    library.complete("kim", library.open_tasks(made)["lesson"].id, LESSON)
    return made


def decide(library, case_id, decision, comment=""):
    library.submit("kim", case_id, "keeper_change", ASK)
    with library.desk("boss") as desk:
        asked = next(each for each in queries.approvals(desk) if each.case_id == case_id)
        approvals.decide(desk, asked.task_id, decision, comment)


def told(library, login, **how):
    with library.desk(login) as desk:
        found = inbox.mine(desk, **how)
        assert len(found) == inbox.waiting(desk) or not how
        return [(each.kind, each.comment) for each in found]


def test_who_asked_hears_of_the_return_with_its_comment(library, case_id):
    decide(library, case_id, "return", "까닭이 모자람")
    assert told(library, "kim", fresh=True) == [("returned", "까닭이 모자람")]
    assert told(library, "lee", fresh=True) == told(library, "boss", fresh=True) == told(library, "far", fresh=True) == []


def test_an_approved_handover_tells_who_asked_and_who_has_it_now(library, case_id):
    decide(library, case_id, "approve")
    assert told(library, "kim", fresh=True) == [("approved", "")]
    assert told(library, "lee", fresh=True) == [("given", "")]
    with library.desk("lee") as desk:
        given = inbox.mine(desk)[0]
        assert (given.case_id, given.by_name, given.seen_at) == (case_id, "Boss", None)


def test_a_task_given_to_somebody_is_told_them(library):
    case_id = library.member()
    task_id = library.open_tasks(case_id)["lesson"].id
    with library.desk("boss") as desk:
        tasks.assign(desk, task_id, "lee")
    with library.desk("lee") as desk:
        assert [(each.kind, each.task_id) for each in inbox.mine(desk)] == [("assigned", task_id)]
    with library.desk("boss") as desk:
        tasks.assign(desk, task_id, "")
    assert told(library, "kim") == told(library, "boss") == []


def test_seen_is_a_matter_of_each_person_alone(library, case_id):
    decide(library, case_id, "approve")
    with library.desk("lee") as desk:
        mine = inbox.mine(desk)[0].id
    with library.desk("kim") as desk:
        inbox.see(desk, [mine])
    assert len(told(library, "lee", fresh=True)) == len(told(library, "kim", fresh=True)) == 1
    with library.desk("lee") as desk:
        inbox.see(desk, [mine])
    with library.desk("kim") as desk:
        inbox.see(desk)
    assert told(library, "lee", fresh=True) == told(library, "kim", fresh=True) == []
    assert len(told(library, "lee")) == len(told(library, "kim")) == 1


def test_a_refused_decision_tells_nobody(library, case_id):
    library.submit("kim", case_id, "keeper_change", ASK)
    with library.desk("boss") as desk:
        asked = queries.approvals(desk)[0]
        outcomes = approvals.decide_many(desk, [asked.task_id], "return")
    assert not outcomes[0].done
    assert told(library, "kim", fresh=True) == []


def test_reading_notices_is_recorded(library, case_id):
    decide(library, case_id, "approve")
    told(library, "lee", fresh=True)
    with library.desk("lee") as desk:
        rows = desk.connection.execute(select(access_record.c.subject).where(access_record.c.act == "notice.list", access_record.c.login == "lee")).all()
    assert case_id in [row.subject for row in rows]
