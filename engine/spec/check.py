"""Everything wrong with an edition, at once: what cannot be read, what cannot be meant, and what one part says of another that is not there.

Running the scenarios is the other half (`engine.casework.scenarios`): it needs a database.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from engine.spec import crosscheck
from engine.spec.bpmn_check import check_processes
from engine.spec.decision_check import check_decisions
from engine.spec.edition import assemble
from engine.spec.facts import TASK, fact_types, guard_types, this_type
from engine.spec.formcheck import asked_tables, check_form
from engine.spec.judge import Judge, in_order, places
from engine.spec.outline import PATH as OUTLINE
from engine.spec.scenariocheck import check_scenarios
from engine.spec.sightcheck import check_sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.errors import Finding
    from engine.spec.edition import Edition
    from engine.spec.fx_types import FxType
    from engine.spec.source import Document

_BOOLEAN, _TEXT, _DATE = ("boolean",), ("text",), ("date",)
_CASE = {
    "/case/label": _TEXT, "/case/number": _TEXT, "/case/birth": _DATE, "/case/sex": _TEXT, "/case/short": _TEXT, "/case/closed": _BOOLEAN, "/case/status/*/when": _BOOLEAN,
    "/case/stages/*/date": _DATE, "/case/card/*/value": (), "/case/search/text/*": ("text", "number"), "/home/counters/*/cases": _DATE,
}
_COLUMN = {"text": ("text", "number", "boolean", "date", "list"), "date": _DATE, "number": ("number",), "boolean": _BOOLEAN}


def check(files: Mapping[str, bytes]) -> list[Finding]:
    """Give every finding of an edition's files ("forms/x.json" -> bytes), file by file and line by line. No finding: it can be published."""
    return examine(files)[1]


def examine(files: Mapping[str, bytes]) -> tuple[Edition, list[Finding]]:
    """Give an edition as far as it can be read, and every finding. Without a finding it is what `Edition.from_files` gives."""
    edition, findings = assemble(files)
    form_files = {ident: document.path for ident, document in edition.parts.forms.items()}
    process_ids = {*edition.processes, *(PurePosixPath(path).stem for path in files if path.endswith(".bpmn"))}
    types = fact_types(edition, form_files)
    for ident, document in edition.parts.forms.items():
        if document.data is not None:
            findings += check_form(document.data, document.path, document.text, edition.lists, types, edition.decisions, edition.forms.get(ident))
    findings += check_processes(files, types, edition.decisions)
    asked = dict(table for form in edition.forms.values() for table in asked_tables(form))
    findings += check_decisions(files, types, {**asked, "guards": guard_types(edition, types)})
    findings += _expressions(edition, types)
    findings += crosscheck.check_forms_used(edition, form_files)
    findings += crosscheck.check_form_ids(edition)
    findings += crosscheck.check_sources(edition)
    findings += crosscheck.check_tasks(edition, form_files, types)
    findings += crosscheck.check_processes_start(edition)
    findings += crosscheck.check_guards(edition, form_files, process_ids)
    findings += crosscheck.check_menu(edition, form_files, edition.views)
    findings += crosscheck.check_views(edition, form_files)
    findings += crosscheck.check_reports(edition, types)
    findings += crosscheck.check_case(edition)
    findings += check_sight(edition, types)
    findings += check_scenarios(edition, form_files, process_ids)
    return edition, in_order(findings)


def _expressions(edition: Edition, types: Mapping[str, FxType]) -> list[Finding]:
    """Look at the expressions of edition.json, the views and the reports."""
    judge = Judge(types)
    documents = edition.parts.documents
    if OUTLINE in documents:
        _facts(edition, types, judge)
        judge.look_all(documents[OUTLINE], _CASE)
        judge.look_all(documents[OUTLINE], {"/home/counters/*/tasks": _BOOLEAN}, {"task": TASK})
    for view in edition.views.values():
        row = {"this": this_type(edition.forms.get(view.of))} if view.of else None
        judge.look_all(documents[view.path], {"/where": _BOOLEAN}, row)
        judge.look_all(documents[view.path], {"/filters/*/default": (), "/filters/*/default/*": ()})
        _columns(judge, documents[view.path], "/columns/*", more=row)
    for report in edition.reports.values():
        judge.look_all(documents[report.path], {"/where": _BOOLEAN, "/measures/*/value": ("number",), "/filters/*/default": (), "/filters/*/default/*": ()})
        _columns(judge, documents[report.path], "/groups/*", "/filters/*")
    return judge.findings


def _columns(judge: Judge, document: Document, *at: str, more: Mapping[str, FxType] | None = None) -> None:
    """See that the value of each column is of the type it says."""
    for pointer, column in (place for pattern in at for place in places(document.data, pattern)):
        if isinstance(column, dict) and isinstance(column.get("value"), str):
            judge.look(document, f"{pointer}/value", column["value"], _COLUMN.get(str(column.get("type", "text")), ()), more)


def _facts(edition: Edition, types: Mapping[str, FxType], judge: Judge) -> None:
    """See that a named fact reads the engine's facts and the named ones before it, and takes no name of the engine's."""
    document = edition.parts.documents[OUTLINE]
    engine = {name: kind for name, kind in types.items() if name not in edition.facts}
    known = dict(engine)
    reserved = {"today", "closing_date", "person", "people", "cases", "institution", "case", "record", "records", "before", "work", "visits", "decision", "task", "this", "open", "old"}
    for name, fx in edition.facts.items():
        if name in reserved:
            judge.findings.append(document.finding(f"/facts/{name}", "reserved-name", f"'{name}'은(는) 이미 있는 사실의 이름입니다. 다른 이름을 쓰세요."))
        before = Judge(known)
        before.look(document, f"/facts/{name}", fx.source)
        judge.findings += before.findings
        known[name] = types[name]
