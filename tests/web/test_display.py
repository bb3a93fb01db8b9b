"""Values as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from web import display


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234567, "1,234,567"), (Decimal("1234.50"), "1,234.50"), ("1,000", "1,000"), ("3,0x", "3,0x"), (None, ""), (0, "0"), ("", ""), (True, ""), ("1e5", "100,000")],
)
def test_numbers_are_grouped_and_what_is_no_number_stays_as_typed(value, shown):
    assert display.number(value) == shown


def test_infinite_numbers_stay_as_typed():
    assert display.number("NaN") == "NaN"
    assert display.number("Infinity") == "Infinity"


def test_only_money_is_grouped_with_its_unit():
    assert display.with_unit(2024, "년") == "2024년"
    assert display.with_unit(1234567, "원") == "1,234,567원"
    assert display.money(0) == "0원"
    assert display.money(None) == ""


def test_times_are_told_in_seoul():
    late = datetime(2024, 3, 1, 15, 30, tzinfo=UTC)
    assert display.day(late) == "2024-03-02"
    assert display.minute(late) == "2024-03-02 00:30"
    assert display.clock(late) == "00:30"
    assert display.day(None) == display.minute(None) == ""
    assert display.long_day(date(2024, 11, 20)) == "2024-11-20 수요일"


def test_ages_count_full_years():
    assert display.age(date(2006, 12, 5), date(2024, 12, 4)) == "만 17세"
    assert display.age(date(2006, 12, 5), date(2024, 12, 5)) == "만 18세"
    assert display.age(date(2008, 2, 29), date(2024, 2, 28)) == "만 15세"
    assert display.age(None, date(2024, 1, 1)) == ""


@pytest.mark.parametrize(("day", "words", "look"), [(15, "5일 지남", "late"), (20, "오늘", "today"), (23, "D-3", "due")])
def test_due_dates_have_words_and_a_look(day, words, look):
    today = date(2024, 11, 20)
    assert (display.due_words(date(2024, 11, day), today), display.due_state(date(2024, 11, day), today)) == (words, look)


def test_no_due_date_says_nothing():
    assert display.due_words(None, date(2024, 1, 1)) == ""
    assert display.due_state(None, date(2024, 1, 1)) == "due"


@pytest.mark.parametrize(
    ("word", "after"), [("사과", "를"), ("감", "을"), ("7", "을"), ("2", "를"), ("", "를"), ("L", "을"), ("abc", "를")],
)
def test_particles_follow_the_final_sound(word, after):
    assert display.particle(word, "을", "를") == after


def test_file_sizes():
    assert display.file_size(1) == "1 KB"
    assert display.file_size(186_400) == "182 KB"
    assert display.file_size(3_000_000) == "2.9 MB"


def test_any_fact_can_be_shown():
    assert [display.plain(value) for value in (None, "", [], True, False, date(2024, 1, 2), ["가", None], 3, [{"가": 1}, {}], {"가": 1}, "2024-11-20T14:00")] == [
        "-", "-", "-", "예", "아니요", "2024-01-02", "가, -", "3", "2줄", "1", "2024-11-20 14:00",
    ]  # fmt: skip
