"""Walking a drawing: what can be reached, what can end, which loops are bounded."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.spec.expression import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spec.bpmn_parse import Drawing, Node
    from engine.spec.expression import Fx

MAX_ROUNDS = 30
Edges = dict[str, set[str]]


def edges_of(drawing: Drawing, scope: str, without: Iterable[str] = ()) -> Edges:
    """Give node -> followers within one scope; an event at the border of a step follows that step. Flows named in `without` are left out."""
    left = set(without)
    edges: Edges = {node.id: set() for node in drawing.within(scope)}
    for flow in drawing.flows.values():
        if flow.id not in left and flow.source in edges and flow.target in edges:
            edges[flow.source].add(flow.target)
    for node in drawing.within(scope):
        if node.attached in edges:
            edges[node.attached].add(node.id)
    return edges


def reachable(edges: Edges, starts: Iterable[str], without: str = "") -> set[str]:
    """Give everything reachable from `starts` (which are in it), never entering `without`."""
    found: set[str] = set()
    waiting = [each for each in starts if each != without]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(edges.get(each, set()) - {without})
    return found


def backward(edges: Edges) -> Edges:
    """Give the same graph with every arrow turned round."""
    turned: Edges = {each: set() for each in edges}
    for source, targets in edges.items():
        for target in targets:
            turned.setdefault(target, set()).add(source)
    return turned


def endless(drawing: Drawing, scope: str, compiled: Mapping[tuple[str, str], Fx]) -> list[list[str]]:
    """Give the loops of a scope that nothing bounds, each as its node ids in document order."""
    edges = edges_of(drawing, scope)
    bounded = [flow.id for flow in drawing.flows.values() if flow.scope == scope and _bounds_flow(edges, flow.source, flow.target, compiled.get((flow.id, "condition")))]
    left = edges_of(drawing, scope, without=bounded)
    for node in drawing.within(scope):
        if _bounds_node(edges, node, compiled.get((node.id, "event"))):
            left.pop(node.id)
    turned = backward(left)
    loops: list[list[str]] = []
    seen: set[str] = set()
    for each in left:
        if each not in seen:
            around = reachable(left, left[each]) & reachable(turned, turned[each])  # what it leads to and what leads to it: its loop, with itself
            loop = [other for other in left if other in around]
            seen.update(loop)
            if loop:
                loops.append(loop)
    return loops


def limits(fx: Fx | None) -> Iterator[tuple[str, int]]:
    """Give (element, most visits) for each `visits.<element> < N` that must hold for `fx` to hold."""
    for part in _conjuncts(fx.tree) if fx is not None else ():
        if isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.comparators[0], ast.Constant):
            path, limit = dotted(part.left), part.comparators[0].value
            if path.startswith("visits.") and isinstance(limit, int) and isinstance(part.ops[0], (ast.Lt, ast.LtE)):
                yield path.partition(".")[2], limit + isinstance(part.ops[0], ast.LtE)


def _conjuncts(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for value in tree.values:
            yield from _conjuncts(value)
    else:
        yield tree


def _bounds_flow(edges: Edges, source: str, target: str, fx: Fx | None) -> bool:
    """Say whether every loop through this flow passes a step whose visits the condition limits."""
    return any(limit <= MAX_ROUNDS and source not in reachable(edges, [target], without=element) for element, limit in limits(fx))


def _bounds_node(edges: Edges, node: Node, fx: Fx | None) -> bool:
    """Say the same of an event that waits for a condition."""
    if node.event.kind != "conditional":
        return False
    return any(limit <= MAX_ROUNDS and (element == node.id or node.id not in reachable(edges, edges[node.id], without=element)) for element, limit in limits(fx))
