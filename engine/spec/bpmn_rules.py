"""The rules a drawing keeps by itself: flows, gateways, loops, ends, timers, conditions. Each rule is a small function over one drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Finding
from engine.spec.bpmn_graph import MAX_ROUNDS, backward, edges_of, endless, reachable
from engine.spec.durations import MAX_REPEATS, parse_cycle, parse_duration
from engine.spec.reader import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from engine.spec.bpmn_parse import Drawing, Flow, Node
    from engine.spec.expression import Fx

MAX_NODES = 300
KINDS = ("lifecycle", "work")
OF = ("case", "institution")
MARKS = ("returned",)
_BRANCHING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_HOSTS = frozenset({"userTask", "subProcess", "callActivity"})


class Rules:
    """One drawing with what the rules need of it; `moving` are the facts that change by the passing of days."""

    def __init__(self, drawing: Drawing, compiled: Mapping[tuple[str, str], Fx], moving: frozenset[str]) -> None:
        """Take a drawing and its expressions."""
        self.drawing = drawing
        self.compiled = compiled
        self.moving = moving
        self.scopes = [drawing.id, *(node.id for node in drawing.nodes.values() if node.kind == "subProcess")]

    def found(self, line: int, kind: str, message: str) -> Finding:
        """Make a finding in this file."""
        return Finding(self.drawing.path, line, kind, message)

    def moves(self, fx: Fx | None) -> str:
        """Give the name of the first fact of time `fx` reads, or nothing."""
        return next((path for path in sorted(fx.reads) if path.partition(".")[0] in self.moving), "") if fx else ""


def check_drawing(drawing: Drawing, compiled: Mapping[tuple[str, str], Fx], moving: frozenset[str]) -> list[Finding]:
    """Give everything wrong with one drawing, line by line."""
    rules = Rules(drawing, compiled, moving)
    found = list(_process(rules))
    found += _flows(rules)
    if not any(finding.id in {"dangling-flow", "flow-out-of-place"} for finding in found):
        for check in _CHECKS:
            found += check(rules)
    return sorted(dict.fromkeys(found), key=lambda finding: finding.line)


def _process(rules: Rules) -> Iterator[Finding]:
    drawing = rules.drawing
    kind = drawing.props.get("kind")
    if kind is None or kind.value not in KINDS:
        line = kind.line if kind else drawing.line
        hint = did_you_mean(kind.value, KINDS) if kind else ""
        yield rules.found(line, "process-kind", f"절차 속성 kind에 lifecycle 또는 work를 적으세요.{hint}")
    of = drawing.props.get("of")
    if of is not None and of.value not in OF:
        yield rules.found(of.line, "process-of", f"절차 속성 of에는 case 또는 institution을 적으세요.{did_you_mean(of.value, OF)}")
    if of is not None and of.value == "institution":
        yield from _of_institution(rules)
    if len(drawing.nodes) > MAX_NODES:
        yield rules.found(drawing.line, "too-many-steps", f"단계가 {len(drawing.nodes)}개입니다. {MAX_NODES}개까지 그릴 수 있습니다. 절차를 나누세요.")


def _of_institution(rules: Rules) -> Iterator[Finding]:
    """Work on the institution's own case is no lifecycle, and hands nothing over: it belongs to the institution."""
    drawing = rules.drawing
    if "kind" in drawing.props and drawing.props["kind"].value == "lifecycle":
        yield rules.found(drawing.props["of"].line, "process-of", "기관의 일(of=institution)은 lifecycle일 수 없습니다. kind를 work로 적으세요.")
    for node in drawing.nodes.values():
        for name in {"owner", "institution"} & node.props.keys():
            yield rules.found(node.props[name].line, "process-of", f"기관의 일에서는 담당자나 기관을 바꾸지 않습니다. {name}을(를) 지우세요.")


def _flows(rules: Rules) -> Iterator[Finding]:
    nodes = rules.drawing.nodes
    for flow in rules.drawing.flows.values():
        source, target = nodes.get(flow.source), nodes.get(flow.target)
        if source is None or target is None:
            missing = flow.source if source is None else flow.target
            yield rules.found(flow.line, "dangling-flow", f"흐름 '{flow.title or flow.id}'의 끝이 없는 단계('{missing}')를 가리킵니다.")
        elif source.scope != target.scope:
            yield rules.found(flow.line, "dangling-flow", f"흐름 '{flow.title or flow.id}'이(가) 하위 절차의 테두리를 넘습니다. 하위 절차에 이으세요.")
        elif source.kind == "endEvent" or target.kind in {"startEvent", "boundaryEvent"}:
            yield rules.found(flow.line, "flow-out-of-place", f"흐름 '{flow.title or flow.id}'은(는) 끝에서 나오거나 시작·경계 사건으로 들어갈 수 없습니다.")


