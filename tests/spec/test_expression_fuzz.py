"""fx under random text and random trees: it compiles or says why, it gives a value or None, and it never touches what it reads.

Holds S39 (SECURITY.md).
"""

from __future__ import annotations

import copy
import string
from datetime import date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spec.expression import FxError, FxRuntimeError, compile_fx
from engine.spec.fx_functions import FUNCTIONS
from engine.spec.fx_types import ANY, FxType, infer, list_of, record, type_of

SETTINGS = settings(max_examples=400, deadline=None)
NAMES = ["가", "나", "다", "묶음", "행들"]
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**15), 10**15),
        st.decimals(allow_nan=True, allow_infinity=True),
        st.floats(),
        st.text(max_size=8),
        st.dates(),
        st.datetimes(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)),
    max_leaves=8,
)
scopes = st.dictionaries(st.sampled_from(NAMES), values, max_size=5)


def refusal(source):
    try:
        compile_fx(source)
    except FxError as error:
        return error
    return None


leaves = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(["묶음.가", "묶음.가.나", "행들[0]", "행들[-1].가", "None", "True", "False", "1", "0", "2.5", "'가'", "''", "[]"]),
    st.integers(0, 10**6).map(str),
)


def combined(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        inner.map(lambda part: f"(not {part})"),
        inner.map(lambda part: f"(-{part})"),
        st.lists(inner, max_size=3).map(lambda parts: "[" + ", ".join(parts) + "]"),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, min_size=1, max_size=3)).map(lambda parts: f"{parts[0]}({', '.join(parts[1])})"),
        st.tuples(st.sampled_from(["합계", "개수", "최대", "모두", "any"]), inner, inner).map(lambda parts: f"{parts[0]}({parts[1]} for 행 in {parts[2]})"),
        st.tuples(inner, inner).map(lambda parts: f"{parts[0]}[{parts[1]}]"),
    )


expressions = st.recursive(leaves, combined, max_leaves=12)


def fits(value):
    return value is None or isinstance(value, (bool, int, Decimal, str, date, datetime, list, tuple, dict, float))


@SETTINGS
@given(st.text(max_size=60))
def test_any_text_compiles_or_is_refused(source):
    error = refusal(source)
    assert error is None or error.offset >= 1


@SETTINGS
@given(st.text(alphabet="가나()[]{}.,'\"=<>+-*/%:!&|^~@_ forinifelsenotandlambda0123456789\n" + string.ascii_letters, max_size=80))
def test_any_likely_text_compiles_or_is_refused(source):
    error = refusal(source)
    assert error is None or error.offset >= 1


@SETTINGS
@given(expressions, scopes)
def test_any_expression_gives_a_value(source, scope):
    try:
        fx = compile_fx(source)
    except FxError:
        return
    before = copy.deepcopy(scope)
    try:
        value = fx(scope)
        again = fx(scope)
    except FxRuntimeError:
        return
    assert fits(value)
    assert repr(value) == repr(again)
    assert repr(scope) == repr(before)


types = st.recursive(
    st.sampled_from([ANY, *(FxType(kind) for kind in ("text", "number", "boolean", "date", "datetime", "none")), FxType("text", codes=frozenset({"가", "나"}))]),
    lambda inner: st.one_of(inner.map(list_of), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3).map(record)),
    max_leaves=6,
)


@SETTINGS
@given(expressions, st.dictionaries(st.sampled_from(NAMES), types, max_size=5))
def test_types_are_inferred_for_any_expression(source, known):
    try:
        fx = compile_fx(source)
    except FxError:
        return
    assert type_of(fx, known).kind
    for offset, kind, message in infer(fx, known):
        assert 1 <= offset <= len(source) + 1
        assert kind in ("unknown-name", "type-mismatch", "constant-not-in-list")
        assert message
