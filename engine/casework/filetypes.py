"""What kind of file some bytes are, by their content and not by what their name says; a short list of kinds is allowed, all else refused.

Office files are zips: their directory is looked through before anything else would ever open them (bombs, overlaps, programs inside).
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import puremagic

from engine.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

NAME_LIMIT = 150
_BLANK = "첨부파일"
_HIDDEN = frozenset("\u200e\u200f\u061c\u200b\u200c\u200d\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ENTRIES, _UNPACKED, _RATIO, _SMALL = 3000, 200_000_000, 200, 1_000_000
_PROGRAMS = (".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".scr", ".jar", ".zip", ".7z", ".rar", ".gz", ".bin.exe")
_MACROS = "vbaproject.bin"
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def clean_name(name: str) -> str:
    """Return a name to show and to save under: no folders, no control or direction characters, NFC, at most `NAME_LIMIT` characters with its suffix."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c not in _HIDDEN and unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    kept = kept.strip(" .")
    stem, suffix = PurePosixPath(kept or _BLANK).stem, PurePosixPath(kept or _BLANK).suffix[:10]
    return stem[: NAME_LIMIT - len(suffix)].rstrip() + suffix


def kind_of(name: str, content: bytes) -> str:
    """Return the kind ("pdf", "jpg", …) that name and content agree on. Raises Refused with the sentence to show."""
    suffix = PurePosixPath(name).suffix.lower().lstrip(".")
    kind = SPELLINGS.get(suffix, suffix)
    if kind not in KINDS:
        raise Refused(f"{', '.join(KINDS)} 파일만 올릴 수 있습니다.")
    if not content:
        raise Refused("빈 파일입니다.")
    if not KINDS[kind](content):
        raise Refused(f"파일의 내용이 {kind} 형식이 아닙니다. 원본 프로그램에서 다시 저장해 올리세요.")
    return kind


def media_type(kind: str) -> str:
    """Return the media type to send a file of this kind with."""
    return _MEDIA[kind]


def _guessed(content: bytes, *suffixes: str) -> bool:
    try:
        return any(guess.extension in suffixes for guess in puremagic.magic_string(content[:65536]))
    except (puremagic.PureError, ValueError):
        return False


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:] and _guessed(content, ".pdf")


def _is_jpg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff") and _guessed(content, ".jpg", ".jpeg", ".jfif", ".jpe")


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and _guessed(content, ".png")


def _is_hwp(content: bytes) -> bool:
    if content.startswith(b"HWP Document File V3.00"):
        return True
    return content.startswith(_OLE) and "FileHeader".encode("utf-16-le") in content and b"HWP Document File" in content


def _is_hwpx(content: bytes) -> bool:
    bundle = _opened(content)
    return bundle is not None and _read_small(bundle, "mimetype").strip() == b"application/hwp+zip"


def _is_office(part: str) -> Callable[[bytes], bool]:
    def check(content: bytes) -> bool:
        bundle = _opened(content)
        if bundle is None:
            return False
        names = {entry.filename.lower() for entry in bundle.infolist()}
        return {"[content_types].xml", part} <= names and not any(name.endswith(_MACROS) for name in names)

    return check


def _opened(content: bytes) -> zipfile.ZipFile | None:
    """Return the zip, looked through; None where it is none. Raises Refused for a dangerous one."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        bundle = zipfile.ZipFile(io.BytesIO(content))
        entries = bundle.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > _UNPACKED:
        raise Refused("압축을 풀면 너무 커지는 파일입니다.")
    if any(entry.file_size > _SMALL and entry.file_size > _RATIO * max(entry.compress_size, 1) for entry in entries):
        raise Refused("압축을 풀면 너무 커지는 파일입니다.")
    if _overlapping(entries, len(content)):
        raise Refused("파일의 짜임이 올바르지 않습니다. 원본 프로그램에서 다시 저장해 올리세요.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("암호가 걸린 파일은 올릴 수 없습니다. 암호를 풀고 올리세요.")
    if any(_unsafe(entry.filename) for entry in entries):
        raise Refused("파일 안에 다른 압축 파일이나 프로그램이 들어 있어 올릴 수 없습니다.")
    return bundle


def _overlapping(entries: list[zipfile.ZipInfo], size: int) -> bool:
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + 30 + len(entry.orig_filename.encode()) + entry.compress_size
    return end > size


def _unsafe(name: str) -> bool:
    return name.lower().endswith(_PROGRAMS) or name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/")


def _read_small(bundle: zipfile.ZipFile, name: str) -> bytes:
    try:
        with bundle.open(name) as entry:
            return entry.read(1000)
    except (KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return b""


KINDS: dict[str, Callable[[bytes], bool]] = {
    "pdf": _is_pdf,
    "jpg": _is_jpg,
    "png": _is_png,
    "hwp": _is_hwp,
    "hwpx": _is_hwpx,
    "docx": _is_office("word/document.xml"),
    "xlsx": _is_office("xl/workbook.xml"),
}
SPELLINGS = {"jpeg": "jpg", "jpe": "jpg"}
_MEDIA = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "hwp": "application/x-hwp",
    "hwpx": "application/hwp+zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
