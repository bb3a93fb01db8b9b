"""Records on paper: A4, upright, nothing cut off, who it is about on top, who signs and who printed it below."""

from __future__ import annotations

import re

import pytest

from tests.browser import children
from tests.browser.children import Api, day
from tests.browser.test_endings import END as OF_AGE

SIZE = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")
CUT = """() => [...document.querySelectorAll('main.paper *')].filter(node => node.scrollWidth > node.clientWidth + 1
    && getComputedStyle(node).display !== 'inline' && !node.closest('.sr,svg')).map(node => node.outerHTML.slice(0, 80))"""
END = {
    "종료일": day(), "보호종료사유": "중간종료", "대상자학력": "고등학교재학",
    "중간종료": {"종료형태": "전원", "전원정보": {"시설구분": "공동생활가정", "시설명": "새봄집"}},
}  # fmt: skip
WHOLE = {  # the longest card: studies, money, and every table with rows
    **OF_AGE, "보호종료사유": "만기종료", "CDA계좌보유금": 2_400_000, "기타후원금": 1_000_000,
    "연장종료만기종료": {
        **OF_AGE["연장종료만기종료"], "대학구분": "4년제",
        "진학정보": {"대학명": "가상대학교", "학과명": "사회복지학과", "주등록금조달": "국가장학금", "부등록금조달": "자립정착금"},
        "직업훈련": [{"훈련기관": "이름이 아주 긴 새봄시 직업전문학교 부설 훈련원", "과정명": "제과제빵 기능사 과정", "교육기간": day(-6), "교육기간종료일": day(-3)}] * 3,
        "자격증": [{"자격분야": "국가기술자격", "자격증명": "제과기능사", "발급날짜": day(-2), "발급처": "한국산업인력공단(가상)"}] * 3,
        "가족사항": [{"성명": "이가상", "관계": "조부모", "나이": 71, "연락처": "010-0000-0000", "비고": "한 달에 한 번 전화합니다."}] * 3,
    },
}  # fmt: skip
TALK = {"상담일자": day(), "담당자": "worker", "상담유형": "내방", "상담분야": ["진학"], "공개여부": "공개", "상담내용": "긴 이야기를 나누었다. " * 60}
MEETING = {
    "회의종류": "개별", "회의일시": f"{day()}T14:00", "회의제목": "다음 해 계획", "회의내용": "긴 이야기를 나누었다. " * 60, "회의결과": "함께 정했다.",
    "내부참석자": "이담당, 최팀장",
}  # fmt: skip
PAPERS = [
    ("selfreliance_plan", "자립지원계획서", {}, 17), ("counselling_log", "자립지원 상담일지", TALK, 17), ("protection_termination", "보호종료카드", END, 17),
    ("protection_termination", "보호종료카드", WHOLE, 18), ("case_conference", "사례회의록", MEETING, 17),
]  # fmt: skip


@pytest.mark.parametrize(("form", "title", "data", "age"), PAPERS, ids=lambda value: value if isinstance(value, str) and value.isascii() else "")
def test_a_record_fits_upright_paper(person, form, title, data, age):
    page = person("worker")
    child = children.prepare(page, "supported", age=age)
    record = child.records.get(form) or finish(Api(page), child, form, data)
    page.goto(f"/records/{record}/print")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1017})  # A4 without its margins, at 96 dots an inch
    assert page.get_by_role("heading", level=1).inner_text() == title
    about = page.get_by_label("아동 정보").inner_text()
    assert child.name in about
    assert "시험원" in about
    assert page.get_by_label("서명").locator("dt").count() >= 1
    assert "이담당 출력" in page.locator(".paper-foot").inner_text()
    assert page.evaluate(CUT) == []
    paper = page.pdf(prefer_css_page_size=True)
    assert {(round(float(wide)), round(float(high))) for wide, high in SIZE.findall(paper)} <= {(595, 842), (596, 842), (595, 843)}
    assert 1 <= len(re.findall(rb"/Type /Page\b(?!s)", paper)) <= 2


def finish(api, child, form, data):
    """Start a work and complete its form through the API."""
    task = api.post(f"/cases/{child.id}/actions/{form}", {})["task"]
    return api.post(f"/tasks/{task}/complete", {"data": data})["record"]
