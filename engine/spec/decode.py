"""An HTML form read into raw answers: names are JSON pointers, repeated names are several choices, blank is absent.

Text that is no number or date stays text, so that the screen shows it again and the validator says what is wrong with it.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.spec.nodes import Many, Scalar, Section, Table, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = re.compile(r"^[+-]?[0-9]{1,3}(,[0-9]{3}){1,9}(\.[0-9]{1,30})?$|^[+-]?[0-9]{1,30}(\.[0-9]{1,30})?$")
_DAY = re.compile(r"^([0-9]{4})(?:\s*[.\-/년]\s*([0-9]{1,2})\s*[.\-/월]\s*([0-9]{1,2})\s*[.일]?|([0-9]{2})([0-9]{2}))$")
_MONTH = re.compile(r"^([0-9]{4})(?:\s*[.\-/년]\s*([0-9]{1,2})\s*[.월]?|([0-9]{2}))$")
_MOMENT = re.compile(r"^(.{8,14}?)[T ]\s*([0-9]{1,2}):([0-9]{2})(:[0-9]{2})?$")
_TRUE = frozenset({"true", "on", "예", "Y"})
_FALSE = frozenset({"false", "아니요", "N"})
#: So many names and rows are read; whoever sends more gets the error for too many rows.
MOST_PAIRS = 20_000
LONGEST_NAME = 500


def decode(root: Section, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The raw answers of an HTML form; rows keep their order, gaps between their numbers close."""
    grouped: dict[str, list[str]] = {}
    for n, (name, value) in enumerate(pairs):
        if n >= MOST_PAIRS:
            break
        if isinstance(name, str) and name.startswith("/") and len(name) <= LONGEST_NAME and isinstance(value, str):
            grouped.setdefault(unicodedata.normalize("NFC", name), []).append(value)
    out: dict[str, Any] = {}
    tables: dict[str, dict[int, dict[str, Any]]] = {}
    for name, values in grouped.items():
        parts = [part.replace("~1", "/").replace("~0", "~") for part in name[1:].split("/")]
        _put(out, root, parts, values, tables, "")
    for pointer, rows in tables.items():
        _store(out, pointer, [rows[n] for n in sorted(rows)])
    return out


def _put_row(out: dict[str, Any], table: Table, rest: list[str], values: list[str], rows: dict[int, dict[str, Any]]) -> None:
    if rest and rest[0].isascii() and rest[0].isdigit() and len(rest[0]) <= 6:
        row = rows.setdefault(int(rest[0]), {})
        if len(rest) > 1:
            _put(row, table.row, rest[1:], values, {}, "")
    else:
        out["/".join([table.name, *rest])] = values[-1]


def _put(out: dict[str, Any], section: Section, parts: list[str], values: list[str], tables: dict[str, dict[int, dict[str, Any]]], at: str) -> None:
    name, rest = parts[0], parts[1:]
    child = section.children.get(name)
    if child is None:
        if any(value.strip() for value in values):
            out[name] = values[-1]
        return
    if isinstance(child, Section) and rest:
        inner = out.get(name)
        if not isinstance(inner, dict):
            inner = {}
        _put(inner, child, rest, values, tables, f"{at}/{name}")
        if inner:
            out[name] = inner
    elif isinstance(child, Table):
        _put_row(out, child, rest, values, tables.setdefault(f"{at}/{name}", {}))
    elif isinstance(child, Many) and (not rest or (len(rest) == 1 and rest[0].isdigit())):
        assert child.item is not None
        found = [value for text in values if (value := answer(child.item, text)) is not None]
        if found:
            out[name] = [*out.get(name, ()), *found]
    elif isinstance(child, Scalar) and not rest:
        found_one = answer(child, values[-1])
        if found_one is not None:
            out[name] = found_one
    else:
        out["/".join(parts)] = values[-1]


def _store(out: dict[str, Any], pointer: str, rows: list[dict[str, Any]]) -> None:
    holder = out
    names = pointer.split("/")[1:]
    for name in names[:-1]:
        if not isinstance(holder.get(name), dict):
            holder[name] = {}
        holder = holder[name]
    holder[names[-1]] = rows


def answer(node: Scalar, text: str) -> Any:
    """One posted text as the raw value of a field; None for blank."""
    text = clean(text)
    if not text:
        return None
    if node.codes is not None:
        return next((code.code for code in node.codes.items if str(code.code) == text), text)
    reader = _READERS.get(node.kind)
    return reader(text) if reader else text


def _number(text: str) -> Any:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").removesuffix("원") if len(text) <= 60 else text
    if not _NUMBER.match(plain):
        return text
    value = Decimal(plain.replace(",", ""))
    return int(value) if "." not in plain else value


def _boolean(text: str) -> Any:
    return True if text in _TRUE else False if text in _FALSE else text


def day_text(text: str) -> str:
    """A day as it is stored ("2024-01-31") where the text writes one in any usual way; else the text."""
    found = _DAY.match(unicodedata.normalize("NFKC", text)) if len(text) <= 20 else None
    return f"{found[1]}-{int(found[2] or found[4]):02}-{int(found[3] or found[5]):02}" if found else text


def _month(text: str) -> Any:
    found = _MONTH.match(unicodedata.normalize("NFKC", text)) if len(text) <= 20 else None
    return f"{found[1]}-{int(found[2] or found[3]):02}" if found else text


def _moment(text: str) -> Any:
    found = _MOMENT.match(text) if len(text) <= 30 else None
    return f"{day_text(found[1].strip())}T{int(found[2]):02}:{found[3]}" if found else text


_READERS = {"integer": _number, "number": _number, "boolean": _boolean, "date": day_text, "month": _month, "datetime": _moment}
