"""A form's JSON Schema read into nodes; whatever is wrong with its shape goes to the report, with its place."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import re2

from engine.spec import vocabulary as words
from engine.spec.codes import Code, CodeList, listed
from engine.spec.conditions import known, parse_branch, refuse, sound
from engine.spec.deciding import deciding
from engine.spec.expression import NAME, Fx, FxError, compile_fx, suggestion
from engine.spec.nodes import Check, Many, Scalar, Section, Table

if TYPE_CHECKING:
    from engine.spec.decision import Decision
    from engine.spec.locate import Path, Report

DEEPEST = 6
_PLACE = re.compile(r"\{([^{}]*)\}")


class Reader:
    """Reads one schema; the result is `read()`, what is wrong is in `report`."""

    def __init__(self, schema: Mapping[str, Any], lists: Mapping[str, CodeList], report: Report, decisions: Mapping[str, Decision]) -> None:
        """`lists` are the edition's code lists by id, `decisions` its decision tables."""
        self.schema = schema
        self.lists = lists
        self.decisions = decisions
        self.report = report

    def read(self) -> Section:
        """The root section."""
        self.schema = self._sound(self.schema, ())
        if "x-layout" in self.schema:
            self.schema = {**self.schema, "x-layout": [tab for n, tab in enumerate(self.schema["x-layout"]) if self._tab(tab, ("x-layout", n))]}
        refuse((), self.schema, self.report, words.ROOT)
        root = Section("", "", (), self.schema, self._title(self.schema, ()), "section", None)
        self._fill(root, 0)
        self._paper(root)
        return root

    def _paper(self, root: Section) -> None:
        """What `x-print` says: its keywords, and that what is left out is there."""
        paper = root.schema.get("x-print", {})
        self.report.keywords(("x-print",), paper, words.PRINT)
        for word in ("omit", "sign"):
            test, what = words.VALUES[word]
            names = paper.get(word, [])
            if not test(names):
                self.report.add(("x-print", word), "value-kind", f"{word}은(는) {what}.")
            elif word == "omit":
                self._names(names, root, ("x-print", word))

    def _tab(self, tab: Any, at: Path) -> bool:
        """Whether an entry of `x-layout` is a tab."""
        if not isinstance(tab, Mapping) or not isinstance(tab.get("tab"), str) or not words.VALUES["with"][0](tab.get("fields")):
            self.report.add(at, "layout-form", '탭은 {"tab": …, "fields": […]} 모양이어야 합니다.')
            return False
        self.report.keywords(at, tab, words.TAB)
        return True

    # -- objects --

    def _fill(self, section: Section, depth: int) -> None:
        schema, at = self._untagged(section), section.at
        if schema.get("type", "object") != "object" or not isinstance(schema.get("properties"), Mapping):
            self.report.add((*at, "properties"), "object-form", "객체에는 type: object 와 properties 가 있어야 합니다.")
            return
        if schema.get("additionalProperties", False) is not False:
            self.report.add((*at, "additionalProperties"), "object-open", "additionalProperties 는 false 여야 합니다.")
        if depth > DEEPEST:
            self.report.add(at, "too-deep", "객체가 너무 깊습니다.")
            return
        for name, inner in schema["properties"].items():
            here = (*at, "properties", name)
            if not NAME.match(name) or keyword.iskeyword(name):
                self.report.add(here, "bad-name", f"항목 이름에는 한글, 영문, 숫자, 밑줄만 쓸 수 있습니다: {name}")
            child = self._node(name, inner, section, here, depth)
            if child is not None:
                section.children[name] = child
        section.needs = self._names(schema.get("required", []), section, (*at, "required"))
        for name in section.needs:
            section.children[name].required = True
        self._pairs(section, schema)
        branches = schema.get("allOf", [])
        for n, branch in enumerate(branches if isinstance(branches, list) else []):
            made = parse_branch(branch, section, (*at, "allOf", n), self.report)
            if made is not None:
                section.branches.append(made)
        checks = schema.get("x-checks", [])
        for n, check in enumerate(checks if isinstance(checks, list) else []):
            self._check(check, section, (*at, "x-checks", n))

    def _untagged(self, section: Section) -> Mapping[str, Any]:
        """The schema with a tagged `oneOf` written out as properties and branches."""
        schema = section.schema
        if "oneOf" not in schema:
            return schema
        tag, variants = schema.get("x-tag"), schema.get("oneOf")
        if not isinstance(tag, str) or tag not in schema.get("properties", {}) or not isinstance(variants, list):
            self.report.add((*section.at, "oneOf"), *words.REFUSED["oneOf"])
            return schema
        flat = flatten(schema, tag, variants, section.pointer)
        for n, variant in enumerate(variants):
            refuse((*section.at, "oneOf", n), variant, self.report, words.VARIANT)
            constant = variant.get("properties", {}).get(tag, {})
            if not isinstance(constant, Mapping) or "const" not in constant:
                self.report.add((*section.at, "oneOf", n), "oneof-untagged", f"oneOf 의 각 경우는 '{tag}'의 const 를 정해야 합니다.")
        section.schema = flat
        return flat

    def _names(self, names: Any, section: Section, at: Path) -> tuple[str, ...]:
        return tuple(name for name in (names if isinstance(names, list) else []) if known(name, section, at, self.report))

    def _pairs(self, section: Section, schema: Mapping[str, Any]) -> None:
        pairs = schema.get("dependentRequired", {})
        at = (*section.at, "dependentRequired")
        if isinstance(pairs, Mapping):
            section.pairs = {name: self._names(others, section, (*at, name)) for name, others in pairs.items() if known(name, section, at, self.report)}

    # -- fields --

    def _node(self, name: str, schema: Any, owner: Section, at: Path, depth: int) -> Scalar | Many | Table | Section | None:
        if not isinstance(schema, Mapping):
            self.report.add(at, "field-form", f"'{name}'의 정의는 객체여야 합니다.")
            return None
        schema = self._sound(self._resolved(schema, at), at)
        if "x-ui" in schema:
            schema = {**schema, "x-ui": self._sound(schema["x-ui"], (*at, "x-ui"))}
        pointer = f"{owner.pointer}/{name}"
        title = self._title(schema, at)
        kind = schema.get("type")
        node: Scalar | Many | Table | Section
        if kind == "object":
            refuse(at, schema, self.report, words.OBJECT)
            node = Section(name, pointer, at, schema, title, "section", owner)
            self._fill(node, depth + 1)
        elif kind == "array":
            made = self._array(name, pointer, schema, owner, at, depth)
            if made is None:
                return None
            node = made
        else:
            node = self._scalar(name, pointer, schema, owner, at)
        self._marks(node, schema, at)
        return node

    def _resolved(self, schema: Mapping[str, Any], at: Path) -> Mapping[str, Any]:
        """The schema with a local `$ref` to `$defs` written out."""
        for _ in range(5):
            ref = schema.get("$ref")
            if not isinstance(ref, str) or not ref.startswith("#/$defs/"):
                return schema
            found = self.schema.get("$defs", {}).get(ref.removeprefix("#/$defs/"))
            if not isinstance(found, Mapping):
                self.report.add((*at, "$ref"), "unknown-ref", f"없는 정의입니다: {ref}")
                return {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
        self.report.add((*at, "$ref"), "unknown-ref", "$ref 가 돌고 돕니다.")
        return {key: value for key, value in schema.items() if key != "$ref"}

    def _sound(self, schema: Mapping[str, Any], at: Path) -> Mapping[str, Any]:
        return sound(schema, at, self.report)

    def _title(self, schema: Mapping[str, Any], at: Path) -> str:
        screen = schema.get("x-screen")
        title = schema.get("title") or (screen.get("title") if isinstance(screen, Mapping) else None)
        if isinstance(title, str) and title.strip():
            return title
        if not (at and at[-1] == "items"):
            self.report.add(at, "no-title", "이름(title)이 없습니다.")
        return str(at[-1]) if at else ""

    def _array(self, name: str, pointer: str, schema: Mapping[str, Any], owner: Section, at: Path, depth: int) -> Table | Many | None:
        refuse(at, schema, self.report, words.ARRAY)
        items = schema.get("items")
        if not isinstance(items, Mapping):
            self.report.add((*at, "items"), "field-form", "여러 값의 모양(items)이 없습니다.")
            return None
        items = self._sound(self._resolved(items, (*at, "items")), (*at, "items"))
        title = self._title(schema, at)
        if items.get("type") == "object":
            refuse((*at, "items"), items, self.report, words.OBJECT)
            table = Table(name, pointer, at, schema, title, "table", owner)
            table.row = Section(name, f"{pointer}/*", (*at, "items"), items, title, "row", owner)
            if owner.in_row:
                self.report.add(at, "too-deep", "표 안에 표를 넣을 수 없습니다.")
                return None
            self._fill(table.row, depth + 1)
            totals = schema.get("x-total", [])
            for column in self._names(totals, table.row, (*at, "x-total")):
                if table.row.children[column].kind not in ("integer", "number"):
                    self.report.add((*at, "x-total"), "type-mismatch", f"'{column}'은(는) 숫자가 아니어서 합계를 낼 수 없습니다.")
            return table
        item = self._scalar(name, pointer, {"title": title, **items}, owner, (*at, "items"))
        kind = "files" if item.kind == "file" else "cases" if item.kind == "case" else "choices" if item.codes else "texts"
        return Many(name, pointer, at, schema, title, kind, owner, item=item)

    def _scalar(self, name: str, pointer: str, schema: Mapping[str, Any], owner: Section, at: Path) -> Scalar:
        refuse(at, schema, self.report, words.FIELD)
        codes = self._codes(name, schema, at)
        kind = schema.get("type") or ("string" if codes is None else "integer" if all(isinstance(c.code, int) for c in codes.items) else "string")
        if kind not in words.TYPES:
            self.report.add((*at, "type"), "unknown-type", f"모르는 종류입니다: {kind}{suggestion(str(kind), words.TYPES)}")
            kind = "string"
        if codes is None and "type" not in schema and "$ref" not in schema:
            self.report.add(at, "unknown-type", f"'{name}'의 종류(type)가 없습니다.")
        form = schema.get("format")
        if form is not None:
            if form not in words.FORMATS or kind != "string":
                self.report.add((*at, "format"), "unknown-format", f"모르는 형식입니다: {form}{suggestion(str(form), words.FORMATS)}")
            else:
                kind = words.FORMATS[form]
        self._pattern(schema, at)
        return Scalar(name, pointer, at, schema, self._title(schema, at), kind, owner, codes=codes)

    def _codes(self, name: str, schema: Mapping[str, Any], at: Path) -> CodeList | None:
        if "$ref" in schema:
            list_id = listed(schema["$ref"])
            if list_id is None or list_id not in self.lists:
                near = suggestion(str(list_id or schema["$ref"]), self.lists)
                self.report.add((*at, "$ref"), "unknown-list", f"없는 코드 목록입니다: {schema['$ref']}{near}")
                return None
            return self.lists[list_id]
        values = schema.get("enum")
        if values is None:
            return None
        if not isinstance(values, list) or not values or not all(isinstance(v, (str, int)) and not isinstance(v, bool) for v in values):
            self.report.add((*at, "enum"), "field-form", "enum 은 글이나 정수의 목록이어야 합니다.")
            return None
        if len(set(values)) != len(values):
            self.report.add((*at, "enum"), "code-duplicate", "같은 값이 두 번 있습니다.")
        return CodeList("", name, tuple(Code(value, str(value)) for value in values))

    def _pattern(self, schema: Mapping[str, Any], at: Path) -> None:
        pattern = schema.get("pattern")
        if pattern is None:
            return
        problem = pattern_problem(pattern)
        if problem:
            self.report.add((*at, "pattern"), "pattern-re2", problem)
        elif not (pattern.startswith("^") and pattern.endswith("$")):
            self.report.add((*at, "pattern"), "pattern-unanchored", "pattern 은 ^ 로 시작해 $ 로 끝나야 합니다.")

    def _marks(self, node: Scalar | Many | Table | Section, schema: Mapping[str, Any], at: Path) -> None:
        node.readonly = schema.get("readOnly") is True or "x-calc" in schema
        node.calc = deciding(self.fx(schema, "x-calc", at), self.decisions)
        node.prefill = self.fx(schema, "x-prefill", at)
        if node.calc is None and node.readonly and node.prefill is not None:
            node.calc = node.prefill
        parent = schema.get("x-parent")
        node.parent = parent if isinstance(parent, str) else ""
        ui = schema.get("x-ui")
        if isinstance(ui, Mapping):
            self.report.keywords((*at, "x-ui"), ui, words.UI)
            if "widget" in ui and ui["widget"] not in words.WIDGETS:
                self.report.add((*at, "x-ui", "widget"), "unknown-widget", f"없는 입력 도구입니다: {ui['widget']}{suggestion(str(ui['widget']), words.WIDGETS)}")
        if "x-sensitive" in schema and schema["x-sensitive"] not in words.SENSITIVE:
            self.report.add((*at, "x-sensitive"), "unknown-keyword", f"민감정보의 종류는 {', '.join(sorted(words.SENSITIVE))} 가운데 하나입니다.")

    def fx(self, schema: Mapping[str, Any], word: str, at: Path) -> Fx | None:
        """The expression of a keyword, or None."""
        if word not in schema:
            return None
        return self.compiled(schema[word], (*at, word))

    def compiled(self, source: Any, at: Path) -> Fx | None:
        """The compiled expression; None (and a problem noted) where it cannot be."""
        try:
            return compile_fx(source)
        except FxError as error:
            self.report.add(at, "fx-syntax", f"{error.msg} ({error.offset}번째 글자)")
            return None

    # -- checks --

    def _check(self, schema: Any, section: Section, at: Path) -> None:
        if not isinstance(schema, Mapping):
            self.report.add(at, "check-form", '검사는 {"id": …, "rule": …, "at": …, "message": …} 모양이어야 합니다.')
            return
        refuse(at, schema, self.report, words.CHECK)
        rule = self.compiled(schema.get("rule", ""), (*at, "rule"))
        level = schema.get("level", "error")
        if level not in ("error", "warning"):
            self.report.add((*at, "level"), "check-form", "level 은 error 나 warning 입니다.")
        name, message = schema.get("id"), schema.get("message")
        if not isinstance(name, str) or not name or not isinstance(message, str) or not message:
            self.report.add(at, "check-form", "검사에는 id 와 message 가 있어야 합니다.")
            return
        target = self._target(schema.get("at", ""), section, (*at, "at"))
        parts = self._message(message, section, (*at, "message"))
        if rule is not None:
            needs = tuple(tuple(read.split(".")) for read in sorted(rule.needs))
            section.checks.append(Check(name, section, at, rule, target, parts, level, needs))

    def _target(self, name: Any, section: Section, at: Path) -> str:
        """The pointer, from the section, of the field an error is shown at."""
        found: Any = section
        names = [part for part in re.split(r"[/.]", str(name)) if part]
        for part in names:
            if not isinstance(found, Section) or not known(part, found, at, self.report):
                return ""
            found = found.children[part]
        return "".join(f"/{part}" for part in names)

    def _message(self, message: str, section: Section, at: Path) -> tuple[str | tuple[Fx, Any], ...]:
        """The text and the expressions of a message, in turn; an expression that is a field carries its node."""
        parts: list[str | tuple[Fx, Any]] = []
        for n, part in enumerate(_PLACE.split(message)):
            if n % 2 == 0:
                parts.append(part)
            elif (fx := self.compiled(part, at)) is not None:
                parts.append((fx, section.children.get(part.strip())))
        return tuple(parts)


#: What RE2 says of a pattern, in Korean; before the part it is about.
_PATTERNS = {
    "invalid perl operator": "pattern 에 RE2 가 모르는 괄호 표현이 있습니다", "missing )": "pattern 의 소괄호가 닫히지 않았습니다", "unexpected )": "pattern 의 소괄호가 열리지 않았습니다",
    "missing ]": "pattern 의 대괄호가 닫히지 않았습니다", "invalid escape sequence": "pattern 에 RE2 가 모르는 역슬래시 표현이 있습니다",
    "trailing \\": "pattern 이 역슬래시로 끝납니다", "invalid repetition size": "pattern 의 되풀이 수가 거꾸로이거나 1000을 넘습니다",
    "bad repetition operator": "pattern 에 되풀이 기호가 겹쳐 있습니다", "no argument for repetition operator": "pattern 의 되풀이 기호 앞에 되풀이할 것이 없습니다",
    "invalid character class range": "pattern 의 글자 범위가 맞지 않습니다", "invalid named capture group": "pattern 의 묶음 이름이 맞지 않습니다",
}


def pattern_problem(pattern: Any) -> str:
    """Why RE2 cannot compile a pattern, or ""."""
    if not isinstance(pattern, str):
        return "pattern 은 글이어야 합니다."
    try:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = 1 << 20
        re2.compile(pattern, options)
    except UnicodeEncodeError:
        return "pattern 에 글자가 아닌 것(짝 없는 서로게이트)이 있습니다."
    except re2.error as error:
        reason = error.args[0] if error.args else b""
        kind, _, part = (reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)).partition(": ")
        return f"{_PATTERNS.get(kind, 'RE2 로 읽을 수 없는 pattern 입니다')}: '{part or pattern}'."
    return ""


