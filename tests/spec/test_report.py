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


def test_groups_and_filters_are_stored_as_the_columns_of_a_view():
    world = {**WORLD, "filters": [{"id": "year", "title": "해", "kind": "year-range", "value": "case.가입일", "type": "date", "default": ["2023", "2024"]}]}
    report, findings = parse(world)
    assert findings == []
    assert [(column.id, column.type) for column in report.stored.columns] == [("group.sex", "text"), ("measure.age", "number"), ("filter.year", "date")]
    assert (report.filters[0].column, report.stored.id, report.stored.where.source) == ("filter.year", "report:by_sex", "case.나이 >= 15")


def test_what_no_table_can_show_is_found():
    group = WORLD["groups"][0]
    for broken, wanted in (
        ({**WORLD, "groups": []}, ["report-groups"]),
        ({**WORLD, "groups": [{**group, "id": f"g{n}"} for n in range(4)]}, ["report-groups"]),
        ({**WORLD, "groups": [group, group]}, ["duplicate-id"]),
        ({**WORLD, "measures": [{"id": "sex", "title": "모두"}]}, ["duplicate-id"]),
        ({**WORLD, "measures": []}, ["report-measures"]),
        ({**WORLD, "measures": [{"id": "n", "title": "모두", "value": "case.나이"}]}, ["count-of-what"]),
        ({**WORLD, "filters": [{"id": "x", "title": "x", "kind": "identifier", "value": "case.나이"}]}, ["unknown-value"]),
        ({key: value for key, value in WORLD.items() if key != "groups"}, ["missing-key"]),
    ):
        assert [finding.id for finding in parse(broken)[1]] == wanted
