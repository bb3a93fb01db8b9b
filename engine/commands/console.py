"""What commands show on the terminal, and which folder they mean; knows nothing of databases, so that checking rules starts at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from engine.errors import Refused


class Progress:
    """One line on the terminal that says how far long work has come; a line now and then where the output is a file."""

    def __init__(self) -> None:
        """Begin silent."""
        self._terminal = sys.stderr.isatty()
        self._tenth = -1

    def __call__(self, what: str, done: int, whole: int) -> None:
        """Show that `done` of `whole` is done."""
        if self._terminal:
            print(f"\r\033[K{what} {done}/{whole}", end="\n" if done >= whole else "", file=sys.stderr, flush=True)
            return
        tenth = 10 * done // max(whole, 1)
        if tenth != self._tenth:
            self._tenth = tenth
            print(f"{what} {done}/{whole}", file=sys.stderr, flush=True)


def rules_folder(named: str | None) -> Path:
    """Return the folder that holds `workflows/` and `forms/`: the named one, the current one, or the project's own."""
    if named:
        return Path(named)
    here = Path.cwd()
    return here if (here / "workflows").is_dir() and (here / "forms").is_dir() else Path(__file__).resolve().parents[2]


def mapping_in(path: str | None) -> Any:
    """Read a mapping file; None where none is named. Raises Refused."""
    if path is None:
        return None
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"읽을 수 없는 파일입니다: {path}") from error
