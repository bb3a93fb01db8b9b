"""One immutable bundle of specs, addressed by its digest: everything a case is worked by."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.errors import Finding, SpecError
from engine.spec import form as forms_of
from engine.spec.decision import Decision, Guards, parse_decisions
from engine.spec.folder import digest_of, misplaced, read_folder
from engine.spec.locate import Report as Notes
from engine.spec.parts import Parts, read_parts
from engine.spec.process import Process, parse_processes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from engine.spec.codes import CodeList
    from engine.spec.expression import Fx
    from engine.spec.form import Form
    from engine.spec.outline import CaseSpec, Counter, InstitutionCase, Outline
    from engine.spec.report import Report
    from engine.spec.role import MenuItem, Roles
    from engine.spec.source import Document
    from engine.spec.view import View


@dataclass(frozen=True)
class Edition:
    """All of one edition. Everything in it is read-only and may be shared between requests."""

    digest: str
    files: Mapping[str, bytes]
    parts: Parts
    forms: Mapping[str, Form]
    processes: Mapping[str, Process]
    decisions: Mapping[str, Decision]
    guards: Guards

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Edition:
        """Build an edition from "forms/x.json" -> bytes. Raises `SpecError` with everything that keeps it from being read."""
        edition, findings = assemble(files)
        if findings:
            raise SpecError(findings)
        return edition

    @property
    def spec(self) -> Outline:
        """Give what `edition.json` says."""
        return self.parts.outline

    @property
    def name(self) -> str:
        """Give the short name, such as "2024"."""
        return self.spec.name

    @property
    def title(self) -> str:
        """Give the name people read."""
        return self.spec.title

    @property
    def in_force_from(self) -> date:
        """Give the first day new cases and new work use it."""
        return self.spec.in_force_from

    @property
    def facts(self) -> Mapping[str, Fx]:
        """Give the named expressions, in the order they are worked out."""
        return self.spec.facts

    @property
    def case(self) -> CaseSpec:
        """Give how a case is called, registered, shown and closed."""
        return self.spec.case

    @property
    def institution_case(self) -> InstitutionCase | None:
        """Give what the case each institution has of itself is called and shows; None where institutions have none."""
        return self.spec.institution_case

    @property
    def home(self) -> tuple[Counter, ...]:
        """Give the figures of the first page."""
        return self.spec.home

    @property
    def roles(self) -> Roles:
        """Give lanes, roles and menu."""
        return self.parts.roles

    @property
    def lists(self) -> Mapping[str, CodeList]:
        """Give the code lists."""
        return self.parts.lists

    @property
    def reports(self) -> Mapping[str, Report]:
        """Give the statistics."""
        return self.parts.reports

    @property
    def scenarios(self) -> Mapping[str, Document]:
        """Give the scenario files by name, as `scenario.parse_scenarios` takes them."""
        return self.parts.scenarios

    @property
    def views(self) -> Mapping[str, View]:
        """Give the list screens."""
        return self.parts.views

    @property
    def lifecycle(self) -> Process | None:
        """Give the process that runs once per case, the guided path."""
        return next((process for process in self.processes.values() if process.kind == "lifecycle"), None)

    def menu(self, role_ids: Iterable[str], kind: str) -> tuple[MenuItem, ...]:
        """Give the menu of a person with these roles in an institution of this kind: no line leads to a view that is not for it."""
        return tuple(
            item for item in self.roles.menu_of(role_ids) if item.page != "view" or (item.view in self.views and self.views[item.view].for_kind(kind))
        )


def load_edition(root: Path) -> Edition:
    """Read the two folders below `root`. Raises `SpecError` with all findings of reading and compiling (see `check` for the rest)."""
    return Edition.from_files(read_folder(root))


def assemble(files: Mapping[str, bytes]) -> tuple[Edition, list[Finding]]:
    """Build as much of an edition as can be read, and say what could not. A form that cannot be read is left out."""
    findings = misplaced(files)
    parts = read_parts(files)
    findings += parts.findings
    decisions, found = parse_decisions(files)
    findings += found
    forms: dict[str, Form] = {}
    for ident, document in parts.forms.items():
        if document.data is None:
            continue
        report = Notes(document.path, document.text)
        form = forms_of.assemble(document.data, parts.lists, document.path, report, decisions)
        findings += report.findings()
        if form is not None and not report.problems:
            forms[ident] = form
    processes, found = parse_processes(files)
    findings += found
    edition = Edition(
        digest_of(files), MappingProxyType(dict(files)), parts, MappingProxyType(forms), MappingProxyType(processes), MappingProxyType(decisions),
        Guards(decisions.get("guards")),
    )
    return edition, findings
