"""One step of a scenario: which verb it is, and whether what came of it is what the scenario expects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.casework import attachments, cases, records, tasks
from engine.errors import DidimdolError, FieldError, Forbidden, Invalid, NotFound, Refused
from engine.spec.scenario import CASE, FILE, laid_over
from engine.spec.source import step as pointer_step
from engine.store.prepared import prepare
from engine.store.tables import task as task_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from engine.casework.desk import Actor, Desk
    from engine.spec.coverage import Coverage
    from engine.spec.form import Reading
    from engine.spec.scenario import Step

_waiting = prepare(
    select(task_table.c.id, task_table.c.lane).where(
        task_table.c.case_id == bindparam("case_id"), task_table.c.form == bindparam("form"), task_table.c.closed_at.is_(None)
    )
)
_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class World:
    """Where a scenario stands: its clock, the case it is at, people, places and cases by the names it gives them, the records of each case and form in the order they were made."""

    now: datetime
    case_id: str = ""
    viewer: Actor | None = None
    places: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    records: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    of_institution: bool = False  # it is at the own case of the institution of whoever acts

    def turn_to(self, name: str) -> None:
        """Go to the case with a name; an institution's name is that of its own case. Raises NotFound."""
        if name:
            self.case_id = self.cases.get(name) or self.places.get(name) or ""
            if not self.case_id:
                raise NotFound(f"'{name}'이라는 대상이 없습니다.")

    def copied(self) -> World:
        """Give one that can be changed while this one stays."""
        return replace(self, cases=dict(self.cases), records=dict(self.records))


@dataclass
class Came:
    """What came of a step: the error, if one was raised, and the reading of the answers, if some were read."""

    error: DidimdolError | None = None
    reading: Reading | None = None


def play(desk: Desk, step: Step, world: World, coverage: Coverage) -> None:
    """Do what a step says. Raises what the verb raises."""
    if step.do == "register":
        _register(desk, step, world, coverage)
    elif step.do == "start":
        tasks.start(desk, world.case_id, step.what)
    elif step.do in ("drop", "assign"):
        _hand(desk, step, world)
    elif step.do in ("complete", "approve"):
        _complete(desk, step, world, coverage)
    elif step.do in ("amend", "withdraw"):
        _correct(desk, step, world, coverage)


def _register(desk: Desk, step: Step, world: World, coverage: Coverage) -> None:
    shown = _quietly(coverage, lambda: cases.blank(desk, step.what))
    world.case_id = world.cases[step.case] = cases.register(desk, step.what, _answers(desk, shown.answers, step, world), confirmed=step.confirmed, strict=False)
    kept = _quietly(coverage, lambda: records.of_case(desk, world.case_id, step.what))
    world.records[world.case_id, step.what] = tuple(row.id for row in kept)


def misses(desk: Desk, step: Step, came: Came, world: World, coverage: Coverage) -> Iterator[tuple[str, str]]:
    """Give (which expectation, as a pointer below `expect`; Korean sentence) for everything that came otherwise than expected."""
    yield from _raised(step.expect, came.error)
    if came.reading is not None:
        yield from _read(step.expect, came.reading)
    if step.expect.keys() & {"status", "owner", "institution", "tasks", "stages", "due", "records"} and world.case_id:
        yield from _quietly(coverage, lambda: list(_stands(desk, step.expect, world)))
    if step.expect.keys() & {"allowed", "not_allowed"} and world.case_id:
        yield from _offered(desk, step.expect, world)
    if "sees" in step.expect and world.case_id:
        yield from _sees(desk, step.expect["sees"], world)


def _quietly(coverage: Coverage, look: Any) -> Any:
    """Look without counting what is looked at as exercised."""
    before, coverage.watching = coverage.watching, False
    try:
        return look()
    finally:
        coverage.watching = before


def _answers(desk: Desk, shown: Mapping[str, Any], step: Step, world: World) -> dict[str, Any]:
    made: dict[str, Any] = meant(desk, laid_over(shown, step.data), world)
    return made


