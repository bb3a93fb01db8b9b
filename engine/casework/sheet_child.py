"""Run as a process of its own: reads one xlsx and says its cells as lines of JSON. It may use little memory and time and can neither write nor fork.

Called with the file and the name of a sheet ("" is the first). Says `{"count": lines}`, then `{"cells": […]}` for each line, then `{"end": true}`;
or `{"refused": sentence}` and nothing more. Imports nothing of ours.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 1 << 30  # bytes of address space
SECONDS = 120  # of processor time
UNPACKED = 200_000_000  # bytes of all entries together
_CHUNK = 1 << 20


def main(path: str, sheet: str) -> None:
    """Read one sheet."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 32), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))
    if not _fits(path):
        _say({"refused": "압축을 풀면 너무 커지는 파일입니다."})
        return
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    names = book.sheet_names
    if sheet and sheet not in names:
        _say({"refused": f"'{sheet}' 시트가 없습니다. 있는 시트: {', '.join(names[:20])}"})
        return
    found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
    _say({"count": found.total_height})
    for row in found.iter_rows():
        _say({"cells": [_text(cell) for cell in row]})
    _say({"end": True})


def _fits(path: str) -> bool:
    """Unpack everything once, keeping nothing: sizes in the directory may be lies."""
    whole = 0
    with zipfile.ZipFile(path) as bundle:
        for entry in bundle.infolist():
            with bundle.open(entry) as part:
                while chunk := part.read(_CHUNK):
                    whole += len(chunk)
                    if whole > UNPACKED:
                        return False
    return True


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="minutes")
    if isinstance(cell, timedelta):
        minutes = int(cell.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(cell, time):
        return cell.isoformat(timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2])
    except Exception:  # noqa: BLE001 -- whatever is wrong with the file, it cannot be read
        _say({"refused": "읽을 수 없는 파일입니다. 원본 프로그램에서 다시 저장해 보세요."})
