"""What was typed outlives the browser, says so, and never overwrites what another window saved."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import Api, day
from tests.browser.hand import Hand


def saved(page):
    return page.locator("#saved")


def kept(page):
    """Wait until the page says that what was typed is safe."""
    expect(saved(page)).to_have_text(re.compile(r"방금 저장됨 \d\d:\d\d"))


def test_a_draft_outlives_the_browser(person):
    page = person("worker")
    child = children.prepare(page, "supported")
    page.goto(child.start("service_provision"))
    hand = Hand(page)
    expect(saved(page)).to_have_text("")
    hand.fill(사례관리분야="취업", 목표="면접 준비")
    expect(saved(page)).to_have_text("아직 저장하지 않았습니다")
    hand.put("취업/취업여부", "취업")
    hand.put("취업/취업정보/직장명", "가상제과")
    hand.fill(사례관리분야="그외", 사례관리일자="2024-13-77")
    page.get_by_label("서비스내용").fill("한 줄\n두 줄")
    kept(page)
    expect(page).to_have_url(re.compile(r"/tasks/\w{26}$"))
    page.context.close()

    page = person("worker")
    row = page.get_by_role("row").filter(has_text=child.name).filter(has_text="사례관리일지")
    expect(row).to_contain_text("초안 있음")
    row.get_by_role("link").click()
    hand = Hand(page)
    expect(hand.field("목표")).to_have_value("면접 준비")
    expect(hand.field("서비스내용")).to_have_value("한 줄\n두 줄")
    expect(hand.field("사례관리일자")).to_have_value("2024-13-77")
    expect(saved(page)).to_contain_text("임시저장함")
    hand.fill(사례관리분야="취업")
    expect(hand.field("취업/취업정보/직장명")).to_have_value("가상제과")
    hand.refused("날짜")
    hand.fill(사례관리일자=day())
    hand.saved(child.name)
    assert "service_provision" not in Api(page).tasks(child)


def test_a_registration_outlives_the_browser(person):
    """Also where the line was dead for a moment: it is sent again without a key being touched."""
    page, name = person("second"), children.new_name()  # who registers nobody elsewhere: no other draft lies beside this one
    page.goto("/cases/new/child_basic_info")
    page.route("**/cases/new/**", lambda route: route.abort() if "application/json" in route.request.headers["accept"] else route.continue_())
    Hand(page).fill(대상자명=name)
    expect(saved(page)).to_contain_text("곧 다시 저장합니다")
    page.unroute("**/cases/new/**")
    kept(page)
    page.context.close()

    page = person("second")
    page.get_by_role("region", name="쓰던 등록").get_by_role("link", name="대상자기본정보").click()
    hand = Hand(page)
    expect(hand.field("대상자명")).to_have_value(name)
    hand.fill(성별="여", 생년월일=day(-16), 입소일자=day(-1))
    page.get_by_role("button", name="등록", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.goto("/")
    expect(page.get_by_role("region", name="쓰던 등록").get_by_role("link", name="대상자기본정보")).to_have_count(0)


def test_saving_while_a_draft_is_under_way_leaves_no_draft_behind(person):
    page, name = person("second"), children.new_name()
    held = []
    page.route("**/cases/new/**", lambda route: held.append(route) if "application/json" in route.request.headers["accept"] else route.continue_())
    page.goto("/cases/new/child_basic_info")
    hand = Hand(page)
    hand.fill(대상자명=name, 성별="여", 생년월일=day(-16), 입소일자=day(-1))
    expect(saved(page)).to_have_text("저장하는 중")
    page.get_by_role("button", name="등록", exact=True).click()
    expect(hand.field("대상자명")).to_have_value(name)  # it waits for the draft
    held[0].continue_()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.goto("/")
    expect(page.get_by_role("region", name="쓰던 등록")).to_have_count(0)


def test_looking_at_a_new_screen_stores_nothing(person):
    page = person("worker")
    child = children.prepare(page, "supported")
    posts, asked = [], []
    page.on("request", lambda request: posts.append(request.url) if request.method != "GET" else None)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    for address in (child.start("service_provision"), "/cases/new/child_basic_info"):
        page.goto(address)
        page.locator("form.screen").wait_for()
        Hand(page).control("목표" if "start" in address else "대상자명").focus()
        page.get_by_role("link", name=re.compile("^디딤돌")).click()
        expect(page).to_have_url(re.compile(r"/$"))
    assert (posts, asked) == ([], [])
    assert "service_provision" not in Api(page).tasks(child)


def test_leaving_with_unsaved_words_is_asked_first(person):
    page = person("worker")
    child = children.prepare(page, "supported")
    page.goto(child.start("service_provision"))
    hand = Hand(page)
    answers = iter([False, True])
    asked = []

    def answer(dialog):
        asked.append(dialog.type)
        (dialog.accept if next(answers) else dialog.dismiss)()

    page.on("dialog", answer)
    page.route("**/start/**", lambda route: None if route.request.method == "POST" else route.continue_())  # the line is dead: nothing gets saved
    hand.control("목표").press_sequentially("아직")
    home = page.get_by_role("link", name=re.compile("^디딤돌"))
    home.click(no_wait_after=True)
    expect(hand.field("목표")).to_have_value("아직")
    assert asked == ["beforeunload"]
    home.click()
    expect(page).to_have_url(re.compile(r"/$"))
    assert asked == ["beforeunload"] * 2


def test_an_old_tab_is_told_and_loses_nothing(person):
    first = person("worker")
    child = children.prepare(first, "assessed")
    task = f"/tasks/{child.tasks['selfreliance_plan']}"
    first.goto(task)
    second = first.context.new_page()
    second.goto(task)
    early, late = Hand(first), Hand(second)
    early.fill(학교선택="재학 중 아님", 희망주거="기숙사")
    kept(first)

    late.put("희망주거", "원가정")
    expect(saved(second)).to_contain_text("다른 창에서 더 나중에 저장한 초안이 있습니다")

    early.fill(자립계획구분="미정", 학년선택="해당 없음")
    early.saved("사례관리일지")
    late.save()
    expect(second.locator("#summary")).to_contain_text("이미")
    expect(late.control("희망주거")).to_have_value("원가정")
    expect(second.get_by_role("link", name=re.compile("지금 기록 보기"))).to_be_visible()


def test_the_button_keeps_a_draft_too(person):
    """Holds R101 (docs/rules.md)."""
    page = person("worker")
    child = children.prepare(page, "supported")
    page.goto(child.start("service_provision"))
    Hand(page).control("목표").press_sequentially("눌러서 저장")
    page.get_by_role("button", name="임시저장").click()
    expect(page.get_by_role("status").filter(has_text="임시저장했습니다")).to_be_visible()
    expect(Hand(page).field("목표")).to_have_value("눌러서 저장")
