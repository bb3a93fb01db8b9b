"""Records of what is long over, brought in from another system: kept as they were, without opening work and without asking the guards.

What the form itself asks is asked, and history tells of every one with the reason. Needs `record.import`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import answers, instances, keeping, numbering, reach
from engine.casework.dossier import new_case, open_case
from engine.casework.flush import conclude
from engine.errors import FieldError, Forbidden, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.spec.edition import Edition
    from engine.spec.form import Form

_KIND = "import"


def demand(desk: Desk, edition: Edition, *, bypasses: bool, reasons: Iterable[str]) -> None:
    """Raise Forbidden where the person may not bypass what asks today, Invalid where one of `reasons` says nothing."""
    if bypasses and not edition.roles.may(desk.actor.roles, reach.IMPORT):
        raise Forbidden("지난 기록으로 들여올 권한(record.import)이 없습니다.")
    for each in reasons:
        answers.reason(each)


def unknown_case(desk: Desk, form: Form, given: Mapping[str, Any]) -> Dossier:
    """Take in hand a case that does not exist yet. Raises Invalid where the institution has one with the same identifier: nobody is there to confirm."""
    dossier = new_case(desk)
    for pointer in keeping.doubles(dossier, given):
        raise Invalid([FieldError(pointer, "duplicate", f"이미 등록되어 있습니다: 같은 {form.fields[pointer].title}")])
    return dossier


def register(dossier: Dossier, form: Form, given: Mapping[str, Any], on: date, *, confirmed: bool) -> tuple[str, str]:
    """Register a case; its lifecycle begins as ever. Give the ids of case and record. Raises Forbidden, Invalid."""
    reach.demand_sight(dossier, reach.IMPORT)
    dossier.case.number = numbering.next_number(dossier)
    record_id = _keep(dossier, form, given, on, confirmed=confirmed)
    if dossier.edition.lifecycle is not None:
        instances.begin(dossier, dossier.edition, dossier.edition.lifecycle)
    conclude(dossier, _KIND, target=f"case {dossier.case.id}")
    return dossier.case.id, record_id


def keep(desk: Desk, form: Form, given: Mapping[str, Any], on: date, case_id: str, *, confirmed: bool) -> str:
    """Keep a record of a case; give its id. `on` is the day whose codes are valid. Raises NotFound, Forbidden, Invalid."""
    dossier = open_case(desk, case_id)
    reach.demand_sight(dossier, reach.IMPORT)
    record_id = _keep(dossier, form, given, on, confirmed=confirmed)
    conclude(dossier, _KIND, target=f"record {record_id}")
    return record_id


def _keep(dossier: Dossier, form: Form, given: Mapping[str, Any], on: date, *, confirmed: bool) -> str:
    data = answers.read(form, given, dossier.facts, on, confirmed=confirmed, strict=True).data
    return keeping.keep(dossier, form, dossier.edition.digest, data, instance_id=None, task_id=None)
