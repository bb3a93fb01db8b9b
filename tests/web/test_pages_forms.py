"""Form pages as a person without JavaScript walks them: nothing typed is lost, whatever happens."""

from __future__ import annotations

import json

import pytest

from engine.spec.folder import read_folder
from tests.casework.library import TOY
from tests.web.browsing import Forms, fields
from tests.web.town import Town

HX = {"HX-Request": "true"}


@pytest.fixture
def kim(small_town):
    return small_town.browser("kim")


@pytest.fixture
def case(small_town):
    return small_town.member()


def lesson(town, case):
    return f"/tasks/{town.open_tasks(case)['lesson'].id}"


ANSWERED = {"/문항1": "2", "/문항2": "4", "/문항3": "3"}


def test_a_task_is_shown_prefilled_and_saved(small_town, kim, case):
    page = kim.get(lesson(small_town, case))
    assert page.status_code == 200
    saved = kim.post(lesson(small_town, case), data=fields(page.text, intent="save", **ANSWERED))
    assert saved.status_code == 303
    assert saved.headers["location"].startswith("/tasks/")
    assert "loan" in small_town.open_tasks(case)


def test_beside_a_task_stands_what_the_manual_says_of_doing_it(sqlite_database, cipher, files):
    toy = read_folder(TOY)
    form = json.loads(toy["forms/lesson.json"])
    form["x-screen"] |= {"procedure": ["먼저 묻습니다.", "그다음 저장합니다."], "notes": ["해마다 합니다."], "documents": ["안전교육 교재 3쪽"]}
    town = Town(sqlite_database, cipher, files, toy={**toy, "forms/lesson.json": json.dumps(form, ensure_ascii=False).encode()})
    page = town.browser("kim").get(lesson(town, town.member())).text
    assert "<ol><li>먼저 묻습니다.</li><li>그다음 저장합니다.</li></ol>" in page
    assert "안전교육 교재 3쪽" in page


def test_a_refused_save_shows_every_error_beside_its_field_and_keeps_what_was_typed(small_town, kim, case):
    address = lesson(small_town, case)
    page = kim.get(address)
    answer = kim.post(address, data=fields(page.text, intent="save", **{"/교육일": "어제", "/문항1": "2"}))
    assert answer.status_code == 422
    assert 'id="summary"' in answer.text
    assert 'href="#f-문항2"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    posted = fields(answer.text)
    assert (posted["/교육일"], posted["/문항1"], posted["_tried"]) == (["어제"], ["2"], ["1"])
    assert kim.post(address, data={**posted, **ANSWERED, "/교육일": "2024.11.22", "intent": "save"}).status_code == 303


def test_a_change_draws_the_form_alone_and_stores_nothing(small_town, kim, case):
    address = lesson(small_town, case)
    page = kim.get(address)
    before = small_town.rows()
    answer = kim.post(address, data=fields(page.text, intent="preview", **ANSWERED), headers=HX)
    assert answer.text.startswith("<form") or answer.text.lstrip().startswith("<form")
    assert "<html" not in answer.text
    assert fields(answer.text)["/문항2"] == ["4"]
    assert small_town.rows() == before


def test_a_form_without_javascript_previews_the_whole_page(small_town, kim, case):
    address = lesson(small_town, case)
    answer = kim.post(address, data=fields(kim.get(address).text, intent="preview", **ANSWERED))
    assert (answer.status_code, "<html" in answer.text) == (200, True)


def test_a_draft_is_kept_and_shown_again(small_town, kim, case):
    address = lesson(small_town, case)
    kept = kim.post(address, data=fields(kim.get(address).text, intent="draft", **{"/문항1": "4"}))
    assert (kept.status_code, kept.headers["location"]) == (303, address)
    page = kim.get(address)
    assert fields(page.text)["/문항1"] == ["4"]
    assert fields(page.text)["_draft_version"] == ["1"]
    assert "임시저장" in page.text


def test_a_draft_saves_itself_for_scripts_and_an_older_one_is_refused(small_town, kim, case):
    address = lesson(small_town, case)
    given = fields(kim.get(address).text, **{"/문항1": "4"})
    kept = kim.post(f"{address}/draft", data=given, headers={"accept": "application/json"})
    assert kept.json()["version"] == 1
    assert kept.json()["action"] == address
    assert kim.post(f"{address}/draft", data=given, headers={"accept": "application/json"}).status_code == 409


