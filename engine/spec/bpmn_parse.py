"""A BPMN file as a small drawing: steps, flows and their texts, each with its line. Knows no engine.

Only the elements below may be drawn; everything else (scripts, data objects, foreign extensions, loops by marker) is a finding. Reads any modeler's
file: BPMN 2.0, its diagram interchange (kept, not read) and `spiffworkflow:properties` for what BPMN has no place for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import Finding, SpecError
from engine.spec.reader import did_you_mean
from engine.spec.xml import line_of, local_name, namespace, safe_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element as Element

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})
ACTIVITIES = frozenset({"userTask", "manualTask", "businessRuleTask", "serviceTask", "callActivity", "subProcess"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent"})
NODES = GATEWAYS | ACTIVITIES | EVENTS
_EVENT_KINDS = {
    "startEvent": {"none", "message", "timer", "conditional"},
    "endEvent": {"none", "message", "terminate"},
    "intermediateCatchEvent": {"timer", "conditional"},
    "boundaryEvent": {"timer", "conditional"},
}
_DEFINITIONS = {
    "messageEventDefinition": "message",
    "timerEventDefinition": "timer",
    "conditionalEventDefinition": "conditional",
    "terminateEventDefinition": "terminate",
}
_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_ART = frozenset({"textAnnotation", "association", "group", "documentation"})
_TOP = frozenset({"process", "collaboration", "message", "category", "documentation", "extensionElements"})
PROPERTIES = {
    "process": ("kind", "of", "title", "start", "stage"),
    "userTask": (
        "form", "due", "assign", "owner", "institution", "why", "mark", "stage", "spread", "cases",
        "decision", "approve", "return", "comment", "before", "after", "what",
    ),
    "businessRuleTask": ("decision",),
    "serviceTask": ("operation",),
}  # fmt: skip
_RESERVED = ("Start", "End")  # SpiffWorkflow's own first and last
_ID = re.compile(r"[A-Za-z]\w{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Text:
    """A text somebody wrote into the file, and the line of the element that holds it."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Event:
    """What an event waits for or marks: `kind` none|message|timer|conditional|terminate; `form` of a timer date|duration|cycle."""

    kind: str = "none"
    form: str = ""
    text: Text = Text("", 0)


@dataclass(frozen=True, slots=True)
class Node:
    """One step of the drawing. `scope` is the process or sub-process it stands in, `lane` the title of its lane, `attached` its host."""

    id: str
    kind: str
    title: str
    line: int
    scope: str
    lane: str = ""
    props: Mapping[str, Text] = field(default_factory=dict)
    event: Event = Event()
    attached: str = ""
    interrupting: bool = True
    default: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """One arrow. `condition` is None where none is written."""

    id: str
    title: str
    line: int
    scope: str
    source: str
    target: str
    condition: Text | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """One process as drawn: nodes and flows of every scope by id, in document order."""

    path: str
    id: str
    title: str
    line: int
    props: Mapping[str, Text]
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    lanes: tuple[Text, ...]

    def outgoing(self, node: str) -> list[Flow]:
        """Give the flows that leave `node`."""
        return [flow for flow in self.flows.values() if flow.source == node]

    def incoming(self, node: str) -> list[Flow]:
        """Give the flows that enter `node`."""
        return [flow for flow in self.flows.values() if flow.target == node]

    def within(self, scope: str) -> list[Node]:
        """Give the nodes that stand directly in `scope`."""
        return [node for node in self.nodes.values() if node.scope == scope]


def read_bpmn(path: str, data: bytes) -> tuple[Drawing | None, Element | None, list[Finding]]:
    """Read one file: its drawing, its root element (for the engine's parser) and what is wrong. No drawing where the file is not BPMN at all."""
    try:
        root = safe_root(data, path)
    except SpecError as error:
        return None, None, list(error.findings)
    if namespace(root) != BPMN or local_name(root) != "definitions":
        return None, None, [Finding(path, 1, "not-bpmn", "BPMN 2.0 파일이 아닙니다. 모델러에서 BPMN으로 저장하세요.")]
    reader = _Reader(path)
    drawing = reader.read(root)
    return drawing, root, reader.findings


