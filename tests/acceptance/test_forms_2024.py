"""The forms of the 2024 edition say what the manual prints: scores, derived values, branches, messages.

Holds I5, S28 (SECURITY.md).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.spec.edition import load_edition

ROOT = Path(__file__).parents[2]
TODAY = date(2024, 11, 20)


@pytest.fixture(scope="module")
def forms():
    return load_edition(ROOT).forms


def facts(**more):
    none = {"count": 0, "made": 0, "first": None, "last": None}
    records = {name: none for name in ("protection_extension_popup", "settlement_plan", "skills_assessment", "child_disability_health", "counselling_log")}
    known = {
        "today": TODAY,
        "closing_date": date(2024, 1, 1),
        "person": {"login": "kim", "name": "김서연", "phone": "010-0000-0001", "email": "kim@example.kr"},
        "institution": {"name": "솔빛원", "kind": "아동양육시설", "region": "경기도"},
        "case": {"number": "2024-0001", "대상자명": "이준호", "성별": "남", "생년월일": date(2006, 12, 5), "입소일자": date(2018, 5, 14), "owner": "kim", "owner_name": "김서연"},
        "people": {"kim": {"name": "김서연"}, "choi": {"name": "최수빈", "phone": "010-0000-0002", "institution_name": "솔빛원"}},
        "record": records | more.pop("record", {}),
        "records": {},
        "before": None,
        "cases": {},
    }
    return known | more


def read(form, answers, confirmed=False, strict=True, **more):
    return form.read(answers, facts(**more), TODAY, confirmed=confirmed, strict=strict)


def told(reading):
    return {error.path: error.message for error in reading.errors}


def warned(reading):
    return {warning.path for warning in reading.warnings}


# -- 조사 -----------------------------------------------------------------------------------------------------------------------

PRINTED = {
    "일상생활": [2, 4, 3, 3, 4, 3, 3, 3],
    "자기보호": [4, 4, 4, 4, 4],
    "지역사회자원활용": [4, 4, 4, 3, 3],
    "돈관리": [2, 2, 2, 2, 3],
    "사회적기술": [4, 4, 3, 3, 3, 4, 3],
    "진로탐색": [3, 3, 3, 3, 3, 2],
}


def assessment(**change):
    domains = {name: {f"문항{n}": answer for n, answer in enumerate(answers, 1)} for name, answers in PRINTED.items()}
    return {"작성일": "2024-03-01", **domains, **change}


def test_the_printed_answers_give_the_printed_scores(forms):
    """Holds R43, R44 (docs/rules.md)."""
    reading = read(forms["skills_assessment"], assessment())
    assert reading.ok
    names = ("일상생활기술영역점수", "자기보호기술영역점수", "지역사회자원활용기술영역점수", "돈관리기술영역점수", "사회적기술영역점수", "진로탐색영역점수")
    assert [reading.data[name] for name in names] == [78, 100, 90, 55, 86, 71]
    assert reading.data["전체영역"] == 80
    assert reading.data["평가년도"] == 2024


def test_all_ones_give_25_and_all_fours_100(forms):
    """Holds R43 (docs/rules.md)."""
    for answer, score in ((1, 25), (4, 100)):
        same = {name: {f"문항{n}": answer for n in range(1, len(answers) + 1)} for name, answers in PRINTED.items()}
        assert read(forms["skills_assessment"], {"작성일": "2024-03-01"} | same).data["전체영역"] == score


def test_every_item_must_be_answered_before_a_score_shows(forms):
    """Holds R41 (docs/rules.md)."""
    reading = read(forms["skills_assessment"], assessment(진로탐색={"문항1": 3}))
    assert set(told(reading)) == {f"/진로탐색/문항{n}" for n in range(2, 7)}
    assert "진로탐색영역점수" not in reading.data
    assert "전체영역" not in reading.data


@pytest.mark.parametrize("answer", [0, 5, "3", True, None])
def test_an_answer_is_one_of_four_numbers(forms, answer):
    reading = read(forms["skills_assessment"], assessment(자기보호={"문항1": answer, **{f"문항{n}": 4 for n in range(2, 6)}}))
    assert not reading.ok
    assert "/자기보호/문항1" in told(reading)


def test_items_that_are_not_printed_say_so(forms):
    fields = forms["skills_assessment"].fields
    printed = [field.title for pointer, field in fields.items() if pointer.startswith("/일상생활/")]
    assert printed[0] == "1. 영양성분을 고려한 식사준비를 계획할 수 있다."
    assert len(printed) == 8
    others = [field.title for pointer, field in fields.items() if "/문항" in pointer and not pointer.startswith("/일상생활/")]
    assert all("임시 문항" in title for title in others)


# -- 등록 -----------------------------------------------------------------------------------------------------------------------


def registration(**change):
    return {"입소일자": "2018-05-14", "대상등록일": "2024-01-01", "입소경로": "보호자 의뢰", "주발생유형": "부모 사망", **change}


def test_registration_derives_the_age_at_entry_and_shows_the_closing_date(forms):
    """Holds R17 (docs/rules.md)."""
    reading = read(forms["child_selfreliance_info"], registration(대상등록일="2024-02-01"))
    assert reading.ok
    assert reading.data["입소연령"] == 11
    assert reading.data["마감일자"] == "2024-01-01"


def test_registration_starts_with_today_and_the_known_entry_date(forms):
    """Holds R18 (docs/rules.md)."""
    assert forms["child_selfreliance_info"].prefill(facts(), TODAY) == {"입소일자": "2018-05-14", "대상등록일": "2024-11-20"}


@pytest.mark.parametrize(("day", "message"), [("2023-12-31", "대상등록일은 마감일자(2024-01-01)보다 이전일 수 없습니다."), ("2024-01-01", None)])
def test_registration_may_not_lie_before_the_closing_date(forms, day, message):
    """Holds R19 (docs/rules.md)."""
    reading = read(forms["child_selfreliance_info"], registration(대상등록일=day))
    assert told(reading).get("/대상등록일") == message


def test_without_a_closing_date_no_date_is_too_early(forms):
    """Holds R21 (docs/rules.md)."""
    assert read(forms["child_selfreliance_info"], registration(대상등록일="2022-05-01"), closing_date=None).ok


def test_a_child_under_15_is_not_registered(forms):
    """Holds R12 (docs/rules.md)."""
    young = facts()["case"] | {"생년월일": date(2009, 11, 21)}
    reading = read(forms["child_selfreliance_info"], registration(대상등록일="2024-11-20"), case=young, 만15세도달일=date(2024, 11, 21))
    assert "만 15세" in told(reading)["/대상등록일"]
    assert "2024-11-21" in told(reading)["/대상등록일"]


def test_other_asks_for_its_text_and_nothing_else_does(forms):
    """Holds R24 (docs/rules.md)."""
    form = forms["child_selfreliance_info"]
    assert set(told(read(form, registration(입소경로="기타", 주발생유형="기타")))) == {"/입소경로기타내용", "/주발생유형기타내용"}
    assert "/입소경로기타내용" in told(read(form, registration(입소경로기타내용="남은 값")))
    assert "입소경로기타내용" not in read(form, registration(입소경로기타내용="남은 값"), strict=False).data


def test_the_main_cause_is_not_a_further_cause(forms):
    """Holds R25 (docs/rules.md)."""
    form = forms["child_selfreliance_info"]
    assert read(form, registration(부발생유형=["유기", "미아"])).ok
    assert "/부발생유형" in told(read(form, registration(부발생유형=["유기", "부모 사망"])))


def test_values_at_entry_come_from_the_first_health_record(forms):
    """Holds R26 (docs/rules.md)."""
    health = {"count": 2, "first": {"신장": 160, "몸무게": 50, "혈액형": "O(RH+)"}, "last": {"신장": 171, "몸무게": 60, "혈액형": "O(RH+)"}}
    data = read(forms["child_selfreliance_info"], registration(), record={"child_disability_health": health}).data
    assert (data["입소신장"], data["입소몸무게"], data["입소혈액형"]) == (160, 50, "O(RH+)")


def test_a_new_child_gets_its_decision_year_from_the_entry_date(forms):
    form = forms["child_basic_info"]
    answers = {"대상자명": "이준호", "성별": "남", "생년월일": "2006-12-05", "주민등록번호": "061205-3000012", "입소일자": "2018-05-14"}
    reading = read(form, answers)
    assert reading.ok
    assert reading.data["보호조치결정년도"] == 2018
    assert form.sensitive == {"/주민등록번호"}
    assert set(told(read(form, {}))) == {"/대상자명", "/성별", "/생년월일", "/입소일자"}
    assert "061205-3123456" in told(read(form, answers | {"주민등록번호": "0612053000012"}))["/주민등록번호"]
    assert "/생년월일" in told(read(form, answers | {"생년월일": "2024-11-21", "입소일자": "2024-11-22"}))


def test_the_tabs_of_the_basic_information_are_the_manuals(forms):
    form = forms["child_basic_info"]
    answers = {"대상자명": "이준호", "성별": "남", "생년월일": "2006-12-05", "입소일자": "2018-05-14", "수급자격": "국민기초생활수급자", "숙소": "별방"}
    assert [tab.title for tab in form.layout] == ["기본인적사항", "자격및이용정보", "특이사항"]
    assert read(form, answers | {"입소이동상태": "전원"}).ok
    assert form.prefill(facts(), TODAY) == {"입소이동상태": "입소"}


def test_a_foster_child_has_no_room_in_a_facility(forms):
    foster = {"name": "새봄센터", "kind": "가정위탁"}
    answers = {"대상자명": "이준호", "성별": "남", "생년월일": "2006-12-05", "입소일자": "2018-05-14"}
    assert not {"/숙소", "/입소이동상태"} & set(read(forms["child_basic_info"], answers, institution=foster).visible)
    assert forms["child_basic_info"].prefill(facts(institution=foster), TODAY) == {}


# -- 계획 -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sections"), [("진학", {"진학계획"}), ("취업", {"취업계획"}), ("진학/취업", {"진학계획", "취업계획"}), ("미정", set())]
)
def test_the_plan_asks_for_what_its_kind_needs(forms, kind, sections):
    """Holds R48 (docs/rules.md)."""
    wanted = {"진학계획": {"대학구분", "희망대학명", "희망학과명", "등록금조달방안"}, "취업계획": {"희망직종", "희망직업"}}
    answers = {"계획일자": "2024-03-18", "자립계획구분": kind, "학교선택": "고등학교", "학년선택": "고3", "희망주거": "기숙사"}
    reading = read(forms["selfreliance_plan"], answers)
    assert set(told(reading)) == {f"/{section}/{name}" for section in sections for name in wanted[section]}
    assert reading.data["계획년도"] == 2024
    assert {section for section in wanted if f"/{section}" in reading.visible} == sections


def test_the_plan_shows_which_domains_want_support(forms):
    """Holds R45 (docs/rules.md)."""
    last = {
        "일상생활기술영역점수": 78, "자기보호기술영역점수": 100, "지역사회자원활용기술영역점수": 90,
        "돈관리기술영역점수": 55, "사회적기술영역점수": 86, "진로탐색영역점수": 71, "전체영역": 80,
    }
    reading = read(forms["selfreliance_plan"], {}, record={"skills_assessment": {"count": 1, "first": last, "last": last}})
    assert reading.derived["/집중지원영역"] == "· 일상생활기술 · 돈관리기술 · 진로탐색"


def test_a_grade_belongs_to_its_school(forms):
    answers = {"계획일자": "2024-03-18", "자립계획구분": "미정", "학교선택": "중학교", "학년선택": "고3", "희망주거": "기숙사"}
    assert "/학년선택" in told(read(forms["selfreliance_plan"], answers))
    assert "/학년선택" in told(read(forms["selfreliance_plan"], answers, strict=False))


def test_the_field_of_an_internship_follows_its_group(forms):
    answers = {"계획일자": "2024-03-18", "자립계획구분": "미정", "학교선택": "고등학교", "학년선택": "고3", "희망주거": "기숙사"}
    form = forms["selfreliance_plan"]
    assert read(form, answers | {"인턴십": {"인턴분야대분류": "서비스", "인턴분야소분류": "미용"}}).ok
    assert "/인턴십/인턴분야소분류" in told(read(form, answers | {"인턴십": {"인턴분야대분류": "기타", "인턴분야소분류": "미용"}}))


# -- 제공 -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2023-12-31", "사례관리일자는 마감일자(2024-01-01)보다 이전일 수 없습니다."),
        ("2024-01-01", None),
        ("2024-11-20", None),
        ("2024-11-21", "사례관리일자는 오늘보다 뒤일 수 없습니다."),
    ],
)
def test_a_journal_lies_between_the_closing_date_and_today(forms, day, message):
    """Holds R61 (docs/rules.md)."""
    assert told(read(forms["service_provision"], {"사례관리일자": day, "사례관리분야": "그외"})).get("/사례관리일자") == message


@pytest.mark.parametrize("field", ["취업", "진학", "주거", "그외"])
def test_the_field_of_work_opens_its_tab(forms, field):
    """Holds R62, R63 (docs/rules.md)."""
    reading = read(forms["service_provision"], {"사례관리일자": "2024-11-20", "사례관리분야": field})
    assert reading.ok
    assert {tab for tab in ("취업", "진학", "주거") if f"/{tab}" in reading.visible} == {field} - {"그외"}
    assert reading.data["사례관리번호"] == "2024-0001"


# -- 종결 -----------------------------------------------------------------------------------------------------------------------


def read_end(form, answers, **more):
    return read(form, answers, **({"today": date(2024, 12, 20)} | more))


def ending(reason="만기종료", **change):
    answers = {
        "종료일": "2024-12-20", "보호종료사유": reason, "대상자학력": "고등학교졸업", "사후관리동의여부": "동의", "주거형태정부지원": "전세임대",
        "자립정착금": 0, "CDA계좌보유금": 2_400_000, "기타후원금": 0, "자립수당수급여부": "유",
        "보호종료아동자립교육수료여부": "미수료", "자립수당": "신청",
        "연장종료만기종료": {"취업여부": "미취업", "희망분야": "사무직", "대학구분": "미진학", "주생활비조달": "자립정착금"},
    }
    return {key: value for key, value in (answers | change).items() if value is not None}


def test_an_end_at_18_with_its_derived_values(forms):
    reading = read_end(forms["protection_termination"], ending(자부담=100_000, 기타=50_000))
    assert reading.ok, (reading.errors, reading.warnings)
    assert (reading.data["나이"], reading.data["총금액"], reading.data["주거형태구분"]) == (18, 150_000, "정부지원")


def test_an_end_asks_for_everything_the_manual_marks(forms):
    """Holds R82 (docs/rules.md)."""
    reading = read_end(forms["protection_termination"], {"종료일": "2024-12-20", "보호종료사유": "만기종료", "대상자학력": "고등학교졸업"})
    assert set(told(reading)) == {
        "/사후관리동의여부", "/주거형태정부지원", "/주거형태정부지원외", "/자립정착금", "/CDA계좌보유금", "/기타후원금", "/자립수당수급여부",
        "/보호종료아동자립교육수료여부", "/자립수당", "/연장종료만기종료/취업여부", "/연장종료만기종료/대학구분", "/연장종료만기종료/주생활비조달",
    }


def test_one_kind_of_housing_is_enough_and_two_are_too_many(forms):
    """Holds R75 (docs/rules.md)."""
    form = forms["protection_termination"]
    other = read_end(form, ending(주거형태정부지원=None, 주거형태정부지원외="월세"))
    assert other.ok
    assert other.data["주거형태구분"] == "정부지원외"
    assert told(read_end(form, ending(주거형태정부지원외="월세"))) == {"/주거형태정부지원외": "정부지원과 정부지원외 가운데 하나만 고르세요."}


def test_who_works_tells_where_and_who_does_not_what_is_hoped_for(forms):
    """Holds R79 (docs/rules.md)."""
    form = forms["protection_termination"]
    tail = {"취업여부": "취업", "대학구분": "미진학", "주생활비조달": "기타"}
    reading = read_end(form, ending(연장종료만기종료=tail))
    assert set(told(reading)) == {f"/연장종료만기종료/취업정보/{name}" for name in ("직장명", "취업분야", "소득", "취업형태", "취업경로")}
    job = {"직장명": "새봄정밀", "취업분야": "기능직", "소득": "101~130만원", "취업형태": "정규직", "취업경로": "학교추천"}
    assert read_end(form, ending(연장종료만기종료=tail | {"취업정보": job})).ok
    left_over = ending(연장종료만기종료=tail | {"취업여부": "미취업", "희망분야": "사무직", "취업정보": job})
    assert not read_end(form, left_over).ok
    assert "취업정보" not in read_end(form, left_over, strict=False).data["연장종료만기종료"]
    phone = read_end(form, ending(연장종료만기종료=tail | {"취업정보": job | {"직장전화번호": "02 123"}}))
    assert told(phone) == {"/연장종료만기종료/취업정보/직장전화번호": "전화번호는 010-1234-5678 형식으로 입력하세요."}


def test_who_studies_names_the_university_and_how_it_is_paid(forms):
    """Holds R80 (docs/rules.md)."""
    tail = {"취업여부": "미취업", "희망분야": "사무직", "대학구분": "4년제", "주생활비조달": "기타"}
    reading = read_end(forms["protection_termination"], ending(연장종료만기종료=tail))
    assert set(told(reading)) == {"/연장종료만기종료/진학정보/대학명", "/연장종료만기종료/진학정보/주등록금조달"}


def test_a_finished_course_wants_its_certificate_and_no_allowance_a_reason(forms):
    """Holds R77 (docs/rules.md)."""
    reading = read_end(forms["protection_termination"], ending(보호종료아동자립교육수료여부="수료", 자립수당="미신청"))
    assert set(told(reading)) == {"/수료증", "/자립수당미신청사유"}


def test_an_early_end_at_18_is_asked_about_and_not_refused(forms):
    """The record printed in the manual: 중간종료 at 18, only what is known filled in.

    Holds R69 (docs/rules.md).
    """
    form = forms["protection_termination"]
    answers = {
        "종료일": "2024-12-20", "보호종료사유": "중간종료", "대상자학력": "중학교졸업", "중간종료": {"종료형태": "원가정 복귀"}, "신장": 183, "몸무게": 80,
        "혈액형": "O(RH+)", "자립정착금": 0, "CDA계좌보유금": 2_400_000, "기타후원금": 1_179_938, "자립수당수급여부": "유", "사후관리동의여부": "동의",
    }
    reading = read_end(form, answers)
    assert not reading.errors
    assert not reading.ok
    assert warned(reading) == {"/보호종료사유"}
    assert "만 18세" in reading.warnings[0].message
    assert read_end(form, answers, confirmed=True).ok


def test_a_move_names_kind_and_facility(forms):
    """Holds R84 (docs/rules.md)."""
    answers = {"종료일": "2024-11-20", "보호종료사유": "중간종료", "대상자학력": "중학교졸업", "중간종료": {"종료형태": "전원"}}
    assert set(told(read_end(forms["protection_termination"], answers))) == {"/중간종료/전원정보/시설구분", "/중간종료/전원정보/시설명"}


def test_a_pause_asks_for_nothing_but_itself(forms):
    """Holds R88 (docs/rules.md)."""
    form = forms["protection_termination"]
    pause = {"일시중지시작일": "2024-11-20", "일시중지종료일": "2026-05-19", "일시중지사유": "군 입대"}
    answers = {"종료일": "2024-11-20", "보호종료사유": "일시중지", "대상자학력": "대학재학", "일시중지": pause}
    reading = read_end(form, answers, institution={"name": "새봄센터", "kind": "가정위탁"})
    assert reading.ok, reading.errors
    assert set(reading.data) == {"종료일", "나이", "보호종료사유", "대상자학력", "일시중지", "종결자수"}
    assert warned(read_end(form, answers)) == {"/보호종료사유"}
    assert "/주소" in told(read_end(form, answers | {"주소": "남은 값"}))
    late = read_end(form, answers | {"일시중지": pause | {"일시중지시작일": "2024-11-21"}})
    assert set(told(late)) == {"/일시중지/일시중지시작일"}
    back = read_end(form, answers | {"일시중지": pause | {"일시중지종료일": "2024-11-19"}})
    assert set(told(back)) == {"/일시중지/일시중지종료일"}


def test_the_reason_is_held_against_the_age_and_the_extension(forms):
    form = forms["protection_termination"]
    extended = {"protection_extension_popup": {"count": 1, "first": None, "last": {"최종학력": "고등학교졸업"}}}
    assert warned(read_end(form, ending("연장종료"))) == {"/보호종료사유"}
    assert read_end(form, ending("연장종료"), record=extended).ok
    assert warned(read_end(form, ending("만기종료"), record=extended)) == {"/보호종료사유"}
    assert warned(read_end(form, ending("만기종료", 종료일="2024-12-04"))) == {"/보호종료사유"}
    assert warned(read_end(form, ending("만기종료", 종료일="2025-01-02"))) == {"/종료일"}


def test_money_without_its_plan_and_a_day_ahead_are_asked_about(forms):
    """R71, and the record printed in the manual that ends a day after it was written."""
    form, plan = forms["protection_termination"], {"settlement_plan": {"count": 1, "first": None, "last": {"자립정착금총액": 10_000_000}}}
    assert warned(read_end(form, ending(자립정착금=10_000_000))) == {"/자립정착금"}
    assert read_end(form, ending(자립정착금=10_000_000), record=plan).ok
    ahead = read_end(form, ending(종료일="2024-12-21"))
    assert (told(ahead), warned(ahead)) == ({}, {"/종료일"})
    assert read_end(form, ending(종료일="2024-12-21"), confirmed=True).ok


@pytest.mark.parametrize(("now", "reason"), [("종료 후 입대", "만기종료"), ("연장보호 중 입대", "일시중지"), ("전역 후 바로 종료", "연장종료"), (None, None)])
def test_the_military_table_names_the_reason(forms, now, reason):
    """R90, R91, R92."""
    reading = read_end(forms["protection_termination"], ending("중간종료", 군복무상황=now))
    assert reading.data.get("군복무종결사유") == reason
    assert any("군복무" in warning.message for warning in reading.warnings) is (reason is not None)


def test_the_settlement_money_equals_the_plan(forms):
    """Holds R70 (docs/rules.md)."""
    plan = {"settlement_plan": {"count": 1, "first": None, "last": {"자립정착금총액": 9_000_000}}}
    message = told(read_end(forms["protection_termination"], ending(자립정착금=10_000_000), record=plan))["/자립정착금"]
    assert "10,000,000원" in message
    assert "9,000,000원" in message
    rows = [{"사용용도": "보증금", "금액": 5_000_000}, {"사용용도": "생활비", "금액": 3_000_000}]
    answers = {
        "신청인": {"신청일": "2024-12-02", "휴대전화번호": "010-0000-1234", "은행명": "시연은행", "계좌번호": "110-000-000012"},
        "자립업무담당자": {"휴대전화번호": "010-0000-0001"}, "사용계획서제출여부": "제출", "자립정착금수령여부": "미수령", "자립정착금총액": 9_000_000, "사용계획": rows,
    }
    message = told(read_end(forms["settlement_plan"], answers))["/사용계획"]
    assert "8,000,000원" in message
    assert "9,000,000원" in message
    reading = read_end(forms["settlement_plan"], answers | {"자립정착금총액": 8_000_000})
    assert reading.ok
    assert reading.data["신청인"]["성명"] == "이준호"
    assert reading.data["자립업무담당자"]["소속"] == "솔빛원"
    assert forms["settlement_plan"].sensitive == {"/신청인/계좌번호"}


# -- 담당자 ---------------------------------------------------------------------------------------------------------------------


def test_a_change_of_manager_names_another_person(forms):
    form = forms["case_manager_change_popup"]
    assert told(read(form, {})) == {"/담당자": "새 담당자를 선택하세요."}
    assert told(read(form, {"담당자": "kim"})) == {"/담당자": "지금의 사례관리자와 다른 사람을 고르세요."}
    assert told(read(form, {"담당자": "stranger"})) == {"/담당자": "이 기관에서 일하는 사람을 고르세요."}
    reading = read(form, {"담당자": "choi"})
    assert reading.ok
    assert (reading.data["변경전담당자"], reading.data["변경후담당자"], reading.data["기관명"]) == ("김서연", "최수빈", "솔빛원")
    assert (reading.data["요청일자"], reading.data["승인여부"]) == ("2024-11-20", "미승인")


def test_returning_a_change_wants_a_reason(forms):
    form = forms["case_manager_change_approval"]
    work = {"case_manager_change_popup": {"변경전담당자": "김서연", "대상자성명": "이준호"}}
    assert told(read(form, {"결정": "반려"}, work=work)) == {"/의견": "반려하는 까닭을 입력하세요."}
    reading = read(form, {"결정": "승인"}, work=work)
    assert reading.ok
    assert (reading.data["승인여부"], reading.data["승인담당자"], reading.data["변경전담당자"]) == ("승인", "김서연", "김서연")


# -- 그 밖 ----------------------------------------------------------------------------------------------------------------------


def test_one_main_disability_only(forms):
    """Holds R27 (docs/rules.md)."""
    row = {"구분": "주장애", "장애정도": "심한 장애", "장애유형": "지체"}
    form = forms["child_disability_health"]
    assert read(form, {"종합장애정도": "심한장애", "장애정보상세": [row, row | {"구분": "부장애"}]}).ok
    assert "/장애정보상세" in told(read(form, {"종합장애정도": "심한장애", "장애정보상세": [row, row]}))
    assert "/장애정보상세" in told(read(form, {"종합장애정도": "장애미해당", "장애정보상세": [row]}))


def test_the_first_extension_takes_the_first_reason(forms):
    """Holds R67 (docs/rules.md)."""
    form = forms["protection_extension_popup"]
    again = {"protection_extension_popup": {"count": 1, "first": None, "last": None}}
    answers = {"연장일자": "2024-12-05", "최종학력": "고등학교졸업", "작성자": "kim", "연장사유": "사유1"}
    assert read(form, answers).ok
    assert form.prefill(facts(), TODAY) == {"작성자": "kim", "연장사유": "사유1"}
    assert warned(read(form, answers, record=again)) == {"/연장사유"}
    assert warned(read(form, answers | {"연장사유": "사유2"})) == {"/연장사유"}


def test_every_printed_screen_title_and_list_has_no_blank_label(forms):
    for form in forms.values():
        assert form.title
        assert all(field.title for field in form.fields.values())


def test_every_field_outside_a_table_tells_what_to_do(forms):
    """Sections have the help of their fields; the items of the assessment are sentences themselves."""
    silent = [
        (form.id, field.pointer) for form in forms.values() for field in form.fields.values()
        if not field.help and "/*/" not in field.pointer and field.type != "section" and not field.name.startswith("문항")
    ]
    assert silent == []


def test_a_session_report_counts_its_minutes(forms):
    """Holds R50, R54, R55, R57 (docs/rules.md)."""
    form = forms["session_report"]
    answers = form.prefill(facts(), TODAY) | {"제목": "돈관리 교실", "프로그램": "1영역", "회기일자": "2024-11-19", "진행시간": {"시작시각": "14:00", "종료시각": "16:00"}}
    reading = read(form, answers)
    assert reading.ok, reading.errors
    assert reading.data["총소요시간"] == 120
    assert (reading.data["분류"], reading.data["기록물"], reading.data["담당자"]) == ("자립지원", "자립준비프로그램 회기보고", "kim")
    assert set(told(read(form, answers | {"진행시간": {"시작시각": "14:00", "종료시각": "13:00"}}))) == {"/진행시간/종료시각"}
    assert set(told(read(form, answers | {"자립준비프로그램": {"프로그램코드": "2024-1"}}))) == {"/자립준비프로그램/프로그램코드"}
    assert set(told(read(form, answers | {"일자": "2023-12-31", "회기일자": "2023-12-31"}))) == {"/일자", "/회기일자"}
    assert read(form, answers | {"담당자": "choi"}).data["담당자"] == "choi"


def test_a_counselling_log_keeps_its_text_sealed(forms):
    """Holds R95, R96, R97 (docs/rules.md)."""
    form = forms["counselling_log"]
    assert form.sensitive == {"/상담내용", "/향후계획"}
    answers = form.prefill(facts(), TODAY) | {"상담유형": "내방", "상담분야": ["진학", "정서지원"], "공개여부": "비공개", "상담내용": "이야기했습니다."}
    reading = read(form, answers)
    assert reading.ok, reading.errors
    assert (reading.data["대상아동"], reading.data["성별"], reading.data["생년월일"]) == ("이준호", "남", "2006-12-05")
    assert (reading.data["담당자"], read(form, answers | {"담당자": "choi"}).data["담당자"]) == ("kim", "choi")
    assert "/상담분야" in told(read(form, answers | {"상담분야": []}))


def test_the_next_conference_comes_after_this_one(forms):
    answers = {"회의종류": "개별", "회의일시": "2024-11-13T14:00", "회의제목": "점검", "회의내용": "내용", "회의결과": "결과", "내부참석자": "김서연"}
    assert read(forms["case_conference"], answers).ok
    assert set(told(read(forms["case_conference"], answers | {"다음회의일시": "2024-11-13T13:00"}))) == {"/다음회의일시"}
    assert set(told(read(forms["case_conference"], answers | {"회의일시": "2023-12-31T14:00"}))) == {"/회의일시"}


# -- 사례회의, 사후관리 -------------------------------------------------------------------------------------------------------------


def conference(**change):
    answers = {"회의종류": "개별", "회의일시": "2024-11-20T14:00", "회의제목": "생활 점검", "회의내용": "내용", "회의결과": "결과", "내부참석자": "김서연, 최수빈"}
    return answers | change


def test_a_conference_counts_who_was_there(forms):
    form = forms["case_conference"]
    assert read(form, conference()).data["회의자수"] == 2
    assert read(form, conference(외부참석자외부전문가="상담사", 외부참석자수행기관종사자="가교사\n나교사")).data["회의자수"] == 5


def test_the_readiness_check_is_part_of_one_kind_of_conference(forms):
    form = forms["case_conference"]
    assert "/자립준비도점검" not in read(form, conference()).visible
    checked = read(form, conference(회의종류="보호종료점검", 자립준비도점검={"결정": "보호연장"}), confirmed=True)
    assert checked.ok
    assert {"/자립준비도점검/점검척도", "/자립준비도점검/결정"} <= set(checked.visible)
    assert checked.data["최근보호종료점검일"] == "2024-11-20"


def test_a_later_conference_remembers_the_last_readiness_check(forms):
    before = {"case_conference": {"count": 1, "first": None, "last": {"최근보호종료점검일": date(2024, 10, 2)}}}
    assert read(forms["case_conference"], conference(), record=before).data["최근보호종료점검일"] == "2024-10-02"


@pytest.mark.parametrize(
    ("form", "answers", "with_whom", "count"),
    [("skills_assessment", assessment(), "함께조사한사람", "조사자수"), ("protection_termination", ending(), "함께종결한사람", "종결자수")],
)
def test_lists_say_how_many_worked_on_a_record(forms, form, answers, with_whom, count):
    assert read(forms[form], answers).data[count] == 1
    assert read(forms[form], answers | {with_whom: "최수빈, 박정훈"}).data[count] == 3


def test_aftercare_shows_what_came_from_the_old_system(forms):
    """Holds R104 (docs/rules.md)."""
    reading = read(forms["aftercare"], {"평가일자": "2021-06-30", "주거상태": "월세", "자립수준점수": 62})
    assert reading.ok
    assert reading.data["평가년도"] == 2021
