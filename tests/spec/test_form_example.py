"""The worked example of the dialect, section 5: it lints clean, has seven screens, and says what it should where it should."""

from __future__ import annotations

import copy

import jsonschema
import jsonschema_rs
from worked_example import CODES, FACTS, FORM, LISTS, ON, SCHEMA, SOURCE

from engine.spec.formcheck import check_form
from engine.spec.fx_types import DATE, TEXT, FxType, record

COMPLETE = {
    "종료일": "2024-11-22",
    "사후관리동의여부": "동의",
    "보호종료사유": "만기종료",
    "대상자학력": "고졸",
    "자립정착금": 5_000_000,
    "자립수당신청여부": "신청",
    "사용계획": [
        {"사용용도": "보증금", "금액": 3_000_000, "사용시작일": "2024-12-01"},
        {"사용용도": "가구", "금액": 2_000_000, "사용시작일": "2024-12-01", "사용종료일": "2024-12-31"},
    ],
    "종료상세": {"취업여부": "취업", "취업정보": {"직장명": "가나상사", "취업분야": "사무", "소득": "100만원 이상"}},
}


def anchors(reading):
    return {f"#f-{error.path[1:].replace('/', '-')}": error.message for error in reading.errors}


def test_it_lints_clean():
    facts = {"case": record({"생년월일": DATE, "최종학력": FxType("text", codes=frozenset(CODES["education"]))}), "today": DATE}
    assert check_form(SCHEMA, "forms/exit.json", SOURCE, LISTS, facts) == []
    assert [(f.id, f.line) for f in check_form(SCHEMA, "forms/exit.json", SOURCE, LISTS, {"case": record({"생년월일": TEXT})})] == [
        ("type-mismatch", 7),
        ("unknown-name", 10),
    ]


def test_seven_screens_can_be_reached():
    screens = FORM.variants()
    assert [dict(screen.answers) for screen in screens] == [
        {},
        {"/보호종료사유": "만기종료"},
        {"/보호종료사유": "만기종료", "/종료상세/취업여부": "취업"},
        {"/보호종료사유": "만기종료", "/종료상세/취업여부": "미취업"},
        {"/보호종료사유": "중간종료"},
        {"/보호종료사유": "중간종료", "/중간종료/종료형태": "전원"},
        {"/보호종료사유": "일시중지"},
    ]


def test_a_complete_card_is_kept_as_it_is():
    reading = FORM.read(COMPLETE, FACTS, ON)
    assert reading.ok, reading.errors
    assert reading.data == {**COMPLETE, "만나이": 17}
    assert reading.derived == {"/만나이": 17}
    assert reading.outcomes == {"만기·연장": True, "중간": False, "중지": False, "미신청": False, "정착금": True, "취업": True, "미취업": False}


def test_an_empty_card_names_what_is_missing_in_the_order_of_the_screen():
    assert anchors(FORM.read({}, FACTS, ON)) == {
        "#f-종료일": "종료일을 입력하세요.",
        "#f-사후관리동의여부": "사후관리 동의여부를 선택하세요.",
        "#f-보호종료사유": "보호종료사유를 선택하세요.",
        "#f-대상자학력": "대상자 학력을 선택하세요.",
    }


def test_a_leftover_section_is_pruned_from_a_draft_and_refused_from_a_client():
    answers = copy.deepcopy(COMPLETE)
    answers["종료상세"]["취업여부"] = "미취업"
    answers["종료상세"]["희망분야"] = "사무"
    draft = FORM.read(answers, FACTS, ON, strict=False)
    assert draft.ok
    assert "취업정보" not in draft.data["종료상세"]
    assert anchors(FORM.read(answers, FACTS, ON)) == {"#f-종료상세-취업정보": "취업정보는 다른 답에 따라 숨겨진 항목이라 답할 수 없습니다."}


