"""What an fx expression can call, and how its values compare and compute.

Everything here is total: a value of the wrong kind or a missing one gives None (or False for a comparison), never an exception.
Numbers are `int` or `Decimal`, never `float`; a result that is not a finite number is None.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

KST = timezone(timedelta(hours=9))
#: 34 digits and no traps: an impossible operation gives NaN, which `finite` turns into None.
CONTEXT = Context(prec=34, rounding=ROUND_HALF_UP, Emax=9_999, Emin=-9_999, traps=[])
#: The most digits a whole number may reach before it counts as out of range.
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
        return _local(left), _local(right)
    if isinstance(left, date) and isinstance(right, date):
        return day(left), day(right)
    return None


def _local(value: datetime) -> datetime:
    return value.astimezone(KST).replace(tzinfo=None) if value.tzinfo else value


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
        return _local(value).isoformat(" ", "minutes")
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


# -- the operators -------------------------------------------------------------------------------------------------------------


def add(left: Any, right: Any) -> Any:
    """Numbers, text with text, or a date and a number of days."""
    if left.__class__ is int and right.__class__ is int:
        return finite(left + right)
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, date):
        return shift(left, right, "일")
    return _arithmetic(CONTEXT.add, left, right)


def subtract(left: Any, right: Any) -> Any:
    """Numbers, days between two dates, or a date and a number of days."""
    if left.__class__ is int and right.__class__ is int:
        return finite(left - right)
    if isinstance(left, date):
        if isinstance(right, date):
            return days(right, left)
        count = number(right)
        return None if count is None else shift(left, -count, "일")
    return _arithmetic(CONTEXT.subtract, left, right)


def multiply(left: Any, right: Any) -> Any:
    """Numbers only."""
    if left.__class__ is int and right.__class__ is int:
        return finite(left * right)
    return _arithmetic(CONTEXT.multiply, left, right)


def divide(left: Any, right: Any) -> Any:
    """Numbers only; by zero gives None; a whole result is an `int`."""
    b = number(right)
    return None if not b else whole(_arithmetic(CONTEXT.divide, left, b))


def floor_divide(left: Any, right: Any) -> Any:
    """Rounded down; by zero gives None."""
    a, b = number(left), number(right)
    if a is None or not b:
        return None
    if a.__class__ is int and b.__class__ is int:
        return a // b
    return _to_whole(CONTEXT.divide(Decimal(a), Decimal(b)), ROUND_FLOOR)


def modulo(left: Any, right: Any) -> Any:
    """What is left after `floor_divide`; numbers only, by zero gives None."""
    a, b = number(left), number(right)
    if a is None or not b:
        return None
    if a.__class__ is int and b.__class__ is int:
        return a % b
    quotient = floor_divide(a, b)
    return None if quotient is None else subtract(a, multiply(b, quotient))


def negate(value: Any) -> Any:
    """Numbers only."""
    a = number(value)
    return None if a is None else -a


def _arithmetic(operation: Callable[[Any, Any], Decimal], left: Any, right: Any) -> int | Decimal | None:
    a, b = number(left), number(right)
    return None if a is None or b is None else finite(operation(Decimal(a), Decimal(b)))


def whole(value: Any) -> Any:
    """A `Decimal` without fraction as `int`, anything else as it is."""
    if value.__class__ is Decimal and value.adjusted() < 60 and value == value.to_integral_value():
        return int(value)
    return value


def _to_whole(value: int | Decimal, rounding: str) -> int | None:
    if isinstance(value, int):
        return value
    if not value.is_finite() or value.adjusted() > 60:
        return None
    return int(value.to_integral_value(rounding=rounding))


# -- the functions -------------------------------------------------------------------------------------------------------------


def _items(values: tuple[Any, ...]) -> Sequence[Any]:
    """The arguments, or the list where the one argument is a list."""
    if len(values) == 1:
        only = values[0]
        return only if isinstance(only, (list, tuple)) else ([] if only is None else values)
    return values


def total(*values: Any) -> Any:
    """Sum, missing values skipped; 0 for nothing, None where something is no number."""
    result: Any = 0
    for value in _items(values):
        if value is not None:
            if number(value) is None:
                return None
            result = add(result, value)
    return result


def least(*values: Any) -> Any:
    """The smallest, missing values skipped; None for nothing."""
    return _extreme(values, -1)


def greatest(*values: Any) -> Any:
    """The largest, missing values skipped; None for nothing."""
    return _extreme(values, 1)


def _extreme(values: tuple[Any, ...], sign: int) -> Any:
    best: Any = None
    for value in _items(values):
        if value is None:
            continue
        order = compare(value, value if best is None else best)
        if order is None:
            return None
        if best is None or order == sign:
            best = value
    return best


def size(value: Any) -> int:
    """How many items, or characters; 0 for a missing value."""
    return len(value) if isinstance(value, (list, tuple, str, Mapping)) else 0


def rounded(value: Any, places: Any = 0) -> Any:
    """Half up (2.5 is 3); `places` from 0 to 10."""
    return _quantized(value, places, ROUND_HALF_UP)


def floor(value: Any, places: Any = 0) -> Any:
    """Down."""
    return _quantized(value, places, ROUND_FLOOR)


def ceiling(value: Any, places: Any = 0) -> Any:
    """Up."""
    return _quantized(value, places, ROUND_CEILING)


def _quantized(value: Any, places: Any, rounding: str) -> Any:
    a = number(value)
    if a is None or places.__class__ is not int or not 0 <= places <= 10:
        return None
    if places == 0 or a.__class__ is int:
        return _to_whole(a, rounding)
    exact = Decimal(a)
    return None if exact.adjusted() > 20 else exact.quantize(Decimal(1).scaleb(-places), rounding=rounding)


def absolute(value: Any) -> Any:
    """Without its sign."""
    a = number(value)
    return None if a is None else abs(a)


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
    return int((_local(end) - _local(start)) // timedelta(minutes=1))


def _clock(text: str) -> datetime | None:
    hours, colon, rest = text.partition(":")
    if colon and len(hours) == len(rest) == 2 and (hours + rest).isascii() and (hours + rest).isdigit() and int(hours) < 24 and int(rest) < 60:
        return datetime(2000, 1, 1, int(hours), int(rest))  # noqa: DTZ001 - a time of day, on any day
    return None


_UNITS = {"년": 12, "year": 12, "월": 1, "개월": 1, "month": 1, "일": 0, "day": 0}


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


def first_filled(*values: Any) -> Any:
    """The first value that is not blank, else None."""
    return next((value for value in values if not blank(value)), None)


def text(*values: Any) -> str:
    """The values one after the other, as people read them."""
    return "".join(as_text(value) for value in values)


def every(*values: Any) -> bool:
    """All of them true; true for nothing."""
    return all(_items(values))


def some(*values: Any) -> bool:
    """One of them true; false for nothing."""
    return any(_items(values))


class Function(NamedTuple):
    """One function: its names, its code, how many arguments, what kinds it takes and gives (for `fx_types`)."""

    names: tuple[str, str]
    call: Callable[..., Any]
    least: int
    most: int
    gives: str
    takes: tuple[str, ...] = ()


MANY = 50
_TABLE = (
    Function(("합계", "sum"), total, 1, MANY, "number", ("number",)),
    Function(("최소", "min"), least, 1, MANY, "item"),
    Function(("최대", "max"), greatest, 1, MANY, "item"),
    Function(("개수", "len"), size, 1, 1, "number"),
    Function(("반올림", "round"), rounded, 1, 2, "number", ("number", "number")),
    Function(("내림", "floor"), floor, 1, 2, "number", ("number", "number")),
    Function(("올림", "ceil"), ceiling, 1, 2, "number", ("number", "number")),
    Function(("절댓값", "abs"), absolute, 1, 1, "number", ("number",)),
    Function(("만나이", "age"), age, 2, 2, "number", ("date", "date")),
    Function(("날짜", "date"), to_date, 1, 3, "date"),
    Function(("개월수", "months"), months, 2, 2, "number", ("date", "date")),
    Function(("날수", "days"), days, 2, 2, "number", ("date", "date")),
    Function(("소요분", "minutes"), minutes, 2, 2, "number"),
    Function(("날짜더하기", "shift"), shift, 3, 3, "date", ("date", "number", "text")),
    Function(("연도", "year"), year, 1, 1, "number", ("date",)),
    Function(("월", "month"), month, 1, 1, "number", ("date",)),
    Function(("일", "day"), day_of_month, 1, 1, "number", ("date",)),
    Function(("비어있음", "empty"), blank, 1, 1, "boolean"),
    Function(("먼저", "coalesce"), first_filled, 1, MANY, "item"),
    Function(("글", "text"), text, 1, MANY, "text"),
    Function(("모두", "all"), every, 1, MANY, "boolean"),
    Function(("하나라도", "any"), some, 1, MANY, "boolean"),
    Function(("포함", "contains"), contains, 2, 2, "boolean"),
)
#: Every function by both of its names.
FUNCTIONS: dict[str, Function] = {name: function for function in _TABLE for name in function.names}
#: Functions that are made to be asked about missing values.
NULL_SAFE = frozenset(name for f in _TABLE if f.call in (blank, first_filled, size, text) for name in f.names)


def names() -> Iterable[str]:
    """Every function name, Korean and English."""
    return FUNCTIONS.keys()
