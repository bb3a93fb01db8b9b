"""Rows of another system: read, refused, brought in once.

Holds S34, S37 (SECURITY.md).
"""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager

import pytest
from sqlalchemy import func, insert, select

from engine.casework import records, sheets
from engine.casework.bringing import Manner
from engine.casework.importing import REASON_HEAD, Import, Order
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.store.tables import access_record, cases, history, imported, record, setting, task
from tests.casework.library import LOAN
from tests.casework.sheet import workbook

HEADS = ["회원명", "생년월일", "성별", "주민등록번호", "가입일"]
HANA = ["김하나", "2006. 12. 5.", "여", "061205-4123456", "2024-11-22"]
DURI = ["이두리", "20051130", "남", "051130-3123457", "2024년 11월 20일"]
YOUNG = ["박어림", "2015-01-01", "남", "150101-3123458", "2024-11-20"]


@pytest.fixture
def sheet(tmp_path):
    def write(*rows, name="members.csv", encoding="utf-8"):
        path = tmp_path / name
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        path.write_bytes(workbook(rows) if name.endswith(".xlsx") else text.getvalue().encode(encoding))
        return path

    return write


@pytest.fixture
def bring(library):
    def run(path, form="member", *, by="kim", bad=None, **given):
        manner = Manner(**{name: given.pop(name) for name in ("why", "past_closing", "without_work", "confirmed", "amend") if name in given})

        @contextmanager
        def open_desk():
            with library.desk(by) as desk:
                yield desk

        return Import(open_desk, Order(form, path, manner=manner, **given), bad, lambda _done, _all: None).run()

    return run


def count(library, table):
    with library.database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar()


def closing(library, day):
    with library.database.begin() as connection:
        connection.execute(insert(setting).values(name="closing_date", value=day, changed_by="", changed_at=library.now))


@pytest.mark.parametrize(("name", "encoding"), [("m.csv", "utf-8"), ("m.csv", "utf-8-sig"), ("m.csv", "cp949"), ("m.xlsx", "")])
def test_a_sheet_becomes_cases_once(library, bring, sheet, name, encoding):
    path = sheet(HEADS, HANA, DURI, name=name, encoding=encoding)
    came = bring(path)
    assert (came.new, came.bad_rows, came.written) == (2, 0, True)
    with library.database.read() as connection:
        assert connection.execute(select(cases.c.label, cases.c.number).order_by(cases.c.number)).all() == [("김하나", "2024-0001"), ("이두리", "2024-0002")]
        told = connection.execute(select(history.c.detail).where(history.c.kind == "register")).scalars().all()
        assert sorted(row["reason"].rsplit(" ", 1)[1] for row in told) == ["2줄)", "3줄)"]
        acts = connection.execute(select(access_record.c.act)).scalars().all()
        assert (acts.count("register"), acts.count("import.file")) == (2, 1)
    again = bring(path)
    assert (again.new, again.same, again.written, count(library, cases)) == (0, 2, False, 2)


def test_one_bad_row_keeps_all_out_and_says_where(library, bring, sheet):
    came = bring(sheet(HEADS, HANA, YOUNG, ["정셋", "2004-13-40", "모름", "", "2024-11-22"]))
    assert (came.written, count(library, cases), count(library, imported)) == (False, 0, 0)
    assert [(one.line, one.column) for one in came.bad] == [(3, "생년월일"), (4, "생년월일"), (4, "성별")]
    assert came.bad[0].message == "만 15세부터 가입할 수 있습니다."


def test_a_check_writes_nothing(library, bring, sheet):
    before = count(library, access_record)
    came = bring(sheet(HEADS, HANA), check=True)
    assert (came.new, came.written, count(library, cases), count(library, access_record)) == (1, False, 0, before)


def test_good_rows_stay_and_bad_ones_come_back_in_a_file_that_can_be_mended(library, bring, sheet):
    bad = io.StringIO()
    came = bring(sheet(HEADS, HANA, [" =1+1", *YOUNG[1:]], DURI), good_rows=True, bad=bad)
    assert (came.new, came.bad_rows, count(library, cases)) == (2, 1, 2)
    rows = list(csv.reader(io.StringIO(bad.getvalue())))
    assert rows[0] == [*HEADS, REASON_HEAD]
    assert rows[1][1:] == [*YOUNG[1:], "생년월일: 만 15세부터 가입할 수 있습니다."]
    assert all(not cell.startswith(sheets.FORMULA) for row in rows for cell in row)
    rows[1][1] = "2005-01-01"
    assert bring(sheet(*rows, name="mended.csv")).new == 1


