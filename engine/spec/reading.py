"""The last steps of a reading: cross-field checks, all errors in the order of the screen, and what is to be shown."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.errors import FieldError
from engine.spec.conditions import filled, same
from engine.spec.expression import FxRuntimeError
from engine.spec.fields import codes_of
from engine.spec.messages import sentence, told
from engine.spec.nodes import Many, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from engine.spec.codes import Code
    from engine.spec.fields import Part
    from engine.spec.settle import Settled

Key = tuple[int, ...]
#: So many errors are told; nobody corrects more at once.
MOST_ERRORS = 500


class Errors:
    """Collects what is wrong: one error for each field, in the order of the screen."""

    def __init__(self, nodes: Mapping[str, Part], order: Mapping[str, int], tree: Settled) -> None:
        """`tree` tells which row of the raw answers a row of the data is."""
        self.nodes = nodes
        self.order = order
        self.kept = tree.kept
        self.found: dict[str, tuple[Key, FieldError]] = {}
        self.warned: list[tuple[Key, FieldError]] = []

    def add(self, pointer: str, keyword: str, limit: Any = None) -> None:
        """Note an error; the first one of a field stays."""
        if pointer not in self.found and len(self.found) < MOST_ERRORS:
            pattern, row = self.pattern(pointer)
            node = self.nodes.get(pattern)
            title = node.title if node else pointer.rsplit("/", 1)[-1]
            self.found[pointer] = (self.key(pointer), FieldError(pointer, keyword, sentence(node, keyword, limit, row), title))

    def add_all(self, errors: Iterable[Any]) -> None:
        """Note the validator's errors."""
        for error in errors:
            self.add(self._pointer(error.path), error.validator, error.validator_value)
            if len(self.found) >= MOST_ERRORS:
                break

    def say(self, pointer: str, name: str, message: str, level: str) -> None:
        """Note a failed check."""
        node = self.nodes.get(self.pattern(pointer)[0])
        made = FieldError(pointer, name, message, node.title if node else "", level)
        if level == "warning":
            self.warned.append((self.key(pointer), made))
        elif pointer not in self.found:
            self.found[pointer] = (self.key(pointer), made)
        elif len(self.found) < MOST_ERRORS:
            self.found[f"{pointer}#{name}"] = (self.key(pointer), made)

    def sorted(self) -> tuple[tuple[FieldError, ...], tuple[FieldError, ...]]:
        """Errors and warnings in the order of the screen."""
        return _in_order(self.found.values()), _in_order(self.warned)

    def _pointer(self, path: Iterable[str | int]) -> str:
        pointer = ""
        for part in path:
            if part.__class__ is int:
                kept = self.kept.get(pointer)
                part = kept[part] if kept else part  # type: ignore[index]  # noqa: PLW2901 - the raw row
            pointer = f"{pointer}/{part}"
        return pointer

    def pattern(self, pointer: str) -> tuple[str, int | None]:
        """The pointer with "*" for the row, and the row."""
        if pointer in self.nodes:
            return pointer, None
        parts = pointer.split("/")
        for n, part in enumerate(parts):
            around = self.nodes.get("/".join(parts[:n])) if part.isdigit() else None
            if isinstance(around, Many):  # one of several answers: the field itself
                return around.pointer, None
            if isinstance(around, Table):
                parts[n] = "*"
                return "/".join(parts).removesuffix("/*"), int(part)
        return pointer, None

    def key(self, pointer: str) -> Key:
        """Where on the screen: place of the field, or of its table, its row and its column."""
        pattern, row = self.pattern(pointer)
        at = self.order.get(pattern)
        if row is None:
            while at is None and pattern:
                pattern = pattern.rsplit("/", 1)[0]
                at = self.order.get(pattern)
            return (at or 0,)
        table = pattern.split("/*")[0]
        return (self.order.get(table, 0), row + 1, at or 0)


def _in_order(found: Iterable[tuple[Key, FieldError]]) -> tuple[FieldError, ...]:
    return tuple(error for _, error in sorted(found, key=lambda pair: pair[0]))


