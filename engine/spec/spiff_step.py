"""One step of one instance in SpiffWorkflow: restore, do, settle, store. See `process` for what it means."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.errors import AlreadyDone, Broken, DidimdolError
from engine.spec import spiff_state
from engine.spec.expression import FxRuntimeError
from engine.spec.spiff_environment import Asked, FxEngine, FxEnvironment, Run
from engine.spec.spiff_events import CycleTimer, FxCondition
from engine.spec.step import OpenTask, Step, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from engine.spec.expression import Fx
    from engine.spec.process import Process

MAX_STEPS = 500


class _Halt(Exception):
    """The step budget is used up, or the replay reached its end."""


class Memory(NamedTuple):
    """How a step went: what was asked on its way, the stored tree it ended with, and the step. Whoever hears the same goes the same way."""

    trace: tuple[Asked, ...]
    body: dict[str, Any]
    step: Step

    def again(self, process: Process, facts: Mapping[str, Any], now: datetime) -> Step | None:
        """Give the step as it is for these facts (only the dates it waits for may differ), None where something on the way is answered otherwise."""
        other = Stepping(process, None, facts, now)
        try:
            if not other.run.goes(self.trace):
                return None
            other.counts.update(self.step.passed)
            other.decisions.update(self.step.decisions)
            return self.step if self.step.done else replace(self.step, waits=other.stands(self.body)[1])
        except FxRuntimeError:
            return None


class Stepping:
    """One step of one instance: use once. `memory` is how it went, where another may go the same way."""

    def __init__(self, process: Process, state: bytes | None, facts: Mapping[str, Any], now: datetime, limit: int | None = None) -> None:
        """Take a stored state, or None to begin; `limit` stops after so many automatic tasks."""
        self.process = process
        self.state = state
        self.data: dict[str, Any] = spiff_state.parse(state) if state else {"n": 0, "p": {}, "d": {}, "w": {"t": []}}
        self.counts: dict[str, int] = dict(self.data["p"])
        self.decisions: dict[str, Any] = dict(self.data["d"])
        self.run = Run(facts, now, self.counts, self.decisions)
        self.limit = limit
        self.trail: list[str] = []
        self.dues: dict[int, datetime | None] = {}
        self.memory: Memory | None = None

    def begin(self) -> Step:
        """Start."""
        return self._guarded(lambda each: each.make())

    def complete(self, key: str) -> Step:
        """Finish the user task `key` and go on. Raises AlreadyDone."""
        return self._guarded(lambda each: each.finish(key))

    def enter(self, fresh: tuple[tuple[int, str], ...]) -> Step:
        """Go on in a tree that was laid onto this process, with tokens at `fresh`: (number of the row that holds the sub-process or 0, element)."""
        return self._guarded(lambda each: each.place(fresh))

    def place(self, fresh: tuple[tuple[int, str], ...]) -> Any:
        """Build the tree and put tokens before the steps of `fresh`."""
        workflow = self.restore()
        for number, element in fresh:
            inside = workflow.subprocesses[number] if number else workflow
            specs = inside.spec.task_specs
            child = inside.task_tree._add_child(specs.get(f"{element}.BoundaryEventSplit") or specs[element], TaskState.FUTURE)  # noqa: SLF001 as SpiffWorkflow's own cycle timer does
            child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)  # noqa: SLF001 as above
            child.task_spec._update(child)  # noqa: SLF001 as above
        return workflow

    def wake(self) -> Step:
        """Look without SpiffWorkflow first; only where something stirs is the tree built."""
        try:
            if not self._stirs():
                return self._report(self.data["w"], self.state or b"")
        except FxRuntimeError as error:
            return self._report(self.data["w"], self.state or b"", incident=str(error))
        return self._guarded(lambda each: each.restore())

    def _guarded(self, start: Callable[[Stepping], Any]) -> Step:
        """Run; where an automatic step fails, stop before it, so that nothing done is lost and a later wake tries again."""
        try:
            workflow = start(self)
            self._settle(workflow)
            return self._close(workflow)
        except _Halt:
            reason = f"자동 단계가 {MAX_STEPS}번 넘게 이어져 멈추었습니다."
        except DidimdolError:
            raise
        except Exception as error:  # noqa: BLE001 whatever fails inside the engine, the instance must not be lost: it becomes an incident
            reason = f"'{self._failed(error)}' 단계에서 멈추었습니다. 조건과 기본 흐름을 확인하세요."
        again = Stepping(self.process, self.state, self.run.facts, self.run.now, limit=self.run.steps - 1)
        return again._replay(start, reason)

    def _replay(self, start: Callable[[Stepping], Any], reason: str) -> Step:
        try:
            workflow = start(self)
        except Exception:  # noqa: BLE001 as above, but nothing can be kept
            raise Broken(reason) from None
        with suppress(_Halt):
            self._settle(workflow)
        return self._close(workflow, incident=reason)

    def _failed(self, error: BaseException) -> str:
        spec = getattr(error, "task_spec", None)
        element = self.process.elements.get(getattr(spec, "bpmn_id", None) or "")
        return (element.title or element.id) if element else self.process.title

    def _engine(self) -> FxEngine:
        return FxEngine(FxEnvironment(self.process.known, self.run))

    def make(self) -> Any:
        """Make a new tree."""
        return BpmnWorkflow(self.process.specs.top, self.process.specs.inner, script_engine=self._engine())

    def restore(self) -> Any:
        """Build the tree of the stored state."""
        return spiff_state.restore(self.data, self.process.specs, self._engine())

    def finish(self, key: str) -> Any:
        """Build the tree and finish one user task."""
        workflow = self.restore()
        task = next((task for task in _tasks(workflow) if str(task.id) == key), None)
        if task is None or task.state != TaskState.READY or not task.task_spec.manual:
            raise AlreadyDone
        self._do(task)
        return workflow

    def _settle(self, workflow: Any) -> None:
        """Run every automatic task, then look at every wait, until nothing moves. Outer events come before inner ones."""
        self._automatic(workflow)
        moved = not workflow.completed
        while moved:
            moved = False
            for task in sorted(workflow.event_manager.tasks.values(), key=self._rank):
                if task.id not in workflow.event_manager.tasks or task.state != TaskState.WAITING:
                    continue
                before = len(self.trail), self.run.steps
                task.task_spec._update(task)  # noqa: SLF001 the way to re-evaluate one waiting event
                self._automatic(workflow)
                moved = moved or before != (len(self.trail), self.run.steps)
                if workflow.completed:
                    return

    def _note_turns(self) -> None:
        """Count the turns a repeating timer began: the event itself goes on waiting, so it never completes here."""
        for element in self.run.turns:
            for passed in (element, *(flow.id for flow in self.process.drawing.outgoing(element))):
                self.counts[passed] = self.counts.get(passed, 0) + 1
                self.trail.append(passed)
        self.run.turns.clear()

    def _rank(self, task: Any) -> tuple[int, int]:
        depth = getattr(task.workflow, "depth", 0)
        return depth, self.process.order.get(task.task_spec.name, 0)

    def _automatic(self, workflow: Any) -> None:
        while True:
            ready = [task for task in _tasks(workflow) if task.state == TaskState.READY and not task.task_spec.manual]
            if not ready:
                self._note_turns()
                return
            for task in ready:
                if task.state == TaskState.READY:
                    if self.limit is not None and self.run.steps >= self.limit:
                        raise _Halt
                    self.run.steps += 1
                    if self.run.steps > MAX_STEPS:
                        raise _Halt
                    self._do(task)

    def _do(self, task: Any) -> None:
        """Run one task and note what it passed."""
        self.run.matched.clear()
        spiff_state.predict(task)
        element = task.task_spec.bpmn_id
        if element is None or isinstance(getattr(task.task_spec, "event_definition", None), CycleTimer):
            task.run()  # nothing of the drawing, or the end of a repetition whose turns were counted
            return
        # counted first: conditions asked while its followers are made must see it
        self.counts[element] = self.counts.get(element, 0) + 1
        task.run()
        self.trail.append(element)
        for child in task.children:
            flow = self._flow(element, child)
            if flow:
                self.counts[flow] = self.counts.get(flow, 0) + 1
                self.trail.append(flow)

    def _flow(self, element: str, child: Any) -> str:
        if child.has_state(TaskState.PREDICTED_MASK):
            return ""
        target = child.task_spec.name.removesuffix(".BoundaryEventSplit")
        flows = self.process.paths.get((element, target), ())
        if len(flows) > 1:
            matched = [flow.id for flow in flows if flow.id in self.run.matched]
            return matched[0] if matched else next((flow.id for flow in flows if flow.condition is None), flows[0].id)
        return flows[0].id if flows else ""

    def _close(self, workflow: Any, incident: str | None = None) -> Step:
        trace = self.run.trace  # before what follows asks for dates
        body: dict[str, Any] = {}
        if workflow.completed:
            step = Step(b"", done=True, trail=tuple(self.trail), passed=self.counts, decisions=self.decisions)
        else:
            state, body = spiff_state.encode(workflow, self.data["n"], self.counts, self.decisions)
            step = self._report(body, state, incident)
        if trace is not None and step.incident is None:
            self.memory = Memory(tuple(trace), body, step)
        return step

    def _report(self, body: dict[str, Any], state: bytes, incident: str | None = None) -> Step:
        """Make the step of a stored tree."""
        opened, waits = self.stands(body)
        if not opened and not waits and incident is None:
            incident = "할 일도 기다리는 일도 없이 멈추었습니다."
        return Step(state, opened, waits, False, tuple(self.trail), incident, self.counts, self.decisions)

    def stands(self, body: dict[str, Any]) -> tuple[tuple[OpenTask, ...], tuple[Wait, ...]]:
        """Give what is open in a stored tree, and what it waits for by the facts of now."""
        opened: list[OpenTask] = []
        waits: list[Wait] = []
        for row, spec in self._specs(body):
            if row[3] == TaskState.READY and spec.manual:
                opened.append(OpenTask(str(row[0]), row[2]))
            elif row[3] == TaskState.WAITING and isinstance(spec, CatchingEvent):
                waits.append(self._wait(row, spec.event_definition))
        opened.sort(key=lambda task: self.process.order[task.element])
        waits.sort(key=lambda wait: self.process.order[wait.element])
        return tuple(opened), tuple(waits)

    def _wait(self, row: list[Any], definition: Any) -> Wait:
        fx: Fx | None = getattr(definition, "fx", None)
        due = self.dues[row[0]] if row[0] in self.dues else definition.due(self.run, _kept(row))
        condition = fx.source if fx is not None and due is None else None
        return Wait(row[2], due, condition, fx.reads if fx is not None else frozenset())

    def _stirs(self) -> bool:
        for row, spec in self._specs(self.data["w"]):
            if row[3] == TaskState.WAITING and isinstance(spec, CatchingEvent):
                if self._fires(row, spec.event_definition):
                    self.dues.clear()  # what moved on may have new dates
                    return True
            elif row[3] == TaskState.READY and not spec.manual:
                return True
        return False

    def _fires(self, row: list[Any], definition: Any) -> bool:
        if isinstance(definition, FxCondition):
            return definition.stirs(self.run, {})
        due = self.dues[row[0]] = definition.due(self.run, _kept(row))
        return due is not None and due <= self.run.now

    def _specs(self, body: dict[str, Any]) -> Iterator[tuple[list[Any], Any]]:
        specs = self.process.specs
        for row, holder in rows_of(body):
            names = specs.top.task_specs if holder is None else specs.inner[self._called(holder)].task_specs
            if row[2] not in names:
                raise Broken
            yield row, names[row[2]]

    def _called(self, element: str) -> str:
        node = self.process.elements[element]
        return node.called if node.kind == "callActivity" else node.id


def _kept(row: list[Any]) -> dict[str, Any]:
    """Give what the state keeps of a wait."""
    return row[4] if len(row) > 4 else {}


def rows_of(body: dict[str, Any], holder: str | None = None) -> Iterator[tuple[list[Any], str | None]]:
    """Give every row of a stored tree with the element that holds its sub-process (None at the top)."""
    try:
        for row in body["t"]:
            yield row, holder
            below = body.get("s", {}).get(str(row[0]))
            if below is not None:
                yield from rows_of(below, row[2])
    except (KeyError, IndexError, TypeError, AttributeError):
        raise Broken from None


def _tasks(workflow: Any) -> Iterator[Any]:
    """Give every task, innermost sub-processes first (as SpiffWorkflow runs them)."""
    inner = sorted((each for each in workflow.subprocesses.values() if not each.completed), key=lambda each: -each.depth)
    for each in (*inner, workflow):
        yield from list(each.tasks.values())
