"""What `check` says about a form: one test for each kind of finding, with its line.

Holds S40 (SECURITY.md).
"""

from __future__ import annotations

import json

import pytest
import worked_example
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spec.codes import parse_list
from engine.spec.formcheck import check_form
from engine.spec.fx_types import DATE, TEXT, record

LISTS = {
    "kind": parse_list({"title": "종류", "items": [{"code": c, "label": c} for c in ("가", "나", "다")]}, "kind", "x"),
    "sub": parse_list({"title": "아래", "items": [{"code": "가1", "label": "가1", "parent": "가"}, {"code": "라1", "label": "라1", "parent": "라"}]}, "sub", "x"),
}
FACTS = {"today": DATE, "case": record({"이름": TEXT, "생일": DATE})}
TEXT_FIELD = {"type": "string", "title": "글"}
NUMBER_FIELD = {"type": "integer", "title": "수"}
KIND = {"$ref": "urn:didimdol:list:kind", "title": "종류"}


def findings(properties=None, **more):
    schema = {
        "$id": "urn:didimdol:form:small:1",
        "x-dialect": 1,
        "title": "작은 화면",
        "type": "object",
        "additionalProperties": False,
        "properties": properties if properties is not None else {"글": TEXT_FIELD},
        **more,
    }
    text = json.dumps(schema, ensure_ascii=False, indent=1)
    lines = text.split("\n")
    return [(found.id, lines[found.line - 1].strip(), found.message) for found in check_form(json.loads(text), "forms/small.json", text, LISTS, FACTS)]


def ids(properties=None, **more):
    return [found[0] for found in findings(properties, **more)]


def when(name, leaf, then=None, other=None, label="분기"):
    return {"x-id": label, "if": {"required": [name], "properties": {name: leaf}}, "then": then or {}, "else": other or {}}


INSIDE = {"title": "안", "type": "object", "additionalProperties": False}
SAME_BRANCH = {**INSIDE, "properties": {"종류": KIND, "글": TEXT_FIELD}, "allOf": [when("종류", {"const": "가"}, {"required": ["글"]})]}
SAME_CHECK = {**INSIDE, "properties": {"글": TEXT_FIELD}, "x-checks": [{"id": "말", "rule": "글 == '예'", "at": "글", "message": "예라고 적으세요."}]}


def test_nothing_wrong():
    assert findings({"글": TEXT_FIELD, "종류": KIND}, allOf=[when("종류", {"const": "가"}, {"required": ["글"]}, {"properties": {"글": False}})]) == []


def test_the_line_is_that_of_the_keyword():
    assert findings({"수": {**NUMBER_FIELD, "minimun": 1}}) == [
        ("unknown-keyword", '"minimun": 1', "여기에 쓸 수 없는 키워드입니다: minimun (혹시 'minimum'인가요?)"),
    ]


