"""Files: upload one for a record to come, take one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile

from engine.casework import attachments
from web import answers
from web.downloads import attachment
from web.refusals import Unreadable
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def upload(request: Request) -> Response:
    """Keep one file for a record to come; its id goes into the answers of the form."""
    sent = request.state.form.getlist("file")
    if len(sent) != 1 or not isinstance(sent[0], UploadFile):
        raise Unreadable("file이라는 이름으로 파일 하나를 보내야 합니다.")
    content = sent[0].file.read()
    with unit(request) as desk:
        made = attachments.stage(desk, sent[0].filename or "", content)
    return answers.json({"id": made.id, "name": made.name, "size": made.size, "type": made.kind}, 201, headers={"Location": f"/api/files/{made.id}"})


def download(request: Request) -> Response:
    """Give a file whose case the person may see."""
    with unit(request) as desk:
        about, content = attachments.read(desk, request.path_params["id"])
    return attachment(content, about.name, about.media_type)
