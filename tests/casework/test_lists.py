"""Holds K09, S30 (SECURITY.md)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.casework import home, projection, queries, timers
from engine.errors import Invalid, NotFound
from engine.store.tables import access_record
from tests.casework.library import LESSON, LOAN, NOW
from tests.casework.test_approvals import ask


@pytest.fixture
def full(library):
    """Nine members: seven of one branch, two of another."""
    made = {}
    for number, name in enumerate(("하하나", "가하나", "다둘", "나셋", "다넷", "라다섯", "마_여섯")):
        made[name] = library.member(회원명=name, 가입일=f"2024-0{number + 1}-15", 주민등록번호=f"06120{number}-4123456")
    made["남남"] = library.member("far", 회원명="남남", 주민등록번호="061209-4000000")
    made["옛날"] = library.member("far", 회원명="옛날", 생년월일="2000-01-01", 가입일="2020-05-05")
    library.complete("kim", library.open_tasks(made["다둘"])["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(made["라다섯"])["lesson"].id, {**LESSON, "교육일": "2024-03-03"})
    library.complete("kim", library.open_tasks(made["라다섯"])["loan"].id, LOAN)
    library.ids = made
    return library


def names(library, login="kim", filters=None, **more):
    with library.desk(login) as desk:
        page = queries.cases(desk, "members", filters, **more)
    return [row.label for row in page.rows], page.total


@pytest.mark.usefixtures("either_way")
def test_sorting_holds_over_the_whole_result(full):
    """Holds R36 (docs/rules.md)."""
    assert names(full, sort="name") == (["가하나", "나셋", "다넷", "다둘", "라다섯", "마_여섯", "하하나"], 7)
    assert names(full, sort="name", size=3, page=2) == (["다둘", "라다섯", "마_여섯"], 7)
    assert names(full, sort="-joined", size=2) == (["마_여섯", "라다섯"], 7)
    assert names(full)[0] == ["마_여섯", "라다섯", "다넷", "나셋", "다둘", "가하나", "하하나"]


@pytest.mark.usefixtures("either_way")
def test_those_without_a_value_come_last_either_way(full):
    assert names(full, sort="lesson,name")[0] == ["라다섯", "다둘", "가하나", "나셋", "다넷", "마_여섯", "하하나"]
    assert names(full, sort="-lesson,-name")[0] == ["다둘", "라다섯", "하하나", "마_여섯", "다넷", "나셋", "가하나"]
    paged = [names(full, sort="lesson,name", size=2, page=page)[0] for page in (1, 2, 3, 4, 5)]
    assert paged == [["라다섯", "다둘"], ["가하나", "나셋"], ["다넷", "마_여섯"], ["하하나"], []]
    assert names(full, sort="-loans,name", size=2)[0] == ["라다섯", "가하나"]


@pytest.mark.usefixtures("either_way")
def test_filters_and_sorting_go_together(full):
    assert names(full, filters={"name": "하"}, sort="-joined") == (["가하나", "하하나"], 2)
    assert names(full, filters={"name": "다"}, sort="lesson,-name") == (["라다섯", "다둘", "다넷"], 3)
    assert names(full, filters={"name": "다", "status": ["새 회원"]}, sort="loans")[0] == ["다넷"]


def test_a_long_list_is_counted_so_far_only(full):
    with full.desk("kim") as desk:
        page = queries.cases(desk, "members", size=2, page=3, most=3)
        assert (len(page.rows), page.total, page.beyond) == (2, 3, True)
        assert [(page.total, page.beyond) for page in (queries.cases(desk, "members", most=most) for most in (6, 7, None))] == [(6, True), (7, False), (7, False)]


def test_filters(full):
    assert names(full, filters={"name": "하나"}, sort="name") == (["가하나", "하하나"], 2)
    assert names(full, filters={"name": "_"})[0] == ["마_여섯"]
    assert names(full, filters={"name": "%"})[0] == []
    assert names(full, filters={"status": ["이용 중"]}, sort="name")[0] == ["다둘", "라다섯"]
    assert names(full, filters={"status": ["이용 중", "새 회원"]})[1] == 7
    assert names(full, filters={"rrn": "0612024123456"})[0] == ["다둘"]
    assert names(full, filters={"rrn": "061209-4000000"}) == ([], 0)
    assert names(full, filters={"joined_year": ["2023", "2023"]})[1] == 0
    assert names(full, "far")[0] == ["남남"]  # the default reaches back three years
    assert names(full, "far", filters={"joined_year": ["2020", ""]})[1] == 2


def test_what_cannot_be_is_told(full):
    for filters, sort in (({"joined_year": ["letters", ""]}, ""), ({}, "nothing"), ({}, "name; drop table cases")):
        with pytest.raises(Invalid):
            names(full, filters=filters, sort=sort)
    with pytest.raises(NotFound), full.desk("kim") as desk:
        queries.cases(desk, "no_such_view")
    full.hire("writer", "가지점", "author")
    with pytest.raises(NotFound), full.desk("writer") as desk:
        queries.cases(desk, "members")


def test_rows_have_typed_values_and_are_noted(full):
    with full.desk("kim") as desk:
        page = queries.cases(desk, "members", sort="lesson")
    row = page.rows[0]
    assert (row.values["lesson"], row.values["loans"], row.values["branch"]) == (date(2024, 3, 3), 1, "가지점")
    with full.database.begin() as connection:
        seen = [each.subject for each in connection.execute(access_record.select()) if each.act == "case.list"]
    assert sorted(seen) == sorted(each.id for each in page.rows)


def test_searching(full):
    """Holds R38 (docs/rules.md)."""

    def found(login, text):
        with full.desk(login) as desk:
            return [hit.label for hit in queries.search(desk, text)]

    assert found("kim", "하나") == ["가하나", "하하나"]
    assert found("kim", "ㅎㅎ") == ["하하나"]
    assert found("kim", "061202-4123456") == ["다둘"]
    assert found("kim", " ") == found("kim", "남남") == found("kim", "061209-4000000") == []
    assert found("far", "남남") == ["남남"]


def test_home_groups_by_day_and_counts(full):
    with full.desk("kim", now=NOW + timedelta(days=14)) as desk:
        home = queries.home(desk)
    assert [len(group) for group in (home.late, home.today, home.week, home.later)] == [0, 5, 0, 1]
    assert {row.title for row in home.today} == {"안전교육"}
    assert next(row.days_left for row in home.later) == 16
    figures = {figure.id: figure.count for figure in home.figures}
    assert figures == {"due": 5, "returned": 0, "adult": 0}
    with full.desk("kim", now=NOW + timedelta(days=330)) as desk:
        assert {figure.id: figure.count for figure in queries.home(desk).figures}["adult"] == 7
        assert {row.short for row in queries.counted(desk, "adult")} == {"17살 · 여"}
    with full.desk("lee", now=NOW + timedelta(days=330)) as desk:  # two are kim's: they count for her where the team is asked for
        for whose, count in (("mine", 5), ("team", 7)):
            assert {figure.id: figure.count for figure in queries.home(desk, whose=whose).figures}["adult"] == count
            assert len(queries.counted(desk, "adult", whose=whose)) == count
    with full.desk("lee", now=NOW) as desk:  # the cases kim owns are hers
        assert queries.home(desk).total == 5
        assert queries.home(desk, whose="team").total == 5
    with full.desk("far") as desk:
        assert queries.home(desk).total == 2


def test_what_waits_is_counted_for_every_page_as_the_lists_show_it(full, monkeypatch):
    ask(full, full.ids["라다섯"])
    for login in ("kim", "lee", "boss", "far"):
        with full.desk(login) as desk:
            waits = home.counts(desk)
            assert waits == (queries.home(desk).total, len(queries.approvals(desk)))
            assert home.counts(desk, mine=False) == (0, waits[1])
            assert home.counts(desk, approvals=False) == (waits[0], 0)
    with full.desk("boss") as desk:
        assert home.counts(desk) == (6, 1)
    with full.desk() as desk:
        assert home.counts(desk) == (0, 0)
    monkeypatch.setattr(home, "COUNTED", 3)
    home._counting.cache_clear()
    with full.desk("kim") as desk:
        assert home.counts(desk) == (3, 0)
    home._counting.cache_clear()


@pytest.fixture
def few(monkeypatch):
    """Lists of work read two tasks; the statements are made anew for it, and after it."""
    monkeypatch.setattr(home, "MOST", 2)
    home._soonest_of.cache_clear()
    yield
    home._soonest_of.cache_clear()


def test_a_list_of_work_sorts_what_its_indexes_hold_and_reads_only_what_it_shows(full, few):
    """However large the place: what waits is found and sorted by ids and days, and only what is shown is read whole and noted as seen."""
    for whose in ("mine", "team"):
        with full.desk("kim", now=NOW + timedelta(days=14)) as desk:
            found = queries.home(desk, whose=whose, most=1)
            assert (len(found.today), found.sizes["today"], found.total) == (1, 2, 6)
            assert len(queries.home(desk, whose=whose, most=1, whole="today").today) == 2
            if desk.connection.dialect.name == "sqlite":
                asked = home._asked(desk, desk.edition(), team=whose == "team")
                for made in (home._soonest_of(*asked.shape), home._count_of(*asked.shape)):
                    plan = made._plan(desk.connection)
                    told = str(desk.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {plan.sql}", tuple(plan.bind(asked.values))).all())
                    for index in ("ix_task_free", "ix_task_asked") if whose == "mine" else ("ix_task_lane_open",):
                        assert f"COVERING INDEX {index}" in told
                    assert "SCAN task" not in told


def test_what_a_counter_counts_is_all_that_is_shown(full):
    with full.desk("kim", now=NOW + timedelta(days=14)) as desk:
        found = queries.home(desk, counter="due")
        assert (found.only.id, found.sizes) == ("due", {"late": 0, "today": 5, "week": 0, "later": 0})
        assert queries.home(desk, counter="returned").only is None  # it counts nothing


def test_the_short_line_of_a_case_moves_with_the_days(full):
    def short(login="kim"):
        with full.desk(login) as desk:
            return {row.case_label: row.case_short for row in queries.home(desk, whose="team").week} | {row.case_label: row.case_short for row in queries.home(desk, whose="team").later}

    assert short()["다넷"] == "17살 · 여"
    birthday = NOW + timedelta(days=13)
    while timers.refresh(full.database, full.editions, full.cipher, birthday):
        pass
    assert short()["다넷"] == "18살 · 여"


def test_sortable_keys_sort_as_their_values():
    from decimal import Decimal

    for values in ([-1000, Decimal("-2.5"), -2, 0, Decimal("0.5"), 1, 2, 10, 10**15], ["2024-01-31", "2024-02-01"], ["가", "나", "힣"]):
        keys = [projection.sortable(value) for value in values]
        assert keys == sorted(keys)
