"""The JSON files of an edition that are no forms, read in one go: outline, roles, code lists, views, reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from engine.errors import Finding
from engine.spec.codes import CodeList, check_list, parse_list
from engine.spec.outline import PATH as OUTLINE
from engine.spec.outline import Outline, parse_outline
from engine.spec.report import Report, parse_report
from engine.spec.role import PATH as ROLES
from engine.spec.role import Roles, parse_roles
from engine.spec.source import Document, read_document
from engine.spec.view import View, parse_view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Named = TypeVar("_Named", View, Report)


@dataclass(frozen=True)
class Parts:
    """What was read, and every finding on the way. `forms` and `scenarios` are parsed JSON, not yet compiled, by id."""

    outline: Outline
    roles: Roles
    lists: Mapping[str, CodeList]
    views: Mapping[str, View]
    reports: Mapping[str, Report]
    forms: Mapping[str, Document]
    scenarios: Mapping[str, Document]
    documents: Mapping[str, Document]
    findings: tuple[Finding, ...]


def read_parts(files: Mapping[str, bytes]) -> Parts:
    """Read every JSON file of an edition. Never raises: what is wrong stands in `findings`."""
    documents = {path: read_document(path, content) for path, content in files.items() if path.endswith(".json")}
    findings: list[Finding] = []
    outline, found = parse_outline(_required(documents, OUTLINE))
    findings += found
    roles, found = parse_roles(_required(documents, ROLES))
    findings += found
    forms, scenarios = _within(documents, "forms"), _within(documents, "workflows/scenarios")
    forms.pop("edition", None)
    for document in (*forms.values(), *scenarios.values()):
        findings += document.findings
    return Parts(
        outline, roles, _lists(documents, findings), _all(documents, "forms/views", parse_view, findings),
        _all(documents, "forms/reports", parse_report, findings), forms, scenarios, documents, tuple(findings),
    )


def _required(documents: Mapping[str, Document], path: str) -> Document:
    missing = Document(path, "", None, (Finding(path, 1, "missing-file", f"{path} 파일이 없습니다. 만드세요."),))
    return documents.get(path, missing)


def _within(documents: Mapping[str, Document], folder: str) -> dict[str, Document]:
    return {PurePosixPath(path).stem: document for path, document in documents.items() if str(PurePosixPath(path).parent) == folder}


def _all(
    documents: Mapping[str, Document], folder: str, parse: Callable[[Document], tuple[_Named | None, list[Finding]]], findings: list[Finding],
) -> dict[str, _Named]:
    made: dict[str, _Named] = {}
    for stem, document in _within(documents, folder).items():
        part, found = parse(document)
        findings += found
        if part is None:
            continue
        if part.id and part.id != stem:
            findings.append(document.finding("/id", "wrong-id", f"id '{part.id}'가 파일 이름 '{stem}'과 다릅니다. 같게 하세요."))
        made[stem] = part
    return made


def _lists(documents: Mapping[str, Document], findings: list[Finding]) -> dict[str, CodeList]:
    made: dict[str, CodeList] = {}
    for stem, document in _within(documents, "forms/lists").items():
        findings += document.findings
        if document.data is None:
            continue
        found = check_list(document.data, stem, document.path, document.text)
        findings += found
        if not found:
            made[stem] = parse_list(document.data, stem, document.path)
    return made
