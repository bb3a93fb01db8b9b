"""How values look on a page: dates 2024-03-01, money 1,234,567원, ages 만 17세, days left D-3. Pure; `None` and "" show as a dash where a page asks for one."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from web import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

SEOUL = ZoneInfo("Asia/Seoul")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_FINAL_WITH_NO_SOUND = 28
_HANGUL = range(0xAC00, 0xD7A4)


def day(value: Any) -> str:
    """Show a date, a time or an ISO text as 2024-03-01; "" for nothing."""
    if isinstance(value, datetime):
        return local(value).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value or "")[:10]


def minute(value: Any) -> str:
    """Show a time as 2024-03-01 14:03 in Seoul; "" for nothing."""
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%d %H:%M")
    return str(value or "").replace("T", " ")[:16]


def clock(value: datetime) -> str:
    """Show the time of day as 14:03 in Seoul."""
    return local(value).strftime("%H:%M")


def long_day(value: date) -> str:
    """Show a date with its weekday: 2024-11-20 수요일."""
    return f"{day(value)} {messages.WEEKDAYS[value.weekday()]}"


def local(value: datetime) -> datetime:
    """Move an aware time to Seoul; a naive one is taken as Seoul's already."""
    return value.astimezone(SEOUL) if value.tzinfo else value


def number(value: Any, *, grouped: bool = True) -> str:
    """Show a number, with thousands separators where `grouped`; what is no number comes back as typed, so nothing typed is lost."""
    if value is None or isinstance(value, bool):
        return ""
    try:
        exact = value if isinstance(value, Decimal) else Decimal(str(value).replace(",", "").strip() or "x")
    except InvalidOperation:
        return str(value)
    if not exact.is_finite():
        return str(value)
    return f"{exact:,f}" if grouped else f"{exact:f}"


def money(value: Any) -> str:
    """Show an amount in won: 1,234,567원; "" for nothing."""
    shown = number(value)
    return f"{shown}{messages.WON}" if shown else ""


def with_unit(value: Any, unit: str) -> str:
    """Show a number with its unit behind it: 174cm, 2024년, 1,000원."""
    shown = number(value, grouped=unit == messages.WON)
    return f"{shown}{unit}" if shown else ""


def age(born: date | None, on: date) -> str:
    """Show the full years on a day as 만 17세; "" when the birth date is unknown."""
    if born is None:
        return ""
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return messages.AGE.format(years=years)


def due_words(due: date | None, today: date) -> str:
    """Say how far a due date is: 5일 지남, 오늘, D-3; "" without one."""
    if due is None:
        return ""
    left = (due - today).days
    if left < 0:
        return messages.DAYS_LATE.format(days=-left)
    return messages.DAYS_LEFT.format(days=left) if left else messages.TODAY


def due_state(due: date | None, today: date) -> str:
    """Name the look of a due date: "late", "today" or "due" ("due" too without one)."""
    if due is None or due > today:
        return "due"
    return "today" if due == today else "late"


def file_size(size: int) -> str:
    """Show a size in bytes as 182 KB or 1.4 MB."""
    kilobytes = max(1, round(size / 1024))
    return messages.FILE_KB.format(size=kilobytes) if kilobytes < 1024 else messages.FILE_MB.format(size=size / 1024 / 1024)


def particle(word: str, after_final: str, after_open: str) -> str:
    """Choose the particle that follows a word by its final sound: 을 or 를, 이 or 가."""
    last = word[-1:]
    if not last or ord(last) not in _HANGUL:
        return after_final if last in "013678lmnrLMNR" and last else after_open
    return after_final if (ord(last) - _HANGUL.start) % _FINAL_WITH_NO_SOUND else after_open


def subject(word: str) -> str:
    """Show a word as what a sentence is about: 이름이, 번호가."""
    return word + particle(word, "이", "가")


def figure(value: Any) -> bool:
    """Say whether a value is a figure, which stands at the right of its column."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def measured(value: Any, unit: str) -> str:
    """Show any value as `plain`, a figure with its unit."""
    return with_unit(value, unit) if unit and figure(value) else plain(value)


def plain(value: Any) -> str:
    """Show any value of facts or a list column as text: dates, yes and no, numbers, names joined by commas; a dash for nothing."""
    if value is None or value in ("", (), []):
        return messages.NOTHING
    if isinstance(value, bool):
        return messages.YES if value else messages.NO
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, (list, tuple)):
        return messages.ROWS.format(count=len(value)) if any(isinstance(part, dict) for part in value) else ", ".join(plain(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(plain(part) for part in value.values())
    return minute(value) if isinstance(value, str) and _MOMENT.fullmatch(value) else str(value)


def answer(value: Any, field: Any, labels: Mapping[str, str]) -> str:
    """Show one stored answer of a form field. `labels` are the field's codes; a dash for nothing."""
    if value is None or value in ("", [], {}):
        return messages.NOTHING
    if isinstance(value, (list, tuple)):
        return ", ".join(labels.get(str(part), str(part)) for part in value)
    if isinstance(value, bool):
        return messages.YES if value else messages.NO
    if field.type in ("integer", "number"):
        return with_unit(value, field.unit or "")
    if field.type == "datetime":
        return minute(value)
    return labels.get(str(value), str(value))
