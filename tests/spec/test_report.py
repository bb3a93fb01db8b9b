from __future__ import annotations

import json

from engine.spec.report import parse_report
from engine.spec.source import read_document

WORLD = {
    "id": "by_sex", "title": "성별", "where": "case.나이 >= 15", "groups": [{"id": "sex", "title": "성별", "value": "case.성별"}],
    "measures": [{"id": "all", "title": "모두"}, {"id": "age", "title": "평균 나이", "how": "mean", "value": "case.나이"}],
}


def parse(world):
    return parse_report(read_document("forms/reports/by_sex.json", json.dumps(world, ensure_ascii=False, indent=1).encode()))


def test_a_report_is_read_whole():
    report, findings = parse(WORLD)
    assert findings == []
    assert [(part.id, part.how, part.value is None) for part in (*report.groups, *report.measures)] == [("sex", "", False), ("all", "count", True), ("age", "mean", False)]
    assert report.where({"case": {"나이": 15}}) is True


def test_everything_wrong_is_found_at_once():
    broken = json.loads(json.dumps(WORLD))
    broken["measures"][1] = {"id": "age", "title": "나이", "how": "median", "value": "case."}
    broken["groups"][0]["valeu"] = "x"
    assert sorted(finding.id for finding in parse(broken)[1]) == ["bad-expression", "unknown-key", "unknown-value"]
