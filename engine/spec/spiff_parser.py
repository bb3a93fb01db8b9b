"""SpiffWorkflow's BPMN parser, reduced to the elements we allow and given our expressions: nothing it makes holds text that would be evaluated.

`build` takes drawings that the check found sound, with their expressions compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    EventDefinitionParser,
    IntermediateCatchEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import CallActivityParser, ConditionalGatewayParser, GatewayParser, SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    CallActivity,
    EndEvent,
    ExclusiveGateway,
    IntermediateCatchEvent,
    StartEvent,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from engine.spec.durations import parse_cycle, parse_duration
from engine.spec.spiff_events import CycleTimer, DurationTimer, FlowCondition, FxCondition, FxTimer, run_of
from engine.spec.spiff_joins import RoundInclusive, RoundParallel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.bpmn_parse import Drawing, Event
    from engine.spec.expression import Fx


class Decides(BpmnSpecMixin):
    """A business rule task: its table's result becomes a fact of the instance."""

    decide: Any = None

    def _run_hook(self, my_task: Any) -> bool:
        run = run_of(my_task)
        run.decisions.update(self.decide(run))
        return bool(super()._run_hook(my_task))


class PassesBy(BpmnSpecMixin):
    """A manual task: done outside, told in the picture, not waited for."""


class _Events(EventDefinitionParser):
    """Events from the drawing instead of from their text."""

    def get_event_definition(self, xpaths: Any) -> Any:  # noqa: ARG002 SpiffWorkflow's signature
        return self.process_parser.parser.definition(self.bpmn_id)


class _Start(_Events, StartEventParser):
    pass


class _End(_Events, EndEventParser):
    pass


class _Catch(_Events, IntermediateCatchEventParser):
    pass


class _Boundary(_Events, BoundaryEventParser):
    pass


class _Conditional(ConditionalGatewayParser):
    """Gateways whose flows carry compiled conditions."""

    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool) -> None:
        flow = sequence_flow_node.get("id")
        fx = self.process_parser.parser.compiled.get((flow, "condition"))
        if is_default or fx is None:
            self.task.connect(outgoing_task)
        else:
            self.task.connect_if(FlowCondition(flow, fx), outgoing_task)


class _Rule(TaskParser):
    def create_task(self) -> Any:
        task = super().create_task()
        task.decide = self.process_parser.parser.deciders[self.bpmn_id]
        return task


class Source(NamedTuple):
    """One file ready for SpiffWorkflow: its drawing, its root element, its expressions by (element id, what), its deciders by element id."""

    drawing: Drawing
    root: Any
    compiled: Mapping[tuple[str, str], Fx]
    deciders: Mapping[str, Any]


class FxParser(BpmnParser):
    """SpiffWorkflow's parser over drawings that were checked."""

    PARSER_CLASSES = {  # noqa: RUF012 SpiffWorkflow's own attribute
        full_tag("startEvent"): (_Start, StartEvent),
        full_tag("endEvent"): (_End, EndEvent),
        full_tag("intermediateCatchEvent"): (_Catch, IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_Boundary, BoundaryEvent),
        full_tag("userTask"): (TaskParser, UserTask),
        full_tag("manualTask"): (TaskParser, PassesBy),
        full_tag("businessRuleTask"): (_Rule, Decides),
        full_tag("subProcess"): (SubWorkflowParser, SubWorkflowTask),
        full_tag("callActivity"): (CallActivityParser, CallActivity),
        full_tag("exclusiveGateway"): (_Conditional, ExclusiveGateway),
        full_tag("inclusiveGateway"): (_Conditional, RoundInclusive),
        full_tag("parallelGateway"): (GatewayParser, RoundParallel),
    }

    def __init__(self, sources: Iterable[Source]) -> None:
        """Take one process and those it calls; their element ids differ."""
        super().__init__()
        self.compiled: dict[tuple[str, str], Fx] = {}
        self.deciders: dict[str, Any] = {}
        self.events: dict[str, Event] = {}
        for source in sources:
            self.compiled.update(source.compiled)
            self.deciders.update(source.deciders)
            self.events.update({node.id: node.event for node in source.drawing.nodes.values()})

    def definition(self, element: str) -> Any:
        """Make the event definition of one element."""
        event = self.events[element]
        if event.kind == "terminate":
            return TerminateEventDefinition()
        if event.kind == "conditional":
            return FxCondition(element, self.compiled[element, "event"])
        if event.kind != "timer":
            return NoneEventDefinition()
        if event.form == "date":
            return FxTimer(element, self.compiled[element, "event"])
        if event.form == "duration":
            return DurationTimer(element, event.text.value, parse_duration(event.text.value))
        return CycleTimer(element, event.text.value, parse_cycle(event.text.value))


class Specs(NamedTuple):
    """One process for SpiffWorkflow: its own spec and those it calls or holds, by id."""

    top: Any
    inner: dict[str, Any]


def build(identifier: str, sources: Mapping[str, Source]) -> Specs:
    """Parse one process with those it calls. Raises SpiffWorkflow's ValidationException for what the check let through."""
    drawings = {each: source.drawing for each, source in sources.items()}
    closure = [sources[each] for each in called_by(drawings[identifier], drawings)]
    parser = FxParser(closure)
    for source in closure:
        parser.add_bpmn_xml(source.root, source.drawing.path)
    return Specs(parser.get_spec(identifier), parser.get_subprocess_specs(identifier))


def called_by(drawing: Drawing, drawings: Mapping[str, Drawing]) -> list[str]:
    """Give the ids of `drawing` and of every process it calls, directly or not."""
    found: list[str] = []
    waiting = [drawing.id]
    while waiting:
        identifier = waiting.pop()
        if identifier not in found and identifier in drawings:
            found.append(identifier)
            waiting.extend(node.called for node in drawings[identifier].nodes.values() if node.kind == "callActivity")
    return found
