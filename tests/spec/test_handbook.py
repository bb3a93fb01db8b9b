"""What the manual says of a screen: marks, conditions, bounds and checks in words, read off the toy form and a changed copy of it."""

from __future__ import annotations

import json

import pytest

from engine.spec import handbook
from engine.spec.edition import Edition, load_edition
from engine.spec.folder import read_folder
from tests.casework.library import TOY


@pytest.fixture(scope="module")
def toy():
    return load_edition(TOY)


def lines(edition, form):
    return {line.pointer: line for sheet in handbook.chapter(edition, form).sheets for line in sheet.lines}


def changed(form, change):
    files = read_folder(TOY)
    schema = json.loads(files[f"forms/{form}.json"])
    change(schema)
    return Edition.from_files({**files, f"forms/{form}.json": json.dumps(schema).encode()})


def test_each_field_is_marked_as_the_form_asks_for_it(toy):
    loan = {pointer: line.mark for pointer, line in lines(toy, "loan").items()}
    assert loan == {
        "/대여일": "필수", "/반납예정일": "필수", "/분야": "필수", "/보증금": "선택", "/품목": "조건부", "/품목/*/품명": "필수", "/품목/*/금액": "필수",
        "/목공": "조건부", "/목공/나무": "필수", "/목공/두께": "선택", "/전기": "조건부", "/전기/전압": "필수",
    }
    assert lines(toy, "leave")["/나이"].mark == "출력"


def test_the_field_table_stands_in_the_tabs_of_the_screen(toy):
    sheets = handbook.chapter(toy, "loan").sheets
    assert [(sheet.title, [(line.title, line.depth) for line in sheet.lines]) for sheet in sheets[1:]] == [
        ("목공", [("목공", 0), ("나무", 1), ("두께", 1)]), ("전기", [("전기", 0), ("전압", 1)]),
    ]


def test_when_a_field_is_there_and_when_it_must_be_filled_in(toy):
    loan = lines(toy, "loan")
    assert (loan["/품목"].shown, loan["/품목"].needed) == (("보증금이 0 초과일 때",), ("보증금이 0 초과일 때",))
    assert (loan["/목공"].shown, loan["/목공"].needed) == (("분야가 ‘목공’일 때",), ("분야가 ‘목공’일 때",))
    assert [pointer for pointer, line in loan.items() if line.shown or line.needed] == ["/품목", "/목공", "/전기"]


def test_bounds_options_formulas_and_first_values(toy):
    loan, leave = lines(toy, "loan"), lines(toy, "leave")
    assert loan["/품목"].limits == ("1개 이상", "20개까지", "합계를 보이는 열: 금액")
    assert (loan["/보증금"].kind, loan["/보증금"].limits) == ("정수 (원)", ("0 이상",))
    assert [(one.label, one.valid) for one in loan["/분야"].options] == [("목공", ""), ("전기", ""), ("정원", ""), ("석공", "~2019-12-31")]
    assert (loan["/대여일"].prefill.text, loan["/대여일"].derived.text) == ("오늘", "")
    assert (leave["/나이"].prefill.text, leave["/나이"].derived.text) == ("", "탈퇴일에 회원의 생년월일로 센 만 나이")


def test_a_changed_form_is_told_as_changed():
    def change(schema):
        schema["dependentRequired"] = {"보증금": ["메모"]}
        schema["properties"]["메모"] = {"title": "메모", "type": "string"}
        schema["x-layout"][0]["fields"].append("메모")
        schema["allOf"][0]["then"]["properties"] = {"목공": {"properties": {"두께": {"maximum": 9}}}}
        schema["allOf"].append({
            "x-id": "둘", "if": {"required": ["분야"], "properties": {"분야": {"enum": ["목공", "전기"]}}}, "else": {"properties": {"메모": False}},
        })

    loan = lines(changed("loan", change), "loan")
    memo = loan["/메모"]
    assert (memo.mark, memo.needed, memo.shown) == ("조건부", ("보증금을 적을 때",), ("분야가 ‘목공’, ‘전기’ 가운데 하나일 때",))
    assert loan["/목공/두께"].limits == ("1 이상", "분야가 ‘목공’일 때 9 이하")


def test_checks_are_told_as_rules_with_what_is_said_and_whether_one_may_go_on(toy):
    told = {one.id: (one.rule.text, one.message, one.mild) for one in handbook.chapter(toy, "loan").checks}
    assert told == {
        "기간": ("대여일이 반납예정일보다 늦지 않아야 합니다.", "반납예정일은 대여일보다 빠를 수 없습니다.", False),
        "합계": ("품목의 줄마다 적은 금액의 합계가 보증금과 같아야 합니다.", "품목 금액의 합계 〈품목의 줄마다 적은 금액의 합계〉원이 보증금과 같아야 합니다.", False),
        "마감": ("대여일이 ‘마감일자’보다 빠르지 않아야 합니다.", "대여일은 마감일자보다 빠를 수 없습니다.", False),
        "오래": ("대여일부터 반납예정일까지의 날수가 30 이하이어야 합니다.", "30일이 넘습니다. 맞는지 확인하세요.", True),
    }


def test_the_form_that_registers_a_case_tells_who_begins_and_what_follows(toy):
    made = handbook.chapter(toy, "member")
    (first,) = made.passages
    assert (first.title, first.step_title, first.lane, first.guided) == ("회원의 길", "회원 등록하기", "담당자, 지점장", True)
    assert [one.what for one in first.next] == ["이용", "안전교육 (담당자)"]
    assert [title for title, _ in made.pictures] == ["회원의 길"]
    assert made.menu == "회원 가입"


def test_a_record_left_by_another_screen_tells_which_one_and_when_that_is_refused(toy):
    left, source = handbook.chapter(toy, "attendance"), handbook.chapter(toy, "group_lesson")
    ((made,), (leaves,)) = left.passages, source.passages
    assert (made.made_in.id, made.made_in.title, made.leaves) == ("group_lesson", "단체교육", None)
    assert (leaves.made_in, leaves.leaves.id) == (None, "attendance")
    assert [title for title, _ in left.pictures] == ["단체교육"]
    assert {one.id for one in source.refusals} == {one.id for one in left.refusals}
