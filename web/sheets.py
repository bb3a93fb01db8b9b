"""Tables as files for spreadsheet programs, CSV and xlsx: no cell of them is ever read as a formula."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"csv": CSV, "xlsx": XLSX}
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_BOM = "\ufeff"  # spreadsheet programs take a file without it for an old Korean encoding
_EXACT = 15  # digits a spreadsheet keeps of a number
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])  # what no XML can hold
_LONGEST = 32_767  # characters of one cell
_WIDTH = 15  # of a column, in digits


def wanted(accept: str) -> str:
    """Tell which kind of file ("csv", "xlsx") an Accept header names before JSON; "" for none."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    first = next((name for name in named if name in (CSV, XLSX, "application/json")), "")
    return next((kind for kind, media in KINDS.items() if media == first), "")


def csv_of(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as CSV (UTF-8 with its mark, RFC 4180): texts that begin as a formula does get a quote before them, nothing is a blank cell."""
    return b"".join(csv_parts(titles, rows))


def csv_parts(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Give the same piece by piece, some rows at a time."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write(_BOM)
    writer.writerow([cell(title) for title in titles])
    for row in rows:
        if out.tell() > 65_536:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
        writer.writerow([cell(value) for value in row])
    yield out.getvalue().encode()


def cell(value: Any) -> str:
    """Return one value as the text of a cell; numbers stay numbers, negative ones too."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "예" if value else "아니요"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULAS) else value
    return value.isoformat() if isinstance(value, date) else f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def xlsx_to(out: BinaryIO, sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> None:
    """Write a workbook of (name, titles, rows) to `out`, row by row, in constant memory. Texts are written as texts, never as formulas or links.

    Two titles of one sheet must differ.
    """
    from rustpy_xlsxwriter import FastExcel, Format  # loads a library that only files need

    book = FastExcel(out).format(datetime_format="yyyy-mm-dd").freeze(row=1)
    for name, titles, rows in sheets:
        book = book.sheet(name, _records(titles, rows), column_width=_WIDTH, header_format=Format().set_bold())
    book.save()


def sealed(plain: BinaryIO, password: str, out: BinaryIO) -> None:
    """Write the workbook in `plain` to `out` so that it opens with `password` only (ECMA-376 agile encryption: AES-256, SHA-512)."""
    from msoffcrypto.format.ooxml import OOXMLFile  # as above

    OOXMLFile(plain).encrypt(password, out)


def _records(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    some = False
    for row in rows:
        some = True
        yield dict(zip(titles, map(_typed, row), strict=True))
    if not some:
        yield dict.fromkeys(titles)  # titles are written with the first row


def _typed(value: Any) -> Any:
    """Give a value of one of the kinds a cell can have: text, number, date or nothing."""
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, bool):
        return cell(value)
    if isinstance(value, (int, Decimal)):
        return (int(value) if value == int(value) else float(value)) if abs(value) < 10**_EXACT else f"{value:f}"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, date) else str(value).translate(_CONTROL)[:_LONGEST]
