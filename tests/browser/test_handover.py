"""A request to change who cares for a child: asked, returned with a reason, asked again, approved; several decided at once."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import children
from tests.browser.hand import Hand


def ask(page, child, why):
    page.goto(child.url)
    page.get_by_text("다른 일 시작하기").click()
    page.get_by_role("link", name="담당자 변경요청").click()
    hand = Hand(page)
    expect(hand.derived("변경전담당자")).to_have_text("이담당")
    hand.put("담당자", "박둘째")
    expect(hand.derived("변경후담당자")).to_have_text("박둘째")
    hand.put("변경사유", why)
    hand.saved(child.name)


def waiting(page, child):
    page.goto("/approvals")
    return page.get_by_role("row").filter(has_text=child.name)


def result(page, child):
    return page.locator(".results li").filter(has_text=child.name)


def test_returned_corrected_approved(person):
    worker, lead = person("worker"), person("lead")
    child = children.prepare(worker, "assessed")
    ask(worker, child, "휴직")

    row = waiting(lead, child)
    expect(row.locator("del")).to_have_text("이담당")
    expect(row.locator("ins")).to_have_text("박둘째")
    expect(row).to_contain_text("이담당")
    row.get_by_role("button", name="반려").click()
    expect(lead.locator("#say-e")).to_have_text("반려할 때는 의견을 적으세요.")
    lead.locator("[name=comment]").fill("인수인계 계획을 적어 주세요")
    lead.get_by_role("row").filter(has_text=child.name).get_by_role("button", name="반려").click()
    expect(result(lead, child)).to_contain_text("반려됨")

    worker.goto("/")
    task = worker.get_by_role("row").filter(has_text=child.name).filter(has_text="고쳐서 다시 요청")
    expect(task).to_contain_text("반려됨")
    expect(task).to_contain_text("인수인계 계획을 적어 주세요")
    task.get_by_role("link").click()
    expect(worker.locator(".page-head")).to_contain_text("반려됨")
    hand = Hand(worker)
    hand.put("담당자", "박둘째")
    hand.put("변경사유", "휴직. 이달 말까지 인수인계")
    hand.saved(child.name)

    row = waiting(lead, child)
    row.get_by_role("link").first.click()
    hand = Hand(lead)
    expect(hand.derived("변경사유")).to_have_text("휴직. 이달 말까지 인수인계")
    hand.put("결정", "반려")
    hand.refused("반려하는 까닭")
    hand.put("결정", "승인")
    hand.save()
    lead.goto(child.url)
    expect(lead.locator(".card")).to_contain_text("박둘째")

    second = person("second")
    expect(second.get_by_role("row").filter(has_text=child.name)).to_contain_text("자립지원계획")
    worker.goto("/")
    expect(worker.get_by_role("row").filter(has_text=child.name)).to_have_count(0)


def test_several_at_once_each_with_its_outcome(person):
    worker, lead = person("worker"), person("lead")
    some = [children.prepare(worker, "assessed") for _ in range(3)]
    for child in some:
        ask(worker, child, "업무 나눔")

    lead.goto("/approvals")
    lead.get_by_role("button", name="선택한 요청 승인").click()
    expect(lead.get_by_role("alert").filter(has_text="처리할 요청을 고르세요")).to_be_visible()
    for child in some:
        lead.get_by_role("checkbox", name=re.compile(child.name)).check()
    expect(lead.locator(".decide [data-count]")).to_have_text("3")

    other = lead.context.new_page()  # meanwhile, in another window
    waiting(other, some[0]).get_by_role("button", name=re.compile("승인$")).click()
    expect(result(other, some[0])).to_contain_text("승인됨")

    lead.get_by_role("button", name="선택한 요청 승인").click()
    expect(lead.locator(".results")).to_be_focused()
    expect(result(lead, some[1])).to_contain_text("승인됨")
    expect(result(lead, some[2])).to_contain_text("승인됨")
    expect(lead.locator(".results li").filter(has_text="처리 못 함")).to_have_count(1)
    expect(lead.get_by_role("row").filter(has_text=some[1].name)).to_have_count(0)
    for child in some:
        lead.goto(child.url)
        expect(lead.locator(".card")).to_contain_text("박둘째")


def test_the_manager_changes_it_without_asking(person):
    lead = person("lead")
    child = children.prepare(lead, "informed")
    lead.goto(child.url)
    refused = lead.locator(".refused li").filter(has_text="담당자 변경요청")
    expect(refused).to_contain_text("바로")
    lead.get_by_text("다른 일 시작하기").click()
    lead.get_by_role("link", name="담당자 바로 변경").click()
    Hand(lead).put("담당자", "박둘째")
    Hand(lead).saved(child.name)
    expect(lead.locator(".card")).to_contain_text("박둘째")
