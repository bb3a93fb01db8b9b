"""Storing an instance between steps changes nothing: random processes walked twice, once stored and read back, once kept in memory.

The stored tree drops finished history and predictions; this is what says that nothing of it was needed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.spec.process import Process, Step
from engine.spec.spiff_step import Stepping, _tasks
from tests.spec.drawings import Walk, at, border, catch, end, flow, gate, node, process, start, user, when

SWITCHES = ["f0", "f1", "f2", "f3"]
switch = st.sampled_from(SWITCHES)
leaf = st.one_of(st.just(("task",)), st.tuples(st.just("wait"), switch))


def larger(inner: Any) -> Any:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        st.tuples(st.just("seq"), several),
        st.tuples(st.just("xor"), switch, inner, inner),
        st.tuples(st.just("par"), several),
        st.tuples(st.just("inc"), st.lists(st.tuples(switch, inner), min_size=2, max_size=3)),
        st.tuples(st.just("loop"), switch, inner),
        st.tuples(st.just("edge"), switch, st.booleans(), inner),
        st.tuples(st.just("sub"), inner),
    )


blocks = st.recursive(leaf, larger, max_leaves=7)


class Draw:
    """Draws a block as steps and flows; gives its first and last step."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.count = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def add(self, part: str) -> None:
        self.parts.append(part)

    def task(self) -> tuple[str, str]:
        ident = self.name("t")
        self.add(user(ident))
        return ident, ident

    def wait(self, on: str) -> tuple[str, str]:
        ident = self.name("w")
        self.add(catch(ident, when(on)))
        return ident, ident

    def seq(self, inner: list[Any]) -> tuple[str, str]:
        drawn = [self.block(each) for each in inner]
        for (_, last), (first, _) in pairwise(drawn):
            self.add(flow(f"{last} > {first}"))
        return drawn[0][0], drawn[-1][1]

    def fork(self, kind: str, inner: list[tuple[str, Any]], default: bool) -> tuple[str, str]:
        split, join = self.name("s"), self.name("j")
        drawn = [(on, self.block(each)) for on, each in inner]
        self.add(gate(split, f"{split}_{drawn[-1][1][0]}" if default else "", kind))
        self.add(gate(join, kind=kind))
        for place, (on, (first, last)) in enumerate(drawn):
            self.add(flow(f"{split} > {first}", "" if not on or (default and place == len(drawn) - 1) else on))
            self.add(flow(f"{last} > {join}"))
        return split, join

    def xor(self, on: str, one: Any, other: Any) -> tuple[str, str]:
        return self.fork("exclusive", [(on, one), ("", other)], True)

    def par(self, inner: list[Any]) -> tuple[str, str]:
        return self.fork("parallel", [("", each) for each in inner], False)

    def inc(self, inner: list[tuple[str, Any]]) -> tuple[str, str]:
        return self.fork("inclusive", inner, True)

    def loop(self, on: str, inner: Any) -> tuple[str, str]:
        begin, turn, after = self.name("l"), self.name("g"), self.name("k")
        first, last = self.block(inner)
        self.add(gate(begin) + gate(turn, f"{turn}_{after}") + gate(after))
        self.add(flow(f"{begin} > {first}") + flow(f"{last} > {turn} > {after}") + flow(f"{turn} > {begin}", f"visits.{turn} < 3 and {on}"))
        return begin, after

    def edge(self, on: str, interrupting: bool, inner: Any) -> tuple[str, str]:
        host, event, join, stop = self.name("t"), self.name("e"), self.name("k"), self.name("x")
        first, last = self.block(inner)
        self.add(user(host) + border(event, host, when(on), interrupting) + gate(join) + flow(f"{host} > {join}") + flow(f"{event} > {first}"))
        self.add(flow(f"{last} > {join}") if interrupting else end(stop) + flow(f"{last} > {stop}"))
        return host, join

    def sub(self, inner: Any) -> tuple[str, str]:
        outer, self.parts = self.parts, []
        ident, begin, over = self.name("p"), self.name("b"), self.name("o")
        first, last = self.block(inner)
        self.add(start(begin) + end(over) + flow(f"{begin} > {first}") + flow(f"{last} > {over}"))
        outer.append(node("subProcess", ident, "".join(self.parts)))
        self.parts = outer
        return ident, ident

    def block(self, what: Any) -> tuple[str, str]:
        return getattr(self, what[0])(*what[1:])


def drawn(what: Any) -> Process:
    draw = Draw()
    first, last = draw.block(what)
    return process(start(), *draw.parts, end(), flow(f"begin > {first}"), flow(f"{last} > over"))


class Kept:
    """The same walk with the tree kept in memory."""

    def __init__(self, process: Process, facts: dict[str, Any]) -> None:
        self.stepping = Stepping(process, None, facts, at("2024-01-01"))
        self.workflow = self.stepping.make()
        self.stepping._settle(self.workflow)

    def open(self) -> list[str]:
        return sorted(task.task_spec.name for task in _tasks(self.workflow) if task.state == TaskState.READY and task.task_spec.manual)

    def waits(self) -> list[str]:
        return sorted(task.task_spec.name for task in _tasks(self.workflow) if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent))

    def do(self, element: str) -> None:
        self.stepping.run.known.clear()  # facts stay as they are within a step; this is the next one
        task = next(task for task in _tasks(self.workflow) if task.task_spec.name == element and task.state == TaskState.READY)
        self.stepping._do(task)
        self.stepping._settle(self.workflow)

    def wake(self) -> None:
        self.stepping.run.known.clear()
        self.stepping._settle(self.workflow)


def remembered(process: Process, before: Step, element: str, facts: dict[str, Any], after: Step) -> None:
    """A step that was remembered from elsewhere, under these facts or others, is the step that is taken."""
    key = next(task.key for task in before.open if task.element == element)
    other = {each: not value for each, value in facts.items()}
    for now in (other, facts, other, facts):
        assert process.complete(before.state, key, now, at("2024-03-01")) == Stepping(process, before.state, now, at("2024-03-01")).complete(key)
    assert process.complete(before.state, key, facts, at("2024-03-01")) == after


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(blocks, st.lists(st.tuples(st.integers(0, 9), st.lists(switch, max_size=3)), max_size=14), st.lists(switch, max_size=2))
def test_a_stored_walk_is_the_walk(what: Any, moves: list[tuple[int, list[str]]], first: list[str]) -> None:
    found = drawn(what)
    facts: dict[str, Any] = {each: each in first for each in SWITCHES}
    walk = Walk(found, **facts)
    kept = Kept(found, facts)
    for pick, toggled in moves:
        assert walk.step.done == kept.workflow.completed
        if walk.step.done:
            break
        assert walk.step.incident is None or (not kept.open() and not kept.waits())
        assert sorted(walk.open) == kept.open()
        assert sorted(walk.waits) == kept.waits()
        for each in toggled:
            walk.facts[each] = facts[each] = not facts[each]
        if walk.open and pick < 8:
            element = sorted(walk.open)[pick % len(walk.open)]
            before = walk.step
            walk.do(element)
            remembered(found, before, element, facts, walk.step)
            kept.do(element)
        else:
            walk.wake()
            kept.wake()
    assert walk.step.done == kept.workflow.completed
    if not walk.step.done:
        assert sorted(walk.open) == kept.open()
        assert sorted(walk.waits) == kept.waits()
