"""Processes: what a BPMN file becomes, and the three things that happen to an instance of it: begin, complete, wake.

SpiffWorkflow runs the process; its script environment is ours, its state is stored lean (`spiff_state`), time is what the caller says it is, facts are
read and never stored. An instance that can neither be worked on nor waits for anything is an incident, said at once.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import AlreadyDone, Finding
from engine.spec import spiff_state
from engine.spec.bpmn_check import Reading, read_processes
from engine.spec.decision import Decision, parse_decisions
from engine.spec.spiff_parser import Source, Specs, build, called_by
from engine.spec.spiff_rebind import Rebound, rebind
from engine.spec.spiff_step import Memory, Stepping, rows_of
from engine.spec.step import OpenTask, Step, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from engine.spec.bpmn_parse import Drawing, Flow, Node
    from engine.spec.expression import Fx
    from engine.spec.spiff_environment import Run

__all__ = ["Approval", "OpenTask", "Process", "Rebound", "Step", "UserTask", "Wait", "parse_processes"]

_MEMORY = 256  # states held, and so many ways to go on from each
_WAYS = 4


@dataclass(frozen=True, slots=True)
class Approval:
    """What makes a user task an approval: the answers' path of the decision, its two codes, the path of the comment, and what to show side by side."""

    decision: str
    approve: str
    return_: str
    comment: str
    before: Fx | None
    after: Fx | None
    what: str


@dataclass(frozen=True, slots=True)
class UserTask:
    """One step people do. `due` gives a date or a number of days from opening, `assign` and `owner` a login, `institution` an id, `why` a sentence.

    `spread` is a form: each case named in the answer `cases` (a path) gets a record of it.
    """

    id: str
    title: str
    form: str
    lane: str
    due: Fx | None = None
    assign: Fx | None = None
    owner: Fx | None = None
    institution: Fx | None = None
    why: Fx | None = None
    mark: str = ""
    approval: Approval | None = None
    stage: str = ""
    line: int = 1
    spread: str = ""
    cases: str = ""


@dataclass(frozen=True)
class Process:
    """One process of an edition. Read-only; may be shared between threads."""

    id: str
    title: str
    kind: str
    of: str  # "case", or "institution": work on the case an institution has of itself
    start: tuple[str, ...]
    stage: str
    xml: bytes = field(repr=False)
    path: str
    tasks: Mapping[str, UserTask]
    elements: Mapping[str, Node] = field(repr=False)
    flows: Mapping[str, Flow] = field(repr=False)
    drawing: Drawing = field(repr=False)
    known: Mapping[str, Fx] = field(repr=False)
    expressions: Mapping[tuple[str, str], Fx] = field(repr=False)
    specs: Specs = field(repr=False)
    order: Mapping[str, int] = field(repr=False)
    paths: Mapping[tuple[str, str], tuple[Flow, ...]] = field(repr=False)
    taken: OrderedDict[tuple[int, frozenset[tuple[str, str]], bytes], tuple[Process, Rebound]] = field(default_factory=OrderedDict, repr=False, compare=False)
    memory: OrderedDict[tuple[bytes, str], tuple[Memory, ...]] = field(default_factory=OrderedDict, repr=False, compare=False)

    @property
    def of_institution(self) -> bool:
        """Say whether it is work on the case an institution has of itself."""
        return self.of == "institution"

    def begin(self, facts: Mapping[str, Any], now: datetime) -> Step:
        """Start an instance. `now` is aware; facts are read while it runs."""
        return self._remembered(b"", "", facts, now)

    def complete(self, state: bytes, key: str, facts: Mapping[str, Any], now: datetime) -> Step:
        """Go on after the user task `key` was done. Raises AlreadyDone where it is not open, Broken where the state is not one of ours."""
        if not state:
            raise AlreadyDone
        return self._remembered(state, key, facts, now)

    def wake(self, state: bytes, facts: Mapping[str, Any], now: datetime) -> Step:
        """Look again at everything that waits: timers that are due, conditions that hold now. Cheap where nothing stirs."""
        if not state:
            return Step(b"", done=True)
        return Stepping(self, state, facts, now).wake()

    def take_over(self, old: Process, state: bytes, steps: Mapping[str, str]) -> Rebound:
        """Lay a state of another edition's process onto this one; see `spiff_rebind.rebind`. Thousands of instances stand alike: each state is laid once."""
        key = (id(old), frozenset(steps.items()), state)
        held, moved = self.taken.get(key, (None, None))
        if moved is None or held is not old:
            moved = rebind(old, self, state, steps)
            self.taken[key] = (old, moved)
            if len(self.taken) > _MEMORY:
                self.taken.popitem(last=False)
        return moved

    def go_on(self, moved: Rebound, facts: Mapping[str, Any], now: datetime) -> Step:
        """Go on where `take_over` found no obstacle: events that hold now fire, tokens at new steps enter them."""
        if moved.ended:
            return Step(b"", done=True)
        return self.wake(moved.state, facts, now) if moved.quiet else Stepping(self, moved.state, facts, now).enter(moved.fresh)

    def position(self, state: bytes) -> tuple[frozenset[str], frozenset[str], Mapping[str, int]]:
        """Give (elements open or waiting, elements and flows passed at least once, how often each) for the picture."""
        if not state:
            return frozenset(), frozenset(), {}
        data = spiff_state.parse(state)
        here = frozenset(row[2] for row, _ in rows_of(data["w"]) if spiff_state.is_open(row[3]) and row[2] in self.elements)
        return here, frozenset(data["p"]), data["p"]

    def _remembered(self, state: bytes, key: str, facts: Mapping[str, Any], now: datetime) -> Step:
        """Begin (no key) or complete. Thousands of instances stand alike: where all that is asked on the way is answered as before, it ends as before."""
        held = self.memory.get((state, key), ())
        for one in held:
            step = one.again(self, facts, now)
            if step is not None:
                return step
        stepping = Stepping(self, state or None, facts, now)
        step = stepping.complete(key) if state else stepping.begin()
        if stepping.memory is not None:
            self.memory[state, key] = (stepping.memory, *held)[:_WAYS]
            if len(self.memory) > _MEMORY:
                self.memory.popitem(last=False)
        return step