def test_a_row_that_stood_in_the_file_twice_is_told(library, bring, sheet):
    came = bring(sheet(HEADS, HANA, HANA))
    assert [(one.line, one.message[:9]) for one in came.bad] == [(3, "2번째 줄과 같은")]
    second = bring(sheet(["관리", *HEADS], ["1", *HANA], ["2", *HANA], name="b.csv"), ident="관리")
    assert [(one.line, one.column) for one in second.bad] == [(3, "주민등록번호")], "one person is one case"


@pytest.fixture
def two(library):
    made = library.member(), library.member(회원명="이두리", 주민등록번호="051130-3123457", 생년월일="2005-11-30")
    for case_id in made:
        library.complete("kim", library.open_tasks(case_id)["lesson"].id, {"교육일": "2024-11-22", "문항1": 2, "문항2": 4, "문항3": 3})
    return made


LOANS = ["번호", "주민등록번호", "회원명", "대여일", "반납예정일", "분야", "보증금", "목공/나무", "품목/품명", "품목/금액"]


def test_rows_of_a_form_find_their_case_and_their_tables(library, two, bring, sheet):
    path = sheet(
        LOANS,
        ["1", "0612054123456", "김하나", "2024.11.22", "2024.11.30", "목공", "3,000원", "참나무", "톱", "1,000"],
        ["", "", "", "", "", "", "", "", "못", "2,000"],
        ["2", "051130-3123457", "", "2024.11.22", "2024.11.30", "목공", "", "소나무", "", ""],
        name="loans.xlsx",
    )
    came = bring(path, "loan", ident="번호")
    assert (came.new, [one.message for one in came.bad]) == (2, [])
    with library.desk("kim") as desk:
        kept = records.view(desk, records.of_case(desk, two[0], "loan")[0].id)
        assert kept.answers["품목"] == [{"품명": "톱", "금액": 1000}, {"품명": "못", "금액": 2000}]
        assert "loan" not in library_forms(desk, two[0]), "the task that waited is done"
    again = bring(path, "loan", ident="번호")
    assert (again.same, count(library, record)) == (2, 6)


def library_forms(desk, case_id):
    return set(desk.connection.execute(select(task.c.form).where(task.c.case_id == case_id, task.c.closed_at.is_(None))).scalars())


def test_a_changed_row_amends_only_when_asked(library, two, bring, sheet):
    row = ["7", "061205-4123456", "", "2024-11-22", "2024-11-30", "목공", "", "참나무", "", ""]
    bring(sheet(LOANS, row), "loan", ident="번호")
    row[7] = "소나무"
    path = sheet(LOANS, row)
    came = bring(path, "loan", ident="번호")
    assert [one.message for one in came.bad] == ["같은 번호로 이미 들어온 줄인데 내용이 달라졌습니다. 고치려면 --amend에 까닭을 적으세요."]
    assert bring(path, "loan", ident="번호", amend="옛 시스템에서 고침").amended == 1
    assert bring(path, "loan", ident="번호").same == 1
    row[1] = "051130-3123457"
    other = bring(sheet(LOANS, row), "loan", ident="번호", amend="옛 시스템에서 고침")
    assert ["다른 사례" in one.message for one in other.bad] == [True]
    with library.desk("kim") as desk:
        kept = records.view(desk, records.of_case(desk, two[0], "loan")[0].id)
        assert (kept.answers["목공"]["나무"], kept.revision, kept.revisions[1].reason) == ("소나무", 2, "옛 시스템에서 고침")


@pytest.mark.parametrize(
    ("heads", "cells", "said"),
    [
        (["회원명", "생년월일"], ["김하나", "2006.12.5"], None),
        (["case.number"], ["2024-0001"], None),
        (["회원명", "생년월일"], ["김하나", "2006.12.6"], "없거나 볼 수 없습니다"),
        (["주민등록번호"], ["990101-1234567"], "없거나 볼 수 없습니다"),
        (["주민등록번호", "회원명"], ["061205-4123456", "이두리"], "이름과 다릅니다"),
        (["회원명", "생년월일"], ["김하나", ""], "누구의 줄인지 알 수 없습니다"),
    ],
)
def test_who_a_row_is_of(library, two, bring, sheet, heads, cells, said):
    came = bring(sheet([*heads, "대여일", "반납예정일", "분야", "목공/나무"], [*cells, "2024-11-22", "2024-11-30", "목공", "참나무"]), "loan")
    assert came.new == (said is None)
    assert said is None or said in came.bad[0].message


def test_a_case_out_of_reach_is_not_found(library, two, bring, sheet):
    path = sheet(["주민등록번호", "대여일", "반납예정일", "분야", "목공/나무"], ["061205-4123456", "2024-11-22", "2024-11-30", "목공", "참나무"])
    assert "없거나" in bring(path, "loan", by="far").bad[0].message
    assert bring(path, "loan").new == 1


