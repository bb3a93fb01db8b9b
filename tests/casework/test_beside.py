"""Old and new side by side: lists, searches, statistics and records over two editions that name things otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from engine.casework import cases, queries, records, statistics
from engine.casework.beside import GONE, NEW, OPTION, RENAMED, beside
from engine.errors import Invalid
from tests.casework.library import LESSON, LOAN
from tests.casework.test_moves import edited, publish

NEXT = {"대여일": "2024-11-22", "반납예정일": "2024-12-01", "분야": "전기", "전기": {"전압": "220V"}, "맡긴돈": 500, "품목": [{"품명": "드릴", "금액": 500}], "장소": "창고"}


def next_year():
    """The toy edition with a field, a code and an option renamed or retired, a field gone and a field more."""
    files = edited("새")
    for path, data in files.items():
        files[path] = data.decode().replace("회원명", "성명").replace("보증금", "맡긴돈").encode()

    def change(path, *edits):
        text = files[path].decode()
        for before, after in edits:
            assert before in text, before
            text = text.replace(before, after)
        files[path] = text.encode()

    change("forms/member.json", ('"성명": {', '"성명": {"x-was": ["회원명"], '))
    change("forms/lists/sex.json", ('{"code": "여", "label": "여"}', '{"code": "F", "label": "여성", "was": ["여"]}'))
    change("forms/lists/tool-kind.json", ('"label": "목공"', '"label": "목공", "to": "2024-11-21"'))
    change(
        "forms/loan.json", ('"맡긴돈": {"title"', '"맡긴돈": {"x-was": ["보증금"], "title"'), (',\n        "두께": {"title": "두께", "type": "integer", "minimum": 1, "x-ui": {"unit": "mm"}}', ""),
        ('"required": ["대여일", ', '"required": ["장소", "대여일", '), ('"properties": {\n    "대여일"', '"properties": {\n    "장소": {"title": "장소", "type": "string", "maxLength": 20},\n    "대여일"'),
        ('"fields": ["대여일", ', '"fields": ["장소", "대여일", '),
    )
    return files


@pytest.fixture
def people(library):
    library.hire("author", "가지점", "author")
    library.hire("second", "가지점", "approver")
    return library


@pytest.fixture
def years(people):
    """(a case of the old edition with a loan, one of the new): what each did under the edition of its day."""
    old = people.member()
    people.complete("kim", people.open_tasks(old)["lesson"].id, LESSON)
    loan = {**LOAN, "목공": {"나무": "참나무", "두께": 3}, "보증금": 300, "품목": [{"품명": "톱", "금액": 300}]}
    people.submit("kim", old, "loan", loan)
    people.digest = publish(people, next_year(), date(2024, 11, 22))
    with people.desk("kim") as desk:
        new = cases.register(desk, "member", {"성명": "이둘", "생년월일": "2006-12-05", "성별": "F", "가입일": "2024-11-22"}, confirmed=True)
    people.complete("kim", people.open_tasks(new)["lesson"].id, LESSON)
    people.submit("kim", new, "loan", NEXT)
    return old, new


def record_of(people, case_id, form):
    with people.desk("kim") as desk:
        return next(row.id for row in records.of_case(desk, case_id) if row.form == form)


def test_a_list_and_a_search_span_both(people, years):
    from engine.casework import timers

    timers.refresh(people.database, people.editions, people.cipher, people.now)
    with people.desk("kim") as desk:
        rows = queries.cases(desk, "members", {}).rows
        assert {(row.id, row.values["name"], row.values["loan"]) for row in rows} == {(years[0], "김하나", date(2024, 11, 22)), (years[1], "이둘", date(2024, 11, 22))}
        assert [row.id for row in queries.cases(desk, "members", {"name": "김하"}).rows] == [years[0]]


def test_an_identifier_with_another_name_finds_both_and_warns_of_a_double(people):
    number = {"생년월일": "2006-12-05", "성별": "여", "가입일": "2024-11-22", "주민등록번호": "061205-4000000"}
    with people.desk("kim") as desk:
        old = cases.register(desk, "member", {"회원명": "김하나", **number})
    files = edited("새")
    for path, data in files.items():
        files[path] = data.decode().replace("주민등록번호", "식별번호").encode()
    text = files["forms/member.json"].decode()
    assert '"식별번호": {' in text
    files["forms/member.json"] = text.replace('"식별번호": {', '"식별번호": {"x-was": ["주민등록번호"], ').encode()
    people.digest = publish(people, files, date(2024, 11, 22))
    again = {"회원명": "김둘", **{("식별번호" if key == "주민등록번호" else key): value for key, value in number.items()}}
    with people.desk("kim") as desk:
        assert [hit.id for hit in queries.search(desk, "061205-4000000")] == [old]
        with pytest.raises(Invalid) as caught:
            cases.register(desk, "member", again)
        assert [(each.path, each.keyword) for each in caught.value.errors] == [("/식별번호", "duplicate")]
        assert dict(cases.view(desk, old).identity) == {"식별번호": "061205-4******"}
        new = cases.register(desk, "member", again, confirmed=True)
        assert {hit.id for hit in queries.search(desk, "0612054000000")} == {old, new}


def test_a_case_begun_to_be_registered_goes_on_on_the_form_of_today(people):
    with people.desk("kim") as desk:
        kept, version = cases.save_draft(desk, "member", {"회원명": "김하나", "성별": "여", "가입일": "2024-11"})
    people.digest = publish(people, next_year(), date(2024, 11, 22))
    with people.desk("kim") as desk:
        shown = cases.blank(desk, "member", draft_id=kept)
        assert dict(shown.answers) == {"성명": "김하나", "성별": "F", "가입일": "2024-11"}
        assert cases.save_draft(desk, "member", {**shown.answers, "가입일": "2024-11-22"}, draft_id=kept, version=version) == (kept, version + 1)
        assert cases.blank(desk, "member", draft_id=kept).answers["성명"] == "김하나"


def test_a_statistic_counts_both_by_the_codes_of_today(people, years):
    from engine.casework import timers

    timers.refresh(people.database, people.editions, people.cipher, people.now)
    with people.desk("boss") as desk:
        found = statistics.figures(desk, "members_by_sex", {})
    assert [row[1:4] for row in found.rows] == [("F", 2, 800)]
    assert found.order[1]["F"] == "여성"


def test_a_record_beside_the_screen_of_today(people, years):
    loan, member, newer = record_of(people, years[0], "loan"), record_of(people, years[0], "member"), record_of(people, years[1], "loan")
    with people.desk("kim") as desk:
        seen = beside(desk, loan)
    assert [(each.kind, each.title) for each in seen.differences] == [(OPTION, "분야"), (RENAMED, "보증금"), (GONE, "두께"), (NEW, "장소")]
    told = {each.kind: each.sentence for each in seen.differences}
    assert told == {
        OPTION: "'분야'의 '목공'은 지금은 고를 수 없는 선택지입니다.", RENAMED: "'보증금'은 지금 '맡긴돈'입니다.",
        GONE: "'두께'는 지금 화면에 없습니다. 이 기록의 답은 그때의 화면에만 보입니다.", NEW: "'장소'가 새로 생겼습니다. 지금은 꼭 입력합니다.",
    }
    assert (seen.edition, seen.answers["맡긴돈"], seen.answers["목공"]) == (people.digest, 300, {"나무": "참나무"})
    assert "장소" in {each.label for each in seen.refused}
    with people.desk("kim") as desk:
        of_member = beside(desk, member)
        assert [each.sentence for each in of_member.differences] == ["'회원명'은 지금 '성명'입니다.", "'성별'의 '여'는 지금 '여성'입니다."]
        assert "061205-4123456" not in str(of_member.answers)
        assert beside(desk, newer).differences == ()
