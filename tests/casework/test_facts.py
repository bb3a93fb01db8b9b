from __future__ import annotations

import pytest

from engine.casework import depends
from engine.casework.dossier import open_case
from engine.spec.expression import compile_fx
from engine.store.prepared import Prepared
from tests.casework.library import LESSON, LOAN


@pytest.fixture
def asked(monkeypatch):
    """The statements run since, as the first words of each."""
    found = []
    plain = Prepared._plan

    def noted(self, connection):
        found.append(str(self._statement)[:30])
        return plain(self, connection)

    monkeypatch.setattr(Prepared, "_plan", noted)
    return found


def value(dossier, source):
    return compile_fx(source)(dossier.facts)


def test_nothing_is_read_before_it_is_asked_for(small_library, asked):
    case_id = small_library.member()
    with small_library.desk("kim") as desk:
        asked.clear()
        dossier = open_case(desk, case_id, lock=False)
        assert len(asked) == 1
        assert value(dossier, "today == 날짜('2024-11-22') and person.login == 'kim' and institution.name == '가지점' and case.number == '2024-0001'")
        assert len(asked) == 1
        assert value(dossier, "case.회원명 == '김하나' and record.member.count == 1 and record.lesson.count == 0 and record.lesson.last == None")
        assert len(asked) == 2


def test_a_form_that_was_never_saved_is_counted_and_empty(small_library):
    case_id = small_library.member()
    with small_library.desk("kim") as desk:
        dossier = open_case(desk, case_id, lock=False)
        assert value(dossier, "record.lesson.count") == value(dossier, "record.lesson.made") == 0
        assert value(dossier, "record.lesson.last.교육일") is None
        assert value(dossier, "case.주민등록번호") is None
        assert value(dossier, "case.status") == "새 회원"
        assert value(dossier, "record.member.last.by_name") == "Kim"
        assert value(dossier, "record.member.first.saved") == desk.today


def test_what_an_expression_depends_on(small_library):
    with small_library.desk("kim") as desk:
        edition = desk.edition()
    for source, words in {
        "record.loan.count": {"record.loan"},
        "case.회원명": {"record.member"},
        "case.owner_name": {"owner"},
        "case.number": {"number"},
        "institution.name": {"place"},
        "종결됨": {"record.leave"},
        "휴면중": {"record.leave", "today"},
        "case.status": {"record.member", "record.leave", "record.lesson", "today"},
        "visits.lesson < 3 and work.loan.대여일": {"work"},
        "마감일자": {"closing_date"},
    }.items():
        assert depends.words(edition, compile_fx(source)) == words, source


def test_a_long_case_costs_what_a_short_one_does(small_library, asked):
    case_id = small_library.member()
    small_library.complete("kim", small_library.open_tasks(case_id)["lesson"].id, LESSON)
    small_library.complete("kim", small_library.open_tasks(case_id)["loan"].id, LOAN)
    costs = []
    for _ in range(30):
        asked.clear()
        small_library.submit("kim", case_id, "loan", LOAN)
        costs.append(len(asked))
    assert set(costs) == {costs[0]}
    assert costs[0] <= 16, asked