def flatten(schema: Mapping[str, Any], tag: str, variants: list[Any], pointer: str = "") -> dict[str, Any]:
    """A tagged union as one object whose branches show the fields of the chosen variant; `pointer` is where it stands, for names of their own."""
    known_as = f"{pointer}/{tag}".strip("/")
    properties = dict(schema["properties"])
    own = [[name for name in variant.get("properties", {}) if name != tag] for variant in variants]
    for variant in variants:
        for name, inner in variant.get("properties", {}).items():
            properties.setdefault(name, inner)
    branches = list(schema.get("allOf", []))
    for names, variant in zip(own, variants, strict=True):
        constant = variant.get("properties", {}).get(tag, {}).get("const")
        branches.append(
            {
                "x-id": f"{known_as}={constant}",
                "if": {"required": [tag], "properties": {tag: {"const": constant}}},
                "then": {"required": [name for name in variant.get("required", []) if name != tag]},
                "else": {"properties": dict.fromkeys((n for n in names if not _elsewhere(n, variant, variants)), False)},
            }
        )
    shared = {name for names in own for name in names if any(_elsewhere(name, v, variants) and name in v.get("properties", {}) for v in variants)}
    for name in shared:
        tags = [v.get("properties", {}).get(tag, {}).get("const") for v in variants if name in v.get("properties", {})]
        branches.append(
            {"x-id": f"{known_as}:{name}", "if": {"required": [tag], "properties": {tag: {"enum": tags}}}, "then": {}, "else": {"properties": {name: False}}}
        )
    return {**{key: value for key, value in schema.items() if key not in ("oneOf", "x-tag")}, "properties": properties, "allOf": branches}


def _elsewhere(name: str, variant: Mapping[str, Any], variants: list[Any]) -> bool:
    return any(other is not variant and name in other.get("properties", {}) for other in variants)