def meant(desk: Desk, value: Any, world: World) -> Any:
    """Put the id of a case for every text "case:<name>"; upload a small file for every "file:<name>" and put its id there."""
    if isinstance(value, dict):
        return {key: meant(desk, part, world) for key, part in value.items()}
    if isinstance(value, list):
        return [meant(desk, part, world) for part in value]
    if isinstance(value, str) and value.startswith(CASE):
        name = value.removeprefix(CASE)
        return world.cases.get(name) or world.places.get(name, value)
    return attachments.stage(desk, value.removeprefix(FILE), _PAPER).id if isinstance(value, str) and value.startswith(FILE) else value


def _complete(desk: Desk, step: Step, world: World, coverage: Coverage) -> None:
    waiting = waiting_for(desk, step.what, world)
    if waiting:
        shown = _quietly(coverage, lambda: tasks.view(desk, waiting))
        made = tasks.complete(desk, waiting, _answers(desk, shown.answers, step, world), confirmed=step.confirmed, strict=False)
    else:
        action = action_for(desk, step.what, world)
        shown = _quietly(coverage, lambda: tasks.prospect(desk, world.case_id, action))
        made = tasks.submit(desk, world.case_id, action, _answers(desk, shown.answers, step, world), confirmed=step.confirmed, strict=False)
    made_before = world.records.get((world.case_id, step.what), ())
    world.records[world.case_id, step.what] = (*made_before, made.record_id)


def waiting_for(desk: Desk, form: str, world: World) -> str:
    """Give the open task of the case with this form, one of the person's own lanes first; "" where none waits."""
    waiting = _waiting.all(desk.connection, case_id=world.case_id, form=form)
    lanes = desk.edition().roles.lanes_of(desk.actor.roles) if len(waiting) > 1 else ()
    return next((str(row.id) for row in sorted(waiting, key=lambda row: (row.lane not in lanes, row.id))), "")


def action_for(desk: Desk, form: str, world: World) -> str:
    """Give the work whose first form this is; one this person may start, where there are several."""
    begins = [process.id for process in desk.edition().processes.values() if process.start and next(iter(process.tasks.values())).form == form]
    if not begins:
        raise Refused("이 서식으로 시작하는 일이 없고, 기다리는 일도 없습니다.")
    if len(begins) == 1:
        return begins[0]
    return next((action.id for action in cases.actions(desk, world.case_id) if action.id in begins and action.allowed), begins[0])


def _correct(desk: Desk, step: Step, world: World, coverage: Coverage) -> None:
    made = world.records.get((world.case_id, step.what), ())
    if len(made) < max(step.which, 1):
        raise NotFound("이 시나리오에서 그 서식을 그만큼 저장한 적이 없습니다." if made else "이 시나리오에서 그 서식을 저장한 적이 없습니다.")
    record = made[step.which - 1]
    if step.do == "withdraw":
        records.withdraw(desk, record, step.reason)
        return
    shown = _quietly(coverage, lambda: records.view(desk, record))
    records.amend(desk, record, _answers(desk, shown.answers, step, world), step.reason, confirmed=step.confirmed, strict=False)


def _hand(desk: Desk, step: Step, world: World) -> None:
    """Take a started work back, or give an open task to somebody."""
    of = task_table.c.process if step.do == "drop" else task_table.c.form
    ours = select(task_table.c.id).where(task_table.c.case_id == world.case_id, of == step.what, task_table.c.closed_at.is_(None)).order_by(task_table.c.id)
    found = desk.connection.execute(ours).scalar()
    if found is None:
        raise NotFound("그런 일이 기다리고 있지 않습니다.")
    if step.do == "drop":
        tasks.withdraw(desk, found, step.reason)
    else:
        tasks.assign(desk, found, step.to)


def _raised(expect: Mapping[str, Any], error: DidimdolError | None) -> Iterator[tuple[str, str]]:
    if "errors" in expect:
        if not isinstance(error, Invalid):
            yield "errors", f"오류가 나야 하는데 {_told(error)}."
        else:
            yield from (("errors", sentence) for sentence in _errors(expect["errors"], error.errors))
    elif "refused" in expect:
        if not isinstance(error, Refused) or str(expect["refused"]) not in error.message:
            yield "refused", f"'{expect['refused']}'(이)라는 까닭으로 거절되어야 하는데 {_told(error)}."
    elif expect.get("forbidden"):
        if not isinstance(error, (Forbidden, NotFound)):
            yield "forbidden", f"권한이 없어야 하는데 {_told(error)}."
    elif error is not None:
        yield "", f"되어야 하는데 {_told(error)}."


