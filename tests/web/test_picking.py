"""An answer that names many cases, from the outside: choosing without JavaScript, saving, one refused, the institution's page, the API."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from engine.store.tables import access_record, cases
from tests.casework.library import LEAVE
from tests.web.town import Town

WHO = "/참가자"


@pytest.fixture
def town(sqlite_database, cipher, files):
    made = Town(sqlite_database, cipher, files)
    made.named = {name: made.member(회원명=name) for name in ("가람", "나리", "다솜", "가온")}
    return made


def begin(town, kim):
    place = f"/cases/{town.places['가지점']}/start/group_lesson"
    page = kim.get(place)
    assert page.status_code == 200
    marks = dict(re.findall(r'<input type="hidden" name="(_[a-z_]+)" value="([^"]*)"', page.text))
    return place, marks


def post(kim, place, marks, intent, **more):
    given = {**marks, "intent": intent, "/교육일": "2024-11-23", "/주제": "톱질", **more}
    return kim.post(place, data=given)


def chosen(page):
    return re.findall(r'<li id="f-참가자-\d+" tabindex="-1"[^>]*><b>([^<]+)</b>', page.text)


def test_the_page_of_the_institution_tells_what_can_be_begun(town):
    kim = town.browser("kim")
    page = kim.get("/institution").text
    assert "<h1>가지점" in page
    assert f'/cases/{town.places["가지점"]}/start/group_lesson' in page
    assert "단체교육" in page
    assert "대여" not in page, "work on a member is not begun here"
    assert "tab=basic" not in page
    assert "tab=process" not in page
    assert f'/cases/{town.places["가지점"]}' not in kim.get("/cases?view=members").text
    assert town.browser("admin").get("/institution").status_code == 403


def test_cases_are_searched_chosen_dropped_and_saved_without_a_script(town):
    kim, named = town.browser("kim"), town.named
    place, marks = begin(town, kim)
    page = post(kim, place, marks, "find:/참가자", **{"_find:/참가자": "가"})
    assert re.findall(r'class="hit"><input[^>]*value="([^"]+)"', page.text) == [named["가람"], named["가온"]]
    page = post(kim, place, marks, "find:/참가자", **{"_find:/참가자": "ㄴㄹ", WHO: [named["가람"], named["가온"]]})
    assert chosen(page) == ["가람", "가온"]
    assert "나리" in page.text
    page = post(kim, place, marks, f"drop:/참가자/{named['가온']}", **{WHO: [named["가람"], named["가온"], named["나리"]]})
    assert chosen(page) == ["가람", "나리"]
    saved = post(kim, place, marks, "save", **{WHO: [named["가람"], named["나리"]]})
    assert saved.status_code == 303
    record = re.search(r'href="(/records/[^"]+)"', kim.get("/institution").text)[1]
    page = kim.get(record).text
    assert "가람, 나리" in page
    assert len(re.findall(r'<a href="/records/[^"]+">(?:가람|나리)</a>', page)) == 2
    own = re.search(r'<a href="(/records/[^"]+)">가람</a>', page)[1]
    page = kim.get(own).text
    assert f'<a href="{record}">원래 기록</a>' in page
    assert "/amend" not in page


def test_one_that_is_refused_is_named_beside_its_name_and_nothing_typed_is_lost(town):
    kim, named = town.browser("kim"), town.named
    town.submit("kim", named["나리"], "leave", LEAVE)
    place, marks = begin(town, kim)
    page = post(kim, place, marks, "save", **{WHO: [named["가람"], named["나리"], named["다솜"]]})
    assert page.status_code == 422
    assert chosen(page) == ["가람", "나리", "다솜"]
    assert re.search(r'id="f-참가자-1" tabindex="-1" class="has-error"><b>나리</b>.*?나리: 탈퇴한 회원입니다\. 더 쓸 수 없습니다\.</p></li>', page.text)
    assert '<a href="#f-참가자-1" data-jump>나리: 탈퇴한 회원입니다.' in page.text
    assert 'value="톱질"' in page.text
    assert "단체교육 참가" not in kim.get(f"/cases/{named['가람']}").text


def test_what_cannot_be_undone_asks_with_the_names(town):
    kim, named = town.browser("kim"), town.named
    place, marks = begin(town, kim)
    page = post(kim, place, marks, "save", **{WHO: [named["가람"], named["다솜"]], "/주제": "수료"})
    assert page.status_code == 422
    assert "가람, 다솜 회원을 수료로 저장합니다." in page.text
    assert post(kim, place, marks, "confirm", **{WHO: [named["가람"], named["다솜"]], "/주제": "수료"}).status_code == 303


def test_the_persons_own_cases_are_chosen_at_once(town):
    kim, named = town.browser("kim"), town.named
    with town.database.begin() as connection:
        for name in ("가람", "다솜"):
            connection.execute(update(cases).where(cases.c.id == named[name]).values(owner_id=town.people["kim"].person_id))
    place, marks = begin(town, kim)
    page = post(kim, place, marks, "own:/참가자", **{WHO: [named["나리"]]})
    assert chosen(page) == ["나리", "가람", "다솜"]


def test_a_draft_keeps_who_was_chosen_and_whoever_is_named_is_noted(town):
    kim, named = town.browser("kim"), town.named
    place, marks = begin(town, kim)
    kept = post(kim, place, marks, "draft", **{WHO: [named["가람"], named["다솜"]]})
    assert kept.status_code == 303
    page = kim.get(kept.headers["location"])
    assert chosen(page) == ["가람", "다솜"]
    with town.database.begin() as connection:
        seen = {(row.subject, row.act) for row in connection.execute(access_record.select())}
    assert {(named["가람"], "case.named"), (named["다솜"], "case.named")} <= seen


def test_cases_of_another_institution_are_neither_found_nor_named(town):
    far = town.member("far", 회원명="가려진이")
    kim = town.browser("kim")
    place, marks = begin(town, kim)
    page = post(kim, place, marks, "find:/참가자", **{"_find:/참가자": "가려", WHO: [far]})
    assert "가려진이" not in page.text
    assert chosen(page) == ["(이 기관에 없음)"]
    assert "이 기관에 없는 회원입니다" in post(kim, place, marks, "save", **{WHO: [far]}).text


def test_the_api_takes_ids(town):
    kim, named, place = town.api("kim"), town.named, town.places["가지점"]
    case = kim.get(f"/api/cases/{place}").json()
    assert [action["id"] for action in case["actions"]] == ["group_lesson"]
    task = kim.post(f"/api/cases/{place}/actions/group_lesson").json()["task"]
    data = {"교육일": "2024-11-23", "주제": "톱질", "참가자": [named["가람"], "0" * 26]}
    wrong = kim.post(f"/api/tasks/{task}/complete", json={"data": data}, headers={"idempotency-key": "one"})
    assert (wrong.status_code, [error["path"] for error in wrong.json()["errors"]]) == (422, ["/참가자/1"])
    wrong = kim.post(f"/api/tasks/{task}/complete", json={"data": {**data, "참가자": ["no id"]}}, headers={"idempotency-key": "two"})
    assert (wrong.status_code, wrong.json()["errors"][0]["message"]) == (422, "참가자를 다시 찾아 고르세요.")
    done = kim.post(f"/api/tasks/{task}/complete", json={"data": {**data, "참가자": [named["가람"]]}}, headers={"idempotency-key": "three"})
    assert done.status_code == 200
    rows = kim.get(f"/api/cases/{named['가람']}/records?form=attendance").json()["rows"]
    assert len(rows) == 1
    assert kim.put(f"/api/records/{rows[0]['id']}", json={"data": {}, "reason": "고침"}).status_code == 409
