"""Defects sown one by one into the toy edition, each found with its kind, its file and its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.spec import formparse
from engine.spec.advice import WHAT_TO_DO
from engine.spec.check import check, examine
from engine.spec.edition import Edition
from engine.spec.folder import read_folder
from tests.spec.test_decision import dmn

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests" / "toy"
LOAN, LEAVE, EDITION, VIEW, ROLES = "forms/loan.json", "forms/leave.json", "forms/edition.json", "forms/views/members.json", "workflows/roles.json"
LIFE, LEND, CHANGE, GUARDS = "workflows/lifecycle.bpmn", "workflows/loan.bpmn", "workflows/keeper_change.bpmn", "workflows/decisions/guards.dmn"
GROUP, TEACH = "forms/group_lesson.json", "workflows/group_lesson.bpmn"
REPORT, LISTS, MEMBER, SCENARIO = "forms/reports/members_by_sex.json", "forms/lists/tool-kind.json", "forms/member.json", "workflows/scenarios/bus.json"
DEPOSIT, SEASON = "workflows/decisions/deposit.dmn", "workflows/decisions/season.dmn"
#: Tables the toy edition has no use for: each value has its row.
TABLES = {
    DEPOSIT: dmn([("record.loan.last.보증금", "number")], ["단계"], [["< 100", '"작음"'], [">= 100", '"큼"']], name="deposit"),
    SEASON: dmn([("today", "date")], ["철"], [["< 날짜(2025, 1, 1)", '"옛"'], [">= 날짜(2025, 1, 1)", '"새"']], name="season", policy="FIRST"),
}

#: (kind, file, what stands there, what the defect makes of it, text of the line it is found on; the changed line where "")
DEFECTS = [
    # forms
    ("vacuous-if", LOAN, '"if": {"required": ["분야"], "properties": {"분야": {"const": "목공"}}}', '"if": {"properties": {"분야": {"const": "목공"}}}', ""),
    ("constant-not-in-list", LOAN, '{"분야": {"const": "목공"}}', '{"분야": {"const": "목곰"}}', ""),
    ("unreachable-branch", LOAN, '"보증금": {"exclusiveMinimum": 0}', '"보증금": {"exclusiveMinimum": 5, "maximum": 4}', "보증금"),
    ("required-but-hidden", LOAN, '"then": {"required": ["전기"]}', '"then": {"required": ["전기", "목공"]}', '"목공": {'),
    ("not-in-layout", LOAN, '{"tab": "전기", "fields": ["전기"]}', '{"tab": "전기", "fields": []}', '"전기": {'),
    ("declared-twice", LOAN, '{"tab": "전기", "fields": ["전기"]}', '{"tab": "전기", "fields": ["전기", "목공"]}', ""),
    ("unknown-name", LOAN, '"rule": "대여일 <= 반납예정일"', '"rule": "대여일 <= 반납예정월"', ""),
    ("type-mismatch", LOAN, '"rule": "대여일 <= 반납예정일"', '"rule": "대여일 <= 보증금"', ""),
    ("unknown-keyword", LOAN, '"x-list"', '"x-lists"', ""),
    ("unknown-list", LOAN, "urn:didimdol:list:voltage", "urn:didimdol:list:voltages", ""),
    ("wrong-id", LOAN, "urn:didimdol:form:loan:toy", "urn:didimdol:form:loan:old", ""),
    ("duplicate-key", LOAN, '"x-dialect": 1,', '"x-dialect": 1, "x-dialect": 1,', ""),
    ("not-json", LOAN, '"x-dialect": 1,', '"x-dialect": 1', '"x-screen"'),
    ("fx-syntax", LEAVE, "만나이(case.생년월일, 탈퇴일)", "만나이(case.생년월일, 탈퇴일", ""),
    ("unknown-name", LEAVE, "만나이(case.생년월일, 탈퇴일)", "만나이(case.생년, 탈퇴일)", ""),
    ("code-duplicate", LISTS, '"전기", "label": "전기"', '"목공", "label": "전기"', ""),
    ("unknown-format", LOAN, '"대여일": {"title": "대여일", "type": "string", "format": "date"', '"대여일": {"title": "대여일", "type": "string", "format": "dat"', ""),
    ("unknown-type", LOAN, '"title": "두께", "type": "integer"', '"title": "두께", "type": "int"', ""),
    ("unknown-widget", LOAN, '"x-ui": {"unit": "mm"}', '"x-ui": {"unit": "mm", "widget": "slide"}', ""),
    ("no-title", LOAN, '"두께": {"title": "두께", ', '"두께": {', ""),
    ("bad-name", LOAN, '"두께": {', '"두께 값": {', ""),
    ("object-open", LEAVE, '"additionalProperties": false', '"additionalProperties": true', ""),
    ("impossible-range", LOAN, '"maxItems": 20', '"maxItems": 0', '"minItems": 1'),
    ("pattern-unanchored", MEMBER, '"pattern": "^', '"pattern": "', ""),
    ("pattern-re2", MEMBER, '"pattern": "^', '"pattern": "^(?=1)', ""),
    ("default-used", LOAN, '"title": "두께", ', '"title": "두께", "default": 3, ', ""),
    ("calc-not-readonly", LEAVE, '"readOnly": true, "x-calc"', '"x-calc"', ""),
    ("cycle", LEAVE, "만나이(case.생년월일, 탈퇴일)", "만나이(case.생년월일, 탈퇴일) + 나이", ""),
    ("required-derived", LEAVE, '"required": ["탈퇴일"', '"required": ["나이", "탈퇴일"', '"나이": {'),
    ("never-shown", LOAN, '"else": {"properties": {"전기": false}}', '"else": {"properties": {"전기": false, "목공": false}}', '"목공": {'),
    ("section-never-required", LOAN, '"then": {"required": ["전기"]}', '"then": {}', '"전기": {'),
    ("branch-id", LOAN, '"x-id": "전기",', "", '{'),
    ("code-period", LISTS, '"code": "정원"', '"from": "2025-01-01", "to": "2024-01-01", "code": "정원"', ""),
    ("branch-id", LOAN, '"required": ["나무"],', '"required": ["나무"], "allOf": [{"x-id": "보증금", "if": {"required": ["두께"]}, "then": {"required": ["나무"]}}],', ""),
    ("check-id", LOAN, '{"id": "마감",', '{"id": "기간",', ""),
    ("calc-form", LOAN, '"title": "품목",', '"title": "품목", "readOnly": true, "x-calc": "보증금",', ""),
    ("layout-form", LOAN, '{"tab": "전기", "fields": ["전기"]}', '{"tab": "전기"}', ""),
    ("object-form", LOAN, '"properties": {"전압": {"title": "전압", "$ref": "urn:didimdol:list:voltage"}}', '"properties": ["전압"]', ""),
    ("unknown-ref", LOAN, '"두께": {', '"두께": {"$ref": "#/$defs/두께", ', ""),
    ("value-kind", LOAN, '"x-list": ["대여일", "분야"]', '"x-list": ["대여일", "분야"], "x-print": {"omit": 3}', ""),
    ("form-without-user", CHANGE, 'value="keeper_approval"', 'value="lesson"', None),
    # work on an institution's own case
    ("spread-of-case", TEACH, '"of" value="institution"', '"of" value="case"', "userTask"),
    ("process-of", TEACH, '"of" value="institution"', '"of" value="institut"', ""),
    ("process-of", TEACH, '"cases" value="참가자" />', '"cases" value="참가자" /><spiffworkflow:property name="owner" value="person.login" />', "owner"),
    ("spread-incomplete", TEACH, '<spiffworkflow:property name="cases" value="참가자" />', "", "userTask"),
    ("unknown-field", TEACH, '"cases" value="참가자"', '"cases" value="주제"', "userTask"),
    ("unknown-form", TEACH, '"spread" value="attendance"', '"spread" value="attendence"', "userTask"),
    ("form-without-user", TEACH, '"spread" value="attendance"', '"spread" value="leave"', None),
    ("unknown-format", GROUP, '"format": "x-case"', '"format": "x-cases"', ""),
    ("no-institution-case", EDITION, '"institution_case": {"title": "지점 일", "card": [{"title": "지점", "value": "institution.name"}, {"title": "단체교육", "value": "record.group_lesson.count"}]},', "", None),
    ("missing-key", EDITION, '"institution_case": {"title": "지점 일"', '"institution_case": {"titel": "지점 일"', ""),
    # edition.json
    ("unknown-name", EDITION, '"birth": "case.생년월일"', '"birth": "case.생년월"', ""),
    ("wrong-kind", EDITION, '"birth": "case.생년월일"', '"birth": "case.회원명"', ""),
    ("unknown-name", EDITION, '"기준일": "today"', '"기준일": "휴면중"', ""),
    ("reserved-name", EDITION, '"기준일": "today"', '"institution": "today"', ""),
    ("unknown-form", EDITION, '"register": "member"', '"register": "membre"', ""),
    ("unknown-process", EDITION, '"register": "member"', '"beside": ["lone"], "register": "member"', ""),
    ("reserved-name", EDITION, '"기준일": "today"', '"open": "today"', ""),
    ("status-gap", EDITION, '"id": "new", "title": "새 회원"', '"id": "new", "title": "새 회원", "when": "record.lesson.count == 0"', ""),
    ("status-unreachable", EDITION, '"id": "left", "title": "탈퇴", "when": "종결됨"', '"id": "left", "title": "탈퇴"', ""),
    ("status-circle", EDITION, '"when": "record.lesson.count > 0"', '"when": "case.status == \'탈퇴\'"', ""),
    ("unknown-field", EDITION, '"identifiers": ["/주민등록번호"]', '"identifiers": ["/회원명"]', ""),
    ("wrong-kind", EDITION, '"date": "record.loan.last.대여일"', '"date": "record.loan.last.분야"', ""),
    ("unknown-name", EDITION, '"tasks": "task.days_left <= 7"', '"tasks": "task.left <= 7"', ""),
    ("counter-of-what", EDITION, '"tasks": "task.days_left <= 7"', '"within": 7', ""),
    ("wrong-date", EDITION, '"from": "2020-01-01"', '"from": "2020-13-01"', ""),
    ("unknown-key", EDITION, '"closed": "종결됨"', '"closd": "종결됨"', ""),
    ("missing-key", EDITION, '"name": "toy",', "", '{'),
    ("unknown-dialect", EDITION, '"x-dialect": 1', '"x-dialect": 2', ""),
    # roles
    ("lane-without-role", ROLES, '"id": "head", "title": "지점장"}', '"id": "head", "title": "지점장"}, {"id": "x", "title": "남는 레인"}', ""),
    ("unknown-lane", ROLES, '"lanes": ["keeper"]', '"lanes": ["keper"]', ""),
    ("unknown-permission", ROLES, '"may": ["person.manage"', '"may": ["person.manages"', ""),
    ("unknown-view", ROLES, '"view": "members"', '"view": "member"', ""),
    ("unknown-form", ROLES, '"form": "member"', '"form": "members"', ""),
    ("duplicate-id", ROLES, '"id": "author"', '"id": "admin"', ""),
    # views and reports
    ("unknown-name", VIEW, '"value": "case.회원명"', '"value": "case.회원이름"', ""),
    ("wrong-kind", VIEW, '"value": "record.loan.count", "type": "number"', '"value": "record.loan.count", "type": "date"', ""),
    ("unknown-column", VIEW, '"column": "status"', '"column": "statsu"', ""),
    ("unknown-list", VIEW, '"options": ["이용 중", "새 회원", "휴면", "탈퇴"]', '"options": {"list": "state"}', ""),
    ("filter-misfit", VIEW, '"column": "joined",', '"column": "name",', '"kind": "year-range"'),
    ("guard-unknown-kind", ROLES, '"exclusive": "lending",', '"exclusive": "lending", "kinds": ["지점"],', None),
    ("constant-not-in-list", VIEW, '"value": "case.회원명"', '"value": "\'x\' if case.성별 == \'남자\' else \'y\'"', ""),
    ("wrong-id", VIEW, '"id": "members"', '"id": "membres"', ""),
    ("unknown-name", REPORT, '"value": "case.성별"', '"value": "case.성"', ""),
    ("unknown-name", REPORT, '"where": "not 비어있음(case.가입일)"', '"where": "not 비어있음(case.가입월)"', ""),
    ("unknown-name", REPORT, '["연도(today)", "연도(today)"]', '["연도(today)", "연도(tomorrow)"]', ""),
    ("wrong-kind", REPORT, '"value": "record.loan.last.보증금"', '"value": "record.loan.last.분야"', ""),
    ("wrong-kind", REPORT, '"value": "case.가입일", "type": "date"', '"value": "case.회원명", "type": "date"', ""),
    ("filter-misfit", REPORT, '"value": "case.가입일", "type": "date", "required"', '"value": "case.회원명", "type": "text", "required"', ""),
    ("unknown-list", REPORT, '"list": "sex"', '"list": "sexes"', ""),
    ("unknown-option", REPORT, '["새 회원", "이용 중"', '["새 회윈", "이용 중"', ""),
    # processes
    ("unknown-form", LEND, '"form" value="loan"', '"form" value="laon"', "<bpmn:userTask"),
    ("task-without-form", LEND, '<spiffworkflow:property name="form" value="loan" />', "", "<bpmn:userTask"),
    ("lane-without-role", LEND, 'name="담당자"', 'name="담당"', "<bpmn:userTask"),
    ("lane-without-role", LEND, 'value="담당자, 지점장"', 'value="담당자, 점장"', ""),
    ("task-without-lane", LEND, "<bpmn:flowNodeRef>loan_again</bpmn:flowNodeRef>", "", "<bpmn:userTask"),
    ("no-lifecycle", LIFE, 'value="lifecycle"', 'value="work"', "<?xml"),
    ("process-nobody-starts", LEND, '<spiffworkflow:property name="start" value="담당자, 지점장" />', "", "<bpmn:process"),
    ("two-lifecycles", LEND, 'value="work"', 'value="lifecycle"', "<bpmn:process"),
    ("script-task", LEND, "userTask", "scriptTask", "<bpmn:scriptTask"),
    ("wrong-kind", LIFE, "name=\"assign\" value=\"case.owner\"", "name=\"assign\" value=\"case.opened\"", ""),
    ("unknown-field", CHANGE, 'name="comment" value="의견"', 'name="comment" value="이견"', "<bpmn:userTask id=\"approval\""),
    ("constant-not-in-list", CHANGE, 'name="approve" value="승인"', 'name="approve" value="좋음"', "<bpmn:userTask id=\"approval\""),
    ("unknown-name", CHANGE, "work.keeper_approval.결정 == '승인'</bpmn:condition", "work.keeper_approval.결장 == '승인'</bpmn:condition", ""),
    ("constant-not-in-list", CHANGE, "work.keeper_approval.결정 == '승인'</bpmn:condition", "work.keeper_approval.결정 == '승낙'</bpmn:condition", ""),
    ("bad-expression", LIFE, ">종결됨</bpmn:condition>", ">종결됨 and</bpmn:condition>", ""),
    ("wrong-kind", LIFE, ">종결됨</bpmn:condition>", ">기준일</bpmn:condition>", ""),
    ("loop-without-bound", LIFE, "visits.lesson &lt; 10 and not 휴면중", "not 휴면중", "lesson"),
    ("unknown-step", LIFE, "visits.lesson &lt; 10", "visits.lessen &lt; 10", ""),
    ("condition-reads-today", LIFE, ">종결됨</bpmn:condition>", ">휴면중</bpmn:condition>", ""),
    ("unknown-property", LEND, 'name="form"', 'name="from"', ""),
    ("not-runnable", LEND, '<dc:Bounds x="60" y="60"', '<dc:Bounds x="왼쪽" y="60"', "<bpmn:process"),
    ("flow-without-condition", LIFE, '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">visits.lesson &lt; 10 and not 휴면중</bpmn:conditionExpression>', "", "f_relearn"),
    ("gateway-without-default", LIFE, ' default="f_enough"', "", "again"),
    ("unreachable-step", LIFE, '<bpmn:sequenceFlow id="f_end" sourceRef="wait_end" targetRef="end" />', '<bpmn:sequenceFlow id="f_end" sourceRef="wait_end" targetRef="end" /><bpmn:userTask id="alone" name="홀로" />', "alone"),
    ("step-cannot-end", LEND, '<bpmn:sequenceFlow id="f_end" sourceRef="loan_again" targetRef="end" />', "", "loan_again"),
    ("dangling-flow", LEND, 'targetRef="end"', 'targetRef="ende"', ""),
    ("timer-too-short", LIFE, "<bpmn:timeDate xsi:type=\"bpmn:tFormalExpression\">날짜더하기(record.lesson.last.교육일, 1, '년')</bpmn:timeDate>", '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT30S</bpmn:timeDuration>', ""),
    ("timer-reads-today", LIFE, "날짜더하기(record.lesson.last.교육일, 1, '년')", "날짜더하기(today, 1, '년')", ""),
    ("unknown-element", LEND, '<bpmn:userTask id="loan_again"', '<bpmn:task id="extra" /><bpmn:userTask id="loan_again"', ""),
    ("unknown-extension", LEND, '<spiffworkflow:properties>', '<spiffworkflow:preScript>x = 1</spiffworkflow:preScript><spiffworkflow:properties>', ""),
    ("duplicate-property", LEND, '<spiffworkflow:property name="form" value="loan" />', '<spiffworkflow:property name="form" value="loan" /><spiffworkflow:property name="form" value="loan" />', ""),
    ("step-without-name", LIFE, ' name="첫 대여"', "", '<bpmn:userTask id="loan"'),
    ("approval-incomplete", CHANGE, '<spiffworkflow:property name="approve" value="승인" />', "", "approval"),
    ("not-executable", LEND, 'isExecutable="true"', 'isExecutable="false"', ""),
    ("process-kind", LEND, 'name="kind" value="work"', 'name="kind" value="job"', ""),
    ("xml-syntax", LEND, "</bpmn:process>", "</bpmn:proces>", ""),
    ("guard-not-collect", GUARDS, 'hitPolicy="COLLECT"', 'hitPolicy="FIRST"', "<decision id"),
    ("hit-policy", GUARDS, 'hitPolicy="COLLECT"', 'hitPolicy="ANY"', "<decisionTable"),
    ("unknown-key", SCENARIO, '"title"', '"titel"', ""),
    ("unknown-person", SCENARIO, '"as": "choi", "do": "start"', '"as": "chio", "do": "start"', ""),
    ("unknown-institution", SCENARIO, '"institution": "bus", "roles"', '"institution": "bua", "roles"', ""),
    ("unknown-role", SCENARIO, '"roles": ["keeper"]', '"roles": ["keper"]', ""),
    ("xml-doctype", LEND, '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE x>', ""),
    ("xml-encoding", LEND, 'encoding="UTF-8"', 'encoding="ISO-8859-1"', ""),
    # decisions
    ("rows-overlap", DEPOSIT, ">= 100", ">= 99", '<rule id="r2"'),
    ("rows-gap", DEPOSIT, ">= 100", "> 100", "<decision id"),
    ("rows-gap", SEASON, ">= 날짜(2025, 1, 1)", ">= 날짜(2025, 1, 2)", "<decision id"),
    # guards
    ("unknown-name", GUARDS, "record.lesson.count == 0", "record.lessen.count == 0", '<rule id="lesson_first"'),
    ("type-mismatch", GUARDS, "record.lesson.count == 0", "record.lesson.last.교육일 == 0", '<rule id="lesson_first"'),
    ("guard-unknown-action", GUARDS, '"loan","complete:loan"', '"loan","complete:laon"', '<rule id="lesson_first"'),
    ("guard-without-message", GUARDS, '"안전교육을 먼저 받으세요."', "", '<rule id="lesson_first"'),
]


@pytest.fixture(scope="module")
def files():
    return {**read_folder(TOY), **TABLES}


def edited(files, path, old, new):
    text = files[path].decode()
    assert old in text, f"{old} is not in {path}"
    return {**files, path: text.replace(old, new).encode()}


@pytest.mark.parametrize(("kind", "path", "old", "new", "line"), DEFECTS, ids=[f"{kind}-{number}" for number, (kind, *_) in enumerate(DEFECTS)])
def test_a_defect_is_found_with_its_file_and_line(files, kind, path, old, new, line):
    broken = edited(files, path, old, new)
    found = [finding for finding in check(broken) if finding.id == kind]
    assert found, [str(finding) for finding in check(broken)]
    if line is None:  # found in another file
        return
    lines = broken[path].decode().splitlines()
    at = {lines[finding.line - 1] for finding in found if finding.path == path}
    assert any((line or new) in text for text in at), [str(finding) for finding in found]


def test_sixty_kinds_of_defect_and_more_are_sown():
    assert len({kind for kind, *_ in DEFECTS}) >= 60


def test_every_sentence_is_korean_and_says_what_to_do(files):
    for _, path, old, new, _ in DEFECTS:
        for finding in check(edited(files, path, old, new)):
            assert "세요." in finding.message, finding
            assert not re.search(r"[A-Za-z]+ +[A-Za-z]+ +[A-Za-z]+", re.sub(r"'[^']*'", "", finding.message)), finding
            assert re.search(r"[가-힣]", finding.message), finding
            assert not re.search(r"을\(를\)|이\(가\)|은\(는\)|\(으\)로", finding.message), finding
            assert re.fullmatch(r"[a-z][a-z0-9-]*", finding.id), finding


def test_every_kind_has_something_to_do():
    """Where a sentence of `engine/spec` does not say so itself, the table of advice does."""
    without = {
        kind
        for path in (ROOT / "engine" / "spec").glob("*.py") if not path.stem.startswith("difference")
        for kind, message in re.findall(r"""(?:add|found|complain|finding|Finding|yield)\b.*"([a-z]+(?:-[a-z0-9]+)+)", f?(["'].*["'])""", path.read_text(encoding="utf-8"))
        if re.search(r"[가-힣]", message) and "세요" not in message
    }
    assert len(without) > 60
    assert without <= WHAT_TO_DO.keys()


def test_what_a_parser_says_in_english_is_told_in_korean(files):
    told = {
        (LEND, "</bpmn:process>", "</bpmn:proces>"): "17번째 글자: 'process'를 열고 'proces'로 닫았습니다.",
        (LEND, '<dc:Bounds x="60" y="60"', '<dc:Bounds x="왼쪽" y="60"'): "읽지 못한 값: '왼쪽'.",
        (MEMBER, '"pattern": "^', '"pattern": "^(?=1)'): "RE2 가 모르는 괄호 표현이 있습니다: '(?='.",
        (LOAN, '"x-dialect": 1,', '"x-dialect": NaN,'): "'NaN'은 쓸 수 없는 값입니다.",
        (LOAN, '"x-dialect": 1,', f'"x-dialect": {"1" * 5000},'): "숫자가 너무 깁니다.",
    }
    for (path, old, new), sentence in told.items():
        assert any(sentence in finding.message for finding in check(edited(files, path, old, new))), sentence


def test_the_nearest_name_is_offered(files):
    for path, old, new, near in [
        (LOAN, "대여일 <= 반납예정일", "대여일 <= 반납예정읠", "반납예정일"), (LEND, '"form" value="loan"', '"form" value="laon"', "loan"),
        (ROLES, '"view": "members"', '"view": "member"', "members"), (EDITION, '"closed"', '"closd"', "closed"),
    ]:
        assert any(near in finding.message for finding in check(edited(files, path, old, new)))


def test_a_process_that_cannot_be_read_takes_no_form_from_another(files):
    assert {finding.id for finding in check(edited(files, LIFE, "visits.lesson &lt; 10 and not 휴면중", "not 휴면중"))} == {"loop-without-bound"}


def test_all_defects_are_found_at_once(files):
    broken = dict(files)
    for path, old, new in [(LEAVE, "urn:didimdol:list:leave-reason", "urn:didimdol:list:leave"), (VIEW, '"value": "case.회원명"', '"value": "case.이름"'),
                           (LEND, '"form" value="loan"', '"form" value="laon"'), (ROLES, '"scope": "none"', '"scope": "nowhere"'), (GUARDS, "종결됨", "종결돔")]:
        broken = edited(broken, path, old, new)
    assert {finding.path for finding in check(broken)} >= {LEAVE, VIEW, LEND, ROLES}


def test_a_view_for_institutions_nobody_works_in(files):
    broken = edited(edited(files, ROLES, '"exclusive": "lending",', '"exclusive": "lending", "kinds": ["지점", "이동도서관"],'), VIEW, '"columns"', '"kinds": ["지잠"],\n  "columns"')
    assert [(finding.path, finding.id) for finding in check(broken)] == [(VIEW, "unknown-kind")]


def test_one_broken_form_does_not_hide_or_invent_other_findings(files):
    broken = edited(files, "forms/lesson.json", '"x-dialect": 1,', '"x-dialect": 1')
    assert {finding.path for finding in check(broken)} == {"forms/lesson.json"}


def test_the_toy_edition_is_clean(files):
    assert check(files) == []


def test_the_shipped_edition_is_clean():
    assert [str(finding) for finding in check(read_folder(ROOT))] == []


def test_an_edition_that_was_examined_is_read_once(monkeypatch):
    """What was looked at can be worked with: it is not read a second time, nor is a form while it is looked at."""
    read = []
    before = formparse.Reader.read
    monkeypatch.setattr(formparse.Reader, "read", lambda reader: read.append(reader) or before(reader))
    files = read_folder(TOY)
    edition, findings = examine(files)
    assert findings == []
    assert len(read) == len(edition.forms)
    assert edition.digest == Edition.from_files(files).digest
