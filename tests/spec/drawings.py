"""Small BPMN files for tests, from one line per step and flow. No picture: the engine needs none."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.spec.process import Process, Step, parse_processes

KST = timezone(timedelta(hours=9))
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="x">\n'
)


def at(day: str) -> datetime:
    """Nine in the morning of a day, or the given time."""
    return datetime.fromisoformat(day if "T" in day else f"{day}T09:00").replace(tzinfo=KST)


def props(**values: str) -> str:
    entries = "".join(f"<s:property name={quoteattr(name.rstrip('_'))} value={quoteattr(value)}/>" for name, value in values.items())
    return f"<extensionElements><s:properties>{entries}</s:properties></extensionElements>" if values else ""


def user(ident: str, **values: str) -> str:
    return f'<userTask id="{ident}" name="{ident}">{props(**{"form": ident, **values})}</userTask>\n'


def node(kind: str, ident: str, inner: str = "", **attributes: str) -> str:
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<{kind} id="{ident}"{written}>{inner}</{kind}>\n'


def start(ident: str = "begin", inner: str = "") -> str:
    return node("startEvent", ident, inner)


def end(ident: str = "over", inner: str = "") -> str:
    return node("endEvent", ident, inner)


def gate(ident: str, default: str = "", kind: str = "exclusive") -> str:
    return node(f"{kind}Gateway", ident, **({"default": default} if default else {}))


def date_timer(fx: str) -> str:
    return f"<timerEventDefinition><timeDate>{escape(fx)}</timeDate></timerEventDefinition>"


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


def when(fx: str) -> str:
    return f"<conditionalEventDefinition><condition>{escape(fx)}</condition></conditionalEventDefinition>"


def border(ident: str, host: str, inner: str, interrupting: bool = True) -> str:
    return node("boundaryEvent", ident, inner, attachedToRef=host, cancelActivity=str(interrupting).lower())


def catch(ident: str, inner: str) -> str:
    return node("intermediateCatchEvent", ident, inner)


def flow(path: str, condition: str = "", ident: str = "") -> str:
    """Arrows along "a > b > c"; a condition stands on each."""
    steps = [each.strip() for each in path.split(">")]
    inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
    return "".join(
        f'<sequenceFlow id="{ident or f"{source}_{target}"}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>\n'
        for source, target in pairwise(steps)
    )


def bpmn(*parts: str, ident: str = "p", kind: str = "work", lanes: str = "담당자", **values: str) -> bytes:
    """One process; every step stands in one lane."""
    return f'{HEAD}<process id="{ident}" name="{ident}" isExecutable="true">\n{props(kind=kind, start=lanes, **values)}\n{"".join(parts)}</process></definitions>'.encode()


def process(*parts: str, **more: Any) -> Process:
    """Parse one process that must be sound."""
    return processes(bpmn(*parts, **more))["p"]


def processes(*files: bytes, **others: bytes) -> dict[str, Process]:
    named = {f"workflows/{number}.bpmn": data for number, data in enumerate(files)}
    named |= {name.replace("__", "/").replace("_dmn", ".dmn"): data for name, data in others.items()}
    found, findings = parse_processes(named)
    assert findings == [], findings
    return found


class Walk:
    """An instance that is stored and read back between every two steps."""

    def __init__(self, process: Process, now: str = "2024-03-01", **facts: Any) -> None:
        self.process = process
        self.facts: dict[str, Any] = dict(facts)
        self.now = now
        self.trail: list[str] = []
        self.step: Step = self._take(process.begin(self.facts, at(now)))

    def _take(self, step: Step) -> Step:
        self.trail += step.trail
        self.step = step
        return step

    @property
    def open(self) -> list[str]:
        return [task.element for task in self.step.open]

    @property
    def waits(self) -> list[str]:
        return [wait.element for wait in self.step.waits]

    def do(self, element: str, now: str = "", **facts: Any) -> Walk:
        self.facts |= facts
        self.now = now or self.now
        key = next(task.key for task in self.step.open if task.element == element)
        self._take(self.process.complete(self.step.state, key, self.facts, at(self.now)))
        return self

    def wake(self, now: str = "", **facts: Any) -> Walk:
        self.facts |= facts
        self.now = now or self.now
        self._take(self.process.wake(self.step.state, self.facts, at(self.now)))
        return self
