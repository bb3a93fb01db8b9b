"""What can be wrong with decision tables: expressions that cannot be meant, rows that overlap (UNIQUE), values no row covers (UNIQUE and FIRST).

Overlaps and gaps are looked for where every cell is made of constants: each column is cut into pieces (single values, and the stretches between
numbers or dates), and the rows are laid over all combinations of pieces. Rows of a FIRST table may overlap: the upper one counts. In a COLLECT
table nothing is missing where no row matches, and so in the table of refusals, where that means allowed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.errors import Finding
from engine.spec.decision import Decision, parse_decisions
from engine.spec.decision_cells import INPUT, compile_cell
from engine.spec.expression import FxError
from engine.spec.fx_types import ANY, type_of
from engine.spec.judge import problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.decision import Column
    from engine.spec.decision_cells import Cell
    from engine.spec.fx_types import FxType

MAX_COMBINATIONS = 20_000
MAX_EXAMPLES = 3
GUARDS = "guards"


class Piece(NamedTuple):
    """Values a column treats alike: one of them to try, and what to call them."""

    value: Any
    name: str


def check_decisions(
    files: Mapping[str, bytes], fact_types: Mapping[str, FxType], own_types: Mapping[str, Mapping[str, FxType]] = MappingProxyType({})
) -> list[Finding]:
    """Give every finding of the decision tables among `files`. `fact_types` is name -> type of every fact, `own_types` per table of what else it reads."""
    decisions, findings = parse_decisions(files)
    found = list(findings)
    for decision in decisions.values():
        asked = {"action": ANY, "condition": ANY} if decision.id == GUARDS else {}
        types = {**fact_types, **asked, **own_types.get(decision.id, {})}
        found += check_types(decision, types)
        found += check_cover(decision)
    return found


def check_types(decision: Decision, types: Mapping[str, FxType]) -> Iterator[Finding]:
    """Look at every expression of a table."""
    for column in decision.columns:
        yield from (Finding(decision.path, column.line, kind, message) for kind, message in problems_of(column.fx, types))
    for row in decision.rows:
        for column, cell in zip(decision.columns, row.cells, strict=True):
            kinds = ("boolean",) if column.is_condition else ()
            reach = {**types, INPUT: type_of(column.fx, types)}
            for fx in cell.expressions():
                yield from (Finding(decision.path, row.line, kind, message) for kind, message in problems_of(fx, reach, kinds))
        for output in row.outputs:
            if output is not None:
                yield from (Finding(decision.path, row.line, kind, message) for kind, message in problems_of(output, types))


def check_cover(decision: Decision) -> Iterator[Finding]:
    """Look for rows that overlap and values without a row, in tables whose cells are constants."""
    if decision.policy == "COLLECT" or decision.id == GUARDS or not decision.rows:
        return
    columns = [_pieces(column, [row.cells[place] for row in decision.rows]) for place, column in enumerate(decision.columns)]
    cut = [pieces for pieces in columns if pieces is not None]
    total = 1
    for pieces in cut:
        total *= max(len(pieces), 1)
    if len(cut) < len(columns) or total > MAX_COMBINATIONS:
        return
    covers = [[_covered(row.cells[place], pieces) for place, pieces in enumerate(cut)] for row in decision.rows]
    if decision.policy == "UNIQUE":
        yield from _overlaps(decision, cut, covers)
    yield from _gaps(decision, cut, covers)


def _overlaps(decision: Decision, cut: list[list[Piece]], covers: list[list[frozenset[int]]]) -> Iterator[Finding]:
    for (first, one), (second, other) in combinations(enumerate(covers), 2):
        both = [left & right for left, right in zip(one, other, strict=True)]
        if all(both):
            example = _example(decision, [pieces[min(places)] for pieces, places in zip(cut, both, strict=True)])
            message = f"{first + 1}번째 줄과 {second + 1}번째 줄이 겹칩니다. 예: {example}. 한 줄만 맞도록 조건을 나누세요."
            yield Finding(decision.path, decision.rows[second].line, "rows-overlap", message)


def _gaps(decision: Decision, cut: list[list[Piece]], covers: list[list[frozenset[int]]]) -> Iterator[Finding]:
    shown = 0
    for places in product(*(range(len(pieces)) for pieces in cut)):
        if not any(all(place in cover for place, cover in zip(places, row, strict=True)) for row in covers):
            example = _example(decision, [pieces[place] for pieces, place in zip(cut, places, strict=True)])
            yield Finding(decision.path, decision.line, "rows-gap", f"판단표 '{decision.title}'에 맞는 줄이 없는 경우가 있습니다. 예: {example}. 줄을 더하거나 조건을 넓히세요.")
            shown += 1
            if shown == MAX_EXAMPLES:
                return


def _example(decision: Decision, pieces: list[Piece]) -> str:
    return ", ".join(f"{column.label or column.fx.source} = {piece.name}" for column, piece in zip(decision.columns, pieces, strict=True))


def _covered(cell: Cell, pieces: list[Piece]) -> frozenset[int]:
    return frozenset(place for place, piece in enumerate(pieces) if cell.passes(piece.value, {INPUT: piece.value}))


def _pieces(column: Column, cells: list[Cell]) -> list[Piece] | None:
    """Cut a column by the constants of its cells; None where a cell reads anything but the input."""
    constants: list[Any] = []
    for cell in cells:
        for fx in cell.expressions():
            if fx.reads:
                return None
            value = fx({})
            constants += value if isinstance(value, (list, tuple)) else [value]
    listed = _listed(column)
    if any(isinstance(value, bool) for value in constants) or column.type == "boolean":
        return [Piece(value=True, name="true"), Piece(value=False, name="false")]
    numbers = sorted({value for value in constants if isinstance(value, (int, Decimal)) and not isinstance(value, bool)})
    if numbers:
        return _stretches(numbers) if all(isinstance(value, (int, Decimal)) for value in constants) else None
    if any(isinstance(value, date) for value in constants):
        return _days(constants) if len({type(value) for value in constants}) == 1 else None
    texts = list(dict.fromkeys([*listed, *(value for value in constants if isinstance(value, str))]))
    if len(texts) < len(set(listed)) or any(not isinstance(value, str) for value in constants):
        return None
    return [Piece(text, f'"{text}"') for text in texts] + ([] if listed else [Piece("\x00", "그 밖의 값")])


def _listed(column: Column) -> list[str]:
    """Give the texts a modeler listed as the input's possible values."""
    try:
        cell = compile_cell(column.values)
    except FxError:
        return []
    return [value for fx in cell.expressions() if not fx.reads and isinstance(value := fx({}), str)]


