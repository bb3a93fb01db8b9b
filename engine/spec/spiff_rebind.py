"""The stored state of an instance laid onto another drawing of its process: every token keeps its place, or the reason is told why it has none.

A state is a small tree of rows (see `spiff_state`). Rows whose step is there in the new drawing stay as they are, so their tasks keep their keys; what hangs
on a step (events at its border) is made as the new drawing has it; a token whose step became something else, or stands in another sub-process now, is put
there. `standing` then asks whether the new drawing could have come to stand like this at all: a join that waits for ever, or steps that would be done twice, are
reasons not to move.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.spec import spiff_state
from engine.spec.durations import parse_duration
from engine.spec.spiff_tree import Body, Row, body_of, written
from engine.spec.standing import JOINS, Obstacle, Standing, obstacles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.bpmn_parse import Node
    from engine.spec.process import Process

CLOSE, STAY = "close", "stay"
SPLIT, JOINED, ENDED = ".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin"
_START = "Start"
HOLDERS = frozenset({"subProcess", "callActivity"})
_ENTERED = frozenset({"userTask", "intermediateCatchEvent", "subProcess", "callActivity", "businessRuleTask", "manualTask", "exclusiveGateway", "endEvent"})


@dataclass(frozen=True)
class Rebound:
    """A state under the new drawing. `fresh` are steps to enter: (number of the row that holds the sub-process or 0, element); `gone` the keys of tasks that end.

    `same` says that not one byte differs, `quiet` that nothing new waits in it. `obstacles` are reasons not to use it. `ended` says that nothing is left to do.
    """

    state: bytes
    fresh: tuple[tuple[int, str], ...] = ()
    gone: tuple[str, ...] = ()
    same: bool = False
    quiet: bool = False
    ended: bool = False
    obstacles: tuple[Obstacle, ...] = ()


def rebind(old: Process, new: Process, state: bytes, steps: Mapping[str, str]) -> Rebound:
    """Lay a state of `old` onto `new`. `steps` maps steps of `old` to steps of `new`, to CLOSE or to STAY; steps of the same id need no word.

    Raises Broken where the state is not one of ours.
    """
    data = spiff_state.parse(state)
    work = _Rebinding(old, new, steps, data)
    work.lay(work.top)
    work.settle()
    if not work.obstacles:
        work.obstacles += [each for standing in work.standings() for each in obstacles(old, new, standing, work.target)]
    if work.unchanged:
        return Rebound(state, same=True, quiet=True, obstacles=tuple(work.obstacles))
    return Rebound(
        work.bytes(), tuple(work.fresh), tuple(work.gone), quiet=not work.fresh and not work.grown, ended=not any(row.live for row in work.top.rows()) and not work.fresh, obstacles=tuple(work.obstacles)
    )


class _Rebinding:
    """One state on its way. `top` is changed in place."""

    def __init__(self, old: Process, new: Process, steps: Mapping[str, str], data: Mapping[str, Any]) -> None:
        self.old, self.new, self.steps, self.data = old, new, steps, data
        self.counter: int = data["n"]
        self.unchanged = old.id == new.id
        self.borders: dict[str, list[str]] = {}
        for node in new.elements.values():
            if node.kind == "boundaryEvent":
                self.borders.setdefault(node.attached, []).append(node.id)
        self.top = body_of(data["w"], old.id, old)
        self.obstacles: list[Obstacle] = []
        self.moved: list[tuple[Row, Node]] = []  # rows that go elsewhere, and where
        self.fresh: list[tuple[int, str]] = []
        self.gone: list[str] = []
        self.grown = False  # whether rows were put in: events that have not begun to wait, or what holds a step

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
        return self.new.id if scope == self.old.id else self.target(scope)

    def target(self, element: str) -> str:
        """Give what a step is called now."""
        told = self.steps.get(element, element)
        return element if told in (CLOSE, STAY) else told

    def _rename(self, row: Row, name: str) -> None:
        if row.name != name:
            row.name, self.unchanged = name, False

    def _structure(self, row: Row, scope: str, suffix: str) -> None:
        """Keep a row that only holds others up where the new drawing has its step, else hang what is below on what is above."""
        node = self.new.elements.get(self.target(row.element))
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
        return self._alike(row.element, node) and (not node.attached or node.attached == self.target(self.old.elements[row.element].attached))

    def _alike(self, element: str, node: Node) -> bool:
        before = self.old.elements.get(element)
        return before is not None and before.kind == node.kind

    def _is_held(self, row: Row) -> bool:
        node = self.old.elements.get(row.name)
        return node is not None and node.kind in JOINS and bool(row.state & (TaskState.WAITING | TaskState.CANCELLED))

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
        elif before.kind in JOINS:
            self._held(row, self.new.elements.get(self.target(row.element)), scope)
        elif before.kind == "boundaryEvent":
            self._border(row, before, scope)
        else:
            self._step(row, before, scope)

    def _step(self, row: Row, before: Node, scope: str) -> None:
        node = self.new.elements.get(self.target(row.element))
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
        node = self.new.elements.get(self.target(row.element))
        host = self.target(before.attached)
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
        source = self.target(parent.element)
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
        wanted = self.borders.get(row.name, ())
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
        self.grown = True

    def _next(self) -> int:
        self.counter += 1
        return self.counter

    def _block(self, row: Row, kind: str, sentence: str) -> None:
        self.obstacles.append(Obstacle(row.element, self._title(row), kind, sentence))

    def _title(self, row: Row) -> str:
        node = self.old.elements.get(row.element)
        return (node.title or node.id) if node else row.element

    def standings(self) -> Iterator[Standing]:
        """Give where the tokens are, scope by scope."""
        entered: dict[str, list[str]] = {}
        for _, element in self.fresh:
            entered.setdefault(self.new.elements[element].scope, []).append(element)
        for body in self._bodies(self.top):
            known = [(row, self.new.elements[row.name]) for row in body.rows() if row.name in self.new.elements]
            here = [row.name for row, node in known if row.live and node.kind not in JOINS]
            held = {
                (row.name, row.parent.element) for row, node in known if node.kind == "parallelGateway" and row.parent and row.state != TaskState.COMPLETED
            }
            yield Standing(body.scope, (*here, *entered.get(body.scope, ())), frozenset(held))

    def bytes(self) -> bytes:
        """Give the state as it is stored."""
        counts: dict[str, int] = {}
        for name, times in self.data["p"].items():
            counts[self.target(name)] = counts.get(self.target(name), 0) + times
        return spiff_state.dump(self.counter, written(self.top), counts, self.data["d"])


def _waits_alike(before: Node, after: Node) -> bool:
    """Say whether what waited at one goes on waiting at the other: the same kind of event; how long, and for what, the new drawing says."""
    return (before.kind, before.event.kind, before.event.form) == (after.kind, after.event.kind, after.event.form)
