"""What happens to answers and in which order: the branches, calculations, cascades and tables of a form, sorted by what they read.

One plan stands for the form, one for the row of each table. Because every step runs after all that it reads, one pass settles the answers;
a form whose steps read each other in a circle is a finding, and runs in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spec.nodes import Branch, Effect, Many, Scalar, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spec.expression import Fx
    from engine.spec.locate import Report

Names = tuple[str, ...]
#: A field as (index of its section in the plan, name).
Place = tuple[int, str]


@dataclass(eq=False)
class Step:
    """One thing to do; `reads` and `writes` are pointers as tuples of names, "*" for the rows of a table."""

    kind: str
    section: int
    node: Any
    reads: frozenset[Names]
    writes: frozenset[Names]
    at: tuple[str | int, ...]
    then: tuple[tuple[Place, ...], tuple[Place, ...]] = ((), ())
    other: tuple[tuple[Place, ...], tuple[Place, ...]] = ((), ())


@dataclass(eq=False)
class Plan:
    """The sections of one tree (the first is the tree itself) and its steps in order; `inner` are the section indexes below each section."""

    root: Section
    sections: list[Section] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    inner: list[tuple[int, ...]] = field(default_factory=list)
    relative: list[str] = field(default_factory=list)
    known: list[frozenset[str]] = field(default_factory=list)


def names_of(pointer: str) -> Names:
    """"/a/*/b" as ("a", "*", "b")."""
    return tuple(pointer.split("/")[1:])


def walk(section: Section) -> Iterator[Scalar | Many | Table | Section]:
    """Every part below a section in the order of the file, the columns of tables too."""
    for child in section.children.values():
        yield child
        if isinstance(child, Section):
            yield from walk(child)
        elif isinstance(child, Table):
            yield from walk(child.row)


def resolve(dotted: str, section: Section | None) -> Names | None:
    """The pointer of the field a dotted name means seen from a section (its own fields, then those around it); None for a fact."""
    parts = dotted.split(".")
    while section is not None and parts[0] not in section.children:
        section = section.owner
    if section is None:
        return None
    found: Any = section
    names = list(names_of(section.pointer))
    for part in parts:
        if isinstance(found, Table) and part == "*":
            found = found.row
        elif isinstance(found, Section) and part in found.children:
            found = found.children[part]
        else:
            break
        names.append(part)
    return tuple(names)


def build(root: Section, report: Report) -> Plan:
    """The plan of a form (or row); plans of its tables hang on their rows. Notes circles in `report`."""
    plan = Plan(root)
    _number(root, plan, -1)
    start = len(root.pointer)
    plan.relative = [section.pointer[start:] for section in plan.sections]
    plan.known = [frozenset(section.children) for section in plan.sections]
    plan.inner = [tuple(n for n, other in enumerate(plan.sections) if other is section or _below(other, section)) for section in plan.sections]
    steps = [step for section in plan.sections for step in _steps(section, report)]
    plan.steps = _sorted(steps, report)
    root.plan = plan
    return plan


def _number(section: Section, plan: Plan, owner: int) -> None:
    section.index = len(plan.sections)
    plan.sections.append(section)
    plan.owners.append(owner)
    here = section.index
    for child in section.children.values():
        if isinstance(child, Section):
            _number(child, plan, here)


def _below(section: Section | None, other: Section) -> bool:
    while section is not None and section.kind != "row":
        section = section.owner
        if section is other:
            return True
    return False


def _steps(section: Section, report: Report) -> Iterator[Step]:
    for branch in section.branches:
        yield _branch(branch)
    for name, child in section.children.items():
        own = names_of(child.pointer)
        if child.calc is not None:
            reads = reads_of(child.calc, section)
            if any("*" not in read.split(".") and resolve(read, section) == own for read in child.calc.deep):
                report.add((*child.at, "x-calc"), "cycle", f"'{name}'의 계산식이 자기 자신을 읽어 계산이 돌고 돕니다. 식에서 '{name}'을(를) 빼세요.")
            yield Step("calc", section.index, child, frozenset({own, *reads}), frozenset({own}), (*child.at, "x-calc"))
        if child.parent:
            found = resolve(child.parent, section)
            if found is None:
                report.add((*child.at, "x-parent"), "unknown-name", f"없는 항목입니다: {child.parent}")
            else:
                yield Step("parent", section.index, child, frozenset({own, found}), frozenset({own}), (*child.at, "x-parent"))
        if isinstance(child, Table):
            inner = build(child.row, report)
            outer = frozenset(read for step in inner.steps for read in step.reads if read[: len(own)] != own)
            _own_rows(inner, own, name, report)
            yield Step("rows", section.index, child, outer | {own}, frozenset({own}), child.at)


def _own_rows(inner: Plan, own: Names, name: str, report: Report) -> None:
    for step in inner.steps:
        if step.kind == "calc" and _reads_around(step.node.calc, inner.sections[step.section], own):
            report.add(step.at, "cycle", f"'{name}' 표의 줄이 표 전체를 다시 읽어 계산이 돌고 돕니다.")


def _reads_around(fx: Fx, section: Section, own: Names) -> bool:
    """Whether an expression of a row reads its own table from outside the row."""
    for read in fx.deep:
        row: Section | None = section
        while row is not None and row.kind != "row" and read.split(".")[0] not in row.children:
            row = row.owner
        found = None if row is None or read.split(".")[0] in row.children else resolve(read, row.owner)
        if found is not None and found[: len(own)] == own:
            return True
    return False


def _branch(branch: Branch) -> Step:
    base = names_of(branch.owner.pointer)
    reads = frozenset((*base, *read) for read in branch.reads)
    hidden = [(*base, *names) for effect in (branch.then, branch.other) for names in effect.hides]
    return Step("branch", branch.owner.index, branch, reads, frozenset(hidden), branch.at, _places(branch.then, branch.owner), _places(branch.other, branch.owner))


def _places(effect: Effect, owner: Section) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    return tuple(_place(names, owner) for names in effect.requires), tuple(_place(names, owner) for names in effect.hides)


def _place(names: Names, owner: Section) -> Place:
    section: Any = owner
    for name in names[:-1]:
        section = section.children[name]
    return section.index, names[-1]


def reads_of(fx: Fx, section: Section) -> set[Names]:
    """The pointers of the form's fields an expression reads, seen from a section; of a table, its columns where it names them."""
    found = {resolved for read in fx.deep if (resolved := resolve(read, section)) is not None}
    return {names for names in found if not any(other[: len(names) + 1] == (*names, "*") for other in found)}