def _stretches(numbers: list[Any]) -> list[Piece]:
    """Give each number, what lies between two, and both outsides."""
    pieces = [Piece(numbers[0] - 1, f"{numbers[0]}보다 작은 수")]
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        pieces.append(Piece(number, str(number)))
        if following is None:
            pieces.append(Piece(number + 1, f"{number}보다 큰 수"))
        elif following - number != 1 or isinstance(number, Decimal) or isinstance(following, Decimal):
            pieces.append(Piece((Decimal(number) + Decimal(following)) / 2, f"{number}와 {following} 사이의 수"))
    return pieces


def _days(constants: list[Any]) -> list[Piece]:
    """Give each date (or moment), what lies between two, and both outsides, as far as there are such days."""
    days = sorted(set(constants))
    step = timedelta(minutes=1) if isinstance(days[0], datetime) else timedelta(days=1)
    first, last = days[0], days[-1]
    pieces = [Piece(first - step, f"{first}보다 앞")] if first - type(first).min >= step else []
    for day, following in zip(days, [*days[1:], None], strict=True):
        pieces.append(Piece(day, str(day)))
        if following is not None and following - day > step:
            pieces.append(Piece(day + step, f"{day}와 {following} 사이"))
    return [*pieces, Piece(last + step, f"{last}보다 뒤")] if type(last).max - last >= step else pieces