def _ends(rules: Rules) -> Iterator[Finding]:
    """Every scope has one start, an end, no step out of reach and none that cannot end."""
    for scope in rules.scopes:
        nodes = rules.drawing.within(scope)
        where = rules.drawing.nodes[scope].line if scope in rules.drawing.nodes else rules.drawing.line
        starts = [node.id for node in nodes if node.kind == "startEvent"]
        ends = [node.id for node in nodes if node.kind == "endEvent"]
        if len(starts) != 1:
            yield rules.found(where, "one-start", f"시작은 하나여야 합니다. 지금 {len(starts)}개입니다.")
        if not ends:
            yield rules.found(where, "no-end", "끝 사건이 없습니다. 끝을 그리세요.")
        if not starts or not ends:
            continue
        edges = edges_of(rules.drawing, scope)
        reached, ending = reachable(edges, starts), reachable(backward(edges), ends)
        for node in nodes:
            if node.id not in reached:
                yield rules.found(node.line, "unreachable-step", f"'{_name(node)}'에 이르는 길이 없습니다. 흐름을 잇거나 지우세요.")
            elif node.id not in ending:
                yield rules.found(node.line, "step-cannot-end", f"'{_name(node)}'에서 끝으로 가는 길이 없습니다.")


def _branches(rules: Rules) -> Iterator[Finding]:
    """Gateways have a condition on each flow but the default; nothing else branches or carries a condition."""
    for node in rules.drawing.nodes.values():
        outgoing = rules.drawing.outgoing(node.id)
        if node.kind in _BRANCHING:
            yield from _gateway(rules, node, outgoing)
            continue
        for flow in outgoing:
            if flow.condition is not None:
                yield rules.found(flow.line, "condition-ignored", f"'{_name(node)}'에서 나가는 흐름의 조건은 쓰이지 않습니다. 배타 게이트웨이를 두세요.")
        if len(outgoing) > 1 and node.kind != "parallelGateway":
            yield rules.found(node.line, "implicit-split", f"'{_name(node)}'에서 흐름이 둘 이상 나갑니다. 게이트웨이로 나누세요.")


def _gateway(rules: Rules, node: Node, outgoing: list[Flow]) -> Iterator[Finding]:
    default = next((flow for flow in outgoing if flow.id == node.default), None)
    if node.default and default is None:
        yield rules.found(node.line, "gateway-without-default", f"'{_name(node)}'의 기본 흐름 '{node.default}'이(가) 없습니다.")
    if default is not None and default.condition is not None:
        yield rules.found(default.line, "default-with-condition", f"'{_name(node)}'의 기본 흐름에는 조건을 쓰지 않습니다.")
    if len(outgoing) == 1 and outgoing[0].condition is None:
        return
    for flow in outgoing:
        if flow.condition is None and flow is not default:
            message = f"'{_name(node)}'에서 나가는 흐름 '{flow.title or flow.id}'에 조건이 없고 기본 흐름도 아닙니다."
            yield rules.found(flow.line, "flow-without-condition", message)
    if not node.default and outgoing:
        yield rules.found(node.line, "gateway-without-default", f"'{_name(node)}'에 기본 흐름이 없습니다. 어느 조건도 맞지 않으면 멈춥니다.")


def _joins(rules: Rules) -> Iterator[Finding]:
    """No parallel join waits for something that only comes after it."""
    for node in rules.drawing.nodes.values():
        incoming = rules.drawing.incoming(node.id)
        if node.kind != "parallelGateway" or len(incoming) < 2:
            continue
        starts = [each.id for each in rules.drawing.within(node.scope) if each.kind == "startEvent"]
        before = reachable(edges_of(rules.drawing, node.scope), starts, without=node.id)
        for flow in incoming:
            if flow.source not in before:
                message = f"'{_name(node)}'이(가) 자기 뒤에서 돌아오는 흐름을 기다려 멈춥니다. 되돌아오는 흐름은 배타 게이트웨이로 받으세요."
                yield rules.found(flow.line, "join-waits-for-itself", message)


def _borders(rules: Rules) -> Iterator[Finding]:
    for node in rules.drawing.nodes.values():
        if node.kind == "boundaryEvent":
            host = rules.drawing.nodes.get(node.attached)
            if host is None or host.kind not in _HOSTS or host.scope != node.scope:
                yield rules.found(node.line, "boundary-without-host", f"경계 사건 '{_name(node)}'은(는) 사용자 작업이나 하위 절차에 붙어야 합니다.")


