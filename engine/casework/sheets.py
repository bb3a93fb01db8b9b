"""Lines of a spreadsheet as text: xlsx (read by a child process that may use little) and csv (UTF-8 with or without its mark, or CP949).

Nothing in a file is trusted: an xlsx is looked through as a zip first (`filetypes`), unpacked once more with everything counted, and parsed in a process
that cannot take much memory or time; what that one does not survive is an error here. Lines come one by one, so that a long file takes no memory.
"""

from __future__ import annotations

import codecs
import csv
import json
import subprocess
import sys
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.casework import filetypes
from engine.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST = 50_000_000  # bytes
MOST_LINES, MOST_COLUMNS, LONGEST_CELL = 200_000, 2_000, 40_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "", codecs.BOM_UTF16_BE: ""}
_CHUNK = 1 << 20
_DAMAGED = "읽을 수 없는 파일입니다. 원본 프로그램에서 다시 저장해 보세요."


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number as a spreadsheet shows it (from 1), and its cells as text, "" where blank."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open sheet: about how many lines it has, and the lines that are not blank."""

    count: int
    lines: Iterator[Line]


@contextmanager
def opened(path: Path, sheet: str = "") -> Iterator[Sheet]:
    """Open a file; `sheet` names one of an xlsx (default: the first). Raises Refused, also while its lines are read."""
    suffix = path.suffix.lower()
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Refused(f"파일을 열 수 없습니다: {path.name}") from error
    if size > LARGEST:
        raise Refused(f"파일이 너무 큽니다. {LARGEST // 1_000_000} MB까지 읽습니다. 나누어 넣으세요.")
    if suffix == ".csv":
        with _text(path) as made:
            yield made
    elif suffix == ".xlsx":
        with _workbook(path, sheet) as made:
            yield made
    else:
        raise Refused("xlsx 파일과 csv 파일만 읽습니다.")


# -- csv -----------------------------------------------------------------------------------------------------------------------


@contextmanager
def _text(path: Path) -> Iterator[Sheet]:
    encoding, count = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(LONGEST_CELL)
        file.seek(0)
        rows = csv.reader(file, delimiter=max(",\t;", key=first.count), strict=True)
        yield Sheet(count, _bounded(_parsed(rows)))


def _encoding(path: Path) -> tuple[str, int]:
    """Give the encoding of a csv file, and how many line ends it has."""
    with path.open("rb") as file:
        head = file.read(4)
    named = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if named == "":
        raise Refused("csv는 UTF-8이나 CP949(한국어 Windows)로 저장하세요.")
    for name in (named,) if named else ("utf-8", "cp949"):
        count = _readable(path, name)
        if count is not None:
            return name, count
    raise Refused("글자를 읽을 수 없습니다. csv를 UTF-8로 다시 저장하세요.")


def _readable(path: Path, encoding: str) -> int | None:
    decoder, count = codecs.getincrementaldecoder(encoding)(), 0
    with path.open("rb") as file:
        try:
            while part := file.read(_CHUNK):
                if b"\0" in part:
                    return None
                decoder.decode(part)
                count += part.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    return count


def _parsed(rows: Any) -> Iterator[list[str]]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        for row in rows:
            yield [_unguarded(cell) for cell in row]
    except csv.Error as error:
        raise Refused(f"{rows.line_num}번째 줄을 읽을 수 없습니다. 따옴표를 살펴보세요.") from error
    finally:
        csv.field_size_limit(before)


def _unguarded(cell: str) -> str:
    """Take off the quote that a file of ours puts before what a spreadsheet would compute."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in FORMULA else cell


def guarded(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


# -- xlsx ----------------------------------------------------------------------------------------------------------------------


@contextmanager
def _workbook(path: Path, sheet: str) -> Iterator[Sheet]:
    filetypes.kind_of(path.name, path.read_bytes())
    command = [sys.executable, "-I", str(Path(__file__).with_name("sheet_child.py")), str(path), unicodedata.normalize("NFC", sheet)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={})  # noqa: S603 -- our own file
    assert child.stdout is not None
    try:
        told = _told(child.stdout.readline())
        yield Sheet(int(told["count"]), _bounded(_from_child(child)))
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _from_child(child: subprocess.Popen[bytes]) -> Iterator[list[str]]:
    assert child.stdout is not None
    for line in child.stdout:
        told = _told(line)
        if told.get("end"):
            return
        yield told["cells"]
    raise Refused(_DAMAGED)


def _told(line: bytes) -> dict[str, Any]:
    """Read what the child said; it may have died in the middle of a word."""
    try:
        told = json.loads(line)
    except ValueError as error:
        raise Refused(_DAMAGED) from error
    if "refused" in told:
        raise Refused(told["refused"])
    return dict(told)


def _bounded(rows: Iterable[list[str]]) -> Iterator[Line]:
    for number, cells in enumerate(rows, 1):
        if number > MOST_LINES:
            raise Refused(f"줄이 너무 많습니다. {MOST_LINES:,}줄까지 읽습니다. 나누어 넣으세요.")
        if len(cells) > MOST_COLUMNS:
            raise Refused(f"{number}번째 줄의 열이 너무 많습니다. {MOST_COLUMNS:,}열까지 읽습니다.")
        if any(cell.strip() for cell in cells):
            yield Line(number, cells)
