"""Which keywords a form may use where, and the widgets there are."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

ANY = frozenset({"title", "description", "$comment", "type", "readOnly", "x-ui", "x-help", "x-was", "x-messages", "x-screen"})
CONSTRAINTS = frozenset(
    {
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minItems",
        "maxItems",
        "uniqueItems",
    }
)
FIELD = ANY | CONSTRAINTS | {"$ref", "x-calc", "x-prefill", "x-parent", "x-sensitive", "x-source", "x-file"}
ARRAY = ANY | {"items", "minItems", "maxItems", "uniqueItems", "x-total", "x-prefill", "x-sensitive", "x-file", "x-parent", "x-source"}
OBJECT = ANY | {"required", "properties", "additionalProperties", "allOf", "dependentRequired", "x-checks", "oneOf", "x-tag", "x-sensitive"}
ROOT = OBJECT | {"$schema", "$id", "$defs", "x-dialect", "x-layout", "x-list", "x-print", "x-visible"}
VARIANT = frozenset({"title", "properties", "required", "additionalProperties", "type", "$comment"})
BRANCH = frozenset({"x-id", "if", "then", "else", "$comment"})
CONDITION = frozenset({"required", "properties", "allOf", "anyOf"})
CONDITION_LEAF = frozenset({"const", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "contains"})
EFFECT = frozenset({"required", "properties"})
CHECK = frozenset({"id", "rule", "at", "message", "level", "$comment"})
PRINT = frozenset({"title", "omit", "sign", "$comment"})
TAB = frozenset({"tab", "fields", "manual", "x-help", "$comment"})
UI = frozenset({"widget", "unit", "rows", "cols", "search", "source", "with", "placeholder", "width", "inline", "columns", "lowest", "highest", "group", "previous"})
TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})
FORMATS = {"date": "date", "date-time": "datetime", "month": "month", "x-month": "month", "time": "time", "x-file": "file", "x-case": "case", "email": "string", "x-rrn": "string"}
SENSITIVE = frozenset({"rrn", "account", "health", "counsel"})
WIDGETS = frozenset(
    {
        "text",
        "textarea",
        "number",
        "money",
        "date",
        "datetime",
        "month",
        "time",
        "radio",
        "select",
        "checkbox",
        "checkboxes",
        "boolean",
        "scale",
        "lookup",
        "cases",
        "upload",
        "table",
        "section",
        "output",
        "hidden",
    }
)
#: JSON Schema keywords that people reach for and the dialect does without, and why.
REFUSED = {
    "default": ("default-used", "default 는 쓰지 않습니다. 미리 채우려면 x-prefill 을 쓰세요."),
    "not": ("not-used", "not 은 쓰지 않습니다. 조건을 긍정문으로 쓰거나 x-calc 항목으로 만드세요."),
    "oneOf": ("oneof-untagged", "oneOf 는 x-tag 와 함께 객체에서만 쓸 수 있습니다."),
    "anyOf": ("unknown-keyword", "anyOf 는 if 안에서만 쓸 수 있습니다."),
    "unevaluatedProperties": ("unknown-keyword", "unevaluatedProperties 는 쓰지 않습니다. additionalProperties: false 를 쓰세요."),
    "patternProperties": ("unknown-keyword", "patternProperties 는 쓰지 않습니다."),
    "if": ("unknown-keyword", "if 는 allOf 안에 x-id 와 함께 씁니다."),
}


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000


def _number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and bool(-(10**18) <= value <= 10**18)


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_COUNT = (_count, "0 이상의 정수여야 합니다")
_NUMBER = (_number, "숫자여야 합니다")
_NAMES = (_names, "이름의 목록이어야 합니다")
_OBJECT = (lambda value: isinstance(value, Mapping), "객체여야 합니다")
_LIST = (lambda value: isinstance(value, list), "목록이어야 합니다")
_FLAG = (lambda value: isinstance(value, bool), "true 나 false 여야 합니다")
_TEXT = (lambda value: isinstance(value, str), "글이어야 합니다")
#: What the value of a keyword must be: a test, and the end of the sentence that says so.
VALUES: dict[str, tuple[Any, Any]] = {
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "rows", "cols"), _COUNT),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _NUMBER),
    "multipleOf": (lambda value: _number(value) and value > 0, "0보다 큰 숫자여야 합니다"),
    **dict.fromkeys(("required", "x-total", "x-list", "with", "omit", "sign"), _NAMES),
    **dict.fromkeys(("dependentRequired", "properties", "contains", "$defs", "x-ui", "x-source", "x-file", "x-screen", "x-print"), _OBJECT),
    **dict.fromkeys(("allOf", "anyOf", "x-checks", "x-layout"), _LIST),
    **dict.fromkeys(("uniqueItems", "readOnly", "previous"), _FLAG),
    **dict.fromkeys(("title", "description", "type", "format", "x-calc", "x-prefill", "x-visible", "x-parent", "x-sensitive", "x-tag", "$id", "$ref", "widget", "unit", "source", "placeholder"), _TEXT),
    "x-messages": (lambda value: isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values()), '{"required": "…"} 모양이어야 합니다'),
    "x-was": (lambda value: isinstance(value, str) or _names(value), "이름의 목록이어야 합니다"),
    "x-help": (lambda value: isinstance(value, (str, Mapping)), '{"text": …} 모양이어야 합니다'),
    "enum": (lambda value: isinstance(value, list) and bool(value) and all(isinstance(each, (str, int, bool)) for each in value), "글이나 정수의 목록이어야 합니다"),
    "const": (lambda value: isinstance(value, (str, int, bool)), "글, 정수, true, false 가운데 하나여야 합니다"),
}
