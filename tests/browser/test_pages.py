"""What holds on every page: nothing the content policy forbids, one record per save, a way on after going back, a warning before the time is up."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import Api
from tests.browser.hand import Hand

LISTEN = """document.addEventListener('securitypolicyviolation', event => {
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + (event.sourceFile || '') + ':' + event.lineNumber);
});"""
STORED = "() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"


def walk(page, start, most):
    """Follow the links of our own pages from `start`, one of each kind, at most `most`; say which kinds were seen."""
    waiting, kinds, seen = [start], {}, set()
    while waiting and len(kinds) < most:
        path = waiting.pop(0)
        kind = re.sub(r"[0-9A-HJKMNP-TV-Z]{26}", "#", path)
        kind = re.sub(r"(revision|draft|page|sort|f\.[^=]*)=[^&]*", r"\1=", kind)
        if kind in kinds or path in seen or re.search("/xlsx|/files/", path):  # a file to keep is no page
            continue
        seen.add(path)
        answer = page.goto(path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        kinds[kind] = answer.status
        page.wait_for_load_state("load")
        assert page.locator("h1").count() == 1, path
        assert re.search(r"\S", page.title()), path
        waiting += page.eval_on_selector_all("a[href^='/']", "links => links.map(link => link.getAttribute('href').split('#')[0])")
    return kinds


@pytest.mark.parametrize("login", ["worker", "lead"])
def test_a_walk_over_all_pages_breaks_no_policy(person, login):
    page = person(login)
    page.context.add_init_script(LISTEN)
    child = children.prepare(page, "supported", age=18)
    kinds = walk(page, child.url, 60)
    assert len(kinds) > 25, sorted(kinds)
    assert {status for status in kinds.values()} == {200}, kinds
    page.goto(f"{child.url}?tab=process")
    expect(page.locator("#bpmn svg").first).to_be_visible()
    words = page.evaluate(STORED)
    assert child.name not in words
    assert "입소" not in words


def test_a_double_click_saves_once(person):
    page = person("worker")
    child = children.prepare(page, "supported")
    page.goto(child.start("service_provision"))
    Hand(page).fill(사례관리분야="그외", 목표="두 번 누름")
    page.get_by_role("button", name="저장", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text(child.name)
    page.reload()
    records = [one for one in Api(page).get(f"/cases/{child.id}/records")["rows"] if one["form"] == "service_provision"]
    assert len(records) == 2  # the one made ready, and this


def test_back_after_saving_says_what_happened(person):
    page = person("worker")
    child = children.prepare(page, "assessed")
    task = f"/tasks/{child.tasks['selfreliance_plan']}"
    page.goto(task)
    hand = Hand(page)
    hand.fill(자립계획구분="미정", 학교선택="재학 중 아님", 학년선택="해당 없음", 희망주거="기숙사")
    hand.saved("사례관리일지")
    page.go_back()
    expect(page.locator("main")).to_contain_text("이미")
    if page.locator("form.screen").count():
        Hand(page).save()
        expect(page.locator("#summary")).to_contain_text("이미")
    page.goto(child.url)
    rows = [one for one in Api(page).get(f"/cases/{child.id}/records")["rows"] if one["form"] == "selfreliance_plan"]
    assert len(rows) == 1


def test_reloading_a_refused_form_keeps_nothing_twice(person):
    page = person("worker")
    child = children.prepare(page, "registered")
    page.goto(f"/tasks/{child.tasks['child_selfreliance_info']}")
    hand = Hand(page)
    hand.fill(입소경로="기타")
    hand.refused("입소경로 기타 내용", "주 발생유형")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("아동자립정보")
    assert list(Api(page).tasks(child)) == ["child_selfreliance_info"]


def test_the_time_left_is_told_and_can_be_extended(person):
    page = person("worker")
    page.clock.install()
    page.goto("/")
    expect(page.locator("#left")).to_have_text(re.compile(r"1[45]:\d\d"))
    ending = page.get_by_role("alert").filter(has_text="곧 자동으로 로그아웃됩니다")
    expect(ending).to_be_hidden()
    page.clock.fast_forward("13:30")
    expect(ending).to_be_visible()
    expect(ending).to_contain_text("1:")
    page.clock.set_system_time(datetime.now().astimezone())
    ending.get_by_role("button", name="연장").click()
    expect(ending).to_be_hidden()
    expect(page.locator("#left")).to_have_text(re.compile(r"1[45]:\d\d"))


def test_signed_out_elsewhere_comes_back_to_the_page(person):
    page = person("worker")
    child = children.prepare(page, "registered")
    page.goto(child.url)
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_role("heading", name="로그인")).to_be_visible()
    page.fill("[name=login]", "worker")
    page.fill("[name=password]", "browser-tests-only-2024")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(child.url))


def test_another_homes_child_is_not_found(person):
    page, stranger = person("worker"), person("foster.worker")
    child = children.prepare(page, "registered")
    assert stranger.goto(child.url).status == 404
    expect(stranger.get_by_role("heading", level=1)).to_have_text("찾는 내용이 없습니다")
    stranger.get_by_role("link", name="내 할 일로").click()
    expect(stranger).to_have_url(re.compile(r"/$"))


def test_a_secret_number_is_shown_with_a_reason_only(person):
    page = person("worker")
    name = children.new_name()
    page.goto("/cases/new/child_basic_info")
    hand = Hand(page)
    hand.fill(대상자명=name, 성별="남", 생년월일="2009-05-12", 주민등록번호="090512-3123456", 입소일자=children.day(-6))
    page.get_by_role("button", name="등록", exact=True).click()
    expect(page.locator(".card")).to_contain_text("090512-3******")
    assert "123456" not in page.content()
    page.locator(".card").get_by_role("link", name=re.compile("보기")).click()
    page.get_by_role("button", name=re.compile("보기")).click()
    expect(page.locator("#reason-e")).to_be_visible()
    page.get_by_label(re.compile("보는 이유")).fill("병원 접수")
    page.get_by_role("button", name=re.compile("보기")).click()
    expect(page.locator("main")).to_contain_text("090512-3123456")
