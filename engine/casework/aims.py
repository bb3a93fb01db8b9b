"""What has to be done to exercise one thing that coverage names: the screen or work it happens in, and the answers it takes, as far as its condition says plainly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.casework.composing import Goal
from engine.spec.fields import sections
from engine.spec.nodes import Scalar, Table
from engine.spec.scenario import laid_over
from engine.spec.solving import equalities, for_branch, for_field, own_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.coverage import Mark
    from engine.spec.decision import Row
    from engine.spec.decision_cells import Cell
    from engine.spec.edition import Edition
    from engine.spec.expression import Fx
    from engine.spec.form import Form
    from engine.spec.nodes import Check, Section

_LEAVES = "steps에 이어서 적고, 다 되면 title의 '[덜 됨]'을 지우세요."


def aims_of(edition: Edition, mark: Mark, title: str) -> list[Goal]:
    """Give goals that may exercise a mark, the plainest first."""
    kind, where, which = mark
    if kind == "flow":
        return [Goal(mark, title, process=where, wanted=wanted) for wanted in _flow_answers(edition, where, which)]
    if kind == "guard":
        return list(_guard(edition, mark, title))
    form, (screen, process) = edition.forms[where], _worked(edition, where)
    if kind == "branch":
        ident, _, way = which.rpartition(":")
        return [Goal(mark, title, screen, process, wanted={where: answers}, must=_named(form, answers)) for answers in for_branch(form, ident, taken=way == "then")]
    if kind == "options":
        return [Goal(mark, title, screen, process, wanted={where: answers}, must=_with_tables(form, which)) for answers in for_field(form, which)]
    section, check, way = _check(form, which)
    must = own_fields(form, check, section)
    shown = [answers for pointer in (*must, section.pointer) for answers in for_field(form, pointer)]
    wanted = [laid_over(shown[0], answers) for answers in shown] or [{}]
    every = tuple(dict.fromkeys(each for pointer in must for each in _with_tables(form, pointer)))
    return [Goal(mark, title, screen, process, wanted={where: answers}, must=every, fails=(check, section) if way == "fail" else None) for answers in wanted[:4]]


def _worked(edition: Edition, form: str) -> tuple[str, str]:
    """Give the screen and the work in which answers to a form come about: its own, or those of the work that gives many cases a record of it."""
    for process in edition.processes.values():
        for step in process.tasks.values():
            if form in (step.form, step.spread):
                return step.form, process.id if process.start else ""
    return form, ""


def left_to_do(edition: Edition, mark: Mark, stopped: str) -> str:
    """Say in Korean what a skeleton is for, under which condition that happens, and where it stopped."""
    kind, where, which = mark
    told = {"flow": "흐름", "branch": "분기", "check": "검사", "guard": "거절 줄", "options": "선택지"}[kind]
    condition = _condition(edition, kind, where, which)
    parts = [f"{told} '{which}'을(를) 지나게 할 시나리오의 뼈대입니다.", f"조건: {condition}" if condition else "", f"여기서 막혔습니다: {stopped}" if stopped else "", _LEAVES]
    return " ".join(part for part in parts if part)


def _condition(edition: Edition, kind: str, where: str, which: str) -> str:
    if kind == "flow":
        fx = edition.processes[where].expressions.get((which, "condition"))
        return fx.source if fx else ""
    if kind == "guard":
        row, actions = _row(edition, which)
        return "; ".join([", ".join(actions), *(fx.source for cell in row.cells[1:] for fx in cell.expressions())])
    form = edition.forms[where]
    if kind == "branch":
        ident = which.rpartition(":")[0]
        found = (branch.condition for section in sections(form.root) for branch in section.branches if branch.id == ident)
        return json.dumps(next(found, {}), ensure_ascii=False)
    return _check(form, which)[1].rule.source if kind == "check" else ""


def _check(form: Form, which: str) -> tuple[Section, Check, str]:
    place, _, rest = which.rpartition("#")
    ident, _, way = rest.rpartition(":")
    return next((section, check, way) for section in sections(form.root) if section.pointer == place for check in section.checks if check.id == ident)


def _with_tables(form: Form, pointer: str) -> tuple[str, ...]:
    """Give a pointer with those of the tables it stands in: they need a row."""
    parts = pointer.split("/")
    around = ("/".join(parts[:length]) for length in range(2, len(parts)))
    return (*(each for each in around if isinstance(form.nodes.get(each), Table)), pointer)


def _named(form: Form, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the pointers of fields that answers name and leave empty: tables with a row nobody filled."""
    return tuple(f"/{name}" for name in answers if isinstance(form.nodes.get(f"/{name}"), Table))


