"""One report over several children: written once with the institution, it stands in the history of each."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import day
from tests.browser.hand import Hand
from tests.browser.test_axe import check


def test_a_session_over_three_children_stands_with_each(person):
    page = person("worker")
    there = [children.prepare(page, "informed") for _ in range(3)]
    away = children.prepare(page, "informed")
    page.goto("/institution")
    place = page.get_by_role("heading", level=1).inner_text().split("\n")[0]
    page.get_by_role("link", name="자립준비프로그램 등록").click()
    hand, programme = Hand(page), f"살림 교실 {there[0].name}"
    hand.fill(프로그램명=programme)
    hand.saved(place.split()[0])
    page.get_by_role("link", name="자립준비프로그램 회기보고").first.click()
    hand.fill(제목=f"{programme} 1회", 프로그램="1영역", 회기일자=day(), 진행시간__시작시각="14:00", 진행시간__종료시각="16:00", 내용="장을 보았습니다.")
    for child in there:
        hand.pick("대상자", child.name)
    hand.settled()
    assert check(page, "several children") == []
    hand.saved(place.split()[0])
    for child in there:
        page.goto(f"{child.url}?tab=records")
        expect(page.locator("main")).to_contain_text("서비스제공 내역")
        page.get_by_role("link", name=f"{programme} 1회").click()
        expect(page.locator(".paper")).to_contain_text("장을 보았습니다.")
    page.goto(f"{away.url}?tab=records")
    expect(page.locator("main")).not_to_contain_text(programme)
