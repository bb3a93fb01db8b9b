"""A statistic: `forms/reports/<id>.json` as frozen values.

    {"id": "…", "title": "…",
     "where":    fx -> true or false                                      which cases are counted (left out: all),
     "groups":   [{"id", "title", "value": fx, "type": "text|number|date|boolean", "options": {"list": "<id>"} or ["…"]}]      one to three,
     "measures": [{"id", "title", "how": "count|sum|mean|min|max", "value": fx -> number (not for count)}],
     "filters":  [{"id", "title", "kind": "choice|range|date-range|year-range|text", "value": fx, "type": as in groups,
                   "required": bool, "default": fx or [fx, fx], "options": as in groups}],
     "chart":    "bars|stacked|lines|none"                                how the first measure is drawn (left out: bars, stacked where it adds up)}

Expressions read the facts of a case. Every value is stored with the case as the columns of views are (`stored` is that view), in the same transaction
as the change, so that counting and grouping never open a case. `options` of a group are the order its values are told in; those it does not name
follow by size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec.reader import Reader
from engine.spec.view import COLUMN_TYPES, Column, Filter, View, parse_filter, parse_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.errors import Finding
    from engine.spec.expression import Fx
    from engine.spec.source import Document

MEASURES = ("count", "sum", "mean", "min", "max")
FILTER_KINDS = ("choice", "range", "date-range", "year-range", "text")
CHARTS = ("bars", "stacked", "lines", "none")
MOST_GROUPS = 3
GROUP, MEASURE, FILTER = "group", "measure", "filter"


@dataclass(frozen=True, slots=True)
class Part:
    """One group (`how` ""; `options` the codes it is told by, or `list` the id of a list of them), or one measure (`how` one of `MEASURES`)."""

    id: str
    title: str
    value: Fx | None
    how: str
    type: str = "number"
    options: tuple[str, ...] = ()
    list: str = ""


@dataclass(frozen=True)
class Report:
    """One statistic over the cases for which `where` holds. `stored` keeps its values: columns "group.<id>", "measure.<id>" and "filter.<id>"."""

    id: str
    title: str
    screen: Mapping[str, Any]
    where: Fx | None
    groups: tuple[Part, ...]
    measures: tuple[Part, ...]
    filters: tuple[Filter, ...]
    stored: View
    path: str
    chart: str = ""


def parse_report(document: Document) -> tuple[Report | None, list[Finding]]:
    """Read one report; None where the file is no JSON object at all."""
    findings = list(document.findings)
    if document.data is None:
        return None, findings
    root = Reader(document, document.data, findings)
    groups = tuple(_group(part) for part in root.children("groups", required=True))
    measures = tuple(_measure(part) for part in root.children("measures", required=True))
    asked = [_filter(part) for part in root.children("filters")]
    ident, title, screen = root.text("id", required=True), root.text("title", required=True), root.value("x-screen", dict, {})
    where, chart = root.fx("where"), root.choice("chart", CHARTS)
    root.done()
    _shape(root, groups, measures, [each for each, _ in asked])
    columns = (*_columns(GROUP, groups), *_columns(MEASURE, measures), *(column for _, column in asked if column is not None))
    filters = tuple(each for each, _ in asked)
    stored = View(f"report:{ident}", title, "", screen, (), where, columns, filters, (), document.path)
    return Report(ident, title, screen, where, groups, measures, filters, stored, document.path, chart), findings


def _group(part: Reader) -> Part:
    options, listed = parse_options(part)
    made = Part(
        part.text("id", required=True), part.text("title", required=True), part.fx("value", required=True), "",
        part.choice("type", COLUMN_TYPES, "text"), options, listed,
    )
    part.done()
    return made


def _measure(part: Reader) -> Part:
    how = part.choice("how", MEASURES, "count")
    made = Part(part.text("id", required=True), part.text("title", required=True), part.fx("value", required=how != "count"), how)
    if how == "count" and made.value is not None:
        part.complain("value", "count-of-what", "count는 건수만 셉니다. value를 지우거나 how를 sum, mean, min, max 가운데 하나로 적으세요.")
    part.done()
    return made


def _filter(part: Reader) -> tuple[Filter, Column | None]:
    value, kind = part.fx("value", required=True), part.choice("type", COLUMN_TYPES, "text")
    name = f"{FILTER}.{part.data.get('id', '')}"
    made = parse_filter(part, FILTER_KINDS, name)
    return made, Column(name, made.title, value, kind, "", link=False) if value is not None else None


def _columns(kind: str, parts: Iterable[Part]) -> list[Column]:
    return [Column(f"{kind}.{part.id}", part.title, part.value, part.type, "", link=False) for part in parts if part.value is not None]


def _shape(root: Reader, groups: tuple[Part, ...], measures: tuple[Part, ...], filters: list[Filter]) -> None:
    """Find what cannot be told apart, and more groups than a table can show."""
    if len(groups) > MOST_GROUPS or (not groups and "groups" in root.data):
        root.complain("groups", "report-groups", f"나누는 기준(groups)은 하나에서 {MOST_GROUPS}개까지 적으세요.")
    if not measures and "measures" in root.data:
        root.complain("measures", "report-measures", "세는 것(measures)을 하나는 적으세요.")
    places = [*((f"groups/{n}", part.id) for n, part in enumerate(groups)), *((f"measures/{n}", part.id) for n, part in enumerate(measures))]
    for found in (places, [(f"filters/{n}", part.id) for n, part in enumerate(filters)]):
        names = [name for _, name in found]
        for index, (place, name) in enumerate(found):
            if name and name in names[:index]:
                root.findings.append(root.document.finding(f"/{place}", "duplicate-id", f"'{name}'을(를) 두 번 적었습니다. 하나만 남기세요."))