def _told(error: DidimdolError | None) -> str:
    if error is None:
        return "그대로 되었습니다"
    if isinstance(error, Invalid):
        return "고칠 곳이 있다고 합니다: " + " / ".join(f"{one.path} {one.message}" for one in error.errors)
    return f"되지 않았습니다: {error.message}"


def _errors(expected: list[dict[str, str]], errors: tuple[FieldError, ...]) -> Iterator[str]:
    left = list(errors)
    for wanted in expected:
        hit = next((one for one in left if one.path == wanted.get("at") and wanted.get("message", "") in one.message), None)
        if hit is None:
            there = " / ".join(f"{one.path} {one.message}" for one in errors)
            yield f"{wanted.get('at')}에 '{wanted.get('message', '')}' 오류가 없습니다. 있는 오류: {there}"
        else:
            left.remove(hit)
    for one in left:
        yield f"기대하지 않은 오류가 있습니다: {one.path} {one.message}"


def _read(expect: Mapping[str, Any], reading: Reading) -> Iterator[tuple[str, str]]:
    for pointer, value in expect.get("derived", {}).items():
        found = _at(reading.data, pointer)
        if found != value or isinstance(found, bool) is not isinstance(value, bool):
            yield pointer_step("derived", pointer), f"{pointer}이(가) {value}이어야 하는데 {found}입니다."
    for word, seen in (("visible", True), ("hidden", False)):
        for pointer in expect.get(word, ()):
            if (pointer in reading.visible) is not seen:
                yield word, f"{pointer}이(가) {'보여야' if seen else '숨어야'} 합니다."


def _at(data: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def _stands(desk: Desk, expect: Mapping[str, Any], world: World) -> Iterator[tuple[str, str]]:
    """Compare how the case stands now with what is expected."""
    case = cases.view(desk, world.case_id)
    found: dict[str, Any] = {
        "status": case.status, "owner": case.owner or None, "tasks": sorted(task.form for task in case.tasks),
        "institution": next((name for name, ident in world.places.items() if ident == case.institution["id"]), None),
        "stages": {stage.id: stage.date.isoformat() if stage.date else None for stage in case.stages},
        "due": {task.form: task.due.isoformat() if task.due else None for task in case.tasks},
    }
    for key in ("status", "owner", "institution", "tasks"):
        wanted = sorted(expect[key]) if key == "tasks" and key in expect else expect.get(key)
        if key in expect and found[key] != wanted:
            yield key, f"{key}: {wanted}이어야 하는데 {found[key]}입니다."
    if "records" in expect:
        kept = [row.form for row in records.of_case(desk, world.case_id) if row.withdrawn_at is None]
        found["records"] = {form: kept.count(form) for form in expect["records"]}
    for key in ("stages", "due", "records"):
        for name, wanted in expect.get(key, {}).items():
            if found[key].get(name) != wanted:
                yield pointer_step(key, name), f"{key}: {name}이(가) {wanted}이어야 하는데 {found[key].get(name)}입니다."


def _sees(desk: Desk, wanted: Mapping[str, int], world: World) -> Iterator[tuple[str, str]]:
    """Compare how many records of the case the person sees with what is expected."""
    found = Counter(row.form for row in records.of_case(desk, world.case_id))
    for form, number in wanted.items():
        if found[form] != number:
            yield "sees", f"{form}: {number}건이 보여야 하는데 {found[form]}건이 보입니다."


def _offered(desk: Desk, expect: Mapping[str, Any], world: World) -> Iterator[tuple[str, str]]:
    offered = {action.id: action for action in cases.actions(desk, world.case_id)}
    for name in expect.get("allowed", ()):
        if name not in offered or not offered[name].allowed:
            yield "allowed", f"{name}을(를) 시작할 수 있어야 하는데 없습니다: {offered[name].why_not if name in offered else '없는 일'}"
    for name, why in expect.get("not_allowed", {}).items():
        if name in offered and (offered[name].allowed or why not in offered[name].why_not):
            yield "not_allowed", f"{name}은(는) '{why}' 때문에 안 되어야 하는데: {offered[name].why_not or '됩니다'}"
