"""fx: what it computes, what it reads, what it refuses and where it says so.

Holds S39, S43 (SECURITY.md).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from engine.spec.expression import MAX_CHARACTERS, FxError, FxRuntimeError, compile_fx

SCOPE = {
    "나이": 17,
    "이름": "홍길동",
    "없음": None,
    "생일": date(2006, 12, 5),
    "오늘": date(2024, 11, 22),
    "때": datetime(2024, 11, 22, 14, 0),
    "참값": True,
    "금액들": [100, None, 250],
    "행들": [{"금액": 100, "용도": "가"}, {"금액": 250, "용도": "나"}, {"용도": "다"}],
    "사례": {"상세": {"값": Decimal("2.5")}},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        # arithmetic: exact, None goes through, x/0 is None
        ("1 + 2 * 3", 7),
        ("0.1 + 0.2 == 0.3", True),
        ("7 / 2", Decimal("3.5")),
        ("6 / 2", 3),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("7.5 % 2", Decimal("1.5")),
        ("1 / 0", None),
        ("1 // 0", None),
        ("1 % 0", None),
        ("없음 + 1", None),
        ("-없음", None),
        ("이름 * 3", None),
        ("이름 - 1", None),
        ("참값 + 1", None),
        ("'%s' % 3", None),
        # comparisons: with nothing false, never across kinds
        ("없음 < 1", False),
        ("없음 >= 1", False),
        ("없음 == None", True),
        ("없음 != None", False),
        ("1 == 참값", False),
        ("1 == '1'", False),
        ("1 == 1.0", True),
        ("'가' < '나'", True),
        ("이름 > 3", False),
        ("1 < 나이 < 20", True),
        ("오늘 == 때", True),
        ("생일 < 오늘", True),
        ("오늘 <= 때", True),
        ("'길' in 이름", True),
        ("3 in [1, 2, 3]", True),
        ("참값 in [1]", False),
        ("나이 not in [16, 17]", False),
        ("3 in 없음", False),
        # logic, choice, lookup
        ("없음 or 5", 5),
        ("나이 > 1 and 이름 == '홍길동'", True),
        ("not 없음", True),
        ("1 if 나이 >= 18 else 2", 2),
        ("사례.상세.값 * 2 == 5", True),
        ("사례.없는.값", None),
        ("이름.길이", None),
        ("행들[0].금액", 100),
        ("행들[-1].용도", "다"),
        ("행들[9]", None),
        ("사례['상세'].값 == 2.5", True),
        ("모르는이름", None),
        # functions
        ("합계(행.금액 for 행 in 행들)", 350),
        ("합계(행.금액 for 행 in 행들 if 행.용도 == '가')", 100),
        ("sum(금액들)", 350),
        ("합계([])", 0),
        ("합계(없음)", 0),
        ("합계(1, 2, 없음)", 3),
        ("최소(금액들)", 100),
        ("최대(생일, 오늘)", date(2024, 11, 22)),
        ("최대([])", None),
        ("개수(행들)", 3),
        ("개수(이름)", 3),
        ("개수(없음)", 0),
        ("항목수('김가상, 이가상; 박가상 · ')", 3),
        ("항목수(없음)", 0),
        ("반올림(2.5)", 3),
        ("반올림(-2.5)", -3),
        ("반올림(78.125)", 78),
        ("반올림(2.345, 2)", Decimal("2.35")),
        ("내림(2.9)", 2),
        ("올림(2.1)", 3),
        ("절댓값(-3)", 3),
        ("만나이(생일, 오늘)", 17),
        ("만나이(생일, 날짜('2024-12-05'))", 18),
        ("만나이(날짜(2008, 2, 29), 날짜(2023, 2, 28))", 14),
        ("만나이(날짜(2008, 2, 29), 날짜(2023, 3, 1))", 15),
        ("만나이(오늘, 생일)", None),
        ("날짜('2023-02-30')", None),
        ("날짜(2023, 2, 30)", None),
        ("날짜(2024, 2, 29)", date(2024, 2, 29)),
        ("날짜(때)", date(2024, 11, 22)),
        ("개월수(날짜(2024, 1, 31), 날짜(2024, 2, 29))", 1),
        ("개월수(날짜(2024, 1, 31), 날짜(2024, 3, 30))", 1),
        ("개월수(오늘, 생일)", -215),
        ("날수(생일, 오늘)", 6562),
        ("오늘 - 생일", 6562),
        ("오늘 + 1", date(2024, 11, 23)),
        ("오늘 - 22", date(2024, 10, 31)),
        ("날짜더하기(날짜(2024, 1, 31), 1, '월')", date(2024, 2, 29)),
        ("날짜더하기(날짜(2024, 2, 29), 1, '년')", date(2025, 2, 28)),
        ("날짜더하기(생일, 18, '년')", date(2024, 12, 5)),
        ("날짜더하기(생일, 99999, '년')", None),
        ("날짜더하기(생일, -1, '일')", date(2006, 12, 4)),
        ("연도(오늘) * 100 + 월(오늘)", 202411),
        ("일(때)", 22),
        ("비어있음(없음) and 비어있음('  ') and 비어있음([])", True),
        ("비어있음(0)", False),
        ("먼저(없음, '', 3)", 3),
        ("글(이름, ' ', 나이, 없음, 오늘, 참값)", "홍길동 172024-11-22예"),
        ("글(2.50)", "2.5"),
        ("모두(행.용도 != '' for 행 in 행들)", True),
        ("하나라도(행.금액 > 200 for 행 in 행들)", True),
        ("포함(금액들, 250)", True),
        ("포함(이름, '길')", True),
        ("'가' + '나'", "가나"),
    ],
)
def test_value(source, value):
    found = compile_fx(source)(SCOPE)
    assert found == value
    assert isinstance(found, type(value)) or not isinstance(value, bool)
    assert not isinstance(found, float)


@pytest.mark.parametrize(
    ("source", "reads", "deep", "needs"),
    [
        ("만나이(case.생년월일, today)", {"case.생년월일", "today"}, {"case.생년월일", "today"}, {"case.생년월일", "today"}),
        ("합계(행.금액 for 행 in 표) == 총액", {"표", "총액"}, {"표", "표.*.금액", "총액"}, {"표", "총액"}),
        ("비어있음(가) or 나 > 1", {"가", "나"}, {"가", "나"}, {"나"}),
        ("가 == None or 나 > 1", {"가", "나"}, {"가", "나"}, {"나"}),
        ("합계(행.금액 * 율 for 행 in 구역.표)", {"구역.표", "율"}, {"구역.표", "구역.표.*.금액", "율"}, {"구역.표", "율"}),
    ],
)
def test_reads(source, reads, deep, needs):
    fx = compile_fx(source)
    assert (fx.reads, fx.deep, fx.needs) == (reads, deep, needs)


@pytest.mark.parametrize(
    "source",
    [
        # every way out that was tried on other engines
        "__import__('os').popen('id').read()",
        "().__class__.__base__.__subclasses__()",
        "''.__class__",
        "이름.__class__",
        "이름.upper()",
        "합계.__globals__",
        "[].append(1)",
        "(lambda: 1)()",
        "[x for x in 행들]",
        "{x for x in 행들}",
        "{x: 1 for x in 행들}",
        "{'a': 1}",
        "{1, 2}",
        "f'{이름}'",
        "이름 := 3",
        "(이름 := 3)",
        "9**9**9",
        "2 << 100",
        "1 | 2",
        "~1",
        "1 @ 2",
        "이름 is None",
        "이름[0:2]",
        "*행들",
        "합계(*행들)",
        "합계(값=3)",
        "(행 for 행 in 행들)",
        "합계(합계(x for x in 행) for 행 in 행들)",
        "합계(x for 행 in 행들 for x in 행)",
        "합계(a for a, b in 행들)",
        "eval('1')",
        "exec('1')",
        "open('/etc/passwd')",
        "getattr(이름, 'x')",
        "print(1)",
        "await 이름",
        "yield 1",
        "import os",
        "b'x'",
        "1j",
        "...",
        "_이름",
        "이름._x",
        "'\\x41'",
        "'a' 'b' \\",
        "1; 2",
        "x = 1",
        "9" * 40,
        "1e400",
        "",
        "   ",
        "a\x00b",
        "(" * 300,
        "-" * 1999,
        "not " * 499 + "1",
        "1" + "+1" * 300,
        "가" * (MAX_CHARACTERS + 1),
        "날짜(1, 2)",
        "만나이(생일)",
        "합계()",
    ],
)
def test_refused(source):
    with pytest.raises(FxError) as caught:
        compile_fx(source)
    assert isinstance(caught.value, SyntaxError)
    assert caught.value.lineno >= 1
    assert caught.value.offset >= 1
    assert caught.value.msg.endswith((".", "?)", "요.", "다.")) or ":" in caught.value.msg


def test_an_error_names_line_and_character():
    with pytest.raises(FxError) as caught:
        compile_fx("이름 == '가' and 합게(행들)")
    assert (caught.value.lineno, caught.value.offset) == (1, 15)
    assert caught.value.msg == "없는 함수입니다: 합게 (혹시 '합계'인가요?)"
    with pytest.raises(FxError) as caught:
        compile_fx("이름 == '가'\n  and 나이.__x > 3")
    assert (caught.value.lineno, caught.value.offset) == (2, 7)


def test_names_are_the_same_however_they_are_typed():
    decomposed = "나이"
    assert compile_fx(decomposed)({"나이": 17}) == 17


def test_lines_may_be_broken():
    assert compile_fx("나이 > 1\n and\n 나이 < 20")({"나이": 17}) is True


@pytest.mark.parametrize(
    "source",
    [
        "개수(글(긴글, 긴글, 긴글) for 행 in 많음)",
        "합계(합계(많음) for 행 in 많음)",
        "개수(행 for 행 in 많음 if 행 in 많음)",
        "개수(행 for 행 in 많음 if 많음 == 많음2)",
        "합계(개수(긴글 + 긴글 + 긴글) for 행 in 많음)",
    ],
)
def test_what_would_run_long_stops(source):
    scope = {"긴글": "가" * 4000, "많음": list(range(5000)), "많음2": list(range(5000))}
    with pytest.raises(FxRuntimeError):
        compile_fx(source)(scope)


def test_ordinary_work_stays_within_the_budget():
    rows = [{"금액": n} for n in range(5000)]
    assert compile_fx("합계(행.금액 * 2 for 행 in 표 if 행.금액 > 10)")({"표": rows}) == 24994890


def test_scopes_may_be_any_mapping_with_get():
    class Facts:
        def get(self, name):
            return {"하나": 1}.get(name)

    assert compile_fx("하나 + 1")(Facts()) == 2
