"""One child of each kind of care through each ending its kind has: prepared to the last step, ended on the page, and what can be written then.

Holds R73, R100 (docs/rules.md).
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import Api, day
from tests.browser.hand import Hand

CLOSED = "종결된 아동입니다"
END = {
    "종료일": day(), "대상자학력": "고등학교졸업", "사후관리동의여부": "동의", "주거형태정부지원외": "기숙사", "자립정착금": 0, "CDA계좌보유금": 0, "기타후원금": 0,
    "자립수당수급여부": "유", "보호종료아동자립교육수료여부": "미수료", "자립수당": "신청",
    "연장종료만기종료": {"취업여부": "미취업", "희망분야": "사무직", "대학구분": "미진학", "주생활비조달": "자립정착금"},
}  # fmt: skip
MIDWAY = {"종료일": day(), "대상자학력": "고등학교재학", "중간종료": {"종료형태": "원가정 복귀"}}
PAUSE = {"종료일": day(days=-2), "대상자학력": "고등학교졸업", "일시중지": {"일시중지시작일": day(days=-2), "일시중지종료일": day(days=-1), "일시중지사유": "군 입대"}}
THIS_YEAR = day()[:4]


def extend(api, child):
    api.finish(child, "protection_extension", {"연장일자": day(days=-10), "최종학력": "고등학교졸업", "작성자": api.get("/me")["login"], "연장사유": "사유1"})


def choose(page, child, reason, answers):
    """Open the screen of the end with everything typed but the reason, choose that, and save."""
    api = Api(page)
    task = api.draft(child, "protection_termination", answers)
    page.goto(f"/tasks/{task}")
    hand = Hand(page)
    expect(page.locator(".page-head").get_by_role("link", name="사례회의")).to_be_visible()
    expect(hand.field("연장종료만기종료-취업여부")).to_have_count(0)
    hand.put("보호종료사유", reason)
    expect(page.locator("form .foot .warn")).to_have_count(0 if reason == "일시중지" else 1)
    return hand


def ended(page, child):
    """The page says so, offers nothing and takes nothing; nor does the API."""
    page.wait_for_url(f"**{child.url}")
    expect(page.locator(".card")).to_contain_text("종결")
    expect(page.locator(".next")).to_have_count(0)
    expect(page.locator(".fold a.btn")).to_have_count(0)
    actions = Api(page).get(f"/cases/{child.id}")["actions"]
    assert {action["id"] for action in actions if action["allowed"]} == set()
    assert all(CLOSED in action["why_not"] for action in actions if action["id"] == "service_provision")
    page.goto(f"/records/{child.records['service_provision']}/amend")
    expect(page.get_by_role("status").filter(has_text=CLOSED)).to_have_count(1)
    expect(page.locator("form.screen")).to_have_count(0)


def journal(page, child, words):
    page.goto(child.start("service_provision"))
    hand = Hand(page)
    hand.put("사례관리분야", "그외")
    hand.put("목표", words)
    hand.saved(child.name)
    expect(page.locator("main")).to_contain_text(words)


@pytest.mark.parametrize(("login", "foster"), [("worker", False), ("group.worker", False), ("foster.worker", True)])
def test_each_kind_ends_in_every_way(person, login, foster):
    """Holds R73, R100 (docs/rules.md)."""
    page = person(login)
    api = Api(page)

    child = children.prepare(page, "supported", age=18, foster=foster)
    choose(page, child, "만기종료", END).save()
    ended(page, child)

    child = children.prepare(page, "supported", age=19, foster=foster)
    extend(api, child)
    choose(page, child, "연장종료", END).save()
    ended(page, child)

    child = children.prepare(page, "supported", age=17, foster=foster)
    if not foster:
        choose(page, child, "중간종료", MIDWAY).save()
        ended(page, child)
        return
    page.goto("/institution")
    page.get_by_role("link", name="기타종료 일괄처리").click()
    hand = Hand(page)
    hand.pick("대상아동", child.name)
    hand.settled()
    hand.confirmed("되돌릴 수 없습니다")
    expect(page.get_by_role("heading", level=1)).to_contain_text("기관 업무")
    page.goto(child.url)
    ended(page, child)


def test_a_pause_and_its_end(person):
    page = person("foster.worker")
    child = children.prepare(page, "supported", age=19, foster=True)
    extend(Api(page), child)
    hand = choose(page, child, "일시중지", PAUSE)
    if PAUSE["종료일"].startswith(THIS_YEAR):
        hand.save()
    else:
        hand.confirmed("해가 올해와 다릅니다")
    expect(page.get_by_role("heading", level=1)).to_have_text("일시중지 뒤 확인")  # the last day of the pause is over
    page.goto(child.url)
    expect(page.locator(".card")).not_to_contain_text("종결")
    journal(page, child, "전역 뒤 연락")
    choose(page, child, "연장종료", END).save()
    ended(page, child)
