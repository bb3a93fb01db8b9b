"""The people one manages, names for rows of the past, who set the closing date; refusals say which answer they are about."""

from __future__ import annotations

from datetime import date

import pytest

from engine.casework import access, grants, names, people, roster, settings
from engine.errors import Forbidden, Invalid, NotFound, Refused


@pytest.fixture
def office(library):
    library.hire("admin", "가지점", "admin")
    library.hire("faradmin", "나지점", "admin")
    return library


def test_the_roster_holds_ones_own_institution_with_every_standing_grant(office):
    with office.desk("admin") as desk:
        grants.revoke(desk, "lee", "keeper", reason="옮김")
        grants.grant(desk, "lee", "keeper", reason="다시", from_day=date(2025, 1, 1), until_day=date(2025, 3, 1))
        found = {one.login: one for one in roster.roster(desk)}
    assert set(found) == {"kim", "lee", "boss", "admin"}
    assert [one.role for one in found["kim"].held(office.now.date())] == ["keeper"]
    assert [(one.from_day, one.until_day) for one in found["lee"].grants] == [(date(2025, 1, 1), date(2025, 3, 1))]
    assert found["lee"].held(office.now.date()) == ()


def test_one_person_of_another_institution_is_not_there(office):
    with office.desk("admin") as desk:
        kim = roster.entry(desk, office.people["kim"].person_id)
        assert (kim.name, kim.institution_name) == ("Kim", "가지점")
        for ident in (office.people["far"].person_id, "0" * 26):
            with pytest.raises(NotFound):
                roster.entry(desk, ident)
    with pytest.raises(Forbidden), office.desk("kim") as desk:
        roster.roster(desk)


def test_everyone_is_seen_by_who_reaches_all(office):
    with office.desk() as desk:
        assert {one.login for one in roster.roster(desk)} == {"kim", "lee", "boss", "far", "admin", "faradmin"}


def test_ones_own_past_may_be_read_without_a_lock(office):
    with office.database.read() as connection:
        desk = office.at(connection, "admin")
        assert [event.role for event in grants.past(desk, "admin")] == ["admin"]
        with pytest.raises(NotFound):
            grants.past(desk, "far")


def test_roles_one_may_give_are_those_of_the_kind_within_ones_reach(office):
    with office.desk("admin") as desk:
        assert [role.id for role in grants.grantable(desk, "공구도서관")] == ["keeper", "head", "admin", "author", "approver"]


@pytest.mark.parametrize(
    ("told", "at"),
    [({"role_id": "head"}, "/role"), ({"role_id": "keeper"}, "/role"), ({"reason": " "}, "/reason"), ({"until_day": date(2020, 1, 1)}, "/until_day")],
)
def test_a_refusal_says_which_answer_it_is_about(office, told, at):
    with office.desk("admin") as desk, pytest.raises(Refused) as refused:
        grants.grant(desk, "kim", **{"role_id": "author", "reason": "까닭", **told})
    assert refused.value.at == at


def test_everything_wrong_with_a_new_person_is_said_at_once(office):
    with office.desk("admin") as desk, pytest.raises(Invalid) as wrong:
        people.add_person(desk, "X", " ", office.places["가지점"], phone="0" * 41)
    assert [one.path for one in wrong.value.errors] == ["/name", "/phone", "/login"]


def test_names_are_given_for_what_is_known(office):
    case = office.member()
    with office.desk("admin") as desk:
        assert names.of_people(desk, ["kim", "gone", None, ""]) == {"kim": "Kim"}
        assert names.of_institutions(desk, [office.places["나지점"]]) == {office.places["나지점"]: "나지점"}
        number = names.of_cases(desk, [case, ""])[case]
        assert "김하나" not in number
        seen = access.log(desk, number=number)
        assert seen.total >= 0
        assert access.log(desk, number="none").total == 0
        assert {row.subject for row in seen.rows} <= {case}


def test_the_closing_date_is_told_with_who_set_it(office):
    with office.desk("admin") as desk:
        assert settings.closing(desk) is None
        settings.set_closing_date(desk, date(2024, 1, 1))
        closing = settings.closing(desk)
    assert (closing.day, closing.changed_by) == (date(2024, 1, 1), "admin")
    with pytest.raises(Forbidden), office.desk("kim") as desk:
        settings.closing(desk)
