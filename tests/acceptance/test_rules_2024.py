"""The rules R01 to R105 of the 2024 manual: `docs/rules.md` says where each lives and what exercises it; those no scenario can show are tested here."""

from __future__ import annotations

import ast
import json
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from engine.casework.facts import Facts
from engine.spec.edition import load_edition

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "rules.md"
SCENARIOS = ROOT / "workflows" / "scenarios"
ROW = re.compile(r"^\| (R\d+) \| (.+?) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
FACILITIES = ("아동양육시설", "공동생활가정")
NEVER = {"count": 0, "first": None, "last": None}


@pytest.fixture(scope="module")
def rows():
    return ROW.findall(TABLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def edition():
    return load_edition(ROOT)


def named(text):
    """What a cell names in `code` marks."""
    return re.findall(r"`([^`]+)`", text)


@cache
def parsed(path):
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def carried(name):
    """The rules that the test cited as "path::function" (or the file, as "path") says it holds, in its name or its docstring."""
    path, _, test = name.partition("::")
    tree = parsed(path)
    node = next(each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == test) if test else tree
    return {word.upper() for word in re.findall(r"(?<![a-z0-9])r\d{2,}(?![0-9a-z])", f"{test} {ast.get_docstring(node) or ''}", re.IGNORECASE)}


def scenarios_of(cell):
    return {name.removesuffix(".json") for name in named(cell) if "/" not in name and name.endswith(".json")}


# -- the table ------------------------------------------------------------------------------------------------------------------


def test_the_table_has_every_rule_once(rows):
    assert [row[0] for row in rows] == [f"R{number:02}" for number in range(1, 106)]


def test_every_rule_is_exercised_or_says_why_not(rows):
    silent = [number for number, _, _, _, proof in rows if not named(proof) and not proof.startswith("아님: ")]
    assert silent == []
    assert [number for number, _, _, where, _ in rows if not where] == []


def test_what_the_table_names_is_there(rows):
    missing = []
    for number, _, _, where, proof in rows:
        for name in named(where):
            path, _, part = name.partition("#")
            file = ROOT / path
            if not file.exists() or (part and not re.search(rf'"{re.escape(part)}"', file.read_text(encoding="utf-8"))):
                missing.append((number, name))
        for name in named(proof):
            path, _, test = name.partition("::")
            file = ROOT / path if "/" in name else SCENARIOS / name
            if not file.exists() or (test and f"def {test}(" not in file.read_text(encoding="utf-8")):
                missing.append((number, name))
    assert missing == []


def test_scenarios_and_table_name_each_other(rows):
    by_table = {(scenario, number) for number, _, _, _, proof in rows for scenario in scenarios_of(proof)}
    by_scenario = {(path.stem, number) for path in SCENARIOS.glob("*.json") for number in json.loads(path.read_text(encoding="utf-8")).get("rules", ())}
    assert by_table == by_scenario


def test_every_test_that_is_cited_carries_the_number(rows):
    """Scenarios carry theirs in `rules`; only a rule that says why it is not done has no proof."""
    silent = [(number, name) for number, _, _, _, proof in rows for name in named(proof) if "/" in name and number not in carried(name)]
    assert silent == []


# -- rules that are no story ----------------------------------------------------------------------------------------------------


def test_r03_r04_each_kind_of_institution_has_its_worker_and_its_manager(edition):
    managing = {role.id: role for role in edition.roles.roles.values() if role.exclusive}
    assert {name: (role.title, role.kinds) for name, role in managing.items()} == {
        "general_worker": ("일반사례관리자", FACILITIES), "general_manager": ("일반사례관리팀장", FACILITIES),
        "special_worker": ("특화사례관리자", ("가정위탁",)), "special_manager": ("특화사례관리팀장", ("가정위탁",)),
    }


def test_r05_only_managers_decide_on_case_managers_and_all_enter_and_count(edition):
    for worker, manager in (("general_worker", "general_manager"), ("special_worker", "special_manager")):
        of_worker, of_manager = (edition.roles.roles[name] for name in (worker, manager))
        assert "task.approve" in of_manager.may - of_worker.may
        assert {"case.write", "report.read"} <= of_worker.may
        assert edition.roles.lanes_of([worker]) == {"사례관리자"}
        assert "사례관리팀장" in edition.roles.lanes_of([manager])
    assert edition.processes["case_manager_direct_change"].start == ("사례관리팀장",)


def test_r06_the_four_case_management_roles_exclude_each_other(edition):
    assert {role.exclusive for name, role in edition.roles.roles.items() if name.startswith(("general_", "special_"))} == {"case_management_role"}


def test_r09_decided_requests_are_listed_for_who_decides(edition):
    view = edition.views["manager_change_requests"]
    assert view.of == "case_manager_change_approval"
    assert [column.title for column in view.columns] == ["대상자성명", "대상자생년월일", "요청일자", "승인여부", "변경전 담당자", "변경후 담당자", "승인 담당자"]
    this = {"대상자성명": "이준호", "승인여부": "반려", "승인담당자": "최수빈"}
    assert [view.column(each).value({"this": this}) for each in ("child_name", "approval_state", "approver")] == ["이준호", "반려", "최수빈"]
    led = {role for role in edition.roles.roles if any(line.view == view.id for line in edition.roles.menu_of([role]))}
    assert led == {"general_manager", "special_manager"}


def test_r20_every_statistic_counts_by_the_day_of_registration(edition):
    saved = {"count": 1, "first": None, "last": {"대상등록일": date(2023, 5, 17)}}
    scope = facts_of(edition, "아동양육시설", date(2007, 1, 1), child_selfreliance_info=saved)
    for report in edition.reports.values():
        dated = [each for each in report.filters if each.required]
        assert dated, report.id
        assert {report.stored.column(each.column).value(scope) for each in dated} == {date(2023, 5, 17)}, report.id


SUSPENDED = {"count": 1, "first": None, "last": {"보호종료사유": "일시중지", "종료일": date(2023, 6, 1)}}


@pytest.mark.parametrize("before", [NEVER, SUSPENDED])
def test_r39_r86_a_child_ended_otherwise_counts_by_its_own_day_and_reason(edition, before):
    ended = {"count": 1, "first": None, "last": {"종료일": date(2024, 3, 4)}}
    scope = facts_of(edition, "가정위탁", date(2008, 1, 1), protection_termination=before, other_termination=ended)
    report = edition.reports["ends_by_reason"]
    assert [report.stored.column(f"group.{each}").value(scope) for each in ("end_year", "reason")] == [2024, "기타종료"]
    assert edition.views["case_target_list_foster"].column("termination_date").value(scope) == date(2024, 3, 4)
    assert next(stage for stage in edition.case.stages if stage.id == "종결").date(scope) == date(2024, 3, 4)


def test_r23_only_the_central_body_sets_the_closing_date(edition):
    assert {kind for role in edition.roles.roles.values() if "closing.write" in role.may for kind in role.kinds} == {"보장원"}


def facts_of(edition, kind, birth, **records):
    known = {"today": date(2024, 3, 4), "closing_date": None, "institution": {"kind": kind}, "case": {"생년월일": birth}, "record": _Records(records)}
    return Facts({name: (lambda value=value: value) for name, value in known.items()}, edition.facts)


class _Records(dict):
    def get(self, name, default=None):
        return super().get(name, NEVER)


SAVED = {"count": 1, "first": {"대상등록일": date(2024, 3, 1)}, "last": {"대상등록일": date(2024, 3, 1)}}
CLOSED = {"count": 1, "first": None, "last": {"보호종료사유": "만기종료", "종료일": date(2024, 3, 2)}}


@pytest.mark.parametrize(("kind", "birth", "records", "there"), [
    ("아동양육시설", date(2008, 1, 1), {}, False), ("아동양육시설", date(2008, 1, 1), {"child_selfreliance_info": SAVED}, True),
    ("아동양육시설", date(2010, 1, 1), {"child_selfreliance_info": SAVED}, False), ("가정위탁", date(2008, 1, 1), {}, True), ("가정위탁", date(2010, 1, 1), {}, False),
    ("공동생활가정", date(2004, 1, 1), {"child_selfreliance_info": SAVED, "protection_termination": CLOSED}, True),
])
def test_r30_r31_who_stands_in_the_target_list(edition, kind, birth, records, there):
    views = [view for view in edition.views.values() if view.list.startswith("case_target_list") and view.for_kind(kind)]
    assert len(views) == 1
    assert bool(views[0].where(facts_of(edition, kind, birth, **records))) is there


@pytest.mark.parametrize("birth", [date(2010, 1, 1), date(2008, 1, 1)])
def test_r13_below_15_a_child_is_neither(edition, birth):
    facts = facts_of(edition, "아동양육시설", birth)
    assert facts["자립구분"] == (None if birth.year == 2010 else "후보자")


def test_r33_r104_progress_columns_hold_a_day_or_nothing_and_aftercare_stays(edition):
    for view in (edition.views["case_target_list_facility"], edition.views["case_target_list_foster"]):
        progress = [column for column in view.columns if column.group == "업무진행상황"]
        assert [column.title for column in progress] == ["조사", "계획", "제공", "종결", "사후관리", "사례회의"]
        assert {column.type for column in progress} == {"date"}


def test_r35_the_institution_column_is_headed_by_its_kind(edition):
    titles = {name: edition.views[f"case_target_list_{name}"].column("institution_name").title for name in ("facility", "foster")}
    assert titles == {"facility": "기관명", "foster": "센터"}


def test_r37_the_decision_year_is_asked_for_and_begins_wide(edition):
    for name in ("facility", "foster"):
        asked = next(each for each in edition.views[f"case_target_list_{name}"].filters if each.id == "decision_year")
        assert asked.required
        assert [fx({"today": date(2024, 3, 4)}) for fx in asked.default] == [1999, 2024]


@pytest.mark.parametrize(("view", "column", "field"), [
    ("assessment_list", "assessor_count", "조사자수"), ("plan_list", "planner_count", "계획자수"), ("case_journal_list", "provider_count", "제공자수"),
    ("termination_list", "closer_count", "종결자수"),
])
def test_a_list_counts_the_people_of_a_record_as_the_record_does(edition, view, column, field):
    counted = edition.views[view].column(column).value
    assert counted({"this": {field: 3, "writers": 1}}) == 3
    assert counted({"this": {"writers": 2}}) == 2


def test_r102_saved_conferences_are_listed_with_all_the_manual_shows_of_one(edition):
    view = edition.views["case_conference_all_list"]
    assert view.of == "case_conference"
    printed = {"사례관리번호", "회의자수", "회의제목", "회의일시", "다음회의일시", "사례관리자", "최초등록자", "작성상태"}
    assert printed <= {column.title for column in view.columns}
    assert view.column("attendee_count").value({"this": {"회의자수": 4}}) == 4


def test_r52_a_programme_is_of_one_of_eight_domains(edition):
    assert len(edition.lists["program-domain"].items) == 8


@pytest.mark.parametrize(("form", "tables"), [
    ("selfreliance_plan", ("/자격증", "/학원지원", "/직업훈련", "/멘토")),
    ("protection_termination", ("/연장종료만기종료/직업훈련", "/연장종료만기종료/자격증", "/연장종료만기종료/가족사항")),
])
def test_r49_r83_rows_are_added_only_where_they_apply(edition, form, tables):
    for pointer in tables:
        field = edition.forms[form].fields[pointer]
        assert field.type == "table"
        assert not field.required


def test_r100_every_screen_leads_to_the_conference(edition):
    assert "case_conference" in edition.case.beside