@pytest.mark.parametrize(
    ("properties", "more", "kinds"),
    [
        ({"글": {**TEXT_FIELD, "default": "x"}}, {}, ["default-used"]),
        ({"글": {**TEXT_FIELD, "not": {}}}, {}, ["not-used"]),
        ({"글": {**TEXT_FIELD, "oneOf": []}}, {}, ["oneof-untagged"]),
        ({"글": TEXT_FIELD}, {"oneOf": []}, ["oneof-untagged"]),
        ({"글": {**TEXT_FIELD, "anyOf": []}}, {}, ["unknown-keyword"]),
        ({"글": TEXT_FIELD}, {"unevaluatedProperties": False}, ["unknown-keyword"]),
        ({"글": TEXT_FIELD}, {"additionalProperties": True}, ["object-open"]),
        ({"글": {**TEXT_FIELD, "pattern": "(?=a)"}}, {}, ["pattern-re2"]),
        ({"글": {**TEXT_FIELD, "pattern": "(?<n>"}}, {}, ["pattern-re2"]),
        ({"글": {**TEXT_FIELD, "pattern": "a{1000}{1000}"}}, {}, ["pattern-re2"]),
        ({"글": {**TEXT_FIELD, "pattern": "[0-9]+"}}, {}, ["pattern-unanchored"]),
        ({"글": {**TEXT_FIELD, "format": "dat"}}, {}, ["unknown-format"]),
        ({"글": {"title": "글", "type": "text"}}, {}, ["unknown-type"]),
        ({"글": {"title": "글"}}, {}, ["unknown-type"]),
        ({"글": {"type": "string"}}, {}, ["no-title"]),
        ({"글 자": TEXT_FIELD}, {}, ["bad-name"]),
        ({"if": TEXT_FIELD}, {}, ["bad-name"]),
        ({"종류": {"$ref": "urn:didimdol:list:knd", "title": "종류"}}, {}, ["unknown-list"]),
        ({"종류": {"enum": ["가", "가"], "title": "종류"}}, {}, ["code-duplicate"]),
        ({"글": {**TEXT_FIELD, "x-ui": {"widget": "txt"}}}, {}, ["unknown-widget"]),
        ({"글": {**TEXT_FIELD, "x-ui": {"wdget": "text"}}}, {}, ["unknown-keyword"]),
        ({"글": {**TEXT_FIELD, "x-sensitive": "secret"}}, {}, ["unknown-keyword"]),
        ({"글": {**TEXT_FIELD, "x-messages": {"requird": "x"}}}, {}, ["unknown-keyword"]),
        ({"글": {**TEXT_FIELD, "minLength": 5, "maxLength": 3}}, {}, ["impossible-range"]),
        ({"글": {**TEXT_FIELD, "maxLength": "3"}}, {}, ["field-form"]),
        ({"글": TEXT_FIELD}, {"required": ["귤"]}, ["unknown-name"]),
        ({"글": TEXT_FIELD}, {"x-list": ["귤"]}, ["unknown-name"]),
        ({"글": TEXT_FIELD}, {"x-dialect": 2}, ["form-dialect"]),
        ({"글": TEXT_FIELD}, {"$id": "urn:didimdol:form:other:1"}, ["form-id"]),
        ({"글": TEXT_FIELD}, {"$id": "https://example.com"}, ["form-id"]),
        ({"글": TEXT_FIELD, "수": NUMBER_FIELD}, {"x-layout": [{"tab": "가", "fields": ["글"]}]}, ["not-in-layout"]),
        ({"글": TEXT_FIELD}, {"x-layout": [{"tab": "가", "fields": ["글"]}, {"tab": "나", "fields": ["글"]}]}, ["declared-twice"]),
        ({"글": TEXT_FIELD}, {"x-layout": [{"tab": "가", "fields": ["글", "귤"]}]}, ["unknown-name"]),
        ({"글": {**TEXT_FIELD, "readOnly": True}}, {}, ["readonly-without-value"]),
        ({"글": {**TEXT_FIELD, "x-calc": "case.이름"}}, {}, ["calc-not-readonly"]),
        ({"글": {**TEXT_FIELD, "x-calc": "case.이름", "readOnly": True}}, {"required": ["글"]}, ["required-derived"]),
        ({"표": {"title": "표", "type": "array"}}, {}, ["field-form"]),
        ({"속": {"title": "속", "type": "object", "additionalProperties": False, "required": ["글"], "properties": {"글": TEXT_FIELD}}}, {}, ["section-never-required"]),
        ({"글": 3}, {}, ["field-form"]),
        # expressions
        ({"글": {**TEXT_FIELD, "x-calc": "case.이름 +", "readOnly": True}}, {}, ["fx-syntax"]),
        ({"글": {**TEXT_FIELD, "x-prefill": "case.이룸"}}, {}, ["unknown-name"]),
        ({"수": {**NUMBER_FIELD, "x-prefill": "case.이름"}}, {}, ["type-mismatch"]),
        ({"글": TEXT_FIELD}, {"x-checks": [{"id": "가", "rule": "글 > 3", "at": "글", "message": "x"}]}, ["type-mismatch"]),
        ({"글": TEXT_FIELD}, {"x-checks": [{"id": "가", "rule": "글", "at": "글", "message": "x"}]}, ["type-mismatch"]),
        ({"글": TEXT_FIELD}, {"x-checks": [{"id": "가", "rule": "글 == case.이름", "at": "귤", "message": "x"}]}, ["unknown-name"]),
        ({"글": TEXT_FIELD}, {"x-checks": [{"id": "가", "rule": "글 == case.이름", "at": "글", "message": "{귤}"}]}, ["unknown-name"]),
        ({"글": TEXT_FIELD}, {"x-checks": [{"id": "가", "rule": "글 == case.이름", "at": "글", "message": "x", "level": "info"}]}, ["check-form"]),
        ({"종류": KIND}, {"x-checks": [{"id": "가", "rule": "종류 == '라'", "at": "종류", "message": "x"}]}, ["constant-not-in-list"]),
        (
            {"가": {**NUMBER_FIELD, "x-calc": "나 + 1", "readOnly": True}, "나": {**NUMBER_FIELD, "x-calc": "가 + 1", "readOnly": True}},
            {},
            ["cycle"],
        ),
        ({"가": {**NUMBER_FIELD, "x-calc": "가 + 1", "readOnly": True}}, {}, ["cycle"]),
        # cascades
        ({"종류": KIND, "아래": {"$ref": "urn:didimdol:list:sub", "title": "아래", "x-parent": "종류"}}, {}, ["code-dangling"]),
        ({"글": TEXT_FIELD, "아래": {"$ref": "urn:didimdol:list:sub", "title": "아래", "x-parent": "글"}}, {}, ["type-mismatch"]),
        ({"종류": {**KIND, "x-parent": "귤"}}, {}, ["unknown-name"]),
        # branches
        ({"종류": KIND, "글": TEXT_FIELD}, {"allOf": [when("종류", {"const": "라"}, {"required": ["글"]})]}, ["constant-not-in-list", "unreachable-branch"]),
        (
            {"종류": KIND, "글": TEXT_FIELD},
            {"allOf": [{"x-id": "가", "if": {"properties": {"종류": {"const": "가"}}}, "then": {"required": ["글"]}}]},
            ["vacuous-if"],
        ),
        ({"종류": KIND, "글": TEXT_FIELD}, {"allOf": [when("종류", {"const": "가"}, {"required": ["글"], "properties": {"글": False}})]}, ["required-but-hidden"]),
        (
            {"종류": KIND, "글": TEXT_FIELD},
            {"allOf": [when("종류", {"const": "가"}, {"required": ["글"]}), when("종류", {"enum": ["가", "나"]}, {"properties": {"글": False}}, label="둘")]},
            ["required-but-hidden"],
        ),
        (
            {"종류": KIND, "글": TEXT_FIELD},
            {"allOf": [when("종류", {"const": "가"}, {"properties": {"글": False}}, {"properties": {"글": False}})]},
            ["never-shown"],
        ),
        (
            {"종류": KIND, "수": NUMBER_FIELD, "글": TEXT_FIELD},
            {
                "allOf": [
                    when("종류", {"const": "가"}, {}, {"properties": {"수": False}}),
                    {
                        "x-id": "둘",
                        "if": {"allOf": [{"required": ["수"], "properties": {"수": {"minimum": 3}}}, {"required": ["종류"], "properties": {"종류": {"const": "나"}}}]},
                        "then": {"required": ["글"]},
                        "else": {"properties": {"글": False}},
                    },
                ]
            },
            ["unreachable-branch", "never-shown"],
        ),
        ({"수": {**NUMBER_FIELD, "maximum": 5}, "글": TEXT_FIELD}, {"allOf": [when("수", {"minimum": 6}, {"required": ["글"]})]}, ["unreachable-branch"]),
        ({"글": TEXT_FIELD}, {"allOf": [when("글", {"minimum": 6}, {"required": ["글"]})]}, ["type-mismatch"]),
        ({"글": TEXT_FIELD}, {"allOf": [{"if": {"required": ["글"]}, "then": {}}]}, ["branch-id"]),
        (
            {"종류": KIND, "글": TEXT_FIELD, "줄": {"type": "array", "title": "줄", "items": SAME_BRANCH}},
            {"allOf": [when("종류", {"const": "가"}, {"required": ["글"]})]},
            ["branch-id"],
        ),
        ({"글": TEXT_FIELD, "안": SAME_CHECK}, {"x-checks": SAME_CHECK["x-checks"]}, ["check-id"]),
        ({"글": TEXT_FIELD}, {"allOf": [{"x-id": "가", "if": {"not": {"required": ["글"]}}, "then": {}}]}, ["not-used", "branch-form"]),
        ({"글": TEXT_FIELD}, {"allOf": [{"x-id": "가", "then": {}}]}, ["branch-form"]),
        (
            {"여": {"type": "boolean", "title": "여"}, "부": {"type": "boolean", "title": "부"}},
            {
                "allOf": [
                    when("여", {"const": True}, {}, {"properties": {"부": False}}, label="하나"),
                    when("부", {"const": True}, {}, {"properties": {"여": False}}, label="둘"),
                ]
            },
            ["cycle"],
        ),
    ],
)
def test_findings(properties, more, kinds):
    found = ids(properties, **more)
    assert set(kinds) <= set(found), findings(properties, **more)
    assert len(found) <= len(kinds) + 2, findings(properties, **more)


