"""What fx can do with days and moments; a day that does not exist gives None."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import Any

from engine.spec.fx_values import day, local, number, whole

_UNITS = {"년": 12, "year": 12, "월": 1, "개월": 1, "month": 1, "일": 0, "day": 0}


def age(birth: Any, on: Any) -> int | None:
    """Full years of life on a day (민법 158·160조: born on 29 February, a year older on 1 March)."""
    born, today = day(birth), day(on)
    if born is None or today is None or today < born:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def to_date(*parts: Any) -> date | None:
    """날짜("2024-11-22"), 날짜(moment) or 날짜(2024, 11, 22); None where there is no such day."""
    if len(parts) == 1:
        value = parts[0]
        if isinstance(value, str) and len(value) == 10:
            try:
                return date.fromisoformat(value)
            except ValueError:
                return None
        return day(value)
    if len(parts) == 3 and all(part.__class__ is int for part in parts):
        try:
            return date(*parts)
        except (ValueError, OverflowError):
            return None
    return None


def months(start: Any, end: Any) -> int | None:
    """Full months from `start` to `end`; negative where `end` is earlier."""
    a, b = day(start), day(end)
    if a is None or b is None:
        return None
    if b < a:
        back = months(b, a)
        return None if back is None else -back
    count = (b.year - a.year) * 12 + b.month - a.month
    last = calendar.monthrange(b.year, b.month)[1]
    return count - (b.day < min(a.day, last))


def days(start: Any, end: Any) -> int | None:
    """Days from `start` to `end`; negative where `end` is earlier."""
    a, b = day(start), day(end)
    return None if a is None or b is None else (b - a).days


def minutes(start: Any, end: Any) -> int | None:
    """Minutes between two moments, or between two times of one day written "14:00"; negative where `end` is earlier."""
    if isinstance(start, str) and isinstance(end, str):
        start, end = _clock(start), _clock(end)
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None
    return int((local(end) - local(start)) // timedelta(minutes=1))


def _clock(text: str) -> datetime | None:
    hours, colon, rest = text.partition(":")
    if colon and len(hours) == len(rest) == 2 and (hours + rest).isascii() and (hours + rest).isdigit() and int(hours) < 24 and int(rest) < 60:
        return datetime(2000, 1, 1, int(hours), int(rest))  # noqa: DTZ001 - a time of day, on any day
    return None


def shift(start: Any, count: Any, unit: Any) -> date | None:
    """`count` years, months or days later ("년", "월", "일"); the last day of the month where the day does not exist."""
    n = whole(number(count))
    a = day(start)
    step = _UNITS.get(unit) if isinstance(unit, str) else None
    if a is None or n.__class__ is not int or step is None or abs(n) > 4_000_000:
        return None
    try:
        if not step:
            return a + timedelta(days=n)
        year, month = divmod(a.year * 12 + a.month - 1 + n * step, 12)
        return date(year, month + 1, min(a.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError, IndexError):
        return None


def year(value: Any) -> int | None:
    """The year of a date."""
    found = day(value)
    return None if found is None else found.year


def month(value: Any) -> int | None:
    """The month of a date, 1 to 12."""
    found = day(value)
    return None if found is None else found.month


def day_of_month(value: Any) -> int | None:
    """The day of a date, 1 to 31."""
    found = day(value)
    return None if found is None else found.day
