"""The stored state of an instance laid onto another drawing of its process: every token keeps its place, or the reason is told why it has none.

A state is a small tree of rows (see `spiff_state`). Rows whose step is there in the new drawing stay as they are, so their tasks keep their keys; what hangs
on a step (events at its border) is made as the new drawing has it; a token whose step became something else, or stands in another sub-process now, is put
there. `fits` then asks whether the new drawing could have come to stand like this at all: a join that waits for ever, or steps that would be done twice, are
reasons not to move.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.spec import spiff_state
from engine.spec.durations import parse_duration
from engine.spec.spiff_joins import LIVE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.bpmn_parse import Node
    from engine.spec.process import Process

CLOSE, STAY = "close", "stay"
SPLIT, JOINED, ENDED = ".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin"
_START = "Start"
_JOINS = frozenset({"parallelGateway", "inclusiveGateway"})
HOLDERS = frozenset({"subProcess", "callActivity"})
_ENTERED = frozenset({"userTask", "intermediateCatchEvent", "subProcess", "callActivity", "businessRuleTask", "manualTask", "exclusiveGateway", "endEvent"})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an instance cannot move as it stands: at which step of the old drawing (its id and title), of which kind, in a Korean sentence.

    `kind` is "gone", "kind", "target", "stay", "join" (a meeting nobody comes to), "twice" (a step two tokens would do), "empty", "closed" or "state".
    """

    element: str
    title: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class Rebound:
    """A state under the new drawing. `fresh` are steps to enter: (number of the row that holds the sub-process or 0, element); `gone` the keys of tasks that end.

    `same` says that not one byte differs. `obstacles` are reasons not to use it. `ended` says that nothing is left to do.
    """

    state: bytes
    fresh: tuple[tuple[int, str], ...] = ()
    gone: tuple[str, ...] = ()
    same: bool = False
    ended: bool = False
    obstacles: tuple[Obstacle, ...] = ()


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


def rebind(old: Process, new: Process, state: bytes, steps: Mapping[str, str]) -> Rebound:
    """Lay a state of `old` onto `new`. `steps` maps steps of `old` to steps of `new`, to CLOSE or to STAY; steps of the same id need no word.

    Raises Broken where the state is not one of ours.
    """
    data = spiff_state.parse(state)
    work = _Rebinding(old, new, steps, data)
    work.lay(work.top)
    work.settle()
    if not work.obstacles:
        work.obstacles += fits(old, new, work)
    if work.unchanged:
        return Rebound(state, same=True, obstacles=tuple(work.obstacles))
    return Rebound(
        work.bytes(), tuple(work.fresh), tuple(work.gone), ended=not any(row.live for row in work.top.rows()) and not work.fresh, obstacles=tuple(work.obstacles)
    )


