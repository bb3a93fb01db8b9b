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
    assert message == "1번째 줄과 2번째 줄이 겹칩니다. 예: n = 15"


def test_gaps_are_named_with_an_example() -> None:
    ((kind, message),) = cover([("n", "number")], ["o"], [["< 15", "1"], ["> 15", "2"]])
    assert (kind, message) == ("rows-gap", "판단표 '이름'에 맞는 줄이 없는 경우가 있습니다. 예: n = 15")
    ((_, message),) = cover([("kind", "string")], ["o"], [['"가"', "1"], ['"나"', "2"]])
    assert message.endswith("예: kind = 그 밖의 값")


def test_values_a_modeler_listed_are_all_there_are() -> None:
    data = dmn([("kind", "string")], ["o"], [['"가"', "1"], ['"나"', "2"]]).replace(b"</input>", '<inputValues><text>"가","나"</text></inputValues></input>'.encode())
    found, _ = parse_decisions({PATH: data})
    assert list(check_cover(found["x"])) == []
    found, _ = parse_decisions({PATH: data.replace('"가","나"</text></inputV'.encode(), '"가","나","다"</text></inputV'.encode())})
    assert [finding.message[-10:] for finding in check_cover(found["x"])] == ['kind = "다"']


def test_other_policies_and_cells_that_read_facts_are_left_alone() -> None:
    assert cover([("n", "number")], ["o"], [["< 15", "1"]], policy="FIRST") == []
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
