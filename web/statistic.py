"""The figures of a statistic: as a table people read, as what a chart draws, as a file. One set of figures behind all of them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from web import display, messages, sheets
from web.downloads import attachment, streamed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from engine.casework.statistics import Figures

_ADDS_UP = ("count", "sum")


@dataclass(frozen=True, slots=True)
class Table:
    """Figures as they are read: texts of the heads, rows of (row heads, cells), and a last line of totals ([] where nothing adds up)."""

    stubs: list[str]
    heads: list[str]
    rows: list[tuple[list[str], list[str]]]
    totals: list[str]


def file(of: Figures, kind: str) -> Response:
    """Answer with the figures as a file of `kind` ("csv", "xlsx")."""
    heads, name = [head.title for head in of.columns], f"{of.report.title}.{kind}"
    if kind == "csv":
        return attachment(sheets.csv_of(heads, of.rows), name, f"{sheets.CSV}; charset=utf-8")
    made: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by whoever sends it
    sheets.xlsx_to(made, [(messages.SHEET_FIGURES, heads, of.rows)])
    return streamed(made, name, sheets.XLSX)


def table(of: Figures) -> Table:
    """Lay the figures out: two groups and one measure that adds up cross each other; everything else is a row for each combination."""
    crossed = _crossed(of)
    if crossed is not None:
        return crossed
    depth, measures = len(of.report.groups), of.report.measures
    rows = [(_names(of, row), [_cell(value) for value in row[depth:]]) for row in of.rows]
    totals = [_sum(row[depth + at] for row in of.rows) if part.how in _ADDS_UP else "" for at, part in enumerate(measures)]
    heads = [head.title for head in of.columns]
    return Table(heads[:depth], heads[depth:], rows, totals if any(totals) and len(rows) > 1 else [])


def _crossed(of: Figures) -> Table | None:
    if len(of.report.groups) != 2 or len(of.report.measures) != 1 or of.report.measures[0].how not in _ADDS_UP:
        return None
    cells = {(row[0], row[1]): row[2] for row in of.rows}
    down, across = _values(of, 0), _values(of, 1)
    rows = []
    for first in down:
        line = [cells.get((first, second)) for second in across]
        rows.append(([_name(of, 0, first)], [*(_cell(value or 0) for value in line), _sum(line)]))
    totals = [_sum(cells.get((first, second)) for first in down) for second in across]
    heads = [head.title for head in of.columns]
    return Table([heads[0]], [*(_name(of, 1, value) for value in across), messages.TOTAL], rows, [*totals, _sum(cells.values())])


def drawn(of: Figures) -> dict[str, Any] | None:
    """Give what a chart shows: the first measure, labels by the groups but the last, one series for each value of the last. None for no chart."""
    chart, depth = of.report.chart, len(of.report.groups)
    if chart == "none" or not of.rows:
        return None
    last = max(1, depth - 1)  # groups before it make the label
    plain = [(" · ".join(_names(of, row)[:last]), " · ".join(_names(of, row)[last:]) or of.columns[depth].title, row[depth]) for row in of.rows]
    labels = list(dict.fromkeys(label for label, _, _ in plain))
    names = [_name(of, last, value) for value in _values(of, last)] if depth > 1 else [of.columns[depth].title]
    found = {(label, name): value for label, name, value in plain}
    series = [{"name": name, "values": [_number(found.get((label, name))) for label in labels]} for name in names]
    return {"kind": chart or ("stacked" if depth > 1 and of.report.measures[0].how in _ADDS_UP else "bars"), "title": of.columns[depth].title, "labels": labels, "series": series}


def _values(of: Figures, at: int) -> list[Any]:
    """Give what occurs of a group, in the order it is told in; nothing comes last."""
    places = {code: place for place, code in enumerate(of.order[at])}
    found = dict.fromkeys(row[at] for row in of.rows)
    known = [value for value in found if value is not None]
    return [*sorted(known, key=lambda value: (places.get(str(value), len(places)), value)), *([None] if None in found else [])]


def _names(of: Figures, row: Sequence[Any]) -> list[str]:
    return [_name(of, at, value) for at, value in enumerate(row[: len(of.report.groups)])]


def _name(of: Figures, at: int, value: Any) -> str:
    return messages.NO_VALUE if value is None else of.order[at].get(str(value), display.plain(value))


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else display.plain(value)


def _number(value: Any) -> Any:
    return None if value is None else float(value) if hasattr(value, "as_tuple") else value


def _sum(values: Any) -> str:
    return _cell(sum(value for value in values if value is not None))
