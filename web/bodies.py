"""Reading the body of a request: never more than allowed, never anything but UTF-8 text without NUL, and forms as the browser ordered them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from engine.errors import TooLarge
from web.refusals import Unreadable, Unsupported
from web.routes import Body

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

    from web.settings import Settings

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_ONCE = "_"  # names of our own hidden fields begin so; each may be there once


def limit(settings: Settings, body: Body) -> int:
    """Return how many bytes of a body a route reads."""
    return {
        Body.NONE: settings.form_bytes,
        Body.FORM: settings.form_bytes,
        Body.JSON: settings.json_bytes,
        Body.MIXED: settings.mixed_bytes,
        Body.UPLOAD: settings.file_bytes,
        Body.BUNDLE: settings.edition_bytes,
    }[body]


def content_type(request: Request) -> str:
    """Return the media type in lower case, without parameters. Raises Unsupported for a charset that is not UTF-8."""
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w.:-]+)", parameters, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        raise Unsupported("UTF-8이 아닌 글자로 보냈습니다.")
    return media.strip().lower()


async def pieces(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """Yield the body as it comes. Raises TooLarge at once where it says it is longer than `most` bytes, else when it turns out to be."""
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > most:
        raise TooLarge
    total = 0
    async for piece in request.stream():
        total += len(piece)
        if total > most:
            raise TooLarge
        yield piece


async def read(request: Request, body: Body, settings: Settings) -> bytes:
    """Return the whole body; a multipart one is parsed on the way into `request.state.form`, its files spooled to disk, and b"" returned."""
    most = limit(settings, body)
    if body is not Body.JSON and content_type(request) == MULTIPART:
        files = {Body.MIXED: settings.mixed_files, Body.UPLOAD: 1, Body.BUNDLE: 1}.get(body, 0)
        request.state.form = await _multipart(request, most, settings, files)
        return b""
    held = [piece async for piece in pieces(request, min(most, settings.form_bytes) if body is Body.MIXED else most)]
    return held[0] if len(held) == 1 else b"".join(held)


async def _multipart(request: Request, most: int, settings: Settings, files: int) -> FormData:
    parser = MultiPartParser(
        request.headers, pieces(request, most), max_files=files, max_fields=settings.fields, max_part_size=settings.form_bytes
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        if "Too many" in error.message or "maximum size" in error.message:
            raise TooLarge from error
        raise Unreadable from error
    try:
        return _checked(form)
    except Unreadable:
        await form.close()
        raise


def form_of(body: bytes, media: str, settings: Settings) -> FormData:
    """Return the fields of an urlencoded body. Raises Unreadable, Unsupported, TooLarge."""
    if body and media != URLENCODED:
        raise Unsupported
    return _checked(FormData([*fields(body, settings.fields)]))


def fields(encoded: bytes, most: int) -> list[tuple[str, str]]:
    """Return the (name, value) pairs of urlencoded bytes, in order. Raises Unreadable for anything but UTF-8, TooLarge for more than `most` pairs."""
    if encoded.count(b"&") >= most:
        raise TooLarge("한 번에 보낼 수 있는 칸 수를 넘었습니다.")
    try:
        return parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise Unreadable from error


def _checked(form: FormData) -> FormData:
    seen: set[str] = set()
    for name, value in form.multi_items():
        if "\0" in name or (isinstance(value, str) and "\0" in value):
            raise Unreadable("쓸 수 없는 글자(NUL)가 들어 있습니다.")
        if name.startswith(_ONCE):
            if name in seen or isinstance(value, UploadFile):
                raise Unreadable
            seen.add(name)
    return form


def readable_address(scope_path: str, query: bytes) -> bool:
    """Tell whether path and query are UTF-8 text without NUL."""
    if "\0" in scope_path or "\ufffd" in scope_path:
        return False
    if not query:
        return True
    plain = unquote_to_bytes(query)
    if b"\0" in plain:
        return False
    try:
        plain.decode()
    except UnicodeDecodeError:
        return False
    return True
