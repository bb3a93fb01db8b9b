"""Statistics by the reports of the edition: counted, added up and grouped in SQL over the stored values, never by reading cases one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Select, and_, case, cast, func, or_, select

from engine.casework import access, permits
from engine.casework.matching import Matching, applied_filters
from engine.casework.projection import folded
from engine.errors import Forbidden, NotFound, TooLarge
from engine.spec.report import GROUP, MEASURE
from engine.store.tables import cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.report import Part, Report

MOST_ROWS = 5000
_CHUNK = 500
_KEY_LENGTH = 28  # of a stored number: its sign, 20 digits, a point, 6 digits
_PIECES = ((2, 10, Decimal(10) ** 10), (12, 10, Decimal(1)), (23, 6, Decimal(10) ** -6))  # begin (from 1), length, worth of its last digit
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Head:
    """One column of figures: a group (`type` as declared) or a measure (`type` "number")."""

    id: str
    title: str
    type: str


@dataclass(frozen=True, slots=True)
class Figures:
    """One statistic: a row per combination of groups that occurs, None where cases have no value; groups first, then measures.

    Means are rounded to two places. `order` says for each group which codes are told in which order, and what each is called. `filters` are the values applied (defaults too); `behind` says how many cases still show values of another day or edition.
    """

    report: Report
    columns: tuple[Head, ...]
    rows: tuple[tuple[Any, ...], ...]
    filters: Mapping[str, tuple[str, ...]]
    behind: int
    order: tuple[Mapping[str, str], ...] = ()


def reports(desk: Desk) -> tuple[Report, ...]:
    """Give the statistics of the edition in force. Raises Forbidden without `report.read`."""
    _reach(desk)
    return tuple(desk.edition().reports.values())


def figures(desk: Desk, report_id: str, filters: Mapping[str, str | Sequence[str]] | None = None) -> Figures:
    """Work out one statistic over the cases the person's roles reach. `filters` as for lists (`lists.cases_by`).

    Raises Forbidden, NotFound, Invalid; TooLarge where there would be more than `MOST_ROWS` rows.
    """
    everywhere, edition = _reach(desk), desk.edition()
    report = edition.reports.get(report_id)
    if report is None:
        raise NotFound
    applied = applied_filters(desk, report.stored, filters or {})
    matching = Matching(desk, edition, report.stored, applied, everywhere=everywhere)
    found = desk.connection.execute(_statement(report, matching)).all()
    if len(found) > MOST_ROWS:
        raise TooLarge("통계의 줄이 너무 많습니다. 조건을 좁히세요.")
    rows = [(*groups, *measures) for groups, measures in zip(_groups(desk, report, matching, found), _measures(report, found), strict=True)]
    access.record(desk, "report.view", target=f"report {report_id}")
    heads = [Head(part.id, part.title, part.type) for part in (*report.groups, *report.measures)]
    order = tuple(_codes(edition, part) for part in report.groups)
    return Figures(report, tuple(heads), tuple(_ordered(order, rows)), applied, _behind(desk, edition, everywhere=everywhere), order)


def _reach(desk: Desk) -> bool:
    """Say whether the person's roles reach every institution. Raises Forbidden where they reach none, or hold no `report.read`."""
    scope = permits.demand(desk, "report.read")
    if scope not in ("all", "institution"):
        raise Forbidden
    return scope == "all"


def _statement(report: Report, matching: Matching) -> Select[Any]:
    """Count by groups: columns g0, g1, … (stored keys), one case of each row to take its texts from, and what each measure needs.

    Cases that are alike in all that is asked are put together first: numbers are then read once for all of them.
    """
    names, ident = matching.stored.names, report.stored.id
    lead = next(iter(matching.tests), None)
    source = matching.begin(lead, whole=True)
    groups = [source.join(names[ident, f"{GROUP}.{part.id}"], outer=True).c.key.label(f"g{place}") for place, part in enumerate(report.groups)]
    measured = {
        place: source.join(names[ident, f"{MEASURE}.{part.id}"], outer=True).c.key.label(f"k{place}")
        for place, part in enumerate(report.measures) if part.value is not None
    }  # fmt: skip
    keys = (*groups, *measured.values())
    conditions = [*source.named(lead), *matching.conditions(source)]  # before the tables are: they may join one
    alike = select(*keys, func.min(source.row_id).label("sample"), func.count().label("times")).select_from(source.tables).where(*conditions)
    each = alike.group_by(*(key.element for key in keys)).subquery("alike")
    asked: list[Any] = [func.min(each.c.sample).label("sample"), func.coalesce(func.sum(each.c.times), 0).label("cases")]
    for place in measured:
        asked += _asked(f"m{place}", report.measures[place].how, each.c[f"k{place}"], each.c.times)
    by = [each.c[f"g{place}"] for place in range(len(groups))]
    return select(*by, *asked).group_by(*by).limit(MOST_ROWS + 1)


