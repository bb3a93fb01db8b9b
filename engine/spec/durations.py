"""ISO 8601 durations and repetitions of timers, as written in a BPMN file: P30D, P1Y, PT1H, R3/P1M. Months and years follow the calendar."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

MIN_SECONDS = 60
MAX_REPEATS = 30
MAX_YEARS = 100
_DURATION = re.compile(r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: calendar months, and seconds."""

    months: int
    seconds: int

    def after(self, start: datetime, times: int = 1) -> datetime:
        """Give `start` moved on by `times` this length; the last day of a shorter month stands in for a day it lacks."""
        month = start.month - 1 + self.months * times
        year, month = start.year + month // 12, month % 12 + 1
        day = min(start.day, calendar.monthrange(year, month)[1])
        return start.replace(year=year, month=month, day=day) + timedelta(seconds=self.seconds * times)

    def before(self, end: datetime) -> datetime:
        """Give the moment this length before `end`: undoes `after`, but for days a shorter month took away."""
        return Duration(-self.months, 0).after(end - timedelta(seconds=self.seconds))

    @property
    def too_short(self) -> bool:
        """Say whether this is under a minute."""
        return not self.months and self.seconds < MIN_SECONDS


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repetition: `times` (None = without end) every `every`."""

    times: int | None
    every: Duration


def parse_duration(text: str) -> Duration:
    """Read P…; raises ValueError where it is none, or reaches over 100 years."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    if any(len(part) > 9 for part in match.groups("")):
        raise ValueError(text)
    years, months, weeks, days, hours, minutes, seconds = (int(part) for part in match.groups("0"))
    total = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    if years * 12 + months > MAX_YEARS * 12 or total > MAX_YEARS * 366 * 86_400:
        raise ValueError(text)
    return Duration(years * 12 + months, total)


def parse_cycle(text: str) -> Cycle:
    """Read R3/P1M; raises ValueError where it is none."""
    head, separator, rest = text.strip().partition("/")
    if not separator or not re.fullmatch(r"R\d{0,6}", head):
        raise ValueError(text)
    return Cycle(int(head[1:]) if len(head) > 1 else None, parse_duration(rest))
