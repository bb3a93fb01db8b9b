"""The straight path of one completed task, on a dossier already in hand: person, guards, form, record, effects, process, everything written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import answers as reading
from engine.casework import drafts, effects, guards, instances, keeping, notices, reach, spreading
from engine.casework.flush import conclude
from engine.errors import Forbidden, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.taskview import Sheet


@dataclass(frozen=True, slots=True)
class Completion:
    """What a completed task left: its record, and the tasks it opened that the same person can go on with."""

    record_id: str
    case_id: str
    task_ids: tuple[str, ...]

    def answer(self) -> dict[str, Any]:
        """Give what is kept under an idempotency key."""
        return {"record_id": self.record_id, "case_id": self.case_id, "task_ids": list(self.task_ids)}

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Completion:
        """Make one of what was kept under an idempotency key."""
        return cls(answer["record_id"], answer["case_id"], tuple(answer["task_ids"]))


def finish(seen: Sheet, answers: Mapping[str, Any], *, confirmed: bool, strict: bool) -> Completion:
    """Complete the task of a sheet. Raises Forbidden, Refused, Invalid, Stale; nothing is written then."""
    dossier, of = seen.dossier, seen.task
    reach.demand_work(dossier, of)
    asked_by = _demand_second_person(seen)
    guards.demand(dossier, f"complete:{of.form}")
    data = _read(seen, _whole(seen, answers), confirmed=confirmed, strict=strict)
    record_id = keeping.keep(dossier, seen.form, of.edition, data, instance_id=seen.work.id, task_id=of.id)
    last = dossier.records.form(of.form).last
    dossier.worked.setdefault(seen.work.id, {})[of.form] = last.values(seen.edition) if last else {}
    instances.close_task(dossier, of, instances.DONE, record_id)
    dossier.tell(task=of.id, element=of.element, process=of.process)
    if asked_by and seen.step.approval and (became := notices.outcome(seen.step.approval, data)):
        notices.tell(dossier, asked_by, became, title=seen.edition.processes[of.process].title, task_id=of.id, record_id=record_id)
    effects.apply(dossier, seen.step, instances.facts_of(dossier, seen.work))
    instances.complete(dossier, seen.work, of.key)
    conclude(dossier, "complete", target=f"record {record_id}")
    spreading.spread(dossier, seen.edition, seen.step, record_id, data, instances.facts_of(dossier, seen.work)["work"])
    return Completion(record_id, dossier.case.id, _next(seen))


def _read(seen: Sheet, answers: Mapping[str, Any], *, confirmed: bool, strict: bool) -> Mapping[str, Any]:
    """Read the answers. Raises Invalid, telling also which of the cases they name cannot take part: nothing is confirmed that would be refused."""
    try:
        return reading.read(seen.form, answers, seen.facts, seen.dossier.desk.today, confirmed=confirmed, strict=strict).data
    except Invalid as error:
        if not seen.step.spread:
            raise
        data = seen.form.read(answers, seen.facts, seen.dossier.desk.today, strict=False).data
        told = {one.path for one in error.errors if one.level != "warning"}
        more = [one for one in spreading.refusals(seen.dossier, seen.edition, seen.step, data) if one.path not in told]
        raise Invalid([*error.errors, *more]) from None


def _whole(seen: Sheet, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    if not seen.form.sensitive or not seen.task.stored:
        return answers
    mine, _ = drafts.of_task(seen.dossier.desk, seen.task.id)
    return reading.whole(seen.form, answers, mine.answers if mine else None)


def _demand_second_person(seen: Sheet) -> str | None:
    """Let nobody decide on what they asked for; give the person who asked, where this is a decision."""
    if not seen.task.approval:
        return None
    work, person = seen.work, seen.dossier.desk.actor.person_id
    author = instances.last_author(seen.dossier, work)
    if person == author or (work.kind != instances.LIFECYCLE and person == work.started_by):
        raise Forbidden("요청한 사람은 승인하거나 반려할 수 없습니다. 다른 사람이 결정해야 합니다.")
    return author or work.started_by


def _next(seen: Sheet) -> tuple[str, ...]:
    dossier = seen.dossier
    new = [each for each in dossier.tasks.values() if not each.stored and each.closed_at is None and each.id != seen.task.id]
    return tuple(each.id for each in new if reach.why_not_work(dossier, each) is None)
