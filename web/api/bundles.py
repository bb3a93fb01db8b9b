"""Reading the zip of an edition's two folders from a stranger's hands: nothing is unpacked to disk, nothing is believed, everything is bounded."""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
import zlib
from typing import TYPE_CHECKING

from engine.errors import TooLarge
from engine.spec.folder import FOLDERS, MAX_BYTES, MAX_FILE_BYTES, MAX_FILES, REMARKS
from web.bodies import MULTIPART, content_type
from web.refusals import Unreadable, Unsupported

if TYPE_CHECKING:
    from starlette.requests import Request

_RATIO = 200  # plain text of ours packs about tenfold
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SMALL = 65536  # bytes; below it a high ratio does no harm
_ENCRYPTED = 0x1
_ZIPS = ("application/zip", "application/x-zip-compressed", "application/octet-stream")


def files_of(request: Request) -> dict[str, bytes]:
    """Return "forms/x.json" -> bytes of the zip sent as the body, or as the one file of a multipart body. Raises Unreadable, Unsupported, TooLarge."""
    media = content_type(request)
    if media == MULTIPART:
        uploads = [value for value in request.state.form.values() if not isinstance(value, str)]
        if len(uploads) != 1:
            raise Unreadable("zip 파일 하나를 보내야 합니다.")
        return unzip(uploads[0].file.read())
    if media not in _ZIPS:
        raise Unsupported("zip 파일로 보내야 합니다.")
    return unzip(request.state.body)


def unzip(packed: bytes) -> dict[str, bytes]:
    """Return the spec files of a zip by their path below its root (one folder around both is allowed). Remarks and hidden files are passed over."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as bundle:
            entries = [entry for entry in bundle.infolist() if not entry.is_dir()]
            _bound(entries, len(packed))
            names = _names(entries)
            return _read(bundle, entries, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError) as error:
        raise Unreadable("zip 파일을 읽을 수 없습니다.") from error


def _bound(entries: list[zipfile.ZipInfo], packed: int) -> None:
    """Refuse by what the directory says, before a byte is unpacked."""
    if len(entries) > 2 * MAX_FILES:
        raise TooLarge("zip 안에 파일이 너무 많습니다.")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES or total > max(packed, _SMALL) * _RATIO or any(entry.file_size > MAX_FILE_BYTES for entry in entries):
        raise TooLarge("zip 안의 파일이 너무 큽니다.")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise Unreadable("암호가 걸린 zip은 읽을 수 없습니다.")
        if entry.compress_type not in _METHODS:
            raise Unreadable("모르는 방식으로 압축한 zip입니다.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Unreadable("zip 안에 바로가기(링크)는 둘 수 없습니다.")


def _names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Return each entry's path below the root of the two folders, "" for what is passed over. Raises Unreadable for paths that lead elsewhere."""
    plain = [unicodedata.normalize("NFC", entry.filename) for entry in entries]
    for name in plain:
        parts = name.split("/")
        if name.startswith("/") or "\\" in name or ".." in parts or "." in parts or not name.isprintable() or len(name) > 200:
            raise Unreadable("zip 안에 쓸 수 없는 경로가 있습니다.")
    kept = [name for name in plain if not _passed_over(name)]
    around = {name.split("/")[0] for name in kept}
    if len(around) == 1 and not around & set(FOLDERS):
        cut = len(around.pop()) + 1
        return ["" if _passed_over(name) else name[cut:] for name in plain]
    return ["" if _passed_over(name) else name for name in plain]


def _passed_over(name: str) -> bool:
    return name.startswith("__MACOSX/") or any(part.startswith(".") for part in name.split("/")) or name.lower().endswith(REMARKS)


def _read(bundle: zipfile.ZipFile, entries: list[zipfile.ZipInfo], names: list[str]) -> dict[str, bytes]:
    """Unpack piece by piece, counting: what the directory said may have been a lie."""
    files: dict[str, bytes] = {}
    left = MAX_BYTES
    for entry, name in zip(entries, names, strict=True):
        if not name:
            continue
        if name in files:
            raise Unreadable("zip 안에 같은 이름이 두 번 있습니다.")
        with bundle.open(entry) as source:
            content = source.read(min(MAX_FILE_BYTES, left) + 1)
        left -= len(content)
        if len(content) > MAX_FILE_BYTES or left < 0:
            raise TooLarge("zip 안의 파일이 너무 큽니다.")
        files[name] = content
    return files
