"""Reading what an API caller sends, strictly: one JSON object, known keys only, exact types, no value a database or a form could choke on."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.errors import FieldError, Invalid
from web.bodies import content_type, fields
from web.refusals import Unreadable, Unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

DEPTH = 32
DIGITS = 40  # of one number
_ID = re.compile("[0-9A-HJKMNP-TV-Z]{26}")
_COUNT = re.compile("[1-9][0-9]{0,8}")
KEY = re.compile(r"[\x21-\x7e]{1,100}")
_QUERY_FIELDS = 100
_MISSING = object()


def body(request: Request, known: Mapping[str, type | tuple[type, ...]], *, optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the JSON object sent. `known` maps each allowed key to its type; all are required but those in `optional`.

    Raises Unsupported, Unreadable; Invalid with every unknown, missing or mistyped key.
    """
    held = parse(request)
    if not isinstance(held, dict):
        raise Unreadable("JSON 객체 하나를 보내야 합니다.")
    wrong = [FieldError(f"/{_escaped(key)}", "additionalProperties", "모르는 항목입니다.") for key in held if key not in known]
    for key, kind in known.items():
        value = held.get(key, _MISSING)
        if value is _MISSING:
            if key not in optional:
                wrong.append(FieldError(f"/{key}", "required", "빠졌습니다."))
        elif not _is(value, kind):
            wrong.append(FieldError(f"/{key}", "type", "값의 형식이 다릅니다."))
    if wrong:
        raise Invalid(wrong)
    return held


def parse(request: Request) -> Any:
    """Return the JSON value of the body: non-integer numbers as Decimal, no duplicate keys, no NaN, no NUL, no lone surrogates, at most `DEPTH` deep."""
    if content_type(request) != "application/json":
        raise Unsupported("Content-Type은 application/json이어야 합니다.")
    return parse_text(request.state.body)


def parse_text(raw: bytes) -> Any:
    """Return the JSON value of `raw`. Raises Unreadable with what is wrong with it."""
    try:
        text = raw.decode()
        value = json.loads(text, parse_float=_decimal, parse_int=_integer, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError as error:
        raise Unreadable("JSON이 너무 깊습니다.") from error
    except ValueError as error:
        raise Unreadable("JSON으로 읽을 수 없습니다.") from error
    if text.count("[") + text.count("{") > DEPTH or "\\u" in text:
        _walk(value)
    return value


def _walk(value: Any) -> None:
    """Look for what is legal JSON but no text or shape of ours; only bodies that could hold such a thing are walked."""
    level = [value]
    for _ in range(DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _text(item)
            elif isinstance(item, dict):
                for key in item:
                    _text(key)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not below:
            return
        level = below
    raise Unreadable("JSON이 너무 깊습니다.")


def _text(text: str) -> None:
    if "\0" in text:
        raise Unreadable("쓸 수 없는 글자(NUL)가 들어 있습니다.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unreadable("반쪽 글자(surrogate)가 들어 있습니다.") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("duplicate key")
    return made


def _decimal(text: str) -> Decimal:
    if len(text) > DIGITS:
        raise ValueError("number too long")
    value = Decimal(text)
    if abs(value.adjusted()) > DIGITS:
        raise ValueError("number too large")
    return value


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError("number too long")
    return int(text)


def _refuse_constant(_name: str) -> Any:
    raise ValueError("not a JSON number")


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return any(type(value) is one for one in kinds)  # True is an int to isinstance


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def idempotency_key(request: Request) -> str:
    """Return the Idempotency-Key header. Raises Invalid where it is missing, empty, doubled or longer than 100 characters."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) != 1 or not KEY.fullmatch(keys[0]):
        raise Invalid([FieldError("", "Idempotency-Key", "Idempotency-Key 머리글이 필요합니다 (공백 없는 글자 1~100자, 한 번만).")])
    return keys[0]


def is_id(text: str) -> bool:
    """Tell whether `text` looks like an id of ours."""
    return _ID.fullmatch(text) is not None


def optional_key(request: Request) -> str | None:
    """Return the Idempotency-Key header where there is one. Raises Invalid for one that cannot be a key."""
    return idempotency_key(request) if "idempotency-key" in request.headers else None


def query(request: Request, known: Mapping[str, type] | None = None) -> dict[str, str]:
    """Return the query parameters, each at most once; with `known`, checked by `query_of`. Raises Invalid, Unreadable, TooLarge."""
    pairs = fields(request.scope["query_string"], _QUERY_FIELDS)
    held = dict(pairs)
    if len(held) != len(pairs):
        raise Invalid([FieldError("", "duplicate", "같은 이름을 두 번 보냈습니다.")])
    return held if known is None else query_of(held, known)


def query_of(held: dict[str, str], known: Mapping[str, type]) -> dict[str, str]:
    """Return the parameters when all are `known` and each is a text of its type (int or str). Raises Invalid with every one that is not."""
    wrong = [FieldError(f"/{_escaped(name)}", "additionalProperties", "모르는 항목입니다.") for name in held if name not in known]
    wrong += [
        FieldError(f"/{name}", "type", "1 이상의 정수여야 합니다.")
        for name, kind in known.items()
        if kind is int and name in held and not _COUNT.fullmatch(held[name])
    ]
    if wrong:
        raise Invalid(wrong)
    return held
