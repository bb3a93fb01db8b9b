"""What the closures of an expression do as they run: look names up, call, compare, and count their steps."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from engine.spec import fx_values as values

MAX_STEPS = 1_000_000
#: Characters of produced text that count as one step.
TEXT_STEP = 16

#: What a closure gets: [the scope's get, the row of the generator, steps used].
Run = list[Any]


class FxRuntimeError(Exception):
    """계산이 허용된 한도를 넘었습니다."""

    def __init__(self) -> None:
        """The docstring is the sentence."""
        super().__init__(type(self).__doc__)


def spend(run: Run, steps: int) -> None:
    """Take `steps` from the budget of this evaluation; raises `FxRuntimeError`."""
    run[2] += steps
    if run[2] > MAX_STEPS:
        raise FxRuntimeError


def row_of(run: Run) -> Any:
    """The row of the generator."""
    return run[1]


def path_of_name(name: str, chain: tuple[str, ...]) -> Any:
    """A closure that looks a dotted name up in the scope."""
    if len(chain) == 1:
        key = chain[0]

        def one(run: Run) -> Any:
            value = run[0](name)
            return value.get(key) if value.__class__ is dict or isinstance(value, Mapping) else None

        return one
    return path_of(lambda run: run[0](name), chain)


def path_of(start: Any, chain: tuple[str, ...]) -> Any:
    """A closure that follows names from what `start` gives."""
    def follow(run: Run) -> Any:
        value = start(run)
        for key in chain:
            if value.__class__ is not dict and not isinstance(value, Mapping):
                return None
            value = value.get(key)
        return value

    return follow


def calling(function: Any, parts: list[Any]) -> Any:
    """Call with every argument; long lists and texts cost steps."""

    def invoke(run: Run) -> Any:
        values = [part(run) for part in parts]
        for value in values:
            if value.__class__ is list or value.__class__ is tuple:
                spend(run, len(value))
        result = function(*values)
        if result.__class__ is str:
            spend(run, len(result) // TEXT_STEP)
        return result

    return invoke


def _weigh(run: Run, *values: Any) -> None:
    for value in values:
        if isinstance(value, (list, tuple, Mapping)):
            spend(run, len(value))
        elif isinstance(value, str) and len(value) > TEXT_STEP:
            spend(run, len(value) // TEXT_STEP)


def _equal(run: Run, left: Any, right: Any) -> bool:
    _weigh(run, left)
    return values.equal(left, right)


def _different(run: Run, left: Any, right: Any) -> bool:
    return not _equal(run, left, right)


def _less(_: Run, left: Any, right: Any) -> bool:
    return values.compare(left, right) == -1


def _greater(_: Run, left: Any, right: Any) -> bool:
    return values.compare(left, right) == 1


def _at_most(_: Run, left: Any, right: Any) -> bool:
    return values.compare(left, right) in (-1, 0)


def _at_least(_: Run, left: Any, right: Any) -> bool:
    return values.compare(left, right) in (0, 1)


def _inside(run: Run, left: Any, right: Any) -> bool:
    _weigh(run, right)
    return values.contains(right, left)


def _outside(run: Run, left: Any, right: Any) -> bool:
    return not _inside(run, left, right)


COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Eq: _equal,
    ast.NotEq: _different,
    ast.Lt: _less,
    ast.Gt: _greater,
    ast.LtE: _at_most,
    ast.GtE: _at_least,
    ast.In: _inside,
    ast.NotIn: _outside,
}
