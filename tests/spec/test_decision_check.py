"""Tables that leave a value without a row, or give it two; expressions that cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest

from engine.spec.decision import parse_decisions
from engine.spec.decision_check import check_cover, check_decisions
from engine.spec.fx_types import NUMBER, TEXT, FxType, record
from tests.spec.test_decision import PATH, dmn

KINDS: dict[str, FxType] = {"n": NUMBER, "kind": TEXT, "institution": record({"kind": TEXT}), "끝남": FxType("boolean")}


def cover(*args: Any, **more: Any) -> list[tuple[str, str]]:
    found, findings = parse_decisions({PATH: dmn(*args, **more)})
    assert findings == []
    return [(finding.id, finding.message) for finding in check_cover(found["x"])]


def test_a_whole_table_has_nothing_to_say() -> None:
    assert cover([("n", "number")], ["o"], [["< 15", "1"], ["[15..18)", "2"], [">= 18", "3"]]) == []
    assert cover([("kind", "string")], ["o"], [['"가"', "1"], ['not("가")', "2"]]) == []
    assert cover([("b", "boolean")], ["o"], [["true", "1"], ["false", "2"]]) == []
    assert cover([("n", "number"), ("kind", "string")], ["o"], [["< 5", '"가"', "1"], ["< 5", 'not("가")', "2"], [">= 5", "-", "3"]]) == []


def test_overlapping_rows_are_named_with_an_example() -> None:
    ((kind, message),) = cover([("n", "number")], ["o"], [["<= 15", "1"], [">= 15", "2"]])
    assert kind == "rows-overlap"
    assert message == "1번째 줄과 2번째 줄이 겹칩니다. 예: n = 15. 한 줄만 맞도록 조건을 나누세요."


def test_gaps_are_named_with_an_example() -> None:
    ((kind, message),) = cover([("n", "number")], ["o"], [["< 15", "1"], ["> 15", "2"]])
    assert (kind, message) == ("rows-gap", "판단표 '이름'에 맞는 줄이 없는 경우가 있습니다. 예: n = 15. 줄을 더하거나 조건을 넓히세요.")
    ((_, message),) = cover([("kind", "string")], ["o"], [['"가"', "1"], ['"나"', "2"]])
    assert "예: kind = 그 밖의 값. " in message


def test_values_a_modeler_listed_are_all_there_are() -> None:
    data = dmn([("kind", "string")], ["o"], [['"가"', "1"], ['"나"', "2"]]).replace(b"</input>", '<inputValues><text>"가","나"</text></inputValues></input>'.encode())
    found, _ = parse_decisions({PATH: data})
    assert list(check_cover(found["x"])) == []
    found, _ = parse_decisions({PATH: data.replace('"가","나"</text></inputV'.encode(), '"가","나","다"</text></inputV'.encode())})
    assert [finding.message.split("예: ")[1][:10] for finding in check_cover(found["x"])] == ['kind = "다"']


def test_dates_are_cut_like_numbers() -> None:
    early, late = "날짜(2024, 3, 4)", "날짜(2024, 6, 1)"
    assert cover([("d", "date")], ["o"], [[f"< {early}", "1"], [f"[{early}..{late})", "2"], [f">= {late}", "3"]]) == []
    ((kind, message),) = cover([("d", "date")], ["o"], [[f"<= {early}", "1"], [f">= {early}", "2"]])
    assert (kind, message.split(". ")[1]) == ("rows-overlap", "예: d = 2024-03-04")
    ((kind, message),) = cover([("d", "date")], ["o"], [[f"< {early}", "1"], [f"> {late}", "2"], [f"{early}, {late}", "3"]])
    assert (kind, message.split(". ")[1]) == ("rows-gap", "예: d = 2024-03-04와 2024-06-01 사이")
    assert cover([("d", "date")], ["o"], [["<= 날짜(1, 1, 1)", "1"], ["> 날짜(1, 1, 1)", "2"]]) == []
    assert cover([("d", "date")], ["o"], [["< 날짜(2024, 3, 4)", "1"], [">= 20240304", "2"]]) == []  # of two kinds: nothing can be said


def test_a_first_table_may_overlap_and_must_not_leave_gaps() -> None:
    assert cover([("n", "number")], ["o"], [["< 15", "1"], ["-", "2"]], policy="FIRST") == []
    ((kind, message),) = cover([("n", "number")], ["o"], [["< 15", "1"], ["<= 15", "2"]], policy="FIRST")
    assert (kind, message.split(". ")[1]) == ("rows-gap", "예: n = 15보다 큰 수")


def test_other_policies_guards_and_cells_that_read_facts_are_left_alone() -> None:
    assert cover([("n", "number")], ["o"], [["< 15", "1"]], policy="COLLECT") == []
    guards, _ = parse_decisions({PATH: dmn([("n", "number")], ["message"], [["< 15", "'x'"]], policy="FIRST", name="guards")})
    assert list(check_cover(guards["guards"])) == []
    assert cover([("n", "number")], ["o"], [["< m", "1"]]) == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (dmn([("없는이름", "")], ["o"], [["1", "1"], ["not(1)", "1"]]), "unknown-name"),
        (dmn([("n", "")], ["o"], [["> 모름", "1"]]), "unknown-name"),
        (dmn([("n", "")], ["o"], [["-", "모름"]]), "unknown-name"),
        (dmn([("true", "")], ["o"], [["n + 1", "1"]]), "wrong-kind"),
        (dmn([("n", "")], ["o"], [["? > '가'", "1"]]), "type-mismatch"),
    ],
)
def test_expressions_that_cannot_be_meant(data: bytes, kind: str) -> None:
    assert kind in {finding.id for finding in check_decisions({PATH: data}, KINDS)}


def test_guards_may_ask_for_the_action() -> None:
    data = dmn([("action", ""), ("institution.kind", ""), ("true", "")], ["message", "page"], [['"a"', "-", "끝남", '"안 됩니다."', ""]], policy="COLLECT", name="guards")
    assert check_decisions({PATH: data}, KINDS) == []
