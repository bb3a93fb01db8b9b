"""Everything wrong with a form: its shape, its names and types, and screens nobody can reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.spec import variants as tries
from engine.spec.deciding import Deciding
from engine.spec.expression import suggestion
from engine.spec.fields import codes_of, sections
from engine.spec.form import assemble
from engine.spec.fx_types import ANY, BOOLEAN, DATE, DATETIME, NUMBER, TEXT, FxType, infer, list_of, record, type_of
from engine.spec.locate import Report, twice
from engine.spec.messages import KEYWORDS
from engine.spec.nodes import Many, Scalar, Section, Table
from engine.spec.plan import Plan, names_of, resolve, walk

if TYPE_CHECKING:
    from engine.errors import Finding
    from engine.spec.codes import CodeList
    from engine.spec.decision import Decision
    from engine.spec.expression import Fx
    from engine.spec.fields import Part
    from engine.spec.form import Form
    from engine.spec.locate import Path
    from engine.spec.nodes import Branch

_KINDS = {"integer": NUMBER, "number": NUMBER, "boolean": BOOLEAN, "date": DATE, "datetime": DATETIME}


def check_form(
    schema: Any, path: str, text: str, lists: Mapping[str, CodeList], fact_types: Mapping[str, FxType], decisions: Mapping[str, Decision] = MappingProxyType({}),
    sound: Form | None = None,
) -> list[Finding]:
    """Every finding of one form file; `text` is the file as written (for the lines), `fact_types` what its expressions may read beside it.

    `sound` is the form as it was read before, where nothing was wrong then.
    """
    report = Report(path, text)
    for at, line in twice(text) if text else ():
        report.add(at, "declared-twice", f"같은 이름이 한 객체에 두 번 있습니다({line}번째 줄): {at[-1]}")
    form = sound or assemble(schema, lists, path, report, decisions)
    if form is not None:
        _identity(form, path, report)
        _layout(form, report)
        _named_once(form.root, report)
        for section in sections(form.root):
            _section(section, report)
            _expressions(section, fact_types, report)
        circles = any(kind == "cycle" for _, kind, _ in report.problems)
        for tree in [] if circles else [form.root, *(node.row for node in walk(form.root) if isinstance(node, Table))]:
            _reach(tree.plan, report)
    return report.findings()


def asked_tables(form: Form) -> Iterator[tuple[str, dict[str, FxType]]]:
    """Give, for each decision table a form asks, its id and the types of the answers in reach there."""
    for section in sections(form.root):
        for child in section.children.values():
            if isinstance(child.calc, Deciding):
                within = {name: kind for each in reversed(_around(section)) for name, kind in types_of(each).fields.items()}
                yield from ((name, within) for name in child.calc.tables)


def types_of(section: Section) -> FxType:
    """The type of a form's (or section's) values, for expressions that read them."""
    return record({name: type_of_node(child) for name, child in section.children.items()})


def type_of_node(node: Part) -> FxType:
    """The type of one field's value."""
    if isinstance(node, Section):
        return types_of(node)
    if isinstance(node, Table):
        return list_of(types_of(node.row))
    if isinstance(node, Many):
        return list_of(type_of_node(node.item)) if node.item else ANY
    if node.codes is not None:
        kind = "number" if all(isinstance(code.code, int) for code in node.codes.items) else "text"
        return FxType(kind, codes=frozenset(code.code for code in node.codes.items))
    return _KINDS.get(node.kind, TEXT)


# -- the file ------------------------------------------------------------------------------------------------------------------


def _identity(form: Form, path: str, report: Report) -> None:
    stem = path.rsplit("/", 1)[-1].removesuffix(".json")
    if not str(form.schema.get("$id", "")).startswith("urn:didimdol:form:"):
        report.add(("$id",), "form-id", f"$id 는 urn:didimdol:form:{stem}:<판> 이어야 합니다.")
    elif form.id != stem:
        report.add(("$id",), "form-id", f"$id 의 이름이 파일 이름과 다릅니다: {form.id}, {stem}")
    if form.schema.get("x-dialect") != 1:
        report.add(("x-dialect",), "form-dialect", "x-dialect 는 1 이어야 합니다.")


