"""Answers that lead somewhere in a form: to one side of a branch, to a field, against a check. What generated scenarios begin from.

Nothing here knows facts: what a form works out for itself, or compares with them, may still decide otherwise. So these are tries, the plainest first.
"""

from __future__ import annotations

import ast
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.spec.fields import sections
from engine.spec.nodes import Many, Scalar, Section, Table
from engine.spec.plan import names_of
from engine.spec.variants import branches_of, hides, shown, tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.expression import Fx
    from engine.spec.fields import Part
    from engine.spec.form import Form
    from engine.spec.nodes import Check
    from engine.spec.plan import Plan

_MOST, _ROUNDS = 4, 4  # tries given; answers changed one after another
_DAYS = (1, -1, 31, -31, 366, -366, 7000, -7000)
_NUMBERS = (1, -1, 2, -2, 7, -7, 1000, 1_000_000)


def for_branch(form: Form, ident: str, *, taken: bool) -> list[dict[str, Any]]:
    """Give answers under which a branch goes this way."""
    found: list[tuple[int, dict[str, Any]]] = []
    for plan, table in _plans(form):
        for branch in (each for each in branches_of(plan) if each.id == ident):
            for answers, tree in tried(plan, [branch])[0]:
                if tree.outcomes.get(ident) is taken:
                    found.append(_raw(form, plan, table, answers))
    return _plainest(found)


def for_field(form: Form, pointer: str) -> list[dict[str, Any]]:
    """Give answers under which a field ("/rows/*/amount") is shown."""
    inside, found = f"{pointer}/".partition("/*/")[0], []
    for plan, table in _plans(form):
        if table is not None and not pointer.startswith(f"{table.pointer}/*"):
            continue
        wanted = pointer if table is not None or "/*" not in pointer else inside
        names = names_of(wanted)
        gates = [branch for branch in branches_of(plan) if any(tuple(hidden) == tuple(names[: len(hidden)]) for hidden in hides(branch))]
        for answers, tree in tried(plan, gates)[0] if gates else ():
            if wanted in shown(tree):
                found.append(_raw(form, plan, table, answers))
    return _plainest(found) or [{}]


def against(form: Form, check: Check, section: Section, answers: Mapping[str, Any], facts: Mapping[str, Any], on: date) -> dict[str, Any] | None:
    """Give `answers` changed in one place so that the check complains, with as few other complaints as possible; None where none is found."""
    best: tuple[int, dict[str, Any]] | None = None
    for pointer, value in _changes(form, check, section, answers):
        changed: dict[str, Any] = _with(answers, pointer, value)
        reading = form.read(changed, facts, on, strict=False)
        complaints = [*reading.errors, *reading.warnings]
        if any(each.keyword == check.id for each in complaints) and (best is None or len(complaints) < best[0]):
            best = len(complaints), changed
            if best[0] == 1:
                break
    return best[1] if best else None