def test_a_name_twice_in_one_object():
    text = '{"$id": "urn:didimdol:form:small:1", "x-dialect": 1, "title": "가", "type": "object",\n "properties": {\n  "글": {"type": "string", "title": "글"},\n  "글": {"type": "string", "title": "글"}}}'
    found = check_form(json.loads(text), "forms/small.json", text, LISTS, FACTS)
    assert [(each.id, each.line) for each in found] == [("declared-twice", 3)]
    assert "4번째 줄" in found[0].message


def test_findings_in_rows():
    row = {"type": "object", "additionalProperties": False, "properties": {"종류": KIND, "글": TEXT_FIELD}, "allOf": [when("종류", {"const": "라"}, {"required": ["글"]})]}
    assert set(ids({"표": {"title": "표", "type": "array", "items": row}})) == {"constant-not-in-list", "unreachable-branch"}


def test_a_row_that_reads_its_own_table():
    row = {"type": "object", "additionalProperties": False, "properties": {"수": {**NUMBER_FIELD, "readOnly": True, "x-calc": "합계(행.수 for 행 in 표)"}}}
    assert ids({"표": {"title": "표", "type": "array", "items": row}}) == ["cycle"]


@pytest.mark.parametrize("schema", [None, [], "x", {}, {"type": "object"}, {"properties": {"a": {"type": "object", "properties": []}}}])
def test_anything_can_be_checked(schema):
    assert check_form(schema, "forms/small.json", json.dumps(schema), LISTS, FACTS)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["", "x", "종료일", "string", "object", "array", "^(", "1 +", "#/$defs/x", "urn:didimdol:list:consent"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["type", "properties", "items", "if", "required", "const", "x-calc", "title", "enum"]), inner, max_size=3)),
    max_leaves=6,
)


def places(value, at=()):
    yield at
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*at, key))


def replaced(value, at, other):
    if not at:
        return other
    inner = dict(value) if isinstance(value, dict) else list(value)
    inner[at[0]] = replaced(inner[at[0]], at[1:], other)
    return inner


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_to_a_form_is_found_not_raised(data):
    schema = worked_example.SCHEMA
    for _ in range(data.draw(st.integers(1, 3))):
        schema = replaced(schema, data.draw(st.sampled_from(list(places(schema)))), data.draw(json_values))
    text = json.dumps(schema, ensure_ascii=False, indent=1)
    found = check_form(schema, "forms/exit.json", text, worked_example.LISTS, FACTS)
    assert all(each.line >= 1 and each.message and each.id for each in found)
