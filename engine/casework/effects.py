"""What a completed step does to the case itself: who owns it, and which institution has it. Said by the process, in expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from engine.casework import notices, numbering
from engine.errors import Refused
from engine.store.ids import is_id
from engine.store.prepared import prepare
from engine.store.tables import institution, person, task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.dossier import Dossier
    from engine.spec.process import UserTask

_person = prepare(
    select(person.c.id, person.c.login, person.c.name, person.c.institution_id).where(
        person.c.login == bindparam("login"), person.c.disabled_at.is_(None)
    )
)
_institution = prepare(
    select(institution.c.id, institution.c.name, institution.c.kind, institution.c.region, institution.c.phone).where(
        institution.c.id == bindparam("institution_id"), institution.c.closed_at.is_(None)
    )
)
#: what waited for the one who had the case waits for the one who has it now
_hand_over = prepare(
    update(task).where(task.c.case_id == bindparam("of_case"), task.c.person_id == bindparam("was"), task.c.closed_at.is_(None)), ["person_id"]
)


def apply(dossier: Dossier, step: UserTask, facts: Mapping[str, Any]) -> None:
    """Hand the case over where the step says so: first to an institution, then to a person of it. Raises Refused for one that cannot take it."""
    if step.institution is not None:
        place = step.institution(facts)
        if isinstance(place, str) and place and place != dossier.case.institution_id:
            _move(dossier, place)
    if step.owner is not None:
        login = step.owner(facts)
        if isinstance(login, str) and login and login != dossier.case.owner_login:
            _own(dossier, login)


def _move(dossier: Dossier, institution_id: str) -> None:
    row, case = (_institution.first(dossier.desk.connection, institution_id=institution_id) if is_id(institution_id) else None), dossier.case
    if row is None:
        raise Refused("옮겨 갈 기관을 찾을 수 없습니다.")
    dossier.tell(left=case.institution_id, number_was=case.number or "")
    case.institution_id, case.place_name, case.place_kind, case.place_region, case.place_phone = row
    case.owner_id = case.owner_login = case.owner_name = None
    dossier.moved = True
    dossier.touch("place", "owner")
    case.number = numbering.next_number(dossier)
    dossier.touch("number")
    for each in dossier.tasks.values():
        if each.closed_at is None:
            each.institution_id, each.person_id = row.id, None


def _own(dossier: Dossier, login: str) -> None:
    actor, case = dossier.desk.actor, dossier.case
    if login == actor.login and actor.institution_id == case.institution_id:
        ident, name = actor.person_id, actor.name
    else:
        row = _person.first(dossier.desk.connection, login=login) if login.isprintable() else None
        if row is None or row.institution_id != case.institution_id:
            raise Refused("담당으로 정한 사람을 이 기관에서 찾을 수 없습니다.")
        ident, name = row.id, row.name
    dossier.tell(owner=ident, owner_was=case.owner_id or "")
    notices.tell(dossier, ident, notices.GIVEN)
    if case.owner_id:
        dossier.write(_hand_over, {"of_case": case.id, "was": case.owner_id, "person_id": ident})
    case.owner_id, case.owner_login, case.owner_name = ident, login, name
    dossier.touch("owner")
