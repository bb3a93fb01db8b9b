"""Random forms of the dialect and random answers to them, for the property suites."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.spec.codes import parse_list

COLOURS = ["빨강", "파랑", "초록"]
SIZES = [1, 2, 3]
LISTS = {
    "colour": parse_list({"title": "색", "items": [{"code": c, "label": c} for c in COLOURS]}, "colour", "lists/colour.json"),
    "size": parse_list({"title": "크기", "items": [{"code": c, "label": str(c)} for c in SIZES]}, "size", "lists/size.json"),
}
NAMES = ["가", "나", "다", "라", "마", "바", "사", "아", "자", "차"]

scalars = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "maxLength": 3},
        {"type": "string", "minLength": 2, "pattern": "^[a-z]+$"},
        {"type": "string", "format": "date"},
        {"type": "integer"},
        {"type": "integer", "minimum": 0, "maximum": 10},
        {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 2},
        {"type": "number", "minimum": 0.5},
        {"type": "boolean"},
        {"$ref": "urn:didimdol:list:colour"},
        {"$ref": "urn:didimdol:list:size"},
        {"type": "string", "enum": ["예", "아니요"]},
    ]
)
lists_of = st.sampled_from(
    [
        {"type": "array", "items": {"$ref": "urn:didimdol:list:colour"}},
        {"type": "array", "items": {"$ref": "urn:didimdol:list:colour"}, "minItems": 2, "uniqueItems": True},
        {"type": "array", "items": {"type": "string", "enum": ["예", "아니요"]}, "maxItems": 1},
    ]
)


@st.composite
def objects(draw, depth=2, names=NAMES, rows=True):
    """An object schema: fields, then branches that only ever hide or require later fields."""
    chosen = draw(st.lists(st.sampled_from(names), min_size=2, max_size=6, unique=True))
    properties = {}
    for name in chosen:
        kind = draw(st.integers(0, 9))
        if kind == 0 and depth:
            field = draw(objects(depth=depth - 1, rows=rows))
        elif kind == 1 and rows:
            field = {"type": "array", "items": draw(objects(depth=0, rows=False)), "maxItems": draw(st.integers(1, 4))}
        elif kind == 2:
            field = draw(lists_of)
        else:
            field = draw(scalars)
        properties[name] = {**field, "title": name}
    schema = {"type": "object", "title": "표", "additionalProperties": False, "properties": properties}
    schema["required"] = draw(st.lists(st.sampled_from(chosen), max_size=3, unique=True))
    if draw(st.booleans()):
        schema["dependentRequired"] = {chosen[0]: [chosen[1]]}
    branches = [branch for n in range(draw(st.integers(0, 3))) if (branch := draw(branch_of(properties, chosen, n))) is not None]
    if branches:
        schema["allOf"] = branches
    return schema


@st.composite
def branch_of(draw, properties, order, number):
    at = draw(st.integers(0, len(order) - 2))
    condition = draw(condition_on(order[at], properties[order[at]]))
    if condition is None:
        return None
    if draw(st.booleans()) and at:
        other = draw(condition_on(order[at - 1], properties[order[at - 1]]))
        if other is not None:
            condition = {draw(st.sampled_from(["allOf", "anyOf"])): [condition, other]}
    later = order[at + 1 :]
    target = draw(st.sampled_from(later))
    branch = {"x-id": f"분기{number}", "if": condition}
    if draw(st.booleans()):
        branch["then"] = {"required": [target]}
    branch[draw(st.sampled_from(["then", "else"])) if "then" not in branch else "else"] = {"properties": {target: False}}
    return branch


@st.composite
def condition_on(draw, name, schema):
    if "$ref" in schema:
        values = COLOURS if schema["$ref"].endswith("colour") else SIZES
        leaf = {"enum": draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))}
    elif "enum" in schema:
        leaf = {"const": draw(st.sampled_from(schema["enum"]))}
    elif schema["type"] == "boolean":
        leaf = {"const": draw(st.booleans())}
    elif schema["type"] in ("integer", "number"):
        leaf = {draw(st.sampled_from(["minimum", "exclusiveMaximum"])): draw(st.integers(0, 9))}
    elif schema["type"] == "array" and "$ref" in schema["items"]:
        leaf = {"contains": {"const": draw(st.sampled_from(COLOURS))}}
    elif schema["type"] == "string":
        return {"required": [name]}
    elif schema["type"] == "object":
        inner = next(iter(schema["properties"]))
        deeper = draw(condition_on(inner, schema["properties"][inner]))
        if deeper is None:
            return None
        leaf = deeper
    else:
        return None
    return {"required": [name], "properties": {name: leaf}}


noise = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 20), st.sampled_from(["", " ", "x", "abcd", "빨강", "예", "2024-02-30", "2024-01-31", "1"]), st.just([]), st.just({}), st.just([[]])
)


@st.composite
def answers_to(draw, schema, rate=8):
    """Answers that mostly fit, seldom not."""
    if draw(st.integers(0, rate)) == 0:
        return draw(noise)
    if "$ref" in schema:
        return draw(st.sampled_from(COLOURS if schema["$ref"].endswith("colour") else SIZES))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    kind = schema["type"]
    if kind == "object":
        return {name: draw(answers_to(inner, rate)) for name, inner in schema["properties"].items() if draw(st.integers(0, 4))}
    if kind == "array":
        return draw(st.lists(answers_to(schema["items"], rate), max_size=5))
    if kind == "boolean":
        return draw(st.booleans())
    if kind == "integer":
        return draw(st.integers(-1, 12))
    if kind == "number":
        return draw(st.sampled_from([0, 1, 2.5, 0.25, 7]))
    if schema.get("format") == "date":
        return draw(st.sampled_from(["2024-01-31", "2023-02-28", "2024-02-30", "어제"]))
    return draw(st.sampled_from(["ab", "a", "zzz", "가나다라", "Ab"]))


@st.composite
def forms(draw):
    """A whole form."""
    return {"$id": "urn:didimdol:form:random:1", "x-dialect": 1, **draw(objects()), "title": "무작위"}


def inlined(schema):
    """The schema as a stock validator reads it: code lists written out as `enum`."""
    if isinstance(schema, dict):
        out = {key: inlined(value) for key, value in schema.items()}
        ref = out.pop("$ref", None)
        if ref:
            out["enum"] = [code.code for code in LISTS[ref.rsplit(":", 1)[1]].items]
        return out
    return [inlined(each) for each in schema] if isinstance(schema, list) else schema
