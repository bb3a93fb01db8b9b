"""No mouse: sign in, open work from home, fill a form, save, find a child, get help.

Holds K32, K33 (SECURITY.md).
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import Api, day
from tests.browser.conftest import PASSWORD
from tests.browser.hand import Hand


def focused(page):
    return page.locator("*:focus")


def tab_to(page, target, most=60, key="Tab"):
    """Press Tab until `target` has the focus; every stop on the way shows where it is."""
    for _ in range(most):
        page.keyboard.press(key)
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError("the keyboard does not get there")


def test_from_signing_in_to_saving(person):
    page = person("worker")
    child = children.prepare(page, "registered", age=17)
    page.get_by_role("button", name="나가기").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name=login]")).to_be_focused()
    page.keyboard.type("worker")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    row = page.get_by_role("row").filter(has_text=child.name).get_by_role("link")
    tab_to(page, row)
    page.keyboard.press("Enter")
    hand = Hand(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("아동자립정보")

    route = hand.field("입소경로")
    tab_to(page, route)
    while route.input_value() != "보호자 의뢰":
        page.keyboard.press("ArrowDown")
    cause = page.locator(".combo").filter(has=hand.field("주발생유형")).get_by_role("combobox")
    tab_to(page, cause)
    page.keyboard.type("이혼")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cause).to_have_value("부모 이혼·별거")
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("heading", level=1)).to_contain_text("자립기술평가")
    assert "skills_assessment" in Api(page).tasks(child)


def test_wrong_answers_by_keys(person):
    """Beside what the assessment before says, drawn over the times."""
    page = person("worker")
    child = children.prepare(page, "assessed")
    page.goto(child.start("skills_assessment"))
    expect(page.locator("[id='f-일상생활-문항1'] td.before")).to_contain_text("2")
    whole = page.locator("table.score tbody tr").last
    expect(page.locator(".score-box .legend")).to_contain_text(day())
    expect(whole.get_by_role("cell").filter(has_text="80")).to_have_count(1)
    expect(whole.locator("svg.dots .m2")).to_have_count(1)
    page.keyboard.press("Alt+s")
    expect(page.locator("#summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    hand = Hand(page)
    expect(hand.choice("일상생활/문항1", 1)).to_be_focused()
    page.keyboard.press("4")
    expect(hand.choice("일상생활/문항1", 4)).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("1")
    expect(hand.choice("일상생활/문항3", 2)).to_be_checked()
    page.keyboard.press("Alt+n")
    expect(focused(page)).to_have_attribute("name", re.compile("^/자기보호/"))


def test_a_day_is_picked_from_the_calendar(person):
    page = person("worker")
    page.goto("/cases/new/child_basic_info")
    born = Hand(page).field("생년월일")
    born.focus()
    page.keyboard.press("Alt+ArrowDown")
    page.locator(".picker").fill("2009-05-12")
    expect(born).to_have_value("2009-05-12")
    expect(page.locator(".picker")).to_have_count(0)
    page.get_by_role("button", name="생년월일 달력 열기").click()
    page.locator(".picker").fill("2009-06-01")
    expect(born).to_have_value("2009-06-01")
    page.goto("/cases?view=case_target_list_facility#filters")
    since = page.get_by_role("textbox", name="등록기간 처음")
    since.fill("20240301")
    page.keyboard.press("Tab")
    expect(since).to_have_value("2024-03-01")
    page.get_by_role("button", name="등록기간 처음 달력 열기").press("Enter")
    page.locator(".picker").fill("2024-04-01")
    expect(since).to_have_value("2024-04-01")


def test_rows_are_added_moved_and_removed_by_keys(person):
    page = person("worker")
    child = children.prepare(page, "assessed")
    page.goto(f"/tasks/{child.tasks['selfreliance_plan']}")
    hand = Hand(page)
    page.get_by_role("button", name=re.compile("자격증.*추가")).focus()
    page.keyboard.press("Enter")
    expect(hand.field("자격증-0-자격분야")).to_be_focused()
    page.keyboard.type("조리")
    page.get_by_role("button", name="1번째 줄 발급날짜 달력 열기").press("Enter")
    page.locator(".picker").fill("2024-04-01")
    expect(hand.field("자격증-0-발급날짜")).to_have_value("2024-04-01")
    hand.settled()
    hand.field("자격증-0-자격분야").focus()
    page.keyboard.press("Alt+Enter")
    expect(hand.field("자격증-1-자격분야")).to_be_focused()
    page.keyboard.type("제과")
    page.keyboard.press("Alt+ArrowUp")
    expect(hand.field("자격증-0-자격분야")).to_have_value("제과")
    expect(hand.field("자격증-1-자격분야")).to_have_value("조리")
    hand.field("자격증-0-자격분야").focus()
    page.keyboard.press("Alt+Delete")
    expect(hand.field("자격증-1-자격분야")).to_have_count(0)
    expect(hand.field("자격증-0-자격분야")).to_have_value("조리")
    expect(focused(page)).to_have_attribute("value", "remove:/자격증/0")


def test_letters_skip_link_search_and_help(person):
    page = person("worker")
    child = children.prepare(page, "registered")
    page.goto(child.url)
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_text("본문 바로가기")
    expect(focused(page)).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type(child.name + "?/g")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile(child.name)).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(child.url))
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="단축키")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile(r"/$"))
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile(r"/cases\?"))


def test_letters_can_be_switched_off(person):
    page = person("worker")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name=re.compile("쓰지 않습니다")).check()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#find")).not_to_be_focused()


def test_a_request_is_returned_and_another_approved_by_keys(person):
    worker, lead = person("worker"), person("lead")
    back, good = (children.prepare(worker, "informed") for _ in range(2))
    for child in (back, good):
        Api(worker).finish(child, "case_manager_change", {"담당자": "second"})
    lead.goto("/approvals")
    tab_to(lead, lead.get_by_role("row").filter(has_text=back.name).get_by_role("checkbox"), most=200)
    lead.keyboard.press("Space")
    expect(lead.locator("[data-count]")).to_have_text("1")
    tab_to(lead, lead.locator("[name=comment]"), most=200)
    lead.keyboard.type("인수인계 계획을 적어 주세요")
    tab_to(lead, lead.get_by_role("button", name="선택한 요청 반려"))
    lead.keyboard.press("Enter")
    results = lead.locator(".results")
    expect(results).to_be_focused()
    expect(results.get_by_role("listitem").filter(has_text=back.name)).to_contain_text("돌려보냈습니다")
    tab_to(lead, lead.get_by_role("row").filter(has_text=good.name).get_by_role("button", name=re.compile("승인$")), most=200)
    lead.keyboard.press("Enter")
    expect(results.get_by_role("listitem").filter(has_text=good.name).locator(".state-done")).to_be_visible()


def test_a_session_over_two_children_by_keys(person):
    page = person("worker")
    there = [children.prepare(page, "informed") for _ in range(2)]
    page.goto("/institution")
    tab_to(page, page.get_by_role("link", name="자립준비프로그램 회기보고").first)
    page.keyboard.press("Enter")
    hand, title = Hand(page), f"회기 {there[0].name}"
    tab_to(page, hand.control("제목"))
    page.keyboard.type(title)
    tab_to(page, hand.field("프로그램"))
    page.keyboard.press("ArrowDown")
    for child, key in zip(there, ("Tab", "Shift+Tab"), strict=True):
        hand.settled()
        tab_to(page, page.locator('[name="_find:/대상자"]'), key=key)
        page.keyboard.type(child.name)
        page.keyboard.press("Tab")
        hit = page.locator(".hits .hit").filter(has_text=child.name).get_by_role("checkbox")
        expect(hit).to_be_visible()
        hand.settled()
        tab_to(page, hit)
        page.keyboard.press("Space")
        expect(page.locator(".picks")).to_contain_text(child.name)
    for place, text in (("회기일자", day().replace("-", "")), ("진행시간/시작시각", "14:00"), ("진행시간/종료시각", "16:00")):
        hand.settled()
        tab_to(page, hand.control(place))
        page.keyboard.type(text)
    hand.settled()
    page.keyboard.press("Alt+s")
    expect(page.get_by_role("cell", name=title)).to_be_visible()
    for child in there:
        page.goto(f"{child.url}?tab=records")
        expect(page.get_by_role("link", name=title)).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/cases/new/child_basic_info"])
def test_every_stop_shows_where_it_is(person, path):
    page = person("worker")
    page.goto(path)
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        spot = page.evaluate(
            """() => { const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
                return { key: node.outerHTML.slice(0, 90), ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none', width: box.width }; }"""
        )
        if spot["key"].startswith("<body"):
            break
        seen.add(spot["key"])
        assert spot["ring"], spot
        assert spot["width"] > 0, spot
    assert len(seen) > 10
