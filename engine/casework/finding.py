"""Finding a case by a part of its name or number, by initial consonants, or by a whole identifier (through its keyed index)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from engine.casework import access, reach
from engine.casework.identifiers import same
from engine.casework.projection import INITIALS, folded, plan
from engine.errors import Refused
from engine.store.tables import case_value, cases, institution, search_key

if TYPE_CHECKING:
    from engine.casework.desk import Desk

MOST = 20
_SHORTEST_IDENTIFIER = 6
_CONSONANTS = frozenset("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found; `status` is the title."""

    id: str
    label: str
    number: str
    status: str
    institution: str


def search(desk: Desk, text: str, *, identifiers: bool = True) -> tuple[Hit, ...]:
    """Find up to 20 cases the person reaches; nothing for an empty text. Every case shown is in the access record.

    Without `identifiers` names and numbers only: for texts that came in an address.
    """
    wanted, edition = folded(text.strip()), desk.edition()
    wide = reach.scope(edition, desk.actor)
    if not wanted or wide == "none":
        return ()
    names = [name + INITIALS if set(wanted) <= _CONSONANTS else name for name in plan(edition).text]
    like = select(case_value.c.case_id).where(case_value.c.name.in_(names), case_value.c.key.contains(wanted, autoescape=True))
    found: Any = cases.c.id.in_(like if wide == "all" else like.where(case_value.c.institution_id == desk.actor.institution_id))
    if identifiers and sum(letter.isalnum() for letter in wanted) >= _SHORTEST_IDENTIFIER:
        found = or_(found, cases.c.id.in_(select(search_key.c.case_id).where(same(desk, edition, text))))
    mine = () if wide == "all" else (cases.c.institution_id == desk.actor.institution_id,)
    rows = desk.connection.execute(
        select(cases.c.id, cases.c.label, cases.c.number, cases.c.status, institution.c.name)
        .select_from(cases.join(institution, institution.c.id == cases.c.institution_id))
        .where(found, *mine)
        .order_by(cases.c.label, cases.c.id)
        .limit(MOST)
    ).all()
    titles = {status.id: status.title for status in edition.case.status}
    access.record_many(desk, "case.search", [row.id for row in rows])
    return tuple(Hit(row.id, row.label, row.number or "", titles.get(row.status, row.status), row.name) for row in rows)


def named(desk: Desk, text: str) -> str:
    """Give the id of the case with this number in the person's reach, or `text` itself: it may be an id. Raises Refused where several have the number."""
    wide = reach.scope(desk.edition(), desk.actor)
    found = desk.connection.execute(select(cases.c.id, cases.c.institution_id).where(cases.c.number == text)).all()
    near = [row.id for row in found if wide == "all" or (wide == "institution" and row.institution_id == desk.actor.institution_id)]
    if len(near) > 1:
        raise Refused("그 번호의 건이 여럿입니다. id로 적으세요.")
    return near[0] if near else text
