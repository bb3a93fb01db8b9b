"""What `check` says about the names and comparisons of an expression."""

from __future__ import annotations

import pytest

from engine.spec.expression import compile_fx
from engine.spec.fx_types import BOOLEAN, DATE, DATETIME, NUMBER, TEXT, FxType, infer, list_of, record, type_of

TYPES = {
    "today": DATE,
    "때": DATETIME,
    "동의": BOOLEAN,
    "case": record({"생일": DATE, "이름": TEXT, "사유": FxType("text", codes=frozenset({"만기", "중간"})), "나이": NUMBER}),
    "표": list_of(record({"금액": NUMBER, "용도": TEXT})),
    "선택": list_of(FxType("text", codes=frozenset({"가", "나"}))),
    "열린": record({}, open=True),
}


@pytest.mark.parametrize(
    "source",
    [
        "case.생일 < today",
        "때 >= today",
        "case.사유 == '만기'",
        "case.사유 in ['만기', '중간']",
        "합계(행.금액 for 행 in 표) == case.나이",
        "today - case.생일 > 30",
        "today + 3 > case.생일",
        "먼저(case.생일, today) <= today",
        "만나이(case.생일, 때) >= 15",
        "최대(행.금액 for 행 in 표) > 3",
        "글(case.이름, 3) == '가'",
        "열린.무엇 > 3 and 열린.무엇 == '가'",
        "'가' in 선택",
        "포함(선택, '나')",
        "case.이름 == None",
        "동의 == True and not 동의",
        "표[0].금액 > 1",
    ],
)
def test_nothing_wrong(source):
    assert infer(compile_fx(source), TYPES) == []


@pytest.mark.parametrize(
    ("source", "offset", "kind", "message"),
    [
        ("case.생잉 < today", 1, "unknown-name", "없는 이름입니다: case.생잉 (혹시 '생일'인가요?)"),
        ("tody", 1, "unknown-name", "없는 이름입니다: tody (혹시 'today'인가요?)"),
        ("case.이름 > 3", 11, "type-mismatch", "글과 숫자는 견줄 수 없습니다: case.이름, 3."),
        ("case.생일 == '2024-01-01'", 12, "type-mismatch", "날짜와 글은 견줄 수 없습니다: case.생일, '2024-01-01'. 날짜(\"2024-01-31\") 처럼 쓰세요."),
        ("동의 > 3", 1, "type-mismatch", "예/아니요는 크기를 견줄 수 없습니다: 동의"),
        ("case.사유 == '만긴'", 12, "constant-not-in-list", "'만긴'은 'case.사유'의 코드 목록에 없습니다. (혹시 '만기'인가요?)"),
        ("case.사유 in ['만기', '없음']", 19, "constant-not-in-list", "'없음'은 'case.사유'의 코드 목록에 없습니다."),
        ("'다' in 선택", 1, "constant-not-in-list", "'다'는 '선택'의 코드 목록에 없습니다."),
        ("포함(선택, '다')", 8, "constant-not-in-list", "'다'는 '선택'의 코드 목록에 없습니다."),
        ("합계(행.금악 for 행 in 표)", 4, "unknown-name", "없는 이름입니다: 행.금악 (혹시 '금액'인가요?)"),
        ("합계(행.용도 for 행 in 표)", 4, "type-mismatch", "숫자 자리에 글이 있습니다: 행.용도"),
        ("표.금액", 1, "type-mismatch", "'표'는 목록입니다. 합계(행.금액 for 행 in 표) 처럼 쓰세요."),
        ("만나이(case.이름, today)", 5, "type-mismatch", "날짜 자리에 글이 있습니다: case.이름"),
        ("case.이름 * 2", 1, "type-mismatch", "숫자 자리에 글이 있습니다: case.이름"),
        ("합계(행.금액 for 행 in case)", 18, "type-mismatch", "for … in 뒤에는 목록이 와야 합니다: case"),
    ],
)
def test_wrong(source, offset, kind, message):
    assert infer(compile_fx(source), TYPES) == [(offset, kind, message)]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("case.생일", "date"),
        ("today - case.생일", "number"),
        ("today - 1", "date"),
        ("case.이름 or '없음'", "text"),
        ("3 if 동의 else None", "number"),
        ("최대(행.금액 for 행 in 표)", "number"),
        ("표[0].용도", "text"),
        ("비어있음(표)", "boolean"),
        ("날짜('2024-01-01')", "date"),
        ("모르는", "any"),
        ("[1, 2]", "list"),
    ],
)
def test_type(source, kind):
    assert type_of(compile_fx(source), TYPES).kind == kind
