"""Expressions and conditions in Korean words, read from the one place they stand in; what has no usual shape is shown as written."""

from __future__ import annotations

import pytest

from engine.spec import wording
from engine.spec.edition import load_edition
from engine.spec.expression import compile_fx
from engine.spec.naming import Naming
from tests.casework.library import TOY


@pytest.fixture(scope="module")
def top():
    return Naming(load_edition(TOY))


@pytest.fixture
def loan(top):
    return top.within(top.edition.forms["loan"].root)


VALUES = {
    "today": "오늘",
    "연도(today)": "오늘의 해",
    "날짜(연도(today), 12, 31)": "오늘의 해 12월 31일",
    '날짜더하기(today, -3, "월")': "오늘에서 3달 앞",
    "만나이(case.생년월일, today)": "오늘에 회원의 생년월일로 센 만 나이",
    "record.lesson.last.교육일": "마지막 안전교육의 교육일",
    "record.lesson.count": "저장한 안전교육의 수",
    "record.lesson.made + 1": "이제까지 저장한 안전교육의 수 + 1",
    '"가" if record.lesson.count > 0 else "나"': "저장한 안전교육이 있을 때 ‘가’, 아니면 ‘나’",
    '"가" if record.lesson.count > 0 else None': "저장한 안전교육이 있을 때 ‘가’ (아니면 비움)",
    "반올림((1 + 2) * 3)": "((1 + 2) × 3)을 반올림한 값",
    '글("오늘은 ", today)': "‘오늘은 〈오늘〉’",
    "먼저(case.owner, person.login)": "회원을 맡은 사람, 비어 있으면 적는 사람",
    "closing_date": "입력 마감일",
}
TIMES = {
    "record.lesson.count == 0": "저장한 안전교육이 없을 때",
    "not record.lesson.count": "저장한 안전교육이 없을 때",
    "record.lesson.count >= 1": "저장한 안전교육이 있을 때",
    "not record.lesson.made": "이제까지 저장한 안전교육이 없을 때",
    "record.lesson.count < 3": "저장한 안전교육의 수가 3 미만일 때",
    "open.loan > 0": "진행 중인 대여가 있을 때",
    "case.생년월일 <= today": "회원의 생년월일이 오늘보다 늦지 않을 때",
    "case.생년월일 < today and today > closing_date": "회원의 생년월일이 오늘보다 빠르고 오늘이 입력 마감일보다 늦을 때",
    "비어있음(closing_date) or today >= closing_date": "입력 마감일이 비어 있거나 오늘이 입력 마감일보다 빠르지 않을 때",
    "not (비어있음(closing_date) or today >= closing_date)": "입력 마감일이 비어 있지 않고 오늘이 입력 마감일보다 빠를 때",
    "case.성별 in ['남', '여']": "회원의 성별이 ‘남’, ‘여’ 가운데 하나일 때",
    "institution.kind != '본관' and (record.loan.count or record.lesson.count)": "기관의 종류가 ‘본관’이 아니고 (저장한 대여가 있거나 저장한 안전교육이 있을 때)",
    "종결됨": "‘종결됨’에 해당할 때",
    "'boss' in person.roles": "적는 사람의 역할에 ‘boss’가 들어 있을 때",
}


@pytest.mark.parametrize("source", VALUES)
def test_a_value_is_told_as_a_noun(top, source):
    assert wording.value(compile_fx(source), top).text == VALUES[source]


@pytest.mark.parametrize("source", TIMES)
def test_a_condition_is_told_as_a_time(top, source):
    assert wording.time(compile_fx(source), top).text == TIMES[source]


def test_a_rule_is_told_as_a_demand(top):
    assert wording.demand(compile_fx("case.생년월일 <= today"), top).text == "회원의 생년월일이 오늘보다 늦지 않아야 합니다."


@pytest.mark.parametrize("source", ["case.아무개", "record.nothing.count", "1 // 2", "[1, 2][0]", "unknown"])
def test_what_has_no_usual_shape_is_shown_as_written(top, source):
    told = wording.value(compile_fx(source), top)
    assert (told.text, str(told)) == ("", source)


def test_the_record_that_is_corrected_is_told_as_what_stood_before(loan):
    told = wording.value(compile_fx("먼저(before.보증금, record.loan.made + 1)"), loan)
    assert told.text == "고치기 전의 보증금, 비어 있으면 (이제까지 저장한 대여의 수 + 1)"