def test_guards_hold_and_what_is_long_over_is_kept_as_it_was(library, bring, sheet):
    library.member()
    heads = ["주민등록번호", "대여일", "반납예정일", "분야", "목공/나무"]
    path = sheet(heads, ["061205-4123456", "2021-11-22", "2021-11-30", "목공", "참나무"])
    assert bring(path, "loan").bad[0].message == "안전교육을 먼저 받으세요."
    with pytest.raises(Forbidden):
        bring(path, "loan", without_work=True, why="옛 기록")
    with pytest.raises(Invalid):
        bring(path, "loan", by="boss", without_work=True)
    came = bring(path, "loan", by="boss", without_work=True, why="옛 시스템의 기록")
    assert came.new == 1
    with library.database.read() as connection:
        told = connection.execute(select(history.c.detail).where(history.c.kind == "import")).scalar_one()
        assert told["reason"].endswith("2줄); 옛 시스템의 기록")
        assert connection.execute(select(task.c.form).where(task.c.closed_at.is_(None))).scalars().all() == ["lesson"], "no work opened"


def test_the_closing_date_is_passed_only_when_asked(library, bring, sheet):
    closing(library, "2024-11-21")
    path = sheet(HEADS, DURI)
    assert bring(path).bad[0].message == "가입일은 마감일자보다 빠를 수 없습니다."
    assert bring(path, by="boss", past_closing=True, why="2024년 11월 이관").new == 1
    with library.desk("boss") as desk, pytest.raises(Invalid):
        from engine.casework import cases as verbs

        verbs.register(desk, "member", {"회원명": "새", "생년월일": "2001-01-01", "성별": "남", "가입일": "2024-11-20"})


def test_warnings_are_bad_rows_until_confirmed(library, two, bring, sheet):
    path = sheet(["주민등록번호", "대여일", "반납예정일", "분야", "목공/나무"], ["061205-4123456", "2024-11-22", "2025-11-30", "목공", "참나무"])
    assert "30일" in bring(path, "loan").bad[0].message
    assert bring(path, "loan", confirmed=True).new == 1


def test_columns_the_sheet_lacks_begin_as_the_screen_does(library, two, bring, sheet):
    bring(sheet(["주민등록번호", "반납예정일", "분야", "목공/나무"], ["061205-4123456", "2024-11-30", "목공", "참나무"]), "loan")
    with library.desk("kim") as desk:
        kept = records.view(desk, records.of_case(desk, two[0], "loan")[0].id)
        assert kept.answers["대여일"] == LOAN["대여일"]


@pytest.mark.parametrize(
    ("rows", "form", "given", "said"),
    [
        ([], "member", {}, "빈 파일"),
        ([["회원명", "취미"], ["가", "나"]], "member", {}, "없는 열입니다: 취미"),
        ([["모름"], ["나"]], "member", {"skip_unknown": True}, "항목을 적은 열이 없습니다"),
        ([["대여일"], ["2024-01-01"]], "loan", {}, "누구의 줄인지 말하는 열이 없습니다"),
        ([HEADS, HANA], "member", {"ident": "번호"}, "'번호' 열이 없습니다"),
        ([HEADS, HANA], "none", {}, "그런 서식이 없습니다"),
    ],
)
def test_a_sheet_that_cannot_be_meant_is_refused(library, bring, sheet, rows, form, given, said):
    with pytest.raises((Refused, NotFound), match=said):
        bring(sheet(*rows), form, **given)


def test_a_form_no_work_begins_with_says_what_to_do(library, two, bring, sheet):
    path = sheet(["주민등록번호", "결정"], ["061205-4123456", "승인"])
    assert "--without-work" in bring(path, "keeper_approval").bad[0].message


def test_good_rows_that_were_cut_off_go_on_where_they_stopped(library, bring, sheet, monkeypatch):
    rows = [[f"회원{n}", "2005-01-01", "남", f"050101-3{n:06}", "2024-11-22"] for n in range(7)]
    path = sheet(HEADS, *rows)
    monkeypatch.setattr("engine.casework.importing.TOGETHER", 3)
    seen = []

    def cut(done, _all):
        seen.append(done)
        if len(seen) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _running(library, path, cut)
    assert count(library, cases) == 3, "whole transactions only"
    came = bring(path, good_rows=True)
    assert (came.same, came.new, count(library, cases)) == (3, 4, 7)


def _running(library, path, told):
    @contextmanager
    def open_desk():
        with library.desk("kim") as desk:
            yield desk

    Import(open_desk, Order("member", path, good_rows=True), None, told).run()


def test_nothing_personal_stands_in_what_is_remembered(library, bring, sheet):
    bring(sheet(["관리번호", *HEADS], ["061205-4123456", *HANA]), ident="관리번호")
    with library.database.read() as connection:
        rows = repr(connection.execute(select(imported)).all()) + repr(connection.execute(select(history.c.detail)).all())
    assert "061205" not in rows
    assert "김하나" not in rows