class _Reader:
    """One pass over one file; `findings` collects what is wrong on the way."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.lanes: list[Text] = []
        self.lane_of: dict[str, str] = {}
        self.seen: set[str] = set()

    def read(self, root: Element) -> Drawing | None:
        processes = [child for child in root if namespace(child) == BPMN and local_name(child) == "process"]
        for child in root:
            if namespace(child) == BPMN and local_name(child) not in _TOP:
                self._unknown(child, _TOP)
        if len(processes) != 1:
            line = line_of(processes[1]) if processes else 1
            self._complain(line, "one-process", f"한 파일에는 업무 절차 하나만 그립니다. 이 파일에는 {len(processes)}개가 있습니다.")
        if not processes:
            return None
        process = processes[0]
        if process.get("isExecutable") == "false":
            self._complain(line_of(process), "not-executable", "이 절차는 실행할 수 없는 것으로 표시되어 있습니다. isExecutable을 true로 바꾸세요.")
        identifier = self._identifier(process)
        props = self._props(process, "process")
        self._lanes(process)
        self._scope(process, identifier, "")
        title = props["title"].value if "title" in props else process.get("name", identifier)
        return Drawing(self.path, identifier, title, line_of(process), props, self.nodes, self.flows, tuple(self.lanes))

    def _lanes(self, process: Element) -> None:
        for lane in process.iter(f"{{{BPMN}}}lane"):
            self.lanes.append(Text(lane.get("name", ""), line_of(lane)))
            for reference in lane.findall(f"{{{BPMN}}}flowNodeRef"):
                self.lane_of[(reference.text or "").strip()] = lane.get("name", "")

    def _scope(self, parent: Element, scope: str, lane: str) -> None:
        for child in parent:
            if namespace(child) != BPMN:
                self._unknown(child, NODES)
                continue
            kind = local_name(child)
            if kind in NODES:
                self._node(child, kind, scope, lane)
            elif kind == "sequenceFlow":
                self._flow(child, scope)
            elif kind in {"incoming", "outgoing", "extensionElements", "laneSet"} or kind in _ART:
                continue
            else:
                self._unknown(child, NODES | {"sequenceFlow"})

    def _node(self, element: Element, kind: str, scope: str, lane: str) -> None:
        identifier = self._identifier(element)
        lane = self.lane_of.get(identifier, lane)
        self._foreign_attributes(element)
        props = dict(self._props(element, kind))
        called = element.get("calledElement", "")
        if kind == "businessRuleTask":
            called = self._called_decision(element, props)
        event = self._event(element, kind) if kind in EVENTS else Event()
        if kind not in EVENTS and kind != "subProcess":
            self._only(element, {"incoming", "outgoing", "extensionElements", "documentation"})
        if kind == "subProcess":
            self._sub_process(element, identifier, lane)
        self.nodes[identifier] = Node(
            id=identifier,
            kind=kind,
            title=element.get("name", ""),
            line=line_of(element),
            scope=scope,
            lane=lane,
            props=props,
            event=event,
            attached=element.get("attachedToRef", ""),
            interrupting=element.get("cancelActivity", "true") != "false",
            default=element.get("default", ""),
            called=called,
        )

    def _sub_process(self, element: Element, identifier: str, lane: str) -> None:
        if element.get("triggeredByEvent") == "true":
            self._complain(line_of(element), "unknown-element", "사건으로 시작하는 하위 절차는 쓸 수 없습니다. 경계 사건을 쓰세요.")
        self._scope(element, identifier, lane)

    def _flow(self, element: Element, scope: str) -> None:
        identifier = self._identifier(element)
        self._foreign_attributes(element)
        self._only(element, {"conditionExpression", "extensionElements", "documentation"})
        self._props(element, "sequenceFlow")
        condition = element.find(f"{{{BPMN}}}conditionExpression")
        text = None if condition is None or not (condition.text or "").strip() else Text(condition.text or "", line_of(condition))
        self.flows[identifier] = Flow(
            identifier, element.get("name", ""), line_of(element), scope, element.get("sourceRef", ""), element.get("targetRef", ""), text
        )

    def _event(self, element: Element, kind: str) -> Event:
        found: list[Event] = []
        for child in element:
            name = local_name(child)
            if namespace(child) == BPMN and name in _DEFINITIONS and _DEFINITIONS[name] in _EVENT_KINDS[kind]:
                found.append(self._definition(child, _DEFINITIONS[name]))
            elif namespace(child) != BPMN or name not in {"incoming", "outgoing", "extensionElements", "documentation"}:
                self._unknown(child, _DEFINITIONS)
        if len(found) > 1:
            self._complain(line_of(element), "unknown-element", "한 사건에는 조건 하나만 쓸 수 있습니다.")
        if not found and "none" not in _EVENT_KINDS[kind]:
            self._complain(line_of(element), "event-without-condition", f"'{_name(element)}' 사건에 기다릴 날짜나 조건이 없습니다.")
        return found[0] if found else Event()

    def _definition(self, element: Element, kind: str) -> Event:
        for child in element:
            name = local_name(child)
            if kind == "timer" and name in _TIMES:
                return Event(kind, _TIMES[name], Text(child.text or "", line_of(child)))
            if kind == "conditional" and name == "condition":
                return Event(kind, "", Text(child.text or "", line_of(child)))
        return Event(kind, "", Text("", line_of(element)))

    def _called_decision(self, element: Element, props: dict[str, Text]) -> str:
        called = element.find(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}calledDecisionId")
        if called is not None:
            return (called.text or "").strip()
        return props["decision"].value.strip() if "decision" in props else ""

    def _props(self, element: Element, kind: str) -> dict[str, Text]:
        holder = element.find(f"{{{BPMN}}}extensionElements")
        found: dict[str, Text] = {}
        for child in () if holder is None else holder:
            if namespace(child) != SPIFF or local_name(child) != "properties":
                if not (kind == "businessRuleTask" and child.tag == f"{{{SPIFF}}}calledDecisionId"):
                    self._complain(
                        line_of(child), "unknown-extension", f"'{local_name(child)}' 확장은 쓸 수 없습니다. spiffworkflow:properties만 쓸 수 있습니다."
                    )
                continue
            for entry in child:
                self._property(entry, kind, found)
        return found

    def _property(self, entry: Element, kind: str, found: dict[str, Text]) -> None:
        name, value = entry.get("name", ""), entry.get("value", "").strip()
        known = PROPERTIES.get(kind, ())
        if namespace(entry) != SPIFF or local_name(entry) != "property":
            self._complain(line_of(entry), "unknown-extension", f"'{local_name(entry)}' 확장은 쓸 수 없습니다.")
        elif name not in known:
            self._complain(line_of(entry), "unknown-property", f"'{name}'은(는) 여기에 쓸 수 없는 속성입니다.{did_you_mean(name, known)}")
        elif name in found:
            self._complain(line_of(entry), "duplicate-property", f"'{name}' 속성이 두 번 쓰였습니다.")
        elif value:
            found[name] = Text(value, line_of(entry))

    def _identifier(self, element: Element) -> str:
        identifier = str(element.get("id", ""))
        if not _ID.fullmatch(identifier) or identifier in _RESERVED:
            message = f"id '{identifier}'을(를) 쓸 수 없습니다. 영문자로 시작하고 영문자·숫자·밑줄만 쓰세요({', '.join(_RESERVED)}은(는) 쓸 수 없습니다)."
            self._complain(line_of(element), "bad-id", message)
        elif identifier in self.seen:
            self._complain(line_of(element), "duplicate-id", f"id '{identifier}'이(가) 두 번 쓰였습니다.")
        self.seen.add(identifier)
        return identifier

    def _foreign_attributes(self, element: Element) -> None:
        for name in element.attrib:
            if str(name).startswith("{") and not str(name).startswith((f"{{{SPIFF}}}", f"{{{XSI}}}")):
                self._complain(line_of(element), "unknown-extension", f"'{str(name).rpartition('}')[2]}' 속성은 쓸 수 없습니다.")

    def _only(self, element: Element, allowed: set[str]) -> None:
        for child in element:
            if namespace(child) != BPMN or local_name(child) not in allowed:
                self._unknown(child, allowed)

    def _unknown(self, element: Element, known: frozenset[str] | set[str] | dict[str, str]) -> None:
        name = local_name(element)
        if name == "scriptTask":
            self._complain(line_of(element), "script-task", f"스크립트 작업('{_name(element)}')은 쓸 수 없습니다. 판단표나 수식을 쓰세요.")
        elif name == "task":
            message = f"'{_name(element)}'의 작업 종류가 정해지지 않았습니다. 사용자 작업(userTask)으로 바꾸세요."
            self._complain(line_of(element), "unknown-element", message)
        else:
            self._complain(line_of(element), "unknown-element", f"'{name}' 요소는 쓸 수 없습니다.{did_you_mean(name, known)}")

    def _complain(self, line: int, kind: str, message: str) -> None:
        self.findings.append(Finding(self.path, line, kind, message))


def _name(element: Element) -> str:
    return str(element.get("name") or element.get("id") or local_name(element))
