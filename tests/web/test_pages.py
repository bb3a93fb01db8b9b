"""What waits, lists, one case, records, approvals, files, finding, errors: as a person without JavaScript sees them.

Holds K31, S16, S18 (SECURITY.md).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.browsing import fields

WEB = Path(__file__).parents[2] / "web"
LESSON = {"교육일": "2024-11-22", "문항1": 2, "문항2": 4, "문항3": 3}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def kim(small_town):
    return small_town.browser("kim")


@pytest.fixture
def case(small_town):
    return small_town.member()


def record_of(kim, case):
    return re.search(r"/records/(\w{26})", kim.get(f"/cases/{case}").text)[1]


def test_every_asset_a_template_names_is_there():
    named = {name for path in WEB.glob("templates/**/*.html") for name in re.findall(r"asset\('([^']+)'\)", path.read_text(encoding="utf-8"))}
    assert len(named) > 5
    assert [name for name in sorted(named) if not name.startswith("vendor/") and not (WEB / "static" / name).is_file()] == []


# -- what waits ---------------------------------------------------------------------------------------------------------------


def test_what_waits_is_grouped_by_due_date_with_its_reason(small_town, kim, case):
    page = kim.get("/").text
    assert "처음 빌리기 전에 교육을 받습니다." in page
    assert "D-14" in page
    assert "이후" in page
    assert "지남" not in page
    assert f'href="/tasks/{small_town.open_tasks(case)["lesson"].id}"' in page


def test_nothing_waiting_says_what_comes_next(small_town):
    page = small_town.browser("far").get("/").text
    assert "지금 할 일이 없습니다" in page
    assert "회원 목록" not in page or "/cases?view=members" in page


def test_a_counter_filters(kim, case):
    page = kim.get("/").text
    for ident in re.findall(r"/\?counter=(\w+)", page):
        filtered = kim.get(f"/?counter={ident}")
        assert filtered.status_code == 200
        assert "조건 지우기" in filtered.text


def test_a_counter_over_cases_shows_the_cases(small_town, kim):
    soon = small_town.member(회원명="박둘", 생년월일="2005-12-05", 주민등록번호="051205-4123456")
    assert re.search(r'/\?counter=adult"[^>]*><b>곧 성년</b><strong>1<small>명', kim.get("/").text)
    page = kim.get("/?counter=adult").text
    assert re.findall(r'class="row" href="/cases/(\w{26})"', page) == [soon]
    assert "D-13" in page
    assert "곧 성년 1명" in page


def test_what_became_of_a_request_is_told_until_it_is_seen(small_town, kim, case):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, {**LESSON})
    small_town.submit("kim", case, "keeper_change", {"새담당": "lee", "까닭": "쉽니다"})
    boss = small_town.browser("boss")
    page = boss.get("/approvals").text
    asked = re.search(r'value="approve:(\w{26})"', page)[1]
    boss.post("/approvals", data={**fields(page), "one": f"approve:{asked}", "_csrf": boss.csrf})
    home = kim.get("/").text
    assert "이 승인되었습니다." in home
    assert 'class="bell has-news"' in kim.get(f"/cases/{case}").text
    notice = re.search(r'name="seen" value="(\w{26})"', home)[1]
    assert "이 회원의 담당이 되었습니다." in small_town.browser("lee").get("/notices").text
    small_town.browser("lee").post("/notices", data={"_csrf": small_town.browser("lee").csrf, "seen": notice})
    assert "이 승인되었습니다." in kim.get("/").text
    answer = kim.post("/notices", data={"_csrf": kim.csrf, "seen": notice, "next": "/"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "이 승인되었습니다." not in kim.get("/").text
    assert "이 승인되었습니다." in kim.get("/notices").text
    assert "받은 알림이 없습니다" in small_town.browser("far").get("/notices").text


def test_the_menu_holds_what_the_roles_open(small_town, kim):
    assert "승인 대기" not in kim.get("/").text
    assert "승인 대기" in small_town.browser("boss").get("/").text


# -- lists --------------------------------------------------------------------------------------------------------------------


def test_a_list_is_filtered_sorted_and_counted_by_its_address(small_town, kim):
    for name in ("김하나", "박둘", "이셋"):
        small_town.member(회원명=name)
    page = kim.get("/cases?view=members").text
    assert "총 <b class=\"num\">3</b>" in page
    heads = re.findall(r'href="(/cases\?[^"]*sort=[^"]*)"', page)
    assert heads
    for href in heads:
        assert kim.get(href.replace("&amp;", "&")).status_code == 200


def test_a_list_with_nothing_says_how_to_find_more(kim):
    assert "없습니다" in kim.get("/cases?view=members").text


def test_a_list_nobody_knows_is_not_found_and_bad_words_are_no_error_page(kim, case):
    assert kim.get("/cases?view=nothing").status_code == 404
    assert kim.get("/cases?view=members&sort=%27;--").status_code == 422
    assert kim.get("/cases?view=members&page=x").status_code == 200
    assert kim.get("/cases?view=members&page=99999").status_code == 200


# -- one case -----------------------------------------------------------------------------------------------------------------


def test_a_case_shows_who_where_it_stands_and_what_to_do(kim, case):
    page = kim.get(f"/cases/{case}").text
    assert "061205-4******" in page
    assert "061205-4123456" not in page
    assert "지금 할 일" in page
    assert "안전교육을 먼저 받으세요." in page
    assert "매뉴얼 3쪽" in page


@pytest.mark.parametrize("tab", ["records", "basic", "flow", "process", "files", "nonsense"])
def test_every_tab_of_a_case_opens(small_town, kim, case, tab):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, LESSON)
    assert kim.get(f"/cases/{case}?tab={tab}").status_code == 200


def test_the_time_line_says_what_a_record_holds_and_is_narrowed_to_a_stage(small_town, kim, case):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, LESSON)
    page = kim.get(f"/cases/{case}?tab=flow").text
    chips = re.findall(r'class="chip" href="([^"]+)"[^>]*>([^<]+)<', page)
    assert [title for _, title in chips] == ["전체", "교육", "그 밖"]
    assert 'class="note">점수 75 · Kim · 맡은 사람이 바뀜<' in page
    assert 'class="note">등록 · Kim<' in page
    only = kim.get(chips[1][0].replace("&amp;", "&").split("#")[0]).text
    assert "안전교육</a>" in only
    assert "등록 · Kim<" not in only
    rest = kim.get(chips[2][0].replace("&amp;", "&").split("#")[0]).text
    assert "안전교육</a>" not in rest


def test_the_picture_knows_what_is_done_and_what_waits(small_town, kim, case):
    before = kim.get(f"/cases/{case}/process").json()
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, LESSON)
    after = kim.get(f"/cases/{case}/process").json()
    assert "<" in after["xml"]
    assert set(before["now"]) <= set(after["done"])
    assert after["now"]
    assert not set(after["now"]) & set(after["done"])


def test_looking_changes_nothing(small_town, kim, case):
    before = small_town.rows()
    for address in ("/", "/cases", f"/cases/{case}", f"/cases/{case}?tab=flow", "/search?q=김", "/cases/new/member", f"/cases/{case}/start/leave"):
        assert kim.get(address).status_code == 200
    assert small_town.rows() == before


# -- records ------------------------------------------------------------------------------------------------------------------


def test_a_record_is_read_and_printed(kim, case):
    ident = record_of(kim, case)
    page = kim.get(f"/records/{ident}").text
    assert "김하나" in page
    assert "061205-4123456" not in page
    printed = kim.get(f"/records/{ident}/print").text
    assert "김하나" in printed
    assert 'class="nav"' not in printed


def test_a_correction_needs_a_reason_and_keeps_what_was_before(small_town, kim, case):
    ident = record_of(kim, case)
    given = fields(kim.get(f"/records/{ident}/amend").text, intent="save", **{"/회원명": "김하늘"})
    silent = kim.post(f"/records/{ident}/amend", data=given)
    assert silent.status_code == 422
    assert fields(silent.text)["/회원명"] == ["김하늘"]
    assert kim.post(f"/records/{ident}/amend", data={**given, "_reason": "이름을 바꿨습니다."}).status_code == 303
    assert "김하늘" in kim.get(f"/records/{ident}").text
    old = kim.get(f"/records/{ident}?revision=1").text
    assert "김하나" in old
    assert "고치기 전 내용입니다" in old
    assert fields(kim.get(f"/records/{ident}/amend").text)["/주민등록번호"] == ["061205-4******"]


def test_a_record_is_taken_back_with_a_reason(small_town, kim, case):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, LESSON)
    ident = record_of(kim, case)
    assert kim.get(f"/records/{ident}/withdraw").status_code == 200
    assert kim.post(f"/records/{ident}/withdraw", data={"_csrf": kim.csrf, "reason": ""}).status_code == 422
    assert kim.post(f"/records/{ident}/withdraw", data={"_csrf": kim.csrf, "reason": "잘못 적음"}).status_code == 303
    assert "취소한 기록입니다" in kim.get(f"/records/{ident}").text


@pytest.mark.parametrize("where", ["cases", "records"])
def test_a_masked_answer_is_shown_for_a_reason(kim, case, where):
    ident = case if where == "cases" else record_of(kim, case)
    address = f"/{where}/{ident}/reveal"
    assert "보는 이유" in kim.get(f"{address}?at=/주민등록번호").text
    given = {"_csrf": kim.csrf, "at": "/주민등록번호"}
    assert kim.post(address, data={**given, "reason": " "}).status_code == 422
    assert "061205-4123456" in kim.post(address, data={**given, "reason": "서류 확인"}).text
    assert kim.post(address, data={**given, "at": "/회원명", "reason": "서류 확인"}).status_code == 404


# -- approvals ----------------------------------------------------------------------------------------------------------------


def asked(town, case, new="lee"):
    town.submit("kim", case, "keeper_change", {"새담당": new})
    return next(task.id for form, task in town.open_tasks(case, "boss").items() if form == "keeper_approval")


def test_an_approval_shows_before_and_after_and_is_decided_at_once(small_town, case):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, LESSON)
    ident = asked(small_town, case)
    boss = small_town.browser("boss")
    page = boss.get("/approvals").text
    assert "<del>" in page
    assert "<ins>" in page
    assert "17살 · 여" in page
    elsewhere = boss.get("/cases?view=members").text
    assert re.search(r'href="/approvals">[^<]*<span class="count"><span class="sr">, </span>1<', elsewhere)
    done = boss.post("/approvals", data={"_csrf": boss.csrf, "_key": "k1", "one": f"approve:{ident}"})
    assert done.status_code == 200
    assert "승인됨" in done.text
    again = boss.post("/approvals", data={"_csrf": boss.csrf, "_key": "k2", "decision": "approve", "pick": [ident]})
    assert "처리 못 함" in again.text


def test_returning_needs_a_comment_and_a_selection_is_needed(small_town, case):
    small_town.complete("kim", small_town.open_tasks(case)["lesson"].id, LESSON)
    ident = asked(small_town, case)
    boss = small_town.browser("boss")
    silent = boss.post("/approvals", data={"_csrf": boss.csrf, "decision": "return", "pick": [ident], "comment": " "})
    assert silent.status_code == 422
    assert "반려할 때는 의견을 적으세요." in silent.text
    assert "checked" in silent.text
    assert boss.post("/approvals", data={"_csrf": boss.csrf, "decision": "approve"}).status_code == 422
    told = boss.post("/approvals", data={"_csrf": boss.csrf, "decision": "return", "pick": [ident], "comment": "날짜를 적어 주세요."})
    assert "돌려보냈습니다" in told.text


def test_nothing_to_approve(small_town):
    assert "승인할 요청이 없습니다" in small_town.browser("boss").get("/approvals").text
    assert small_town.browser("kim").get("/approvals").status_code == 403


# -- files, finding, errors ----------------------------------------------------------------------------------------------------


def test_a_file_is_sent_ahead_and_given_back_as_a_download(small_town, kim):
    sent = kim.post("/files", data={"_csrf": kim.csrf, "at": "/붙임"}, files={"file": ("표.pdf", PDF, "application/pdf")})
    assert sent.status_code == 201
    back = kim.get(f"/files/{sent.json()['id']}")
    assert back.content == PDF
    assert back.headers["content-disposition"].startswith("attachment")
    assert small_town.browser("lee").get(f"/files/{sent.json()['id']}").status_code == 404


def test_finding_by_a_part_of_a_name(kim, case):
    assert f'href="/cases/{case}"' in kim.get("/search?q=하나").text
    assert "없습니다" in kim.get("/search?q=아무도").text
    assert kim.get("/search").status_code == 200


def test_what_is_searched_for_is_text(kim):
    page = kim.get("/search", params={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page


def test_an_error_page_says_what_to_do(kim):
    page = kim.get("/cases/" + "0" * 26)
    assert page.status_code == 404
    assert "찾는 내용이 없습니다" in page.text
    assert 'href="/"' in page.text


def test_pages_hold_no_inline_style_or_script(small_town, kim, case):
    task = small_town.open_tasks(case)["lesson"].id
    for address in ("/", "/cases", f"/cases/{case}", f"/cases/{case}?tab=process", f"/tasks/{task}", "/cases/new/member", "/search?q=김", "/signin"):
        page = kim.get(address).text
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]* src=)", page)
        assert not re.search(r"\son\w+=", page)


def test_a_registration_somebody_began_is_found_again(kim):
    page = kim.get("/cases/new/member")
    kept = kim.post("/cases/new/member", data=fields(page.text, intent="draft", **{"/회원명": "김둘"}))
    assert f'href="{kept.headers["location"]}"' in kim.get("/").text


def test_a_started_work_is_cancelled_with_a_reason(small_town, kim, case):
    """Holds R58 (docs/rules.md)."""
    begun = kim.post(f"/cases/{case}/start/leave", data=fields(kim.get(f"/cases/{case}/start/leave").text, intent="draft"))
    address = begun.headers["location"]
    assert f'action="{address}/withdraw"' in kim.get(address).text
    assert kim.post(f"{address}/withdraw", data={"_csrf": kim.csrf, "reason": "잘못 시작함"}).headers["location"] == f"/cases/{case}"
    assert kim.get(address).status_code == 409
