"""The functions an fx expression can call; every one total, as the values they work on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.spec.fx_dates import age, day_of_month, days, minutes, month, months, shift, to_date, year
from engine.spec.fx_operators import add
from engine.spec.fx_values import as_text, blank, compare, contains, number, to_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["FUNCTIONS", "NULL_SAFE", "Function", "names", "rounded", "shift"]

BETWEEN = re.compile(r"[,;·\n]")


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


def parts(value: Any) -> int:
    """How many parts of a text stand between commas, semicolons, middle dots or line ends; 0 for a missing value."""
    return sum(bool(part.strip()) for part in BETWEEN.split(value)) if isinstance(value, str) else 0


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
        return to_whole(a, rounding)
    exact = Decimal(a)
    return None if exact.adjusted() > 20 else exact.quantize(Decimal(1).scaleb(-places), rounding=rounding)


def absolute(value: Any) -> Any:
    """Without its sign."""
    a = number(value)
    return None if a is None else abs(a)


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
    Function(("항목수", "parts"), parts, 1, 1, "number", ("text",)),
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
NULL_SAFE = frozenset(name for f in _TABLE if f.call in (blank, first_filled, size, parts, text) for name in f.names)


def names() -> Iterable[str]:
    """Every function name, Korean and English."""
    return FUNCTIONS.keys()
