"""Holds K11, K14, S22, S44 (SECURITY.md)."""

from __future__ import annotations

import pytest

from engine.casework import approvals, cases, history, queries, records, tasks
from engine.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tests.casework.library import LEAVE, LESSON, LOAN, MEMBER, everything


@pytest.fixture
def case_id(library):
    return library.member()


@pytest.fixture
def register_record(library, case_id):
    with library.desk("kim") as desk:
        return cases.view(desk, case_id).register_record


def test_sensitive_answers_stand_nowhere_in_the_clear(library, case_id, register_record):
    with library.desk("kim") as desk:
        records.amend(desk, register_record, {**MEMBER, "회원명": "김둘"}, "이름 바뀜")
        records.view(desk, register_record)
        records.view(desk, register_record, 1)
        records.of_case(desk, case_id)
        queries.search(desk, "061205-4123456")
    with library.desk("kim") as desk:
        cases.save_draft(desk, "member", {"주민등록번호": "061205-4123456"})
    stored = everything(library.database)
    assert "4123456" not in stored
    assert "061205-4" not in stored
    assert "김둘" in stored


def test_a_record_shows_masked_with_its_revisions(library, case_id, register_record):
    with library.desk("lee") as desk:
        assert records.amend(desk, register_record, {**MEMBER, "회원명": "김둘", "주민등록번호": "061205-4******"}, "이름 바뀜", revision=1) == 2
    with library.desk("kim") as desk:
        now, before = records.view(desk, register_record), records.view(desk, register_record, 1)
    assert (now.answers["회원명"], now.answers["주민등록번호"], now.revision) == ("김둘", "061205-4******", 2)
    assert (before.answers["회원명"], before.revision, before.last_revision) == ("김하나", 1, 2)
    assert [(each.number, each.kind, each.login, each.reason) for each in now.revisions] == [(1, "complete", "kim", ""), (2, "amend", "lee", "이름 바뀜")]
    with library.desk("kim") as desk:
        seen = cases.view(desk, case_id)
    assert (seen.label, seen.identity) == ("김둘", (("주민등록번호", "061205-4******"),))


def test_amending_needs_a_reason_and_the_newest_revision(library, register_record):
    """Holds R56 (docs/rules.md)."""
    with pytest.raises(Invalid) as caught, library.desk("kim") as desk:
        records.amend(desk, register_record, MEMBER, " \n ")
    assert caught.value.errors[0].path == "/reason"
    with library.desk("kim") as desk:
        assert records.amend(desk, register_record, MEMBER, "까닭", key="k") == 2
    with library.desk("kim") as desk:
        assert records.amend(desk, register_record, MEMBER, "까닭", key="k") == 2
    with pytest.raises(Stale), library.desk("kim") as desk:
        records.amend(desk, register_record, MEMBER, "까닭", revision=1)
    with pytest.raises(Invalid), library.desk("kim") as desk:
        records.amend(desk, register_record, {**MEMBER, "회원명": ""}, "까닭")


def test_another_branch_has_no_such_record(library, case_id, register_record):
    for ask in (
        lambda desk: records.view(desk, register_record),
        lambda desk: records.of_case(desk, case_id),
        lambda desk: records.amend(desk, register_record, MEMBER, "까닭"),
        lambda desk: records.withdraw(desk, register_record, "까닭"),
        lambda desk: records.reveal(desk, register_record, "/주민등록번호", "까닭"),
        lambda desk: records.reveal(desk, case_id, "/주민등록번호", "까닭"),
        lambda desk: records.view(desk, "0" * 26),
    ):
        with pytest.raises(NotFound), library.desk("far") as desk:
            ask(desk)


def test_revealing_is_logged_with_its_reason(library, case_id, register_record):
    from engine.store.tables import access_record

    with library.desk("kim") as desk:
        assert records.reveal(desk, register_record, "/주민등록번호", "보험 신청") == "061205-4123456"
        assert records.reveal(desk, case_id, "/주민등록번호", "보험 신청") == "061205-4123456"
    with library.database.begin() as connection:
        rows = [row for row in connection.execute(access_record.select()) if row.act == "sensitive.reveal"]
    assert [(row.subject, row.reason, row.login) for row in rows] == [(case_id, "보험 신청", "kim")] * 2
    assert all("4123456" not in repr(row) for row in rows)
    with pytest.raises(Invalid), library.desk("kim") as desk:
        records.reveal(desk, register_record, "/주민등록번호", "")
    with pytest.raises(NotFound), library.desk("kim") as desk:
        records.reveal(desk, register_record, "/회원명", "까닭")
    library.hire("reader", "가지점", "admin")
    with pytest.raises((Forbidden, NotFound)), library.desk("reader") as desk:
        records.reveal(desk, register_record, "/주민등록번호", "까닭")


