"""The whole route table, and the app made of it.

Every route says who may call it; an app with one that does not is not built. What a route answers is in `web.pages` (for people) and
`web.api` (for programs); both open `web.unit.unit` and call the verbs of `engine.casework`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse

from web import api, assembly, office, pages, serving, signin
from web.house import open_house
from web.routes import CHANGING, PUBLIC, SIGNED_IN, Body, Doc, Way, may
from web.settings import read
from web.unit import house_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from web.assembly import App
    from web.house import House
    from web.settings import Settings

READ, WRITE, REVEAL, FIGURES = may("case.read"), may("case.write", "task.approve"), may("sensitive.read"), may("report.read")
PEOPLE, CLOSING, EDITIONS, AUTHOR, SECOND = may("person.manage"), may("closing.write"), may("edition.read"), may("edition.write"), may("edition.approve")
REGISTER, APPROVE, ATTACH = may("case.register"), may("task.approve"), may("case.write", "case.register", "task.approve")
LIST = (("view", "목록"), ("sort", "정렬할 열"), ("page", "쪽"), ("size", "쪽 크기"))
NARROW = (("<조건>", "통계에 적힌 조건마다"), ("<조건>.from", "범위의 처음"), ("<조건>.to", "범위의 끝"))
WAITING = (("case", "대상"), ("form", "서식"), ("whose", "mine 또는 team"))
SEARCH = (("login", "아이디"), ("subject", "대상"), ("act", "한 일"), ("since", "부터"), ("until", "까지"), ("page", "쪽"), ("size", "쪽 크기"))
FILES = api.lists.FILES
WHY = (("Didimdol-Reason", "파일(Accept: text/csv 또는 xlsx)로 받는 사유, UTF-8을 퍼센트 부호로"),)
KEY = (("Idempotency-Key", "같은 요청을 다시 보내도 한 번만 처리됩니다."),)


def health(request: Request) -> Response:
    """Say whether the server can answer; for whoever watches it."""
    well = house_of(request).database.healthy()
    return PlainTextResponse("ok\n" if well else "no\n", 200 if well else 503)


DOORS = (
    Way("GET", "/health", health, PUBLIC),
    Way("GET", "/signin", signin.show, PUBLIC),
    Way("POST", "/signin", signin.submit, PUBLIC, Body.FORM),
    Way("POST", "/signout", signin.leave, CHANGING, Body.FORM),
    Way("POST", "/session/extend", signin.extend, SIGNED_IN, Body.FORM),
    Way("GET", "/password", signin.password, CHANGING),
    Way("POST", "/password", signin.password, CHANGING, Body.FORM),
)

PAGES = (
    Way("GET", "/", pages.home.home, SIGNED_IN),
    Way("GET", "/cases", pages.cases.listing, READ),
    Way("POST", "/cases", pages.whole.narrowing.narrow, READ, Body.FORM),
    Way("GET", "/cases/export", pages.whole.exports.export, READ),
    Way("POST", "/cases/export", pages.whole.exports.export, READ, Body.FORM),
    Way("GET", "/cases/new/{form:name}", pages.tasks.register, REGISTER),
    Way("POST", "/cases/new/{form:name}", pages.tasks.register, REGISTER, Body.MIXED),
    Way("GET", "/cases/{id:id}", pages.cases.show, READ),
    Way("GET", "/institution", pages.cases.institution, READ),
    Way("GET", "/cases/{id:id}/reveal", pages.reveals.of_case, REVEAL),
    Way("POST", "/cases/{id:id}/reveal", pages.reveals.of_case, REVEAL, Body.FORM),
    Way("GET", "/cases/{id:id}/start/{action:name}", pages.tasks.prospect, WRITE),
    Way("POST", "/cases/{id:id}/start/{action:name}", pages.tasks.prospect, WRITE, Body.MIXED),
    Way("GET", "/cases/{id:id}/process", pages.cases.process, READ),
    Way("GET", "/tasks/{id:id}", pages.tasks.task, READ),
    Way("POST", "/tasks/{id:id}", pages.tasks.task, WRITE, Body.MIXED),
    Way("POST", "/tasks/{id:id}/draft", pages.tasks.draft, WRITE, Body.MIXED),
    Way("POST", "/tasks/{id:id}/withdraw", pages.tasks.withdraw, WRITE, Body.FORM),
    Way("GET", "/records/{id:id}", pages.records.show, READ),
    Way("GET", "/records/{id:id}/print", pages.records.printed, READ),
    Way("GET", "/records/{id:id}/today", pages.records.today, READ),
    Way("GET", "/records/{id:id}/amend", pages.corrections.amend, WRITE),
    Way("POST", "/records/{id:id}/amend", pages.corrections.amend, WRITE, Body.MIXED),
    Way("GET", "/records/{id:id}/withdraw", pages.corrections.withdraw, WRITE),
    Way("POST", "/records/{id:id}/withdraw", pages.corrections.withdraw, WRITE, Body.FORM),
    Way("GET", "/records/{id:id}/reveal", pages.reveals.of_record, REVEAL),
    Way("POST", "/records/{id:id}/reveal", pages.reveals.of_record, REVEAL, Body.FORM),
    Way("GET", "/approvals", pages.approvals.listing, APPROVE),
    Way("POST", "/approvals", pages.approvals.listing, APPROVE, Body.FORM),
    Way("GET", "/team", pages.whole.team.load, APPROVE),
    Way("GET", "/team/{person:name}", pages.whole.team.of_person, APPROVE),
    Way("POST", "/team/{person:name}", pages.whole.team.of_person, APPROVE, Body.FORM),
    Way("GET", "/reports", pages.whole.reports.listing_of, FIGURES),
    Way("GET", "/reports/{report:name}", pages.whole.reports.show, FIGURES),
    Way("GET", "/reports/{report:name}/{kind:name}", pages.whole.reports.download, FIGURES),
    Way("GET", "/notices", pages.notices.listing, READ),
    Way("POST", "/notices", pages.notices.listing, READ, Body.FORM),
    Way("POST", "/files", pages.files.upload, ATTACH, Body.UPLOAD),
    Way("GET", "/files/{id:id}", pages.files.download, READ),
    Way("GET", "/manual", office.manual.of_today, SIGNED_IN),
    Way("GET", "/manual/{part:name}", office.manual.of_today, SIGNED_IN),
    Way("GET", "/manual/of/{digest:digest}", office.manual.of_before, SIGNED_IN),
    Way("GET", "/manual/of/{digest:digest}/{part:name}", office.manual.of_before, SIGNED_IN),
    Way("GET", "/search", pages.whole.search.search, READ),
    Way("POST", "/search", pages.whole.search.submit, READ, Body.FORM),
)

OFFICE = (
    Way("GET", "/people", office.people.listing, PEOPLE),
    Way("GET", "/people/new", office.people.add, PEOPLE),
    Way("POST", "/people/new", office.people.add, PEOPLE, Body.FORM),
    Way("GET", "/people/{id:id}", office.person.show, PEOPLE),
    Way("POST", "/people/{id:id}/grant", office.person.grant, PEOPLE, Body.FORM),
    Way("GET", "/people/{id:id}/revoke", office.person.revoke, PEOPLE),
    Way("POST", "/people/{id:id}/revoke", office.person.revoke, PEOPLE, Body.FORM),
    Way("POST", "/people/{id:id}/password", office.person.reset, PEOPLE, Body.FORM),
    Way("GET", "/people/{id:id}/disable", office.person.disable, PEOPLE),
    Way("POST", "/people/{id:id}/disable", office.person.disable, PEOPLE, Body.FORM),
    Way("POST", "/people/{id:id}/enable", office.person.enable, PEOPLE, Body.FORM),
    Way("GET", "/access", office.access.listing, may("access.read")),
    Way("GET", "/closing", office.closing.closing, CLOSING),
    Way("POST", "/closing", office.closing.closing, CLOSING, Body.FORM),
    Way("GET", "/editions", office.editions.listing, EDITIONS),
    Way("POST", "/editions", office.editions.submit, AUTHOR, Body.BUNDLE),
    Way("GET", "/editions/{digest:digest}", office.edition.show, EDITIONS),
    Way("GET", "/editions/{digest:digest}/processes/{process:name}", office.edition.process, EDITIONS),
    Way("GET", "/editions/{digest:digest}/manual", office.manual.of_edition, EDITIONS),
    Way("GET", "/editions/{digest:digest}/manual/{part:name}", office.manual.of_edition, EDITIONS),
    Way("GET", "/editions/{digest:digest}/difference", office.coming.difference.show, EDITIONS),
    Way("GET", "/editions/{digest:digest}/trial", office.coming.trial.show, EDITIONS),
    Way("POST", "/editions/{digest:digest}/trial", office.coming.trial.ask, EDITIONS, Body.FORM),
    Way("GET", "/editions/{digest:digest}/move", office.coming.moving.plan, SECOND),
    Way("POST", "/editions/{digest:digest}/move", office.coming.moving.submit, SECOND, Body.FORM),
    Way("GET", "/moves", office.coming.moverun.listing, EDITIONS),
    Way("GET", "/moves/{id:id}", office.coming.moverun.show, EDITIONS),
    Way("POST", "/moves/{id:id}/undo", office.coming.moverun.undo, SECOND, Body.FORM),
    Way("POST", "/editions/{digest:digest}/proposal", office.proposal.save, AUTHOR, Body.FORM),
    Way("POST", "/editions/{digest:digest}/approve", office.edition.approve, SECOND, Body.FORM),
    Way("GET", "/editions/{digest:digest}/withdraw", office.edition.withdraw, SECOND),
    Way("POST", "/editions/{digest:digest}/withdraw", office.edition.withdraw, SECOND, Body.FORM),
)

API = (
    Way("GET", "/api/openapi.json", api.me.describe, SIGNED_IN, doc=Doc("이 문서", answers={200: {"type": "object"}})),
    Way("GET", "/api/me", api.me.show, SIGNED_IN, doc=Doc("나", answers={200: "Me"})),
    Way("GET", "/api/cases", api.lists.listing, READ, doc=Doc("대상 목록", answers={200: "CaseList"}, query=LIST, headers=WHY, also=FILES)),
    Way("POST", "/api/cases/find", api.lists.find, READ, Body.JSON, Doc("대상 찾기", "CaseQuery", {200: "CaseList"}, also=FILES)),
    Way("POST", "/api/cases", api.cases.register, REGISTER, Body.JSON, Doc("대상 등록", "NewCase", {201: "Made"})),
    Way("GET", "/api/cases/{id:id}", api.cases.show, READ, doc=Doc("대상", answers={200: "Case"})),
    Way("POST", "/api/cases/{id:id}/actions/{action:name}", api.cases.start, WRITE, doc=Doc("일 시작", answers={201: "Started"})),
    Way("GET", "/api/tasks", api.tasks.listing, SIGNED_IN, doc=Doc("할 일 목록", answers={200: "TaskList"}, query=WAITING)),
    Way("GET", "/api/tasks/{id:id}", api.tasks.show, READ, doc=Doc("할 일", answers={200: "Task"})),
    Way("PUT", "/api/tasks/{id:id}/draft", api.tasks.save_draft, WRITE, Body.JSON, Doc("임시저장", "Draft", {200: "Saved"})),
    Way("POST", "/api/tasks/{id:id}/preview", api.tasks.preview, READ, Body.JSON, Doc("미리 보기", "Answers", {200: "Preview"})),
    Way("POST", "/api/tasks/{id:id}/complete", api.tasks.complete, WRITE, Body.JSON, Doc("저장", "Completing", {200: "Completed"}, headers=KEY)),
    Way("GET", "/api/cases/{id:id}/records", api.records.of_case, READ, doc=Doc("기록 목록", answers={200: "RecordList"}, query=(("form", "서식"),))),
    Way("GET", "/api/records", api.lists.of_records, READ, doc=Doc("기록을 가로질러 보는 목록", answers={200: "RowList"}, query=LIST, headers=WHY, also=FILES)),
    Way("GET", "/api/records/{id:id}", api.records.show, READ, doc=Doc("기록", answers={200: "Record"}, query=(("revision", "차수"),))),
    Way("PUT", "/api/records/{id:id}", api.records.amend, WRITE, Body.JSON, Doc("기록 고치기", "Amendment", {200: "Amended"})),
    Way("DELETE", "/api/records/{id:id}", api.records.withdraw, WRITE, Body.JSON, Doc("기록 취소", "Reason", {200: "Withdrawn"})),
    Way("POST", "/api/records/{id:id}/reveal", api.records.reveal, REVEAL, Body.JSON, Doc("민감한 값 보기", "Asking", {200: "Revealed"})),
    Way("GET", "/api/reports", api.reports.listing, FIGURES, doc=Doc("통계 목록", answers={200: "ReportList"})),
    Way("GET", "/api/reports/{report:name}", api.reports.show, FIGURES, doc=Doc("통계", answers={200: "Report"}, query=NARROW, also=FILES)),
    Way("GET", "/api/history", api.trail.of_case, READ, doc=Doc("대상의 이력", answers={200: "History"}, query=(("case", "대상"),))),
    Way("GET", "/api/access-records", api.trail.accesses, may("access.read"), doc=Doc("접속기록", answers={200: "AccessList"}, query=SEARCH)),
    Way("POST", "/api/files", api.files.upload, ATTACH, Body.UPLOAD, Doc("파일 올리기", answers={201: "File"})),
    Way("GET", "/api/files/{id:id}", api.files.download, READ, doc=Doc("파일 받기", answers={200: "binary"})),
    Way("GET", "/api/editions", api.editions.listing, may("edition.read"), doc=Doc("판 목록", answers={200: "EditionList"})),
    Way("POST", "/api/editions", api.editions.store, may("edition.write"), Body.BUNDLE, Doc("판 올리기", answers={201: "Published"}, query=(("from", "시행일"), ("draft", "공표하지 않고 초안으로 두기: true")))),
    Way("POST", "/api/editions/check", api.editions.check, may("edition.write"), Body.BUNDLE, Doc("판 검사", answers={200: "Checked"})),
    Way("POST", "/api/editions/{digest:digest}/check", api.editions.check_stored, may("edition.read"), doc=Doc("저장된 판 검사", answers={200: "Checked"})),
    Way("GET", "/api/editions/{a:digest}/difference/{b:digest}", api.editions.differ, EDITIONS, doc=Doc("두 판의 차이", answers={200: "Difference"})),
    Way("PUT", "/api/editions/{digest:digest}/proposal", api.editions.propose, may("edition.write"), Body.JSON, Doc("시행일과 열린 건 정하기", "Proposal", {200: "Edition"})),
    Way("POST", "/api/editions/{digest:digest}/publish", api.editions.publish, may("edition.write"), Body.JSON, Doc("올린 판 공표", "Proposal", {200: "Edition"})),
    Way("POST", "/api/editions/{digest:digest}/approve", api.editions.approve, may("edition.approve"), Body.JSON, Doc("판 승인", "Approval", {200: "Published"})),
    Way("POST", "/api/editions/{digest:digest}/migrate", api.moves.migrate, may("edition.approve"), Body.JSON, Doc("열린 건 옮기기", "Migrate", {200: "MovePlan", 202: "MoveRun"})),
    Way("GET", "/api/editions/{digest:digest}/impact", api.moves.impact, may("edition.read"), doc=Doc("시행하면 달라지는 것", answers={200: "Impact"})),
    Way("POST", "/api/editions/{digest:digest}/impact", api.moves.try_impact, may("edition.read"), Body.JSON, Doc("자리를 정해 미리 보기", "Mapped", {200: "Impact"})),
    Way("GET", "/api/editions/{digest:digest}/replay", api.moves.replay, may("edition.read"), doc=Doc("지난 기록 다시 읽기", answers={200: "Replay"})),
    Way("GET", "/api/moves", api.moves.listing, may("edition.read"), doc=Doc("옮기기의 목록", answers={200: "MoveRunList"})),
    Way("GET", "/api/moves/{id:id}/cases", api.moves.cases, may("edition.approve"), doc=Doc("옮기기의 건마다의 결과", answers={200: "MoveCaseList"}, query=(("outcome", "결과"), ("after", "이 건 다음부터")))),
    Way("GET", "/api/moves/{id:id}", api.moves.run, may("edition.read"), doc=Doc("옮기기의 진행", answers={200: "MoveRun"})),
    Way("POST", "/api/moves/{id:id}/undo", api.moves.undo, may("edition.approve"), doc=Doc("옮기기 되돌리기", answers={202: "MoveRun"})),
    Way("POST", "/api/editions/{digest:digest}/withdraw", api.editions.withdraw, may("edition.approve"), Body.JSON, Doc("판 철회", "Reason", {200: "Published"})),
)


WAYS: tuple[Way, ...] = (*DOORS, *PAGES, *OFFICE, *API)


def build(settings: Settings, *, house: House | None = None, timers: bool = False) -> App:
    """Return the app: every route of the table, and what it lives on. Raises Undeclared, Refused."""
    return assembly.assemble(WAYS, house or open_house(settings), timers=timers)


def serve(**given: Any) -> None:
    """Serve until told to stop. `given` are fields of `Settings` from the command line; None means not given."""
    settings = read(os.environ, **given)
    serving.run(build(settings, timers=True), settings)
