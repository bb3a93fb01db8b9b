"""Files people attach: staged when uploaded, seen by the uploader only; part of a case once a record that names them is kept, seen as that case is.

Contents are sealed; names and sizes stand in the database. Whoever may not see the case gets "not found".
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from engine.casework import access, sight
from engine.casework.dossier import open_case
from engine.casework.filetypes import SPELLINGS, clean_name, kind_of, media_type
from engine.casework.permits import roles_today
from engine.errors import FieldError, Forbidden, Invalid, NotFound, Refused, TooLarge
from engine.store.ids import new_id
from engine.store.prepared import prepare
from engine.store.tables import cases, file, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from engine.casework.desk import Desk
    from engine.spec.fields import Field
    from engine.spec.form import Form
    from engine.store.prepared import Prepared

LIMIT = 20_000_000  # bytes of one file
STAGED_LIMIT = 200_000_000  # bytes one person may have staged
_TYPES = frozenset({"file", "files"})
_NTH = re.compile(r"/[0-9]+(?=/|$)")
STAGED_LIFE = timedelta(days=14)  # a draft may name a staged file that long

_insert = prepare(insert(file))
_columns = (*file.columns, cases.c.institution_id.label("case_place"))
_find = prepare(
    select(*_columns)
    .select_from(file.outerjoin(cases, cases.c.id == file.c.case_id))
    .where(file.c.id == bindparam("id"), file.c.deleted_at.is_(None))
)
_of_case = prepare(
    select(*file.columns, record.c.form)
    .select_from(file.outerjoin(record, record.c.id == file.c.record_id))
    .where(file.c.case_id == bindparam("case_id"), file.c.deleted_at.is_(None))
    .order_by(file.c.id.desc())
)
_attach = prepare(update(file).where(file.c.id == bindparam("of_id"), file.c.case_id.is_(None)), ["case_id", "record_id", "pointer"])


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file. `kind` is the proven suffix ("pdf"), `size` in bytes, `case_id` "" while staged."""

    id: str
    name: str
    kind: str
    size: int
    case_id: str
    created_at: datetime

    @property
    def media_type(self) -> str:
        """The media type to send it with."""
        return media_type(self.kind)


def stage(desk: Desk, name: str, content: bytes, *, field: Field | None = None) -> Attachment:
    """Keep an uploaded file for a record to come; where the field it is for is known, its `x-file` rule holds already now.

    Raises Forbidden, TooLarge, Refused with what is wrong with the file.
    """
    roles = roles_today(desk)
    if not any(roles.may(desk.actor.roles, permission) for permission in ("case.write", "case.register", "task.approve")):
        raise Forbidden
    if too_large := _too_large(field, len(content)):
        raise TooLarge(too_large)
    shown = clean_name(name)
    kind = kind_of(shown, content)
    if wrong := _wrong_kind(field, kind):
        raise Refused(wrong)
    waiting = select(func.coalesce(func.sum(file.c.size), 0)).where(
        file.c.person_id == desk.actor.person_id, file.c.case_id.is_(None), file.c.deleted_at.is_(None)
    )
    if desk.connection.execute(waiting).scalar_one() + len(content) > STAGED_LIMIT:
        raise Refused("올려 두고 저장하지 않은 파일이 너무 많습니다. 먼저 저장하세요.")
    made = new_id()
    desk.files.put(made, desk.cipher.seal(content, _place(made)))
    _insert.run(
        desk.connection,
        id=made,
        institution_id=desk.actor.institution_id,
        person_id=desk.actor.person_id,
        name=shown,
        type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=desk.now,
    )
    return Attachment(made, shown, kind, len(content), "", desk.now)


def read(desk: Desk, file_id: str, *, reason: str = "") -> tuple[Attachment, bytes]:
    """Return a file with its content, and note who took it. Raises NotFound where there is none the actor may see, Broken where it was damaged."""
    row = _seen(desk, file_id)
    if row is None:
        raise NotFound
    content = desk.cipher.open(desk.files.get(file_id), _place(file_id))
    access.record(desk, "file.read", subject=row.case_id or "", target=f"file {file_id}", reason=reason)
    return _told(row), content


def describe(desk: Desk, file_ids: Iterable[str]) -> tuple[Attachment, ...]:
    """Return what the actor may know of these files, in their order; unknown and foreign ids are left out."""
    return tuple(_told(row) for row in (_seen(desk, file_id) for file_id in file_ids) if row is not None)


def of_case(desk: Desk, case_id: str) -> tuple[tuple[Attachment, str], ...]:
    """Return the files of a case that the actor may see, newest first, each with the id of the form it was attached to."""
    rows = _of_case.all(desk.connection, case_id=case_id)
    return tuple((_told(row), str(row.form or "")) for row in rows if _seen(desk, row.id) is not None)