def run_checks(tree: Settled, errors: Errors, row: int | None = None) -> None:
    """Run the checks of a tree and of the rows in it; one is skipped while an answer it needs is missing."""
    for index, section in enumerate(tree.plan.sections):
        frame = tree.frames[index]
        if not section.checks or frame.hidden or frame.dropped:
            continue
        scope: Any = tree.scope(index)
        for check in section.checks:
            if any(not filled(_reach(scope, names)) for names in check.needs):
                continue
            pointer = f"{tree.prefix}{tree.plan.relative[index]}{check.target}"
            try:
                if not check.rule(scope):
                    errors.say(pointer, check.id, told(check.message, scope, row), check.level)
            except FxRuntimeError:
                errors.add(pointer, "x-calc")
    for pointer, rows in tree.rows.items():
        kept = set(tree.kept[pointer])
        for n, inner in rows:
            if n in kept:
                run_checks(inner, errors, n)


def _reach(scope: Any, names: tuple[str, ...]) -> Any:
    value = scope.get(names[0])
    for name in names[1:]:
        value = value.get(name) if hasattr(value, "get") else None
    return value


class Facets:
    """What is visible, what is required and what may be chosen, by concrete pointers. Worked out when it is asked for: whoever only saves does not ask."""

    def __init__(self, tree: Settled, on: date) -> None:
        """`tree` is settled for good."""
        self._tree, self._on = tree, on

    @cached_property
    def _found(self) -> tuple[frozenset[str], frozenset[str], dict[str, tuple[Code, ...]]]:
        visible: list[str] = []
        required: list[str] = []
        options: dict[str, tuple[Code, ...]] = {}
        _facets(self._tree, self._on, visible, required, options)
        return frozenset(visible), frozenset(required), options

    @property
    def visible(self) -> frozenset[str]:
        """Give what is to be shown."""
        return self._found[0]

    @property
    def required(self) -> frozenset[str]:
        """Give what must be answered."""
        return self._found[1]

    @property
    def options(self) -> Mapping[str, tuple[Code, ...]]:
        """Give what may be chosen, where that is not every code of the field."""
        return self._found[2]

    def ways(self) -> Iterator[tuple[str, bool]]:
        """Give (branch, whether its condition held) of every branch that was asked, also of those of rows: there as often as rows were answered."""
        trees = [self._tree]
        for tree in trees:
            yield from tree.outcomes.items()
            for pointer, rows in tree.rows.items():
                trees += [row for number, row in rows if number in tree.kept[pointer]]


def _facets(tree: Settled, on: date, visible: list[str], required: list[str], options: dict[str, tuple[Code, ...]]) -> None:
    for index, section in enumerate(tree.plan.sections):
        frame = tree.frames[index]
        if frame.hidden:
            continue
        head = f"{tree.prefix}{tree.plan.relative[index]}/"
        hidden = {name for at, name in tree.hidden if at == index} if tree.hidden else ()
        wanted = set() if frame.dropped else _wanted(tree, index, section)
        for name, child in section.children.items():
            if name in hidden:
                continue
            pointer = head + name
            visible.append(pointer)
            if name in wanted:
                required.append(pointer)
            if isinstance(child, Table):
                _columns(tree, child, pointer, on, visible, required, options)
            elif not isinstance(child, Section):
                _options(tree, index, child, pointer, on, options)


def _wanted(tree: Settled, index: int, section: Section) -> set[str]:
    wanted = set(section.needs)
    wanted.update(name for at, name in tree.required if at == index)
    for name, others in section.pairs.items():
        if name in tree.frames[index].data:
            wanted.update(others)
    return wanted


def _columns(tree: Settled, table: Table, pointer: str, on: date, visible: list[str], required: list[str], options: dict[str, tuple[Code, ...]]) -> None:
    for column in table.row.children.values():
        visible.append(f"{pointer}/*/{column.name}")
        if column.required:
            required.append(f"{pointer}/*/{column.name}")
        codes = codes_of(column)
        if codes is not None and (codes.breaks or column.parent):
            options[f"{pointer}/*/{column.name}"] = codes.valid(on)
    for _, row in tree.rows.get(pointer, ()):
        _facets(row, on, visible, required, options)


def _options(tree: Settled, index: int, child: Part, pointer: str, on: date, options: dict[str, tuple[Code, ...]]) -> None:
    codes = codes_of(child)
    if codes is None or not (codes.breaks or child.parent):
        return
    valid = codes.valid(on)
    if child.parent:
        above: Any = tree.scope(index).get(child.parent)
        valid = tuple(c for c in valid if c.parent is None or same(c.parent, above) or (isinstance(above, list) and c.parent in above))
    options[pointer] = valid
