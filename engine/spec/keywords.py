"""The validator of record: python-jsonschema with our keywords, built once per form and set of valid codes.

Differences to the stock keywords: `required` and `dependentRequired` name the missing field, `properties: {x: false}` has a path,
`pattern` runs on RE2, branches use the test already compiled for settling, and children are validators built beforehand. The verdict on
settled data is the stock one (a test holds jsonschema and jsonschema-rs against it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import re2
from jsonschema import ValidationError, validators
from jsonschema._types import TypeChecker

from engine.spec import nodes as shape
from engine.spec.nodes import Many, Scalar, Section, Table

if TYPE_CHECKING:
    from datetime import date

Errors = Iterable[ValidationError]
MAX_TEXT = 4_000
MAX_ITEMS = 200
CASE_ID = re2.compile(r"^[0-9A-HJKMNP-TV-Z]{26}$")
FILE_ID = re2.compile(r"^[0-9A-Za-z_-]{1,64}$")
EMAIL = re2.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
RRN = re2.compile(r"^[0-9]{6}-[0-9]{7}$")


def _fail(*path: str | int, keyword: str | None = None, limit: Any = None) -> ValidationError:
    error = ValidationError("", path=path)
    if keyword is not None:
        error.validator, error.validator_value = keyword, limit
    return error


def _type(_: Any, wanted: str, value: Any, __: Any) -> Errors:
    return (_fail(),) if not _TYPES[wanted](value) else ()


_TYPES: dict[str, Any] = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: v.__class__ is str,
    "boolean": lambda v: v.__class__ is bool,
    "integer": lambda v: v.__class__ is int,
    "number": lambda v: v.__class__ is int or v.__class__ is Decimal,
}


def _is_number(value: Any) -> bool:
    return value.__class__ is int or value.__class__ is Decimal


def _required(_: Any, names: tuple[str, ...], value: Any, __: Any) -> Errors:
    if value.__class__ is dict:
        for name in names:
            if name not in value:
                yield _fail(name)


def _dependent(_: Any, pairs: Mapping[str, tuple[str, ...]], value: Any, __: Any) -> Errors:
    if value.__class__ is dict:
        for name, others in pairs.items():
            if name in value:
                for other in others:
                    if other not in value:
                        yield _fail(other, limit=name, keyword="dependentRequired")


def _properties(_: Any, children: tuple[tuple[str, Any], ...], value: Any, __: Any) -> Errors:
    if value.__class__ is not dict:
        return
    for name, child in children:
        if name in value:
            if child is False:
                yield _fail(name, keyword="hidden")
                continue
            for error in child.iter_errors(value[name]):
                error.path.appendleft(name)
                yield error


def _items(_: Any, child: Any, value: Any, schema: Mapping[str, Any]) -> Errors:
    if value.__class__ is list and len(value) <= schema["maxItems"]:
        for n, item in enumerate(value):
            for error in child.iter_errors(item):
                error.path.appendleft(n)
                yield error


def _branches(_: Any, branches: tuple[tuple[Any, Any, Any], ...], value: Any, __: Any) -> Errors:
    if value.__class__ is dict:
        for test, then, other in branches:
            side = then if test(value) else other
            if side is not None:
                yield from side.iter_errors(value)


def _enum(_: Any, codes: frozenset[tuple[type, Any]], value: Any, __: Any) -> Errors:
    return (_fail(),) if isinstance(value, (list, dict)) or (value.__class__, value) not in codes else ()


def _const(_: Any, wanted: Any, value: Any, __: Any) -> Errors:
    return (_fail(),) if value.__class__ is not wanted.__class__ or value != wanted else ()


def _minimum(_: Any, limit: Any, value: Any, __: Any) -> Errors:
    return (_fail(),) if _is_number(value) and value < limit else ()


def _maximum(_: Any, limit: Any, value: Any, __: Any) -> Errors:
    return (_fail(),) if _is_number(value) and value > limit else ()


def _above(_: Any, limit: Any, value: Any, __: Any) -> Errors:
    return (_fail(),) if _is_number(value) and value <= limit else ()


def _below(_: Any, limit: Any, value: Any, __: Any) -> Errors:
    return (_fail(),) if _is_number(value) and value >= limit else ()


def _multiple(_: Any, step: Any, value: Any, __: Any) -> Errors:
    return (_fail(),) if _is_number(value) and abs(value) <= shape.INT_BOUND and value % step else ()


def _min_length(_: Any, limit: int, value: Any, __: Any) -> Errors:
    return (_fail(),) if value.__class__ is str and len(value) < limit else ()


def _max_length(_: Any, limit: int, value: Any, __: Any) -> Errors:
    return (_fail(),) if value.__class__ is str and len(value) > limit else ()


def _min_items(_: Any, limit: int, value: Any, __: Any) -> Errors:
    return (_fail(),) if value.__class__ is list and len(value) < limit else ()


def _max_items(_: Any, limit: int, value: Any, __: Any) -> Errors:
    return (_fail(),) if value.__class__ is list and len(value) > limit else ()


def _unique(_: Any, wanted: bool, value: Any, __: Any) -> Errors:
    if wanted and value.__class__ is list:
        seen = {_frozen(item) for item in value}
        if len(seen) != len(value):
            yield _fail()


def _frozen(value: Any) -> Any:
    """A hashable stand-in that is equal when the JSON is; trees here are as shallow as the form."""
    if isinstance(value, dict):
        return frozenset((key, _frozen(each)) for key, each in value.items())
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    return ("b", value) if value.__class__ is bool else value


def _pattern(_: Any, pattern: Any, value: Any, schema: Mapping[str, Any]) -> Errors:
    return (_fail(),) if value.__class__ is str and len(value) <= schema.get("maxLength", MAX_TEXT) and not shape.FORBIDDEN.search(value) and not pattern.search(value) else ()


def _characters(_: Any, __: Any, value: Any, ___: Any) -> Errors:
    return (_fail(),) if value.__class__ is str and len(value) <= shape.LONGEST and shape.FORBIDDEN.search(value) else ()


def _format(_: Any, name: str, value: Any, __: Any) -> Errors:
    return (_fail(),) if value.__class__ is str and not FORMATS[name](value) else ()


def _is_month(value: str) -> bool:
    return bool(shape.MONTH.match(value)) and shape.to_day(f"{value}-01") is not None


def _is_rrn(value: str) -> bool:
    """Six digits of a birthday that exists, and seven more that begin with the century and sex."""
    if not RRN.match(value):
        return False
    century = {"1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}.get(value[7])
    return century is not None and shape.to_day(f"{century + int(value[:2])}-{value[2:4]}-{value[4:6]}") is not None


def _is_line(value: str) -> bool:
    return not shape.FORBIDDEN.search(value)


FORMATS: dict[str, Any] = {
    "date": lambda v: shape.to_day(v) is not None,
    "date-time": lambda v: shape.to_moment(v) is not None,
    "month": _is_month,
    "x-month": _is_month,
    "time": lambda v: bool(shape.TIME.match(v)),
    "x-case": lambda v: _is_line(v) and bool(CASE_ID.match(v)),
    "x-file": lambda v: _is_line(v) and bool(FILE_ID.match(v)),
    "email": lambda v: _is_line(v) and len(v) <= 254 and bool(EMAIL.match(v)),
    "x-rrn": lambda v: _is_line(v) and _is_rrn(v),
}
_KEYWORDS: dict[str, Any] = {
    "type": _type,
    "x-characters": _characters,
    "required": _required,
    "dependentRequired": _dependent,
    "properties": _properties,
    "allOf": _branches,
    "enum": _enum,
    "const": _const,
    "minLength": _min_length,
    "maxLength": _max_length,
    "format": _format,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _above,
    "exclusiveMaximum": _below,
    "multipleOf": _multiple,
    "minItems": _min_items,
    "maxItems": _max_items,
    "uniqueItems": _unique,
    "items": _items,
}
FormValidator = validators.create(meta_schema={}, validators=_KEYWORDS, type_checker=TypeChecker())
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def validator_of(section: Section, on: date) -> Any:
    """The validator of a section with the codes valid on a day."""
    schema: dict[str, Any] = {"type": "object"}
    if section.needs:
        schema["required"] = section.needs
    if section.pairs:
        schema["dependentRequired"] = section.pairs
    schema["properties"] = tuple((name, _child(child, on)) for name, child in section.children.items())
    if section.branches:
        schema["allOf"] = tuple(
            (branch.test, _side(branch.owner.schema["allOf"], branch, "then", section, on), _side(branch.owner.schema["allOf"], branch, "else", section, on))
            for branch in section.branches
        )
    return FormValidator(schema)


def _side(entries: Any, branch: Any, side: str, section: Section, on: date) -> Any:
    found: Mapping[str, Any] = next((entry for entry in entries if entry.get("if") is branch.condition), {})
    return _effect(found.get(side, {}), section, on)


def _effect(schema: Mapping[str, Any], section: Section, on: date) -> Any:
    """The validator of a `then` or `else`; None where it asks nothing."""
    made: dict[str, Any] = {}
    if schema.get("required"):
        made["required"] = tuple(schema["required"])
    children: list[tuple[str, Any]] = []
    for name, inner in schema.get("properties", {}).items():
        child = section.children[name]
        if inner is False:
            children.append((name, False))
        elif isinstance(child, Section):
            deeper = _effect(inner, child, on)
            if deeper is not None:
                children.append((name, deeper))
        else:
            children.append((name, FormValidator(_constraints(inner))))
    if children:
        made["properties"] = tuple(children)
    return FormValidator(made) if made else None


def _child(node: Any, on: date) -> Any:
    if isinstance(node, Section):
        return validator_of(node, on)
    if isinstance(node, Table):
        return FormValidator({"type": "array", **_counts(node.schema), "items": validator_of(node.row, on)})
    if isinstance(node, Many):
        return FormValidator({"type": "array", **_counts(node.schema), "items": _child(node.item, on)})
    return FormValidator(_scalar(node, on))


def _counts(schema: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"maxItems": schema.get("maxItems", MAX_ITEMS)}
    made.update((word, schema[word]) for word in ("minItems", "uniqueItems") if word in schema)
    return made


def _scalar(node: Scalar, on: date) -> dict[str, Any]:
    schema = node.schema
    if node.codes is not None:
        kinds = {code.code.__class__ for code in node.codes.items}
        made: dict[str, Any] = {"type": "string" if kinds == {str} else "integer"} if len(kinds) == 1 else {}
        made["enum"] = frozenset((code.code.__class__, code.code) for code in node.codes.valid(on))
        made.update(_constraints({word: value for word, value in schema.items() if word != "enum"}))
        return made
    kind = node.kind
    if kind in ("integer", "number"):
        return {"type": kind, "minimum": -shape.INT_BOUND, "maximum": shape.INT_BOUND, **_constraints(schema)}
    if kind == "boolean":
        return {"type": kind, **_constraints(schema)}
    return {"type": "string", "x-characters": True, "maxLength": MAX_TEXT, **_constraints(schema)}


def _constraints(schema: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for word, value in schema.items():
        if word == "enum":
            made[word] = frozenset((each.__class__, each) for each in value)
        elif word == "pattern":
            made[word] = compiled(value)
        elif word in _LIMITS:
            made[word] = Decimal(repr(value)) if isinstance(value, float) else value
        elif word in ("const", "minLength", "maxLength", "format", "minItems", "maxItems", "uniqueItems"):
            made[word] = value
    return made


def compiled(pattern: str) -> Any:
    """A pattern on RE2, with bounded memory and nothing written to stderr."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)
