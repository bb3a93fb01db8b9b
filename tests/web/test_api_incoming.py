"""JSON from outside is read strictly: what is not exactly one well-formed object of ours is refused with a sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.types import to_json
from web.api.incoming import DEPTH, parse_text
from web.refusals import Unreadable

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3),
)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":"\\ud800"}',
        b'{"\\udfff":1}',
        b'{"a":"\\u0000"}',
        b'{"a":"' + b"\0" + b'"}',
        b"[" * 100_000,
        b"[" * 40 + b"]" * 40,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1e999999999}',
        b'{"a":1.' + b"1" * 100 + b"}",
        b"{} {}",
        b'{"a":"\xed\xa0\x80"}',
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_no_json_of_ours_is_refused(raw):
    with pytest.raises(Unreadable) as caught:
        parse_text(raw)
    assert caught.value.message.endswith(".")


def test_numbers_stay_exact():
    assert parse_text(b'{"a":0.1,"b":12345678901234567890}') == {"a": Decimal("0.1"), "b": 12345678901234567890}


def test_escaped_text_and_deep_but_allowed_values_come_through():
    assert parse_text(b'["\\uac00\\ud83d\\ude00"]') == ["가😀"]
    assert parse_text(b"[" * (DEPTH - 1) + b"]" * (DEPTH - 1)) is not None


@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("가나다abc", max_size=5), inner, max_size=4), max_leaves=20))
def test_what_we_write_we_read(value):
    assert parse_text(to_json(value).encode()) == value


@given(st.binary(max_size=60))
def test_bytes_are_read_or_refused(raw):
    try:
        parse_text(raw)
    except Unreadable:
        pass
