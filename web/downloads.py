"""Answers that are files: always an attachment under its own name, never shown inside our pages, never guessed at."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from web.security import DOWNLOAD_POLICY


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """Return `content` as a download called `name` (RFC 6266, any letters)."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_. ") else "_" for sign in name)
    return Response(
        content,
        headers={
            "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
            "content-security-policy": DOWNLOAD_POLICY,
        },
        media_type=media_type,
    )
