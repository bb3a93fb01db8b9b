"""Lists whose rows are records: what stands in them, in which order, for whom, and that they follow every change."""

from __future__ import annotations

from datetime import date

import pytest

from engine.casework import approvals, queries, records, tasks, timers
from engine.store.tables import access_record, record_row, record_value
from tests.casework import notes
from tests.casework.library import LESSON, MEMBER, NOW, Library
from tests.casework.notes import NOTE, PRIVATE
from tests.casework.test_moving import HANDS_OVER, MOVES


@pytest.fixture
def noted(database, cipher, files):
    return Library(database, cipher, files, toy=notes.toy())


def write(library, login, case_id, **answers):
    return library.submit(login, case_id, "note", {**NOTE, **answers}).record_id


def titles(library, login="kim", filters=None, view="notes", **more):
    with library.desk(login) as desk:
        page = queries.cases(desk, view, filters, **more)
    return [row.values["title"] for row in page.rows], page.total


@pytest.mark.usefixtures("either_way")
def test_rows_are_records_filtered_sorted_and_counted_over_the_whole(noted):
    one, two, far = noted.member(), noted.member("lee", 회원명="이둘", 주민등록번호="061206-4123456"), noted.member("far", 주민등록번호="061207-4123456")
    write(noted, "kim", one, 제목="가", 적은날="2024-11-01")
    write(noted, "kim", one, 제목="나", 적은날="2024-11-03", 주제=["돈"])
    write(noted, "lee", two, 제목="다", 적은날="2024-11-02")
    write(noted, "far", far, 제목="라", 적은날="2024-11-02")
    assert titles(noted) == (["나", "다", "가"], 3)
    assert titles(noted, sort="title", size=2, page=2) == (["다"], 3)
    assert titles(noted, filters={"on": ["2024-11-02", ""]}, sort="title") == (["나", "다"], 2)
    assert titles(noted, filters={"topic": "돈"}) == (["나"], 1)
    assert titles(noted, filters={"topic": ["돈", "예절"]})[1] == 3
    assert titles(noted, filters={"rrn": "061206-4123456"}) == (["다"], 1)
    assert titles(noted, filters={"rrn": "061206-4123456", "title": "가"}) == ([], 0)
    assert titles(noted, "far") == (["라"], 1)
    with noted.desk("kim") as desk:
        row = queries.cases(desk, "notes", {"title": "다"}).rows[0]
    assert (row.case_id, row.label, row.task_id) == (two, "이둘", "")
    assert row.values == {
        "title": "다", "member": "이둘", "on": date(2024, 11, 2), "topics": "안전, 예절", "keeper": None, "branch": "가지점", "by": "Lee", "state": "적음",
    }  # fmt: skip
    with noted.database.begin() as connection:
        seen = {(each.subject, each.act) for each in connection.execute(access_record.select()) if each.target == "view notes" and each.login == "far"}
    assert seen == {(far, "record.list")}


def test_rows_follow_the_record_and_what_they_read_of_the_case(noted):
    case_id = noted.member()
    record_id = write(noted, "kim", case_id)
    with noted.desk("kim") as desk:
        records.amend(desk, record_id, {**NOTE, "제목": "고친 제목"}, "오타")
    assert titles(noted)[0] == ["고친 제목"]
    with noted.desk("kim") as desk:
        register = next(row.id for row in records.of_case(desk, case_id, "member"))
        records.amend(desk, register, {**MEMBER, "회원명": "새 이름"}, "개명")
    with noted.desk("kim") as desk:
        assert queries.cases(desk, "notes").rows[0].values["member"] == "새 이름"
    with noted.desk("kim") as desk:
        records.withdraw(desk, record_id, "잘못 적음")
    assert titles(noted) == ([], 0)
    with noted.database.begin() as connection:
        assert connection.execute(record_value.select()).first() is None


