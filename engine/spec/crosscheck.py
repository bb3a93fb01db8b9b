"""What binds the parts of an edition together: every name one part says of another must be there, and mean what the place needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.errors import Finding
from engine.spec.fx_types import type_of
from engine.spec.judge import problems_of
from engine.spec.outline import PATH as OUTLINE
from engine.spec.reader import did_you_mean
from engine.spec.role import PATH as ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spec.decision_cells import Cell
    from engine.spec.edition import Edition
    from engine.spec.fx_types import FxType
    from engine.spec.process import Process, UserTask
    from engine.spec.source import Document
    from engine.spec.view import View

#: How a process that could not be read names its forms.
_FORM = re.compile(rb'name="(?:form|spread)"\s+value="([^"]+)"')
_VERBS = ("register", "complete", "amend", "withdraw")
_GIVES = {"due": ("date", "number"), "assign": ("text",), "owner": ("text",), "institution": ("text",), "why": ("text",), "before": (), "after": ()}


def check_forms_used(edition: Edition, form_files: Mapping[str, str]) -> Iterator[Finding]:
    """Find forms nobody fills in. `form_files` is form id -> path, those that could not be read included."""
    read = {process.path for process in edition.processes.values()}
    unread = [content for path, content in edition.files.items() if path.endswith(".bpmn") and path not in read]
    used = {task.form for process in edition.processes.values() for task in process.tasks.values()} | {edition.case.form}
    used |= {task.spread for process in edition.processes.values() for task in process.tasks.values()}
    used |= {name.decode(errors="replace") for content in unread for name in _FORM.findall(content)}
    for form, path in form_files.items():
        if form not in used and form in edition.forms:
            yield Finding(path, 1, "form-without-user", "이 서식을 쓰는 작업이 없습니다. 절차의 사용자 작업에 form으로 적거나 서식을 지우세요.")
    if edition.case.form and edition.case.form not in form_files:
        hint = did_you_mean(edition.case.form, form_files)
        yield _outline(edition, "/case/register", "unknown-form", f"'{edition.case.form}' 서식이 없습니다.{hint}")


def check_form_ids(edition: Edition) -> Iterator[Finding]:
    """Find forms whose `$id` is not the file's name and the edition's."""
    for ident, document in edition.parts.forms.items():
        wanted = f"urn:didimdol:form:{ident}:{edition.name}"
        if isinstance(document.data, dict) and document.data.get("$id") != wanted:
            yield document.finding("/$id", "wrong-id", f"$id는 '{wanted}'이어야 합니다.")


def check_sources(edition: Edition) -> Iterator[Finding]:
    """Look at lookups over records: the form they list, the answer they store, the answers they show."""
    for ident, form in edition.forms.items():
        for node in form.nodes.values():
            source = node.schema.get("x-source")
            if not isinstance(source, dict):
                continue
            place = "/" + "/".join(str(part) for part in (*node.at, "x-source"))
            listed = edition.forms.get(str(source.get("records")))
            if listed is None:
                message = f"'{source.get('records')}' 서식이 없습니다.{did_you_mean(str(source.get('records')), edition.forms)}"
                yield edition.parts.forms[ident].finding(place, "unknown-form", message)
                continue
            for name in (source.get("value"), *(source.get("label") or ())):
                if f"/{name}" not in listed.fields:
                    message = f"서식 '{source['records']}'에 '{name}' 항목이 없습니다.{did_you_mean(str(name), listed.root.children)}"
                    yield edition.parts.forms[ident].finding(place, "unknown-field", message)


def check_tasks(edition: Edition, form_files: Mapping[str, str], types: Mapping[str, FxType]) -> Iterator[Finding]:
    """Look at user tasks: their form, their lane, what their expressions give, and the answers an approval names."""
    lanes = edition.roles.lane_titles()
    seen: set[tuple[str, int]] = set()
    for process in edition.processes.values():
        for task in process.tasks.values():
            element = process.elements[task.id]
            path = _path_of(edition, process, task)
            if (path, task.line) in seen:
                continue
            seen.add((path, task.line))
            if not task.form:
                yield Finding(path, task.line, "task-without-form", f"'{task.title}' 작업에 서식(form)이 없습니다. 속성에 form을 적으세요.")
            elif task.form not in form_files:
                hint = did_you_mean(task.form, form_files)
                yield Finding(path, task.line, "unknown-form", f"'{task.title}' 작업의 서식 '{task.form}'이(가) 없습니다.{hint}")
            if not task.lane:
                yield Finding(path, task.line, "task-without-lane", f"'{task.title}' 작업이 레인 안에 있지 않습니다. 누가 하는지 레인에 넣으세요.")
            elif task.lane not in lanes:
                yield Finding(path, task.line, "lane-without-role", f"레인 '{task.lane}'을(를) 맡는 역할이 roles.json에 없습니다.{did_you_mean(task.lane, lanes)}")
            for name, kinds in _GIVES.items():
                fx = getattr(task.approval, name, None) if name in ("before", "after") else getattr(task, name)
                if fx is not None:
                    line = element.props[name].line if name in element.props else task.line
                    yield from (Finding(path, line, kind, f"{name}: {message}") for kind, message in problems_of(fx, types, kinds))
            said = [*_approval(edition, task), *_spread(edition, process, task, form_files)]
            yield from (Finding(path, task.line, kind, message) for kind, message in said)


def check_processes_start(edition: Edition) -> Iterator[Finding]:
    """Look at processes: one lifecycle, work that somebody can start."""
    lanes = edition.roles.lane_titles()
    guided = [process for process in edition.processes.values() if process.kind == "lifecycle"]
    read = {process.path for process in edition.processes.values()}
    if not guided and all(path in read for path in edition.files if path.endswith(".bpmn")):
        yield Finding(ROLES.replace("roles.json", "lifecycle.bpmn"), 1, "no-lifecycle", "kind가 lifecycle인 절차가 없습니다. 하나를 정하세요.")
    for process in guided[1:]:
        yield Finding(process.path, process.drawing.line, "two-lifecycles", f"lifecycle이 둘입니다: {guided[0].id}, {process.id}. 하나만 두세요.")
    for process in edition.processes.values():
        called = any(node.called == process.id for other in edition.processes.values() for node in other.elements.values())
        if process.kind == "work" and not process.start and not called:
            message = f"'{process.title}'을(를) 시작할 레인이 없습니다. 절차의 속성 start에 레인 이름을 적으세요."
            yield Finding(process.path, process.drawing.line, "process-nobody-starts", message)
        if process.of_institution and edition.institution_case is None:
            message = "기관의 일(of=institution)이 있는데 edition.json에 institution_case가 없습니다. 이름(title)을 적어 더하세요."
            yield Finding(process.path, process.drawing.props["of"].line, "no-institution-case", message)
        for lane in process.start:
            if lane not in lanes:
                line = process.drawing.props["start"].line
                yield Finding(process.path, line, "lane-without-role", f"start의 '{lane}' 레인이 roles.json에 없습니다.{did_you_mean(lane, lanes)}")


def actions(edition: Edition, form_files: Iterable[str]) -> frozenset[str]:
    """Give every action a guard may name."""
    forms = tuple(form_files)
    return frozenset(edition.processes) | {f"{verb}:{form}" for verb in _VERBS for form in forms}


def check_guards(edition: Edition, form_files: Iterable[str], process_ids: Iterable[str]) -> Iterator[Finding]:
    """Find guard rows: actions and institution kinds that are nowhere, and rows that say nothing."""
    table = edition.guards.table
    if table is None:
        return
    known: dict[str, Iterable[str]] = {"action": actions(edition, form_files) | set(process_ids), "institution.kind": {kind for role in edition.roles.roles.values() for kind in role.kinds}}
    if table.policy != "COLLECT":
        yield Finding(table.path, table.line, "guard-not-collect", f"guards 판단표의 hitPolicy는 COLLECT이어야 합니다. '{table.policy}'이면 까닭이 여럿일 때 하나만 알립니다.")
    message_at = table.outputs.index("message") if "message" in table.outputs else None
    if message_at is None:
        yield Finding(table.path, table.line, "guard-without-message", "guards 판단표에 message 열이 없습니다. 왜 안 되는지 적을 열을 더하세요.")
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            names = frozenset(known.get(column.fx.source, ()))
            for value in _constants(cell) if names else ():
                if value not in names:
                    word = "guard-unknown-action" if column.fx.source == "action" else "guard-unknown-kind"
                    yield Finding(table.path, row.line, word, f"'{value}'은(는) 없는 이름이라 이 줄이 아무 일도 하지 않습니다.{did_you_mean(value, names)}")
        if message_at is not None and row.outputs[message_at] is None:
            yield Finding(table.path, row.line, "guard-without-message", "왜 안 되는지 적는 문장(message)이 비었습니다.")


def _constants(cell: Cell) -> Iterator[str]:
    for fx in cell.expressions():
        value = None if fx.reads else fx({})
        yield from (each for each in (value if isinstance(value, (list, tuple)) else (value,)) if isinstance(each, str))


def check_menu(edition: Edition, form_files: Iterable[str], view_files: Iterable[str]) -> Iterator[Finding]:
    """Find menu lines that lead to a view or a form that is not there."""
    document = edition.parts.documents.get(ROLES)
    if document is None:
        return
    for item in edition.roles.menu:
        for key, name, known in (("view", item.view, tuple(view_files)), ("form", item.form, tuple(form_files))):
            if name and name not in known:
                yield document.finding(f"{item.pointer}/{key}", f"unknown-{key}", f"메뉴 '{item.title}'이(가) 가리키는 '{name}'이(가) 없습니다.{did_you_mean(name, known)}")


def check_views(edition: Edition, form_files: Iterable[str]) -> Iterator[Finding]:
    """Look at views: the form whose records are listed, lists of options, kinds of institutions, filters that fit their column."""
    forms = tuple(form_files)
    kinds = {kind for role in edition.roles.roles.values() for kind in role.kinds}
    for view in edition.views.values():
        document = edition.parts.documents[view.path]
        if view.of and view.of not in forms:
            yield document.finding("/of/form", "unknown-form", f"'{view.of}' 서식이 없습니다.{did_you_mean(view.of, forms)}")
        for index, kind in enumerate(view.kinds):
            if kinds and kind not in kinds:
                yield document.finding(f"/kinds/{index}", "unknown-kind", f"'{kind}'은(는) 어느 역할에도 없는 기관 종류입니다.{did_you_mean(kind, kinds)}")
        yield from _filters(edition, document, view)


def check_reports(edition: Edition, types: Mapping[str, FxType]) -> Iterator[Finding]:
    """Look at reports: lists of options, options that never occur, filters that fit their value."""
    for report in edition.reports.values():
        document = edition.parts.documents[report.path]
        yield from _filters(edition, document, report.stored)
        for index, part in enumerate(report.groups):
            if part.list and part.list not in edition.lists:
                yield document.finding(f"/groups/{index}/options", "unknown-list", f"'{part.list}' 코드 목록이 없습니다.{did_you_mean(part.list, edition.lists)}")
        chosen = [(f"/groups/{index}", f"group.{each.id}", each.options) for index, each in enumerate(report.groups)]
        chosen += [(f"/filters/{index}", each.column, each.options) for index, each in enumerate(report.filters)]
        for pointer, name, options in chosen:
            value = report.stored.column(name)
            known = {str(code) for code in type_of(value.value, types).codes or ()} if value else set()
            for option in options if known else ():
                if option not in known:
                    message = f"'{option}'은(는) 이 식이 줄 수 없는 값입니다.{did_you_mean(option, known)}"
                    yield document.finding(f"{pointer}/options", "unknown-option", message)


def _filters(edition: Edition, document: Document, view: View) -> Iterator[Finding]:
    for index, part in enumerate(view.filters):
        if part.list and part.list not in edition.lists:
            message = f"'{part.list}' 코드 목록이 없습니다.{did_you_mean(part.list, edition.lists)}"
            yield document.finding(f"/filters/{index}/options", "unknown-list", message)
        column = view.column(part.column)
        fits = {"date-range": ("date",), "year-range": ("date", "number"), "range": ("number", "date")}.get(part.kind)
        if column and fits and column.type not in fits:
            message = f"'{part.kind}' 조건은 {', '.join(fits)} 열에만 씁니다. '{column.title}' 열은 {column.type}입니다."
            yield document.finding(f"/filters/{index}/kind", "filter-misfit", message)
        if part.kind == "identifier" and not edition.case.search.identifiers:
            yield document.finding(f"/filters/{index}", "filter-misfit", "찾을 번호가 없습니다. edition.json의 case.search.identifiers에 적으세요.")


def check_case(edition: Edition) -> Iterator[Finding]:
    """Look at the case: statuses that leave a gap or are never reached, and identifiers that are no sensitive field of the register form."""
    statuses = edition.case.status
    for index, status in enumerate(statuses):
        if status.when is None and index < len(statuses) - 1:
            message = f"조건 없는 '{status.title}' 뒤의 상태는 쓰이지 않습니다. 맨 뒤로 옮기세요."
            yield _outline(edition, f"/case/status/{index}", "status-unreachable", message)
        if status.id in {other.id for other in statuses[:index]}:
            yield _outline(edition, f"/case/status/{index}", "duplicate-id", f"상태 '{status.id}'을(를) 두 번 적었습니다.")
        if status.when is not None and "case.status" in reads_of(edition, status.when.reads):
            yield _outline(edition, f"/case/status/{index}/when", "status-circle", "상태를 정하는 식이 상태(case.status)를 읽습니다. 다른 사실로 적으세요.")
    if statuses and statuses[-1].when is not None:
        yield _outline(edition, f"/case/status/{len(statuses) - 1}", "status-gap", "어느 조건에도 들지 않을 때의 상태가 없습니다. 조건 없는 상태를 맨 뒤에 두세요.")
    for index, name in enumerate(edition.case.beside):
        if name not in edition.processes:
            yield _outline(edition, f"/case/beside/{index}", "unknown-process", f"'{name}' 절차가 없습니다.{did_you_mean(name, edition.processes)}")
    form = edition.forms.get(edition.case.form)
    for index, pointer in enumerate(edition.case.search.identifiers if form else ()):
        if pointer not in form.sensitive:  # type: ignore[union-attr]
            message = f"'{pointer}'은(는) 등록 서식의 민감한 항목이 아닙니다.{did_you_mean(pointer, form.sensitive)}"  # type: ignore[union-attr]
            yield _outline(edition, f"/case/search/identifiers/{index}", "unknown-field", message)


def reads_of(edition: Edition, reads: Iterable[str]) -> set[str]:
    """Give what expressions read, through named facts."""
    found: set[str] = set()
    waiting = list(reads)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            fx = edition.facts.get(name.partition(".")[0])
            waiting += fx.reads if fx is not None else ()
    return found


def _approval(edition: Edition, task: UserTask) -> Iterator[tuple[str, str]]:
    form = edition.forms.get(task.form)
    if task.approval is None or form is None:
        return
    for word, path in (("decision", task.approval.decision), ("comment", task.approval.comment)):
        pointer = "/" + path.replace(".", "/")
        field = form.fields.get(pointer) if path else None
        if path and field is None:
            yield "unknown-field", f"승인 작업 '{task.title}'의 {word} '{path}'이(가) 서식 '{task.form}'에 없습니다.{did_you_mean(pointer, form.fields)}"
        elif word == "decision" and field is not None:
            codes = [item.code for item in field.codes.items] if field.codes else []
            for name, code in (("approve", task.approval.approve), ("return", task.approval.return_)):
                if code not in codes:
                    yield "constant-not-in-list", f"승인 작업 '{task.title}'의 {name} '{code}'이(가) '{path}'의 선택지에 없습니다.{did_you_mean(code, map(str, codes))}"


def _spread(edition: Edition, process: Process, task: UserTask, form_files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Look at a task that gives each of many cases a record: the form of the record, the answer that names the cases, and whose work it is."""
    if not task.spread:
        return
    if not process.of_institution:  # the case of the work is locked before those named: only the institution's own cannot be among them
        yield "spread-of-case", f"'{task.title}' 작업이 여러 대상에 기록을 남기려면 절차의 속성 of가 institution이어야 합니다."
    if task.spread not in form_files:
        yield "unknown-form", f"'{task.title}' 작업의 spread 서식 '{task.spread}'이(가) 없습니다.{did_you_mean(task.spread, form_files)}"
    form = edition.forms.get(task.form)
    if form is not None and task.cases:
        pointer = "/" + task.cases.replace(".", "/")
        named = [known for known, field in form.fields.items() if field.type in ("case", "cases")]
        if pointer not in named:
            yield "unknown-field", f"'{task.title}' 작업의 cases '{task.cases}'은(는) 서식 '{task.form}'의 대상을 고르는 항목(x-case)이 아닙니다.{did_you_mean(pointer, named)}"


def _path_of(edition: Edition, process: Process, task: UserTask) -> str:
    """Give the file a task is drawn in: that of a called process where it comes from one."""
    scope = process.elements[task.id].scope
    while scope in process.elements:
        scope = process.elements[scope].scope
    return edition.processes[scope].path if scope in edition.processes else process.path


def _outline(edition: Edition, pointer: str, kind: str, message: str) -> Finding:
    document = edition.parts.documents.get(OUTLINE)
    return document.finding(pointer, kind, message) if document else Finding(OUTLINE, 1, kind, message)
