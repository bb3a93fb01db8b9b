"""People and their roles, the closing date, and the first page of who has no cases: as they see them, without JavaScript."""

from __future__ import annotations

import json
import re

import pytest

from engine.spec.folder import read_folder
from tests.casework.library import TOY
from tests.web.browsing import Forms
from tests.web.town import Town


@pytest.fixture
def admin(small_town):
    return small_town.browser("admin")


def send(browser, path, **fields):
    return browser.post(path, data={"_csrf": browser.csrf, **fields})


def at(town, login):
    return f"/people/{town.people[login].person_id}"


# -- the list -----------------------------------------------------------------------------------------------------------------


def test_the_list_holds_ones_own_institution_with_roles_and_standing(admin):
    page = admin.get("/people").text
    assert "Kim" in page
    assert "담당자" in page
    assert "Far<" not in page
    assert "역할 없음" in page  # nobody holds none
    assert 'href="/people" aria-current="page"' in page  # in the menu
    assert re.search(r'기관ID <span class="num">\d{4}<', page)
    assert re.search(r'data-label="권한수">1<', page)


def test_a_role_says_its_sort_and_whether_it_opens_personal_data(sqlite_database, cipher, files):
    toy = read_folder(TOY)
    world = json.loads(toy["workflows/roles.json"])
    for role in world["roles"]:
        role["sort"] = "첫째 종류"
    world["codes"] = dict.fromkeys({kind for role in world["roles"] for kind in role.get("kinds", [])}, "K-07")
    town = Town(sqlite_database, cipher, files, toy={**toy, "workflows/roles.json": json.dumps(world, ensure_ascii=False).encode()})
    page = town.browser("admin").get(at(town, "kim")).text
    assert re.search(r'data-label="권한종류">첫째 종류</td><td data-label="개인정보보호여부">Y<', page)


def test_the_list_is_filtered_by_its_address(admin):
    assert "Boss" not in admin.get("/people?q=ki").text
    assert "Boss" not in admin.get("/people?show=none").text
    assert "해당하는 사람이 없습니다" in admin.get("/people?show=off").text
    assert "Kim" in admin.get("/people?show=nonsense&page=x").text


def test_who_reaches_all_sees_every_institution_and_filters_by_one(sqlite_database, cipher, files):
    toy = read_folder(TOY)
    world = json.loads(toy["workflows/roles.json"])
    world["roles"].append({"id": "central", "title": "본부 관리자", "lanes": [], "may": ["person.manage", "access.read"], "scope": "all"})
    town = Town(sqlite_database, cipher, files, toy={**toy, "workflows/roles.json": json.dumps(world, ensure_ascii=False).encode()})
    town.hire("central", "가지점", "central")
    browser = town.browser("central")
    page = browser.get("/people").text
    assert "Far<" in page
    assert "Kim" in page
    assert "Kim" not in browser.get(f"/people?place={town.places['나지점']}").text
    wrong = send(browser, "/people/new", name="", login="X", place="")
    assert wrong.status_code == 422
    assert all(sentence in wrong.text for sentence in ("이름을 적으세요.", "기관을 고르세요.", "영문 소문자와 숫자"))
    made = send(browser, "/people/new", name="새 사람", login="new.one", place=town.places["나지점"])
    assert made.status_code == 200
    assert "나지점" in made.text


# -- adding -------------------------------------------------------------------------------------------------------------------


def test_a_new_person_signs_in_with_the_password_shown_once(small_town, admin):
    answer = send(admin, "/people/new", name="홍길동", login="hong", phone="02-1", email="")
    secret = re.search(r'<code class="secret">([^<]+)</code>', answer.text)[1]
    assert secret not in str(answer.headers)
    person = re.search(r'href="(/people/\w{26})#give"', answer.text)[1]
    assert secret not in admin.get(person).text
    assert "한 번 쓰는 비밀번호가 나가 있습니다" in admin.get(person).text
    door = small_town.browser()
    token = Forms(door.get("/signin").text).fields["_csrf"][0]
    entered = door.post("/signin", data={"_csrf": token, "login": "hong", "password": secret})
    assert entered.headers["location"] == "/password"


def test_everything_wrong_is_said_at_once_and_nothing_typed_is_lost(small_town, admin):
    before = small_town.rows()
    answer = send(admin, "/people/new", name="", login="kim", phone="0" * 41, email="a@b.kr")
    assert answer.status_code == 422
    assert "고칠 곳이 3개 있습니다" in answer.text
    for kept in ('value="kim"', 'value="a@b.kr"', "이미 쓰는 아이디입니다.", 'href="#f-login"'):
        assert kept in answer.text
    assert small_town.rows() == before


def test_an_institution_posted_by_who_manages_one_is_passed_over(small_town, admin):
    send(admin, "/people/new", name="새 사람", login="sly", place=small_town.places["나지점"])
    assert "sly" in admin.get("/people").text


# -- roles --------------------------------------------------------------------------------------------------------------------


