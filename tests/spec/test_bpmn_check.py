"""Every way a drawing can be wrong, with the line and the sentence; and a sound one that is silent.

Holds D17 (SECURITY.md).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.spec.bpmn_check import check_processes, named_facts_of_time
from engine.spec.fx_types import DATE, NUMBER, FxType, record
from engine.spec.process import parse_processes
from tests.spec.drawings import HEAD, border, bpmn, catch, date_timer, end, flow, gate, node, props, start, timer, user, when

TYPES: dict[str, FxType] = {"n": NUMBER, "today": DATE, "됨": FxType("boolean"), "날": DATE, "visits": record({"a": NUMBER, "b": NUMBER})}
SOUND = (start(), user("a"), gate("which", "which_over"), user("b"), end(), flow("begin > a > which > over"), flow("which > b", "n > 3"), flow("b > over"))
SIMPLE = (start(), user("a"), end(), flow("begin > a > over"))


def findings(*parts: str, **more: Any) -> dict[str, int]:
    """Kind -> line of every finding."""
    return {finding.id: finding.line for finding in check_processes({"workflows/x.bpmn": bpmn(*parts, **more)}, TYPES, {})}


def test_a_sound_drawing_is_silent() -> None:
    assert findings(*SOUND) == {}
    assert findings(*SIMPLE) == {}


def inside(*inner: str) -> tuple[str, ...]:
    return (start(), *inner, end())


CASES: dict[str, tuple[str, ...]] = {
    "script-task": inside(node("scriptTask", "a", "<script>import os</script>", name="계산"), flow("begin > a > over")),
    "unknown-element": inside(node("adHocSubProcess", "a"), flow("begin > over")),
    "unknown-element ": inside(node("task", "a"), flow("begin > over")),
    "unknown-element  ": inside(node("userTask", "a", "<multiInstanceLoopCharacteristics/>", name="a"), flow("begin > a > over")),
    "unknown-element   ": inside(node("userTask", "a", "<standardLoopCharacteristics/>", name="a"), flow("begin > a > over")),
    "unknown-element    ": inside(node("userTask", "a", "<dataInputAssociation/>", name="a"), flow("begin > a > over")),
    "unknown-element     ": inside(catch("a", "<messageEventDefinition/>"), flow("begin > a > over")),
    "unknown-element      ": (start(), end(inner="<errorEventDefinition/>"), flow("begin > over")),
    "unknown-element       ": inside('<camunda:thing id="t"/>', flow("begin > over")),
    "unknown-element        ": inside(node("subProcess", "a", start("s") + end("e") + flow("s > e"), triggeredByEvent="true"), flow("begin > a > over")),
    "unknown-extension": inside(node("userTask", "a", "<extensionElements><camunda:formData/></extensionElements>", name="a"), flow("begin > a > over")),
    "unknown-extension ": inside('<userTask id="a" name="a" camunda:formKey="x"/>', flow("begin > a > over")),
    "unknown-extension  ": inside(node("userTask", "a", "<extensionElements><s:preScript>x=1</s:preScript></extensionElements>", name="a"), flow("begin > a > over")),
    "unknown-property": inside(user("a", asign="7"), flow("begin > a > over")),
    "unknown-property ": inside(node("exclusiveGateway", "a", props(form="x")), flow("begin > a > over")),
    "duplicate-property": inside(node("userTask", "a", props(form="a", form_="b"), name="a"), flow("begin > a > over")),
    "bad-id": inside(user("a"), flow("begin > a", ident="f.1"), flow("a > over")),
    "bad-id ": inside(user("End"), flow("begin > End > over")),
    "duplicate-id": inside(user("a"), user("a"), flow("begin > a > over")),
    "event-without-condition": inside(catch("a", ""), flow("begin > a > over")),
    "event-without-condition ": inside(catch("a", "<timerEventDefinition/>"), flow("begin > a > over")),
    "bad-expression": inside(gate("a", "a_over"), user("b"), flow("begin > a > over"), flow("a > b", "n >"), flow("b > over")),
    "bad-expression ": inside(user("a", due="__import__('os').getpid()"), flow("begin > a > over")),
    "bad-expression  ": inside(user("a", why="만 15세가 되었습니다"), flow("begin > a > over")),
    "bad-expression   ": inside(catch("a", when("")), flow("begin > a > over")),
    "dangling-flow": inside(flow("begin > nowhere"), flow("begin > over", ident="f")),
    "dangling-flow ": inside(node("subProcess", "a", start("s") + user("b") + end("e") + flow("s > b > e")), flow("begin > a > over"), flow("b > over", ident="out")),
    "flow-out-of-place": inside(user("a"), flow("begin > a > over > a")),
    "one-start": (start(), start("s2"), user("a"), end(), flow("begin > a > over"), flow("s2 > a")),
    "one-start ": inside(node("subProcess", "a", end("e")), flow("begin > a > over")),
    "no-end": (start(), user("a"), flow("begin > a")),
    "unreachable-step": inside(user("a"), user("b"), flow("begin > a > over"), flow("b > over")),
    "step-cannot-end": inside(user("a"), gate("g", kind="parallel"), user("b"), flow("begin > a > g > over"), flow("g > b")),
    "flow-without-condition": inside(gate("g", "g_over"), user("a"), flow("begin > g > over"), flow("g > a"), flow("a > over")),
    "gateway-without-default": inside(gate("g"), user("a"), flow("begin > g > over", "", ""), flow("g > a", "n > 1"), flow("a > over")),
    "default-with-condition": inside(gate("g", "g_a"), user("a"), flow("begin > g > a", "n > 1"), flow("g > over", "n < 1"), flow("a > over")),
    "condition-ignored": inside(user("a"), flow("begin > a"), flow("a > over", "n > 1")),
    "implicit-split": inside(user("a"), user("b"), flow("begin > a > over"), flow("a > b > over")),
    "boundary-without-host": inside(gate("g", kind="parallel"), border("e", "g", when("됨")), flow("begin > g > over"), flow("e > over")),
    "loop-without-bound": inside(user("a"), gate("g", "g_over"), flow("begin > a > g > over"), flow("g > a", "n > 1")),
    "join-waits-for-itself": inside(
        gate("j", kind="parallel"), user("a"), gate("g", "g_over"), flow("begin > j > a > g > over"), flow("g > j", "visits.a < 3")
    ),
    "timer-too-short": inside(catch("a", timer("timeDuration", "PT30S")), flow("begin > a > over")),
    "timer-unbounded": inside(user("a"), border("e", "a", timer("timeCycle", "R/P1D"), False), end("o"), flow("begin > a > over"), flow("e > o")),
    "timer-unbounded ": inside(user("a"), border("e", "a", timer("timeCycle", "R100000/P1D"), False), end("o"), flow("begin > a > over"), flow("e > o")),
    "timer-too-short ": inside(user("a"), border("e", "a", timer("timeCycle", "R9/PT0S"), False), end("o"), flow("begin > a > over"), flow("e > o")),
    "bad-timer": inside(catch("a", timer("timeDuration", "__import__('os')")), flow("begin > a > over")),
    "bad-timer ": inside(catch("a", timer("timeCycle", "R3/P1D")), flow("begin > a > over")),
    "timer-reads-today": inside(catch("a", date_timer("날짜더하기(today, 1, '년')")), flow("begin > a > over")),
    "condition-reads-today": inside(catch("a", when("날 < today")), flow("begin > a > over")),
    "step-without-name": inside(node("userTask", "a", props(form="a")), flow("begin > a > over")),
    "approval-incomplete": inside(user("a", decision="결정", approve="승인"), flow("begin > a > over")),
    "unknown-mark": inside(user("a", mark="returnd"), flow("begin > a > over")),
    "unknown-decision": inside(node("businessRuleTask", "a", props(decision="size")), flow("begin > a > over")),
    "unknown-operation": inside(node("serviceTask", "a", props(operation="mail")), flow("begin > a > over")),
    "unknown-process": inside(node("callActivity", "a", calledElement="q"), flow("begin > a > over")),
    "call-circle": inside(node("callActivity", "a", calledElement="p"), flow("begin > a > over")),
    "unknown-step": inside(user("a"), gate("g", "g_over"), user("b"), flow("begin > a > g > over"), flow("g > b", "visits.write < 3"), flow("b > over")),
    "wrong-kind": inside(gate("g", "g_over"), user("a"), flow("begin > g > over"), flow("g > a", "n + 1"), flow("a > over")),
    "wrong-kind ": inside(catch("a", date_timer("n")), flow("begin > a > over")),
    "unknown-name": inside(catch("a", when("모르는것")), flow("begin > a > over")),
}


@pytest.mark.parametrize("kind", CASES)
def test_each_wrong_thing_is_found_in_its_line(kind: str) -> None:
    found = findings(*CASES[kind])
    assert kind.strip() in found
    assert found[kind.strip()] > 3 or kind.strip() in {"no-end", "one-start", "call-circle"}


@pytest.mark.parametrize("kind", CASES)
def test_s39_what_is_wrong_is_never_run(kind: str) -> None:
    processes, found = parse_processes({"workflows/x.bpmn": bpmn(*CASES[kind])})
    if kind.strip() not in {"wrong-kind", "unknown-name"}:  # those need the edition's facts
        assert found
        assert processes == {}


def test_a_sentence_says_what_to_do() -> None:
    (finding,) = check_processes({"workflows/x.bpmn": bpmn(*CASES["loop-without-bound"])}, TYPES, {})
    assert str(finding) == (
        "workflows/x.bpmn:6: loop-without-bound: 끝없이 돌 수 있습니다: a, g. 되돌아가는 흐름의 조건에 'visits.<단계 id> < N'(30까지)을 and로 넣으세요."
    )
    (finding,) = check_processes({"workflows/x.bpmn": bpmn(*CASES["unknown-property"])}, TYPES, {})
    assert finding.message.startswith("'asign'은(는) 여기에 쓸 수 없는 속성입니다.")
    assert "'assign'" in finding.message


@pytest.mark.parametrize(
    ("condition", "sound"),
    [
        ("visits.a < 5 and n > 1", True),
        ("n > 1 and (됨 and visits.g <= 29)", True),
        ("visits.a < 31", False),
        ("visits.a <= 30", False),
        ("visits.a < 5 or n > 1", False),
        ("not visits.a < 5", False),
        ("visits.b < 5", False),
        ("visits.a > 5", False),
    ],
)
def test_a_loop_is_bounded_by_the_visits_of_a_step_on_it(condition: str, sound: bool) -> None:
    found = findings(
        start(), user("a"), gate("g", "g_b"), user("b"), end(), flow("begin > a > g > b > over"), flow("g > a", condition, "back")
    )
    assert ("loop-without-bound" in found) is not sound


def test_a_bound_must_stand_on_every_way_round() -> None:
    parts = (
        start(), gate("g", "g_a"), user("a"), user("b"), gate("h", "h_over"), end(), flow("begin > g > a > h"), flow("g > b", "n > 1"), flow("b > h"), flow("h > over"),
    )  # fmt: skip
    assert "loop-without-bound" in findings(*parts, flow("h > g", "visits.a < 3", "back"))
    assert "loop-without-bound" not in findings(*parts, flow("h > g", "visits.h < 3", "back"))


def test_a_loop_through_a_border_is_a_loop() -> None:
    parts = (start(), user("a"), end(), flow("begin > a > over"), flow("edge > a"))
    assert "loop-without-bound" in findings(*parts, border("edge", "a", when("됨")))
    assert "loop-without-bound" not in findings(*parts, border("edge", "a", when("visits.edge < 2 and 됨")))


def test_loops_inside_a_sub_process_are_found() -> None:
    inner = start("s") + user("b") + gate("g", "g_e") + end("e") + flow("s > b > g > e") + flow("g > b", "n > 1", "back")
    assert "loop-without-bound" in findings(*inside(node("subProcess", "a", inner), flow("begin > a > over")))


def test_named_facts_that_move_with_time_are_seen_through() -> None:
    facts = {"나이": "만나이(태어난날, today)", "다컸음": "나이 >= 18", "종결됨": "사유 == '끝'"}
    files = {"forms/edition.json": json.dumps({"facts": facts}).encode()}
    assert named_facts_of_time(files) == {"today", "나이", "다컸음"}
    for broken in (b"", b"[]", b'{"facts": 3}', b'{"facts": {"a": "1 +"}}'):
        assert named_facts_of_time({"forms/edition.json": broken}) == {"today"}
    files["workflows/x.bpmn"] = bpmn(*inside(catch("a", when("다컸음")), flow("begin > a > over")))
    assert "condition-reads-today" in {finding.id for finding in parse_processes(files)[1]}


def test_kinds_of_processes() -> None:
    assert "process-kind" in findings(*SIMPLE, kind="lifecycl")
    assert findings(*SIMPLE, kind="lifecycle") == {}


def test_files_that_are_no_process() -> None:
    def kinds(data: bytes) -> set[str]:
        return {finding.id for finding in parse_processes({"workflows/x.bpmn": data})[1]}

    assert kinds(b"<a/>") == {"not-bpmn"}
    assert kinds(b"<a") == {"xml-syntax"}
    assert kinds(b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>') == {"xml-doctype"}
    assert kinds(f"{HEAD}</definitions>".encode()) == {"one-process"}
    assert kinds(f'{HEAD}<signal id="s"/></definitions>'.encode()) == {"one-process", "unknown-element"}
    assert kinds(bpmn(*SIMPLE).replace(b'isExecutable="true"', b'isExecutable="false"')) == {"not-executable"}
    assert kinds(bpmn(*SIMPLE).replace(b"<process ", b'<process id="other"/><process ')) >= {"one-process"}


def test_a_process_id_is_used_once() -> None:
    found = parse_processes({"workflows/a.bpmn": bpmn(*SIMPLE), "workflows/b.bpmn": bpmn(*SIMPLE)})[1]
    assert [(finding.path, finding.id) for finding in found] == [("workflows/b.bpmn", "duplicate-id")]


def test_ids_of_a_called_process_differ_from_the_callers() -> None:
    called = bpmn(start("q_begin"), user("a"), end("q_over"), flow("q_begin > a > q_over"), ident="q")
    caller = bpmn(start(), user("a"), node("callActivity", "call", calledElement="q"), end(), flow("begin > a > call > over"))
    processes, found = parse_processes({"workflows/a.bpmn": caller, "workflows/q.bpmn": called})
    assert [finding.id for finding in found] == ["duplicate-id"]
    assert list(processes) == ["q"]


def test_a_caller_of_an_unsound_process_is_left_out() -> None:
    called = bpmn(start("q_begin"), user("b"), end("q_over"), flow("q_begin > b"), ident="q")
    caller = bpmn(start(), node("callActivity", "call", calledElement="q"), end(), flow("begin > call > over"))
    processes, found = parse_processes({"workflows/a.bpmn": caller, "workflows/q.bpmn": called})
    assert {finding.path for finding in found} == {"workflows/q.bpmn"}
    assert processes == {}


def test_s43_a_drawing_has_a_limit() -> None:
    steps = [f"a{number}" for number in range(301)]
    found = findings(start(), *(user(step) for step in steps), end(), flow(" > ".join(["begin", *steps, "over"])))
    assert found == {"too-many-steps": 3}


def test_s43_the_longest_drawing_allowed_can_be_run() -> None:
    from tests.spec.drawings import Walk, process

    steps = [f"a{number}" for number in range(290)]
    walk = Walk(process(start(), *(node("manualTask", step) for step in steps), user("last"), end(), flow(" > ".join(["begin", *steps, "last", "over"]))))
    assert walk.open == ["last"]
    assert walk.do("last").step.done


def test_what_a_modeler_adds_is_let_be() -> None:
    extra = '<textAnnotation id="note"><text>메모</text></textAnnotation><association id="line" sourceRef="a" targetRef="note"/><documentation>설명</documentation>'
    data = bpmn(*SIMPLE, extra).decode().replace("</definitions>", '<category id="c"/><di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="dia"/></definitions>')
    assert parse_processes({"workflows/x.bpmn": data.encode()})[1] == []


def test_s38_a_picture_that_is_none_is_a_finding() -> None:
    picture = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="dia"><di:BPMNPlane id="pl">'
        '<di:BPMNShape id="sh" bpmnElement="a"><dc:Bounds x="1" y="가" width="1" height="1"/></di:BPMNShape></di:BPMNPlane></di:BPMNDiagram></definitions>'
    )
    processes, found = parse_processes({"workflows/x.bpmn": bpmn(*SIMPLE).replace(b"</definitions>", picture.encode())})
    assert [finding.id for finding in found] == ["not-runnable"]
    assert processes == {}