def overlap(left: Iterable[Names], right: Iterable[Names]) -> bool:
    """Whether a pointer of one lies on, above or below one of the other."""
    return any(a[: len(b)] == b or b[: len(a)] == a for a in left for b in right)


def _sorted(steps: list[Step], report: Report) -> list[Step]:
    """Every step after those that write what it reads."""
    waits = {id(step): {id(o) for o in steps if o is not step and _before(o, step)} for step in steps}
    out: list[Step] = []
    left = list(steps)
    while left:
        ready = [step for step in left if not waits[id(step)] & {id(each) for each in left}]
        if not ready:
            circle = _circle(left, waits)
            named = " → ".join(dict.fromkeys(label(step) for step in circle))
            report.add(circle[0].at, "cycle", f"서로를 읽어 돌고 도는 계산이나 분기가 있습니다: {named}")
            ready = left[:1]
        out.extend(ready)
        left = [step for step in left if step not in ready]
    return out


def _before(first: Step, step: Step) -> bool:
    """Must `first` run before `step`? A step that computes a field waits for those that may hide it, not the other way round."""
    return overlap(first.writes, step.reads) and not (first.kind != "branch" and step.kind != "branch" and first.writes == step.writes and first.kind > step.kind)


def _circle(left: list[Step], waits: dict[int, set[int]]) -> list[Step]:
    by_id = {id(step): step for step in left}
    seen: list[Step] = []
    step = left[0]
    while step not in seen:
        seen.append(step)
        step = next(by_id[each] for each in waits[id(step)] if each in by_id)
    return seen[seen.index(step) :]


def label(step: Step) -> str:
    """What a step is called in a finding."""
    return str(step.node.id if step.kind == "branch" else step.node.title)

