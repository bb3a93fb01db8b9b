"""The screens a form can become: what is behind a single field or a table is shown too, at once where it can be, and never multiplied."""

from __future__ import annotations

import pytest
from worked_example import FORM, ON

from engine.spec.form import compile_form
from engine.spec.variants import details


def named(names):
    return {name: {"title": name, "type": "string"} for name in names}


def form(fields, *branches):
    parts = [
        {"x-id": f"b{n}", "if": {"required": list(test), "properties": test}, "then": {"required": [name]}, "else": {"properties": {name: False}}}
        for n, (test, name) in enumerate(branches)
    ]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:didimdol:form:small", "x-dialect": 1, "x-screen": {"title": "작은 화면"}, "type": "object",
        "additionalProperties": False, "properties": fields, "allOf": parts, "x-layout": [{"tab": "하나", "fields": list(fields)}], "x-list": ["가"],
    }
    return compile_form(schema, {}, "forms/small.json")


def looks(made):
    return [(dict(one.answers), one.visible) for one in details(made.root, made.variants())]


def test_what_minds_nothing_is_opened_at_once():
    (look,) = details(FORM.root, FORM.variants())
    assert dict(look.answers) == {"/보호종료사유": "만기종료", "/자립수당신청여부": "미신청", "/자립정착금": 1}


def test_what_excludes_each_other_is_opened_one_after_the_other():
    made = form(named("가나다라"), ({"가": {"const": "갑"}}, "나"), ({"가": {"const": "을"}}, "다"), ({"나": {"const": "병"}}, "라"))
    assert [answers for answers, _ in looks(made)] == [{"/가": "갑", "/나": "병"}, {"/가": "을"}]
    assert {pointer for _, seen in looks(made) for pointer in seen} == {"/가", "/나", "/다", "/라"}


def test_what_can_never_be_shown_is_left_out_and_nothing_else_is_tried():
    made = form({**named("나"), "가": {"title": "가", "type": "integer"}}, ({"가": {"minimum": 5, "maximum": 3}}, "나"))
    assert looks(made) == []
    assert looks(form(named("가나"))) == []


@pytest.mark.parametrize("calc", ["case.kind", "today"])
def test_a_calculated_answer_is_tried_too_and_can_be_read_as_given(calc):
    made = form({**named("나"), "가": {"title": "가", "type": "string", "readOnly": True, "x-calc": calc}}, ({"가": {"const": "갑"}}, "나"))
    ((answers, seen),) = looks(made)
    assert answers == {"/가": "갑"}
    assert seen == made.read({}, {}, ON, strict=False, forced=answers).visible == {"/가", "/나"}
