from __future__ import annotations

import json

from engine.spec.source import read_document
from engine.spec.view import parse_view

WORLD = {
    "id": "all", "title": "모두", "kinds": ["본점"], "where": "case.나이 >= 15",
    "columns": [{"id": "name", "title": "이름", "value": "case.이름", "link": True}, {"id": "joined", "title": "날", "value": "case.날", "type": "date", "group": "때"}],
    "filters": [
        {"id": "year", "title": "해", "kind": "year-range", "column": "joined", "required": True, "default": ["연도(today) - 3", "연도(today)"]},
        {"id": "kind", "title": "종류", "kind": "choice", "column": "name", "options": {"list": "sex"}},
        {"id": "state", "title": "상태", "kind": "choice", "column": "name", "options": ["가", "나"], "default": "'가'"},
        {"id": "number", "title": "번호", "kind": "identifier"},
    ],
    "sort": [{"column": "joined", "descending": True}],
}


def parse(world):
    return parse_view(read_document("forms/views/all.json", json.dumps(world, ensure_ascii=False, indent=1).encode()))


def test_a_view_is_read_whole():
    view, findings = parse(WORLD)
    assert findings == []
    assert [column.id for column in view.columns] == ["name", "joined"]
    assert view.column("joined").value({"case": {"날": 1}}) == 1
    assert [len(f.default) for f in view.filters] == [2, 0, 1, 0]
    assert (view.filters[1].list, view.filters[2].options) == ("sex", ("가", "나"))
    assert (view.for_kind("본점"), view.for_kind("분점")) == (True, False)


def test_everything_wrong_is_found_at_once():
    broken = json.loads(json.dumps(WORLD))
    broken["columns"][0]["value"] = "case."
    broken["columns"][1]["type"] = "data"
    broken["filters"][0]["column"] = "joind"
    broken["filters"][1]["kind"] = "chioce"
    broken["sort"][0]["column"] = "nam"
    broken["colums"] = []
    _, findings = parse(broken)
    assert sorted(finding.id for finding in findings) == ["bad-expression", "unknown-column", "unknown-column", "unknown-key", "unknown-value", "unknown-value"]
    text = json.dumps(broken, ensure_ascii=False, indent=1).splitlines()
    assert all(text[finding.line - 1].strip() for finding in findings)
    assert "joined" in next(finding.message for finding in findings if "joind" in finding.message)
