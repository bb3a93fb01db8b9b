"""Parallel and inclusive gateways whose joins count the tokens of one round only.

SpiffWorkflow's own joins look at everything that ever arrived, so in the second round of a loop they fire at the first token. Here a join marks
what it consumed; an inclusive join asks, as BPMN says, whether anything open can still reach an input that has no token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED
_HELD = TaskState.WAITING | TaskState.CANCELLED


def is_token(task: Any) -> bool:
    """Say whether `task` is a token that a join holds and has not consumed."""
    return isinstance(task.task_spec, (RoundParallel, RoundInclusive)) and task.has_state(_HELD) and "used" not in task.internal_data


class RoundParallel(ParallelGateway):
    """A parallel gateway: goes on when every input has a token of this round."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        return not {spec.name for spec in self.inputs} - _arrived(self, my_task)

    def _run_hook(self, my_task: Any) -> bool:
        _consume(self, my_task)
        return bool(super()._run_hook(my_task))


class RoundInclusive(InclusiveGateway):
    """An inclusive gateway: goes on when no open step can still bring a token to an input that has none."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        arrived = _arrived(self, my_task)
        empty = {spec.name for spec in self.inputs} - arrived
        active = {task.task_spec for task in my_task.workflow.tasks.values() if task.has_state(LIVE) and task.task_spec is not self}
        for spec in active if empty else ():
            ahead = _ahead(spec, self)
            if ahead & empty and not ahead & arrived:
                return False
        return True

    def _run_hook(self, my_task: Any) -> bool:
        _consume(self, my_task)
        return bool(super()._run_hook(my_task))


def _arrived(spec: Any, my_task: Any) -> set[str]:
    """Give the names of the inputs that have a token."""
    tokens: Iterable[Any] = (task for task in my_task.workflow.tasks.values() if task.task_spec is spec and (task is my_task or is_token(task)))
    return {task.parent.task_spec.name for task in tokens if task.parent is not None and task.parent.state == TaskState.COMPLETED}


def _consume(spec: Any, my_task: Any) -> None:
    for task in my_task.workflow.tasks.values():
        if task.task_spec is spec and task is not my_task and is_token(task):
            task.internal_data["used"] = True


def _ahead(start: Any, join: Any) -> set[str]:
    """Give the names of `start` and of every step that can follow it before `join`."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        spec = waiting.pop()
        if spec.name not in found and spec is not join:
            found.add(spec.name)
            waiting.extend(spec.outputs)
    return found
