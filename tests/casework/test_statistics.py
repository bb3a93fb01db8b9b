from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.casework import statistics
from engine.casework.projection import sortable
from engine.errors import Forbidden, Invalid, NotFound
from engine.store.tables import access_record, case_value
from tests.casework.library import LESSON, LOAN

ITEMS = [{"품명": "톱", "금액": 30000}]


@pytest.fixture
def full(library):
    """Five members of one branch, one of another; two learned, one of them borrowed, one left."""
    made = {}
    for number, (name, sex) in enumerate((("하나", "여"), ("두리", "남"), ("세나", "여"), ("네모", "여"), ("오랜", "남"))):
        made[name] = library.member(회원명=name, 성별=sex, 주민등록번호=f"06120{number}-4123456", 가입일="2024-03-02" if name != "오랜" else "2022-03-02")
    made["남남"] = library.member("far", 회원명="남남", 성별="남", 주민등록번호="061209-4000000")
    library.complete("kim", library.open_tasks(made["하나"])["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(made["네모"])["lesson"].id, {**LESSON, "문항1": 4})
    library.complete("kim", library.open_tasks(made["하나"])["loan"].id, {**LOAN, "보증금": 30000, "품목": ITEMS})
    library.submit("kim", made["세나"], "leave", {"탈퇴일": "2024-11-22", "사유": "제명"})
    library.ids = made
    return library


def figures(library, login="kim", filters=None, now=None):
    with library.desk(login, now=now) as desk:
        return statistics.figures(desk, "members_by_sex", filters)


def test_cases_are_counted_and_added_up_by_groups_in_the_order_of_the_options(full):
    found = figures(full)
    assert [head.id for head in found.columns] == ["status", "sex", "members", "deposit", "score"]
    assert found.rows == (("새 회원", "남", 1, 0, None), ("이용 중", "여", 2, 30000, Decimal("83.5")), ("탈퇴", "여", 1, 0, None))
    assert found.filters == {"year": ("2024", "2024")}
    assert found.behind == 0


def test_filters_and_the_reach_of_the_roles(full):
    assert sum(row[2] for row in figures(full, filters={"year": ["2022", "2024"]}).rows) == 5
    assert figures(full, filters={"year": ["2022", "2022"]}).rows == (("새 회원", "남", 1, 0, None),)
    assert figures(full, filters={"kind": ["이동도서관"]}).rows == ()
    assert figures(full, filters={"kind": ["공구도서관"]}).rows == figures(full).rows
    assert [row[:3] for row in figures(full, "far").rows] == [("새 회원", "남", 1)]
    with pytest.raises(Invalid):
        figures(full, filters={"year": ["soon", ""]})
    for login in ("author", "nobody"):
        full.hire(login, "가지점", *(["author"] if login == "author" else []))
        with pytest.raises(Forbidden):
            figures(full, login)
    with pytest.raises(NotFound), full.desk("kim") as desk:
        statistics.figures(desk, "no_such_report")


def test_who_reaches_all_counts_all_and_who_reaches_none_is_refused(library):
    from engine.spec.folder import read_folder
    from tests.casework.library import TOY

    files = read_folder(TOY)
    roles = files["workflows/roles.json"].decode()
    told = roles.replace('"scope": "none"', '"scope": "all"', 1).replace('"edition.read", "edition.write"', '"edition.read", "edition.write", "report.read"')
    told = told.replace('"may": ["edition.read", "edition.approve"]', '"may": ["edition.read", "edition.approve", "report.read"]')
    library.publish({**files, "workflows/roles.json": told.encode()}, library.now.date())
    library.hire("wide", "나지점", "author")
    library.hire("none", "나지점", "approver")
    library.member("kim")
    library.member("far", 주민등록번호="061209-4000000")
    assert sum(row[2] for row in figures(library, "wide").rows) == 2
    assert sum(row[2] for row in figures(library, "kim").rows) == 1
    with pytest.raises(Forbidden):
        figures(library, "none")


def test_looking_is_noted_and_what_is_of_yesterday_is_said(full):
    figures(full)
    with full.database.begin() as connection:
        seen = [(row.login, row.act, row.target) for row in connection.execute(access_record.select()) if row.act.startswith("report")]
    assert seen == [("kim", "report.view", "report members_by_sex")]
    assert figures(full, now=full.now + timedelta(days=1)).behind == 5


def test_sums_are_exact_whatever_the_sign_and_size(full):
    with full.database.begin() as connection:
        names = {row.name for row in connection.execute(case_value.select()) if row.name.endswith("measure.deposit")}
        (name,) = names
        for case, value in (("두리", Decimal("-0.1")), ("하나", -(10**19)), ("네모", Decimal("9999999999999999999.7"))):
            connection.execute(case_value.delete().where(case_value.c.case_id == full.ids[case], case_value.c.name == name))
            connection.execute(
                case_value.insert().values(case_id=full.ids[case], name=name, institution_id=full.places["가지점"], key=sortable(value))
            )
    assert [row[3] for row in figures(full).rows] == [Decimal("-0.1"), Decimal("-0.3"), 0]


@pytest.mark.parametrize("value", [0, 7, -7, 10**12, Decimal("0.000001"), Decimal("-1234.5")])
def test_a_stored_number_comes_back(value):
    assert statistics.number_of(sortable(value)) == value


def test_a_group_of_a_report_is_told_as_it_was_written_not_as_it_is_compared(library):
    library.member(회원명="ABC")
    with library.desk("kim") as desk:
        edition = desk.edition()
        report = edition.reports["members_by_sex"]
        part = replace(report.groups[0], type="text")
        assert statistics._value(part, "abc", "ABC") == "ABC"
