"""A stored tree of an instance as rows that can be moved about; see `spiff_state` for what is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spec.spiff_joins import LIVE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.process import Process


@dataclass(eq=False)
class Row:
    """One task of a stored tree."""

    number: int
    name: str
    state: int
    data: dict[str, Any] | None
    parent: Row | None = None
    children: list[Row] = field(default_factory=list)
    inner: Body | None = None

    @property
    def element(self) -> str:
        """Give the id of the drawing's element, without SpiffWorkflow's endings."""
        return self.name.partition(".")[0]

    @property
    def live(self) -> bool:
        """Say whether it waits, is open or is under way."""
        return bool(self.state & LIVE)


@dataclass(eq=False)
class Body:
    """The tree of a process or a sub-process; `scope` is the id its steps stand in."""

    scope: str
    root: Row

    def rows(self) -> Iterator[Row]:
        """Give every row, parents first, as they are stored."""
        waiting = [self.root]
        while waiting:
            row = waiting.pop()
            yield row
            waiting.extend(reversed(row.children))


def body_of(data: Mapping[str, Any], scope: str, process: Process) -> Body:
    """Read the tree of a process or sub-process from a parsed state."""
    rows: dict[int, Row] = {}
    first: Row | None = None
    for number, parent, name, state, *more in data["t"]:
        row = rows[number] = Row(number, name, state, more[0] if more else None, rows.get(parent))
        if row.parent is not None:
            row.parent.children.append(row)
        first = first or row
        below = data.get("s", {}).get(str(number))
        if below is not None:
            node = process.elements[name]
            row.inner = body_of(below, node.called if node.kind == "callActivity" else node.id, process)
    assert first is not None
    return Body(scope, first)


def written(body: Body) -> dict[str, Any]:
    """Give a tree as a state holds it."""
    rows: list[list[Any]] = []
    inner: dict[str, Any] = {}
    for row in body.rows():
        plain: list[Any] = [row.number, row.parent.number if row.parent else 0, row.name, row.state]
        rows.append([*plain, row.data] if row.data else plain)
        if row.inner is not None:
            inner[str(row.number)] = written(row.inner)
    return {"t": rows, "s": inner} if inner else {"t": rows}