def _layout(form: Form, report: Report) -> None:
    if "x-layout" not in form.root.schema:
        return
    seen: set[str] = set()
    for n, tab in enumerate(form.schema["x-layout"]):
        at = ("x-layout", n)
        for m, name in enumerate(tab["fields"] if tab in form.root.schema["x-layout"] else ()):
            if name not in form.root.children:
                report.add((*at, "fields", m), "unknown-name", f"없는 항목입니다: {name}{suggestion(str(name), form.root.children)}")
            elif name in seen:
                report.add((*at, "fields", m), "declared-twice", f"'{name}'이(가) x-layout 에 두 번 있습니다.")
            seen.add(name)
    for name, child in form.root.children.items():
        if name not in seen:
            report.add(child.at, "not-in-layout", f"'{name}'이(가) 어느 탭에도 없습니다.")


# -- one section ---------------------------------------------------------------------------------------------------------------


def _named_once(root: Section, report: Report) -> None:
    """Note branches and checks that share a name with another of the form: coverage, difference and findings tell them by it."""
    for kind, word in (("branch-id", "분기"), ("check-id", "검사")):
        names: set[str] = set()
        for section in sections(root):
            for part in section.branches if kind == "branch-id" else section.checks:
                if part.id in names:
                    report.add(part.at, kind, f"{word} 이름 '{part.id}'이(가) 이 화면에 둘 있습니다. 하나의 이름을 바꾸세요.")
                names.add(part.id)


def _section(section: Section, report: Report) -> None:
    if section.kind == "section" and section.owner is not None and section.needs and not _ever_required(section):
        report.add(section.at, "section-never-required", f"'{section.title}'은(는) 필수가 된 적이 없어, 비워 두면 안의 필수 항목도 묻지 않습니다.")
    for child in section.children.values():
        _derived(child, report)
        _bounds(child, report)
        _cascade(child, section, report)
        _extras(child, section, report)


def _ever_required(section: Section) -> bool:
    if section.required:
        return True
    own = names_of(section.pointer)
    above: Section | None = section.owner
    while above is not None:
        base = names_of(above.pointer)
        if any((*base, *names) == own for branch in above.branches for effect in (branch.then, branch.other) for names in effect.requires):
            return True
        above = above.owner
    return any(section.name in others for others in section.owner.pairs.values()) if section.owner else False


def _derived(child: Part, report: Report) -> None:
    if child.calc is not None and child.schema.get("readOnly") is not True:
        report.add(child.at, "calc-not-readonly", f"'{child.title}'은(는) x-calc 로 계산하므로 readOnly: true 여야 합니다.")
    if child.readonly and child.calc is None and not isinstance(child, Section):
        report.add(child.at, "readonly-without-value", f"'{child.title}'은(는) 읽기 전용인데 값을 정하는 x-calc 나 x-prefill 이 없습니다.")
    if child.readonly and child.required:
        report.add(child.at, "required-derived", f"'{child.title}'은(는) 입력할 수 없는데 필수입니다.")
    if child.calc is not None and not isinstance(child, (Scalar, Many)):
        report.add((*child.at, "x-calc"), "calc-form", "표와 묶음은 계산할 수 없습니다.")


def _bounds(child: Part, report: Report) -> None:
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        a, b = child.schema.get(low), child.schema.get(high)
        if isinstance(a, (int, float)) and isinstance(b, (int, float)) and a > b:
            report.add((*child.at, low), "impossible-range", f"'{child.title}'의 {low}이(가) {high}보다 큽니다.")


def _cascade(child: Part, section: Section, report: Report) -> None:
    if not child.parent:
        return
    found = resolve(child.parent, section)
    above = _node_at(section, found) if found else None
    codes, upper = codes_of(child), codes_of(above) if above is not None else None
    if codes is None or (above is not None and upper is None):
        report.add((*child.at, "x-parent"), "type-mismatch", "x-parent 는 코드 목록끼리만 쓸 수 있습니다.")
    elif upper is not None:
        for code in codes.items:
            if code.parent is not None and upper.find(code.parent) is None:
                report.add((*child.at, "x-parent"), "code-dangling", f"코드 '{code.code}'의 위 코드 '{code.parent}'이(가) '{child.parent}'의 목록에 없습니다.")


def _node_at(section: Section, names: tuple[str, ...]) -> Any:
    root: Section = section
    while root.owner is not None:
        root = root.owner
    found: Any = root
    for name in names:
        found = found.row if name == "*" else found.children.get(name) if isinstance(found, Section) else None
    return found


def _extras(child: Part, section: Section, report: Report) -> None:
    own = child.schema.get("x-messages")
    if own is not None:
        report.keywords((*child.at, "x-messages"), own if isinstance(own, Mapping) else {"?": ""}, KEYWORDS)
    ui = child.schema.get("x-ui")
    if isinstance(ui, Mapping):
        for name in ui.get("with", ()):
            if resolve(str(name), section) is None:
                report.add((*child.at, "x-ui", "with"), "unknown-name", f"없는 항목입니다: {name}{suggestion(str(name), section.children)}")


