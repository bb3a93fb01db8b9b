"""The shortest process there is: one user task. Begin, complete, nothing left."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from engine.errors import AlreadyDone, Broken
from engine.spec.process import Process, parse_processes

KST = timezone(timedelta(hours=9))
NOW = datetime(2024, 5, 1, 9, tzinfo=KST)
LOAN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="x">
  <process id="loan" name="빌리기" isExecutable="true">
    <extensionElements><s:properties><s:property name="kind" value="work"/><s:property name="start" value="담당자, 지점장"/></s:properties></extensionElements>
    <laneSet id="lanes"><lane id="keeper" name="담당자"><flowNodeRef>write</flowNodeRef></lane></laneSet>
    <startEvent id="begin"/>
    <sequenceFlow id="f1" sourceRef="begin" targetRef="write"/>
    <userTask id="write" name="적기"><extensionElements><s:properties>
      <s:property name="form" value="loan"/><s:property name="due" value="7"/></s:properties></extensionElements></userTask>
    <sequenceFlow id="f2" sourceRef="write" targetRef="over"/>
    <endEvent id="over"/>
  </process>
</definitions>
"""


@pytest.fixture
def loan() -> Process:
    processes, findings = parse_processes({"workflows/loan.bpmn": LOAN.encode()})
    assert findings == []
    return processes["loan"]


def test_says_what_it_is(loan: Process) -> None:
    assert (loan.title, loan.kind, loan.start) == ("빌리기", "work", ("담당자", "지점장"))
    task = loan.tasks["write"]
    assert (task.title, task.form, task.lane) == ("적기", "loan", "담당자")
    assert task.due is not None
    assert task.due({}) == 7


def test_begins_with_its_task_open_and_ends_with_it(loan: Process) -> None:
    step = loan.begin({}, NOW)
    assert [task.element for task in step.open] == ["write"]
    assert step.trail == ("begin", "f1")
    over = loan.complete(step.state, step.open[0].key, {}, NOW)
    assert over.done
    assert over.state == b""
    assert over.trail == ("write", "f2", "over")
    assert over.incident is None


def test_the_same_step_gives_the_same_bytes(loan: Process) -> None:
    first = loan.begin({}, NOW)
    loan.memory.clear()
    assert loan.begin({}, NOW) == first


def test_state_is_small_and_holds_no_definition(loan: Process) -> None:
    state = loan.begin({"case": {"name": "홍길동"}}, NOW).state
    assert len(state) < 120
    assert "홍길동" not in state.decode()


def test_a_task_that_is_not_open_is_refused(loan: Process) -> None:
    step = loan.begin({}, NOW)
    for key in ("99", "", "1"):
        with pytest.raises(AlreadyDone):
            loan.complete(step.state, key, {}, NOW)
    with pytest.raises(AlreadyDone):
        loan.complete(b"", step.open[0].key, {}, NOW)


@pytest.mark.parametrize("state", [b"x", b"{}", b'{"v":"1.1","n":1,"w":{"t":[]}}', b'{"v":"1.5","n":1,"w":{"t":[[1,0,"Nobody",16]]}}', b"[]"])
def test_a_state_of_another_making_is_refused(loan: Process, state: bytes) -> None:
    with pytest.raises(Broken):
        loan.complete(state, "2", {}, NOW)
