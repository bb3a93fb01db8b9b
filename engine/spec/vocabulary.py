"""Which keywords a form may use where, and the widgets there are."""

from __future__ import annotations

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
ROOT = OBJECT | {"$schema", "$id", "$defs", "x-dialect", "x-layout", "x-list", "x-print"}
VARIANT = frozenset({"title", "properties", "required", "additionalProperties", "type", "$comment"})
BRANCH = frozenset({"x-id", "if", "then", "else", "$comment"})
CONDITION = frozenset({"required", "properties", "allOf", "anyOf"})
CONDITION_LEAF = frozenset({"const", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "contains"})
EFFECT = frozenset({"required", "properties"})
CHECK = frozenset({"id", "rule", "at", "message", "level", "$comment"})
TAB = frozenset({"tab", "fields", "manual", "x-help", "$comment"})
UI = frozenset({"widget", "unit", "rows", "cols", "search", "source", "with", "placeholder", "width", "inline", "columns", "lowest", "highest", "group"})
TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})
FORMATS = {"date": "date", "date-time": "datetime", "month": "month", "x-month": "month", "time": "time", "x-file": "file", "email": "string", "x-rrn": "string"}
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
