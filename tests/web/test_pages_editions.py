"""Editions as policy staff see them: a zip is checked and looked at as a draft, proposed with what becomes of open cases, approved by another, taken back."""

from __future__ import annotations

import json
from datetime import date

import pytest

from engine.spec.folder import read_folder
from tests.casework.library import LESSON, LOAN, TOY
from tests.casework.test_moves import RENAMED, edited
from tests.web.browsing import Forms
from tests.web.test_api_bundles import zipped


@pytest.fixture
def author(small_town):
    return small_town.browser("author")


@pytest.fixture
def approver(small_town):
    return small_town.browser("approver")


def next_year():
    files = read_folder(TOY)
    spec = json.loads(files["forms/edition.json"])
    return {**files, "forms/edition.json": json.dumps({**spec, "title": "내년 판", "from": "2025-01-01"}, ensure_ascii=False).encode()}


def check(browser, files, name="edition.zip"):
    """Upload a zip; give the answer: a way to the draft's page, or what is wrong."""
    return browser.post("/editions", data={"_csrf": browser.csrf}, files={"file": (name, zipped(files))})


def publish(browser, checked, intent="propose", **changed):
    """Send the form of a draft's page as it stands, with some fields changed."""
    at = checked.headers["location"]
    given = {name: values[0] for name, values in Forms(browser.get(at).text).fields.items()}
    return browser.post(f"{at}/proposal", data={"choice": "stay", **given, **changed, "intent": intent})


def send(browser, path, **fields):
    return browser.post(path, data={"_csrf": browser.csrf, **fields})


@pytest.fixture
def waiting(author):
    """The address of an edition that waits for its approval."""
    answer = publish(author, check(author, next_year()))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_the_list_tells_state_days_and_people(small_town, author):
    page = author.get("/editions").text
    assert "시행 중" in page
    assert small_town.digest[:12] in page
    assert "2020-01-01" in page
    assert "Approver" in page
    assert "검사하고 살펴보기" in page
    assert "검사하고 살펴보기" not in small_town.browser("approver").get("/editions").text


def test_a_sound_zip_is_proposed_for_the_day_one_says(author, waiting):
    page = author.get(waiting).text
    assert "승인 대기" in page
    assert "2025-01-01" in page
    assert "시작한 판에 그대로 두기" in page
    assert f"{waiting}/approve" not in page


def test_a_draft_is_told_whole_and_thrown_away(small_town, author, approver):
    before, case_id = small_town.rows(), small_town.member()
    at = check(author, next_year()).headers["location"]
    page = author.get(at).text
    assert "초안으로 올렸습니다" in page
    assert 'value="2025-01-01"' in page
    assert 'name="intent" value="propose"' in page
    for part in ("impact", "scenarios", "replay", "difference", "terms"):
        assert f'id="{part}"' in page
    assert "every 3s" in page
    assert "승인을 기다리는 판" in approver.get("/").text
    assert f"{at}/approve" not in approver.get(at).text
    assert send(approver, f"{at}/proposal", intent="discard").status_code == 403
    assert check(author, next_year()).headers["location"] == at  # the same zip again shows what is there
    assert "이미 있어" in author.get(at).text
    assert send(author, f"{at}/proposal", intent="discard").headers["location"] == "/editions"
    assert author.get(at).status_code == 404
    now = small_town.rows()
    assert {name for name in before if before[name] != now[name]} <= {"cases", "case_form", "case_value", "history", "instance", "number_series", "record", "revision", "search_key", "task", "timer"}, case_id


def test_a_broken_zip_lists_every_finding_with_its_place(small_town, author):
    files, before = next_year(), small_town.rows()
    files["forms/loan.json"] = b"{"
    files["workflows/roles.json"] = files["workflows/roles.json"].replace(b'"scope": "none"', b'"scope": "nowhere"')
    answer = check(author, files)
    assert answer.status_code == 422
    assert "forms/loan.json:1" in answer.text
    assert "workflows/roles.json:" in answer.text
    assert "바뀐 것은 없습니다" in answer.text
    assert small_town.rows() == before


