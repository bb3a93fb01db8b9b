"""Times told relative to a day: "@-40dT09:30" is forty days before it at half past nine, "@-15y-30d{%y%m%d}-3000002" a day in a form of its own with text behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from engine.spec.fx_functions import shift
from engine.store.types import KST

if TYPE_CHECKING:
    from datetime import date, datetime

_WHEN = re.compile(r"@((?:[+-]\d+[ymd])*)(T\d\d:\d\d)?(?:\{([^}]*)\})?(.*)", re.DOTALL)
_TERM = re.compile(r"([+-]\d+)([ymd])")
_UNITS = {"y": "년", "m": "월", "d": "일"}


def seoul_day(now: datetime) -> date:
    """Give the day it is in Seoul."""
    return now.astimezone(KST).date()


def resolved(value: Any, today: date) -> Any:
    """Give `value` with every relative time in it as a date or a date and time."""
    if isinstance(value, dict):
        return {key: resolved(part, today) for key, part in value.items()}
    if isinstance(value, list):
        return [resolved(part, today) for part in value]
    found = _WHEN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    terms, clock, pattern, rest = found.groups()
    day: date = today
    for count, unit in _TERM.findall(terms):
        day = shift(day, int(count), _UNITS[unit]) or day
    return (day.strftime(pattern) if pattern else day.isoformat()) + (clock or "") + rest
