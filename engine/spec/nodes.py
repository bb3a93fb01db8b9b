"""The compiled form: one small object per field, section and table, and how each takes a raw JSON value.

`take(raw)` gives `(data, typed)`: the value as it is stored (JSON types, text in NFC and trimmed) and as fx reads it (dates as dates).
Blank gives `(None, None)`; a value of the wrong kind keeps its data, so that the validator names it, and has no typed value.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.spec import fx_values as fn
from engine.spec.fx_functions import rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.codes import CodeList
    from engine.spec.expression import Fx

#: Control characters (but tab and newline), lone surrogates and marks that turn the direction of writing.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
DATETIME = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$")
MONTH = re.compile(r"^[0-9]{4}-[0-9]{2}$")
TIME = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
FIRST_YEAR, LAST_YEAR = 1900, 2100
#: Text longer than this is not normalised, only refused for its length.
LONGEST = 100_000
INT_BOUND = 10**15

Taken = tuple[Any, Any]
NOTHING: Taken = (None, None)


def clean(text: str) -> str:
    """Text as it is stored: NFC once, lines ended by a line feed, no blanks at either end."""
    if len(text) > LONGEST:
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.strip()


def odd(raw: Any) -> Taken:
    """A value of the wrong kind, emptied so that nothing deep is carried along."""
    if isinstance(raw, (list, tuple)):
        return [], None
    if isinstance(raw, dict):
        return {}, None
    if isinstance(raw, (float, Decimal)):
        value = fn.number(raw)
        return ("", None) if value is None else (fn.whole(value), None)
    return (raw, None) if isinstance(raw, (str, int)) else ("", None) if raw is not None else NOTHING


def take_text(raw: Any) -> Taken:
    """Text."""
    if raw.__class__ is not str:
        return odd(raw)
    text = clean(raw)
    if not text:
        return NOTHING
    return text, None if FORBIDDEN.search(text) else text


def take_integer(raw: Any) -> Taken:
    """A whole number; 3.0 is 3."""
    if raw.__class__ is int:
        return raw, raw if -INT_BOUND <= raw <= INT_BOUND else None
    if raw.__class__ is str:
        return (clean(raw) or None), None
    data, _ = odd(raw)
    return data, data if data.__class__ is int and isinstance(raw, (float, Decimal)) else None


def take_number(raw: Any) -> Taken:
    """A number; never a binary fraction."""
    if raw.__class__ is str:
        return (clean(raw) or None), None
    value = fn.number(raw)
    if value is None:
        return odd(raw)
    value = fn.whole(value)
    return value, value if -INT_BOUND <= value <= INT_BOUND else None


def take_boolean(raw: Any) -> Taken:
    """True or false."""
    if raw.__class__ is bool:
        return raw, raw
    return take_text(raw) if isinstance(raw, str) else odd(raw)


def take_date(raw: Any) -> Taken:
    """A day, "2024-11-22"."""
    if raw.__class__ is not str:
        return odd(raw)
    text = raw.strip()
    return (text, to_day(text)) if text else NOTHING


def take_datetime(raw: Any) -> Taken:
    """A moment in Seoul, "2024-11-22T14:00"."""
    if raw.__class__ is not str:
        return odd(raw)
    text = raw.strip()
    return (text, to_moment(text)) if text else NOTHING


def to_day(text: str) -> date | None:
    """The real calendar day from 1900 to 2100 that `text` writes, else None."""
    if not DATE.match(text):
        return None
    try:
        value = date.fromisoformat(text)
    except ValueError:
        return None
    return value if FIRST_YEAR <= value.year <= LAST_YEAR else None


def to_moment(text: str) -> datetime | None:
    """The moment from 1900 to 2100 that `text` writes, else None."""
    if not DATETIME.match(text):
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if FIRST_YEAR <= value.year <= LAST_YEAR else None


TAKERS = {
    "string": take_text,
    "month": take_text,
    "time": take_text,
    "file": take_text,
    "case": take_text,
    "integer": take_integer,
    "number": take_number,
    "boolean": take_boolean,
    "date": take_date,
    "datetime": take_datetime,
}


@dataclass(eq=False, repr=False)
class Node:
    """What every part of a form has: its name, its pointer ("/rows/*/amount" in tables) and its place in the file."""

    name: str
    pointer: str
    at: tuple[str | int, ...]
    schema: Mapping[str, Any]
    title: str
    kind: str
    owner: Section | None
    required: bool = False
    readonly: bool = False
    calc: Fx | None = None
    prefill: Fx | None = None
    parent: str = ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pointer or '/'} {self.kind}>"

    @property
    def messages(self) -> Mapping[str, str]:
        """`x-messages` of the schema."""
        found = self.schema.get("x-messages")
        return found if isinstance(found, dict) else {}


@dataclass(eq=False, repr=False)
class Scalar(Node):
    """One answer."""

    codes: CodeList | None = None

    def take(self, raw: Any) -> Taken:
        """Read one raw JSON value."""
        if self.codes is not None:
            return self.take_code(raw)
        return TAKERS[self.kind](raw)

    def take_code(self, raw: Any) -> Taken:
        """A code of the list, retired ones too."""
        if raw.__class__ is str:
            raw = clean(raw)
            if not raw:
                return NOTHING
        elif raw.__class__ is not int:
            data, _ = odd(raw)
            raw = data if isinstance(data, (int, str)) and not isinstance(data, bool) and data != "" else raw
        found = self.codes.find(raw) if self.codes else None
        if found is not None and found.code.__class__ is raw.__class__:
            return raw, raw
        return (raw, None) if raw.__class__ in (str, int, bool) else odd(raw)

    def give(self, value: Any) -> Taken:
        """Read one fx value (a calculated or prefilled one); None where it is of another kind."""
        if value is None:
            return NOTHING
        if isinstance(value, datetime):
            day_only = self.kind == "date"
            value = fn.day(value) if day_only else fn.local(value)
            value = value.isoformat() if day_only else value.isoformat(timespec="minutes")  # type: ignore[union-attr]
        elif isinstance(value, date):
            value = value.isoformat() if self.kind == "date" else f"{value.isoformat()}T00:00" if self.kind == "datetime" else value.isoformat()
        elif self.kind == "integer":
            value = rounded(value) if fn.number(value) is not None else None
        elif self.kind in ("string", "month") and self.codes is None:
            value = fn.as_text(value)
        data, typed = self.take(value)
        return (data, typed) if typed is not None else NOTHING


@dataclass(eq=False, repr=False)
class Many(Node):
    """Several answers of one kind: chosen codes, cases, files, texts."""

    item: Scalar | None = None

    def take(self, raw: Any) -> Taken:
        """Read a list; blanks, repeated codes and repeated cases are left out."""
        if not isinstance(raw, (list, tuple)):
            return odd(raw)
        assert self.item is not None
        most = int(self.schema.get("maxItems", 200)) + 1
        data: list[Any] = []
        typed: list[Any] = []
        for each in raw[:most]:
            value, meant = self.item.take(each)
            if value is None and each is not None:
                continue
            if (self.item.codes is not None or self.item.kind == "case") and any(value == had and value.__class__ is had.__class__ for had in data):
                continue
            data.append(value)
            if meant is not None:
                typed.append(meant)
        return (data, typed) if data else NOTHING

    def give(self, value: Any) -> Taken:
        """Read a list of fx values."""
        if not isinstance(value, (list, tuple)):
            return NOTHING
        assert self.item is not None
        return self.take([given for each in value if (given := self.item.give(each)[0]) is not None])


@dataclass(eq=False, repr=False)
class Table(Node):
    """Rows of one shape."""

    row: Section = None  # type: ignore[assignment]

    @property
    def most(self) -> int:
        """The most rows it may hold."""
        return int(self.schema.get("maxItems", 200))


@dataclass(eq=False, repr=False)
class Section(Node):
    """An object: the form itself, a section in it, or one row of a table."""

    children: dict[str, Scalar | Many | Table | Section] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    pairs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    branches: list[Branch] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    index: int = 0
    plan: Any = None

    @property
    def in_row(self) -> bool:
        """Whether it is a row or inside one."""
        return "/*" in self.pointer


@dataclass(frozen=True)
class Effect:
    """What one side of a branch does: fields it requires and fields it hides, each as (path of names from the owner)."""

    requires: tuple[tuple[str, ...], ...] = ()
    hides: tuple[tuple[str, ...], ...] = ()


@dataclass(eq=False, repr=False)
class Branch:
    """One `allOf` entry: `test(data of the owner)` chooses the side; `reads` are the paths the test looks at."""

    id: str
    owner: Section
    at: tuple[str | int, ...]
    test: Any
    reads: tuple[tuple[str, ...], ...]
    then: Effect
    other: Effect
    condition: Mapping[str, Any]


@dataclass(eq=False, repr=False)
class Check:
    """One `x-checks` entry: an error at `target` (a pointer below the owner) unless `rule` holds."""

    id: str
    owner: Section
    at: tuple[str | int, ...]
    rule: Fx
    target: str
    message: tuple[str | tuple[Fx, Any], ...]
    level: str
    needs: tuple[tuple[str, ...], ...] = ()
