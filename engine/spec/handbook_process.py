"""How the work of a screen goes, told for people: who does it, when, what comes next, and when it is refused. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spec import wording
from engine.spec.decision_cells import INPUT
from engine.spec.josa import settle_josa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spec.bpmn_parse import Flow, Node
    from engine.spec.decision import Column, Decision, Row
    from engine.spec.decision_cells import Cell, Test
    from engine.spec.edition import Edition
    from engine.spec.expression import Fx
    from engine.spec.form import Form
    from engine.spec.naming import Naming
    from engine.spec.process import Process, UserTask
    from engine.spec.wording import Told

_THROUGH = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})
_VERBS = {"register": "등록하기", "complete": "저장하기", "amend": "고치기", "withdraw": "취소하기"}
_DEEPEST = 8
END, OTHERWISE = "끝", "그 밖에"


@dataclass(frozen=True, slots=True)
class Next:
    """What comes after a step: when (nothing: always), and what."""

    when: str
    what: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One step of a process that a screen is filled in for. `begins` are the lanes that may start the process with it ("" in none)."""

    process: str
    title: str
    step: str
    step_title: str
    guided: bool
    stage: str
    lane: str
    begins: tuple[str, ...]
    due: str
    assign: Told
    why: Told
    owner: Told
    approval: bool
    next: tuple[Next, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of the table of refusals: of what, for whom (columns that ask something), when, the sentence, the manual page."""

    id: str
    what: tuple[str, ...]
    where: tuple[str, ...]
    when: tuple[Told, ...]
    message: Told
    page: str


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision table as people read it."""

    id: str
    title: str
    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def passages(edition: Edition, form: Form, naming: Naming) -> tuple[Passage, ...]:
    """Give every step a form is filled in for, the guided path first."""
    processes = sorted(edition.processes.values(), key=lambda one: one.kind != "lifecycle")
    return tuple(_passage(one, step, naming) for one in processes for step in one.tasks.values() if step.form == form.id)


def steps(process: Process, naming: Naming) -> tuple[Passage, ...]:
    """Give every step of a process."""
    return tuple(_passage(process, step, naming) for step in process.tasks.values())


def refusals(edition: Edition, naming: Naming, form: Form | None = None) -> tuple[Refusal, ...]:
    """Give the rows of the table of refusals; with a form, those about it and the works it is filled in for."""
    table = edition.guards.table
    if table is None:
        return ()
    actions = None if form is None else _actions(edition, form)
    return tuple(_refusal(edition, table, row, naming) for row in table.rows if actions is None or _concerns(table, row, actions))


def decided(table: Decision, naming: Naming) -> Decided:
    """Give one decision table."""
    rows = tuple(
        (*(_cell(column, cell, naming) or "-" for column, cell in zip(table.columns, row.cells, strict=True)), *(str(wording.value(fx, naming)) for fx in row.outputs))
        for row in table.rows
    )
    return Decided(table.id, table.title, tuple(column.label or str(wording.value(column.fx, naming)) for column in table.columns), table.outputs, rows)


# -- steps


def _passage(process: Process, step: UserTask, naming: Naming) -> Passage:
    first = process.kind != "lifecycle" and step.id in {after.id for after, _ in _after_start(process)}
    return Passage(
        process.id, process.title, step.id, step.title, process.kind == "lifecycle", step.stage, step.lane, process.start if first else (),
        _due(step.due, naming), wording.value(step.assign, naming), wording.text(step.why, naming), wording.value(step.owner, naming),
        step.approval is not None, tuple(_next(process, step.id, naming)),
    )


def _due(fx: Fx | None, naming: Naming) -> str:
    if fx is None:
        return ""
    told = str(wording.value(fx, naming))
    return f"열린 날부터 {told}일 안" if told.isdigit() else f"{told}까지"


def _after_start(process: Process) -> Iterator[tuple[Node, list[Flow]]]:
    for node in process.elements.values():
        if node.kind == "startEvent":
            yield from _reached(process, node.id, [])


def _reached(process: Process, at: str, passed: list[Flow]) -> Iterator[tuple[Node, list[Flow]]]:
    """Give the steps and events that follow an element, with the flows on the way."""
    if len(passed) > _DEEPEST:
        return
    for flow in process.flows.values():
        if flow.source != at or flow in passed or flow.target not in process.elements:
            continue
        node = process.elements[flow.target]
        if node.kind in _THROUGH:
            yield from _reached(process, node.id, [*passed, flow])
        else:
            yield node, [*passed, flow]


def _next(process: Process, step: str, naming: Naming) -> Iterator[Next]:
    seen: set[tuple[str, str]] = set()
    for node, flows in _reached(process, step, []):
        whens = [when for flow in flows if (when := _when(process, flow, naming))]
        told = Next(", ".join(whens), _what(process, node, naming))
        if (told.when, told.what) not in seen:
            seen.add((told.when, told.what))
            yield told
    for node in process.elements.values():
        if node.attached == step:
            for after, _ in _reached(process, node.id, []):
                yield Next(_event(process, node, naming), _what(process, after, naming))


def _when(process: Process, flow: Flow, naming: Naming) -> str:
    fx = process.expressions.get((flow.id, "condition"))
    if fx is not None:
        return str(wording.time(fx, naming))
    return OTHERWISE if process.elements[flow.source].default == flow.id else ""


def _what(process: Process, node: Node, naming: Naming) -> str:
    if node.kind == "endEvent":
        return f"{END}: {node.title}" if node.title else END
    if node.kind == "userTask":
        lane = f" ({node.lane})" if node.lane else ""
        return f"{node.title}{lane}"
    if node.kind == "intermediateCatchEvent":
        return f"기다림: {_event(process, node, naming)}"
    return node.title or END


def _event(process: Process, node: Node, naming: Naming) -> str:
    fx = process.expressions.get((node.id, "event"))
    told = wording.value(fx, naming) if node.event.kind == "timer" else wording.time(fx, naming)
    words = settle_josa(f"{told}이(가) 될 때") if node.event.kind == "timer" and told else str(told)
    return f"{node.title} — {words}" if node.title and words else node.title or words


# -- refusals


def _actions(edition: Edition, form: Form) -> frozenset[str]:
    works = {process.id for process in edition.processes.values() if process.kind != "lifecycle" and any(step.form == form.id for step in process.tasks.values())}
    return frozenset({*works, *(f"{verb}:{form.id}" for verb in _VERBS)})


def _concerns(table: Decision, row: Row, actions: frozenset[str]) -> bool:
    at = next((place for place, column in enumerate(table.columns) if column.fx.source == "action"), None)
    return at is None or any(row.cells[at].passes(action, {INPUT: action}) for action in actions)


def _refusal(edition: Edition, table: Decision, row: Row, naming: Naming) -> Refusal:
    what: tuple[str, ...] = ()
    where: list[str] = []
    when: list[Told] = []
    for column, cell in zip(table.columns, row.cells, strict=True):
        if cell.always:
            continue
        if column.fx.source == "action":
            what = tuple(_act(edition, str(value)) for value in _constants(cell))
        elif column.is_condition:
            when += [wording.time(test.first, naming) for test in cell.tests]
        else:
            where.append(_cell(column, cell, naming))
    said = dict(zip(table.outputs, row.outputs, strict=True))
    page = said.get("page")
    return Refusal(row.id, what, tuple(where), tuple(when), wording.text(said.get("message"), naming), page.source if page is not None else "")


def _act(edition: Edition, action: str) -> str:
    verb, _, ident = action.partition(":")
    if not ident:
        return f"{edition.processes[action].title} 시작하기" if action in edition.processes else action
    return f"{edition.forms[ident].title} {_VERBS.get(verb, verb)}" if ident in edition.forms else action


def _constants(cell: Cell) -> list[object]:
    return [fx({}) for test in cell.tests for fx in (test.first,) if fx is not None]


_COMPARED = {"<": "미만", "<=": "이하", ">": "초과", ">=": "이상"}


def _cell(column: Column, cell: Cell, naming: Naming) -> str:
    if cell.always:
        return ""
    told = ", ".join(_test(column, test, naming) for test in cell.tests)
    return f"{told} 아님" if cell.negated else told


def _test(column: Column, test: Test, naming: Naming) -> str:
    if test.sign == "holds":
        return str(wording.time(test.first, naming))
    first = _operand(column, test.first, naming)
    if test.sign == "between":
        low, high = ("초과" if test.open_[0] else "이상"), ("미만" if test.open_[1] else "이하")
        return f"{first} {low} {_operand(column, test.second, naming)} {high}"
    if test.sign == "!=":
        return f"{first} 아님"
    return f"{first} {_COMPARED[test.sign]}" if test.sign in _COMPARED else first


def _operand(column: Column, fx: Fx | None, naming: Naming) -> str:
    if fx is None:
        return ""
    if not fx.reads:
        value = fx({})
        return naming.label(column.fx.source, value) if isinstance(value, (str, int)) and not isinstance(value, bool) else str(wording.value(fx, naming))
    return str(wording.value(fx, naming))

