"""An HTML form becomes raw answers: typed where the text allows, text where not, and never an exception."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spec.codes import parse_list
from engine.spec.form import compile_form

LISTS = {"score": parse_list({"title": "점수", "items": [{"code": n, "label": str(n)} for n in (1, 2)]}, "score", "x")}
FORM = compile_form(
    {
        "$id": "urn:didimdol:form:html:1",
        "x-dialect": 1,
        "title": "화면",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "수": {"title": "수", "type": "integer"},
            "값": {"title": "값", "type": "number"},
            "여부": {"title": "여부", "type": "boolean"},
            "날": {"title": "날", "type": "string", "format": "date"},
            "달": {"title": "달", "type": "string", "format": "month"},
            "때": {"title": "때", "type": "string", "format": "date-time"},
            "글": {"title": "글", "type": "string"},
            "점수": {"title": "점수", "$ref": "urn:didimdol:list:score"},
            "여럿": {"title": "여럿", "type": "array", "items": {"type": "string", "enum": ["가", "나"]}},
            "표": {
                "title": "표",
                "type": "array",
                "maxItems": 5,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"가": {"title": "가", "type": "integer"}, "나": {"title": "나", "type": "array", "items": {"type": "string", "format": "x-file"}}},
                },
            },
            "묶음": {"title": "묶음", "type": "object", "additionalProperties": False, "properties": {"속": {"title": "속", "type": "string"}}},
        },
    },
    LISTS,
    "forms/html.json",
)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("수", "1,234", 1234),
        ("수", " 1234원 ", 1234),
        ("수", "１２", 12),
        ("수", "-5", -5),
        ("수", "12,34", "12,34"),
        ("수", "열", "열"),
        ("수", "3.0", Decimal("3.0")),
        ("수", "9" * 100, "9" * 100),
        ("값", "2.50", Decimal("2.50")),
        ("값", "1e5", "1e5"),
        ("여부", "true", True),
        ("여부", "false", False),
        ("여부", "on", True),
        ("여부", "x", "x"),
        ("날", "2024-11-22", "2024-11-22"),
        ("날", "20241122", "2024-11-22"),
        ("날", "2024.1.2", "2024-01-02"),
        ("날", "2024. 1. 2.", "2024-01-02"),
        ("날", "2024년 1월 2일", "2024-01-02"),
        ("날", "2024/1/2", "2024-01-02"),
        ("날", "어제", "어제"),
        ("날", "2024-13-45", "2024-13-45"),
        ("달", "202411", "2024-11"),
        ("달", "2024.1", "2024-01"),
        ("때", "2024-11-22T14:00", "2024-11-22T14:00"),
        ("때", "2024.11.22 9:05", "2024-11-22T09:05"),
        ("때", "곧", "곧"),
        ("글", " 가\r\n나 ", "가\n나"),
        ("점수", "2", 2),
        ("점수", "3", "3"),
    ],
)
def test_one_answer(name, text, value):
    assert FORM.decode([(f"/{name}", text)]) == {name: value}


def test_blank_is_absent():
    assert FORM.decode([("/수", ""), ("/글", "  "), ("/여럿", ""), ("/묶음/속", "")]) == {}


def test_several_choices():
    assert FORM.decode([("/여럿", ""), ("/여럿", "가"), ("/여럿", "나")]) == {"여럿": ["가", "나"]}
    assert FORM.decode([("/여럿/0", "가"), ("/여럿/1", "나")]) == {"여럿": ["가", "나"]}


def test_rows_keep_their_order_and_blank_ones_their_place():
    pairs = [("/표/7/가", "2"), ("/표/0/가", ""), ("/표/3/가", "1"), ("/표/3/나", "f1"), ("/표/3/나", "f2")]
    assert FORM.decode(pairs) == {"표": [{}, {"가": 1, "나": ["f1", "f2"]}, {"가": 2}]}


def test_names_that_are_no_pointers_are_not_ours():
    assert FORM.decode([("_csrf", "x"), ("intent", "save"), ("수", "1")]) == {}


def test_unknown_pointers_are_kept_for_the_reading_to_refuse():
    raw = FORM.decode([("/없는것", "x"), ("/묶음/밖", "y"), ("/표/x/가", "1"), ("/수/깊이", "2")])
    from datetime import date

    reading = FORM.read(raw, {}, date(2024, 1, 1), strict=False)
    assert {error.keyword for error in reading.errors} == {"additionalProperties"}
    assert len(reading.errors) == 4


names = st.one_of(
    st.text(max_size=20),
    st.lists(st.sampled_from(["수", "표", "묶음", "속", "가", "나", "여럿", "0", "1", "99999999", "-1", "", "~", "~1", "*", "١"]), max_size=5).map(lambda parts: "/" + "/".join(parts)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(names, st.text(max_size=12)), max_size=12))
def test_anything_posted_is_read(pairs):
    from datetime import date

    reading = FORM.read(FORM.decode(pairs), {}, date(2024, 1, 1), strict=False)
    assert reading.ok or reading.errors


def test_very_many_pairs_are_cut():
    raw = FORM.decode((f"/표/{n}/가", "1") for n in range(100_000))
    assert len(raw["표"]) == 20_000


def test_a_section_sent_as_text_does_not_stand_in_the_way_of_its_table():
    form = compile_form(
        {
            "$id": "urn:didimdol:form:section:1", "x-dialect": 1, "title": "화면", "type": "object", "additionalProperties": False,
            "properties": {
                "칸": {
                    "title": "칸", "type": "object", "additionalProperties": False,
                    "properties": {
                        "표": {
                            "title": "표", "type": "array", "maxItems": 5,
                            "items": {"type": "object", "additionalProperties": False, "properties": {"가": {"title": "가", "type": "integer"}}},
                        }
                    },
                }
            },
        },
        {}, "x",
    )  # fmt: skip
    for pairs in ([("/칸", "x"), ("/칸/표/0/가", "1")], [("/칸/표/0/가", "1"), ("/칸", "x")]):
        assert form.decode(pairs) in ({"칸": {"표": [{"가": 1}]}}, {"칸": "x"})