def test_a_task_done_meanwhile_is_told_with_everything_typed_still_there(small_town, kim, case):
    address = lesson(small_town, case)
    page = kim.get(address)
    small_town.complete("lee", address.rsplit("/", 1)[1], {"교육일": "2024-11-22", "문항1": 1, "문항2": 1, "문항3": 1})
    late = kim.post(address, data=fields(page.text, intent="save", **ANSWERED))
    assert late.status_code == 409
    assert "이미 저장한 일입니다" in late.text
    assert f'href="/cases/{case}" target="_blank"' in late.text
    assert fields(late.text)["/문항2"] == ["4"]
    assert kim.get(address).status_code == 409


def test_the_same_form_sent_twice_saves_once(small_town, kim, case):
    address = lesson(small_town, case)
    given = fields(kim.get(address).text, intent="save", **ANSWERED)
    first, again = kim.post(address, data=given), kim.post(address, data=given)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]


def test_looking_at_a_work_begins_nothing_and_saving_begins_and_ends_it(small_town, kim, case):
    address = f"/cases/{case}/start/leave"
    before = small_town.rows()
    page = kim.get(address)
    assert page.status_code == 200
    assert small_town.rows() == before
    saved = kim.post(address, data=fields(page.text, intent="save", **{"/탈퇴일": "2024-11-22", "/사유": "제명"}))
    assert saved.status_code == 303
    assert saved.headers["location"] == f"/cases/{case}"


def test_a_draft_of_a_work_begins_it(small_town, kim, case):
    address = f"/cases/{case}/start/leave"
    given = fields(kim.get(address).text, intent="draft", **{"/사유": "제명"})
    begun = kim.post(address, data=given, headers={"accept": "application/json"}).json()
    assert begun["action"].startswith("/tasks/")
    assert fields(kim.get(begun["action"]).text)["/사유"] == ["제명"]


def test_a_work_that_a_draft_began_is_saved_by_the_page_that_began_it(small_town, kim, case):
    """The page keeps its key when its first draft begins the work: saving was once taken for a second use of that key, and refused."""
    address, script = f"/cases/{case}/start/leave", {"accept": "application/json"}
    given = fields(kim.get(address).text, **{"/탈퇴일": "2024-11-22", "/사유": "제명"})
    begun = kim.post(address, data={**given, "intent": "draft"}, headers=script).json()
    saved = kim.post(begun["action"], data={**given, "intent": "save", "_draft_version": str(begun["version"])})
    assert (saved.status_code, saved.headers.get("location")) == (303, f"/cases/{case}")


def test_a_save_while_the_first_draft_is_under_way_ends_the_work_that_it_began(small_town, kim, case):
    address, script = f"/cases/{case}/start/leave", {"accept": "application/json"}
    given = fields(kim.get(address).text, **{"/탈퇴일": "2024-11-22", "/사유": "제명"})
    kim.post(address, data={**given, "intent": "draft"}, headers=script)
    assert kim.post(address, data={**given, "intent": "save"}).status_code == 303
    before = small_town.rows()
    late = kim.post(address, data={**given, "intent": "draft"}, headers=script)
    assert late.status_code == 409
    assert "이미 저장되었습니다" in late.json()["title"]
    assert small_town.rows() == before


def test_a_draft_that_comes_after_the_registration_is_refused(small_town, kim):
    given = fields(kim.get("/cases/new/member").text, **{"/회원명": "김셋", "/생년월일": "2006-12-05", "/성별": "여", "/주민등록번호": "061205-4999999", "/가입일": "2024-11-22"})
    assert kim.post("/cases/new/member", data={**given, "intent": "save"}).status_code == 303
    before = small_town.rows()
    assert kim.post("/cases/new/member", data={**given, "intent": "draft"}, headers={"accept": "application/json"}).status_code == 409
    assert small_town.rows() == before


def test_rows_are_added_and_removed_by_buttons(small_town, kim, case):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, {"교육일": "2024-11-22", "문항1": 1, "문항2": 1, "문항3": 1})
    address = f"/tasks/{small_town.open_tasks(case)['loan'].id}"
    page = kim.get(address)
    more = kim.post(address, data=fields(page.text, intent="preview", **{"/보증금": "1,000"}))
    assert "/품목/0/품명" in Forms(more.text).fields  # a table that must not be empty offers its first row
    given = fields(more.text, **{"/품목/0/품명": "톱"})
    again = kim.post(address, data={**given, "intent": "add:/품목"})
    moved = kim.post(address, data={**fields(again.text), "intent": "down:/품목/0"})
    assert fields(moved.text)["/품목/1/품명"] == ["톱"]
    gone = kim.post(address, data={**fields(moved.text), "intent": "remove:/품목/1"})
    assert "/품목/1/품명" not in Forms(gone.text).fields


