"""The whole way of a child, on screens that nobody wrote: registered, assessed, planned, supported, and the end of care in its three forms.

Holds K31, S16 (SECURITY.md).
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import SCORES, TODAY, day
from tests.browser.hand import Hand

CLOSED = "종결된 아동입니다"


def opened(page, url):
    page.goto(url)
    return Hand(page)


def register(page, name, *, age):
    page.get_by_role("navigation", name="주 메뉴").get_by_role("link", name="대상자 등록").click()
    hand = Hand(page)
    hand.fill(대상자명=name, 성별="남", 생년월일=day(days=3), 입소일자=day(-6))
    page.get_by_role("button", name="등록", exact=True).click()
    expect(page.locator("#summary").get_by_role("listitem")).to_have_count(2)
    expect(hand.wrong("생년월일")).to_have_text(re.compile("오늘보다 뒤일 수 없습니다"))
    expect(hand.field("대상자명")).to_have_value(name)
    expect(hand.choice("성별", "남")).to_be_checked()
    page.locator("#summary").get_by_role("link").first.click()
    expect(hand.field("생년월일")).to_be_focused()
    hand.fill(생년월일=day(-age, -20))
    expect(hand.derived("보호조치결정년도")).to_have_text(f"{TODAY.year - 6}년")
    page.get_by_role("button", name="등록", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return hand


def next_task(page, title):
    """Follow what the page of the child says is next."""
    expect(page.locator(".next h3")).to_contain_text(title)
    page.locator(".next").get_by_role("link", name="작성").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def test_register_to_expiry_with_a_job(person):
    page, name = person("worker"), children.new_name()
    hand = register(page, name, age=18)
    case = page.url
    expect(page.locator(".steps [aria-current=step]")).to_contain_text("등록")

    next_task(page, "아동자립정보")
    expect(hand.field("대상등록일")).to_have_value(day())
    expect(hand.field("입소일자")).to_have_value(day(-6))
    expect(hand.derived("입소연령")).to_have_text("12세")
    hand.refused("입소경로", "주 발생유형")
    hand.fill(입소경로="기타")
    hand.put("입소경로기타내용", "타 시도 의뢰")
    hand.fill(주발생유형="부모 이혼·별거", 부발생유형=["유기"])
    hand.fill(입소경로="보호자 의뢰")
    expect(hand.field("입소경로기타내용")).to_have_count(0)
    hand.fill(대상등록일=day(-2))
    hand.refused("마감일자")
    expect(hand.choice("부발생유형", "유기")).to_be_checked()
    hand.fill(대상등록일=day(), 입소일자=day(-5))
    expect(hand.derived("입소연령")).to_have_text("13세")
    hand.saved("자립기술평가")

    hand.mark("일상생활", SCORES["일상생활"][:7])
    hand.refused(*missing_items())
    for domain, marks in SCORES.items():
        hand.mark(domain, marks)
    expect(hand.derived("일상생활기술영역점수")).to_have_text("78점")
    expect(hand.derived("전체영역")).to_have_text("80점")
    hand.saved("자립지원계획")

    expect(hand.derived("집중지원영역")).to_have_text(re.compile("일상생활기술.*돈관리기술.*진로탐색", re.DOTALL))
    hand.fill(자립계획구분="진학")
    expect(hand.field("진학계획-희망대학명")).to_be_visible()
    hand.fill(진학계획__희망대학명="가상대학교", 자립계획구분="취업")
    expect(hand.field("진학계획-희망대학명")).to_have_count(0)
    hand.fill(학교선택="고등학교", 학년선택="3학년", 희망주거="기숙사")
    hand.refused("희망직종", "희망직업")
    hand.fill(취업계획__희망직종="기능직", 취업계획__희망직업="제과사")
    page.get_by_role("button", name=re.compile("자격증.*추가")).click()
    expect(hand.field("자격증-0-자격분야")).to_be_focused()
    hand.put("자격증/0/자격증명", "제과기능사")
    hand.saved("사례관리일지")

    hand.fill(사례관리분야="주거")
    hand.fill(주거__자부담="300000", 주거__개인후원="150000")
    expect(hand.derived("주거/총금액")).to_have_text("450,000원")
    hand.fill(사례관리분야="그외", 목표="생활 점검")
    expect(hand.field("주거-자부담")).to_have_count(0)
    hand.put("제공서비스", "문화활동")
    hand.save()

    expect(page.get_by_role("heading", level=1)).to_have_text("보호종료관리")
    ends_with_a_job(page, hand)
    expect(page).to_have_url(case)
    expect(page.locator(".card")).to_contain_text("종결")
    closed_for_good(page, case)


def missing_items():
    """What the summary says of an assessment with only the first seven questions answered."""
    others = [(domain, number) for domain, marks in SCORES.items() if domain != "일상생활" for number in range(1, len(marks) + 1)]
    return ["8. 세탁기", *(f"{number}. 임시 문항 ({domain} {number})" for domain, number in others)]


def ends_with_a_job(page, hand):
    hand.fill(종료일=day())
    expect(hand.derived("나이")).to_have_text("18세")
    expect(hand.field("연장종료만기종료-취업여부")).to_have_count(0)
    hand.fill(보호종료사유="만기종료", 대상자학력="고등학교졸업", 사후관리동의여부="동의")
    expect(page.locator("form .foot .warn")).to_contain_text("저장하면 이 아동의 모든 단계가 끝나고")
    hand.fill(주거형태정부지원외="기숙사", 자부담="300000", 자립정착금="10000000", CDA계좌보유금="0", 기타후원금="0", 자립수당수급여부="유")
    hand.fill(보호종료아동자립교육수료여부="미수료", 자립수당="미신청")
    hand.put("자립수당미신청사유", "본인이 원하지 않음")
    hand.put("연장종료만기종료/취업여부", "미취업")
    expect(hand.field("연장종료만기종료/희망분야")).to_be_visible()
    hand.put("연장종료만기종료/취업여부", "취업")
    expect(hand.field("연장종료만기종료/희망분야")).to_have_count(0)
    hand.fill(연장종료만기종료__대학구분="미진학", 연장종료만기종료__주생활비조달="근로(아르바이트포함)")
    hand.fill(연장종료만기종료__취업정보__직장명="가상제과", 연장종료만기종료__취업정보__직장전화번호="02 123")
    hand.refused("전화번호는 010-1234-5678 형식으로", "취업분야", "소득", "취업형태", "취업경로")
    expect(hand.field("연장종료만기종료/취업정보/직장전화번호")).to_have_value("02 123")
    expect(hand.field("자립정착금")).to_have_value("10,000,000")
    job = {"직장전화번호": "02-123-4567", "취업분야": "기능직", "소득": "101~130만원", "취업형태": "정규직", "취업경로": "시설"}
    for name, answer in job.items():
        hand.put(f"연장종료만기종료/취업정보/{name}", answer)
    hand.confirmed("자립정착금 사용계획서가 없습니다")


def closed_for_good(page, case):
    """Everything is greyed with its reason, and no address writes either."""
    expect(page.locator(".next")).to_have_count(0)
    refused = page.locator(".refused li").filter(has_text=CLOSED)
    for title in ("사례관리일지", "자립기술평가", "담당자 변경요청"):
        expect(refused).to_contain_text(title)
    expect(page.locator(".fold a.btn")).to_have_count(0)
    records = page.locator("table a[href^='/records/']")
    links = [records.nth(n).get_attribute("href") for n in range(records.count())]
    assert len(links) >= 6
    for link in links:
        page.goto(link)
        expect(page.get_by_role("link", name="고치기")).to_have_count(0)
        expect(page.locator(".page-head")).to_contain_text(CLOSED)
        assert page.goto(f"{link}/amend").ok
        expect(page.get_by_role("status")).to_contain_text([CLOSED])
        expect(page.locator("form.screen")).to_have_count(0)
    for work in ("service_provision", "skills_assessment", "protection_termination", "case_manager_change"):
        page.goto(f"{case}/start/{work}")
        expect(page.locator("main")).to_contain_text(CLOSED)
        expect(page.locator("form.screen")).to_have_count(0)


def test_leaving_for_another_home(person):
    page = person("worker")
    child = children.prepare(page, "supported", age=17)
    hand = opened(page, child.start("protection_termination"))
    hand.fill(종료일=day(), 보호종료사유="중간종료", 대상자학력="고등학교재학")
    expect(hand.derived("나이")).to_have_text("17세")
    hand.put("중간종료/종료형태", "기타")
    expect(hand.field("중간종료/전원정보/시설명")).to_have_count(0)
    hand.put("중간종료/종료형태", "전원")
    hand.refused("시설구분", "시설명")
    hand.put("중간종료/전원정보/시설구분", "공동생활가정")
    hand.put("중간종료/전원정보/시설명", "새봄집")
    hand.saved(child.name)
    closed_for_good(page, child.url)


def test_a_pause_of_foster_care_ends_nothing(person):
    page = person("foster.worker")
    child = children.prepare(page, "supported", age=19, foster=True)
    hand = opened(page, child.start("protection_termination"))
    hand.fill(종료일=day(), 보호종료사유="일시중지", 대상자학력="고등학교졸업")
    expect(hand.field("일시중지/일시중지사유")).to_be_visible()
    expect(hand.field("자립정착금")).to_have_count(0)
    expect(page.locator("form .foot .warn")).to_have_count(0)
    hand.fill(일시중지__일시중지시작일=day(days=1), 일시중지__일시중지종료일=day(days=-1), 일시중지__일시중지사유="군 입대")
    hand.refused("같은 날", "빠를 수 없습니다")
    hand.fill(일시중지__일시중지시작일=day(), 일시중지__일시중지종료일=day(1))
    hand.saved(child.name)
    expect(page.locator(".card")).to_contain_text("일시중지")
    hand = opened(page, child.start("service_provision"))
    hand.fill(사례관리분야="그외", 목표="휴가 때 연락")
    hand.saved(child.name)
    expect(page.locator("main")).to_contain_text("휴가 때 연락")
