"""By what identifier a case is found: a keyed index, under the name the identifier has today and under those it had in editions before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, false, or_, select

from engine.casework.sealing import value_at
from engine.store.prepared import prepare
from engine.store.tables import search_key
from engine.store.upsert import Upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.spec.edition import Edition
    from engine.spec.form import Form

_same = prepare(
    select(search_key.c.case_id)
    .where(
        search_key.c.kind == bindparam("kind"),
        search_key.c.value == bindparam("value"),
        search_key.c.institution_id == bindparam("institution_id"),
        search_key.c.case_id != bindparam("but"),
    )
    .limit(1)
)
_forget_keys = prepare(delete(search_key).where(search_key.c.case_id == bindparam("of_case"), search_key.c.kind == bindparam("of_kind")))
_put_key = Upsert(search_key, lambda insert: insert.on_conflict_do_nothing())


def index(dossier: Dossier, form: Form, data: Mapping[str, Any]) -> None:
    """Let the case be found by the identifiers of its register form. What was indexed under a name of before goes."""
    spec, desk, case = dossier.edition.case, dossier.desk, dossier.case
    if form.id != spec.form:
        return
    put = _put_key.on(desk.connection)
    for pointer in spec.search.identifiers:
        for kind in () if dossier.fresh else names(form, pointer):
            dossier.write(_forget_keys, {"of_case": case.id, "of_kind": kind})
        value = value_at(data, pointer)
        if value:
            dossier.write(put, {"case_id": case.id, "kind": pointer, "value": key_of(desk, pointer, str(value)), "institution_id": case.institution_id})


def known(dossier: Dossier, pointer: str, data: Mapping[str, Any]) -> bool:
    """Say whether the institution has another case with the identifier these answers give."""
    value, desk, case = value_at(data, pointer), dossier.desk, dossier.case
    if not value:
        return False
    form = dossier.edition.forms[dossier.edition.case.form]
    keys = [(kind, key_of(desk, kind, str(value))) for kind in names(form, pointer)]
    return any(_same.first(desk.connection, kind=kind, value=key, institution_id=case.institution_id, but=case.id) is not None for kind, key in keys)


def same(desk: Desk, edition: Edition, value: str, pointers: Iterable[str] | None = None) -> ColumnElement[bool]:
    """Give the condition that a row of `search_key` is of this identifier: of any the edition has, or of those at `pointers`."""
    form = edition.forms[edition.case.form]
    kinds = [kind for pointer in (edition.case.search.identifiers if pointers is None else pointers) for kind in names(form, pointer)]
    return or_(false(), *(and_(search_key.c.kind == kind, search_key.c.value == key_of(desk, kind, value)) for kind in dict.fromkeys(kinds)))


def names(form: Form, pointer: str) -> tuple[str, ...]:
    """Give the pointers a field has and had: its own, then by its `x-was` (a path from the root, or a name beside it), under every name of its section."""
    above, _, name = pointer.rpartition("/")
    owners = names(form, above) if above else ("",)
    was = form.fields[pointer].was if pointer in form.fields else ()
    paths = tuple("/" + text.strip("/").replace(".", "/") for text in was)
    return tuple(dict.fromkeys((*(f"{owner}/{each}" for each in (name, *was) for owner in owners), *paths)))


def key_of(desk: Desk, kind: str, value: str) -> str:
    """Give the keyed index of an identifier: the same for every way of writing it (spaces and hyphens do not count)."""
    return desk.cipher.index(kind, "".join(letter for letter in value if letter.isalnum()).upper())
