"""What somebody typed and has not completed: kept whole and encrypted, seen by that person only. That there is one, others may know.

Raw answers are kept, hidden branches too, so that nothing typed is lost by a change of mind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from engine.casework import access, sealing
from engine.errors import NotFound, Refused, Stale, TooLarge
from engine.spec.carry import carrier
from engine.store.ids import is_id, new_id
from engine.store.prepared import prepare
from engine.store.tables import draft, person, task
from engine.store.types import canonical, from_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.casework.desk import Desk
    from engine.spec.form import Form

LIMIT = 2_000_000  # bytes of one draft
_OLDER = "다른 창에서 더 나중에 저장한 초안이 있습니다. 그 초안을 확인한 뒤 다시 저장하세요."

_columns = (*draft.columns, person.c.login, person.c.name, task.c.form.label("task_form"), task.c.edition.label("task_edition"))
_of_task = prepare(
    select(*_columns)
    .select_from(draft.join(person, person.c.id == draft.c.person_id).join(task, task.c.id == draft.c.task_id))
    .where(draft.c.task_id == bindparam("task_id"))
)
_by_id = prepare(select(draft).where(draft.c.id == bindparam("draft_id"), draft.c.person_id == bindparam("mine")))
_mine = prepare(
    select(draft.c.id, draft.c.form, draft.c.edition, draft.c.version, draft.c.saved_at)
    .where(draft.c.person_id == bindparam("mine"), draft.c.task_id.is_(None))
    .order_by(draft.c.saved_at.desc())
)
_insert = prepare(insert(draft))
_update = prepare(update(draft).where(draft.c.id == bindparam("of_id"), draft.c.version == bindparam("was")), ["form", "edition", "sealed", "version", "saved_at"])
_delete = prepare(delete(draft).where(draft.c.id == bindparam("of_id"), draft.c.person_id == bindparam("mine")))


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of one's own. `answers` are raw, sensitive ones unmasked: never hand them to a page as they are."""

    id: str
    form: str
    edition: str
    answers: Mapping[str, Any]
    version: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Other:
    """That somebody else keeps a draft of a task, and since when."""

    login: str
    name: str
    saved_at: datetime


def of_task(desk: Desk, task_id: str) -> tuple[Draft | None, tuple[Other, ...]]:
    """Give one's own draft of a task, and who else keeps one."""
    mine, others = None, []
    for row in _of_task.all(desk.connection, task_id=task_id):
        if row.person_id == desk.actor.person_id:
            mine = _follow(desk, _open(desk, row), row.task_form, row.task_edition)
        else:
            others.append(Other(row.login, row.name, row.saved_at))
    return mine, tuple(others)


def _follow(desk: Desk, kept: Draft, form_id: str, edition: str) -> Draft:
    """Give a draft as an edition names fields and codes: the task may have moved on since, or another edition be in force. What is stored stays until it is saved again."""
    if (kept.form, kept.edition) == (form_id, edition):
        return kept
    old, new = desk.edition(kept.edition).forms[kept.form], desk.edition(edition).forms[form_id]
    return replace(kept, form=form_id, edition=edition, answers=carrier(old, new).answers(kept.answers))


def unregistered(desk: Desk, draft_id: str, form_id: str, edition: str) -> Draft:
    """Give one's own draft of a case that is not registered yet, as a form of an edition names fields and codes. Raises NotFound."""
    row = _by_id.first(desk.connection, draft_id=draft_id, mine=desk.actor.person_id) if is_id(draft_id) else None
    if row is None or row.task_id is not None:
        raise NotFound
    return _follow(desk, _open(desk, row), form_id, edition)


def all_unregistered(desk: Desk) -> list[Any]:
    """Give id, form, edition, version and saved_at of one's own drafts of cases not registered yet, newest first."""
    return _mine.all(desk.connection, mine=desk.actor.person_id)


def keep(
    desk: Desk,
    form: Form,
    edition: str,
    answers: Mapping[str, Any],
    before: Draft | None,
    *,
    task_id: str | None = None,
    case_id: str = "",
    version: int | None = None,
) -> Draft:
    """Keep answers as they are typed. `version` is that of the draft the person saw (0: none; None: does not matter).

    Masks that come back unchanged stand for what they mask. Raises Stale where a newer draft of the same person stands.
    """
    if version is not None and version != (before.version if before else 0):
        raise Stale(_OLDER)
    raw = sealing.unmasked(form, answers, before.answers if before else {})
    ident, number = (before.id, before.version + 1) if before else (new_id(), 1)
    sealed = desk.cipher.seal(_bytes(raw), _place(ident))
    if before is None:
        row = {"id": ident, "task_id": task_id, "person_id": desk.actor.person_id, "form": form.id, "edition": edition}
        _insert.run(desk.connection, row, sealed=sealed, version=number, saved_at=desk.now)
    elif _update.run(desk.connection, form=form.id, edition=edition, sealed=sealed, version=number, saved_at=desk.now, of_id=ident, was=before.version) != 1:
        raise Stale(_OLDER)
    access.record(desk, "draft.save", subject=case_id, target=f"draft {ident}")
    return Draft(ident, form.id, edition, raw, number, desk.now)


def forget(desk: Desk, draft_id: str) -> None:
    """Throw one's own draft away."""
    _delete.run(desk.connection, of_id=draft_id, mine=desk.actor.person_id)


def _bytes(raw: Mapping[str, Any]) -> bytes:
    try:
        plain = canonical(raw)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError) as error:
        raise Refused("저장할 수 없는 글자가 들어 있습니다. 지우고 다시 저장하세요.") from error
    if len(plain) > LIMIT:
        raise TooLarge
    return plain


def raw_of(desk: Desk, row: Any) -> dict[str, Any]:
    """Give the raw answers of a row: only for what never shows them to anybody."""
    return dict(from_json(desk.cipher.open(row.sealed, _place(row.id)).decode()))


def _open(desk: Desk, row: Any) -> Draft:
    return Draft(row.id, row.form, row.edition, raw_of(desk, row), row.version, row.saved_at)


def _place(draft_id: str) -> str:
    return f"draft|{draft_id}|sealed"
