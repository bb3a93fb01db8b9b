"""The screens a form can become, found by trying the answers its branches look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec.nodes import Many, Scalar, Section, Table
from engine.spec.plan import Names, Plan, names_of, overlap
from engine.spec.settle import Settled, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spec.nodes import Branch

Try = tuple[dict[str, Any], Settled]
#: So many combinations are tried before an enumeration gives up.
MOST_TRIES = 4_000
#: Stands for an answer that is no constant of any branch.
OTHER = "그 밖의 값"


@dataclass(frozen=True)
class Variant:
    """One reachable screen: answers (pointer -> value) that lead to it, and the pointers it shows."""

    answers: Mapping[str, Any]
    visible: frozenset[str]


@dataclass(frozen=True)
class Control:
    """A field that branches look at, and the answers worth trying (None: no answer)."""

    pointer: str
    names: Names
    derived: bool
    values: tuple[Any, ...]


def variants(root: Section) -> tuple[Variant, ...]:
    """The different screens that the answers which show or hide a section lead to.

    Fields that show or hide single fields and tables stay unanswered: they would multiply every screen by each other.
    """
    plan: Plan = root.plan
    chosen = [branch for branch in branches_of(plan) if any(_is_section(branch, names) for names in (*branch.then.hides, *branch.other.hides))]
    found: dict[frozenset[str], Variant] = {}
    for answers, tree in tried(plan, chosen)[0]:
        seen = shown(tree)
        if seen not in found:
            found[seen] = Variant({pointer: value for pointer, value in answers.items() if value is not None and pointer in seen}, seen)
    return tuple(found.values())


def details(root: Section, screens: Iterable[Variant]) -> tuple[Variant, ...]:
    """The screens that show the fields and tables none of `screens` shows, where answers lead to them.

    What several branches open without minding each other is opened at once; nothing is multiplied.
    """
    plan: Plan = root.plan
    controls = controls_of(plan, branches_of(plan))
    made: list[tuple[dict[str, Any], frozenset[str]]] = []
    for answers, wanted in _opened(plan, screens):
        for at, (others, known) in enumerate(made):
            both = {**others, **answers}
            if {**both, **others} == both and known | wanted <= shown(_settled(plan, controls, both)):
                made[at] = both, known | wanted
                break
        else:
            made.append((answers, wanted))
    found = [(answers, shown(_settled(plan, controls, answers))) for answers, _ in made]
    return tuple(Variant({one.pointer: answers[one.pointer] for one in controls if one.pointer in answers and one.pointer in seen}, seen) for answers, seen in found)


def _opened(plan: Plan, screens: Iterable[Variant]) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Answers that show something no screen shows and no answers before them, and what that is; branch by branch."""
    left = {f"{section.pointer}/{name}" for section in plan.sections for name in section.children}.difference(*(screen.visible for screen in screens))
    for branch in branches_of(plan):
        if not overlap(hides(branch), [names_of(pointer) for pointer in left]):
            continue
        found = [(answers, shown(tree)) for answers, tree in tried(plan, [branch])[0]]
        while wanted := max((left & seen for _, seen in found), key=len):
            answers = next(answers for answers, seen in found if wanted <= seen)
            left -= wanted
            yield {pointer: value for pointer, value in answers.items() if value is not None}, frozenset(wanted)


def branches_of(plan: Plan) -> list[Branch]:
    """The branches of a tree, in the order in which they run."""
    return [step.node for step in plan.steps if step.kind == "branch"]


def _is_section(branch: Branch, names: Names) -> bool:
    found: Any = branch.owner
    for name in names:
        found = found.children[name]
    return isinstance(found, Section)


def shown(tree: Settled) -> frozenset[str]:
    """The pointers a settled tree shows, tables as one."""
    out: list[str] = []
    for index, section in enumerate(tree.plan.sections):
        if not tree.frames[index].hidden:
            out.extend(f"{section.pointer}/{name}" for name in section.children if (index, name) not in tree.hidden)
    return frozenset(out)


def tried(plan: Plan, branches: Iterable[Branch]) -> tuple[list[Try], bool]:
    """Every combination of answers the branches (and those that hide what they read) tell apart, settled; and whether that was all of them."""
    closed = closure(plan, list(branches))
    gone = [hidden for branch in closed for hidden in hides(branch)]
    controls = controls_of(plan, closed)
    start = names_of(plan.root.pointer)
    shaky = {control.pointer for control in controls if any((*start, *control.names)[: len(hidden)] == hidden for hidden in gone)}
    out: list[Try] = []
    _try(plan, controls, shaky, 0, {}, out)
    return out[:MOST_TRIES], len(out) <= MOST_TRIES