@pytest.mark.parametrize(("sent", "sentence"), [(b"", "zip 파일을 고르세요"), (b"PK nonsense", "읽을 수 없습니다")])
def test_what_is_no_zip_is_told_beside_the_field(author, sent, sentence):
    name = "edition.zip" if sent else ""
    answer = author.post("/editions", data={"_csrf": author.csrf}, files={"file": (name, sent)})
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"from": ""}, "날짜를 적으세요."), ({"from": "곧"}, "2024-03-01처럼"), ({"from": "2019-01-01"}, "보다 앞선 날이라 시행되지 않습니다"), ({"choice": ""}, "어떻게 할지 고르세요."),
        ({"choice": "mapped", "map/lifecycle/lesson": "nowhere"}, "단계는 새 판의"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_terms_is_told_beside_it_and_keeps_what_was_typed(small_town, author, changed, sentence):
    small_town.member()
    checked = check(author, edited("새", *RENAMED))
    before = small_town.rows()
    answer = publish(author, checked, **changed)
    assert answer.status_code == 422
    assert sentence in answer.text
    if "from" in changed:
        assert f'value="{changed["from"]}"' in answer.text
    assert small_town.rows() == before


def test_another_person_approves(small_town, author, approver, waiting):
    assert f'action="{waiting}/approve"' in approver.get(waiting).text
    assert "승인을 기다리는 판" in approver.get("/").text
    assert send(approver, f"{waiting}/approve").status_code == 409  # its scenarios are still played
    small_town.played()
    assert send(approver, f"{waiting}/approve").headers["location"] == waiting
    page = approver.get(waiting).text
    assert "2025-01-01부터 시행" in page
    assert "승인했습니다." not in approver.get(waiting).text  # the note is shown once
    assert send(approver, f"{waiting}/approve").status_code == 409


def test_an_edition_whose_scenarios_fail_is_not_approved(small_town, author, approver, waiting):
    small_town.played("대여: 저장되지 않아야 합니다.")
    for browser in (author, approver):
        stops = browser.get(waiting).text.partition("승인을 막는 것")[2].partition("</ul>")[0]
        assert "시나리오가 1곳에서 어긋나 승인할 수 없습니다." in stops
        assert f"{waiting}/approve" not in browser.get(waiting).text
    refused = send(approver, f"{waiting}/approve")
    assert (refused.status_code, "1곳에서 어긋나" in refused.text) == (409, True)
    assert "승인 대기" in author.get(waiting).text


def test_the_author_may_not_approve_even_with_both_roles(small_town):
    small_town.hire("both", "가지점", "author", "approver")
    browser = small_town.browser("both")
    at = publish(browser, check(browser, next_year())).headers["location"]
    assert "올린 사람은 승인할 수 없습니다" in browser.get(at).text
    answer = send(browser, f"{at}/approve")
    assert answer.status_code == 403
    assert "다른 사람이 승인해야 합니다" in answer.text
    assert "승인 대기" in browser.get(at).text


def test_an_edition_is_withdrawn_with_a_reason_but_never_the_last(small_town, approver, waiting):
    assert "되돌릴 수 없습니다" in approver.get(f"{waiting}/withdraw").text
    assert send(approver, f"{waiting}/withdraw", reason="").status_code == 422
    assert send(approver, f"{waiting}/withdraw", reason="잘못 올림").status_code == 303
    assert "철회됨" in approver.get(waiting).text
    last = send(approver, f"/editions/{small_town.digest}/withdraw", reason="모두")
    assert last.status_code == 422
    assert "시행 중인 판이 없습니다" in last.text


def test_a_page_tells_what_an_edition_contains(small_town, author):
    at = f"/editions/{small_town.digest}"
    page = author.get(at).text
    for told in ("서식", "과정", "역할", "코드 목록", "시나리오", small_town.digest, "규칙 작성자"):
        assert told in page
    drawn = author.get(f"{at}?picture=loan").text
    assert f'data-source="{at}/processes/loan"' in drawn
    assert "<" in author.get(f"{at}/processes/loan").json()["xml"]
    assert author.get(f"{at}/processes/nothing").status_code == 404
    assert author.get(f"{at}?picture=nothing").status_code == 200
    assert author.get(f"/editions/{'0' * 64}").status_code == 404


def test_a_record_beside_the_screen_of_today(small_town):
    from tests.casework.test_beside import next_year as with_other_names

    town = small_town

    town.now = town.now.replace(hour=15)
    case_id = town.member()
    town.complete("kim", town.open_tasks(case_id)["lesson"].id, LESSON)
    town.submit("kim", case_id, "loan", {**LOAN, "목공": {"나무": "참나무", "두께": 3}})
    kim = town.browser("kim")
    rows = town.api("kim").get(f"/api/cases/{case_id}/records?form=loan").json()["rows"]
    page = f"/records/{rows[0]['id']}"
    assert f"{page}/today" not in kim.get(page).text
    assert "달라진 것이 없습니다" in kim.get(f"{page}/today").text
    town.publish(with_other_names(), date(2024, 11, 22))
    assert f"{page}/today" in kim.get(page).text
    told = kim.get(f"{page}/today")
    assert told.status_code == 200
    for sentence in ("지금은 고를 수 없는 선택지입니다", "지금 화면에 없습니다", "지금 저장한다면 고칠 곳", "그때", "지금"):
        assert sentence in told.text
    assert town.browser("far").get(f"{page}/today").status_code == 404
