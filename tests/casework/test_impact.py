"""What an edition would do, told before it is in force; and last year's records read by it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine.casework import cases, examples, publishing, records, tasks
from engine.casework.impact import impact, plain
from engine.casework.replay import replay
from engine.errors import Forbidden
from engine.store.tables import access_record
from tests.casework.library import LEAVE, LESSON, LOAN, MEMBER, Library
from tests.casework.test_moves import LESSON_FORM, LIFE, RENAMED, edited

GUARDS = "workflows/decisions/guards.dmn"
LOAN_FORM, CHANGE, MEMBERS = "forms/loan.json", "workflows/keeper_change.bpmn", "forms/reports/members_by_sex.json"


@pytest.fixture
def people(small_library):
    small_library.hire("author", "가지점", "author")
    return small_library


def published(people, *edits):
    with people.desk("author") as desk:
        return publishing.publish(desk, edited("새", *edits))


def seen(people, digest, **more):
    with people.desk("author") as desk:
        return impact(desk, digest, **more)


def test_what_moves_what_needs_a_place_and_what_stays(people):
    waiting, going = people.member(), people.member("lee")
    people.complete("lee", people.open_tasks(going, "lee")["lesson"].id, LESSON)
    with people.desk("kim") as desk:
        tasks.start(desk, waiting, "keeper_change")
    digest = published(people, *RENAMED)
    found = seen(people, digest)
    assert found.cases == 2
    assert found.instances == {"moves": 2, "mapping": 1, "stays": 0}
    assert [(each.sentence, each.count, each.examples) for each in found.why] == [("회원의 길: '안전교육' 단계가 새 판에 없습니다.", 1, (waiting,))]
    (proposal,) = found.proposals
    assert (proposal.process, proposal.step, proposal.target) == ("lifecycle", "lesson", "training")
    assert seen(people, digest, mapping={"lifecycle": {"lesson": "training"}}).instances == {"moves": 3, "mapping": 0, "stays": 0}
    assert found.sentences[0].startswith("'새 공구도서관 시험판' 판을 시행하면 열려 있는 건 2개의 업무 3개 가운데 2개는 저절로 옮겨지고, 1개는 옮길 자리를")


def test_who_decides_is_told_numbers_of_cases_and_never_a_name(people):
    waiting = people.member()
    people.hire("second", "가지점", "approver")
    people.complete("kim", people.open_tasks(people.member())["lesson"].id, LESSON)
    digest = published(people, *RENAMED)
    found = plain(seen(people, digest))
    with pytest.raises(Forbidden), people.desk("author") as desk:
        examples.sentences(desk, digest, found)
    with people.desk("second") as desk:
        told = examples.sentences(desk, digest, found)
        number = cases.view(people.at(desk.connection, "kim"), waiting).number
    assert f"- 1개: 회원의 길: '안전교육' 단계가 새 판에 없습니다. (예: {number})" in told
    assert [line.partition(" (예: ")[0] for line in told] == list(found["sentences"])
    assert MEMBER["회원명"] not in "".join(told)
    with people.database.read() as connection:
        shown = set(connection.execute(select(access_record.c.subject).where(access_record.c.act == "edition.examples", access_record.c.login == "second")).scalars())
    assert waiting in shown


def test_tasks_drafts_and_records_that_become_something_else(people):
    case_id = people.member()
    waiting = people.open_tasks(case_id)["lesson"].id
    with people.desk("kim") as desk:
        tasks.save_draft(desk, waiting, {"교육일": "2024-11-22", "문항1": 2, "문항2": 1})
    digest = published(people, (LIFE, 'name="due" value="14"', 'name="due" value="20"'), (LIFE, 'name="안전교육"', 'name="안전 배움"'), (LESSON_FORM, "문항1", "처음"))
    found = seen(people, digest)
    assert {each.sentence for each in found.task_effects} == {
        "'안전교육'의 이름이 '안전 배움'이 됩니다.", "'안전교육'의 화면에서 묻는 것이 바뀝니다.", "'안전교육'의 기한을 처음 열린 날을 기준으로 새로 셉니다.",
    }
    assert found.drafts == {"keeps": 0, "loses": 1, "goes": 0}
    assert [each.examples for each in found.lost] == [(case_id,)]
    assert "보안경" in found.lost[0].sentence
    with_names = published(people, (LESSON_FORM, "문항1", "처음"), (LESSON_FORM, '"처음": {"title"', '"처음": {"x-was": ["문항1"], "title"'))
    assert seen(people, with_names).drafts == {"keeps": 1, "loses": 0, "goes": 0}
    people.complete("kim", waiting, LESSON)
    assert any("안전교육" in each.sentence for each in seen(people, digest).records)


def test_who_does_a_waiting_task_why_and_how_it_is_decided(people):
    case_id = people.member()
    people.complete("kim", people.open_tasks(case_id)["lesson"].id, LESSON)
    people.submit("kim", case_id, "keeper_change", {"새담당": "lee"})
    assign, stage = '<spiffworkflow:property name="assign" value="case.owner" />', 'name="stage" value="loan"'
    digest = published(people, (LIFE, assign, ""), (LIFE, stage, stage.replace("loan", "lesson")), (LIFE, "'교육을 마쳤습니다.'", "'빌릴 수 있습니다.'"))
    assert {each.sentence for each in seen(people, digest).task_effects} == {
        "'첫 대여'를 맡기는 규칙이 바뀝니다. 이미 맡은 사람은 그대로 맡습니다.", "'첫 대여'를 하는 까닭으로 보이는 말이 바뀝니다.",
        "'첫 대여'가 드는 단계가 '대여'에서 '교육'으로 바뀝니다.",
    }
    asked, what = '<spiffworkflow:property name="decision"', 'name="what" value="담당 변경"'
    digest = published(people, (CHANGE, asked, assign + asked), (CHANGE, what, what.replace("변경", "바꿈")))
    assert {each.sentence for each in seen(people, digest).task_effects} == {
        "'담당 변경 승인'을 맡기는 규칙이 바뀝니다. 아직 맡은 사람이 없어 새로 정합니다.", "'담당 변경 승인'에서 승인하는 방법이 바뀝니다.",
    }


def test_drafts_whose_task_goes_and_those_of_cases_not_registered_yet(people):
    case_id = people.member()
    with people.desk("kim") as desk:
        tasks.save_draft(desk, tasks.start(desk, case_id, "keeper_change"), {"변경사유": "이사"})
        cases.save_draft(desk, "member", {"회원명": "박나래", "성별": "여"})
    digest = published(people, ("forms/lists/sex.json", '"code": "여"', '"code": "여성"'))
    assert seen(people, digest).drafts == {"keeps": 1, "loses": 1, "goes": 0}
    found = seen(people, digest, mapping={"keeper_change": {"request": "close"}})
    assert found.drafts == {"keeps": 0, "loses": 1, "goes": 1}
    assert [(each.sentence, each.examples) for each in found.lost] == [
        ("'담당 변경' 초안은 할 일이 없어져 더 쓸 수 없습니다.", (case_id,)), ("'회원 가입' 초안의 '성별' 답이 없어지거나 다시 골라야 합니다.", ()),
    ]


def test_statistics_that_count_something_else(people):
    same = published(people, (LOAN_FORM, '"title": "대여"}', '"title": "빌림"}'))
    assert [(each.report, each.comparable) for each in seen(people, same).statistics] == [("members_by_sex", True)]
    other = published(people, ("forms/lists/sex.json", '"items": [', '"items": [{"code": "모름", "label": "모름"}, '))
    (found,) = seen(people, other).statistics
    assert not found.comparable
    assert len(found.why) == 1
    assert found.why[0].endswith("'성별'에 새 선택지가 있습니다: 모름.")


def test_statistics_that_choose_otherwise_from_what_is_in_force(people):
    lasting = '"id": "year", "title": "가입년도", "kind": "year-range", "value": "case.가입일"'
    filters = published(people, (MEMBERS, lasting, lasting.replace("가입일", "생년월일")), (MEMBERS, '"required": true,', '"required": false,'), (MEMBERS, '["연도(today)", ', '["연도(today) - 1", '))
    (found,) = seen(people, filters).statistics
    assert found.why == (
        "조회 조건 '가입년도'가 보는 것이 바뀌었습니다.", "조회 조건 '가입년도'를 이제 고르지 않아도 됩니다.", "조회 조건 '가입년도'의 처음 값이 바뀌었습니다.",
    )
    people.member()  # open under the edition before the one in force, which counts otherwise
    counts = (MEMBERS, "not 비어있음(case.가입일)", "비어있음(case.가입일)")
    Library.publish(people, edited("다음", counts), date(2024, 1, 1))
    with people.desk("author") as desk:
        digest = publishing.publish(desk, edited("새", counts), date(2025, 1, 1))
    (found,) = seen(people, digest).statistics
    assert found.comparable


def test_records_of_last_year_that_would_be_refused_now(people):
    case_id = people.member()
    people.complete("kim", people.open_tasks(case_id)["lesson"].id, LESSON)
    people.submit("kim", case_id, "loan", {**LOAN, "목공": {"나무": "참나무"}})
    people.submit("kim", case_id, "loan", {**LOAN, "목공": {"나무": "참나무", "두께": 5}})
    digest = published(people, (LOAN_FORM, '"required": ["나무"]', '"required": ["나무", "두께"]'))
    with people.desk("author") as desk:
        found = replay(desk, digest)
    assert (found.read, found.refused, found.unread) == (4, 1, 0)
    (why,) = found.why
    assert (why.form, why.field, why.count) == ("대여", "두께", 1)
    assert found.by_form["대여"] == (2, 1)
    with pytest.raises(Forbidden), people.desk("kim") as desk:
        replay(desk, digest)
    with pytest.raises(Forbidden), people.desk("kim") as desk:
        impact(desk, digest)


def test_records_that_the_rules_of_now_would_refuse(people):
    case_id = people.member()
    people.complete("kim", people.open_tasks(case_id)["lesson"].id, LESSON)
    people.submit("kim", case_id, "loan", LOAN)
    people.submit("kim", case_id, "loan", LOAN)
    people.submit("kim", case_id, "leave", LEAVE)  # refused for ever since, under either edition: no reason to tell any record
    digest = published(people, (GUARDS, "record.lesson.count == 0", "record.loan.count &gt; 0 or open.leave &gt; 0"), (GUARDS, '"안전교육을 먼저 받으세요."', "글(case.회원명, ' 회원은 한 번만 빌립니다.')"))
    with people.desk("author") as desk:
        found = replay(desk, digest)
    assert (found.read, found.refused, found.by_form["대여"]) == (5, 1, (2, 1))  # the first was lent when there was none
    (why,) = found.why
    assert (why.form, why.field, why.sentence) == ("대여", "", "〈회원의 회원명〉 회원은 한 번만 빌립니다.")
    assert found.sentences[1] == "- 1개: 대여: 〈회원의 회원명〉 회원은 한 번만 빌립니다."


def test_a_record_taken_back_before_counts_among_those_ever_made(people):
    case_id = people.member()
    people.complete("kim", people.open_tasks(case_id)["lesson"].id, LESSON)
    people.submit("kim", case_id, "loan", LOAN)
    with people.desk("kim") as desk:
        records.withdraw(desk, records.of_case(desk, case_id, "loan")[0].id, "잘못 적음")
    people.submit("kim", case_id, "loan", LOAN)
    digest = published(people, (GUARDS, "record.lesson.count == 0", "record.loan.count == 0 and record.loan.made == 1"))
    with people.desk("author") as desk:
        assert replay(desk, digest).by_form["대여"] == (1, 1)


def test_records_whose_form_is_gone_are_named(people):
    people.complete("kim", people.open_tasks(people.member())["lesson"].id, LESSON)
    files = {path.replace("lesson", "training"): data.replace(b"lesson", b"training") for path, data in edited("새").items()}
    with people.desk("author") as desk:
        found = replay(desk, publishing.publish(desk, files))
    assert (found.read, found.unread, found.unread_forms) == (1, 1, {"안전교육": 1})
    assert "새 판에 서식이 없어 읽지 않은 기록이 1개 있습니다: '안전교육' 1개." in found.sentences
