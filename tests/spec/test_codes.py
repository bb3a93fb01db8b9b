"""Code lists: validity, labels of retired codes, and what is wrong with a list file."""

from __future__ import annotations

import json
from datetime import date

import pytest

from engine.errors import SpecError
from engine.spec.codes import check_list, listed, parse_list

DATA = {
    "title": "차례",
    "items": [
        {"code": "1", "label": "하나", "to": "2023-12-31"},
        {"code": "2", "label": "둘", "from": "2024-01-01", "was": ["1"]},
        {"code": "3", "label": "셋", "parent": "가"},
    ],
}


def test_valid_codes_change_by_the_day():
    made = parse_list(DATA, "order", "forms/lists/order.json")
    assert [code.code for code in made.valid(date(2023, 12, 31))] == ["1", "3"]
    assert [code.code for code in made.valid(date(2024, 1, 1))] == ["2", "3"]
    assert made.breaks == (date(2024, 1, 1),)


def test_retired_codes_keep_their_label_and_lead_to_todays():
    made = parse_list(DATA, "order", "forms/lists/order.json")
    assert made.label("1") == "하나"
    assert made.label("9") == "9"
    assert made.find(True) is None
    assert parse_list({"title": "x", "items": DATA["items"][1:]}, "order", "x").current("1") == "2"


@pytest.mark.parametrize(
    ("items", "line", "kind"),
    [
        ([{"code": "1", "label": "하나"}, {"code": "1", "label": "둘"}], 8, "code-duplicate"),
        ([{"code": "1", "label": "하나", "from": "2024-02-30"}], 7, "code-period"),
        ([{"code": "1", "label": "하나", "from": "2024-02-01", "to": "2024-01-01"}], 8, "code-period"),
        ([{"code": "1", "labl": "하나"}], 6, "unknown-keyword"),
        ([{"code": True, "label": "하나"}], 4, "list-form"),
        ([{"code": "1"}], 4, "list-form"),
        (["1"], 4, "list-form"),
        ([], 3, "list-form"),
    ],
)
def test_findings(items, line, kind):
    text = json.dumps({"title": "차례", "items": items}, ensure_ascii=False, indent=1)
    found = check_list(json.loads(text), "order", "forms/lists/order.json", text)
    assert (kind, line) in [(finding.id, finding.line) for finding in found]
    with pytest.raises(SpecError):
        parse_list(json.loads(text), "order", "forms/lists/order.json")


def test_references():
    assert listed("urn:didimdol:list:a-b") == "a-b"
    assert listed("urn:didimdol:code:a:2024") == "a"
    assert listed("https://example.com/a") is None
    assert listed(None) is None