class _Rebinding:
    """One state on its way. `top` is changed in place."""

    def __init__(self, old: Process, new: Process, steps: Mapping[str, str], data: Mapping[str, Any]) -> None:
        self.old, self.new, self.steps, self.data = old, new, steps, data
        self.counter: int = data["n"]
        self.unchanged = old.id == new.id
        self.top = _body(data["w"], old.id, old)
        self.obstacles: list[Obstacle] = []
        self.moved: list[tuple[Row, Node]] = []  # rows that go elsewhere, and where
        self.fresh: list[tuple[int, str]] = []
        self.gone: list[str] = []

    def lay(self, body: Body) -> None:
        """Give every row of one tree its new name, or take it out."""
        scope = self._scope(body.scope)
        for row in list(body.rows()):
            if row.parent is None or row not in row.parent.children:
                continue  # the root, or taken out with what held it
            suffix = row.name[len(row.element) :]
            if suffix == ENDED:
                self._rename(row, f"{scope}{ENDED}")
            elif suffix in (SPLIT, JOINED) or not row.live:
                self._structure(row, scope, suffix)
            else:
                self._token(row, scope)
        body.scope = scope

    def _scope(self, scope: str) -> str:
        """Give what a scope is called now."""
        return self.new.id if scope == self.old.id else self._target(scope)

    def _target(self, element: str) -> str:
        told = self.steps.get(element, element)
        return element if told in (CLOSE, STAY) else told

    def _rename(self, row: Row, name: str) -> None:
        if row.name != name:
            row.name, self.unchanged = name, False

    def _structure(self, row: Row, scope: str, suffix: str) -> None:
        """Keep a row that only holds others up where the new drawing has its step, else hang what is below on what is above."""
        node = self.new.elements.get(self._target(row.element))
        if row.state == TaskState.CANCELLED and not suffix:
            self._held(row, node, scope)
        elif node is None or node.scope != scope or not self._stands(row, node, suffix):
            if any(self._is_held(child) for child in row.children):
                return  # it says where a held branch came from: `_held` names it anew, or tells why not
            self._lift(row)
        else:
            self._rename(row, node.id + suffix)

    def _stands(self, row: Row, node: Node, suffix: str) -> bool:
        if suffix:
            return f"{node.id}{suffix}" in self._specs(node.scope)
        return self._alike(row.element, node) and (not node.attached or node.attached == self._target(self.old.elements[row.element].attached))

    def _alike(self, element: str, node: Node) -> bool:
        before = self.old.elements.get(element)
        return before is not None and before.kind == node.kind

    def _is_held(self, row: Row) -> bool:
        node = self.old.elements.get(row.name)
        return node is not None and node.kind in _JOINS and bool(row.state & (TaskState.WAITING | TaskState.CANCELLED))

    def _token(self, row: Row, scope: str) -> None:
        """Place what waits, is open or is under way."""
        before = self.old.elements.get(row.element)
        if before is None:
            self._block(row, "state", "그림에 없는 단계에 서 있습니다.")
            return
        told = self.steps.get(row.element)
        if told == STAY:
            self._block(row, "stay", f"'{self._title(row)}' 단계의 건은 전의 판에 두기로 했습니다.")
        elif told == CLOSE:
            self._close(row, before)
        elif before.kind in _JOINS:
            self._held(row, self.new.elements.get(self._target(row.element)), scope)
        elif before.kind == "boundaryEvent":
            self._border(row, before, scope)
        else:
            self._step(row, before, scope)

    def _step(self, row: Row, before: Node, scope: str) -> None:
        node = self.new.elements.get(self._target(row.element))
        if node is None:
            if before.kind in HOLDERS and row.inner is not None and row.element not in self.steps:
                self._dissolve(row)
            else:
                named = self.steps.get(row.element)
                told = f"옮길 단계 '{named}'이(가) 새 판에 없습니다." if named else f"'{self._title(row)}' 단계가 새 판에 없습니다."
                self._block(row, "target" if named else "gone", told)
        elif node.kind != before.kind and row.element not in self.steps:
            self._block(row, "kind", f"'{self._title(row)}'이(가) 새 판에서는 다른 종류의 단계입니다.")
        elif node.kind not in _ENTERED:
            self._block(row, "target", f"'{node.title or node.id}' 앞에는 놓을 수 없습니다. 할 일이나 기다리는 단계를 고르세요.")
        elif node.kind != before.kind or not _waits_alike(before, node):
            self.moved.append((row, node))
        else:
            self._count_on(row, before, node)
            if row.inner is not None:
                self._inside(row, before, node)
            if node.scope == scope:
                self._rename(row, node.id)
            else:
                self.moved.append((row, node))

    def _inside(self, row: Row, before: Node, node: Node) -> None:
        """Lay the tree inside a sub-process."""
        assert row.inner is not None
        known, inner = (each.called if each.kind == "callActivity" else each.id for each in (before, node))
        if known != inner:
            self.steps = {**self.steps, known: inner}
        self.lay(row.inner)
        if not any(each.live for each in row.inner.rows()) and not any(target.scope == inner for _, target in self.moved):
            self._block(row, "empty", f"'{self._title(row)}' 안에 남는 단계가 없습니다.")

    def _count_on(self, row: Row, before: Node, node: Node) -> None:
        """A wait whose length is another now still counts from when it began."""
        if before.event.form != "duration" or before.event.text.value == node.event.text.value or not row.data or "due" not in row.data:
            return
        began = parse_duration(before.event.text.value).before(datetime.fromisoformat(row.data["due"]))
        row.data, self.unchanged = {**row.data, "due": parse_duration(node.event.text.value).after(began).isoformat()}, False

    def _dissolve(self, row: Row) -> None:
        """A sub-process that is gone: what stood inside goes where the new drawing has it."""
        assert row.inner is not None
        for each in list(row.inner.rows()):
            if each.live and not each.name.endswith((ENDED, JOINED)):
                before = self.old.elements.get(each.element)
                if before is not None and before.kind == "boundaryEvent":
                    continue  # made anew with its step
                self._token(each, "")
            elif each.state & TaskState.CANCELLED:
                self._block(each, "join", f"'{self._title(each)}'에서 기다리는 갈래를 새 그림에 놓을 자리가 없습니다.")
        row.inner = None
        self._drop(row)

    def _border(self, row: Row, before: Node, scope: str) -> None:
        """An event at the border of a step: kept where the step still has it, else gone; `settle` adds those that are new."""
        node = self.new.elements.get(self._target(row.element))
        host = self._target(before.attached)
        if node is None or node.kind != "boundaryEvent" or node.scope != scope or node.attached != host or not _waits_alike(before, node):
            self._lift(row)
        else:
            self._count_on(row, before, node)
            self._rename(row, node.id)

    def _held(self, row: Row, node: Node | None, scope: str) -> None:
        """A branch that has come to a join: it counts there by the step it came from."""
        title = self._title(row)
        if node is None or node.scope != scope or not self._alike(row.element, node):
            self._block(row, "join", f"'{title}'에서 기다리는 갈래가 있는데, 새 판에 그 합류점이 없습니다.")
            return
        parent = row.parent
        assert parent is not None
        source = self._target(parent.element)
        wanted = next((spec.name for spec in self._specs(scope)[node.id].inputs if spec.name.partition(".")[0] == source), None)
        if wanted is None:
            self._block(row, "join", f"'{title}'에 와 있는 갈래가 새 판에서는 그곳으로 이어지지 않습니다.")
            return
        self._rename(row, node.id)
        self._rename(parent, wanted)

    def _specs(self, scope: str) -> Mapping[str, Any]:
        specs = self.new.specs
        found: Mapping[str, Any] = (specs.top if scope == self.new.id else specs.inner[scope]).task_specs
        return found

    def _close(self, row: Row, before: Node) -> None:
        if before.kind not in ("userTask", "intermediateCatchEvent"):
            self._block(row, "target", f"'{self._title(row)}'은(는) 닫을 수 없습니다. 할 일이나 기다리는 단계만 닫을 수 있습니다.")
            return
        self._finish(row)
        self._drop(row)

    def _finish(self, row: Row) -> None:
        """Note the tasks that end with a step."""
        if row.state == TaskState.READY and row.element in self.old.tasks:
            self.gone.append(str(row.number))
        for each in row.inner.rows() if row.inner is not None else ():
            self._finish(each)

    # -- taking out and putting in

    def _lift(self, row: Row) -> None:
        """Take a row out; what hangs on it hangs on what is above."""
        parent = row.parent
        assert parent is not None
        place = parent.children.index(row)
        parent.children[place : place + 1] = [child for child in row.children if not child.name.endswith(JOINED)]
        for child in row.children:
            child.parent = parent
        self.unchanged = False

    def _drop(self, row: Row) -> None:
        """Take a step out, with the events at its border that wait; branches they began stay."""
        parent = row.parent
        assert parent is not None
        self._lift(row)
        if parent.name.endswith(SPLIT):
            for each in list(parent.children):
                if each.state == TaskState.WAITING and not each.children:
                    self._lift(each)
            self._lift(parent)

    def settle(self) -> None:
        """Put what goes elsewhere in its place, then give every step the events at its border that the new drawing has."""
        for row, node in self.moved:
            if row.parent is not None and row in row.parent.children:
                self._drop(row)
            holder = self._holder(node.scope)
            before = self.old.elements[row.element]
            self.unchanged = False
            if node.kind == before.kind and _waits_alike(before, node):
                self._hang(holder.root, Row(row.number, node.id, row.state, row.data, inner=row.inner))
            else:
                self._finish(row)
                self.fresh.append((self._number_of(holder), node.id))
        for body in list(self._bodies(self.top)):
            self._borders(body)

    def _holder(self, scope: str) -> Body:
        """Give the tree of a scope of the new drawing; one is begun where there is none."""
        for body in self._bodies(self.top):
            if body.scope == scope:
                return body
        node = next(each for each in self.new.elements.values() if (each.called if each.kind == "callActivity" else each.id) == scope and each.kind in HOLDERS)
        row = Row(self._next(), node.id, TaskState.STARTED, None)
        self._hang(self._holder(node.scope).root, row)
        row.inner = Body(scope, Row(self._next(), _START, TaskState.COMPLETED, None))
        return row.inner

    def _number_of(self, body: Body) -> int:
        if body is self.top:
            return 0
        return next(row.number for each in self._bodies(self.top) for row in each.rows() if row.inner is body)

    def _bodies(self, body: Body) -> Iterator[Body]:
        yield body
        for row in list(body.rows()):
            if row.inner is not None:
                yield from self._bodies(row.inner)

    def _borders(self, body: Body) -> None:
        for row in list(body.rows()):
            if row.live and "." not in row.name and row.name in self.new.elements and self.new.elements[row.name].kind != "boundaryEvent":
                self._border_of(row)
        for row in list(body.rows()):  # a split whose step is over and whose events are gone holds nothing up
            if row.name.endswith(SPLIT) and not row.children:
                self._lift(row)

    def _border_of(self, row: Row) -> None:
        wanted = [node.id for node in self.new.elements.values() if node.attached == row.name and node.kind == "boundaryEvent"]
        split = row.parent if row.parent is not None and row.parent.name == f"{row.name}{SPLIT}" else None
        if split is None and wanted:
            split = Row(self._next(), f"{row.name}{SPLIT}", TaskState.COMPLETED, None, row.parent)
            above = row.parent
            assert above is not None
            above.children[above.children.index(row)] = split
            row.parent, split.children = split, [row]
            self.unchanged = False
        if split is None:
            return
        if not wanted:
            self._lift(split)
            return
        there = {child.name for child in split.children}
        for each in wanted:
            if each not in there:
                self._hang(split, Row(self._next(), each, TaskState.WAITING, None))
                self.unchanged = False

    def _hang(self, parent: Row, row: Row) -> None:
        row.parent = parent
        parent.children.append(row)

    def _next(self) -> int:
        self.counter += 1
        return self.counter

    def _block(self, row: Row, kind: str, sentence: str) -> None:
        self.obstacles.append(Obstacle(row.element, self._title(row), kind, sentence))

    def _title(self, row: Row) -> str:
        node = self.old.elements.get(row.element)
        return (node.title or node.id) if node else row.element

    def bytes(self) -> bytes:
        """Give the state as it is stored."""
        counts: dict[str, int] = {}
        for name, times in self.data["p"].items():
            counts[self._target(name)] = counts.get(self._target(name), 0) + times
        return spiff_state.dump(self.counter, _written(self.top), counts, self.data["d"])


