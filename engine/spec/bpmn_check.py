"""What can be wrong with processes, each with file, line and a sentence a policy officer understands.

`read_processes` finds what keeps a process from being run; `check_processes` finds these and what the edition's facts tell about its expressions.
Forms, lanes and roles are bound together elsewhere (`crosscheck`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import Finding
from engine.spec import bpmn_rules
from engine.spec.bpmn_fx import compile_drawing, expressions
from engine.spec.bpmn_parse import Drawing, read_bpmn
from engine.spec.expression import Fx, FxError, compile_fx
from engine.spec.judge import problems_of
from engine.spec.reader import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.fx_types import FxType

FOLDER = "workflows/"
OUTLINE = "forms/edition.json"
_GIVES = {"condition": ("boolean",), "conditional": ("boolean",), "timer": ("date", "datetime")}


@dataclass
class Reading:
    """Every BPMN file of an edition, read: drawings, root elements and expressions by process id, and what is wrong."""

    drawings: dict[str, Drawing] = field(default_factory=dict)
    roots: dict[str, Any] = field(default_factory=dict)
    compiled: dict[str, dict[tuple[str, str], Fx]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_processes(files: Mapping[str, bytes], decisions: Mapping[str, Any]) -> Reading:
    """Read every `workflows/*.bpmn` of `files`; `decisions` are the decision tables there are."""
    reading = Reading()
    for path in sorted(files):
        if path.startswith(FOLDER) and path.endswith(".bpmn"):
            _read(reading, path, files[path])
    moving = named_facts_of_time(files)
    for identifier, drawing in reading.drawings.items():
        compiled = reading.compiled[identifier]
        reading.findings += bpmn_rules.check_drawing(drawing, compiled, moving)
        reading.findings += _check_calls(drawing, reading, decisions)
    return reading


def check_processes(files: Mapping[str, bytes], fact_types: Mapping[str, FxType], decisions: Mapping[str, Any] | None = None) -> list[Finding]:
    """Give every finding of the processes among `files`. `fact_types` is name -> type of every fact; `decisions` as they were read, None to not ask."""
    known = decisions if decisions is not None else _Anything()
    reading = read_processes(files, known)
    return [*reading.findings, *(finding for identifier in reading.drawings for finding in _check_types(reading, identifier, fact_types))]


def named_facts_of_time(files: Mapping[str, bytes]) -> frozenset[str]:
    """Give the names of facts that change by the mere passing of days: `today`, and every named fact that reads it."""
    try:
        facts = json.loads(files[OUTLINE])["facts"]
        sources = {str(name): str(source) for name, source in facts.items()}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        sources = {}
    moving = {"today"}
    for name, source in sources.items():
        try:
            reads = compile_fx(source).reads
        except FxError:
            continue
        if any(path.partition(".")[0] in moving for path in reads):
            moving.add(name)
    return frozenset(moving)


class _Anything(dict[str, Any]):
    def __contains__(self, key: object) -> bool:
        return True


def _read(reading: Reading, path: str, data: bytes) -> None:
    drawing, root, findings = read_bpmn(path, data)
    reading.findings += findings
    if drawing is None:
        return
    compiled, bad = compile_drawing(drawing)
    reading.findings += bad
    if drawing.id in reading.drawings:
        other = reading.drawings[drawing.id].path
        reading.findings.append(Finding(path, drawing.line, "duplicate-id", f"절차 id '{drawing.id}'이(가) {other}에도 있습니다."))
        return
    reading.drawings[drawing.id], reading.roots[drawing.id], reading.compiled[drawing.id] = drawing, root, compiled


def _check_calls(drawing: Drawing, reading: Reading, decisions: Mapping[str, Any]) -> Iterator[Finding]:
    """Look at what a process calls: processes, decisions, operations."""
    for node in drawing.nodes.values():
        name = node.title or node.id
        if node.kind == "businessRuleTask" and node.called not in decisions:
            hint = did_you_mean(node.called, decisions)
            yield Finding(drawing.path, node.line, "unknown-decision", f"'{name}'이(가) 부르는 판단표 '{node.called}'이(가) 없습니다.{hint}")
        elif node.kind == "serviceTask":
            yield Finding(drawing.path, node.line, "unknown-operation", f"'{name}': 등록된 연계 작업이 없습니다. 사용자 작업으로 바꾸세요.")
        elif node.kind == "callActivity" and node.called not in reading.drawings:
            hint = did_you_mean(node.called, reading.drawings)
            yield Finding(drawing.path, node.line, "unknown-process", f"'{name}'이(가) 부르는 절차 '{node.called}'이(가) 없습니다.{hint}")
        elif node.kind == "callActivity":
            yield from _check_called(drawing, node.called, node.line, reading)
    known = {identifier for each in _called(drawing, reading) for identifier in reading.drawings[each].nodes}
    for key, text in expressions(drawing).items():
        fx = reading.compiled[drawing.id].get(key)
        for path in sorted(fx.reads) if fx else ():
            element = path.removeprefix("visits.")
            if element != path and element not in known:
                yield Finding(drawing.path, text.line, "unknown-step", f"visits.{element}: 그런 단계가 없습니다.{did_you_mean(element, known)}")


def _check_called(drawing: Drawing, called: str, line: int, reading: Reading) -> Iterator[Finding]:
    other = reading.drawings[called]
    if drawing.id in _called(other, reading):
        yield Finding(drawing.path, line, "call-circle", f"'{other.title}' 절차가 돌아서 자기를 다시 부릅니다.")
        return
    twice = {*drawing.nodes, *drawing.flows} & {name for each in _called(other, reading) for name in (*reading.drawings[each].nodes, *reading.drawings[each].flows)}
    if twice:
        names = ", ".join(sorted(twice)[:3])
        yield Finding(drawing.path, line, "duplicate-id", f"부르는 절차 '{other.title}'과(와) id가 겹칩니다: {names}. 한쪽의 id를 바꾸세요.")


def _called(drawing: Drawing, reading: Reading) -> list[str]:
    """Give `drawing` and all it calls."""
    found: list[str] = []
    waiting = [drawing.id]
    while waiting:
        identifier = waiting.pop()
        if identifier not in found and identifier in reading.drawings:
            found.append(identifier)
            waiting += [node.called for node in reading.drawings[identifier].nodes.values() if node.kind == "callActivity"]
    return found


def _check_types(reading: Reading, identifier: str, fact_types: Mapping[str, FxType]) -> Iterator[Finding]:
    """Look at conditions and events; the properties of user tasks are looked at with their forms."""
    drawing = reading.drawings[identifier]
    for (element, what), text in expressions(drawing).items():
        fx = reading.compiled[identifier].get((element, what))
        if fx is not None and what in {"condition", "event"}:
            kinds = _GIVES[what if what == "condition" else drawing.nodes[element].event.kind]
            for kind, message in problems_of(fx, fact_types, kinds):
                yield Finding(drawing.path, text.line, kind, message)