# -- expressions ---------------------------------------------------------------------------------------------------------------


def _expressions(section: Section, facts: Mapping[str, FxType], report: Report) -> None:
    scope: dict[str, FxType] = dict(facts)
    for each in reversed(_around(section)):
        scope.update(types_of(each).fields)
    for child in section.children.values():
        for word, fx in (("x-calc", child.calc), ("x-prefill", child.prefill)):
            if fx is not None and word in child.schema:
                _expression(fx, scope, (*child.at, word), report)
                _result(fx, scope, child, (*child.at, word), report)
    for check in section.checks:
        _expression(check.rule, scope, (*check.at, "rule"), report)
        kind = type_of(check.rule, scope).kind
        if kind not in ("boolean", "any"):
            report.add((*check.at, "rule"), "type-mismatch", f"검사 '{check.id}'의 식은 참이나 거짓이어야 합니다.")
        for part in check.message:
            if not isinstance(part, str):
                _expression(part[0], scope, (*check.at, "message"), report)


def _around(section: Section) -> list[Section]:
    out: list[Section] = []
    at: Section | None = section
    while at is not None:
        out.append(at)
        at = at.owner
    return out


def _expression(fx: Fx, scope: Mapping[str, FxType], at: Path, report: Report) -> None:
    for offset, kind, message in infer(fx, scope):
        report.add(at, kind, f"{message} ({offset}번째 글자)")


_ACCEPTS = {"number": ("number",), "boolean": ("boolean",), "date": ("date", "datetime"), "datetime": ("datetime", "date"), "text": ("text", "number", "date", "datetime", "boolean")}


def _result(fx: Fx, scope: Mapping[str, FxType], child: Part, at: Path, report: Report) -> None:
    wanted, found = type_of_node(child), type_of(fx, scope)
    if found.kind in ("any", "none") or wanted.kind in ("list", "record"):
        return
    accepts = (wanted.kind,) if wanted.codes is not None else _ACCEPTS[wanted.kind]
    if found.kind not in accepts:
        report.add(at, "type-mismatch", f"'{child.title}'의 종류와 식의 결과가 다릅니다.")


# -- what can be reached -------------------------------------------------------------------------------------------------------


def _reach(plan: Plan, report: Report) -> None:
    """Note branches that never apply, fields that are never shown, and fields required while hidden."""
    branches = tries.branches_of(plan)
    done: set[tuple[int, ...]] = set()
    for branch in branches:
        related = [each for each in branches if each is branch or _touch(each, branch)]
        closed = tries.closure(plan, related)
        key = tuple(id(each) for each in closed)
        if key in done:
            continue
        done.add(key)
        _try(plan, closed, report)


def _touch(one: Branch, other: Branch) -> bool:
    """Whether both hide or require the same field."""
    return bool(set(_effects(one)) & set(_effects(other)))


def _effects(branch: Branch) -> list[tuple[str, ...]]:
    base = names_of(branch.owner.pointer)
    return [(*base, *names) for effect in (branch.then, branch.other) for names in (*effect.hides, *effect.requires)]


def _try(plan: Plan, branches: list[Branch], report: Report) -> None:
    applied: set[int] = set()
    seen: set[str] = set()
    clashes: set[tuple[int, str]] = set()
    found, complete = tries.tried(plan, branches)
    for _, tree in found:
        applied.update(id(branch) for branch in branches if tree.taken.get(id(branch)))
        seen |= tries.shown(tree)
        clashes |= tree.required & tree.hidden
    for branch in branches if complete else ():
        if id(branch) not in applied:
            report.add((*branch.at, "if"), "unreachable-branch", f"분기 '{branch.id}'의 조건은 어떤 답으로도 참이 될 수 없습니다.")
    hidden = {"/" + "/".join(names) for branch in branches for names in tries.hides(branch)}
    for pointer in sorted(hidden - seen) if complete else ():
        node = _node_at(plan.root, names_of(pointer))
        report.add(node.at, "never-shown", f"'{node.title}'은(는) 어떤 답으로도 보이지 않습니다.")
    for index, name in sorted(clashes):
        node = plan.sections[index].children[name]
        report.add(node.at, "required-but-hidden", f"'{node.title}'을(를) 한 분기는 숨기고 다른 분기는 필수로 요구합니다.")
