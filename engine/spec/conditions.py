"""The `if` of a branch, compiled to a test on the owner's data, and what its `then` and `else` do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.spec import vocabulary as words
from engine.spec.expression import suggestion
from engine.spec.nodes import Branch, Effect, Many, Section, Table

if TYPE_CHECKING:
    from engine.spec.locate import Path, Report

Test = Callable[[Any], bool]
Names = tuple[str, ...]
#: Problems of a branch that can still be run.
_MEANT = frozenset({"constant-not-in-list", "vacuous-if", "type-mismatch", "required-but-hidden"})
_NUMERIC = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def same(left: Any, right: Any) -> bool:
    """JSON equality: 1 is 1.0 but not true."""
    if left.__class__ is right.__class__:
        return bool(left == right)
    return not isinstance(left, bool) and not isinstance(right, bool) and isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal, float)) and left == right


def filled(value: Any) -> bool:
    """Is there an answer? An empty section or list is none."""
    return value is not None and not (isinstance(value, (dict, list)) and not value)


def _never(_: Any) -> bool:
    return False


def parse_branch(schema: Any, owner: Section, at: Path, report: Report) -> Branch | None:
    """One `allOf` entry; None (and a problem noted) where it is none."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get("if"), Mapping):
        report.add(at, "branch-form", '분기는 {"x-id": …, "if": {…}, "then": {…}, "else": {…}} 모양이어야 합니다.')
        return None
    refuse(at, schema, report, words.BRANCH)
    name = schema.get("x-id")
    if not isinstance(name, str) or not name:
        report.add(at, "branch-id", "분기에 이름(x-id)이 없습니다.")
        name = "/".join(map(str, at))
    if "then" not in schema and "else" not in schema:
        report.add(at, "branch-form", f"분기 '{name}'에 then 도 else 도 없습니다.")
    before = len(report.problems)
    reads: list[Names] = []
    test = _object(schema["if"], owner, (*at, "if"), report, reads, ())
    then = _effect(schema.get("then", {}), owner, (*at, "then"), report)
    other = _effect(schema.get("else", {}), owner, (*at, "else"), report)
    if any(kind not in _MEANT for _, kind, _ in report.problems[before:]):
        return None
    return Branch(name, owner, at, test, tuple(dict.fromkeys(reads)), then, other, schema["if"])


def refuse(at: Path, schema: Mapping[str, Any], report: Report, allowed: frozenset[str]) -> None:
    """Note what is not allowed at this place: known JSON Schema keywords with the reason, others with the nearest name."""
    unknown = {key: value for key, value in schema.items() if key not in allowed}
    for key in [key for key in unknown if key in words.REFUSED]:
        kind, message = words.REFUSED[key]
        report.add((*at, key), kind, message)
        del unknown[key]
    for key in unknown:
        report.add((*at, key), "unknown-keyword", f"여기에 쓸 수 없는 키워드입니다: {key}{suggestion(key, allowed)}")


def sound(schema: Mapping[str, Any], at: Path, report: Report) -> Mapping[str, Any]:
    """The schema without keywords whose value is of the wrong kind, which are problems."""
    wrong = [word for word, value in schema.items() if word in words.VALUES and not words.VALUES[word][0](value)]
    for word in wrong:
        report.add((*at, word), "field-form", f"{word}의 값은 {words.VALUES[word][1]}.")
    return {word: value for word, value in schema.items() if word not in wrong} if wrong else schema


def _object(schema: Any, owner: Section, at: Path, report: Report, reads: list[Names], path: Names) -> Test:
    if not isinstance(schema, Mapping):
        report.add(at, "branch-form", "조건은 객체여야 합니다.")
        return _never
    schema = sound(schema, at, report)
    refuse(at, schema, report, words.CONDITION)
    tests: list[Test] = []
    required = schema.get("required", [])
    for name in required if isinstance(required, list) else []:
        if known(name, owner, (*at, "required"), report):
            reads.append((*path, name))
            tests.append(_present(name))
    properties = schema.get("properties", {})
    for name, leaf in properties.items() if isinstance(properties, Mapping) else ():
        here = (*at, "properties", name)
        if not known(name, owner, here, report):
            continue
        if name not in required:
            report.add(here, "vacuous-if", f"'{name}'이(가) if 의 required 에 없어서, 답이 없을 때도 조건이 참이 됩니다.")
        reads.append((*path, name))
        child = owner.children[name]
        inner = _object(leaf, child, here, report, reads, (*path, name)) if isinstance(child, Section) else _leaf(leaf, child, here, report)
        tests.append(_at(name, inner))
    for word, combine in (("allOf", all), ("anyOf", any)):
        parts = schema.get(word)
        if parts is not None:
            inner_tests = [_object(each, owner, (*at, word, n), report, reads, path) for n, each in enumerate(parts if isinstance(parts, list) else [])]
            tests.append(_combined(combine, inner_tests))
    if not tests:
        report.add(at, "branch-form", "조건이 비어 있습니다.")
    return tests[0] if len(tests) == 1 else _combined(all, tests)


def _present(name: str) -> Test:
    return lambda data: filled(data.get(name))


def _at(name: str, inner: Test) -> Test:
    def test(data: Any) -> bool:
        value = data.get(name)
        return value is None or inner(value)

    return test


def _combined(combine: Callable[[Any], bool], tests: list[Test]) -> Test:
    return lambda data: combine(test(data) for test in tests)


