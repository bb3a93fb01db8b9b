"""Attachments of a form: staged as they arrive, and told by name and size where a screen shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import attachments as files
from web import display
from web.widgets import FileLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.datastructures import UploadFile

    from engine.casework.desk import Desk
    from engine.spec.form import Form

_KINDS = frozenset({"file", "files"})


def ids_in(form: Form, answers: Mapping[str, Any]) -> list[str]:
    """Give the ids of every file that stands in answers, rows included."""
    wanted = [pointer for pointer, part in form.fields.items() if part.type in _KINDS]
    return [str(ident) for pointer in wanted for ident in _at(answers, pointer.split("/")[1:])]


def _at(value: Any, steps: Sequence[str]) -> Iterable[Any]:
    if not steps:
        return value if isinstance(value, list) else [value] if value else []
    if steps[0] == "*":
        return [found for row in (value if isinstance(value, list) else ()) for found in _at(row, steps[1:])]
    return _at(value.get(steps[0]), steps[1:]) if isinstance(value, dict) else []


def lines(desk: Desk, ids: Iterable[str]) -> dict[str, FileLine]:
    """Tell files by name and size; what the person may not see is left out."""
    wanted = tuple(ids)
    if not wanted:
        return {}
    return {file.id: FileLine(file.id, file.name, display.file_size(file.size)) for file in files.describe(desk, wanted)}


def stage(desk: Desk, form: Form, uploads: Sequence[tuple[str, UploadFile]]) -> list[tuple[str, str]]:
    """Stage files that came with a form, beside its other answers: pairs of pointer and file id. Raises Invalid, TooLarge."""
    staged = []
    for pointer, upload in uploads:
        upload.file.seek(0)  # an attempt that failed may have read it
        staged.append((pointer, files.stage(desk, upload.filename or "", upload.file.read(), field=form.fields.get(files.generic(pointer))).id))
    return staged
