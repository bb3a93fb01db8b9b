"""Choosing cases in a form: those that are chosen by their names, those that are found, those the person owns. What is shown of whom is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.casework import access, finding, reach
from engine.casework.companions import Companions
from engine.casework.dossier import open_case
from engine.errors import NotFound
from engine.spec.fx_values import as_text
from engine.store.tables import cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.casework.desk import Desk
    from engine.casework.finding import Hit

MOST = 200  # cases one answer may name


def chosen(desk: Desk, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Give id -> (name, number) of those of these cases that the person's institution has; the others are left out."""
    if reach.scope(desk.edition(), desk.actor) == "none":
        return {}
    known = Companions(desk.connection, desk.actor.institution_id)
    found = {ident: (str(case["name"]), str(case["number"])) for ident in list(dict.fromkeys(ids))[:MOST] if (case := known.get(ident)) is not None}
    access.record_many(desk, "case.named", found)
    return found


def search(desk: Desk, text: str) -> tuple[Hit, ...]:
    """Find cases of the person's institution as `finding.search` does."""
    return tuple(hit for hit in finding.search(desk, text) if hit.institution == desk.actor.institution_name)


def options(desk: Desk, form_id: str, value: str, label: Sequence[str]) -> list[tuple[str, str]]:
    """Give (value, label) of each record of a form in the own case of the person's institution, newest first; `label` names answers to join."""
    if reach.scope(desk.edition(), desk.actor) == "none":
        return []
    try:
        found = open_case(desk, desk.actor.institution_id, lock=False).facts["records"].get(form_id) or ()
    except NotFound:
        return []
    return [(str(each[value]), " ".join(as_text(each.get(name)) for name in label)) for each in reversed(found) if each.get(value) is not None]


def own(desk: Desk) -> tuple[str, ...]:
    """Give the open cases the person owns in their institution, by name."""
    actor = desk.actor
    mine = select(cases.c.id).where(
        cases.c.owner_id == actor.person_id, cases.c.institution_id == actor.institution_id, cases.c.id != cases.c.institution_id, cases.c.closed.is_(False)
    )
    return tuple(desk.connection.execute(mine.order_by(cases.c.label, cases.c.id).limit(MOST)).scalars())