def _waits_alike(before: Node, after: Node) -> bool:
    """Say whether what waited at one goes on waiting at the other: the same kind of event; how long, and for what, the new drawing says."""
    return (before.kind, before.event.kind, before.event.form) == (after.kind, after.event.kind, after.event.form)


def _body(data: Mapping[str, Any], scope: str, process: Process) -> Body:
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
            row.inner = _body(below, node.called if node.kind == "callActivity" else node.id, process)
    assert first is not None
    return Body(scope, first)


def _written(body: Body) -> dict[str, Any]:
    rows: list[list[Any]] = []
    inner: dict[str, Any] = {}
    for row in body.rows():
        written: list[Any] = [row.number, row.parent.number if row.parent else 0, row.name, row.state]
        rows.append([*written, row.data] if row.data else written)
        if row.inner is not None:
            inner[str(row.number)] = _written(row.inner)
    return {"t": rows, "s": inner} if inner else {"t": rows}


# -- could the new drawing stand like this?


def fits(old: Process, new: Process, work: _Rebinding) -> list[Obstacle]:
    """Give what would go wrong in the new drawing with the tokens where they are: a parallel join that waits for ever, a step that would be done twice."""
    found: list[Obstacle] = []
    entered: dict[str, list[str]] = {}
    for _, element in work.fresh:
        entered.setdefault(new.elements[element].scope, []).append(element)
    for body in work._bodies(work.top):  # noqa: SLF001 the other half of this class
        here = [row.name for row in body.rows() if row.live and row.name in new.elements and new.elements[row.name].kind not in _JOINS] + entered.get(body.scope, [])
        held = {(row.name, row.parent.name.partition(".")[0]) for row in body.rows() if row.name in new.elements and new.elements[row.name].kind == "parallelGateway" and row.parent and row.state != TaskState.COMPLETED}
        found += _unmet(new, body.scope, here, held)
        found += _twice(old, new, work, body.scope, here)
    return found