def _asked(name: str, how: str, key: Any, times: Any) -> list[Any]:
    """Give what SQL is asked for one measure. Numbers are stored as text, so sums are of three pieces of whole numbers each: exact on any database."""
    if how in ("min", "max"):
        return [getattr(func, how)(key).label(name)]
    known = func.coalesce(func.sum(case((key.is_(None), 0), else_=times)), 0)
    wanted: list[Any] = [known.label(f"{name}_known"), func.sum(case((func.length(key) != _KEY_LENGTH, times), else_=0)).label(f"{name}_odd")]
    for number, (begin, length, _) in enumerate(_PIECES):
        piece = cast(func.substr(key, begin, length), BigInteger)
        signed = case((func.length(key) != _KEY_LENGTH, 0), (func.substr(key, 1, 1) == "1", piece), else_=piece - (10**length - 1))
        wanted.append(func.sum(signed * times).label(f"{name}_{number}"))
    return wanted


def _measures(report: Report, found: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    for row in found:
        values = row._mapping  # noqa: SLF001 -- SQLAlchemy's public name for it
        yield tuple(_measure(part, f"m{place}", values) for place, part in enumerate(report.measures))


def _measure(part: Part, name: str, values: Mapping[Any, Any]) -> Any:
    if part.how == "count":
        return int(values["cases"])
    if part.how in ("min", "max"):
        return number_of(values[name])
    known = int(values[f"{name}_known"])
    if values[f"{name}_odd"]:
        return None  # a number too long to be added up exactly
    total = sum((Decimal(int(values[f"{name}_{place}"] or 0)) * worth for place, (_, _, worth) in enumerate(_PIECES)), Decimal(0))
    if part.how == "sum":
        return _whole(total)
    return _whole((total / known).quantize(_CENT, ROUND_HALF_UP)) if known else None


def _groups(desk: Desk, report: Report, matching: Matching, found: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Give the values the stored keys stand for; texts as one case of the row says them, for keys are folded."""
    names = [matching.stored.names[report.stored.id, f"{GROUP}.{part.id}"] for part in report.groups]
    said = _said(desk, [row.sample for row in found]) if any(part.type == "text" for part in report.groups) else {}
    made = []
    for row in found:
        shown = said.get(row.sample, {})
        made.append(tuple(_value(part, row[place], shown.get(name)) for place, (part, name) in enumerate(zip(report.groups, names, strict=True))))
    return made


def _said(desk: Desk, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for begin in range(0, len(ids), _CHUNK):
        part = select(cases.c.id, cases.c.shown).where(cases.c.id.in_(ids[begin : begin + _CHUNK]))
        found |= {row.id: row.shown for row in desk.connection.execute(part)}
    return found


def _value(part: Part, key: str | None, shown: Any) -> Any:
    if key is None:
        return None
    if part.type == "number":
        return number_of(key)
    if part.type == "date":
        return date.fromisoformat(key)
    return key == "1" if part.type == "boolean" else str(key if shown is None else shown)


def number_of(key: str | None) -> int | Decimal | None:
    """Give the number a stored key stands for (`projection.sortable` turned round)."""
    if key is None:
        return None
    if key[0] == "1":
        return _whole(Decimal(key[1:]))
    return _whole(-Decimal("".join(str(9 - int(sign)) if sign.isdigit() else sign for sign in key[1:])))


def _whole(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value.normalize()


def _ordered(order: Sequence[Mapping[str, str]], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put rows in the order of each group's options, then by value; those without a value come last."""
    places = [{code: number for number, code in enumerate(codes)} for codes in order]

    def place(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            (value is None, known.get(str(value), len(known)), 0 if value is None else folded(value) if isinstance(value, str) else value)
            for value, known in zip(row, places, strict=False)
        )

    return sorted(rows, key=lambda row: tuple(part if not part[0] else (True, 0, 0) for part in place(row)))


def _codes(edition: Edition, part: Part) -> dict[str, str]:
    if part.list in edition.lists:
        return {str(item.code): item.label for item in edition.lists[part.list].items}
    return {option: option for option in part.options}


def _behind(desk: Desk, edition: Edition, *, everywhere: bool) -> int:
    """Count the cases whose values are of another day or edition: what a statistic says of them is what was."""
    old = or_(cases.c.shown_on.is_(None), cases.c.shown_on != desk.today, cases.c.shown_edition != edition.digest)
    mine = old if everywhere else and_(old, cases.c.institution_id == desk.actor.institution_id)
    return int(desk.connection.execute(select(func.count()).select_from(cases).where(mine)).scalar_one())
