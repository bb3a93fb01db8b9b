"""Attachments: sent ahead of the form they belong to, and given back to whoever may see their case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile

from engine.casework import attachments
from engine.errors import FieldError, Invalid
from web import answers, display, downloads, messages
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def upload(request: Request) -> Response:
    """Stage one file; answer with its id, name and size, for the form to name."""
    form = request.state.form
    sent = form.get("file")
    if not isinstance(sent, UploadFile):
        raise Invalid([FieldError("/file", "required", messages.NO_FILE)])
    digest, _, ident = _text(request, "form").rpartition("/")
    with unit(request) as desk:
        known = desk.edition(digest or None).forms.get(ident)
        field = known.fields.get(_text(request, "at")) if known else None
        staged = attachments.stage(desk, sent.filename or "", sent.file.read(), field=field)
    return answers.json({"id": staged.id, "name": staged.name, "size": display.file_size(staged.size), "type": staged.kind}, 201)


def download(request: Request) -> Response:
    """Give a file to keep; never shown inside our own pages, whatever it holds."""
    with unit(request) as desk:
        told, content = attachments.read(desk, request.path_params["id"])
    return downloads.attachment(content, told.name, told.media_type)


def _text(request: Request, name: str) -> str:
    value = request.state.form.get(name, "")
    return value if isinstance(value, str) else ""
