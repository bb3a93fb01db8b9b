"""The guide for policy staff is true: every example of forms/README.md and workflows/README.md is done to a copy of the edition, and works."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.casework import cases, home, queries, statistics, tasks
from engine.casework.scenarios import run
from engine.casework.skeletons import compose
from engine.spec.check import check
from engine.spec.difference import difference
from engine.spec.edition import Edition
from engine.spec.folder import read_folder
from engine.store.files import MemoryFiles
from tests.acceptance.edits import done, edits_of
from tests.acceptance.test_edition_2025 import Center

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("forms/README.md", "workflows/README.md")
EDITS = [edit for page in PAGES for edit in edits_of((ROOT / page).read_text(encoding="utf-8"))]
TODAY = date(2025, 3, 4)

#: What the difference says of each example: (kind, file).
TOLD = {
    "항목 더하기": {("field-added", "forms/settlement_plan.json")},
    "항목 옮기기": {("field-moved", "forms/case_conference.json")},
    "항목 없애기": {("field-retired", "forms/settlement_plan.json")},
    "항목의 이름 바꾸기": {("field-renamed", "forms/session_report.json"), ("field-title", "forms/session_report.json")},
    "필수로 바꾸기": set(),  # a new field that is required is told as new
    "어떤 답일 때만 보이고 필수": {("branch-added", "forms/settlement_plan.json"), ("field-added", "forms/settlement_plan.json")},
    "탭 더하기": {("tab-added", "forms/skills_assessment.json"), ("field-moved", "forms/skills_assessment.json")},
    "표와 합계 규칙 더하기": {("field-added", "forms/session_report.json"), ("check-added", "forms/session_report.json"), ("tab-added", "forms/session_report.json")},
    "날짜의 앞뒤를 살피기": {("check-added", "forms/settlement_plan.json")},
    "마감 바꾸기": {
        ("check-rule", "forms/counselling_log.json"), ("check-message", "forms/counselling_log.json"), ("scenario-changed", "workflows/scenarios/side-records.json"),
    },
    "처음에 채워 두기와 도움말": {("field-added", "forms/settlement_plan.json")},
    "선택지 더하기와 그만 쓰기": {("option-added", "forms/lists/counsel-type.json"), ("option-retired", "forms/lists/counsel-type.json")},
    "선택지의 이름 바꾸기": {("option-renamed", "forms/lists/counsel-type.json"), ("option-title", "forms/lists/counsel-type.json")},
    "점수 식 바꾸기": {("field-derived", "forms/skills_assessment.json"), ("field-help", "forms/skills_assessment.json")},
    "목록에 열 더하기": {("column-added", "forms/views/assessment_list.json")},
    "통계에 세는 것 더하기": {("measure-added", "forms/reports/ends_by_reason.json")},
    "통계 더하기": {("report-added", "forms/reports/visits_by_kind.json")},
    "첫 화면의 숫자 바꾸기": {("counter-within", "forms/edition.json"), ("counter-hint", "forms/edition.json")},
    "서식 더하기": {("form-added", "forms/home_visit.json"), ("list-added", "forms/lists/visit-place.json")},
    "기한 바꾸기": {("step-due", "workflows/selfreliance_plan.bpmn")},
    "왜 할 일인지 문장 바꾸기": {("step-why", "workflows/selfreliance_plan.bpmn")},
    "일 더하기": {("process-added", "workflows/home_visit.bpmn")},
    "승인 단계 더하기": {("form-added", "forms/home_visit_approval.json")},
    "역할 더하기": {("lane-added", "workflows/roles.json"), ("role-added", "workflows/roles.json")},
    "역할의 권한 바꾸기": {("role-may", "workflows/roles.json")},
    "두 번째 승인자 더하기": set(),  # steps of a process that is new
    "갈래 더하기": set(),
    "날짜가 되면 시작하기": set(),
    "거절 규칙 더하기": {("guard-added", "workflows/decisions/guards.dmn")},
    "거절 규칙 바꾸기": {("guard-in-2", "workflows/decisions/guards.dmn"), ("guard-message", "workflows/decisions/guards.dmn")},
    "시나리오 더하기": {("scenario-added", "workflows/scenarios/home-visit.json")},
    "지나지 않은 곳의 뼈대를 받아 시나리오 더하기": {("scenario-added", "workflows/scenarios/home-visit-closed.json")},
    "일어난 일을 시나리오로 옮기기": {("scenario-added", "workflows/scenarios/from-a-case.json")},
}


@pytest.fixture(scope="module")
def files():
    return read_folder(ROOT)


@pytest.fixture(scope="module")
def after(files):
    return done(files, EDITS)


@pytest.fixture(scope="module")
def edition(after):
    return Edition.from_files(after)


def read(edition, form, answers, **more):
    nothing = {"count": 0, "first": None, "last": None}
    person = {"login": "kim", "name": "김가상", "phone": "010-0000-0001", "email": "kim@example.kr", "roles": ()}
    facts = {
        "today": TODAY, "closing_date": date(2025, 1, 1), "person": person, "institution": {"name": "솔빛원", "kind": "아동양육시설"}, "people": {},
        "case": {"number": "2025-0001", "대상자명": "정가상", "생년월일": date(2008, 1, 5)}, "record": {name: nothing for name in edition.forms},
    }
    return edition.forms[form].read(answers, facts | more, TODAY, confirmed=False, strict=True)


def told(reading):
    return {error.path: error.message for error in reading.errors}


def test_there_is_nothing_to_find_after_all_examples(after):
    assert [str(finding) for finding in check(after)] == []


def test_the_difference_tells_each_example_and_nothing_else(files, edition):
    assert {edit.recipe for edit in EDITS} == set(TOLD)
    found = difference(Edition.from_files(files), edition)
    assert {(change.kind, change.path) for change in found} == set.union(*TOLD.values()), [str(change) for change in found]


SETTLEMENT = {
    "신청인": {"신청일": "2025-03-03", "휴대전화번호": "010-1234-5678", "은행명": "가상은행", "계좌번호": "110-1"}, "자립업무담당자": {"휴대전화번호": "010-1234-5678"},
    "지급예정일": "2025-04-01", "사용계획서제출여부": "제출", "자립정착금수령여부": "수령", "자립정착금총액": 0,
}


def test_a_field_that_is_new_required_filled_in_and_looked_at(edition):
    form = edition.forms["settlement_plan"]
    assert form.prefill({"today": TODAY, "case": {}, "person": {}}, TODAY)["지급예정일"] == "2025-04-04"
    assert "/지급예정일" in told(read(edition, "settlement_plan", {key: value for key, value in SETTLEMENT.items() if key != "지급예정일"}))
    assert told(read(edition, "settlement_plan", {**SETTLEMENT, "지급예정일": "2025-03-02"})) == {"/지급예정일": "지급 예정일은 신청일보다 빠를 수 없습니다."}
    assert "비고" not in form.schema["properties"]["사용계획"]["items"]["properties"]
    assert form.fields["/지급예정일"].help == "지자체가 지급하기로 한 날입니다."


def test_a_field_that_stands_only_for_one_answer(edition):
    assert "/미제출사유" not in read(edition, "settlement_plan", SETTLEMENT).visible
    asked = read(edition, "settlement_plan", {**SETTLEMENT, "사용계획서제출여부": "미제출"})
    assert ("/미제출사유" in asked.visible, "/미제출사유" in told(asked)) == (True, True)


def test_a_deadline_that_is_later(edition):
    said = [told(read(edition, "counselling_log", {"상담일자": day})).get("/상담일자", "") for day in ("2024-11-30", "2024-12-01")]
    assert said == ["상담일자는 마감일자(2025-01-01)의 한 달 앞보다 이전일 수 없습니다.", ""]


def test_a_refusal_that_begins_a_day_later(edition):
    facts = {"종결됨": False, "closing_date": date(2025, 1, 1), "old": {"상담일자": date(2024, 12, 20)}}
    refused = [[each.row_id for each in edition.guards.refusals("amend:counselling_log", {**facts, "today": day})] for day in (date(2025, 1, 1), date(2025, 1, 2))]
    assert refused == [[], ["closed_year"]]


def test_a_role_that_may_more(files, edition):
    assert [each.roles.may({"institution_deputy"}, "report.read") for each in (Edition.from_files(files), edition)] == [False, True]


def test_a_table_whose_sum_is_asked_for(edition):
    rows = {"재료비총액": 3000, "재료비": [{"품목": "종이", "금액": 1000}, {"품목": "풀", "금액": 1000}]}
    assert told(read(edition, "session_report", rows))["/재료비총액"] == "재료비의 합계(2,000원)가 재료비 총액과 같아야 합니다."
    assert "/재료비총액" not in told(read(edition, "session_report", {**rows, "재료비총액": 2000}))
    assert edition.forms["session_report"].fields["/회기내용"].was == ("내용",)


def test_tabs_and_places(edition):
    tabs = {form: {tab.title: tab.fields for tab in edition.forms[form].layout} for form in ("case_conference", "skills_assessment")}
    assert "/다음회의일시" in tabs["case_conference"]["참석자"]
    assert tabs["skills_assessment"]["전체 점수"] == ("/전체영역",)


def test_options_of_the_day(edition):
    codes = edition.lists["counsel-type"]
    for day, offered in ((date(2024, 12, 31), {"내방"}), (date(2025, 1, 1), {"화상"})):
        assert {item.code for item in codes.valid(day)} & {"내방", "화상"} == offered
    assert next(item.label for item in codes.items if "e-mail(사이버)" in item.was) == "온라인(전자우편·메신저)"


def test_a_score_that_counts_one_part_twice(files, edition):
    answers = {part: {f"문항{n}": value for n in range(1, many + 1)} for part, many, value in (
        ("일상생활", 8, 2), ("자기보호", 5, 2), ("지역사회자원활용", 5, 2), ("돈관리", 5, 2), ("사회적기술", 7, 2), ("진로탐색", 6, 4))}
    assert read(edition, "skills_assessment", {"작성일": "2025-03-04", **answers}).data["전체영역"] == 64  # (5 * 50 + 2 * 100) / 7


def test_lists_statistics_and_the_first_page(edition):
    assert edition.views["assessment_list"].column("total").title == "전체영역"
    assert [part.id for part in edition.reports["ends_by_reason"].measures] == ["children", "mean_age"]
    assert next(each.within for each in edition.home if each.id == "ending") == 60


def test_the_new_work_goes_as_its_scenario_says(edition):
    """Approval, second approver, way by telephone, timer, refusal, due dates: played by the real verbs."""
    outcome = run(edition, ("home-visit",))
    assert ([str(finding) for finding in outcome.findings], outcome.ran) == ([], ("home-visit",))


def test_a_finished_skeleton_and_a_recorded_case_play_as_they_are(edition):
    """The one as `didimdol test --skeletons` writes it for a check of the new form, the other as `didimdol record-scenario` wrote it."""
    outcome = run(edition, ("home-visit-closed", "from-a-case"))
    assert [str(finding) for finding in outcome.findings] == []
    assert ("check", "home_visit", "#마감:fail") in outcome.coverage.met
    (made,) = compose(edition, [(("check", "home_visit", "#마감:fail"), "가정방문 기록: 마감 (걸릴 때)")])
    assert made.text == edition.files["workflows/scenarios/home-visit-closed.json"].decode()


@pytest.mark.parametrize("page", ["### 가\n```전\nx\n```", "### 가\n파일: `forms/x.json`\n```뒤\nx\n```", "### 가\n파일: `a`\n```전\nx\n```\n```전\nx\n```"])
def test_half_an_example_is_no_example(page):
    with pytest.raises(ValueError, match="가"):
        edits_of(page)


class Guided(Center):
    TALK = {**Center.TALK, "상담유형": "내방"}  # the other has another code by then


def test_what_is_changed_is_seen_at_work(after, sqlite_database, cipher):
    """A due date, a reason, a column, a statistic, a number of the first page: as a caseworker sees them under the changed edition."""
    center = Guided(sqlite_database, cipher, MemoryFiles(), after)
    for born in ("2007-01-11", "2007-01-31"):  # 18 in 50 and in 70 days
        center.child("박가상", born)
    plan = {
        "계획일자": "2024-11-22", "자립계획구분": "진학", "학교선택": "고등학교", "학년선택": "고3", "학교유형": "일반고", "희망주거": "기숙사",
        "진학계획": {"대학구분": "4년제", "희망대학명": "가상대학교", "희망학과명": "사회복지학과", "등록금조달방안": "국가장학금"},
    }
    center.complete("worker", center.open_tasks(center.planning, "worker")["selfreliance_plan"].id, plan, confirmed=True)
    with center.desk("worker") as desk:
        begun = tasks.start(desk, center.planning, "selfreliance_plan")
    with center.desk("worker") as desk:
        waiting = next(task for task in cases.view(desk, center.planning).tasks if task.id == begun)
        assert (waiting.due, waiting.why) == (date(2024, 12, 22), "한 달 안에 계획을 세웁니다.")
        (row,) = queries.cases(desk, "assessment_list", {}).rows
        assert row.values["total"] == 75
        assert {each.id: each.count for each in home.home(desk).figures}["ending"] == 1
    with center.desk("manager") as desk:
        assert statistics.figures(desk, "visits_by_kind", {}).rows == (("가정위탁", 1),)
        assert [head.id for head in statistics.figures(desk, "ends_by_reason", None).columns][-1] == "mean_age"