def test_a_branch_appears_after_a_round_trip_and_says_why(small_town, kim, case):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, {"교육일": "2024-11-22", "문항1": 1, "문항2": 1, "문항3": 1})
    address = f"/tasks/{small_town.open_tasks(case)['loan'].id}"
    answer = kim.post(address, data=fields(kim.get(address).text, intent="preview", **{"/분야": "목공"}))
    assert "/목공/나무" in Forms(answer.text).fields
    assert "분야에서 ‘목공’을 골라 나타났습니다" in answer.text


def test_a_case_is_registered_with_a_draft_before(small_town, kim):
    page = kim.get("/cases/new/member")
    kept = kim.post("/cases/new/member", data=fields(page.text, intent="draft", **{"/회원명": "김둘"}))
    assert kept.status_code == 303
    address = kept.headers["location"]
    page = kim.get(address)
    assert fields(page.text)["/회원명"] == ["김둘"]
    given = fields(page.text, intent="save", **{"/생년월일": "2006-12-05", "/성별": "여", "/주민등록번호": "061205-4123456", "/가입일": "2024-11-22"})
    saved = kim.post(address, data=given)
    assert saved.status_code == 303
    assert "김둘" in kim.get(saved.headers["location"]).text


def test_a_second_case_of_the_same_person_has_to_be_confirmed(small_town, kim, case):
    page = kim.get("/cases/new/member")
    answers = {"/회원명": "김하나", "/생년월일": "2006-12-05", "/성별": "여", "/주민등록번호": "061205-4123456", "/가입일": "2024-11-22"}
    asked = kim.post("/cases/new/member", data=fields(page.text, intent="save", **answers))
    assert asked.status_code == 422
    assert ("intent", "confirm") in Forms(asked.text).buttons
    assert "이미 등록되어" in asked.text
    assert kim.post("/cases/new/member", data=fields(asked.text, intent="confirm")).status_code == 303


def test_who_may_not_do_a_task_reads_why(small_town, case):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, {"교육일": "2024-11-22", "문항1": 1, "문항2": 1, "문항3": 1})
    loan = small_town.open_tasks(case)["loan"].id
    page = small_town.browser("lee").get(f"/tasks/{loan}")
    assert page.status_code == 200
    assert "지금은 적을 수 없습니다" in page.text
    assert 'name="intent"' not in page.text


def test_another_branch_sees_nothing_of_it(small_town, case):
    far = small_town.browser("far")
    for address in (lesson(small_town, case), f"/cases/{case}", f"/cases/{case}/start/leave"):
        assert far.get(address).status_code == 404


def test_a_form_nobody_signed_for_is_refused(small_town, kim, case):
    given = fields(kim.get(lesson(small_town, case)).text, intent="save", **ANSWERED)
    assert kim.post(lesson(small_town, case), data={**given, "_csrf": "other"}).status_code == 403


def test_a_request_is_taken_back_by_whoever_asked_until_it_is_decided(small_town, kim, case):
    """The one who asked finds what waits on the page of the case, reads whose decision it is, and may take it back; a colleague may not."""
    small_town.submit("kim", case, "keeper_change", {"새담당": "lee"})
    address = f"/tasks/{small_town.open_tasks(case)['keeper_approval'].id}"
    page = kim.get(f"/cases/{case}").text
    assert f'href="{address}"' in page
    assert "지점장의 일입니다." in page
    assert f"{address}/withdraw" not in small_town.browser("lee").get(address).text
    shown = kim.get(address)
    assert "지금은 적을 수 없습니다" in shown.text
    assert kim.post(f"{address}/withdraw", data=fields(shown.text, reason="생각이 바뀜")).status_code == 303
    assert "keeper_approval" not in small_town.open_tasks(case)


def test_a_record_tells_people_by_their_names(small_town, kim, case):
    asked = small_town.submit("kim", case, "keeper_change", {"새담당": "lee"}).record_id
    for address in (f"/records/{asked}", f"/records/{asked}/print"):
        page = kim.get(address).text
        assert "Lee" in page
        assert ">lee<" not in page.replace("\n", "")
