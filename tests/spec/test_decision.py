"""Decision tables: cells as any DMN modeler writes them, hit policies, and the table of refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.spec.decision import Decision, guards, parse_decisions
from engine.spec.decision_cells import compile_cell, split
from engine.spec.expression import FxError

PATH = "workflows/decisions/x.dmn"


def dmn(inputs: list[tuple[str, str]], outputs: list[str], rules: list[list[str]], *, policy: str = "UNIQUE", name: str = "x") -> bytes:
    def cell(tag: str, text: str) -> str:
        return f"<{tag}><text>{text.replace('&', '&amp;').replace('<', '&lt;')}</text></{tag}>"

    columns = "".join(f'<input><inputExpression typeRef="{kind}"><text>{text}</text></inputExpression></input>' for text, kind in inputs)
    results = "".join(f'<output name="{output}"/>' for output in outputs)
    lines = ""
    for number, rule in enumerate(rules, 1):
        cells = [cell("inputEntry", text) for text in rule[: len(inputs)]] + [cell("outputEntry", text) for text in rule[len(inputs) :]]
        lines += f'\n<rule id="r{number}">' + "".join(cells) + "</rule>"
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="{name}" name="이름"><decisionTable hitPolicy="{policy}">{columns}{results}{lines}</decisionTable></decision></definitions>'
    ).encode()


def table(*args: Any, **more: Any) -> Decision:
    found, findings = parse_decisions({PATH: dmn(*args, **more)})
    assert findings == []
    return found["x"]


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("-", [1, "a", None], []),
        ("", [1, None], []),
        ('"가","나"', ["가", "나"], ["다", None, 1]),
        ("< 18", [17, Decimal("17.5")], [18, None, "가"]),
        (">= 18", [18, 19], [17, None]),
        ("<= 3, > 10", [3, 11], [4, 10]),
        ("!= 3", [4], [3]),
        ("= 3", [3], [4]),
        ("[15..18)", [15, 17], [14, 18, None]),
        ("(15..18]", [16, 18], [15, 19]),
        ("]15..18[", [16], [15, 18]),
        ("[1..2],[5..6]", [1, 6], [3, 4]),
        ('not("가","나")', ["다"], ["가", "나"]),
        ("true", [True], [False, 1, None]),
        ('["가","나"]', ["가"], ["다"]),
        ("? > 3 and ? < n", [4, 5], [3, 6]),
        ('"가?"', ["가?"], ["가"]),
        ("n", [6], [5]),
    ],
)
def test_cells_read_as_in_any_modeler(cell: str, yes: list[Any], no: list[Any]) -> None:
    rows = table([("v", "")], ["o"], [[cell, "1"]])
    for value in yes:
        assert rows.decide({"v": value, "n": 6}) == {"o": 1}, value
    for value in no:
        assert rows.decide({"v": value, "n": 6}) == {"o": None}, value


def test_a_column_of_true_holds_conditions() -> None:
    rows = table([("true", "boolean")], ["o"], [["a > 1 and b in [1, 2]", "1"], ["not (a > 1)", "2"]], policy="FIRST")
    assert rows.decide({"a": 2, "b": 2}) == {"o": 1}
    assert rows.decide({"a": 1, "b": 2}) == {"o": 2}


def test_first_takes_the_first_and_collect_all() -> None:
    rules = [["> 1", '"큼"', "1"], ["> 0", '"양수"', ""], ["-", "글(v, '점')", "3"]]
    assert table([("v", "number")], ["word", "n"], rules, policy="FIRST").decide({"v": 2}) == {"word": "큼", "n": 1}
    assert table([("v", "number")], ["word", "n"], rules, policy="COLLECT").decide({"v": 1}) == {"word": ["양수", "1점"], "n": [None, 3]}
    assert table([("v", "number")], ["word", "n"], rules[:1]).decide({"v": 0}) == {"word": None, "n": None}


def test_cells_are_cut_at_commas_outside_quotes_and_brackets() -> None:
    assert split('"a,b", 최소(1, 2), [1..3]') == ['"a,b"', "최소(1, 2)", "[1..3]"]
    with pytest.raises(FxError):
        compile_cell('"a",')


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<x/>", "not-dmn"),
        (b"<!DOCTYPE x><x/>", "xml-doctype"),
        (dmn([("v", "")], ["o"], [["1", "2"]], policy="PRIORITY"), "hit-policy"),
        (dmn([("v", "")], ["o"], [["1"]]), "rule-shape"),
        (dmn([("v", "")], [], []), "rule-shape"),
        (dmn([("v", "")], ["o"], [["__import__('os')", "1"]]), "bad-expression"),
        (dmn([("v", "")], ["o"], [["1", "().__class__"]]), "bad-expression"),
        (dmn([("v +", "")], ["o"], []), "bad-expression"),
        (dmn([("action", "")], ["message", "page"], [["loan", '"안 됩니다."', ""]], name="guards"), "bad-expression"),
        (dmn([("v", "")], ["o"], []).replace(b"<output", b"<script/><output"), "unknown-element"),
        (dmn([("v", "")], ["o"], []).replace(b"decisionTable", b"literalExpression"), "decision-kind"),
    ],
)
def test_s39_what_cannot_be_read_is_a_finding_and_no_table(data: bytes, kind: str) -> None:
    found, findings = parse_decisions({PATH: data})
    assert kind in {finding.id for finding in findings}
    assert found == {}
    assert all(finding.path == PATH and finding.line >= 1 for finding in findings)


def test_findings_name_the_line_of_the_row() -> None:
    _, findings = parse_decisions({PATH: dmn([("v", "")], ["o"], [["1", "1"], ["2 +", "1"]])})
    assert [finding.line for finding in findings] == [3]


GUARDS = dmn(
    [("action", "string"), ("institution.kind", "string"), ("true", "boolean")],
    ["message", "page"],
    [
        ["-", "-", "끝남", '"끝난 대상입니다."', "32"],
        ['"loan","complete:loan"', "-", "record.lesson.count == 0", '"교육을 먼저 받으세요."', ""],
        ['"leave"', '"이동","분점"', "-", "글('여기에서는 안 됩니다: ', institution.kind)", "7"],
    ],
    policy="COLLECT",
    name="guards",
)


def test_guards_refuse_with_their_sentence_and_page() -> None:
    table = guards({PATH: GUARDS})
    facts: dict[str, Any] = {"institution": {"kind": "본점"}, "record": {"lesson": {"count": 0}}, "끝남": None}
    assert table.refusals("leave", facts) == ()
    (refusal,) = table.refusals("complete:loan", facts)
    assert (refusal.row_id, refusal.message, refusal.page) == ("r2", "교육을 먼저 받으세요.", None)
    (moved,) = table.refusals("leave", facts | {"institution": {"kind": "분점"}})
    assert (moved.message, moved.page) == ("여기에서는 안 됩니다: 분점", 7)
    assert [each.row_id for each in table.refusals("loan", facts | {"끝남": True})] == ["r1", "r2"]
    assert [each.row_id for each in table.refusals("withdraw:loan", facts | {"끝남": True})] == ["r1"]
    assert [row.id for row in table.rows] == ["r1", "r2", "r3"]


def test_no_table_refuses_nothing() -> None:
    assert guards({}).refusals("anything", {}) == ()
