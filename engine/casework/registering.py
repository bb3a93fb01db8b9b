"""A case begins: the register form is read, the case gets its number, its first record and its lifecycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import answers as reading
from engine.casework import drafts, idempotency, instances, keeping, numbering, reach
from engine.casework.dossier import new_case
from engine.casework.flush import conclude
from engine.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.spec.form import Form, Reading


@dataclass(frozen=True, slots=True)
class RegisterView:
    """The form that registers a case, before there is one. Whoever sends it makes an idempotency key of its own."""

    form: Form
    answers: Mapping[str, Any]
    reading: Reading
    edition: str
    draft_id: str | None
    draft_version: int


def register(
    desk: Desk,
    form_id: str,
    answers: Mapping[str, Any],
    *,
    key: str | None = None,
    confirmed: bool = False,
    strict: bool = True,
    draft_id: str | None = None,
) -> str:
    """Register a case from the answers to the register form; give its id. A draft it came from goes.

    Raises NotFound, Forbidden, Refused, Invalid (also, unless `confirmed`, where the institution has a case with the same identifier).
    """
    dossier, form = _open(desk, form_id)
    known = idempotency.claim(desk, key, "register", form_id, answers)
    if known is not None:
        return str(known)
    typed = drafts.unregistered(desk, draft_id, form_id, dossier.edition.digest) if draft_id else None
    whole = reading.whole(form, answers, typed.answers if typed else None)
    data = reading.read(form, whole, dossier.facts, desk.today, confirmed=confirmed, strict=strict).data
    if not confirmed:
        _warn_of_double(dossier, form, data)
    dossier.case.number = numbering.next_number(dossier)
    keeping.keep(dossier, form, dossier.edition.digest, data, instance_id=None, task_id=None)
    if dossier.edition.lifecycle is not None:
        instances.begin(dossier, dossier.edition, dossier.edition.lifecycle)
    if typed:
        drafts.forget(desk, typed.id)
    conclude(dossier, "register", target=f"case {dossier.case.id}")
    idempotency.settle(desk, key, dossier.case.id)
    return dossier.case.id


def blank(desk: Desk, form_id: str, *, draft_id: str | None = None) -> RegisterView:
    """Show the register form, prefilled or with a draft. Raises NotFound, Forbidden, Refused."""
    dossier, form = _open(desk, form_id)
    kept = drafts.unregistered(desk, draft_id, form_id, dossier.edition.digest) if draft_id else None
    raw = kept.answers if kept else form.prefill(dossier.facts, desk.today)
    shown = reading.shown(form, raw, dossier.facts, desk.today)
    return RegisterView(form, reading.masked(form, raw), shown, dossier.edition.digest, kept.id if kept else None, kept.version if kept else 0)


def preview(desk: Desk, form_id: str, answers: Mapping[str, Any], *, draft_id: str | None = None) -> Reading:
    """Read answers to the register form as they are typed, storing nothing."""
    dossier, form = _open(desk, form_id)
    kept = drafts.unregistered(desk, draft_id, form_id, dossier.edition.digest) if draft_id else None
    return reading.shown(form, reading.whole(form, answers, kept.answers if kept else None), dossier.facts, desk.today)


def save_draft(
    desk: Desk, form_id: str, answers: Mapping[str, Any], *, draft_id: str | None = None, version: int | None = None, unless: str | None = None
) -> tuple[str, int]:
    """Keep what was typed of a case that is not registered yet; give the draft's id and version. Raises Stale where it was registered under the key `unless`."""
    idempotency.demand_unused(desk, unless)
    dossier, form = _open(desk, form_id)
    before = drafts.unregistered(desk, draft_id, form_id, dossier.edition.digest) if draft_id else None
    kept = drafts.keep(desk, form, dossier.edition.digest, answers, before, version=version)
    return kept.id, kept.version


def _open(desk: Desk, form_id: str) -> tuple[Dossier, Form]:
    """Take in hand a case that does not exist yet, where the person may register one."""
    dossier = new_case(desk)
    reach.demand_register(dossier, form_id)
    return dossier, dossier.edition.forms[form_id]


def _warn_of_double(dossier: Dossier, form: Form, data: Mapping[str, Any]) -> None:
    found = []
    for pointer in keeping.doubles(dossier, data):
        title = form.fields[pointer].title
        message = f"{title}이(가) 같은 {dossier.edition.case.title}이(가) 이미 등록되어 있습니다. 그래도 등록하려면 확인하세요."
        found.append(FieldError(pointer, "duplicate", message, title, "warning"))
    if found:
        raise Invalid(found)
