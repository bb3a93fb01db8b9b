"""The verbs on records: look, amend (a new revision, with its reason), take back, reveal one sensitive answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import answers as reading
from engine.casework import idempotency, keeping, spreading
from engine.casework.flush import conclude
from engine.casework.recordview import RecordRow, RecordView, Revision, of_case, open_record, place, reveal, view, why_not
from engine.errors import Stale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk

__all__ = ["RecordRow", "RecordView", "Revision", "amend", "of_case", "place", "preview", "reveal", "view", "withdraw"]


def amend(
    desk: Desk,
    record_id: str,
    answers: Mapping[str, Any],
    reason: str,
    *,
    key: str | None = None,
    confirmed: bool = False,
    strict: bool = True,
    revision: int | None = None,
) -> int:
    """Put a new revision on a record, read with the edition it was made under; give its number. Facts, lists and the lifecycle follow.

    Where the record names many cases, what each of them got from it follows too, or nothing changes.

    `revision` is the one the person saw. Raises NotFound, Forbidden, Refused, Stale, Invalid (also without a reason).
    """
    dossier, kept, form = open_record(desk, record_id, lock=True)
    known = idempotency.claim(desk, key, "amend", record_id, answers, reason)
    if known is not None:
        return int(known)
    refused = why_not(dossier, kept, "amend")
    if refused is not None:
        raise refused
    if revision is not None and revision != kept.revision:
        raise Stale
    told = reading.reason(reason)
    whole = reading.whole(form, answers, keeping.whole(desk, kept))
    data = reading.read(form, whole, dossier.facts_before(kept.edition, form.values(kept.data)), desk.today, confirmed=confirmed, strict=strict).data
    spreading.amend(dossier, kept, data, told)
    keeping.revise(dossier, form, kept, data, told)
    conclude(dossier, "amend", target=f"record {record_id}", reason=told)
    idempotency.settle(desk, key, kept.revision + 1)
    return kept.revision + 1


def preview(desk: Desk, record_id: str, answers: Mapping[str, Any]) -> Any:
    """Read the answers of an amendment as they are typed, storing nothing."""
    dossier, kept, form = open_record(desk, record_id, lock=False)
    return reading.shown(form, reading.whole(form, answers, keeping.whole(desk, kept)), dossier.facts_before(kept.edition, form.values(kept.data)), desk.today)


def withdraw(desk: Desk, record_id: str, reason: str) -> None:
    """Take a record back: it stays readable with the reason, but counts no more, nor does what came from it. Raises as `amend` does."""
    dossier, kept, form = open_record(desk, record_id, lock=True)
    refused = why_not(dossier, kept, "withdraw")
    if refused is not None:
        raise refused
    told = reading.reason(reason)
    spreading.withdraw(dossier, kept, told)
    keeping.remove(dossier, form, kept, told)
    conclude(dossier, "withdraw", target=f"record {record_id}", reason=told)
