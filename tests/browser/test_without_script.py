"""Everything a caseworker does, with JavaScript off: plain forms and round trips."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import SCORES, day
from tests.browser.hand import Hand


def again(page):
    """Ask the server to draw what follows from the answers."""
    page.get_by_role("button", name="고른 것에 맞춰 다시 보기").click()


def test_register_and_plan(person):
    page, name = person("worker", javascript=False), children.new_name()
    page.get_by_role("link", name="대상자 등록").first.click()
    hand = Hand(page)
    hand.fill(대상자명=name, 성별="여", 생년월일=day(days=9), 입소일자=day(-6))
    page.get_by_role("button", name="등록", exact=True).click()
    expect(page.locator("#summary")).to_contain_text("고칠 곳이 2개 있습니다")
    expect(hand.field("대상자명")).to_have_value(name)
    hand.fill(생년월일=day(-17))
    page.get_by_role("button", name="등록", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.locator(".next").get_by_role("link").click()

    hand.fill(입소경로="기타")
    expect(hand.field("입소경로기타내용")).to_have_count(0)
    again(page)
    expect(hand.choice("입소경로", "기타").or_(hand.field("입소경로")).first).to_be_attached()
    hand.put("입소경로기타내용", "타 시도 의뢰")
    hand.fill(주발생유형="유기")
    hand.saved("자립기술평가")

    for domain, marks in SCORES.items():
        for number, mark in enumerate(marks, 1):
            hand.choice(f"{domain}/문항{number}", mark).check()
    again(page)
    expect(hand.derived("전체영역")).to_have_text("80점")
    hand.saved("자립지원계획")
    with_rows(page, hand)
    hand.saved("사례관리일지")


def with_rows(page, hand):
    hand.fill(자립계획구분="취업", 학교선택="재학 중 아님", 희망주거="기숙사")
    again(page)
    hand.fill(학년선택="해당 없음", 취업계획__희망직종="기능직", 취업계획__희망직업="제과사")
    add = page.locator("[id='f-자격증']").get_by_role("button", name=re.compile("추가"))
    add.click()
    hand.put("자격증/0/자격증명", "제과기능사")
    page.locator("[id='f-자격증']").get_by_role("button", name=re.compile("추가")).click()
    hand.put("자격증/1/자격증명", "운전면허")
    page.get_by_role("button", name="2번째 줄 위로").or_(page.locator("button[value='up:/자격증/1']")).first.click()
    expect(hand.field("자격증/0/자격증명")).to_have_value("운전면허")
    page.locator("button[value='remove:/자격증/0']").click()
    expect(hand.field("자격증/0/자격증명")).to_have_value("제과기능사")
    expect(hand.field("자격증/1/자격증명")).to_have_count(0)
    expect(hand.control("취업계획/희망직업")).to_have_value("제과사")


def test_a_draft_kept_by_its_button_and_a_refused_end(person):
    page = person("worker", javascript=False)
    child = children.prepare(page, "supported", age=17)
    page.goto(child.start("protection_termination"))
    hand = Hand(page)
    hand.fill(종료일=day(), 보호종료사유="중간종료", 대상자학력="고등학교재학")
    page.get_by_role("button", name="임시저장").click()
    expect(page.get_by_role("status")).to_contain_text(["임시저장했습니다"])
    hand.put("중간종료/종료형태", "전원")
    hand.save()
    expect(hand.wrong("중간종료/전원정보/시설명")).to_be_visible()
    page.locator("#summary").get_by_role("link", name=re.compile("시설명")).click()
    expect(page).to_have_url(re.compile("#f-"))
    hand.put("중간종료/전원정보/시설구분", "공동생활가정")
    hand.put("중간종료/전원정보/시설명", "새봄집")
    hand.saved(child.name)
    expect(page.locator(".card")).to_contain_text("종결")
    expect(page.locator(".refused")).to_contain_text("종결된 아동입니다")


def test_a_manager_decides(person):
    worker, lead = person("worker", javascript=False), person("lead", javascript=False)
    child = children.prepare(worker, "informed")
    worker.goto(child.start("case_manager_change"))
    Hand(worker).put("담당자", "second")
    Hand(worker).saved(child.name)
    lead.goto("/approvals")
    lead.get_by_role("checkbox", name=re.compile(child.name)).check()
    lead.get_by_role("button", name="선택한 요청 승인").click()
    expect(lead.locator(".results li").filter(has_text=child.name)).to_contain_text("승인됨")


def test_the_menu_search_and_sign_out_on_a_phone(person):
    page = person("worker", javascript=False, width=390)
    child = children.prepare(page, "registered")
    page.get_by_role("link", name="메뉴", exact=True).click()
    page.get_by_role("navigation", name="주 메뉴").get_by_role("link", name="대상자기본정보", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("대상자기본정보")
    page.get_by_label("찾기").first.fill(child.name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile(child.name)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(child.name)
    page.get_by_role("button", name="나가기").click()
    expect(page.get_by_role("heading", name="로그인")).to_be_visible()
    page.goto(child.url)
    expect(page.get_by_role("heading", name="로그인")).to_be_visible()
