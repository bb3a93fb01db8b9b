"""The buttons that move rows, without JavaScript."""

from __future__ import annotations

from web import rows

GIVEN = {"줄": [{"가": 1}, {"가": 2}, {"가": 3}], "안": {"고름": "x"}}


def test_rows_are_added_removed_and_moved():
    assert rows.apply(GIVEN, "add:/줄")["줄"][-1] == {}
    assert rows.apply(GIVEN, "remove:/줄/1")["줄"] == [{"가": 1}, {"가": 3}]
    assert rows.apply(GIVEN, "up:/줄/2")["줄"] == [{"가": 1}, {"가": 3}, {"가": 2}]
    assert rows.apply(GIVEN, "down:/줄/0")["줄"] == [{"가": 2}, {"가": 1}, {"가": 3}]
    assert GIVEN["줄"] == [{"가": 1}, {"가": 2}, {"가": 3}]


def test_a_choice_is_cleared_and_a_first_row_makes_its_table():
    assert rows.apply(GIVEN, "clear:/안/고름")["안"] == {}
    assert rows.apply({}, "add:/밖/줄") == {"밖": {"줄": [{}]}}


def test_what_cannot_be_done_changes_nothing():
    for intent in ("preview", "up:/줄/0", "down:/줄/2", "remove:/줄/9", "remove:/없음/0", "remove:/줄/x", "drop:/줄", "add:", "clear:/없음/더", "up:/줄/²", "remove:/줄/" + "9" * 5_000):
        assert rows.apply(GIVEN, intent) == GIVEN