def test_a_role_is_given_for_a_period_with_a_reason(small_town, admin):
    """Holds R07 (docs/rules.md)."""
    path = at(small_town, "nobody")
    answer = send(admin, f"{path}/grant", role="keeper", from_day="2024-12-01", until_day="2025-03-01", reason="휴직 대신")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = admin.get(path).text
    assert "2024-12-01 ~ 2025-03-01" in page
    assert "2024-12-01부터" in page
    assert page.count("휴직 대신") == 1


def test_a_second_role_of_an_exclusive_group_is_refused_beside_the_field(small_town, admin):
    before = small_town.rows()
    answer = send(admin, f"{at(small_town, 'kim')}/grant", role="head", from_day="", until_day="", reason="승진")
    assert answer.status_code == 422
    field = re.search(r'<label class="label" for="f-role">.*?<select', answer.text, re.DOTALL)[0]
    assert "역할과 함께 맡을 수 없으니 먼저 거두세요." in field
    assert 'value="head" selected' in answer.text
    assert 'value="승진"' in answer.text
    assert small_town.rows() == before


@pytest.mark.parametrize(
    ("told", "field", "sentence"),
    [
        ({"role": ""}, "role", "줄 역할을 고르세요."), ({"role": "nonsense"}, "role", "시행 중인 판에 없습니다"), ({"reason": " "}, "reason", "까닭을 적으세요."),
        ({"from_day": "내일"}, "from_day", "2024-03-01처럼"), ({"until_day": "2020-01-01"}, "until_day", "앞섭니다"),
    ],
)
def test_each_mistake_stands_beside_its_field(small_town, admin, told, field, sentence):
    given = {"role": "author", "from_day": "", "until_day": "", "reason": "까닭"}
    answer = send(admin, f"{at(small_town, 'kim')}/grant", **{**given, **told})
    assert answer.status_code == 422
    assert sentence in re.search(rf'id="f-{field}-e">.*?</p>', answer.text, re.DOTALL)[0]


def test_a_role_is_taken_with_a_reason(small_town, admin):
    path = at(small_town, "kim")
    assert "역할 거두기" in admin.get(f"{path}/revoke?role=keeper").text
    assert send(admin, f"{path}/revoke", role="keeper", reason="").status_code == 422
    assert send(admin, f"{path}/revoke", role="keeper", reason="옮김").headers["location"] == path
    page = admin.get(path).text
    assert "맡은 역할이 없습니다" in page
    assert "옮김" in page
    assert admin.get(f"{path}/revoke?role=nonsense").status_code == 404
    assert small_town.browser("kim").get("/cases").status_code == 403


def test_ones_own_page_says_why_nothing_can_be_changed(small_town, admin):
    page = admin.get(at(small_town, "admin")).text
    assert "자기 자신의 권한은 바꿀 수 없습니다" in page
    assert "/grant" not in page
    for deed in ("grant", "revoke", "disable"):
        assert send(admin, f"{at(small_town, 'admin')}/{deed}", role="keeper", reason="나").status_code == 403


# -- password and use -----------------------------------------------------------------------------------------------------------


def test_a_new_password_ends_every_session_of_the_person(small_town, admin):
    kim = small_town.browser("kim")
    assert kim.get("/").status_code == 200
    assert 'class="secret"' in send(admin, f"{at(small_town, 'kim')}/password").text
    assert kim.get("/").status_code == 303


def test_somebody_is_stopped_with_a_reason_and_let_work_again(small_town, admin):
    path = at(small_town, "kim")
    assert send(admin, f"{path}/disable", reason=" ").status_code == 422
    assert send(admin, f"{path}/disable", reason="퇴직").status_code == 303
    page = admin.get(path).text
    assert "사용 중지" in page
    assert "/grant" not in page
    assert "끝남" not in page
    assert send(admin, f"{path}/password").status_code == 409
    assert 'class="secret"' in send(admin, f"{path}/enable").text
    assert "역할 없음" in admin.get(path).text


# -- the first page and the closing date ---------------------------------------------------------------------------------------------


def test_who_has_no_cases_finds_the_pages_of_the_job_first(small_town, admin):
    page = admin.get("/").text
    for path in ("/people", "/access", "/closing"):
        assert f'href="{path}"' in page
    assert 'action="/search"' not in page
    assert "역할이 없는 사람" in page
    assert 'href="/editions"' in small_town.browser("author").get("/").text
    assert "아직 맡은 역할이 없습니다" in small_town.browser("nobody").get("/").text
    assert 'action="/search"' in small_town.browser("kim").get("/").text


def test_the_closing_date_is_set_shown_and_taken_away(small_town, admin):
    assert "마감한 날이 없습니다" in admin.get("/closing").text
    for typed, sentence in (("", "날짜를 적으세요."), ("2030-01-01", "오늘보다 뒤일 수 없습니다."), ("어제", "2024-03-01처럼")):
        answer = send(admin, "/closing", day=typed, intent="set")
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{typed}"' in answer.text
    assert send(admin, "/closing", day="2024-01-01", intent="set").status_code == 303
    assert "마감일자 <b>2024-01-01</b>" in small_town.browser("kim").get("/").text
    assert "Admin 정함" in admin.get("/closing").text
    assert send(admin, "/closing", intent="clear").status_code == 303
    assert "마감일자 <b>" not in small_town.browser("kim").get("/").text
