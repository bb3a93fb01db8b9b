"""From raw answers to settled ones: hidden is absent, derived is computed, sections that count exist.

`settle` takes a plan and raw JSON; it copies only what the form knows, runs the steps in their order and leaves, per section, the stored
data and the typed values of it. It never raises for bad data: what it sees wrong itself (unknown keys, values that are hidden, children
of another parent) are faults, everything else is left for the validator.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.spec.conditions import filled, same
from engine.spec.expression import FxRuntimeError
from engine.spec.nodes import FORBIDDEN, Many, Scalar, Section, Table, odd

if TYPE_CHECKING:
    from engine.spec.plan import Place, Plan, Step

_NOTHING: Mapping[str, Any] = {}
#: So many unknown keys of one object are named, the rest is only counted.
MOST_UNKNOWN = 20
#: So many keys of one object are looked at, and so much of each.
MOST_KEYS, MOST_NAME = 2_000, 100


class Fault(NamedTuple):
    """One thing wrong: where (JSON pointer), the keyword, and what the keyword asks."""

    path: str
    keyword: str
    limit: Any = None


class Scope:
    """What an expression sees: the fields of its section, of those around it, then the facts."""

    __slots__ = ("facts", "layers")

    def __init__(self, layers: tuple[tuple[frozenset[str], Mapping[str, Any]], ...], facts: Mapping[str, Any]) -> None:
        """`layers` from the inside out: the names a section has, and the values it has now."""
        self.layers = layers
        self.facts = facts

    def get(self, name: str) -> Any:
        """The value of a name, None where there is none."""
        for known, values in self.layers:
            if name in known:
                return values.get(name)
        return self.facts.get(name)


@dataclass(eq=False, slots=True)
class Frame:
    """One section in one reading."""

    data: dict[str, Any]
    typed: dict[str, Any]
    hidden: bool = False
    dropped: bool = False
    scope: Any = None


@dataclass(eq=False, slots=True)
class Settled:
    """One tree (the form or a row) after settling; `rows` maps the pointer of a table to its rows as (number in the raw list, tree)."""

    plan: Plan
    prefix: str
    facts: Mapping[str, Any]
    strict: bool
    outer: tuple[Any, ...] = ()
    forced: Mapping[str, Any] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    hidden: set[Place] = field(default_factory=set)
    required: set[Place] = field(default_factory=set)
    derived: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[tuple[int, Settled]]] = field(default_factory=dict)
    kept: dict[str, list[int]] = field(default_factory=dict)
    outcomes: dict[str, bool] = field(default_factory=dict)
    taken: dict[int, bool] = field(default_factory=dict)
    blank: bool = True

    def scope(self, index: int) -> Scope:
        """What expressions of a section see."""
        frame = self.frames[index]
        if frame.scope is None:
            layers = []
            at = index
            while at >= 0:
                layers.append((self.plan.known[at], self.frames[at].typed))
                at = self.plan.owners[at]
            frame.scope = Scope((*layers, *self.outer), self.facts)
        scope: Scope = frame.scope
        return scope

    def pointer(self, index: int, name: str) -> str:
        """The concrete pointer of a field."""
        return f"{self.prefix}{self.plan.relative[index]}/{name}"


def settle(
    plan: Plan,
    raw: Any,
    facts: Mapping[str, Any],
    *,
    strict: bool,
    prefix: str = "",
    outer: tuple[Any, ...] = (),
    forced: Mapping[str, Any] = _NOTHING,
) -> Settled:
    """Settle one tree of raw answers; `forced` gives calculated fields values (by pointer), for trying out what branches do."""
    tree = Settled(plan, prefix, facts, strict, outer, forced)
    tree.frames = [_EMPTY] * len(plan.sections)
    _intake(tree, plan.root, raw)
    for step in plan.steps:
        _STEPS[step.kind](tree, step)
    _drop_blank(tree)
    return tree


_EMPTY = Frame({}, {})


def _intake(tree: Settled, section: Section, raw: Any) -> Frame:
    """Copy what the section knows of the raw value; everything unknown is a fault."""
    data: dict[str, Any] = {}
    typed: dict[str, Any] = {}
    frame = tree.frames[section.index] = Frame(data, typed)
    raw = _known(tree, section, raw)
    for name, child in section.children.items():
        if isinstance(child, Section):
            inner = _intake(tree, child, raw.get(name))
            data[name], typed[name] = inner.data, inner.typed
        elif child.readonly:
            if child.calc is not None:
                data[name] = None
        elif name in raw:
            value = raw[name]
            if value is None:
                if tree.strict:
                    data[name] = None
            elif isinstance(child, Table):
                data[name] = value
            else:
                data[name], typed[name] = child.take(value)
                if data[name] is None:
                    del data[name], typed[name]
    return frame


def _known(tree: Settled, section: Section, raw: Any) -> Mapping[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        tree.faults.append(Fault(f"{tree.prefix}{tree.plan.relative[section.index]}", "type", "object"))
        return {}
    if raw.keys() <= tree.plan.known[section.index]:
        return raw
    strange = [key for key in islice(raw, MOST_KEYS) if key not in section.children]
    named = {unicodedata.normalize("NFC", str(key)[:MOST_NAME]): raw[key] for key in strange}
    unknown = [key for key in named if key not in section.children]
    tree.faults.extend(Fault(tree.pointer(section.index, _token(key)), "additionalProperties", len(unknown)) for key in unknown[:MOST_UNKNOWN])
    return {name: raw[name] for name in section.children if name in raw} | {key: value for key, value in named.items() if key in section.children}


def _token(key: str) -> str:
    """An unknown name as part of a JSON pointer that can be shown and sent."""
    return FORBIDDEN.sub("?", key).replace("~", "~0").replace("/", "~1")


# -- the steps -----------------------------------------------------------------------------------------------------------------


def _branch(tree: Settled, step: Step) -> None:
    frame = tree.frames[step.section]
    if frame.hidden:
        return
    chosen = bool(step.node.test(frame.data))
    tree.outcomes[step.node.id] = tree.taken[id(step.node)] = chosen
    requires, hides = step.then if chosen else step.other
    for place in hides:
        if place not in tree.hidden:
            _hide(tree, place)
    tree.required.update(requires)


def _hide(tree: Settled, place: Place) -> None:
    index, name = place
    tree.hidden.add(place)
    frame = tree.frames[index]
    child = tree.plan.sections[index].children[name]
    value = frame.data.pop(name, None)
    frame.typed.pop(name, None)
    if tree.strict and not child.readonly and _answered(value, child):
        tree.faults.append(Fault(tree.pointer(index, name), "hidden"))
    if isinstance(child, Section):
        for inner in tree.plan.inner[child.index]:
            gone = tree.frames[inner]
            gone.hidden = True
            gone.data.clear()
            gone.typed.clear()


def _answered(value: Any, node: Any) -> bool:
    """Whether a value holds an answer somewhere."""
    if isinstance(node, Section):
        return isinstance(value, dict) and any(_answered(value.get(name), child) for name, child in node.children.items() if not child.readonly)
    return filled(value)


def _calc(tree: Settled, step: Step) -> None:
    node: Scalar = step.node
    frame = tree.frames[step.section]
    if frame.hidden or (step.section, node.name) in tree.hidden:
        return
    try:
        if tree.forced:
            data = typed = tree.forced.get(node.pointer)
        else:
            data, typed = node.give(node.calc(tree.scope(step.section)))  # type: ignore[misc, arg-type]
    except FxRuntimeError:
        data = typed = None
        tree.faults.append(Fault(tree.pointer(step.section, node.name), "x-calc"))
    tree.derived[tree.pointer(step.section, node.name)] = data
    if data is None:
        frame.data.pop(node.name, None)
        frame.typed.pop(node.name, None)
    else:
        frame.data[node.name], frame.typed[node.name] = data, typed


def _parent(tree: Settled, step: Step) -> None:
    node: Scalar | Many = step.node
    frame = tree.frames[step.section]
    value = frame.typed.get(node.name)
    if value is None:
        return
    codes = (node.item if isinstance(node, Many) else node).codes  # type: ignore[union-attr]
    above = tree.scope(step.section).get(node.parent)
    chosen = value if isinstance(value, list) else [value]
    right = [each for each in chosen if codes is None or _belongs(codes.find(each), above)]
    if len(right) == len(chosen):
        return
    if tree.strict:
        tree.faults.append(Fault(tree.pointer(step.section, node.name), "x-parent"))
    elif right:
        frame.data[node.name] = frame.typed[node.name] = right
    else:
        del frame.data[node.name], frame.typed[node.name]


def _belongs(code: Any, above: Any) -> bool:
    return code is None or code.parent is None or same(code.parent, above) or (isinstance(above, list) and code.parent in above)


def _rows(tree: Settled, step: Step) -> None:
    table: Table = step.node
    frame = tree.frames[step.section]
    raw = frame.data.get(table.name)
    if raw is None:
        return
    if not isinstance(raw, (list, tuple)):
        frame.data[table.name] = odd(raw)[0]
        return
    pointer = tree.pointer(step.section, table.name)
    outer = tree.scope(step.section).layers
    kept: list[int] = []
    data: list[Any] = []
    typed: list[Any] = []
    rows: list[tuple[int, Settled]] = []
    for n, each in enumerate(raw[: table.most + 1]):
        inside = isinstance(each, Mapping)
        row = settle(table.row.plan, each if inside else {}, tree.facts, strict=tree.strict, prefix=f"{pointer}/{n}", outer=outer)
        rows.append((n, row))
        tree.derived.update(row.derived)
        tree.faults.extend(row.faults)
        if row.blank and inside and not tree.strict:
            continue
        kept.append(n)
        data.append(row.frames[0].data if inside else odd(each)[0])
        typed.append(row.frames[0].typed)
    tree.rows[pointer], tree.kept[pointer] = rows, kept
    if data:
        frame.data[table.name], frame.typed[table.name] = data, typed
    else:
        del frame.data[table.name]


_STEPS = {"branch": _branch, "calc": _calc, "parent": _parent, "rows": _rows}


def _drop_blank(tree: Settled) -> None:
    """Take out optional sections that hold no answer; required ones stay, so that what they miss is named inside them."""
    plan = tree.plan
    blank = [True] * len(plan.sections)
    for index in range(len(plan.sections) - 1, -1, -1):
        frame, section = tree.frames[index], plan.sections[index]
        if frame.hidden:
            continue
        blank[index] = all(_is_blank(child, frame.data, blank) for child in section.children.values())
        owner = plan.owners[index]
        if owner < 0 or not blank[index] or section.required or (owner, section.name) in tree.required:
            continue
        outer = tree.frames[owner]
        outer.data.pop(section.name, None)
        outer.typed.pop(section.name, None)
        for inner in plan.inner[index]:
            tree.frames[inner].dropped = True
    tree.blank = blank[0]


def _is_blank(child: Any, data: Mapping[str, Any], blank: list[bool]) -> bool:
    if isinstance(child, Section):
        return blank[child.index]
    return child.readonly or child.name not in data
