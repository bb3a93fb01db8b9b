"""A whole list on its way out as a file: rows are fetched part by part, each in a short transaction, and never all in memory."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO

from engine.casework import exporting
from web import display, messages, sheets
from web.downloads import streamed
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.exporting import Export
    from engine.spec.view import View


def answer(request: Request, of: Export, kind: str, title: str, told: Sequence[tuple[str, str]], *, password: str = "") -> Response:
    """Answer with the whole list as a file of `kind` ("xlsx", "csv"); `told` are lines about it, for the second sheet. A password seals an xlsx.

    What is written meanwhile lies in files without a name, which nobody else can open and which go with the request.
    """
    heads = titles(of.view)
    made: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by whoever sends it
    if kind == "csv":
        made.writelines(sheets.csv_parts(heads, _rows(request, of)))
    else:
        sheets.xlsx_to(made, [(messages.SHEET, heads, _rows(request, of)), (messages.SHEET_ABOUT, messages.SHEET_ABOUT_HEADS, told)])
        made = _sealed(made, password) if password else made
    return streamed(made, f"{title}.{kind}", sheets.KINDS[kind])


def _sealed(plain: BinaryIO, password: str) -> BinaryIO:
    sealed = tempfile.TemporaryFile()  # noqa: SIM115 -- as above
    with plain:
        plain.seek(0)
        sheets.sealed(plain, password, sealed)
    return sealed


def titles(view: View) -> list[str]:
    """Give what stands above each column: with the heading over several, where there is one; no two are the same."""
    made: list[str] = []
    for column in view.columns:
        title = f"{column.group} {column.title}" if column.group else column.title
        made.append(title if title not in made else f"{title} ({column.id})")
    return made


def about(desk: Desk, of: Export, applied: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Tell who took the list out, when, why and under which number."""
    return [
        (messages.ABOUT_LIST, of.view.title), (messages.ABOUT_COUNT, f"{len(of.ids):,}"), *applied, (messages.ABOUT_WHO, f"{desk.actor.name} ({desk.actor.login})"),
        (messages.ABOUT_PLACE, desk.actor.institution_name), (messages.ABOUT_AT, display.minute(desk.now)), (messages.ABOUT_WHY, of.reason),
        (messages.ABOUT_NUMBER, of.number),
    ]


def mark(desk: Desk, of: Export) -> str:
    """Tell in one line, for every sheet of paper, who took the list out, when, why and under which number."""
    at = display.minute(desk.now)
    return messages.WATERMARK.format(name=desk.actor.name, place=desk.actor.institution_name, at=at, why=of.reason, number=of.number)


def texts(request: Request, of: Export) -> list[list[str]]:
    """Give every row as people read it."""
    return [[display.plain(value) for value in row] for row in _rows(request, of)]


def _rows(request: Request, of: Export) -> Iterator[list[Any]]:
    columns = [column.id for column in of.view.columns]
    for values in parts(request, of):
        yield [values.get(column) for column in columns]


def parts(request: Request, of: Export) -> Iterator[Mapping[str, Any]]:
    """Give the values of every row; who asks is looked up anew for each part, so that somebody shut out gets no further."""
    for start in range(0, len(of.ids), exporting.PART):
        with unit(request, write=False) as desk:
            rows = exporting.part(desk, of, start)
        for row in rows:
            yield row.values
