"""The operators of fx: exact, total, and None where an operand is missing or of the wrong kind."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any

from engine.spec.fx_dates import days, shift
from engine.spec.fx_values import finite, number, to_whole, whole

if TYPE_CHECKING:
    from collections.abc import Callable

#: 34 digits and no traps: an impossible operation gives NaN, which `finite` turns into None.
CONTEXT = Context(prec=34, rounding=ROUND_HALF_UP, Emax=9_999, Emin=-9_999, traps=[])


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
    return to_whole(CONTEXT.divide(Decimal(a), Decimal(b)), ROUND_FLOOR)


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