def mended(form: Form, answers: Mapping[str, Any], facts: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Give `answers` changed place by place so that fewer checks complain, as far as changes of one answer do it."""
    made = dict(answers)
    for _ in range(_ROUNDS):
        before = _complaints(form, made, facts, on)
        broken = [(section, check) for section in sections(form.root) for check in section.checks if check.id in before]
        better = (_with(made, pointer, value) for section, check in broken for pointer, value in _changes(form, check, section, made))
        found = next((each for each in better if len(_complaints(form, each, facts, on)) < len(before)), None)
        if found is None:
            break
        made = found
    return made


def _complaints(form: Form, answers: Mapping[str, Any], facts: Mapping[str, Any], on: date) -> list[str]:
    reading = form.read(answers, facts, on, strict=False)
    return [one.keyword for one in (*reading.errors, *reading.warnings)]


def own_fields(form: Form, check: Check, section: Section) -> tuple[str, ...]:
    """Give the pointers of the form's own fields a check reads, those in rows of tables first."""
    found = []
    for names in (*(tuple(each.split(".")) for each in sorted(check.rule.deep) if "*" in each), *check.needs):
        for base in (section.pointer, *_around(section.pointer)):
            for length in range(len(names), 0, -1):
                pointer = base + "".join(f"/{name}" for name in names[:length])
                if pointer in form.nodes:
                    found.append(pointer)
                    break
            else:
                continue
            break
    return tuple(dict.fromkeys(found))


def equalities(fx: Fx) -> dict[tuple[str, ...], Any]:
    """Give name -> value for what must be equal for an expression to hold, as far as it says so plainly: `a.b == 'x'`, `a.b in ['x', 'y']`, joined by and."""
    found: dict[tuple[str, ...], Any] = {}
    waiting: list[ast.expr] = [fx.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.BoolOp):
            waiting += node.values if isinstance(node.op, ast.And) else node.values[:1]
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            sides = [node.left, node.comparators[0]]
            if isinstance(node.ops[0], ast.Eq) and isinstance(sides[0], ast.Constant):
                sides.reverse()
            name, value = _dotted(sides[0]), _constant(sides[1])
            if name and value is not None and isinstance(node.ops[0], (ast.Eq, ast.In)):
                found[name] = value
    return found


def _dotted(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return (*before, node.attr) if before else ()
    return ()


def _constant(node: ast.expr) -> Any:
    if isinstance(node, ast.List) and node.elts:
        return _constant(node.elts[0])
    return node.value if isinstance(node, ast.Constant) else None


def _plans(form: Form) -> Iterator[tuple[Plan, Table | None]]:
    yield form.root.plan, None
    for node in form.nodes.values():
        if isinstance(node, Table) and node.row.plan is not None:
            yield node.row.plan, node


def _raw(form: Form, plan: Plan, table: Table | None, answers: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Give the answers as a form takes them, derived ones left out, and how many there are."""
    start = len(names_of(plan.root.pointer))
    made: dict[str, Any] = {}
    count = 0
    for pointer, value in answers.items():
        node = form.nodes.get(pointer)
        if value is None or node is None or node.calc is not None:
            continue
        holder, names = made, names_of(pointer)[start:]
        for name in names[:-1]:
            holder = holder.setdefault(name, {})
        holder[names[-1]], count = value, count + 1
    if table is None:
        return count, made
    whole: dict[str, Any] = {}
    holder, names = whole, names_of(table.pointer)
    for name in names[:-1]:
        holder = holder.setdefault(name, {})
    holder[names[-1]] = [made]
    return count, whole


def _plainest(found: list[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for _, each in sorted(found, key=lambda one: one[0]):
        if each not in made:
            made.append(each)
    return made[:_MOST]


def _around(pointer: str) -> Iterator[str]:
    """Give the sections around one, the nearest first."""
    while pointer:
        pointer = pointer.rpartition("/")[0]
        if not pointer.endswith("/*"):
            yield pointer


def _changes(form: Form, check: Check, section: Section, answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for schema in own_fields(form, check, section):
        node = form.nodes[schema]
        if node.readonly:
            continue
        for pointer, value in _places(answers, schema.split("/")[1:], ""):
            for other in _others(node, value):
                yield pointer, other


def _others(node: Part, value: Any) -> Iterator[Any]:
    """Give other answers of the same kind."""
    if isinstance(node, Table) and isinstance(value, list):
        yield from ([*value, *value], value[:1])
    if isinstance(node, Many) and isinstance(value, list):
        codes = node.item.codes.items if node.item and node.item.codes else ()
        yield from ([code.code] for code in codes)
    if not isinstance(node, Scalar):
        return
    if node.codes is not None:
        yield from (code.code for code in node.codes.items if code.code != value)
    elif node.kind in ("integer", "number") and isinstance(value, (int, float)):
        yield from (value + by for by in _NUMBERS)
        yield 0
    elif node.kind == "date" and isinstance(value, str):
        yield from ((date.fromisoformat(value) + timedelta(by)).isoformat() for by in _DAYS)
    elif node.kind == "datetime" and isinstance(value, str):
        yield from ((datetime.fromisoformat(value) + timedelta(by)).isoformat(timespec="minutes") for by in _DAYS)
    elif node.kind == "time":
        yield from ("00:00", "23:59")
    elif node.kind == "boolean":
        yield not value
    elif isinstance(value, str):
        yield from (value + "가", "가")


def _places(value: Any, names: list[str], at: str) -> Iterator[tuple[str, Any]]:
    if not names:
        yield at, value
    elif names[0] == "*":
        for number, row in enumerate(value if isinstance(value, list) else ()):
            yield from _places(row, names[1:], f"{at}/{number}")
    elif isinstance(value, dict) and names[0] in value:
        yield from _places(value[names[0]], names[1:], f"{at}/{names[0]}")


def _with(value: Any, pointer: str, new: Any) -> Any:
    """Give a copy with one answer replaced."""
    name, _, rest = pointer.removeprefix("/").partition("/")
    if isinstance(value, list):
        return [(_with(each, f"/{rest}", new) if rest else new) if str(number) == name else each for number, each in enumerate(value)]
    return {**value, name: _with(value.get(name), f"/{rest}", new) if rest else new}

