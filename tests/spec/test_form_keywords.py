"""Every keyword of the dialect on small forms: what it asks, what it says, what it leaves in the data.

Holds S23, S27, S40 (SECURITY.md).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from engine.errors import SpecError
from engine.spec import nodes
from engine.spec import reading as reading_of
from engine.spec.codes import parse_list
from engine.spec.form import compile_form

ON = date(2024, 11, 22)
LISTS = {
    "big": parse_list({"title": "대분류", "items": [{"code": "A", "label": "가"}, {"code": "B", "label": "나"}]}, "big", "forms/lists/big.json"),
    "small": parse_list(
        {
            "title": "소분류",
            "items": [
                {"code": "a1", "label": "가1", "parent": "A"},
                {"code": "a2", "label": "가2", "parent": "A"},
                {"code": "b1", "label": "나1", "parent": "B"},
                {"code": "all", "label": "모두"},
            ],
        },
        "small",
        "forms/lists/small.json",
    ),
    "dated": parse_list(
        {
            "title": "해마다",
            "items": [
                {"code": "old", "label": "옛것", "to": "2023-12-31"},
                {"code": "new", "label": "새것", "from": "2024-01-01"},
                {"code": "both", "label": "늘"},
            ],
        },
        "dated",
        "forms/lists/dated.json",
    ),
    "score": parse_list({"title": "점수", "items": [{"code": n, "label": f"{n}점"} for n in (1, 2, 3, 4)]}, "score", "forms/lists/score.json"),
}


def form(properties, **more):
    schema = {
        "$id": "urn:didimdol:form:small:1",
        "x-dialect": 1,
        "title": "작은 화면",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"title": name, **inner} for name, inner in properties.items()},
        **more,
    }
    return compile_form(schema, LISTS, "forms/small.json")


def said(made, answers, facts=None, on=ON, **options):
    return {error.path: error.message for error in made.read(answers, facts or {}, on, **options).errors}


# -- kinds ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "integer"}, "1", "값을 숫자(정수)로 입력하세요."),
        ({"type": "integer"}, True, "값을 숫자(정수)로 입력하세요."),
        ({"type": "integer"}, 1.5, "값을 숫자(정수)로 입력하세요."),
        ({"type": "integer"}, 10**15 + 1, "값을 1,000,000,000,000,000 이하로 입력하세요."),
        ({"type": "integer"}, float("inf"), "값을 숫자(정수)로 입력하세요."),
        ({"type": "integer"}, float("nan"), "값을 숫자(정수)로 입력하세요."),
        ({"type": "integer"}, [1], "값을 숫자(정수)로 입력하세요."),
        ({"type": "integer"}, None, "값을 숫자(정수)로 입력하세요."),
        ({"type": "integer", "minimum": 1, "x-ui": {"unit": "원"}}, 0, "값을 1원 이상으로 입력하세요."),
        ({"type": "integer", "maximum": 1000}, 1001, "값을 1,000 이하로 입력하세요."),
        ({"type": "integer", "exclusiveMinimum": 0}, 0, "값을 0보다 크게 입력하세요."),
        ({"type": "integer", "multipleOf": 10}, 15, "값을 10 단위로 입력하세요."),
        ({"type": "number", "maximum": 2.5}, Decimal("2.51"), "값을 2.5 이하로 입력하세요."),
        ({"type": "number"}, "2.5", "값을 숫자로 입력하세요."),
        ({"type": "number"}, Decimal("1e999999"), "값을 1,000,000,000,000,000 이하로 입력하세요."),
        ({"type": "boolean"}, "true", "값을 목록에서 선택하세요."),
        ({"type": "boolean"}, 1, "값을 목록에서 선택하세요."),
        ({"type": "string"}, 1, "값의 형식이 맞지 않습니다."),
        ({"type": "string"}, {"a": 1}, "값의 형식이 맞지 않습니다."),
        ({"type": "string"}, "가" * 4001, "값을 4,000자까지 입력할 수 있습니다."),
        ({"type": "string", "maxLength": 2}, "가나다", "값을 2자까지 입력할 수 있습니다."),
        ({"type": "string", "minLength": 2}, "가", "값을 2자 이상 입력하세요."),
        ({"type": "string", "pattern": "^[0-9]+$"}, "가", "값의 형식이 맞지 않습니다."),
        ({"type": "string"}, "가\x00나", "값에 쓸 수 없는 글자(제어 문자 등)가 있습니다. 지우고 다시 입력하세요."),
        ({"type": "string"}, "가\ud800", "값에 쓸 수 없는 글자(제어 문자 등)가 있습니다. 지우고 다시 입력하세요."),
        ({"type": "string"}, "가\u202e나", "값에 쓸 수 없는 글자(제어 문자 등)가 있습니다. 지우고 다시 입력하세요."),
        ({"type": "string"}, "가\x1b[31m", "값에 쓸 수 없는 글자(제어 문자 등)가 있습니다. 지우고 다시 입력하세요."),
        ({"type": "string", "format": "date"}, "2023-02-30", "값을 2024-01-31 같은 날짜(1900~2100년)로 입력하세요."),
        ({"type": "string", "format": "date"}, "1899-12-31", "값을 2024-01-31 같은 날짜(1900~2100년)로 입력하세요."),
        ({"type": "string", "format": "date"}, "2101-01-01", "값을 2024-01-31 같은 날짜(1900~2100년)로 입력하세요."),
        ({"type": "string", "format": "date"}, "２０２４-01-01", "값을 2024-01-31 같은 날짜(1900~2100년)로 입력하세요."),
        ({"type": "string", "format": "date"}, "2024-1-1", "값을 2024-01-31 같은 날짜(1900~2100년)로 입력하세요."),
        ({"type": "string", "format": "date"}, "20240101", "값을 2024-01-31 같은 날짜(1900~2100년)로 입력하세요."),
        ({"type": "string", "format": "date-time"}, "2024-01-01T25:00", "값을 2024-01-31T14:00 같은 날짜와 시각으로 입력하세요."),
        ({"type": "string", "format": "month"}, "2024-13", "값을 2024-01 같은 연월로 입력하세요."),
        ({"type": "string", "format": "time"}, "24:00", "값을 14:00 같은 시각으로 입력하세요."),
        ({"type": "string", "format": "email"}, "가나", "값을 name@example.com 같은 전자우편 주소로 입력하세요."),
        ({"type": "string", "format": "x-rrn"}, "000230-3000000", "값을 000101-3000000 같은 형식으로 입력하세요."),
        ({"type": "string", "format": "x-rrn"}, "000101-9000000", "값을 000101-3000000 같은 형식으로 입력하세요."),
        ({"type": "string", "format": "x-file"}, "../etc/passwd", "값을 다시 첨부하세요."),
        ({"type": "string", "enum": ["가"]}, "나", "값을 목록에서 선택하세요. 지금은 고를 수 없는 값입니다."),
        ({"$ref": "urn:didimdol:list:score"}, "3", "값을 목록에서 선택하세요."),
        ({"$ref": "urn:didimdol:list:score"}, True, "값을 목록에서 선택하세요."),
        ({"$ref": "urn:didimdol:list:score"}, 5, "값을 목록에서 선택하세요. 지금은 고를 수 없는 값입니다."),
        ({"type": "array", "items": {"$ref": "urn:didimdol:list:big"}, "minItems": 2}, ["A"], "값을 2개 이상 선택하세요."),
        ({"type": "array", "items": {"$ref": "urn:didimdol:list:big"}}, "A", "값은 목록이어야 합니다."),
        ({"type": "array", "items": {"type": "string", "format": "x-file"}, "maxItems": 1}, ["a", "b"], "값은 1개까지 첨부할 수 있습니다."),
        ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, ["a", "a"], "값에 같은 값이 두 번 있습니다."),
    ],
)
def test_refused(schema, value, message):
    made = form({"값": schema})
    reading = made.read({"값": value}, {}, ON)
    assert [error.message for error in reading.errors][:1] == [message]
    assert not reading.ok


@pytest.mark.parametrize(
    ("schema", "value", "stored", "typed"),
    [
        ({"type": "integer"}, 3.0, 3, 3),
        ({"type": "integer"}, Decimal("3.00"), 3, 3),
        ({"type": "number"}, 2.5, Decimal("2.5"), Decimal("2.5")),
        ({"type": "number"}, 2.0, 2, 2),
        ({"type": "string"}, "  각\r\n나 ", "각\n나", "각\n나"),
        ({"type": "string", "format": "date"}, "2024-02-29", "2024-02-29", date(2024, 2, 29)),
        ({"type": "string", "format": "date-time"}, "2024-11-22T14:00", "2024-11-22T14:00", datetime(2024, 11, 22, 14, 0)),
        ({"type": "string", "format": "month"}, "2024-02", "2024-02", "2024-02"),
        ({"type": "string", "format": "x-rrn"}, "000229-3000000", "000229-3000000", "000229-3000000"),
        ({"type": "boolean"}, False, False, False),
        ({"$ref": "urn:didimdol:list:score"}, 3, 3, 3),
        ({"type": "array", "items": {"$ref": "urn:didimdol:list:big"}}, ["A", "", "A", "B"], ["A", "B"], ["A", "B"]),
        ({"type": "array", "items": {"type": "string", "format": "x-file"}}, ["01J-x_y"], ["01J-x_y"], ["01J-x_y"]),
    ],
)
def test_kept(schema, value, stored, typed):
    made = form({"값": schema})
    reading = made.read({"값": value}, {}, ON)
    assert reading.errors == ()
    assert reading.data == {"값": stored}
    assert reading.values == {"값": typed} == made.values(reading.data)
    assert type(reading.data["값"]) is type(stored)


@pytest.mark.parametrize("value", ["", "   ", "\r\n"])
def test_blank_is_absent(value):
    made = form({"값": {"type": "string"}}, required=["값"])
    for strict in (True, False):
        reading = made.read({"값": value}, {}, ON, strict=strict)
        assert reading.data == {}
        assert [error.keyword for error in reading.errors] == ["required"]


def test_a_long_adversarial_text_is_no_trouble_for_a_pattern():
    made = form({"값": {"type": "string", "pattern": "^(a+)+$", "maxLength": 60_000}})
    assert said(made, {"값": "a" * 50_000 + "!"}) == {"/값": "값의 형식이 맞지 않습니다."}


# -- names, hidden, derived ----------------------------------------------------------------------------------------------------

BRANCHED = {
    "properties": {"여부": {"type": "boolean"}, "이유": {"type": "string"}, "묶음": {"type": "object", "additionalProperties": False, "properties": {"속": {"type": "string", "title": "속"}}}},
    "allOf": [
        {
            "x-id": "그럼",
            "if": {"required": ["여부"], "properties": {"여부": {"const": True}}},
            "then": {"required": ["이유"]},
            "else": {"properties": {"이유": False, "묶음": False}},
        }
    ],
}


def branched():
    return form(BRANCHED["properties"], allOf=BRANCHED["allOf"])


def test_unknown_names_are_refused():
    assert said(branched(), {"여부": False, "role": "admin"}) == {"/role": "이 화면에 없는 항목입니다."}
    assert said(branched(), {"여부": True, "이유": "가", "묶음": {"밖": 1}}) == {"/묶음/밖": "이 화면에 없는 항목입니다."}
    many = branched().read({str(n): n for n in range(5000)}, {}, ON)
    assert 0 < len(many.errors) <= 20


def test_names_are_compared_in_one_form():
    import unicodedata

    assert branched().read({unicodedata.normalize("NFD", "여부"): False}, {}, ON).data == {"여부": False}


def test_hidden_values():
    made = branched()
    stale = {"여부": False, "이유": "가", "묶음": {"속": "나"}}
    assert made.read(stale, {}, ON, strict=False).data == {"여부": False}
    assert set(said(made, stale)) == {"/이유", "/묶음"}
    assert made.read({"여부": False, "묶음": {}}, {}, ON).ok
    assert made.read({"여부": True}, {}, ON).required == {"/이유"}
    assert made.live == {"/여부"}


def test_derived_values_are_computed_whatever_is_posted():
    made = form({"수": {"type": "integer"}, "갑절": {"type": "integer", "readOnly": True, "x-calc": "수 * 2"}, "그날": {"type": "string", "format": "date", "readOnly": True, "x-calc": "today"}})
    reading = made.read({"수": 3, "갑절": 1000, "그날": "x"}, {"today": ON}, ON)
    assert reading.ok
    assert reading.data == {"수": 3, "갑절": 6, "그날": "2024-11-22"}
    assert reading.values["그날"] == ON
    assert made.read({}, {}, ON).derived == {"/갑절": None, "/그날": None}


def test_derived_values_wait_for_what_they_read_and_drive_branches():
    made = form(
        {
            "둘": {"type": "integer", "readOnly": True, "x-calc": "하나 + 1"},
            "하나": {"type": "integer", "readOnly": True, "x-calc": "수 + 1"},
            "많음": {"type": "boolean", "readOnly": True, "x-calc": "둘 > 10"},
            "수": {"type": "integer"},
            "이유": {"type": "string"},
        },
        allOf=[
            {"x-id": "많으면", "if": {"required": ["많음"], "properties": {"많음": {"const": True}}}, "then": {"required": ["이유"]}, "else": {"properties": {"이유": False}}}
        ],
    )
    assert made.read({"수": 3}, {}, ON).data == {"둘": 5, "하나": 4, "많음": False, "수": 3}
    assert said(made, {"수": 30}) == {"/이유": "이유를 입력하세요."}


def test_read_only_with_prefill_shows_the_fact():
    made = form({"이름": {"type": "string", "readOnly": True, "x-prefill": "case.이름"}})
    assert made.read({"이름": "남"}, {"case": {"이름": "본인"}}, ON).data == {"이름": "본인"}
    assert made.prefill({"case": {"이름": "본인"}}, ON) == {}


def test_prefill_fills_by_kind():
    made = form(
        {
            "날": {"type": "string", "format": "date", "x-prefill": "today"},
            "글": {"type": "string", "x-prefill": "글(today)"},
            "수": {"type": "integer", "x-prefill": "이름"},
            "점수": {"$ref": "urn:didimdol:list:score", "x-prefill": "3"},
            "표": {"type": "array", "x-prefill": "지난.표", "items": {"type": "object", "additionalProperties": False, "properties": {"날": {"type": "string", "format": "date", "title": "날"}}}},
        }
    )
    facts = {"today": ON, "이름": "가", "지난": {"표": [{"날": ON, "딴것": 1}, {}]}}
    assert made.prefill(facts, ON) == {"날": "2024-11-22", "글": "2024-11-22", "점수": 3, "표": [{"날": "2024-11-22"}]}


def test_pairs():
    made = form({"가": {"type": "string"}, "나": {"type": "string"}}, dependentRequired={"가": ["나"]})
    assert said(made, {"가": "x"}) == {"/나": "나를 입력하세요."}
    assert made.read({"가": "x"}, {}, ON).required == {"/나"}
    assert made.read({}, {}, ON).ok


def test_optional_sections_ask_nothing_until_something_is_answered():
    section = {"type": "object", "additionalProperties": False, "properties": {"가": {"type": "string", "title": "가"}, "나": {"type": "string", "title": "나"}}, "dependentRequired": {"가": ["나"]}}
    made = form({"묶음": section})
    assert made.read({"묶음": {"가": " "}}, {}, ON).data == {}
    assert said(made, {"묶음": {"가": "x"}}) == {"/묶음/나": "나를 입력하세요."}
    assert made.read({}, {}, ON).visible == {"/묶음", "/묶음/가", "/묶음/나"}


def test_a_branch_may_reach_into_a_section():
    made = form(
        {"여부": {"type": "boolean"}, "묶음": {"type": "object", "additionalProperties": False, "properties": {"가": {"type": "string", "title": "가"}, "나": {"type": "string", "title": "나"}}}},
        required=["묶음"],
        allOf=[
            {
                "x-id": "속까지",
                "if": {"required": ["여부"], "properties": {"여부": {"const": True}}},
                "then": {"properties": {"묶음": {"required": ["가"]}}},
                "else": {"properties": {"묶음": {"properties": {"가": False}}}},
            }
        ],
    )
    assert said(made, {"여부": True}) == {"/묶음/가": "가를 입력하세요."}
    assert made.read({"여부": False, "묶음": {"가": "x", "나": "y"}}, {}, ON, strict=False).data == {"여부": False, "묶음": {"나": "y"}}


def test_a_branch_may_limit_a_field():
    made = form(
        {"여부": {"type": "boolean"}, "수": {"type": "integer"}},
        allOf=[{"x-id": "한도", "if": {"required": ["여부"], "properties": {"여부": {"const": True}}}, "then": {"properties": {"수": {"maximum": 5}}}}],
    )
    assert said(made, {"여부": True, "수": 6}) == {"/수": "수를 5 이하로 입력하세요."}
    assert made.read({"여부": False, "수": 6}, {}, ON).ok


def test_a_tagged_union_is_a_set_of_branches():
    made = form(
        {"종류": {"type": "string", "enum": ["가", "나"]}},
        **{
            "x-tag": "종류",
            "required": ["종류"],
            "oneOf": [
                {"properties": {"종류": {"const": "가"}, "가것": {"type": "string", "title": "가것"}, "함께": {"type": "string", "title": "함께"}}, "required": ["가것"]},
                {"properties": {"종류": {"const": "나"}, "나것": {"type": "string", "title": "나것"}, "함께": {"type": "string", "title": "함께"}}, "required": ["나것", "함께"]},
            ],
        },
    )
    assert made.read({"종류": "가"}, {}, ON).visible == {"/종류", "/가것", "/함께"}
    assert set(said(made, {"종류": "나", "가것": "x"})) == {"/가것", "/나것", "/함께"}
    assert made.read({}, {}, ON).visible == {"/종류"}


def test_chosen_codes_drive_branches():
    made = form(
        {"고른것": {"type": "array", "items": {"$ref": "urn:didimdol:list:big"}}, "설명": {"type": "string"}},
        allOf=[
            {
                "x-id": "나를 고르면",
                "if": {"required": ["고른것"], "properties": {"고른것": {"contains": {"const": "B"}}}},
                "then": {"required": ["설명"]},
                "else": {"properties": {"설명": False}},
            }
        ],
    )
    assert said(made, {"고른것": ["A", "B"]}) == {"/설명": "설명을 입력하세요."}
    assert made.read({"고른것": ["A"], "설명": "x"}, {}, ON, strict=False).data == {"고른것": ["A"]}


# -- codes ---------------------------------------------------------------------------------------------------------------------


def test_codes_are_valid_on_the_day_of_the_record():
    made = form({"값": {"$ref": "urn:didimdol:list:dated"}})
    assert made.read({"값": "old"}, {}, date(2023, 12, 31)).ok
    assert said(made, {"값": "old"}) == {"/값": "값을 목록에서 선택하세요. 지금은 고를 수 없는 값입니다."}
    assert not made.read({"값": "new"}, {}, date(2023, 12, 31)).ok
    assert [code.code for code in made.read({}, {}, ON).options["/값"]] == ["new", "both"]
    assert made.fields["/값"].codes.label("old") == "옛것"


def test_a_child_goes_when_its_parent_changes():
    made = form({"대": {"$ref": "urn:didimdol:list:big"}, "소": {"$ref": "urn:didimdol:list:small", "x-parent": "대"}})
    assert [code.code for code in made.read({"대": "A"}, {}, ON).options["/소"]] == ["a1", "a2", "all"]
    assert made.read({"대": "B", "소": "a1"}, {}, ON, strict=False).data == {"대": "B"}
    assert made.read({"대": "B", "소": "all"}, {}, ON).ok
    assert said(made, {"대": "B", "소": "a1"}) == {"/소": "소를 다시 선택하세요. 위에서 고른 값에 속하지 않습니다."}
    assert made.fields["/소"].parent == "/대"
    assert "/대" in made.live


# -- tables --------------------------------------------------------------------------------------------------------------------

ROW = {
    "type": "object",
    "additionalProperties": False,
    "required": ["용도"],
    "properties": {
        "용도": {"title": "용도", "type": "string", "enum": ["물건", "기타"]},
        "설명": {"title": "설명", "type": "string"},
        "단가": {"title": "단가", "type": "integer"},
        "수량": {"title": "수량", "type": "integer"},
        "금액": {"title": "금액", "type": "integer", "readOnly": True, "x-calc": "단가 * 수량 * 배수"},
    },
    "allOf": [
        {"x-id": "기타", "if": {"required": ["용도"], "properties": {"용도": {"const": "기타"}}}, "then": {"required": ["설명"]}, "else": {"properties": {"설명": False}}}
    ],
}


def test_branches_of_rows_are_told_as_often_as_rows_were_answered():
    ways = sorted(table().read({"표": [{"용도": "물건"}, {"용도": "기타", "설명": "x"}, {}]}, {}, ON, strict=False).facets.ways())
    assert ways == [("기타", False), ("기타", True)]


def table(**more):
    return form(
        {
            "배수": {"type": "integer"},
            "표": {"type": "array", "maxItems": 3, "x-total": ["금액"], "items": ROW},
            "합": {"type": "integer", "readOnly": True, "x-calc": "합계(행.금액 for 행 in 표)"},
        },
        **more,
    )


def test_rows_have_their_own_branches_and_see_the_form():
    reading = table().read({"배수": 2, "표": [{"용도": "물건", "단가": 10, "수량": 3}, {"용도": "기타"}]}, {}, ON)
    assert reading.data == {"배수": 2, "표": [{"용도": "물건", "단가": 10, "수량": 3, "금액": 60}, {"용도": "기타"}], "합": 60}
    assert [(error.path, error.message, error.label) for error in reading.errors] == [("/표/1/설명", "2번째 줄: 설명을 입력하세요.", "설명")]
    assert "/표/0/설명" not in reading.visible
    assert "/표/1/설명" in reading.visible & reading.required
    assert reading.derived["/표/0/금액"] == 60


def test_blank_rows_of_a_screen_do_not_count_but_keep_their_number():
    reading = table().read({"표": [{}, {"용도": "기타"}, {}]}, {}, ON, strict=False)
    assert reading.data == {"표": [{"용도": "기타"}], "합": 0}
    assert [error.path for error in reading.errors] == ["/표/1/설명"]
    assert {"/표/0/용도", "/표/2/용도"} <= reading.visible
    assert [error.path for error in table().read({"표": [{}]}, {}, ON).errors] == ["/표/0/용도"]


def test_a_required_table_needs_a_row():
    made = table(required=["표"])
    for answers in ({}, {"표": []}, {"표": [{}, {}]}):
        assert said(made, answers, strict=False) == {"/표": "표를 한 줄 이상 입력하세요."}


def test_too_many_rows():
    made = table()
    assert said(made, {"표": [{"용도": "물건"}] * 4}) == {"/표": "표는 3줄까지 입력할 수 있습니다."}
    reading = made.read({"표": [{"용도": "모름", "단가": "x"}] * 5000}, {}, ON)
    assert said(made, {"표": [{"용도": "모름"}] * 5000}) == {"/표": "표는 3줄까지 입력할 수 있습니다."}
    assert len(reading.data["표"]) == 4


@pytest.mark.parametrize("rows", ["x", 3, {"0": {}}, [3, "x", None, [[]]], [[{}]]])
def test_rows_that_are_none(rows):
    reading = table().read({"표": rows}, {}, ON)
    assert not reading.ok
    assert all(error.path.startswith("/표") for error in reading.errors)


# -- checks --------------------------------------------------------------------------------------------------------------------


def checked(**check):
    return form(
        {"시작": {"type": "string", "format": "date"}, "끝": {"type": "string", "format": "date"}, "수": {"type": "integer"}},
        **{"x-checks": [{"id": "차례", "rule": "시작 <= 끝", "at": "끝", "message": "끝은 시작보다 빠를 수 없습니다.", **check}]},
    )


def test_a_check_waits_for_all_it_reads():
    made = checked()
    assert said(made, {"끝": "2024-01-01"}) == {}
    assert said(made, {"시작": "어제", "끝": "2024-01-01"}).keys() == {"/시작"}
    assert said(made, {"시작": "2024-01-02", "끝": "2024-01-01"}) == {"/끝": "끝은 시작보다 빠를 수 없습니다."}
    assert made.read({"시작": "2024-01-02", "끝": "2024-01-01"}, {}, ON).errors[0].keyword == "차례"


def test_a_check_waits_for_facts_too():
    made = checked(rule="끝 >= 마감")
    assert said(made, {"끝": "2024-01-01"}, {"마감": None}) == {}
    assert said(made, {"끝": "2024-01-01"}, {"마감": ON}).keys() == {"/끝"}


def test_a_check_that_asks_for_blanks_does_not_wait():
    made = checked(rule="비어있음(시작) == 비어있음(끝)", message="둘 다 쓰거나 둘 다 비우세요.")
    assert said(made, {"끝": "2024-01-01"}) == {"/끝": "둘 다 쓰거나 둘 다 비우세요."}


def test_a_warning_asks_for_confirmation():
    made = checked(level="warning")
    answers = {"시작": "2024-01-02", "끝": "2024-01-01"}
    asked = made.read(answers, {}, ON)
    assert (asked.ok, asked.errors, [warning.level for warning in asked.warnings]) == (False, (), ["warning"])
    assert made.read(answers, {}, ON, confirmed=True).ok


def test_a_message_may_hold_figures():
    made = checked(rule="수 == 1234567", at="수", message="수는 {1234567}이어야 하는데 {수}이(가) 적혔습니다. ({연도(오늘)}년)")
    assert said(made, {"수": 1000}, {"오늘": ON}) == {"/수": "수는 1,234,567이어야 하는데 1,000이 적혔습니다. (2024년)"}


# -- marks ---------------------------------------------------------------------------------------------------------------------


def test_own_messages():
    made = form({"값": {"type": "string", "minLength": 2, "x-messages": {"required": "값을(를) 꼭 적으세요.", "minLength": "두 글자는 되어야 합니다."}}}, required=["값"])
    assert said(made, {}) == {"/값": "값을 꼭 적으세요."}
    assert said(made, {"값": "가"}) == {"/값": "두 글자는 되어야 합니다."}


def test_widgets():
    made = form(
        {
            "글": {"type": "string"},
            "긴글": {"type": "string", "maxLength": 500},
            "돈": {"type": "integer", "x-ui": {"unit": "원"}},
            "수": {"type": "integer"},
            "여부": {"type": "boolean"},
            "적은": {"$ref": "urn:didimdol:list:big"},
            "많은": {"type": "string", "enum": [str(n) for n in range(11)]},
            "여럿": {"type": "array", "items": {"$ref": "urn:didimdol:list:big"}},
            "파일": {"type": "array", "items": {"type": "string", "format": "x-file"}, "x-file": {"accept": ["pdf"], "maxMB": 5}},
            "눈금": {"$ref": "urn:didimdol:list:score", "x-ui": {"widget": "scale"}},
            "비밀": {"type": "string", "x-sensitive": "account", "x-was": ["옛.비밀"]},
        }
    )
    assert {name: (each.type, each.widget) for name, each in made.fields.items()} == {
        "/글": ("string", "text"),
        "/긴글": ("string", "textarea"),
        "/돈": ("integer", "money"),
        "/수": ("integer", "number"),
        "/여부": ("boolean", "boolean"),
        "/적은": ("choice", "radio"),
        "/많은": ("choice", "select"),
        "/여럿": ("choices", "checkboxes"),
        "/파일": ("files", "upload"),
        "/눈금": ("choice", "scale"),
        "/비밀": ("string", "text"),
    }
    assert made.fields["/많은"].ui["search"] is True
    assert made.sensitive == {"/비밀"}
    assert made.fields["/비밀"].was == ("옛.비밀",)
    assert made.layout[0].title == "작은 화면"


def test_shared_definitions():
    made = form({"가": {"$ref": "#/$defs/전화", "title": "가"}}, **{"$defs": {"전화": {"title": "전화", "type": "string", "pattern": "^[0-9]+$"}}})
    assert said(made, {"가": "x"}) == {"/가": "가의 형식이 맞지 않습니다."}


def test_a_broken_form_is_refused_with_every_reason():
    with pytest.raises(SpecError) as caught:
        form({"가": {"type": "strng"}, "나": {"$ref": "urn:didimdol:list:bgi"}}, required=["다"])
    assert [(finding.id, finding.message) for finding in caught.value.findings] == [
        ("unknown-type", "모르는 종류입니다: strng (혹시 'string'인가요?)"),
        ("unknown-list", "없는 코드 목록입니다: urn:didimdol:list:bgi (혹시 'big'인가요?)"),
        ("unknown-name", "없는 항목입니다: 다"),
    ]


# -- hostile answers -----------------------------------------------------------------------------------------------------------


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "answers",
    [
        None,
        [],
        "x",
        3,
        {"배수": deep(5000)},
        {"표": deep(5000)},
        {"표": [{"용도": deep(5000)}]},
        {"합": deep(5000)},
        {"배수": {"a": {"b": 1}}},
        {"표": [{str(n): n for n in range(1000)}]},
        {"배수": 10**4000},
        {"배수": -(10**4000)},
        {"배수": float("nan")},
        {"배수": Decimal("sNaN")},
        {"배수": b"x"},
        {"배수": object()},
        {"표": [{"용도": "가" * 1_000_000}]},
        {"": ""},
        {"\ud800": 1},
        {1: 2},
    ],
    ids=range(20),
)
def test_hostile_answers_are_read_without_an_exception(answers):
    for strict in (True, False):
        reading = table().read(answers, {}, ON, strict=strict)
        assert reading.ok or reading.errors
    for error in reading.errors:
        assert len(error.message) < 300
        assert len(error.path) < 300


def test_values_of_broken_data_are_left_out():
    made = table()
    assert made.values({"배수": "x", "표": "y", "모름": 1}) == {"표": []}
    assert made.values({"표": [None, 3, {"단가": 3}]}) == {"표": [{}, {}, {"단가": 3}]}


def test_stored_values_get_their_type_when_they_are_asked_for(monkeypatch):
    made = form({"날": {"type": "string", "format": "date"}, "수": {"type": "integer"}, "묶음": {"type": "object", "properties": {"글": {"type": "string", "title": "글"}}}})
    taken = []
    take = nodes.Scalar.take
    monkeypatch.setattr(nodes.Scalar, "take", lambda node, raw: taken.append(node.name) or take(node, raw))
    values = made.values({"날": "2024-11-22", "수": 3, "묶음": {"글": "가"}})
    assert (values.get("날"), values["날"], values.get("없음", 0)) == (ON, ON, 0)
    assert taken == ["날"]
    assert ("수" in values, "없음" in values, len(values), dict(values)) == (True, False, 3, {"날": ON, "수": 3, "묶음": {"글": "가"}})
    with pytest.raises(KeyError):
        _ = values["없음"]


def test_what_is_to_be_shown_is_worked_out_when_it_is_asked_for(monkeypatch):
    looked = []
    look = reading_of._facets
    monkeypatch.setattr(reading_of, "_facets", lambda *given: looked.append(1) or look(*given))
    reading = form({"가": {"type": "string"}}).read({"가": "x"}, {}, ON)
    assert (reading.ok, looked) == (True, [])
    assert (reading.visible, reading.required, reading.options, looked) == ({"/가"}, frozenset(), {}, [1])
