"""Answers that are files: always an attachment under its own name, never shown inside our pages, never guessed at."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from web.security import DOWNLOAD_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 65_536  # bytes sent at once


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """Return `content` as a download called `name` (RFC 6266, any letters)."""
    return Response(content, headers=_headers(name), media_type=media_type)


def streamed(content: BinaryIO, name: str, media_type: str) -> Response:
    """Return all of an open file as a download called `name`; it is closed when it was sent or nobody wants it any more."""
    size = content.seek(0, 2)
    content.seek(0)
    return StreamingResponse(_pieces(content), headers={**_headers(name), "content-length": str(size)}, media_type=media_type)


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    with content:
        while piece := content.read(_PIECE):
            yield piece


def _headers(name: str) -> dict[str, str]:
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_. ") else "_" for sign in name)
    return {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": DOWNLOAD_POLICY,
    }
