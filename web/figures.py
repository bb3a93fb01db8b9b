"""Derived figures beside what they were in earlier records: a row of dots and the values. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from web import display, messages
from web.blocks import Block, Figure, Mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.widgets import Widget

_LEFT, _RIGHT = 12, 488
_STEPS = 4
_NICE = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)


def figures(run: Sequence[Widget], series: Sequence[tuple[str, Mapping[str, Any]]], now: Sequence[Any]) -> Block:
    """Put each derived value beside the same value of earlier records. `series` are (label, answers), the oldest first; `now` the values of the run."""
    earlier = [[_at(data, widget.name) for _, data in series] for widget in run]
    known = [value for values in earlier for value in values if _number(value)] + [value for value in now if _number(value)]
    most = next((nice for nice in _NICE if nice >= max([*known, 1])), int(max([*known, 1])))
    items = [
        Figure(
            widget.id, widget.title, [display.number(value) or messages.NOTHING for value in [*before, current]],
            [Mark(_x(value, most), look=look) for value, look in zip([*before, current], _looks(len(before)), strict=True) if _number(value)],
        )
        for widget, before, current in zip(run, earlier, now, strict=True)
    ]
    ticks = [Mark(_LEFT + (_RIGHT - _LEFT) * step / _STEPS, display.number(Decimal(most) * step / _STEPS)) for step in range(_STEPS + 1)]
    return Block("score", title=messages.FIGURES, items=items, series=[*(label for label, _ in series), messages.NOW], most=most, ticks=ticks)


def _looks(earlier: int) -> list[str]:
    return [*["m1"] * (earlier - 1), *["m2"] * min(1, earlier), "m3"]


def _x(value: Any, most: int) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * min(1.0, max(0.0, float(value) / most)), 1)


def _at(data: Mapping[str, Any], pointer: str) -> Any:
    value: Any = data
    for step in pointer.split("/")[1:]:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
