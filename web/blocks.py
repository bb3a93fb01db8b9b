"""The parts a sheet is made of, as plain values: grids, derived boxes, revealed groups, tables, question tables, figures over time. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from web.widgets import Widget

THREE = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table or question table: `width` names a class, `right` aligns amounts."""

    id: str
    title: str
    must: bool = False
    width: str = "text"
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    id: str
    name: str
    nth: int
    title: str
    cells: list[Widget]


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one column, as shown."""

    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the line of a figure: `x` in the units of the drawing (12 to 488), `text` what stands there, `look` m3 now, m2 last time, m1 before."""

    x: float
    text: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure over time: its values as shown, the oldest first, and where their dots stand."""

    id: str
    title: str
    values: list[str]
    dots: list[Mark]


@dataclass(slots=True)
class Block:
    """One part of a sheet. `kind`: grid, derived, table, likert, score, revealed or part (a group with a heading)."""

    kind: str
    id: str = ""
    title: str = ""
    name: str = ""
    note: str = ""
    hint: str = ""
    page: int | None = None
    must: bool = False
    error: str = ""
    warning: str = ""
    three: bool = False
    revealed: bool = False
    items: list[Any] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    add: str = ""
    full: bool = False
    done: int = 0
    before: str = ""
    series: list[str] = field(default_factory=list)
    most: int = 100
    ticks: list[Mark] = field(default_factory=list)


def likert_in(blocks: Iterable[Block]) -> bool:
    """Say whether a question table stands among the blocks."""
    return any(block.kind == "likert" or likert_in(inner for inner in block.items if isinstance(inner, Block)) for block in blocks)


def runs_of(widgets: Sequence[Widget]) -> list[list[Widget]]:
    """Split into runs that are laid out alike: derived values together, questions of one scale together, three or more amounts together."""
    runs: list[list[Widget]] = []
    for widget in widgets:
        if runs and _alike(runs[-1][-1], widget):
            runs[-1].append(widget)
        else:
            runs.append([widget])
    merged: list[list[Widget]] = []
    for run in runs:
        if merged and _common(merged[-1]) and _common(run):
            merged[-1] += run
        else:
            merged.append(run)
    return merged


def _alike(first: Widget, second: Widget) -> bool:
    if first.mode == "scale" and second.mode == "scale":
        return [choice.value for choice in first.choices] == [choice.value for choice in second.choices]
    return first.kind == second.kind and first.kind in ("derived", "number") and "scale" not in (first.mode, second.mode)


def _common(run: Sequence[Widget]) -> bool:
    kind = run[0].kind
    return kind != "derived" and run[0].mode != "scale" and not (kind == "number" and len(run) >= THREE)