def _flow_answers(edition: Edition, process_id: str, flow_id: str) -> list[dict[str, dict[str, Any]]]:
    """Give answers by form under which a flow is taken, as far as its condition is plain; of a default flow, answers that take none of the others."""
    process = edition.processes[process_id]
    condition = process.expressions.get((flow_id, "condition"))
    if condition is not None:
        return [_answers(edition, condition), {}]
    source = process.flows[flow_id].source
    beside = [process.expressions.get((flow.id, "condition")) for flow in process.flows.values() if flow.source == source and flow.id != flow_id]
    taken = [(name, value) for fx in beside if fx is not None for name, value in equalities(fx).items()]
    others: list[dict[str, dict[str, Any]]] = []
    for name, _ in taken:
        form, place = _field(edition, name)
        node = edition.forms[form].nodes.get("/" + "/".join(place)) if form else None
        if isinstance(node, Scalar) and node.codes is not None:
            never = [value for other, value in taken if other == name]
            others += [{form: _nested(place, code.code)} for code in node.codes.items if code.code not in never][:1]
    return [*others, {}]


def _answers(edition: Edition, fx: Fx) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for name, value in equalities(fx).items():
        form, place = _field(edition, name)
        if form:
            made[form] = laid_over(made.get(form, {}), _nested(place, value))
    return made


def _field(edition: Edition, name: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Give (form, names of the field) of `work.form.field` or `record.form.last.field`; named facts are looked into; ("", ()) where it names no field."""
    if len(name) == 1 and name[0] in edition.facts:
        plain = edition.facts[name[0]].source
        name = tuple(plain.split(".")) if all(part.isidentifier() for part in plain.split(".")) else name
    if len(name) > 2 and name[0] == "work" and name[1] in edition.forms:
        return name[1], name[2:]
    if len(name) > 3 and name[0] == "record" and name[1] in edition.forms and name[2] in ("first", "last"):
        return name[1], name[3:]
    return "", ()


def _nested(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    made: Any = value
    for name in reversed(place):
        made = {name: made}
    return dict(made)


def _row(edition: Edition, ident: str) -> tuple[Row, list[str]]:
    table = edition.guards.table
    assert table is not None
    row = next(row for row in table.rows if row.id == ident)
    at = next((place for place, column in enumerate(table.columns) if column.fx.source == "action"), 0)
    return row, _constants(row.cells[at])


def _guard(edition: Edition, mark: Mark, title: str) -> Iterator[Goal]:
    """Do what the row refuses, once what its condition names is so."""
    row, actions = _row(edition, mark[2])
    wanted: dict[str, dict[str, Any]] = {}
    for cell in row.cells:
        for fx in cell.expressions():
            wanted |= _answers(edition, fx)
    table = edition.guards.table
    columns = table.columns if table else ()
    kinds = [value for cell, column in zip(row.cells, columns, strict=True) if column.fx.source.endswith("institution.kind") for value in _constants(cell)]
    for action in actions or [process.id for process in edition.processes.values() if process.start and not process.of_institution]:
        yield Goal(mark, title, process="" if ":" in action else action, wanted=wanted, refused=action, kinds=kinds)


def _constants(cell: Cell) -> list[str]:
    found = [fx({}) for fx in cell.expressions()]
    return [each for value in found for each in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(each, str)]
