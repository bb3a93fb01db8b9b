"""Every expression of a drawing, compiled: conditions of flows, what events wait for, the fx properties of user tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Finding
from engine.spec.expression import Fx, FxError, compile_fx

if TYPE_CHECKING:
    from engine.spec.bpmn_parse import Drawing, Text

#: Properties of a user task whose text is an expression.
FX_PROPERTIES = ("due", "assign", "owner", "institution", "why", "before", "after")


def expressions(drawing: Drawing) -> dict[tuple[str, str], Text]:
    """Give every text that is an expression, by (element id, what); `what` is "condition", "event" or the name of the property."""
    found = {(flow.id, "condition"): flow.condition for flow in drawing.flows.values() if flow.condition is not None}
    for node in drawing.nodes.values():
        if node.event.kind == "conditional" or (node.event.kind == "timer" and node.event.form in {"date", ""}):
            found[node.id, "event"] = node.event.text
        for name in FX_PROPERTIES if node.kind == "userTask" else ():
            if name in node.props:
                found[node.id, name] = node.props[name]
    return found


def compile_drawing(drawing: Drawing) -> tuple[dict[tuple[str, str], Fx], list[Finding]]:
    """Compile them all; what cannot be compiled is a finding at its line."""
    compiled: dict[tuple[str, str], Fx] = {}
    findings: list[Finding] = []
    for key, text in expressions(drawing).items():
        try:
            compiled[key] = compile_fx(text.value)
        except FxError as error:
            line = text.line + text.value[: len(text.value) - len(text.value.lstrip())].count("\n") + (error.lineno or 1) - 1
            findings.append(Finding(drawing.path, line, "bad-expression", f"수식을 읽을 수 없습니다({error.offset}번째 글자): {error.msg}"))
    return compiled, findings