def test_what_a_new_section_misses_is_named_inside_it():
    reading = FORM.read({**{k: COMPLETE[k] for k in ("종료일", "사후관리동의여부", "대상자학력")}, "보호종료사유": "중간종료", "중간종료": {"종료형태": "전원"}}, FACTS, ON)
    assert anchors(reading) == {
        "#f-중간종료-전원정보-시설구분": "시설구분을 선택하세요.",
        "#f-중간종료-전원정보-시설명": "시설명을 입력하세요.",
    }
    assert "/중간종료/전원정보/시설명" in reading.required


def test_sums_that_differ_are_said_at_the_total():
    reading = FORM.read({**COMPLETE, "자립정착금": 4_000_000}, FACTS, ON)
    assert anchors(reading) == {"#f-자립정착금": "사용계획 금액의 합계가 자립정착금 총액과 같아야 합니다."}


def test_a_row_is_named_by_its_number():
    answers = copy.deepcopy(COMPLETE)
    answers["사용계획"][1] |= {"사용시작일": "2025-01-01", "금액": 0}
    assert anchors(FORM.read(answers, FACTS, ON)) == {
        "#f-자립정착금": "사용계획 금액의 합계가 자립정착금 총액과 같아야 합니다.",
        "#f-사용계획-1-금액": "2번째 줄: 금액을 1 이상으로 입력하세요.",
        "#f-사용계획-1-사용종료일": "2번째 줄: 사용종료일은 사용시작일보다 빠를 수 없습니다.",
    }


def test_the_pattern_has_its_own_sentence():
    answers = copy.deepcopy(COMPLETE)
    answers["종료상세"]["취업정보"]["직장전화번호"] = "1234"
    assert anchors(FORM.read(answers, FACTS, ON)) == {"#f-종료상세-취업정보-직장전화번호": "전화번호는 02-123-4567 형식으로 입력하세요."}


def test_it_begins_with_what_is_known():
    assert FORM.prefill(FACTS, ON) == {"대상자학력": "고졸"}
    assert FORM.prefill({}, ON) == {}


def test_what_a_page_needs():
    assert FORM.id == "exit"
    assert FORM.title == "보호종료관리"
    assert [tab.title for tab in FORM.layout] == ["기본정보", "경제상황", "연장종료/만기종료", "중간종료", "일시중지"]
    assert FORM.list_columns == ("/보호종료사유", "/종료일", "/사후관리동의여부")
    money = FORM.fields["/자립정착금"]
    assert (money.type, money.widget, money.unit) == ("integer", "money", "원")
    assert FORM.fields["/사용계획"].total == ("/사용계획/*/금액",)
    assert FORM.fields["/만나이"].widget == "output"
    assert FORM.fields["/종료일"].page == 34
    assert FORM.fields["/종료상세"].children == ("/종료상세/취업여부", "/종료상세/취업정보", "/종료상세/희망분야")
    assert FORM.live == {
        "/보호종료사유",
        "/자립정착금",
        "/자립수당신청여부",
        "/종료일",
        "/사용계획/*/금액",
        "/사용계획/*/사용시작일",
        "/사용계획/*/사용종료일",
        "/종료상세/취업여부",
        "/중간종료/종료형태",
        "/중간종료/전원정보/시설구분",
        "/일시중지/시작일",
        "/일시중지/종료예정일",
    }


def test_stock_validators_agree():
    stock = inlined(SCHEMA)
    python, rust = jsonschema.Draft202012Validator(stock), jsonschema_rs.Draft202012Validator(stock)
    for answers in (COMPLETE, {}, {**COMPLETE, "보호종료사유": "일시중지"}, {**COMPLETE, "종료상세": {"취업여부": "미취업"}}):
        reading = FORM.read(answers, FACTS, ON, strict=False)
        assert python.is_valid(reading.data) is rust.is_valid(reading.data) is reading.ok


def inlined(schema):
    if isinstance(schema, dict):
        out = {key: inlined(value) for key, value in schema.items() if key not in ("$id", "$ref")}
        return {**out, "enum": CODES[schema["$ref"].rsplit(":", 1)[1]]} if "$ref" in schema else out
    return [inlined(each) for each in schema] if isinstance(schema, list) else schema
