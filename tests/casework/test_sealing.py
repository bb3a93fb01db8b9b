"""Holds S22 (SECURITY.md)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.casework import sealing
from engine.spec.form import compile_form

FORM = compile_form(
    {
        "$id": "urn:didimdol:form:sealed:toy", "x-dialect": 1, "type": "object", "additionalProperties": False, "title": "봉인",
        "properties": {
            "이름": {"title": "이름", "type": "string"},
            "번호": {"title": "번호", "type": "string", "x-sensitive": "rrn"},
            "통장": {
                "title": "통장", "type": "array",
                "items": {
                    "type": "object", "additionalProperties": False,
                    "properties": {
                        "은행": {"title": "은행", "type": "string"},
                        "계좌": {"title": "계좌", "type": "string", "x-sensitive": "account"},
                    },
                },
            },
            "건강": {
                "title": "건강", "type": "object", "additionalProperties": False,
                "properties": {"병력": {"title": "병력", "type": "string", "x-sensitive": "health"}},
            },
        },
        "x-layout": [{"tab": "봉인", "fields": ["이름", "번호", "통장", "건강"]}],
    },
    {}, "forms/sealed.json",
)  # fmt: skip
DATA = {
    "이름": "하나", "번호": "061205-4123456", "통장": [{"은행": "가", "계좌": "110-222-333444"}, {"은행": "나", "계좌": "1234567890"}],
    "건강": {"병력": "천식"},
}  # fmt: skip
MASKED = {
    "이름": "하나", "번호": "061205-4******", "통장": [{"은행": "가", "계좌": "●●●●3444"}, {"은행": "나", "계좌": "●●●●7890"}], "건강": {"병력": "●●●●"},
}  # fmt: skip


def test_what_is_split_can_be_joined():
    document, apart = sealing.split(FORM, DATA)
    assert document == {"이름": "하나", "통장": [{"은행": "가"}, {"은행": "나"}], "건강": {}}
    assert apart == {"/번호": "061205-4123456", "/통장/0/계좌": "110-222-333444", "/통장/1/계좌": "1234567890", "/건강/병력": "천식"}
    assert sealing.join(document, apart) == DATA


def test_masks_by_kind():
    assert sealing.masked(FORM, DATA) == MASKED
    for value in ("0612054123456", "061205-4123456"):
        assert sealing.mask("rrn", value) == "061205-4******"
    assert sealing.mask("rrn", "letters") == sealing.mask("account", "1234") == sealing.HIDDEN
    assert sealing.mask("health", "") == ""
    assert sealing.mask("counsel", None) is None


def test_a_mask_that_comes_back_is_what_it_masks():
    assert sealing.unmasked(FORM, MASKED, DATA) == DATA


def test_rows_may_be_moved_taken_away_and_changed():
    swapped = {**MASKED, "통장": [MASKED["통장"][1], {"은행": "다", "계좌": "999"}]}
    assert sealing.unmasked(FORM, swapped, DATA)["통장"] == [{"은행": "나", "계좌": "1234567890"}, {"은행": "다", "계좌": "999"}]


def test_nothing_sensitive_before_leaves_answers_alone():
    assert sealing.unmasked(FORM, MASKED, {}) == MASKED


def test_what_is_sealed_opens_only_in_its_place(cipher):
    from engine.errors import Broken

    sealed = sealing.seal(cipher, "revision|a.1|sealed", {"/번호": "061205-4123456"})
    assert sealing.unseal(cipher, "revision|a.1|sealed", sealed) == {"/번호": "061205-4123456"}
    assert sealing.seal(cipher, "revision|a.1|sealed", {}) is None
    with pytest.raises(Broken):
        sealing.unseal(cipher, "revision|a.2|sealed", sealed)


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["이름", "번호", "통장", "계좌", "건강", "병력"]), inner, max_size=3), max_leaves=8)


@given(st.dictionaries(st.sampled_from(["이름", "번호", "통장", "건강"]), json_values))
def test_any_shape_of_answers_is_survived(answers):
    document, apart = sealing.split(FORM, answers)
    assert "번호" not in document
    sealing.join(document, apart)
    sealing.masked(FORM, answers)
    assert sealing.unmasked(FORM, sealing.masked(FORM, answers), answers) is not None
