from __future__ import annotations

import json

from engine.spec.scenario import laid_over, parse_scenarios, players_of
from engine.spec.source import read_document

GIVEN = {
    "now": "2024-03-04T09:00", "closing_date": "2024-01-01", "institutions": [{"id": "home", "name": "집", "kind": "집"}],
    "people": [{"login": "kim", "name": "김", "institution": "home", "roles": ["worker"]}],
}


def parse(**files):
    documents = {name: read_document(f"workflows/scenarios/{name}.json", json.dumps(data, ensure_ascii=False, indent=1).encode()) for name, data in files.items()}
    return parse_scenarios(documents)


def test_a_scenario_is_read_whole():
    known, findings = parse(
        first={"title": "처음", "given": GIVEN, "data": {"plan": {"가": 1, "나": {"다": 2, "라": 3}}}, "steps": [
            {"as": "kim", "do": "complete", "what": "plan", "use": "plan", "data": {"나": {"다": None}}, "expect": {"tasks": []}},
            {"do": "wait", "days": 3},
        ]},
        second={"title": "다음", "after": "first", "steps": [{"as": "kim", "do": "look"}]},
    )
    assert findings == []
    first = known["first"]
    assert (first.now.isoformat(), first.closing_date.isoformat()) == ("2024-03-04T09:00:00", "2024-01-01")
    assert laid_over({"마": 5}, first.steps[0].data) == {"마": 5, "가": 1, "나": {"라": 3}}
    assert (first.steps[1].do, first.steps[1].days) == ("wait", 3)
    assert list(players_of(known["second"], known)) == ["kim"]


def test_answers_are_laid_over_answers():
    assert laid_over({"가": 1, "나": {"다": 2}}, {"나": {"라": 3}, "가": None}) == {"나": {"다": 2, "라": 3}}
    assert laid_over({"표": [1, 2]}, {"표": [{"가": None, "나": 1}]}) == {"표": [{"나": 1}]}
    assert laid_over({}, {"가": False, "나": 0, "다": ""}) == {"가": False, "나": 0, "다": ""}


def test_everything_wrong_is_found_with_its_line():
    broken = {"title": "틀림", "given": {**GIVEN, "now": "어제"}, "steps": [
        {"as": "kim", "do": "complet", "what": "plan"}, {"do": "complete"}, {"do": "wait"}, {"as": "kim", "do": "look", "use": "plan"},
        {"as": "kim", "do": "look", "expect": {"task": []}}, {"as": "kim", "do": "look", "when": 1},
    ]}
    _, findings = parse(broken=broken)
    assert sorted(finding.id for finding in findings) == [
        "missing-key", "missing-key", "unknown-data", "unknown-key", "unknown-key", "unknown-value", "wait-how-long", "wrong-date",
    ]
    text = json.dumps(broken, ensure_ascii=False, indent=1).splitlines()
    assert '"task"' in text[next(finding.line for finding in findings if "기대" in finding.message) - 1]
    assert "complete" in next(finding.message for finding in findings if finding.id == "unknown-value")


def test_scenarios_that_continue_each_other_in_a_circle_or_nothing():
    step = [{"as": "kim", "do": "look"}]
    known, findings = parse(
        a={"title": "가", "after": "b", "steps": step}, b={"title": "나", "after": "a", "steps": step}, c={"title": "다", "after": "missing", "steps": step},
        d={"title": "라", "given": GIVEN, "steps": step},
    )
    assert {(finding.path[-6:], finding.id) for finding in findings} == {("a.json", "scenario-loop"), ("b.json", "scenario-loop"), ("c.json", "unknown-scenario")}
    assert "d" in known
    assert "a" not in known
