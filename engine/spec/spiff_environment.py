"""SpiffWorkflow made safe: no Python is ever evaluated or executed, its tree walks see deep trees, its logs carry no data.

The script *environment* is replaced (several places of SpiffWorkflow call it past the script engine). It knows the expressions that were compiled
when the process was parsed, and nothing else; facts, time and visits come from the `Run` in progress and never enter `task.data`.
"""

# ruff: noqa: ARG001, ARG002  the signatures are SpiffWorkflow's

from __future__ import annotations

import logging
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator
from SpiffWorkflow.workflow import Workflow

from engine.errors import Broken
from engine.spec.overlay import Over

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.expression import Fx

MAX_DEPTH = 100_000
_OWN = frozenset({"visits", "decision"})  # what an instance knows of itself, as own_facts gives it


def harden() -> None:
    """Change what cannot be configured: the depth of tree walks, data in logs, joins that merge data.

    SpiffWorkflow silently stops looking for tasks at depth 1000. A join that is passed in a second round of a loop merges the data of tasks
    it just removed and fails; here tasks carry no data, so there is nothing to merge.
    """
    for iterator in (TaskIterator, BpmnTaskIterator):
        defaults = tuple(MAX_DEPTH if value == 1000 else value for value in iterator.__init__.__defaults__)
        iterator.__init__.__defaults__ = defaults
        if MAX_DEPTH not in iterator.__init__.__defaults__:
            raise Broken("SpiffWorkflow의 깊이 한도를 바꾸지 못했습니다.")
    for name in ("spiff.task", "spiff.workflow", "spiff.data", "spiff.dmn"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for logged in (Task, Workflow):
        logged.collect_log_extras = _no_extras  # task data, gathered at every change of state for a line nobody writes
    UnstructuredJoin._run_hook = _join  # noqa: SLF001 see above


def _no_extras(logged: Any, dct: Any = None) -> dict[str, Any]:
    return {}


def _join(spec: Any, my_task: Any) -> bool:
    return True


class Asked(NamedTuple):
    """One thing a step asked on its way: whether `fx` holds, or (`timed`) whether its moment has come; over `own`, where it reads what the instance counts."""

    fx: Fx
    own: dict[str, Any] | None
    timed: bool
    said: bool


class Run:
    """What one step of one instance may read: facts of the case, the time, visits and decisions of the instance.

    `trace` is what was asked and what was said; None once something was read that no other instance reads alike.
    """

    __slots__ = ("counts", "decisions", "facts", "known", "matched", "now", "steps", "trace", "turns")

    def __init__(self, facts: Mapping[str, Any], now: datetime, counts: dict[str, int], decisions: dict[str, Any]) -> None:
        """Take `counts` (id -> times passed) and `decisions` as they stood; both are changed in place."""
        self.facts = facts
        self.now = now
        self.counts = counts
        self.decisions = decisions
        self.matched: list[str] = []
        self.turns: list[str] = []
        self.trace: list[Asked] | None = []
        self.steps = 0
        self.known: dict[Fx, Any] = {}  # values that stay within a step: facts do, what the instance counts and decides does not

    def particular(self) -> None:
        """Say that this step hangs on something the trace does not tell."""
        self.trace = None

    def evaluate(self, fx: Fx) -> Any:
        """Give the value of `fx` over the facts and this instance's own."""
        return self._value(fx, self._own(fx))

    def holds(self, fx: Fx, *, timed: bool = False) -> bool:
        """Say whether `fx` is true now, or (`timed`) whether the moment it gives has come."""
        own = self._own(fx)
        said = self._says(fx, own, timed=timed)
        if self.trace is not None:
            self.trace.append(Asked(fx, own, timed, said))
        return said

    def goes(self, trace: Iterable[Asked]) -> bool:
        """Say whether everything on a trace is answered here as it was there."""
        return all(self._says(asked.fx, asked.own, timed=asked.timed) is asked.said for asked in trace)

    def scope(self) -> Mapping[str, Any]:
        """Give everything an expression may read."""
        self.particular()
        return Over({"visits": self.counts, "decision": self.decisions}, self.facts)

    def moment(self, fx: Fx) -> datetime | None:
        """Give the moment `fx` names, in the time zone of `now` (a date is its first minute), or None while it is unknown."""
        return self._moment(self.evaluate(fx))

    def _own(self, fx: Fx) -> dict[str, Any] | None:
        return None if fx.heads.isdisjoint(_OWN) else own_facts(fx, self.counts, dict(self.decisions))

    def _value(self, fx: Fx, own: dict[str, Any] | None) -> Any:
        if own is not None:
            return fx(Over(own, self.facts))
        if fx not in self.known:
            self.known[fx] = fx(self.facts)
        return self.known[fx]

    def _says(self, fx: Fx, own: dict[str, Any] | None, *, timed: bool) -> bool:
        value = self._value(fx, own)
        if not timed:
            return bool(value)
        moment = self._moment(value)
        return moment is not None and moment <= self.now

    def _moment(self, value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=self.now.tzinfo)
        if isinstance(value, date):
            return datetime.combine(value, time(), self.now.tzinfo)
        return None


def own_facts(fx: Fx | None, counts: Mapping[str, int], decisions: Mapping[str, Any]) -> dict[str, Any]:
    """Give `visits` and `decision` as facts; visits of what `fx` reads and never passed are 0, not unknown."""
    visits = dict(counts)
    for path in () if fx is None else fx.reads:
        if path.startswith("visits."):
            visits.setdefault(path.partition(".")[2], 0)
    return {"visits": visits, "decision": decisions}


class FxEnvironment(BasePythonScriptEngineEnvironment):
    """Evaluates only expressions compiled beforehand. One per step: it holds the `Run`."""

    def __init__(self, known: Mapping[str, Fx], run: Run) -> None:
        """Take every expression of the process, by its source."""
        super().__init__()
        self.known = known
        self.run = run

    def evaluate(self, expression: str, context: Any, external_context: Any = None) -> Any:
        """Give the value of a known expression; anything else is refused unread."""
        fx = self.known.get(expression)
        if fx is None:
            raise Broken("미리 확인하지 않은 수식은 계산하지 않습니다.")
        self.run.particular()
        return self.run.evaluate(fx)

    def execute(self, script: str, context: Any, external_context: Any = None) -> Any:
        """Refuse: scripts do not exist here."""
        raise Broken("스크립트는 실행하지 않습니다.")

    def call_service(self, context: Any, **kwargs: Any) -> Any:
        """Refuse: no service is registered."""
        raise Broken("등록되지 않은 연계 작업은 부르지 않습니다.")


class FxEngine(PythonScriptEngine):
    """SpiffWorkflow's script engine, reduced to its environment."""

    def validate(self, expression: str) -> None:
        """Refuse what was not compiled beforehand."""
        if expression not in self.environment.known:
            raise Broken("미리 확인하지 않은 수식은 계산하지 않습니다.")

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        """Give the value of a known expression, without SpiffWorkflow's error text (which carries data)."""
        return self.environment.evaluate(expression, None)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        """Refuse: scripts do not exist here."""
        return self.environment.execute(script, None)

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        """Refuse: no service is registered."""
        return self.environment.call_service(None, **kwargs)


harden()