def known(name: Any, owner: Section, at: Path, report: Report) -> bool:
    """Is `name` a field of `owner`? Notes a problem where it is not."""
    if isinstance(name, str) and name in owner.children:
        return True
    report.add(at, "unknown-name", f"없는 항목입니다: {name}{suggestion(str(name), owner.children)}")
    return False


def _leaf(schema: Any, child: Any, at: Path, report: Report) -> Test:
    if not isinstance(schema, Mapping):
        report.add(at, "branch-form", "조건은 객체여야 합니다.")
        return _never
    schema = sound(schema, at, report)
    refuse(at, schema, report, words.CONDITION_LEAF)
    tests: list[Test] = []
    if "const" in schema:
        tests.append(_one_of([schema["const"]]))
        constants(child, [schema["const"]], (*at, "const"), report)
    if isinstance(schema.get("enum"), list):
        tests.append(_one_of(schema["enum"]))
        constants(child, schema["enum"], (*at, "enum"), report)
    if isinstance(schema.get("contains"), Mapping):
        leaf = schema["contains"]
        leaf = sound(leaf, (*at, "contains"), report)
        wanted = [leaf["const"]] if "const" in leaf else leaf.get("enum", [])
        tests.append(_contains(wanted))
        constants(child.item if isinstance(child, Many) else child, wanted, (*at, "contains"), report)
        if not isinstance(child, Many):
            report.add((*at, "contains"), "type-mismatch", "contains 는 여러 개를 고르는 항목에만 쓸 수 있습니다.")
    for word in _NUMERIC:
        if word in schema:
            tests.append(_bounded(word, schema[word]))
            if child.kind not in ("integer", "number"):
                report.add((*at, word), "type-mismatch", f"'{child.title}'은(는) 숫자가 아니어서 {word}(으)로 견줄 수 없습니다.")
    if isinstance(child, (Many, Table)) and ("const" in schema or "enum" in schema):
        report.add(at, "type-mismatch", f"'{child.title}'은(는) 여러 값이라 const 로 견줄 수 없습니다. contains 를 쓰세요.")
    return tests[0] if len(tests) == 1 else _combined(all, tests)


def constants(child: Any, values: list[Any], at: Path, report: Report) -> None:
    """Note constants that the field can never hold."""
    codes = getattr(child, "codes", None)
    for value in values:
        if codes is not None and codes.find(value) is None:
            near = suggestion(str(value), [str(code.code) for code in codes.items])
            report.add(at, "constant-not-in-list", f"'{value}'은(는) '{child.title}'의 코드 목록에 없습니다.{near}")
        elif codes is None and child is not None and not _fits(child.kind, value):
            report.add(at, "type-mismatch", f"'{child.title}'의 값과 종류가 다릅니다: {value!r}")


def _fits(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("integer", "number"):
        return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return isinstance(value, str)


def _one_of(wanted: list[Any]) -> Test:
    if all(each.__class__ is str for each in wanted):
        chosen = frozenset(wanted)
        return lambda value: value.__class__ is str and value in chosen
    return lambda value: any(same(value, each) for each in wanted)


def _contains(wanted: list[Any]) -> Test:
    return lambda value: isinstance(value, list) and any(same(each, want) for each in value for want in wanted)


def _bounded(word: str, bound: Any) -> Test:
    if isinstance(bound, bool) or not isinstance(bound, (int, float, Decimal)):
        return _never
    limit = Decimal(repr(bound)) if isinstance(bound, float) else bound
    compare: dict[str, Test] = {
        "minimum": lambda value: value >= limit,
        "maximum": lambda value: value <= limit,
        "exclusiveMinimum": lambda value: value > limit,
        "exclusiveMaximum": lambda value: value < limit,
    }
    test = compare[word]
    return lambda value: isinstance(value, (int, Decimal)) and not isinstance(value, bool) and test(value)


def _effect(schema: Any, owner: Section, at: Path, report: Report) -> Effect:
    requires: list[Names] = []
    hides: list[Names] = []
    _collect(schema, owner, at, report, requires, hides, ())
    for names in requires:
        if names in hides:
            report.add(at, "required-but-hidden", f"'{names[-1]}'을(를) 숨기면서 필수로 요구합니다.")
    return Effect(tuple(requires), tuple(hides))


def _collect(schema: Any, owner: Section, at: Path, report: Report, requires: list[Names], hides: list[Names], path: Names) -> None:
    if not isinstance(schema, Mapping):
        report.add(at, "branch-form", "then 과 else 는 객체여야 합니다.")
        return
    schema = sound(schema, at, report)
    refuse(at, schema, report, words.EFFECT)
    required = schema.get("required", [])
    requires.extend((*path, name) for name in (required if isinstance(required, list) else []) if known(name, owner, (*at, "required"), report))
    properties = schema.get("properties", {})
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        here = (*at, "properties", name)
        if not known(name, owner, here, report):
            continue
        child = owner.children[name]
        if inner is False:
            hides.append((*path, name))
        elif isinstance(child, Section):
            _collect(inner, child, here, report, requires, hides, (*path, name))
        elif isinstance(inner, Mapping):
            inner = sound(inner, here, report)  # noqa: PLW2901 - what is left of it
            refuse(here, inner, report, words.CONSTRAINTS)
            constants(child, [inner["const"]] if "const" in inner else inner.get("enum", []), here, report)
        else:
            report.add(here, "branch-form", "숨기려면 false, 더 제한하려면 객체를 씁니다.")
