"""Reading the two folders of an edition safely: known places only, limits on size and count, no links that lead out, names in NFC."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from typing import TYPE_CHECKING

from engine.errors import Finding, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAX_FILES = 1_000
MAX_FILE_BYTES = 2_000_000
MAX_BYTES = 30_000_000
FOLDERS = ("workflows", "forms")
REMARKS = (".md", ".txt", ".svg", ".png")
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.\-]*"
_PLACES = tuple(re.compile(pattern) for pattern in (
    r"forms/edition\.json", rf"forms/{_NAME}\.json", rf"forms/(lists|views|reports)/{_NAME}\.json", rf"workflows/{_NAME}\.bpmn",
    rf"workflows/decisions/{_NAME}\.dmn", r"workflows/roles\.json", r"workflows/scenarios/[^/]+\.json",
))


def read_folder(root: Path) -> dict[str, bytes]:
    """Give every spec file below `root` as "forms/x.json" -> bytes, sorted by name. Raises `SpecError` with everything that may not be there."""
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    for folder in FOLDERS:
        for path in _walk(root / folder, findings, root):
            name = unicodedata.normalize("NFC", path.relative_to(root).as_posix())
            if path.stat().st_size > MAX_FILE_BYTES:
                findings.append(_too_large(name))
            elif len(files) >= MAX_FILES:
                findings.append(Finding(folder, 1, "too-many-files", f"파일이 {MAX_FILES}개를 넘습니다. 쓰지 않는 파일을 지우세요."))
                break
            else:
                files[name] = path.read_bytes()
    findings += misplaced(files)
    if findings:
        raise SpecError(findings)
    return dict(sorted(files.items()))


def misplaced(files: Mapping[str, bytes]) -> list[Finding]:
    """Give a finding for every file that is no spec by its place and name, and for what is too large or too many."""
    found = [
        Finding(name, 1, "misplaced-file", "규칙 파일이 있을 자리가 아닙니다. README의 폴더 설명을 보고 옮기거나 지우세요.")
        for name in files if not any(place.fullmatch(name) for place in _PLACES)
    ]
    found += [_too_large(name) for name, content in files.items() if len(content) > MAX_FILE_BYTES]
    if len(files) > MAX_FILES:
        found.append(Finding("forms", 1, "too-many-files", f"파일이 {MAX_FILES}개를 넘습니다. 쓰지 않는 파일을 지우세요."))
    if sum(map(len, files.values())) > MAX_BYTES:
        found.append(Finding("forms", 1, "too-large", f"모두 합쳐 {MAX_BYTES // 1_000_000}MB를 넘습니다. 나누거나 줄이세요."))
    return found


def digest_of(files: Mapping[str, bytes]) -> str:
    """Give the address of an edition: sha256 over the sorted names and contents, in hex."""
    made = hashlib.sha256()
    for name in sorted(files):
        content = files[name]
        made.update(f"{name}\0{len(content)}\0".encode())
        made.update(content)
    return made.hexdigest()


def _too_large(name: str) -> Finding:
    return Finding(name, 1, "too-large", f"파일이 {MAX_FILE_BYTES // 1_000_000}MB를 넘습니다. 나누거나 줄이세요.")


def _walk(folder: Path, findings: list[Finding], root: Path) -> Iterator[Path]:
    """Give the files below `folder`; hidden ones and remarks are passed over, links and whatever is neither file nor folder are findings."""
    if not folder.is_dir():
        findings.append(Finding(folder.name, 1, "missing-folder", f"{folder.name} 폴더가 없습니다."))
        return
    for place, folders, names in os.walk(folder):
        here = folder.__class__(place)
        for name in sorted(folders + names):
            path = here / name
            if name.startswith("."):
                if name in folders:
                    folders.remove(name)
            elif path.is_symlink():
                findings.append(Finding(path.relative_to(root).as_posix(), 1, "link", "바로가기(링크)는 쓸 수 없습니다. 파일 자체를 두세요."))
                if name in folders:
                    folders.remove(name)
            elif name in names and not path.is_file():
                findings.append(Finding(path.relative_to(root).as_posix(), 1, "misplaced-file", "보통 파일이 아닙니다. 지우세요."))
            elif name in names and path.suffix.lower() not in REMARKS:
                yield path