def test_drafts_stand_in_the_list_that_asks_for_them_and_go_with_saving(noted):
    case_id = noted.member()
    with noted.desk("kim") as desk:
        task_id, _ = tasks.start_draft(desk, case_id, "note", {"제목": "쓰다 만", "보임": "모두", "내용": "비밀"})
    assert titles(noted) == ([], 0)
    assert titles(noted, view="all_notes") == titles(noted, "lee", view="all_notes") == (["쓰다 만"], 1)
    with noted.desk("kim") as desk:
        row = queries.cases(desk, "all_notes").rows[0]
        assert (row.task_id, row.values["state"], row.values["by"]) == (task_id, "쓰는 중", "Kim")
        tasks.save_draft(desk, task_id, {"제목": "더 쓴", "보임": "몇몇"})
    assert titles(noted, view="all_notes") == titles(noted, "boss", view="all_notes") == (["더 쓴"], 1)
    assert titles(noted, "lee", view="all_notes") == ([], 0)
    noted.complete("kim", task_id, NOTE)
    assert titles(noted, view="all_notes") == titles(noted) == (["첫 대화"], 1)
    with noted.database.begin() as connection:
        assert [row.draft_id for row in connection.execute(record_row.select())] == [None]


def test_who_sees_a_record_is_cut_in_the_list_and_follows_the_owner_at_once(noted):
    case_id = noted.member()
    noted.complete("kim", noted.open_tasks(case_id)["lesson"].id, LESSON)  # and is kim's now
    noted.submit("lee", case_id, "note", PRIVATE)
    noted.hire("choi", "가지점", "keeper")
    write(noted, "kim", case_id)
    seen = {login: titles(noted, login, sort="title") for login in ("kim", "lee", "boss", "choi", "far")}
    both = (["속 이야기", "첫 대화"], 2)
    assert seen == {"kim": both, "lee": both, "boss": both, "choi": (["첫 대화"], 1), "far": ([], 0)}
    assert titles(noted, "choi", filters={"title": "속"}) == ([], 0)
    noted.submit("kim", case_id, "keeper_change", {"새담당": "choi"})
    decide(noted)
    assert titles(noted, "choi")[1] == 2
    assert titles(noted, "kim")[1] == 1


def test_another_edition_makes_the_rows_anew_and_shows_nothing_by_an_old_rule(noted):
    case_id = noted.member()
    noted.submit("kim", case_id, "note", NOTE)
    noted.hire("choi", "가지점", "keeper")
    assert titles(noted, "choi")[1] == 1
    noted.publish(notes.toy(visible="person.login == author", title="메모들"), NOW.date())
    assert titles(noted, "choi")[1] == titles(noted, "kim")[1] == 0  # nothing is known of the new rule yet
    assert timers.refresh(noted.database, noted.editions, noted.cipher, NOW) == 1
    assert titles(noted, "kim")[1] == 1
    assert titles(noted, "choi") == titles(noted, "boss") == ([], 0)


def test_records_go_with_their_case_to_another_branch(database, cipher, files):
    toy, path = notes.toy(), "workflows/keeper_change.bpmn"
    drawn = toy[path].decode().replace(f'name="owner" value="{HANDS_OVER}"', f'name="institution" value="{MOVES}"')
    noted = Library(database, cipher, files, toy={**toy, path: drawn.encode()})
    case_id = noted.member()
    write(noted, "kim", case_id)
    noted.submit("kim", case_id, "keeper_change", {"새담당": noted.places["나지점"]})
    decide(noted)
    assert titles(noted) == ([], 0)
    assert titles(noted, "far", sort="-branch", filters={"title": "첫"}) == (["첫 대화"], 1)
    with noted.desk("far") as desk:
        assert queries.cases(desk, "notes").rows[0].values["branch"] == "나지점"


def decide(library):
    with library.desk("boss") as desk:
        approvals.decide(desk, queries.approvals(desk)[0].task_id, "approve")
