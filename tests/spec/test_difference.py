"""Small edits of the toy edition, each told once, with its kind and its sentence."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from engine.spec.difference import difference
from engine.spec.edition import Edition
from engine.spec.folder import read_folder

ROOT = Path(__file__).resolve().parents[2]
FILES = read_folder(ROOT / "tests" / "toy")
LOAN, LEAVE, MEMBER, LESSON = "forms/loan.json", "forms/leave.json", "forms/member.json", "forms/lesson.json"
EDITION, VIEW, REPORT, ROLES = "forms/edition.json", "forms/views/members.json", "forms/reports/members_by_sex.json", "workflows/roles.json"
LOANS, REASONS, KINDS = "forms/views/loans.json", "forms/lists/leave-reason.json", "forms/lists/tool-kind.json"
LIFE, LEND, CHANGE, GUARDS = "workflows/lifecycle.bpmn", "workflows/loan.bpmn", "workflows/keeper_change.bpmn", "workflows/decisions/guards.dmn"


@cache
def toy():
    return Edition.from_files(FILES)


def edited(*edits):
    files = dict(FILES)
    for path, before, after in edits:
        text = files[path].decode()
        assert before in text, (path, before)
        files[path] = text.replace(before, after).encode()
    return files


def told(files, old=None):
    return [(change.path, change.kind, change.sentence) for change in difference(old or toy(), Edition.from_files(files))]


TEACH = "workflows/group_lesson.bpmn"
ONCE = [
    # work of institutions
    (EDITION, '"institution_case": {"title": "지점 일"', '"institution_case": {"title": "지점 업무"', "institution-title", "기관의 일 '지점 일'의 이름이 '지점 업무'로 바뀌었습니다."),
    (EDITION, '{"title": "지점", "value": "institution.name"}, {"title": "단체교육"', '{"title": "단체교육"', "institution-card-removed", "기관 카드의 줄 '지점'을 없앴습니다."),
    (TEACH, '"cases" value="참가자"', '"cases" value="참석자"', "step-cases", "단계 '단체교육'의 대상을 적은 답이 '참가자'에서 '참석자'로 바뀌었습니다."),
    # fields
    (LOAN, '"두께": {', '"너비": {"title": "너비", "type": "integer"}, "두께": {', "field-added", "항목 '너비'를 더했습니다."),
    (LOAN, '"두께": {"title": "두께"', '"굵기": {"x-was": ["목공.두께"], "title": "두께"', "field-renamed", "항목 '두께'의 규칙 이름이 '두께'에서 '굵기'로 바뀌었습니다."),
    (LOAN, '"두께": {"title": "두께"', '"굵기": {"x-was": "두께", "title": "두께"', "field-renamed", "항목 '두께'의 규칙 이름이 '두께'에서 '굵기'로 바뀌었습니다."),
    (LOAN, '"title": "두께"', '"title": "굵기"', "field-title", "항목 '두께'의 이름이 '굵기'로 바뀌었습니다."),
    (LOAN, '"두께": {"title": "두께", "type": "integer", "minimum": 1', '"두께": {"title": "두께", "type": "number", "minimum": 1', "field-type", "항목 '두께'의 입력 형식이 '정수'에서 '수'로 바뀌었습니다."),
    (LOAN, '"required": ["나무"]', '"required": ["나무", "두께"]', "field-required", "항목 '두께'는 이제 늘 입력해야 합니다."),
    (LOAN, '"required": ["나무"]', '"required": []', "field-required", "항목 '나무'는 이제 늘 입력하지는 않아도 됩니다."),
    (LOAN, '"unit": "mm"', '"unit": "cm"', "field-unit", "항목 '두께'의 단위가 'mm'에서 'cm'으로 바뀌었습니다."),
    (LOAN, '"minItems": 1', '"minItems": 2', "field-limits", "항목 '품목'의 입력 범위가 "),
    (LOAN, '"x-total": ["금액"],', "", "field-total", "항목 '품목'의 합계 열을 없앴습니다"),
    (LOAN, "list:voltage", "list:answer", "field-list", "항목 '전압'의 코드 목록이 'voltage'에서 'answer'로 바뀌었습니다."),
    (MEMBER, '"회원명": {', '"회원명": {"x-help": {"text": "신분증대로"}, ', "field-help", "항목 '회원명'에 도움말을 정했습니다: 신분증대로."),
    (MEMBER, "형식으로 입력하세요", "모양으로 입력하세요", "field-messages", "항목 '주민등록번호'의 알림말이 바뀌었습니다."),
    (LEAVE, "만나이(case.생년월일, 탈퇴일)", "만나이(case.생년월일, 기준일)", "field-derived", "항목 '나이'의 계산식이 '만나이(case.생년월일, 탈퇴일)'에서"),
    (MEMBER, '"x-sensitive": "rrn"', '"x-sensitive": "account"', "field-sensitive", "항목 '주민등록번호'의 민감정보 구분이 'rrn'에서 'account'으로 바뀌었습니다."),
    (MEMBER, '"x-prefill": "today"', '"x-prefill": "기준일"', "field-prefill", "항목 '가입일'의 처음 채우는 값이 'today'에서 '기준일'로 바뀌었습니다."),
    # screens and tabs
    (LOAN, '"x-screen": {"title": "대여"}', '"x-screen": {"title": "공구 대여"}', "screen-title", "화면 이름이 '대여'에서 '공구 대여'로 바뀌었습니다."),
    (LOAN, '"x-list": ["대여일", "분야"]', '"x-list": ["대여일"]', "screen-list", "기록 목록의 열이 '대여일, 분야'에서 '대여일'로 바뀌었습니다."),
    (LOAN, '"tab": "대여"', '"tab": "기본"', "tab-title", "탭 '대여'의 이름이 '기본'으로 바뀌었습니다."),
    (LOAN, '["대여일", "반납예정일", "분야", "보증금", "품목"]', '["반납예정일", "대여일", "분야", "보증금", "품목"]', "tab-fields", "탭 '대여'에서 항목의 차례가 바뀌었습니다."),
    (MEMBER, '"fields": ["회원명", "생년월일", "성별", "주민등록번호", "가입일", "가입나이"]}', '"fields": ["회원명", "생년월일", "성별", "주민등록번호", "가입일"]}, {"tab": "뒤", "fields": ["가입나이"]}', ("field-moved", "tab-added"), "항목 '가입 나이'가 '기본정보' 탭에서 '뒤' 탭으로 옮겨졌습니다."),
    # branches and checks
    (LOAN, '{"분야": {"const": "목공"}}', '{"분야": {"enum": ["목공", "정원"]}}', "branch-condition", "조건 '목공'의 조건이 '분야 = '목공''에서"),
    (LOAN, '"x-id": "보증금",\n      "if": {"required": ["보증금"], "properties": {"보증금": {"exclusiveMinimum": 0}}},', '"x-id": "보증금",\n      "if": {"required": ["보증금"], "properties": {"보증금": {"minimum": 0}}},', "branch-condition", "조건 '보증금'의 조건이 '보증금 0 초과'에서 '보증금 0 이상'으로 바뀌었습니다."),
    (LOAN, '"then": {"required": ["품목"]},\n      ', "", "branch-requires", "조건 '보증금'의 맞을 때 꼭 입력할 항목을 없앴습니다: 품목."),
    ("forms/keeper_approval.json", '"allOf": [{"x-id": "반려", "if": {"required": ["결정"], "properties": {"결정": {"const": "반려"}}}, "then": {"required": ["의견"]}}],\n', "", "branch-removed", "조건 '반려'를 없앴습니다."),
    (LOAN, '"rule": "대여일 <= 반납예정일"', '"rule": "대여일 < 반납예정일"', "check-rule", "검사 '기간'의 식이 '대여일 <= 반납예정일'에서 '대여일 < 반납예정일'로 바뀌었습니다."),
    (LOAN, '하세요.", "level": "warning"', '하세요."', "check-level", "검사 '오래'의 막는 정도가 '확인만 받음'에서 '막음'으로 바뀌었습니다."),
    (LOAN, "30일이 넘습니다.", "서른 날이 넘습니다.", "check-message", "검사 '오래'의 알림말이 "),
    (LOAN, '"x-checks": [', '"x-checks": [{"id": "새것", "rule": "보증금 > 1", "at": "보증금", "message": "모자랍니다."},', "check-added", "검사 '새것'을 더했습니다."),
    (MEMBER, ',\n    {"id": "나이", "rule": "만나이(생년월일, 가입일) >= 15", "at": "생년월일", "message": "만 15세부터 가입할 수 있습니다."}', "", "check-removed", "검사 '나이'를 없앴습니다."),
    # lists
    (KINDS, '{"code": "정원"', '{"code": "용접", "label": "용접"}, {"code": "정원"', "option-added", "선택지 '용접'을 더했습니다."),
    (KINDS, '"label": "정원"', '"label": "정원", "to": "2024-12-31"', "option-retired", "선택지 '정원'에 마지막으로 쓰는 날을 정했습니다: 2024-12-31."),
    (KINDS, '{"code": "정원", "label": "정원"},', "", "option-removed", "선택지 '정원'을 없앴습니다."),
    (KINDS, '"code": "정원"', '"code": "뜰", "was": ["정원"]', "option-renamed", "선택지 '정원'이 전에는 '정원'이었습니다."),
    (KINDS, '"label": "정원"', '"label": "뜰"', "option-title", "선택지 '정원'의 이름이 '뜰'로 바뀌었습니다."),
    (KINDS, '"title": "분야"', '"title": "갈래"', "list-title", "코드 목록 '분야'의 이름이 '갈래'로 바뀌었습니다."),
    # processes
    (LIFE, 'name="첫 대여"', 'name="처음 빌리기"', "step-title", "단계 '첫 대여'의 이름이 '처음 빌리기'로 바뀌었습니다."),
    (LIFE, '<spiffworkflow:property name="due" value="14" />', '<spiffworkflow:property name="due" value="7" />', "step-due", "단계 '안전교육'의 기한이 '14'에서 '7'로 바뀌었습니다."),
    (LIFE, "'교육을 마쳤습니다.'", "'이제 빌릴 수 있습니다.'", "step-why", "단계 '첫 대여'의 까닭이 "),
    (LIFE, '<spiffworkflow:property name="assign" value="case.owner" />', "", "step-assign", "단계 '첫 대여'의 맡길 사람을 없앴습니다: case.owner."),
    (LIFE, "먼저(case.owner, person.login)", "person.login", "step-owner", "단계 '안전교육'의 담당이 될 사람이 "),
    (LEND, 'value="loan" />\n        </spiffworkflow:properties>\n      </bpmn:extensionElements>\n      <bpmn:incoming>', 'value="leave" />\n        </spiffworkflow:properties>\n      </bpmn:extensionElements>\n      <bpmn:incoming>', "step-form", "단계 '대여'의 서식이 'loan'에서 'leave'로 바뀌었습니다."),
    (LIFE, "visits.lesson &lt; 10", "visits.lesson &lt; 5", "flow-condition", "길 '예'의 조건이 'visits.lesson < 10 and not 휴면중'에서 'visits.lesson < 5 and not 휴면중'으로 바뀌었습니다."),
    (LIFE, "날짜더하기(record.lesson.last.교육일, 1, '년')", "날짜더하기(record.lesson.last.교육일, 2, '년')", "element-waits", "사건 '교육 1년 뒤'의 기다리는 것이 "),
    (LEND, 'value="담당자, 지점장"', 'value="담당자"', "process-start", "절차 '대여'의 시작할 수 있는 레인이 '담당자, 지점장'에서 '담당자'로 바뀌었습니다."),
    # guards
    (GUARDS, "record.lesson.count == 0", "record.lesson.count &lt; 2", "guard-in-2", "거절 규칙 'lesson_first'의 '언제' 칸이 'record.lesson.count == 0'에서 'record.lesson.count < 2'로 바뀌었습니다."),
    (GUARDS, "안전교육을 먼저 받으세요.", "안전교육부터 받으세요.", "guard-message", "거절 규칙 'lesson_first'의 알림말이 "),
    # roles
    (ROLES, '"title": "관리자"', '"title": "지점 관리자"', "role-title", "역할 '관리자'의 이름이 '지점 관리자'로 바뀌었습니다."),
    (ROLES, '"may": ["person.manage", "access.read", "closing.write"]', '"may": ["person.manage", "access.read"]', "role-may", "역할 '관리자'의 권한이 "),
    (ROLES, '"title": "회원 목록"', '"title": "모든 회원"', "menu-title", "메뉴 '회원 목록'의 이름이 '모든 회원'으로 바뀌었습니다."),
    # views and reports
    (VIEW, '{"id": "loans", "title": "대여 수", "value": "record.loan.count", "type": "number"}', '{"id": "loans", "title": "대여 수", "value": "record.loan.count + 1", "type": "number"}', "column-value", "열 '대여 수'의 식이 'record.loan.count'에서 'record.loan.count + 1'로 바뀌었습니다."),
    (VIEW, ',\n    {"id": "loans", "title": "대여 수", "value": "record.loan.count", "type": "number"}', "", "column-removed", "열 '대여 수'를 없앴습니다."),
    (VIEW, '"required": true,', "", "filter-required", "조회 조건 '가입년도'는 이제 없어도 됩니다."),
    (VIEW, '"descending": true', '"descending": false', "view-sort", "목록의 처음 차례가 "),
    (REPORT, '"how": "mean"', '"how": "max"', "measure-how", "세는 것 '평균 점수'의 세는 방법이 'mean'에서 'max'로 바뀌었습니다."),
    (REPORT, '"where": "not 비어있음(case.가입일)"', '"chart": "lines", "where": "not 비어있음(case.가입일)"', "report-chart", "통계에 그림을 정했습니다: 꺾은선."),
    (REPORT, '"where": "not 비어있음(case.가입일)",', "", "report-where", "통계의 세는 조건을 없앴습니다"),
    (LOANS, '"title": "빌린 책",', '"title": "빌린 책", "where": "this.saved > 기준일",', "view-where", "목록에 담는 조건을 정했습니다: this.saved > 기준일."),
    (LOANS, '"form": "loan"', '"form": "leave"', "view-of", "목록의 줄이 되는 기록의 서식이 'loan'에서 'leave'로 바뀌었습니다."),
    (LOANS, '"form": "loan"', '"form": "loan", "drafts": true', "view-drafts", "목록은 이제 초안도 담습니다."),
    (LOAN, '"x-list"', '"x-visible": "person.login == author", "x-list"', "screen-visible", "기록에 볼 수 있는 사람을 정했습니다: person.login == author."),
    (LOAN, '"x-list"', '"x-print": {"title": "빌림표"}, "x-list"', "screen-print", "인쇄에 설정을 정했습니다"),
    (ROLES, '"menu"', '"codes": {"지점": "B1"}, "menu"', "kind-added", "기관 종류 '지점'을 더했습니다."),
    (EDITION, '"register": "member"', '"beside": ["loan"], "register": "member"', "case-beside", "대상에 모든 화면에서 갈 수 있는 일을 정했습니다: loan."),
    # edition.json
    (EDITION, "['이사', '제명']", "['이사', '제명', '휴면']", "fact-value", "이름 붙인 사실 '종결됨'의 식이 "),
    (EDITION, '"when": "record.lesson.count > 0"', '"when": "record.lesson.count > 1"', "status-value", "대상 상태 '이용 중'의 조건이 "),
    (EDITION, '{"id": "loan", "title": "대여", "date": "record.loan.last.대여일"},', "", "stage-removed", "대상 단계 '대여'를 없앴습니다."),
    (EDITION, '"within": 90', '"within": 60', "counter-within", "첫 화면의 수 '곧 성년'의 남은 날수가 '90'에서 '60'으로 바뀌었습니다."),
    (EDITION, '"from": "2020-01-01"', '"from": "2021-01-01"', "edition-from", "판의 시행일이 '2020-01-01'에서 '2021-01-01'로 바뀌었습니다."),
    (EDITION, '"title": "회원",\n    "register"', '"title": "이용자",\n    "register"', "case-title", "대상의 부르는 말이 '회원'에서 '이용자'로 바뀌었습니다."),
]


@pytest.mark.parametrize(("path", "before", "after", "kind", "sentence"), ONCE, ids=[f"{n}-{one[3]}" for n, one in enumerate(ONCE)])
def test_each_change_is_told_once(path, before, after, kind, sentence):
    edits = [(path, before, after)]
    if kind == "field-renamed":
        edits[0] = (path, before, after.replace('"두께": {"title"', '"굵기": {"title"'))
    found = told(edited(*edits))
    kinds = [kind] if isinstance(kind, str) else list(kind)
    assert [(where, each) for where, each, _ in found] == [(path, each) for each in kinds]
    assert found[0][2].startswith(sentence), found[0][2]
    assert not re.search(r"을\(를\)|이\(가\)|은\(는\)|\(으\)로", found[0][2])


def test_the_same_edition_differs_in_nothing():
    assert difference(toy(), Edition.from_files(dict(FILES))) == ()
    written_otherwise = json.dumps(json.loads(FILES[LOAN]), ensure_ascii=True, indent=7).encode()
    assert told({**FILES, LOAN: written_otherwise}) == []


def test_the_way_back_is_told_too():
    files = edited((LOAN, '"두께": {', '"너비": {"title": "너비", "type": "integer"}, "두께": {'))
    back = difference(Edition.from_files(files), toy())
    assert [(change.kind, change.before, change.after) for change in back] == [("field-retired", "너비", "")]


def test_a_field_and_what_only_follows_its_new_name():
    """One sentence for a name that stands in a branch, a check, a layout, a named fact, a column and a guard."""
    files = dict(FILES)
    for path in files:
        if not path.startswith(("workflows/scenarios", "forms/lists")):
            files[path] = files[path].replace("탈퇴일".encode(), "나간날".encode())
    files[LEAVE] = files[LEAVE].replace('"나간날": {"title": "나간날"'.encode(), '"나간날": {"x-was": ["탈퇴일"], "title": "탈퇴일"'.encode())
    assert told(files) == [(LEAVE, "field-renamed", "항목 '탈퇴일'의 규칙 이름이 '탈퇴일'에서 '나간날'로 바뀌었습니다.")]


def test_a_section_takes_its_parts_with_it():
    files = dict(FILES)
    for path in (LEAVE, EDITION):
        files[path] = files[path].replace('last.휴면.'.encode(), 'last.쉼.'.encode())
    files[LEAVE] = files[LEAVE].replace('"휴면": {\n      "title"'.encode(), '"쉼": {\n      "x-was": ["휴면"],\n      "title"'.encode())
    files[LEAVE] = files[LEAVE].replace('["휴면"]}'.encode(), '["쉼"]}'.encode()).replace('{"휴면": false}'.encode(), '{"쉼": false}'.encode())
    found = told({**files, LEAVE: files[LEAVE].replace('"then": {"required": ["휴면"]}'.encode(), '"then": {"required": ["쉼"]}'.encode())})
    assert [kind for _, kind, _ in found] == ["field-renamed"]


def test_a_field_that_goes_into_a_section_has_moved():
    files = edited(
        (LOAN, '"보증금": {"title": "보증금", "type": "integer", "minimum": 0, "x-ui": {"unit": "원"}},', ""),
        (LOAN, '"두께": {', '"보증금": {"x-was": ["보증금"], "title": "보증금", "type": "integer", "minimum": 0, "x-ui": {"unit": "원"}}, "두께": {'),
        (LOAN, '"분야", "보증금", "품목"]', '"분야", "품목"]'),
    )
    kinds = [(change.kind, change.sentence) for change in difference(toy(), with_form(files, LOAN)) if change.kind.startswith("field")]
    assert kinds == [("field-moved", "항목 '보증금'의 자리가 '화면'에서 '목공'으로 옮겨졌습니다.")]


def with_form(files, path):
    """An edition whose branches and checks over the field that moved were left out."""
    form = json.loads(files[path])
    form["allOf"] = form["allOf"][:2]
    form["x-checks"] = [check for check in form["x-checks"] if check["id"] != "합계"]
    report = json.loads(files[REPORT])
    report["measures"] = [part for part in report["measures"] if part["id"] != "deposit"]
    return Edition.from_files({**files, path: json.dumps(form).encode(), REPORT: json.dumps(report).encode()})


def test_forms_lists_views_processes_and_rows_come_and_go():
    files = edited((GUARDS, '<rule id="lesson_first">', '<rule id="lesson_before">'))
    files["forms/lists/new.json"] = b'{"title": "new", "items": [{"code": "a", "label": "a"}]}'
    files["forms/views/again.json"] = files[VIEW].replace(b'"id": "members"', b'"id": "again"')
    files["workflows/again.bpmn"] = files[LEND].replace(b'id="loan"', b'id="again"').replace(b'processRef="loan"', b'processRef="again"')
    files["forms/extra.json"] = files[LESSON].replace(b"form:lesson", b"form:extra")
    files.pop("workflows/scenarios/bus.json")
    found = {(kind, sentence) for _, kind, sentence in told(files)}
    assert found == {
        ("form-added", "서식 '안전교육'을 더했습니다."), ("list-added", "코드 목록 'new'를 더했습니다."), ("view-added", "목록 화면 '회원 목록'을 더했습니다."),
        ("process-added", "절차 '대여'를 더했습니다."), ("guard-added", "거절 규칙 'lesson_before'를 더했습니다."),
        ("guard-removed", "거절 규칙 'lesson_first'을 없앴습니다."), next(one for one in found if one[0] == "scenario-removed"),
    }


LOOK = (
    '<bpmn:userTask id="look" name="살펴보기"><bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="form" value="loan" />'
    '</spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask><bpmn:sequenceFlow id="f_look" sourceRef="loan_again" targetRef="look" />'
    '<bpmn:sequenceFlow id="f_end" sourceRef="look" targetRef="end" />'
)


def test_a_step_between_two_is_told_with_its_ways():
    files = edited(
        (LEND, '<bpmn:sequenceFlow id="f_end" sourceRef="loan_again" targetRef="end" />', LOOK),
        (LEND, "<bpmn:flowNodeRef>end</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>look</bpmn:flowNodeRef><bpmn:flowNodeRef>end</bpmn:flowNodeRef>"),
    )
    assert [(kind, sentence) for _, kind, sentence in told(files)] == [("step-added", "단계 '살펴보기'를 더했습니다.")]
    back = difference(Edition.from_files(files), toy())
    assert [change.kind for change in back] == ["step-removed"]


def test_another_lane_and_another_id():
    files = edited((LEND, 'name="담당자">', 'name="지점장">'))
    assert {kind for _, kind, _ in told(files)} == {"step-lane", "element-lane"}
    files = edited((LEND, "loan_again", "lend"))
    assert [kind for _, kind, _ in told(files)] == ["step-renamed"]


def test_what_is_no_rule_is_told_in_one_sentence():
    assert [kind for _, kind, _ in told(edited((LEND, '<dc:Bounds x="260"', '<dc:Bounds x="261"')))] == ["file-changed"]
    assert [kind for _, kind, _ in told(edited((LOAN, '"x-dialect": 1,', '"x-dialect": 1, "$comment": "살펴봄",')))] == ["file-changed"]


def test_the_next_year_of_the_same_rules_is_only_its_name():
    files = {path: content.replace(b":toy\"", b":toy2\"") for path, content in edited((EDITION, '"name": "toy"', '"name": "toy2"')).items()}
    assert [kind for _, kind, _ in told(files)] == ["edition-name"]


def test_the_shipped_edition_differs_from_itself_in_nothing():
    files = read_folder(ROOT)
    assert difference(Edition.from_files(files), Edition.from_files(dict(files))) == ()
