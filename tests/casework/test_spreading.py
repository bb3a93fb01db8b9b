"""One record of an institution's own case that names many cases, and what each of them gets: all or nothing, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from engine.casework import cases, finding, history, lists, records, statistics, tasks
from engine.errors import Invalid, NotFound, Refused, Stale
from engine.store.ids import new_id
from engine.store.tables import access_record, record
from engine.store.tables import cases as cases_table
from tests.casework.library import LEAVE

DAY = {"교육일": "2024-11-23", "주제": "톱질"}


def members(library, *names):
    return [library.member(회원명=name) for name in names]


def teach(library, named, login="kim", **more):
    answers = {**DAY, **{key: more.pop(key) for key in ("주제", "메모", "교육일") if key in more}, "참가자": named}
    return library.submit(login, library.places["가지점"], "group_lesson", answers, **more)


def attended(library, case_id, login="kim"):
    with library.desk(login) as desk:
        return [row for row in records.of_case(desk, case_id, "attendance") if row.withdrawn_at is None]


def test_each_named_case_gets_its_record_with_history_and_access(library):
    named = members(library, "가람", "나리", "다솜")
    made = teach(library, named)
    assert made.case_id == library.places["가지점"]
    for case_id in named:
        (row,) = attended(library, case_id)
        assert dict(row.columns) == {"교육일": "2024-11-23", "주제": "톱질"}
        with library.desk("kim") as desk:
            told = history.of_case(desk, case_id)[-1]
            assert (told.kind, told.detail["form"], told.detail["source"], told.detail["record"]) == ("complete", "attendance", made.record_id, row.id)
            seen = desk.connection.execute(select(access_record.c.act).where(access_record.c.subject == case_id, access_record.c.target == f"record {row.id}"))
            assert "complete" in set(seen.scalars())
            assert records.view(desk, row.id).source_id == made.record_id
    with library.desk("kim") as desk:
        assert {share.case_label for share in records.view(desk, made.record_id).shares} == {"가람", "나리", "다솜"}


def test_one_that_cannot_take_part_keeps_the_others_from_it_and_is_named(library):
    named = members(library, "가람", "나리", "다솜")
    library.submit("kim", named[1], "leave", LEAVE)
    far = library.member("far", 회원명="먼이")
    with pytest.raises(Invalid) as caught:
        teach(library, [*named, far, new_id()])
    assert [(error.path, error.message) for error in caught.value.errors] == [
        ("/참가자/1", "나리: 탈퇴한 회원입니다. 더 쓸 수 없습니다."),
        ("/참가자/3", "이 기관에 없는 회원입니다. 빼고 다시 고르세요."),
        ("/참가자/4", "이 기관에 없는 회원입니다. 빼고 다시 고르세요."),
    ]
    with library.desk("kim") as desk:
        assert desk.connection.execute(select(func.count()).select_from(record).where(record.c.form.in_(["attendance", "group_lesson"]))).scalar() == 0


def test_what_the_form_of_the_case_refuses_is_said_with_its_name(library):
    early, late = library.member(회원명="가람"), library.member(회원명="나리", 가입일="2024-11-24")
    with pytest.raises(Invalid) as caught:
        teach(library, [early, late])
    assert [(error.path, error.message) for error in caught.value.errors] == [("/참가자/1", "나리: 가입일(2024-11-24)보다 앞선 교육입니다.")]


def test_what_would_be_refused_is_told_before_anybody_confirms(library):
    named = members(library, "가람", "나리")
    with pytest.raises(Invalid) as caught:
        teach(library, named, 주제="수료")
    assert [(error.level, error.message) for error in caught.value.errors] == [("warning", "가람, 나리 회원을 수료로 저장합니다.")]
    library.submit("kim", named[1], "leave", LEAVE)
    with pytest.raises(Invalid) as caught:
        teach(library, named, 주제="수료")
    assert [error.level for error in caught.value.errors] == ["warning", "error"]
    with pytest.raises(Invalid) as caught:
        teach(library, named, 주제="수료", confirmed=True)
    assert [error.message for error in caught.value.errors] == ["나리: 탈퇴한 회원입니다. 더 쓸 수 없습니다."]
    teach(library, named[:1], 주제="수료", confirmed=True)


def test_a_correction_reaches_every_case(library):
    """Holds R56 (docs/rules.md)."""
    one, two, three = members(library, "가람", "나리", "다솜")
    made = teach(library, [one, two])
    with library.desk("kim") as desk:
        records.amend(desk, made.record_id, {**DAY, "주제": "대패질", "참가자": [two, three]}, "한 명이 바뀜")
    assert attended(library, one) == []
    (row,) = attended(library, two)
    assert (dict(row.columns)["주제"], row.revision) == ("대패질", 2)
    (row,) = attended(library, three)
    assert (dict(row.columns)["주제"], row.revision) == ("대패질", 1)
    with library.desk("kim") as desk:
        assert history.of_case(desk, one)[-1].kind == "withdraw"
        assert history.of_case(desk, two)[-1].detail["reason"] == "한 명이 바뀜"
        before = history.of_case(desk, two)[-1].seq
        records.amend(desk, made.record_id, {**DAY, "주제": "대패질", "메모": "비 옴", "참가자": [two, three]}, "메모")
        assert history.of_case(desk, two)[-1].seq == before, "nothing of it reaches the cases"


def test_a_case_that_was_closed_meanwhile_keeps_the_record_from_being_changed(library):
    one, two = members(library, "가람", "나리")
    made = teach(library, [one, two])
    library.submit("kim", two, "leave", LEAVE)
    refused = "나리: 탈퇴한 회원입니다. 더 쓸 수 없습니다."
    for named, path in (([one, two], "/참가자/1"), ([one], "/참가자")):
        with pytest.raises(Invalid) as caught, library.desk("kim") as desk:
            records.amend(desk, made.record_id, {**DAY, "주제": "대패질", "참가자": named}, "고침")
        assert [(error.path, error.message) for error in caught.value.errors] == [(path, refused)]
    with pytest.raises(Invalid) as caught, library.desk("kim") as desk:
        records.withdraw(desk, made.record_id, "잘못 적음")
    assert [error.message for error in caught.value.errors] == [refused]
    assert dict(attended(library, one)[0].columns)["주제"] == "톱질"
    with library.desk("kim") as desk:  # what does not reach the cases can still be corrected
        assert records.amend(desk, made.record_id, {**DAY, "메모": "비 옴", "참가자": [one, two]}, "메모") == 2


def test_taking_it_back_takes_back_what_came_from_it(library):
    named = members(library, "가람", "나리")
    made = teach(library, named)
    with library.desk("kim") as desk:
        records.withdraw(desk, made.record_id, "다른 날이었음")
    assert [attended(library, case_id) for case_id in named] == [[], []]
    with library.desk("kim") as desk:
        assert cases.view(desk, library.places["가지점"]).card[1] == ("단체교육", 0)


def test_what_came_from_it_is_corrected_there_and_not_by_itself(library):
    (one,) = members(library, "가람")
    teach(library, [one])
    (row,) = attended(library, one)
    with library.desk("kim") as desk:
        assert records.view(desk, row.id).why_not_amend.startswith("여러 대상에게 한 번에 저장한")
        with pytest.raises(Refused):
            records.amend(desk, row.id, {"교육일": "2024-11-22", "주제": "다른 것"}, "고침")
        with pytest.raises(Refused):
            records.withdraw(desk, row.id, "취소")


def test_the_same_request_twice_is_done_once(library):
    named, key = members(library, "가람", "나리"), new_id()
    first = teach(library, named, key=key)
    assert teach(library, named, key=key) == first
    assert [len(attended(library, case_id)) for case_id in named] == [1, 1]
    with pytest.raises(Stale):
        teach(library, named[:1], key=key)


def test_a_case_named_twice_gets_one(library):
    (one,) = members(library, "가람")
    teach(library, [one, one])
    assert len(attended(library, one)) == 1


def test_an_institutions_own_case_is_there_before_anything_is_done_and_in_no_list(library):
    (one,) = members(library, "가람")
    place = library.places["가지점"]
    with library.desk("kim") as desk:
        seen = cases.view(desk, place)
        assert (seen.of_institution, seen.label, seen.status, seen.stages, seen.identity) == (True, "가지점", "", (), ())
        assert [action.id for action in cases.actions(desk, place) if action.allowed] == ["group_lesson"]
        assert "group_lesson" not in {action.id for action in cases.actions(desk, one)}
        assert desk.connection.execute(select(cases_table.c.id).where(cases_table.c.id == place)).first() is None, "looking stores nothing"
        with pytest.raises(NotFound):
            tasks.start(desk, one, "group_lesson")
        with pytest.raises(NotFound):
            tasks.start(desk, place, "leave")
        with pytest.raises(NotFound):
            cases.view(desk, library.places["나지점"])
    task = None
    with library.desk("kim") as desk:
        task = tasks.start(desk, place, "group_lesson")
    with library.desk("kim") as desk:
        assert [row.id for row in cases.view(desk, place).tasks] == [task]
        assert [row.id for row in lists.cases_by(desk, "members").rows] == [one]
        assert [hit.id for hit in finding.search(desk, "가")] == [one]
        assert len(statistics.figures(desk, "members_by_sex").rows) == 1


def test_it_cannot_name_itself(library):
    with pytest.raises(Invalid) as caught:
        teach(library, [library.places["가지점"]])
    assert [error.message for error in caught.value.errors] == ["이 기관에 없는 회원입니다. 빼고 다시 고르세요."]


def test_many_at_once_neither_wait_in_a_circle_nor_lose_anything(library):
    named = members(library, "가람", "나리", "다솜", "라온")
    wrong: list[BaseException] = []
    go = threading.Barrier(6)

    def work(number):
        login, some = ("kim", "lee", "boss")[number % 3], named if number % 2 else named[::-1]
        try:
            go.wait()
            if number < 4:
                teach(library, some, login)
            else:  # one of the cases for itself, while it is named elsewhere
                library.complete(login, library.open_tasks(named[number - 4], login)["lesson"].id, {"교육일": "2024-11-22", "문항1": 2, "문항2": 4, "문항3": 3})
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [len(attended(library, case_id)) for case_id in named] == [4, 4, 4, 4]
    with library.desk("kim") as desk:
        assert cases.view(desk, library.places["가지점"]).card[1] == ("단체교육", 4)
        assert list(history.broken_links(desk.connection, desk.cipher)) == []
