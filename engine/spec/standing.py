"""Could a drawing come to stand with its tokens here? What an instance taken over from another drawing is asked before it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from engine.spec.process import Process

JOINS = frozenset({"parallelGateway", "inclusiveGateway"})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an instance cannot move as it stands: at which step of the old drawing (its id and title), of which kind, in a Korean sentence.

    `kind` is "gone", "kind", "target", "stay", "join" (a meeting nobody comes to), "twice" (a step two tokens would do), "empty", "closed" or "state".
    """

    element: str
    title: str
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where tokens are in one scope of a drawing: the steps that are open or wait, and (join, step it came from) for branches that wait to meet."""

    scope: str
    here: tuple[str, ...]
    held: frozenset[tuple[str, str]]


def obstacles(old: Process, new: Process, standing: Standing, target: Callable[[str], str]) -> Iterator[Obstacle]:
    """Give what would go wrong in `new`: a parallel join that waits for ever, a step that two tokens would do. `target` gives what a step of `old` is now."""
    yield from _unmet(new, standing)
    yield from _twice(old, new, standing, target)


def _unmet(process: Process, standing: Standing) -> Iterator[Obstacle]:
    scope, here, held = standing.scope, standing.here, standing.held
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


def _twice(old: Process, new: Process, standing: Standing, target: Callable[[str], str]) -> Iterator[Obstacle]:
    here = standing.here
    if len(here) < 2:
        return
    edges = _edges(new, standing.scope, joins=False)
    back = {target(element): element for element in old.elements}
    for one in here:
        ahead = _ahead(edges, one)
        for other in here:
            if other == one or other not in ahead:
                continue
            first, second = back.get(one, ""), back.get(other, "")
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
            if node.kind in JOINS and sum(1 for flow in process.flows.values() if flow.target == node.id) > 1:
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
