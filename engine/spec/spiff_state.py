"""The state of an instance as compact bytes, and back: the open ends of SpiffWorkflow's task tree, no definitions, no data of a case.

Kept are tasks that wait or are open, the branch points above them, and what a waiting join counts; finished history and predictions are not
(predictions are made anew when needed). So state and step do not grow with the turns of a loop. Ids are small integers, given out in order.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Broken
from engine.spec.spiff_joins import LIVE, is_token

if TYPE_CHECKING:
    from engine.spec.spiff_parser import Specs

#: SpiffWorkflow's serializer version whose meaning of states this format follows; nothing else is read.
VERSION = "1.5"


def encode(workflow: Any, counter: int, counts: dict[str, int], decisions: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Give the bytes of `workflow` and the stored tree in them; new tasks get ids from `counter` on."""
    writer = _Writer(workflow, counter)
    body = writer.write(workflow)
    return dump(writer.counter, body, counts, decisions), body


def dump(counter: int, body: dict[str, Any], counts: dict[str, int], decisions: dict[str, Any]) -> bytes:
    """Give the bytes of a stored tree."""
    state: dict[str, Any] = {"v": VERSION, "n": counter, "w": body}
    if counts:
        state["p"] = counts
    if decisions:
        state["d"] = decisions
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"), default=_dump).encode()


def parse(state: bytes) -> dict[str, Any]:
    """Read the outer shape of a state: n, p, d, w. Raises Broken for anything that is none of this version."""
    try:
        data = json.loads(state, object_hook=_load)
        if data["v"] == VERSION and isinstance(data["w"], dict) and isinstance(data["n"], int):
            return {"p": {}, "d": {}, **data}
    except (ValueError, KeyError, TypeError):
        pass
    raise Broken


def restore(data: dict[str, Any], specs: Specs, engine: Any) -> Any:
    """Give the workflow of a parsed state. Raises Broken where it does not fit the process."""
    workflow = BpmnWorkflow(specs.top, specs.inner, script_engine=engine, deserializing=True)
    try:
        _fill(workflow, data["w"], workflow)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        raise Broken from None
    return workflow


def is_open(state: int) -> bool:
    """Say whether a stored task waits, is open or is under way."""
    return bool(state & LIVE)


def _fill(workflow: Any, body: dict[str, Any], top: Any) -> None:
    rows = [_task(workflow, row) for row in body["t"]]
    workflow.task_tree = rows[0]
    for task in rows:
        if str(task.id) in body.get("s", {}):
            inner = BpmnSubWorkflow(top.subprocess_specs[task.task_spec.spec], task.id, top, deserializing=True)
            top.subprocesses[task.id] = inner
            _fill(inner, body["s"][str(task.id)], top)
            inner.last_task = inner.task_tree
            inner.completed_event.connect(task.task_spec._on_subworkflow_completed, task)  # noqa: SLF001 as SpiffWorkflow's serializer does
    for task in rows:
        if isinstance(task.task_spec, CatchingEvent) and task.state == TaskState.WAITING:
            top.event_manager.add_task(task)


def _task(workflow: Any, row: list[Any]) -> Any:
    identifier, parent, name, state, *more = row
    spec = workflow.spec.task_specs[name]
    if not isinstance(identifier, int) or identifier < 1 or state not in TaskState._values:  # noqa: SLF001 the list of its states
        raise Broken
    task = Task(workflow, spec, workflow.tasks[parent] if parent else None, state=state, id=identifier)
    if more:
        task.internal_data = more[0]
    return task


def predict(task: Any) -> None:
    """Grow the tasks that may follow an open one, where they are not there: a stored tree holds none."""
    if not task._children:  # noqa: SLF001 ids of the tasks below
        task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)  # noqa: SLF001 as SpiffWorkflow does after a reset


class _Writer:
    def __init__(self, workflow: Any, counter: int) -> None:
        self.top = workflow
        self.counter = counter
        self.numbers: dict[Any, int] = {}

    def number(self, task: Any) -> int:
        if isinstance(task.id, int):
            return task.id
        if task.id not in self.numbers:
            self.counter += 1
            self.numbers[task.id] = self.counter
        return self.numbers[task.id]

    def write(self, workflow: Any) -> dict[str, Any]:
        rows: list[list[Any]] = []
        inner: dict[str, Any] = {}
        for task, parent in kept(workflow):
            row: list[Any] = [self.number(task), self.number(parent) if parent else 0, task.task_spec.name, task.state]
            data = {key: value for key, value in task.internal_data.items() if key in {"due", "start", "turns"}}
            rows.append([*row, data] if data else row)
            below = self.top.subprocesses.get(task.id)
            if below is not None and not task.has_state(TaskState.FINISHED_MASK):
                inner[str(self.number(task))] = self.write(below)
        return {"t": rows, "s": inner} if inner else {"t": rows}


def kept(workflow: Any) -> list[tuple[Any, Any]]:
    """Give the tasks worth keeping, each with the kept task it hangs on (None for the root), parents first."""
    root = workflow.task_tree
    alive = _alive(workflow)
    found: list[tuple[Any, Any]] = [(root, None)]
    waiting = [(child, root) for child in reversed(root.children)]
    while waiting:
        task, parent = waiting.pop()
        if task.id not in alive:
            continue
        branches = [child for child in task.children if child.id in alive]
        if _holds(task, branches):
            found.append((task, parent))
            parent = task
        waiting.extend((child, parent) for child in reversed(branches))
    return found


def _holds(task: Any, branches: list[Any]) -> bool:
    """Say whether `task` is open, a token, a fork with open branches, or one that SpiffWorkflow looks back at."""
    if task.has_state(LIVE) or is_token(task) or len(branches) > 1 or any(is_token(child) for child in branches):
        return True
    return isinstance(task.task_spec, (BoundaryEventSplit, BoundaryEvent)) and any(child.has_state(LIVE) for child in branches)


def _alive(workflow: Any) -> set[Any]:
    """Give the ids of the tasks that are open, tokens of a join, or stand above such."""
    found: set[Any] = set()
    for task in workflow.tasks.values():
        each = task if task.has_state(LIVE) or is_token(task) else None
        while each is not None and each.id not in found:
            found.add(each.id)
            each = each.parent
    return found


def _dump(value: Any) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {"$n": str(value)}
    if isinstance(value, datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, date):
        return {"$d": value.isoformat()}
    raise TypeError(type(value).__name__)


def _load(value: dict[str, Any]) -> Any:
    if len(value) == 1:
        if "$n" in value:
            return Decimal(value["$n"])
        if "$t" in value:
            return datetime.fromisoformat(value["$t"])
        if "$d" in value:
            return date.fromisoformat(value["$d"])
    return value
