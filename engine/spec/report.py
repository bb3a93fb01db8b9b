"""A statistic: `forms/reports/<id>.json` as frozen values. Groups and measures are expressions over the facts of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.errors import Finding
    from engine.spec.expression import Fx
    from engine.spec.source import Document

MEASURES = ("count", "sum", "mean", "min", "max")


@dataclass(frozen=True, slots=True)
class Part:
    """One group, or one measure (`how` is then one of `MEASURES`)."""

    id: str
    title: str
    value: Fx | None
    how: str


@dataclass(frozen=True)
class Report:
    """One statistic over the cases for which `where` holds."""

    id: str
    title: str
    screen: Mapping[str, Any]
    where: Fx | None
    groups: tuple[Part, ...]
    measures: tuple[Part, ...]
    path: str


def parse_report(document: Document) -> tuple[Report | None, list[Finding]]:
    """Read one report; None where the file is no JSON object at all."""
    findings = list(document.findings)
    if document.data is None:
        return None, findings
    root = Reader(document, document.data, findings)
    groups = tuple(_part(part, "") for part in root.children("groups"))
    measures = tuple(_part(part, "count") for part in root.children("measures", required=True))
    report = Report(
        root.text("id", required=True), root.text("title", required=True), root.value("x-screen", dict, {}), root.fx("where"), groups, measures, document.path,
    )
    root.done()
    return report, findings


def _part(part: Reader, how: str) -> Part:
    how = part.choice("how", MEASURES, how) if how else ""
    made = Part(part.text("id", required=True), part.text("title", required=True), part.fx("value", required=how != "count"), how)
    part.done()
    return made
