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
class Leaf:
    """Another screen: the id of its form, and its title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One step of a process that makes a record of a screen. `begins` are the lanes that may start the process with it (none: nobody).

    `made_in` is the screen that is filled in where it is another one, `leaves` the one of which every named case gets a record as well.
    """

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
    made_in: Leaf | None = None
    leaves: Leaf | None = None


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
    """Give everything that makes a record of a form: registering, then the steps it is filled in for or left by, the guided path first."""
    processes = sorted(edition.processes.values(), key=lambda one: one.kind != "lifecycle")
    found = [_passage(edition, one, step, naming, form) for one in processes for step in one.tasks.values() if form.id in (step.form, step.spread)]
    return (*([_registering(edition, naming)] if form.id == edition.case.form else []), *found)


def steps(edition: Edition, process: Process, naming: Naming) -> tuple[Passage, ...]:
    """Give every step of a process."""
    return tuple(_passage(edition, process, step, naming, None) for step in process.tasks.values())


def menu(edition: Edition, form: Form) -> str:
    """Give the menu path of a screen: its own, else that of the screen that leaves its records, of a list of them, or its line in the menu ("" without one)."""
    leaving = [edition.forms[step.form] for one in edition.processes.values() for step in one.tasks.values() if step.spread == form.id]
    lists = [view for view in edition.views.values() if view.of == form.id]
    names = {view.id for view in lists}
    screens = [form.screen, *(one.screen for one in leaving), *(one.screen for one in lists)]
    told = [str(screen.get("menu") or "") for screen in screens]
    told += [item.title for item in edition.roles.menu if form.id == item.form or item.view in names]
    return next(filter(None, told), "")


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


def _passage(edition: Edition, process: Process, step: UserTask, naming: Naming, form: Form | None) -> Passage:
    first = process.kind != "lifecycle" and step.id in {after.id for after, _ in _after_start(process)}
    left = form is not None and form.id != step.form
    return Passage(
        process.id, process.title, step.id, step.title, process.kind == "lifecycle", step.stage, step.lane, process.start if first else (),
        _due(step.due, naming), wording.value(step.assign, naming), wording.text(step.why, naming), wording.value(step.owner, naming),
        step.approval is not None, tuple(_next(process, step.id, naming)), _leaf(edition, step.form) if left else None,
        None if left else _leaf(edition, step.spread),
    )


def _registering(edition: Edition, naming: Naming) -> Passage:
    """Tell how a case begins: by whom it is registered, and which steps the guided path opens then."""
    process, nothing = edition.lifecycle, wording.NOTHING
    who = ", ".join(role.title for role in edition.roles.roles.values() if "case.register" in role.may)
    told = dict.fromkeys(_told(process, after, flows, naming) for after, flows in _after_start(process)) if process is not None else {}
    return Passage(
        process.id if process is not None else "", process.title if process is not None else edition.case.title, "", f"{edition.case.title} {_VERBS['register']}",
        True, "", who, (), "", nothing, nothing, nothing, False, tuple(told),
    )


def _leaf(edition: Edition, ident: str) -> Leaf | None:
    return Leaf(ident, edition.forms[ident].title) if ident in edition.forms else None


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
    yield from dict.fromkeys(_told(process, node, flows, naming) for node, flows in _reached(process, step, []))
    for node in process.elements.values():
        if node.attached == step:
            for after, _ in _reached(process, node.id, []):
                yield Next(_event(process, node, naming), _what(process, after, naming))


def _told(process: Process, node: Node, flows: list[Flow], naming: Naming) -> Next:
    return Next(", ".join(when for flow in flows if (when := _when(process, flow, naming))), _what(process, node, naming))


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
    makes = [(process, step) for process in edition.processes.values() for step in process.tasks.values() if form.id in (step.form, step.spread)]
    works = {process.id for process, _ in makes if process.kind != "lifecycle"}
    forms = {form.id, *(step.spread for _, step in makes if step.spread)}  # what is left is asked for with what leaves it
    return frozenset({*works, *(f"complete:{step.form}" for _, step in makes), *(f"{verb}:{ident}" for verb in _VERBS for ident in forms)})


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

