"""What a process waits for, as SpiffWorkflow event definitions that ask the `Run` in progress: never the wall clock, never Python text.

A date timer is worked out anew at every look, so it follows the facts it reads; a duration counts from the moment the wait began.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions import ConditionalEventDefinition, CycleTimerEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.spec.durations import Cycle, Duration
    from engine.spec.expression import Fx
    from engine.spec.spiff_environment import Run


def run_of(task: Any) -> Run:
    """Give the run in progress for `task`."""
    run: Run = task.workflow.script_engine.environment.run
    return run


class FlowCondition(Operator):
    """The condition on a sequence flow; notes which flow matched, so that the trail can name it."""

    def __init__(self, flow: str, fx: Fx) -> None:
        """Take the id of the flow and its expression."""
        super().__init__(fx.source)
        self.flow = flow
        self.fx = fx

    def _matches(self, task: Any) -> bool:
        run = run_of(task)
        if not run.holds(self.fx):
            return False
        run.matched.append(self.flow)
        return True


class Waits:
    """What our events share: `stirs` says whether a look would change anything, `due` when time alone will; `kept` is what the state keeps of a wait."""

    def stirs(self, run: Run, kept: dict[str, Any]) -> bool:
        """Say whether the event fires, or begins a turn, at this look."""
        due = self.due(run, kept)
        return due is not None and due <= run.now

    def due(self, run: Run, kept: dict[str, Any]) -> datetime | None:  # noqa: ARG002 for those that know
        """Give the moment this wait ends, None while unknown."""
        return None

    def has_fired(self, my_task: Any) -> bool:
        """Answer SpiffWorkflow."""
        return self.stirs(run_of(my_task), my_task.internal_data)


class FxCondition(Waits, ConditionalEventDefinition):
    """A conditional event: fires when its expression holds at a look."""

    def __init__(self, name: str, fx: Fx) -> None:
        """Take the element's id and its expression."""
        super().__init__(fx.source, name=name)
        self.fx = fx

    def stirs(self, run: Run, kept: dict[str, Any]) -> bool:  # noqa: ARG002 keeps nothing
        """Look at the facts."""
        return run.holds(self.fx)


class FxTimer(Waits, TimerEventDefinition):
    """A timer on a date that an expression gives; waits as long as the date is unknown."""

    def __init__(self, name: str, fx: Fx) -> None:
        """Take the element's id and its expression."""
        super().__init__(name, fx.source)
        self.fx = fx

    def stirs(self, run: Run, kept: dict[str, Any]) -> bool:  # noqa: ARG002 keeps nothing
        """Say whether the date has come."""
        return run.holds(self.fx, timed=True)

    def due(self, run: Run, kept: dict[str, Any]) -> datetime | None:  # noqa: ARG002 worked out anew
        """Give the date by the facts of now."""
        return run.moment(self.fx)


class DurationTimer(Waits, TimerEventDefinition):
    """A timer that counts from the moment the wait began."""

    def __init__(self, name: str, text: str, duration: Duration) -> None:
        """Take the element's id, the text as written, and its meaning."""
        super().__init__(name, text)
        self.duration = duration

    def due(self, run: Run, kept: dict[str, Any]) -> datetime:
        """Give the end; the first look sets it."""
        run.particular()
        return datetime.fromisoformat(kept.setdefault("due", self.duration.after(run.now).isoformat()))


class CycleTimer(Waits, CycleTimerEventDefinition):
    """A timer that starts its way again and again, at most 30 times; a downtime is caught up turn by turn."""

    def __init__(self, name: str, text: str, cycle: Cycle) -> None:
        """Take the element's id, the text as written, and its meaning (`times` known: the check refuses others)."""
        super().__init__(name, text)
        self.cycle = cycle

    def due(self, run: Run, kept: dict[str, Any]) -> datetime | None:
        """Give the moment of the next turn; the first look sets where the turns count from."""
        run.particular()
        start = datetime.fromisoformat(kept.setdefault("start", run.now.isoformat()))
        return self.cycle.every.after(start, kept.get("turns", 0) + 1)

    def has_fired(self, my_task: Any) -> bool:
        """Say whether every turn is over: then the event itself ends."""
        return bool(my_task.internal_data.get("turns", 0) >= (self.cycle.times or 0))

    def update_task(self, my_task: Any) -> None:
        """Begin one way for every turn that is due."""
        run, kept = run_of(my_task), my_task.internal_data
        while not self.has_fired(my_task) and self.stirs(run, kept):
            kept["turns"] = kept.get("turns", 0) + 1
            run.turns.append(my_task.task_spec.name)
            for output in my_task.task_spec.outputs:
                child = my_task._add_child(output, TaskState.FUTURE)  # noqa: SLF001 SpiffWorkflow's own way, see its CycleTimerEventDefinition
                child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)  # noqa: SLF001 as above
                child.task_spec._update(child)  # noqa: SLF001 as above