def _unmet(process: Process, scope: str, here: list[str], held: set[tuple[str, str]]) -> Iterator[Obstacle]:
    edges = _edges(process, scope)
    starts = [*here, *(join for join, _ in held)]
    reach = {each: _ahead(edges, each) for each in set(starts)}
    for node in process.elements.values():
        if node.kind != "parallelGateway" or node.scope != scope:
            continue
        inputs = {flow.source for flow in process.flows.values() if flow.target == node.id}
        if len(inputs) < 2 or not (any(node.id in reach[each] for each in starts) or any(join == node.id for join, _ in held)):
            continue
        for source in sorted(inputs):
            if (node.id, source) not in held and not any(source == each or source in _ahead(edges, each, without=node.id) for each in starts if each != node.id):
                title = process.elements[source].title or source
                yield Obstacle(node.id, node.title or node.id, "join", f"새 판의 합류점에서 만나야 할 '{title}' 쪽 갈래가 이 업무에는 없어서 그곳에서 멈추게 됩니다.")


def _twice(old: Process, new: Process, work: _Rebinding, scope: str, here: list[str]) -> Iterator[Obstacle]:
    if len(here) < 2:
        return
    edges = _edges(new, scope, joins=False)
    back = {work._target(element): element for element in old.elements}  # noqa: SLF001 as above
    for one in here:
        ahead = _ahead(edges, one)
        for other in here:
            if other == one or other not in ahead:
                continue
            first, second = back.get(one), back.get(other)
            known = first in old.elements and second in old.elements and old.elements[first].scope == old.elements[second].scope
            if not (known and second in _ahead(_edges(old, old.elements[first].scope, joins=False), first)):
                title = new.elements[other].title or other
                yield Obstacle(one, new.elements[one].title or one, "twice", f"나란하던 일이 새 판에서는 차례로 이어져, '{title}'을(를) 두 번 하게 됩니다.")


def _edges(process: Process, scope: str, *, joins: bool = True) -> dict[str, set[str]]:
    """Give step -> followers in one scope, events at the border after their step; with `joins` False along arrows only, and not past a meeting of branches."""
    edges: dict[str, set[str]] = {node.id: set() for node in process.elements.values() if node.scope == scope}
    meeting = set()
    if not joins:
        for node in process.elements.values():
            if node.kind in _JOINS and sum(1 for flow in process.flows.values() if flow.target == node.id) > 1:
                meeting.add(node.id)
    for flow in process.flows.values():
        if flow.source in edges and flow.target in edges and flow.target not in meeting:
            edges[flow.source].add(flow.target)
    for node in process.elements.values():
        if joins and node.attached in edges:
            edges[node.attached].add(node.id)
    return edges


def _ahead(edges: Mapping[str, set[str]], start: str, without: str = "") -> set[str]:
    """Give what can follow `start`; itself only where a way leads back."""
    found: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        each = waiting.pop()
        if each not in found and each != without:
            found.add(each)
            waiting.extend(edges.get(each, ()))
    return found
