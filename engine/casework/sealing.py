"""Sensitive answers apart from the rest: sealed at rest, masked on screens, put back where a mask comes back unchanged.

A form's `sensitive` holds pointers of its fields without row numbers ("/rows/*/account"); here they are walked through data with rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from engine.store.types import canonical, from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping

    from engine.spec.form import Form
    from engine.store.cipher import Cipher

HIDDEN = "●●●●"
_NUMBER = re.compile(r"([0-9]{6})-?([0-9])[0-9]{6}")
_SHOWN = 4  # last characters of an account
_LIST = "*"


def split(form: Form, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give `data` without its sensitive answers, and those by pointer with row numbers ("/rows/0/account")."""
    if not form.sensitive:
        return dict(data), {}
    apart: dict[str, Any] = {}
    rest: dict[str, Any] = _copy(data)
    for pointer in form.sensitive:
        for place, holder, key in _places(rest, pointer):
            apart[place] = holder.pop(key)
    return rest, apart


def join(document: Mapping[str, Any], apart: Mapping[str, Any]) -> dict[str, Any]:
    """Undo `split`. What no longer has a place is left out."""
    whole: dict[str, Any] = _copy(document)
    for pointer, value in apart.items():
        holder, key = _holder(whole, pointer)
        if isinstance(holder, dict):
            holder[key] = value
    return whole


def masked(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """Give `data` with every sensitive answer masked by its kind."""
    return _each(form, data, lambda pointer, value: mask(kind(form, pointer), value))


def unmasked(form: Form, answers: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Give `answers` with each sensitive answer that equals the mask of what stood there `before` put back to what it masks."""
    if not form.sensitive:
        return dict(answers)
    held: dict[str, list[tuple[str, Any]]] = {
        pointer: [(place, holder[key]) for place, holder, key in _places(before, pointer)] for pointer in form.sensitive
    }

    def restore(pointer: str, value: Any, place: str) -> Any:
        matching = [(old, real) for old, real in held[pointer] if mask(kind(form, pointer), real) == value]
        return next((real for old, real in matching if old == place), matching[0][1] if matching else value)

    whole: dict[str, Any] = _copy(answers)
    for pointer in form.sensitive:
        for place, holder, key in list(_places(whole, pointer)):
            holder[key] = restore(pointer, holder[key], place)
    return whole


def mask(how: str, value: Any) -> Any:
    """Give what a screen shows of a sensitive value: "061205-3******" (rrn), the last four characters (account), otherwise four dots."""
    if value in (None, "", [], {}):
        return value
    text = str(value)
    if how == "rrn":
        found = _NUMBER.fullmatch(text.strip())
        return f"{found[1]}-{found[2]}******" if found else HIDDEN
    if how == "account":
        return HIDDEN + text[-_SHOWN:] if len(text) > 2 * _SHOWN else HIDDEN
    return HIDDEN


def kind(form: Form, pointer: str) -> str:
    """Give the kind of sensitivity of a field: "rrn", "account", "health", "counsel"."""
    return str(form.fields[pointer].sensitive)


def seal(cipher: Cipher, place: str, apart: Mapping[str, Any]) -> bytes | None:
    """Give the sealed bytes of values by pointer, bound to `place` ("table|row id|column"); None where there are none."""
    return cipher.seal(canonical(apart), place) if apart else None


def unseal(cipher: Cipher, place: str, sealed: bytes | None) -> dict[str, Any]:
    """Undo `seal`. Raises Broken where the bytes are not those of this place."""
    return dict(from_json(cipher.open(sealed, place).decode())) if sealed else {}


def schema_pointer(pointer: str) -> str:
    """Give a pointer without row numbers: "/rows/0/account" -> "/rows/*/account"."""
    return "/".join(_LIST if part.isdecimal() else part for part in pointer.split("/"))


def _each(form: Form, data: Mapping[str, Any], change: Callable[[str, Any], Any]) -> dict[str, Any]:
    if not form.sensitive:
        return dict(data)
    whole: dict[str, Any] = _copy(data)
    for pointer in form.sensitive:
        for _, holder, key in list(_places(whole, pointer)):
            holder[key] = change(pointer, holder[key])
    return whole


def _places(data: Any, pointer: str) -> Iterator[tuple[str, MutableMapping[str, Any], str]]:
    """Give (pointer with row numbers, object, key) for each value `pointer` names that is there."""
    yield from _down(data, pointer.split("/")[1:], "")


def _down(value: Any, parts: list[str], place: str) -> Iterator[tuple[str, MutableMapping[str, Any], str]]:
    head, rest = parts[0], parts[1:]
    if head == _LIST:
        if isinstance(value, list):
            for index, row in enumerate(value):
                yield from _down(row, rest, f"{place}/{index}")
    elif isinstance(value, dict) and head in value:
        if rest:
            yield from _down(value[head], rest, f"{place}/{head}")
        else:
            yield f"{place}/{head}", value, head


def _holder(value: Any, pointer: str) -> tuple[Any, str]:
    *path, key = pointer.split("/")[1:]
    for part in path:
        if isinstance(value, list) and part.isdecimal() and len(part) < 10 and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.setdefault(part, {})
        else:
            return None, key
    return value, key


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def value_at(data: Any, pointer: str) -> Any:
    """Give the answer a pointer names, or None."""
    for part in pointer.split("/")[1:]:
        if isinstance(data, list) and part.isdecimal() and len(part) < 10 and int(part) < len(data):
            data = data[int(part)]
        elif hasattr(data, "get"):
            data = data.get(part)
        else:
            return None
    return data
