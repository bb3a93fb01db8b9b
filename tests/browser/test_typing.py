"""Words typed while the server draws the form anew: value, focus, caret and a Hangul syllable being composed stay."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import Api
from tests.browser.hand import Hand

CARET = "field => [field.selectionStart, field.selectionEnd]"


class Slow:
    """A slow line: what the form asks while typing waits until it is let go."""

    def __init__(self, page):
        self.page, self._held, self._open = page, [], False
        page.route("**/*", self._hold)

    def _hold(self, route):
        if route.request.headers.get("hx-request") and not self._open:
            self._held.append(route)
        else:
            route.continue_()

    def let_go(self):
        self._open = True  # what is asked from now on (a later question replaces an earlier one) goes through too
        for route in self._held:
            route.continue_()
        self._held.clear()


@pytest.fixture
def ending(person):
    """The screen of the end of care, on a slow line."""
    page = person("worker")
    child = children.prepare(page, "supported", age=18)
    page.goto(child.start("protection_termination"))
    return page, Hand(page)


def during(page, act):
    """Hold back what `act` makes the form ask; return the line to let go."""
    slow = Slow(page)
    with page.expect_request(lambda request: bool(request.headers.get("hx-request"))):
        act()
    return slow


def test_what_is_typed_meanwhile_stays_with_focus_and_caret(ending):
    page, hand = ending
    line = during(page, lambda: hand.put("보호종료사유", "만기종료"))
    address = hand.control("주소")
    address.press_sequentially("가상시 두길 3")
    for _ in range(3):
        address.press("ArrowLeft")
    hand.choice("사후관리동의여부", "동의").evaluate("box => { box.checked = true; box.dispatchEvent(new Event('change', { bubbles: true })); }")
    hand.field("대상자학력").evaluate("box => { box.value = '고등학교졸업'; box.dispatchEvent(new Event('change', { bubbles: true })); }")
    expect(hand.field("연장종료만기종료/취업여부")).to_have_count(0)
    line.let_go()
    expect(hand.field("연장종료만기종료/취업여부")).to_be_visible()
    expect(address).to_be_focused()
    expect(address).to_have_value("가상시 두길 3")
    assert address.evaluate(CARET) == [5, 5]
    page.keyboard.type("째")
    expect(address).to_have_value("가상시 두째길 3")
    expect(hand.choice("사후관리동의여부", "동의")).to_be_checked()
    expect(hand.field("대상자학력")).to_have_value("고등학교졸업")


def test_a_later_change_wins_over_an_earlier_answer(ending):
    page, hand = ending
    line = during(page, lambda: hand.put("보호종료사유", "만기종료"))
    hand.put("보호종료사유", "중간종료")
    line.let_go()
    expect(hand.field("중간종료/종료형태")).to_be_visible()
    expect(hand.field("연장종료만기종료/취업여부")).to_have_count(0)
    expect(hand.choice("보호종료사유", "중간종료")).to_be_checked()


def test_amounts_typed_one_after_the_other_add_up(ending):
    page, hand = ending
    amount = hand.control("자부담")
    amount.press_sequentially("300000")
    line = during(page, lambda: amount.press("Tab"))
    expect(hand.control("개인후원")).to_be_focused()
    page.keyboard.type("1500")
    line.let_go()
    expect(hand.derived("총금액")).to_have_text("300,000원")
    expect(amount).to_have_value("300,000")
    expect(hand.control("개인후원")).to_be_focused()
    page.keyboard.type("00")
    line = during(page, lambda: page.keyboard.press("Tab"))
    line.let_go()
    expect(hand.derived("총금액")).to_have_text("450,000원")
    expect(hand.control("개인후원")).to_have_value("150,000")


def test_a_syllable_being_composed_survives(ending):
    page, hand = ending
    keys = page.context.new_cdp_session(page)

    def compose(text):
        keys.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})

    line = during(page, lambda: hand.put("보호종료사유", "만기종료"))
    address = hand.control("주소")
    address.focus()
    keys.send("Input.insertText", {"text": "가상시 "})
    for state in ("ㅎ", "하", "한"):
        compose(state)
    expect(address).to_have_value("가상시 한")
    line.let_go()
    expect(hand.field("연장종료만기종료/취업여부")).to_be_visible()
    expect(address).to_be_focused()
    expect(address).to_have_value("가상시 한")
    compose("한ㄱ")
    compose("한그")
    compose("한글")
    keys.send("Input.insertText", {"text": "한글"})
    page.keyboard.type("로 3")
    expect(address).to_have_value("가상시 한글로 3")


def test_choices_made_meanwhile_stay_wherever_the_focus_is(ending):
    page, hand = ending
    line = during(page, lambda: hand.put("보호종료사유", "만기종료"))
    hand.control("대상자학력").focus()
    hand.put("대상자학력", "고등학교재학")
    hand.put("대상자학력", "고등학교졸업")
    hand.put("사후관리동의여부", "동의")
    line.let_go()
    expect(hand.field("연장종료만기종료/취업여부")).to_be_visible()
    expect(hand.control("대상자학력")).to_have_value("고등학교졸업")
    expect(hand.choice("사후관리동의여부", "동의")).to_be_checked()


def test_what_a_slow_answer_takes_away_is_put_back_as_it_was_at_the_edit(ending):
    """The control may be another one after the redraw: what counts is the edit, not what stood in the page just before."""
    page, hand = ending
    line = during(page, lambda: hand.put("보호종료사유", "만기종료"))
    hand.put("대상자학력", "고등학교졸업")
    hand.control("주소").fill("가상시 두길 3")
    page.evaluate("""() => document.addEventListener('htmx:before:swap', () => {
        const form = document.querySelector('form.screen');
        for (const field of form.querySelectorAll('select')) field.selectedIndex = 0;
        form.querySelector('[name="/주소"]').value = '';
    }, { once: true, capture: true })""")
    line.let_go()
    expect(hand.field("연장종료만기종료/취업여부")).to_be_visible()
    expect(hand.control("대상자학력")).to_have_value("고등학교졸업")
    expect(hand.control("주소")).to_have_value("가상시 두길 3")


def test_amounts_and_dates_take_shape_as_they_are_typed(ending):
    _, hand = ending
    amount = hand.control("자부담")
    amount.press_sequentially("1234567")
    expect(amount).to_have_value("1,234,567")
    amount.press("Home")
    amount.press("ArrowRight")
    amount.press_sequentially("9")
    expect(amount).to_have_value("19,234,567")
    assert amount.evaluate(CARET) == [2, 2]
    amount.press("Backspace")
    expect(amount).to_have_value("1,234,567")
    amount.fill("백만")
    expect(amount).to_have_value("백만")
    end = hand.control("종료일")
    for typed in ("20240301", "2024.3.1", "2024-03-01", "2024년 3월 1일"):
        end.fill(typed)
        end.press("Tab")
        expect(end).to_have_value("2024-03-01")
    end.fill("내일")
    end.press("Tab")
    expect(hand.wrong("종료일")).to_contain_text("날짜")
    expect(end).to_have_value("내일")


def test_korean_words_arrive_as_typed(person):
    page = person("worker")
    child = children.prepare(page, "supported")
    page.goto(child.start("service_provision"))
    hand = Hand(page)
    hand.fill(사례관리분야="그외")
    hand.control("목표").press_sequentially("뷁 쀍 — 꽃·ㅋㅋ 𠮷")
    words = hand.control("서비스내용")
    words.press_sequentially("첫 줄")
    words.press("Enter")
    words.press_sequentially("둘째 줄 <b>")
    hand.saved(child.name)
    saved = next(one for one in Api(page).get(f"/cases/{child.id}/records")["rows"] if one["form"] == "service_provision")
    page.goto(f"/records/{saved['id']}")
    expect(page.locator(".paper")).to_contain_text("뷁 쀍 — 꽃·ㅋㅋ 𠮷")
    expect(page.locator(".paper")).to_contain_text("둘째 줄 <b>")
