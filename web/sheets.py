"""Tables as CSV for spreadsheet programs: no cell of it is ever read as a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MEDIA = "text/csv"
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"  # spreadsheet programs take a file without it for an old Korean encoding


def wants_csv(accept: str) -> bool:
    """Tell whether an Accept header names CSV, and not JSON before it."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return MEDIA in named and not ("application/json" in named and named.index("application/json") < named.index(MEDIA))


def csv_of(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as CSV (UTF-8 with its mark, RFC 4180): texts that begin as a formula does get a quote before them, nothing is a blank cell."""
    out = io.StringIO(_BOM)
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow([cell(title) for title in titles])
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def cell(value: Any) -> str:
    """Return one value as the text of a cell; numbers stay numbers, negative ones too."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "예" if value else "아니요"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULAS) else value
    return value.isoformat() if isinstance(value, date) else f"{value:f}" if hasattr(value, "as_tuple") else str(value)