def named(form: Form, data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the file ids that stand in answers, by pointer with row numbers."""
    found: dict[str, list[str]] = {}
    for pointer, field in form.fields.items():
        if field.type in _TYPES:
            for place, value in _at(data, pointer.split("/")[1:], ""):
                found[place] = [str(one) for one in (value if isinstance(value, list) else [value]) if one]
    return found


def claim(
    desk: Desk,
    case_id: str,
    record_id: str | None,
    held: Mapping[str, Iterable[str]],
    fields: Mapping[str, Field],
    write: Callable[[Prepared, Mapping[str, Any]], None] | None = None,
) -> None:
    """Make files part of a record being kept. `held` maps pointers of answers to the file ids they hold; `write` does it when the record is there.

    Files must be staged by the actor or already belong to this case, and be what their field (of `fields`, by pointer) takes: who uploaded them
    need not have named it. Those that stand there already are not asked again. Raises Invalid naming each pointer whose file is wrong.
    """
    wrong, mine = [], []
    for pointer, ids in held.items():
        for file_id in ids:
            row = _find.first(desk.connection, id=file_id)
            if row is None or not (row.case_id == case_id or (row.case_id is None and row.person_id == desk.actor.person_id)):
                wrong.append(FieldError(pointer, "x-file", "올린 파일을 찾을 수 없습니다. 다시 올리세요."))
                continue
            place = generic(pointer)
            field = None if row.case_id and (row.record_id, generic(row.pointer or "")) == (record_id, place) else fields.get(place)
            if problem := _too_large(field, row.size) or _wrong_kind(field, row.type):
                wrong.append(FieldError(pointer, "x-file", f"{row.name}: {problem}"))
            elif row.case_id is None:
                mine.append({"of_id": file_id, "case_id": case_id, "record_id": record_id, "pointer": pointer[:200]})
    if wrong:
        raise Invalid(wrong)
    for values in mine:
        if write:
            write(_attach, values)
        else:
            _attach.run(desk.connection, values)


def drop_staged(desk: Desk) -> int:
    """Forget files staged long ago that no record took, and contents nobody knows; return how many. For the worker."""
    old = file.c.case_id.is_(None) & file.c.deleted_at.is_(None) & (file.c.created_at < desk.now - STAGED_LIFE)
    ids = desk.connection.execute(select(file.c.id).where(old).limit(500)).scalars().all()
    for file_id in ids:
        desk.connection.execute(update(file).where(file.c.id == file_id).values(deleted_at=desk.now))
        desk.files.delete(file_id)
    return len(ids)


def _seen(desk: Desk, file_id: str) -> Any | None:
    row = _find.first(desk.connection, id=file_id)
    if row is None or desk.actor.clock:
        return row
    if row.case_id is None:
        return row if row.person_id == desk.actor.person_id else None
    roles = roles_today(desk)
    scope = roles.scope(desk.actor.roles) if roles.may(desk.actor.roles, "case.read") else "none"
    within = scope == "all" or (scope == "institution" and row.case_place == desk.actor.institution_id)
    return row if within and (row.record_id is None or _with_record(desk, row)) else None


def _with_record(desk: Desk, row: Any) -> bool:
    """Say whether the actor sees the record a file belongs to; the case is read only where the record's form is limited."""
    if not sight.may_hide(desk, row.record_id):
        return True
    try:
        sight.demand(open_case(desk, row.case_id, lock=False), row.record_id)
    except NotFound:
        return False
    return True


def generic(pointer: str) -> str:
    """Give the pointer of the field an answer is of: "/rows/*/file" for "/rows/2/file"."""
    return _NTH.sub("/*", pointer)


def _too_large(field: Field | None, size: int) -> str:
    limit = min(LIMIT, int(_rule(field).get("maxMB", LIMIT)) * 1_000_000)
    return f"파일 하나는 {limit // 1_000_000}MB까지 올릴 수 있습니다." if size > limit else ""


def _wrong_kind(field: Field | None, kind: str) -> str:
    accepted = _rule(field).get("accept", ())
    return f"여기에는 {', '.join(accepted)} 파일만 올릴 수 있습니다." if accepted and kind not in {SPELLINGS.get(one, one) for one in accepted} else ""


def _rule(field: Field | None) -> Mapping[str, Any]:
    """Return what a field says of the files it takes; nothing where every allowed one goes."""
    schema = field.schema if field else {}
    return schema.get("x-file") or schema.get("items", {}).get("x-file") or {}


def _at(value: Any, steps: list[str], place: str) -> Iterator[tuple[str, Any]]:
    if not steps:
        yield place, value
    elif steps[0] == "*":
        for index, row in enumerate(value if isinstance(value, list) else ()):
            yield from _at(row, steps[1:], f"{place}/{index}")
    elif isinstance(value, dict) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:], f"{place}/{steps[0]}")


def _told(row: Any) -> Attachment:
    return Attachment(row.id, row.name, row.type, row.size, row.case_id or "", row.created_at)


def _place(file_id: str) -> str:
    return f"file|{file_id}|content"