def test_facts_follow_an_amendment_and_a_record_taken_back(library, case_id):
    first = library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON).record_id
    with library.desk("kim") as desk:
        records.amend(desk, first, {**LESSON, "교육일": "2024-10-01"}, "날짜 틀림")
    assert _loans(library, case_id) == ("2024-10-01", 0)
    library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    second = library.submit("kim", case_id, "loan", {**LOAN, "대여일": "2024-11-20"}).record_id
    third = library.submit("kim", case_id, "loan", {**LOAN, "대여일": "2024-11-21"}).record_id
    assert _loans(library, case_id, "loan") == ("2024-11-21", 3)
    with library.desk("kim") as desk:
        records.withdraw(desk, third, "두 번 적음")
    assert _loans(library, case_id, "loan") == ("2024-11-20", 2)
    with library.desk("kim") as desk:
        records.withdraw(desk, second, "두 번 적음")
        listed = records.of_case(desk, case_id, "loan")
    assert [row.withdrawn_at is not None for row in listed] == [True, True, False]
    for verb in (lambda desk: records.withdraw(desk, third, "또"), lambda desk: records.amend(desk, third, LOAN, "또")):
        with pytest.raises(Refused, match="취소한 기록입니다"), library.desk("kim") as desk:
            verb(desk)


def _loans(library, case_id, column="lesson"):
    with library.desk("kim") as desk:
        row = next(row for row in queries.cases(desk, "members").rows if row.id == case_id)
    return str(row.values[column]), row.values["loans"]


def test_the_register_record_and_decisions_stay(library, case_id, register_record):
    with pytest.raises(Refused, match="등록한 기록은 취소할 수 없습니다"), library.desk("kim") as desk:
        records.withdraw(desk, register_record, "까닭")


def test_what_somebody_decides_on_is_not_changed_under_their_eyes(library, case_id):
    """Whoever approves has read the request: neither before nor after the decision does it become another one."""
    asked = library.submit("kim", case_id, "keeper_change", {"새담당": "lee", "까닭": "쉽니다"}).record_id
    with library.desk("boss") as desk:
        waiting = approvals.approvals(desk)[0].task_id
    for decided in (False, True):
        for verb in (lambda desk: records.amend(desk, asked, {"새담당": "boss"}, "까닭"), lambda desk: records.withdraw(desk, asked, "까닭")):
            with pytest.raises(Refused, match="승인을 받는 요청"), library.desk("kim") as desk:
                verb(desk)
        if not decided:
            with library.desk("boss") as desk:
                approvals.decide(desk, waiting, "approve")
    with library.desk("kim") as desk:
        assert records.view(desk, asked).why_not_amend


def test_nothing_is_changed_in_a_closed_case(library, case_id, register_record):
    lesson = library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON).record_id
    library.submit("kim", case_id, "leave", LEAVE)
    for verb in (lambda desk: records.amend(desk, lesson, LESSON, "까닭"), lambda desk: records.withdraw(desk, lesson, "까닭")):
        with pytest.raises(Refused, match="탈퇴한 회원입니다"), library.desk("kim") as desk:
            verb(desk)
    with library.desk("kim") as desk:
        assert "탈퇴한" in records.view(desk, lesson).why_not_amend


def test_history_tells_everything_and_no_answer(library, case_id, register_record):
    task = library.open_tasks(case_id)["lesson"]
    with library.desk("kim") as desk:
        tasks.assign(desk, task.id, "kim")
    library.complete("kim", task.id, LESSON)
    with library.desk("kim") as desk:
        records.amend(desk, register_record, {**MEMBER, "회원명": "김둘"}, "이름 바뀜")
        told = history.of_case(desk, case_id)
    assert [event.kind for event in told] == ["register", "assign", "complete", "amend"]
    assert told[2].detail["trail"] == ["lesson", "f_loan"]
    assert told[3].detail["fields"] == ["회원명"]
    assert "김둘" not in repr(told)
    with library.database.begin() as connection:
        assert list(history.broken_links(connection, library.cipher)) == []


def test_a_sealed_answer_belongs_to_its_row(library, case_id, register_record):
    from sqlalchemy import update

    from engine.errors import Broken
    from engine.store.tables import revision

    other = library.member("lee")
    with library.desk("lee") as desk:
        theirs = cases.view(desk, other).register_record
    with library.database.begin() as connection:
        sealed = connection.execute(revision.select().where(revision.c.record_id == theirs)).one().sealed
        connection.execute(update(revision).where(revision.c.record_id == register_record).values(sealed=sealed))
    with pytest.raises(Broken), library.desk("kim") as desk:
        records.view(desk, register_record)
