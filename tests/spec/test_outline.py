from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from engine.spec.outline import parse_outline
from engine.spec.source import read_document

TOY = json.loads((Path(__file__).resolve().parents[1] / "toy" / "forms" / "edition.json").read_text(encoding="utf-8"))


def parse(data):
    return parse_outline(read_document("forms/edition.json", json.dumps(data, ensure_ascii=False, indent=1).encode()))


def test_the_outline_is_read_whole():
    outline, findings = parse(TOY)
    assert findings == []
    assert (outline.name, outline.title, outline.in_force_from) == ("toy", "공구도서관 시험판", date(2020, 1, 1))
    assert list(outline.facts) == ["마감일자", "기준일", "종결됨", "휴면중"]
    assert outline.case.label({"case": {"회원명": "홍길동"}}) == "홍길동"
    assert [status.when is None for status in outline.case.status] == [False, False, False, True]
    assert outline.case.search.identifiers == ("/주민등록번호",)
    assert [(counter.id, counter.tasks is not None, counter.within) for counter in outline.home] == [("due", True, 0), ("returned", True, 0), ("adult", False, 90)]


def test_a_remark_may_stand_anywhere_by_its_dollar_sign():
    assert parse({**TOY, "$comment": "for people"})[1] == []


def test_everything_wrong_is_found_at_once():
    broken = json.loads(json.dumps(TOY))
    broken["facts"]["두 낱말"] = "today"
    broken["facts"]["끊긴식"] = "today +"
    broken["case"]["card"].append({"title": "빈 줄"})
    broken["case"]["closed"] = 1
    broken["from"] = "2024년"
    broken["x-dialect"] = 9
    del broken["title"]
    outline, findings = parse(broken)
    assert {finding.id for finding in findings} == {"wrong-name", "bad-expression", "missing-key", "wrong-type", "wrong-date", "unknown-dialect"}
    assert outline.title == "toy"
