"""Column types that mean the same on SQLite and PostgreSQL, and the one JSON text form of everything stored.

Times are aware datetimes: stored as UTC (fixed-width ISO text on SQLite, so text order is time order; timestamptz on
PostgreSQL), read back in Korean time. JSON keeps exact decimals: a `Decimal` is written as a JSON number and read back as one.
"""

from __future__ import annotations

import json
import re
import secrets
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, String, Text, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

KST = timezone(timedelta(hours=9), "KST")  # Korea keeps no summer time, so a fixed offset is exact
_MARK = secrets.token_hex(12)  # brackets decimals on their way through json; new in each process, so no stored text can forge it
_MARKED = re.compile(f'"{_MARK}([-+0-9.Ee]+)"')
ID_LENGTH = 26


def _default(value: object) -> object:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("a number that is not finite cannot be stored")
        return f"{_MARK}{value}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_decode = json.JSONDecoder(parse_float=Decimal).decode
_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_default, allow_nan=False).encode
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_default, allow_nan=False, sort_keys=True).encode


def to_json(value: object) -> str:
    """Return the compact JSON text of `value`, keys in their own order, decimals as numbers, dates as ISO text."""
    text = _plain(value)
    return _MARKED.sub(r"\1", text) if _MARK in text else text


def canonical(value: object) -> bytes:
    """Return the one UTF-8 JSON form of `value` that codes and digests are computed over: keys sorted, no spaces."""
    text = _sorted(value)
    return (_MARKED.sub(r"\1", text) if _MARK in text else text).encode()


def from_json(text: str) -> Any:
    """Return what `to_json` wrote; non-integer numbers come back as `Decimal`. Raises ValueError for text that is no JSON."""
    return _decode(text)


@lru_cache(maxsize=256)  # thousands of rows are written of one moment
def utc_text(moment: datetime) -> str:
    """Return `moment` as fixed-width UTC text, e.g. "2024-11-22T05:00:00.000000Z". Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a stored time needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


class Time(TypeDecorator[datetime]):
    """An aware moment, kept as UTC, read as Korean time."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use timestamptz where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive times: nobody knows when they were."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            if value.tzinfo is None:
                raise ValueError("a stored time needs a time zone")
            return value
        return utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return Korean time."""
        if value is None:
            return None
        moment = value if dialect.name == "postgresql" else datetime.fromisoformat(value)
        return moment.astimezone(KST)


class Json(TypeDecorator[Any]):
    """Any JSON value, kept as text so that order and exact numbers survive on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """None is SQL NULL, not JSON null."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 -- SQLAlchemy's signature
        """Parse what was stored."""
        return None if value is None else from_json(value)
