"""The straight path of one completed task, on a dossier already in hand: person, guards, form, record, effects, process, everything written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import answers as reading
from engine.casework import deciding, drafts, effects, guards, instances, keeping, reach, spreading
from engine.casework.flush import conclude

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
    asked_by = deciding.demand_second_person(seen)
    guards.demand(dossier, f"complete:{of.form}")
    data = spreading.read(seen, _whole(seen, answers), confirmed=confirmed, strict=strict)
    record_id = keeping.keep(dossier, seen.form, of.edition, data, instance_id=seen.work.id, task_id=of.id)
    last = dossier.records.form(of.form).last
    dossier.worked.setdefault(seen.work.id, {})[of.form] = last.values(seen.edition) if last else {}
    instances.close_task(dossier, of, instances.DONE, record_id)
    dossier.tell(task=of.id, element=of.element, process=of.process)
    deciding.tell(seen, asked_by, data, record_id)
    effects.apply(dossier, seen.step, instances.facts_of(dossier, seen.work))
    instances.complete(dossier, seen.work, of.key)
    conclude(dossier, "complete", target=f"record {record_id}")
    spreading.spread(dossier, seen.edition, seen.step, record_id, data, instances.facts_of(dossier, seen.work)["work"])
    return Completion(record_id, dossier.case.id, _next(seen))


def _whole(seen: Sheet, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    if not seen.form.sensitive or not seen.task.stored:
        return answers
    mine, _ = drafts.of_task(seen.dossier.desk, seen.task.id)
    return reading.whole(seen.form, answers, mine.answers if mine else None)


def _next(seen: Sheet) -> tuple[str, ...]:
    dossier = seen.dossier
    new = [each for each in dossier.tasks.values() if not each.stored and each.closed_at is None and each.id != seen.task.id]
    return tuple(each.id for each in new if reach.why_not_work(dossier, each) is None)