def parse_processes(files: Mapping[str, bytes]) -> tuple[dict[str, Process], list[Finding]]:
    """Read every `workflows/*.bpmn` of `files`: processes by id, and what is wrong. A process with a finding, or one that calls such, is left out.

    The findings are those of the files by themselves; `bpmn_check.check_processes` gives these and those that need the edition's facts.
    """
    decisions, _ = parse_decisions(files)
    reading = read_processes(files, decisions)
    findings = list(reading.findings)
    sources = {identifier: _source(reading, identifier, decisions) for identifier in _sound(reading)}
    processes: dict[str, Process] = {}
    for identifier, source in sources.items():
        try:
            specs = build(identifier, sources)
        except Exception as error:  # noqa: BLE001 whatever SpiffWorkflow's parser trips over in an uploaded drawing is a finding, never a failure
            findings.append(Finding(source.drawing.path, source.drawing.line, "not-runnable", _unrunnable(error)))
            continue
        processes[identifier] = _process(source, sources, specs, files[source.drawing.path])
    return processes, findings


def _unrunnable(error: Exception) -> str:
    """Say that a drawing cannot be run, with the value it stumbled over where the (English) error quotes one."""
    quoted = re.findall(r"'([^']*)'", str(error))
    of = f" 읽지 못한 값: '{quoted[-1]}'." if quoted else ""
    return f"이 절차는 그림대로 실행할 수 없습니다.{of} 그 값을 고치거나, 모델러에서 열어 다시 저장하세요."


def parse_start(text: str) -> tuple[str, ...]:
    """Read the lanes of `start`, separated by commas."""
    return tuple(part for part in (each.strip() for each in re.split(r"[,，]", text)) if part)


def _sound(reading: Reading) -> list[str]:
    """Give the ids of the processes without a finding in their own file or in one they call."""
    bad = {finding.path for finding in reading.findings}
    drawings = reading.drawings
    return [identifier for identifier, drawing in drawings.items() if not any(drawings[each].path in bad for each in called_by(drawing, drawings))]


def _source(reading: Reading, identifier: str, decisions: Mapping[str, Decision]) -> Source:
    drawing = reading.drawings[identifier]
    deciders = {node.id: _decider(decisions[node.called]) for node in drawing.nodes.values() if node.kind == "businessRuleTask"}
    return Source(drawing, reading.roots[identifier], reading.compiled[identifier], deciders)


def _decider(decision: Decision) -> Callable[[Run], dict[str, Any]]:
    def decide(run: Run) -> dict[str, Any]:
        return {decision.id: decision.decide(run.scope())}

    return decide


def _process(source: Source, sources: Mapping[str, Source], specs: Specs, xml: bytes) -> Process:
    drawing = source.drawing
    parts = [sources[each] for each in called_by(drawing, {identifier: each.drawing for identifier, each in sources.items()})]
    elements: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    compiled: dict[tuple[str, str], Fx] = {}
    for part in parts:
        elements.update(part.drawing.nodes)
        flows.update(part.drawing.flows)
        compiled.update(part.compiled)
    paths: dict[tuple[str, str], tuple[Flow, ...]] = {}
    for flow in flows.values():
        paths[flow.source, flow.target] = (*paths.get((flow.source, flow.target), ()), flow)
    stage = _text(drawing.props, "stage")
    return Process(
        id=drawing.id,
        title=drawing.title,
        kind=_text(drawing.props, "kind"),
        of=_text(drawing.props, "of") or "case",
        start=parse_start(_text(drawing.props, "start")),
        stage=stage,
        xml=xml,
        path=drawing.path,
        tasks={node.id: _user_task(node, compiled, stage) for node in elements.values() if node.kind == "userTask"},
        elements=elements,
        flows=flows,
        drawing=drawing,
        known={fx.source: fx for fx in compiled.values()},
        expressions=compiled,
        specs=specs,
        order={identifier: place for place, identifier in enumerate(elements)},
        paths=paths,
    )


def _user_task(node: Node, compiled: Mapping[tuple[str, str], Fx], stage: str) -> UserTask:
    text = {name: value.value for name, value in node.props.items()}
    fx = {name: compiled.get((node.id, name)) for name in ("due", "assign", "owner", "institution", "why", "before", "after")}
    approval = None
    if "decision" in text:
        approval = Approval(
            decision=text["decision"],
            approve=text.get("approve", ""),
            return_=text.get("return", ""),
            comment=text.get("comment", ""),
            before=fx["before"],
            after=fx["after"],
            what=text.get("what", ""),
        )
    return UserTask(
        id=node.id,
        title=node.title,
        form=text.get("form", ""),
        lane=node.lane,
        due=fx["due"],
        assign=fx["assign"],
        owner=fx["owner"],
        institution=fx["institution"],
        why=fx["why"],
        mark=text.get("mark", ""),
        approval=approval,
        stage=text.get("stage", stage),
        line=node.line,
        spread=text.get("spread", ""),
        cases=text.get("cases", ""),
    )


def _text(props: Mapping[str, Any], name: str) -> str:
    return str(props[name].value) if name in props else ""