def _try(plan: Plan, controls: list[Control], shaky: set[str], at: int, answers: dict[str, Any], out: list[Try]) -> None:
    """Try the controls from `at` on; one that may be hidden is tried only where it is shown."""
    if len(out) > MOST_TRIES:
        return
    if at == len(controls):
        out.append((dict(answers), _settled(plan, controls, answers)))
        return
    control = controls[at]
    values = control.values
    if control.pointer in shaky and control.pointer not in shown(_settled(plan, controls, answers)):
        values = (None,)
    for value in values:
        answers[control.pointer] = value
        _try(plan, controls, shaky, at + 1, answers, out)
    del answers[control.pointer]


def _settled(plan: Plan, controls: list[Control], answers: Mapping[str, Any]) -> Settled:
    raw: dict[str, Any] = {}
    forced: dict[str, Any] = {"": None}
    for control in controls:
        value = answers.get(control.pointer)
        if value is None:
            continue
        if control.derived:
            forced[control.pointer] = value
            continue
        holder = raw
        for name in control.names[:-1]:
            holder = holder.setdefault(name, {})
        holder[control.names[-1]] = value
    return settle(plan, raw, {}, strict=False, forced=forced)


def closure(plan: Plan, branches: list[Branch]) -> list[Branch]:
    """The branches, and all that may hide what they read or where they stand."""
    everything = branches_of(plan)
    out = list(branches)
    for branch in out:
        wanted = [*_reads(branch), names_of(branch.owner.pointer)]
        for other in everything:
            if other not in out and any(names and overlap([hidden], [names]) and len(hidden) <= len(names) for hidden in hides(other) for names in wanted):
                out.append(other)
    return [branch for branch in everything if branch in out]


def _reads(branch: Branch) -> list[Names]:
    base = names_of(branch.owner.pointer)
    return [(*base, *read) for read in branch.reads]


def hides(branch: Branch) -> list[Names]:
    """The pointers a branch may hide."""
    base = names_of(branch.owner.pointer)
    return [(*base, *names) for effect in (branch.then, branch.other) for names in effect.hides]


def controls_of(plan: Plan, branches: list[Branch]) -> list[Control]:
    """The fields these branches look at, each once, with the answers that make a difference."""
    constants: dict[Names, list[Any]] = {}
    nodes: dict[Names, Any] = {}
    for branch in branches:
        _collect(branch.condition, branch.owner, names_of(branch.owner.pointer), constants, nodes)
    start = len(names_of(plan.root.pointer))
    return [
        Control(node.pointer, names[start:], node.calc is not None, tuple(_candidates(node, constants[names])))
        for names, node in nodes.items()
        if isinstance(node, (Scalar, Many, Table))
    ]


def _collect(schema: Any, owner: Section, base: Names, constants: dict[Names, list[Any]], nodes: dict[Names, Any]) -> None:
    for word in ("allOf", "anyOf"):
        for part in schema.get(word, ()):
            _collect(part, owner, base, constants, nodes)
    for name in (*schema.get("required", ()), *schema.get("properties", ())):
        if name in owner.children and (*base, name) not in nodes:
            nodes[(*base, name)] = owner.children[name]
            constants[(*base, name)] = []
    for name, leaf in schema.get("properties", {}).items():
        child = owner.children.get(name)
        if isinstance(child, Section):
            _collect(leaf, child, (*base, name), constants, nodes)
        elif child is not None:
            constants[(*base, name)].append(leaf)


def _candidates(node: Scalar | Many | Table, leaves: list[Any]) -> Iterator[Any]:
    """No answer, every constant looked for, both sides of every bound, and something else."""
    yield None
    if isinstance(node, Table):
        yield [{}]
        return
    named = list(dict.fromkeys(value for leaf in leaves for value in _named(leaf)))
    if isinstance(node, Many):
        other = _other(node.item, named)
        yield from ([value] for value in (*named, *other))
        return
    if node.kind == "boolean":
        yield from (True, False)
        return
    bounds = [leaf[word] for leaf in leaves for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") if word in leaf]
    values = dict.fromkeys([*named, *(each for bound in bounds for each in (bound - 1, bound, bound + 1))])
    yield from (value for value in values if _possible(node, value))
    if not values or named:
        yield from _other(node, list(values))


def _named(leaf: Any) -> list[Any]:
    found = [leaf["const"]] if "const" in leaf else list(leaf.get("enum", ()))
    inner = leaf.get("contains")
    return found + (_named(inner) if isinstance(inner, dict) else [])


def _other(node: Any, named: list[Any]) -> list[Any]:
    if node.codes is not None:
        return [code.code for code in node.codes.items if code.code not in named][:1]
    if node.kind in ("integer", "number"):
        return [max([value for value in named if isinstance(value, int)], default=0) + 7]
    return {"date": ["2024-01-01"], "datetime": ["2024-01-01T00:00"]}.get(node.kind, [OTHER])


def _possible(node: Any, value: Any) -> bool:
    if node.codes is not None:
        return node.codes.find(value) is not None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = node.schema.get("minimum"), node.schema.get("maximum")
        above, below = node.schema.get("exclusiveMinimum"), node.schema.get("exclusiveMaximum")
        return (low is None or value >= low) and (high is None or value <= high) and (above is None or value > above) and (below is None or value < below)
    return True