def _loops(rules: Rules) -> Iterator[Finding]:
    for scope in rules.scopes:
        for loop in endless(rules.drawing, scope, rules.compiled):
            names = ", ".join(_name(rules.drawing.nodes[each]) for each in loop[:4])
            message = f"끝없이 돌 수 있습니다: {names}. 되돌아가는 흐름의 조건에 'visits.<단계 id> < N'({MAX_ROUNDS}까지)을 and로 넣으세요."
            yield rules.found(rules.drawing.nodes[loop[0]].line, "loop-without-bound", message)


def _timers(rules: Rules) -> Iterator[Finding]:
    for node in rules.drawing.nodes.values():
        event = node.event
        if event.kind != "timer":
            continue
        if event.form == "date":
            moving = rules.moves(rules.compiled.get((node.id, "event")))
            if moving:
                message = f"'{_name(node)}'의 날짜가 오늘에 따라 밀립니다('{moving}'을(를) 읽음). 기록의 날짜나 기간(P1Y)을 쓰세요."
                yield rules.found(event.text.line, "timer-reads-today", message)
        elif not event.form:
            yield rules.found(node.line, "event-without-condition", f"'{_name(node)}' 사건에 날짜나 기간이 없습니다.")
        else:
            yield from _period(rules, node)


def _period(rules: Rules, node: Node) -> Iterator[Finding]:
    text, line = node.event.text.value, node.event.text.line
    try:
        cycle = parse_cycle(text) if node.event.form == "cycle" else None
        every = cycle.every if cycle else parse_duration(text)
    except ValueError:
        yield rules.found(line, "bad-timer", f"'{_name(node)}'의 기간 '{text.strip()}'을(를) 읽을 수 없습니다. P30D, P1Y, R3/P1M처럼 적으세요.")
        return
    if every.too_short:
        yield rules.found(line, "timer-too-short", f"'{_name(node)}'의 기간이 1분보다 짧습니다.")
    if cycle and (cycle.times is None or not 1 <= cycle.times <= MAX_REPEATS):
        yield rules.found(line, "timer-unbounded", f"'{_name(node)}'의 되풀이에 끝이 없거나 너무 많습니다. R1부터 R{MAX_REPEATS}까지 쓸 수 있습니다.")
    if cycle and (node.kind != "boundaryEvent" or node.interrupting):
        yield rules.found(line, "bad-timer", f"되풀이하는 시간('{_name(node)}')은 멈추지 않는 경계 사건에만 쓸 수 있습니다.")


def _conditions(rules: Rules) -> Iterator[Finding]:
    for node in rules.drawing.nodes.values():
        if node.event.kind == "conditional":
            moving = rules.moves(rules.compiled.get((node.id, "event")))
            if not node.event.text.value.strip():
                continue
            if moving:
                message = f"'{_name(node)}'의 조건이 오늘에 따라 바뀝니다('{moving}'을(를) 읽음). 날짜를 기다리는 시간 사건을 쓰세요."
                yield rules.found(node.event.text.line, "condition-reads-today", message)


def _steps(rules: Rules) -> Iterator[Finding]:
    """Look at single steps: a name to show, an approval that is whole."""
    for node in rules.drawing.nodes.values():
        if node.kind != "userTask":
            continue
        if not node.title.strip():
            yield rules.found(node.line, "step-without-name", f"사용자 작업 '{node.id}'에 이름이 없습니다. 화면에 보일 이름을 적으세요.")
        asked = [name for name in ("decision", "approve", "return") if name in node.props]
        if asked and len(asked) < 3:
            yield rules.found(node.line, "approval-incomplete", f"승인 작업 '{_name(node)}'에는 decision, approve, return이 모두 있어야 합니다.")
        if ("spread" in node.props) is not ("cases" in node.props):
            yield rules.found(node.line, "spread-incomplete", f"'{_name(node)}'에는 spread(서식)와 cases(대상을 고르는 항목)를 함께 적으세요.")
        mark = node.props.get("mark")
        if mark and mark.value not in MARKS:
            yield rules.found(mark.line, "unknown-mark", f"mark에 '{mark.value}'은(는) 쓸 수 없습니다.{did_you_mean(mark.value, MARKS)}")


_CHECKS: tuple[Callable[[Rules], Iterator[Finding]], ...] = (_ends, _branches, _joins, _borders, _loops, _timers, _conditions, _steps)


def _name(node: Node) -> str:
    return node.title or node.id
