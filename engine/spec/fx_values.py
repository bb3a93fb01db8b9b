"""The values of fx: text, numbers, booleans, dates, moments, lists, records, and how they compare and read.

Everything here is total: a value of the wrong kind or a missing one gives None (or False for a comparison), never an exception.
Numbers are `int` or `Decimal`, never `float`; a result that is not a finite number is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

KST = timezone(timedelta(hours=9))
#: A whole number beyond this counts as out of range.
INT_LIMIT = 10**60
TRUE, FALSE = "예", "아니요"


def number(value: Any) -> int | Decimal | None:
    """`value` where it is a finite number (booleans are not), else None."""
    if value.__class__ is int:
        return int(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if value.__class__ is float:
        return finite(Decimal(repr(value)))
    return None


def finite(value: int | Decimal) -> int | Decimal | None:
    """`value`, or None where it is not finite or out of range."""
    if value.__class__ is int:
        return value if -INT_LIMIT < value < INT_LIMIT else None
    return value if value.is_finite() else None  # type: ignore[union-attr]


def day(value: Any) -> date | None:
    """The calendar day (in Seoul) of a date or a datetime, else None."""
    if isinstance(value, datetime):
        return (value.astimezone(KST) if value.tzinfo else value).date()
    return value if isinstance(value, date) else None


def local(value: datetime) -> datetime:
    """A moment as a clock in Seoul shows it, without its zone."""
    return value.astimezone(KST).replace(tzinfo=None) if value.tzinfo else value


def equal(left: Any, right: Any) -> bool:
    """Equality without surprises: 1 is not true, "1" is not 1, a day equals any moment of it."""
    if left is None or right is None:
        return left is right
    kind, other = left.__class__, right.__class__
    if kind is other and kind is not datetime and kind is not Decimal:
        return bool(left == right)
    if kind is bool or other is bool:
        return False
    pair = _ordered(left, right)
    if pair is not None:
        return bool(pair[0] == pair[1])
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return list(left) == list(right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return dict(left) == dict(right)
    return False


def _ordered(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both values in a form Python can order, or None where there is no order between them."""
    a, b = number(left), number(right)
    if a is not None and b is not None:
        return a, b
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    if isinstance(left, datetime) and isinstance(right, datetime):
        return local(left), local(right)
    if isinstance(left, date) and isinstance(right, date):
        return day(left), day(right)
    return None


def compare(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; None where the two have no order (one is missing, or their kinds differ)."""
    if left is None or right is None:
        return None
    if left.__class__ is int and right.__class__ is int:
        return -1 if left < right else int(left > right)
    pair = _ordered(left, right)
    if pair is None:
        return None
    a, b = pair
    return -1 if a < b else (1 if a > b else 0)


def contains(container: Any, item: Any) -> bool:
    """Whether `item` is one of the list, a part of the text, or a key of the record."""
    if isinstance(container, str):
        return isinstance(item, str) and item in container
    if isinstance(container, (list, tuple)):
        return any(equal(each, item) for each in container)
    if isinstance(container, Mapping):
        return isinstance(item, str) and item in container
    return False


def blank(value: Any) -> bool:
    """None, text of spaces only, or an empty list."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, (list, tuple, Mapping)) and not value


def as_text(value: Any) -> str:
    """`value` as people read it, without unit or separators; None is ""."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return local(value).isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ", ".join(as_text(each) for each in value)
    if isinstance(value, Mapping):
        return ""
    return str(value)


def plain(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros."""
    if not value.is_finite():
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole(value: Any) -> Any:
    """A `Decimal` without fraction as `int`, anything else as it is."""
    if value.__class__ is Decimal and value.adjusted() < 60 and value == value.to_integral_value():
        return int(value)
    return value


def to_whole(value: int | Decimal, rounding: str) -> int | None:
    """Rounded to an `int`; None where it is out of range."""
    if isinstance(value, int):
        return value
    if not value.is_finite() or value.adjusted() > 60:
        return None
    return int(value.to_integral_value(rounding=rounding))
