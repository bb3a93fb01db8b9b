"""Holds K02, K03, S05, S11 (SECURITY.md)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from engine.casework import access, people
from engine.casework.desk import CLOCK
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.store.database import DatabaseFailed
from engine.store.tables import access_record, grant_, person
from tests.casework.world import role, roles
from tests.conftest import NOW

EDITION = roles(
    role("worker", kinds=["집"], exclusive="care", title="돌봄이"),
    role("lead", kinds=["집"], exclusive="care", title="돌봄장"),
    role("boss", may=["person.manage"], title="집 관리자"),
    role("chief", may=["person.manage", "access.read"], scope="all", title="본부 관리자"),
)


@pytest.fixture
def office(desk):
    """A desk of the command line, under an edition with roles."""
    return lambda actor=CLOCK, **more: desk(actor, editions=EDITION, **more)


@pytest.fixture
def place(office):
    with office() as d:
        return people.add_institution(d, "나무집", "집", region="서울")


def actor(desk, login):
    found = people.actor_of(desk.connection, login, desk.now)
    assert found
    return found


def added(desk, login, place, *held):
    people.add_person(desk, login, f"{login} 이름", place)
    for one in held:
        people.grant(desk, login, one, reason="채용")
    return actor(desk, login)


def test_a_person_of_an_institution_with_roles(office, place):
    with office() as d:
        made, secret = people.add_person(d, "kim", "김하나", place, phone="02-1", email="k@x")
        people.grant(d, "kim", "worker", reason="채용")
        kim = actor(d, "kim")
        listed, places = people.people(d), people.institutions(d)
    assert (kim.person_id, kim.login, kim.name, kim.phone, kim.email) == (made, "kim", "김하나", "02-1", "k@x")
    assert (kim.institution_name, kim.institution_kind, kim.institution_region, kim.roles) == ("나무집", "집", "서울", {"worker"})
    assert len(secret) > 16
    assert [(one.login, [held.role for held in one.grants]) for one in listed] == [("kim", ["worker"])]
    assert [one.name for one in places] == ["나무집"]


@pytest.mark.parametrize(
    ("login", "name", "path"),
    [("김", "김", "/login"), ("ab", "김", "/login"), ("kim", " ", "/name"), ("-kim-", "a", "/login"), ("KIM", "a", "/login")],
)
def test_odd_people_are_refused(office, place, login, name, path):
    with pytest.raises(Invalid) as caught, office() as d:
        people.add_person(d, login, name, place)
    assert [error.path for error in caught.value.errors] == [path]


def test_login_and_institution_names_are_unique(office, place):
    with office() as d:
        people.add_person(d, "kim", "김하나", place)
    with pytest.raises(Invalid, match="고칠"), office() as d:
        people.add_person(d, "kim", "김둘", place)
    with pytest.raises(Invalid), office() as d:
        people.add_institution(d, "나무집 ", "집")


def test_second_role_of_the_same_kind_is_refused_with_the_reason(office, place):
    """Holds R06 (docs/rules.md)."""
    with office() as d:
        added(d, "kim", place, "worker")
    with pytest.raises(Refused, match=r"'돌봄이' 역할을 맡고 있습니다\. '돌봄장' 역할과 함께"), office() as d:
        people.grant(d, "kim", "lead", reason="겸직")
    with pytest.raises(Refused, match="이미 '돌봄이'"), office() as d:
        people.grant(d, "kim", "worker", reason="또")
    with office() as d:
        people.grant(d, "kim", "boss", reason="다른 계열")
        assert actor(d, "kim").roles == {"worker", "boss"}


def test_roles_follow_each_other_in_time(office, place):
    """Holds R07 (docs/rules.md)."""
    with office() as d:
        people.add_person(d, "kim", "김", place)
        people.grant(d, "kim", "worker", reason="채용", until_day=date(2024, 12, 31))
        people.grant(d, "kim", "lead", reason="승진", from_day=date(2025, 1, 1))
    with pytest.raises(Refused), office() as d:
        people.grant(d, "kim", "lead", reason="겹침", from_day=date(2024, 12, 31), until_day=date(2024, 12, 31))
    for moment, held in ((NOW, {"worker"}), (NOW.replace(month=12, day=31), {"worker"}), (NOW.replace(year=2025, month=1, day=1), {"lead"})):
        with office(now=moment) as d:
            assert actor(d, "kim").roles == held


def test_revocation_takes_effect_at_once_and_frees_the_way(office, place):
    """Holds R02 (docs/rules.md)."""
    with office() as d:
        added(d, "kim", place, "worker")
    with office() as d:
        assert people.revoke(d, "kim", "worker", reason="전보") == 1
        assert actor(d, "kim").roles == frozenset()
        people.grant(d, "kim", "lead", reason="승진")
    with office() as d:
        assert actor(d, "kim").roles == {"lead"}
        told = people.past(d, "kim")
    assert [(one.kind, one.role, one.roles_before, one.roles_after, one.reason) for one in told] == [
        ("grant", "worker", (), ("worker",), "채용"),
        ("revoke", "worker", ("worker",), (), "전보"),
        ("grant", "lead", (), ("lead",), "승진"),
    ]
    with pytest.raises(Refused, match="맡고 있지 않습니다"), office() as d:
        people.revoke(d, "kim", "worker", reason="또")


@pytest.mark.parametrize(
    ("role_id", "more", "sentence"),
    [
        ("worker", {"reason": " "}, "까닭"),
        ("none", {"reason": "x"}, "판에 없습니다"),
        ("worker", {"reason": "x", "until_day": date(2024, 1, 1)}, "앞섭니다"),
    ],
)
def test_odd_grants_are_refused(office, place, role_id, more, sentence):
    """Holds R34 (docs/rules.md)."""
    with pytest.raises(Refused, match=sentence), office() as d:
        people.add_person(d, "kim", "김", place)
        people.grant(d, "kim", role_id, **more)


def test_role_for_another_kind_of_institution_is_refused(office):
    """Holds R03, R34 (docs/rules.md)."""
    with pytest.raises(Refused, match=r"집에서만 맡을 수 있습니다\. 큰일터의 종류는 본부"), office() as d:
        head = people.add_institution(d, "큰일터", "본부")
        added(d, "kim", head, "worker")


def test_past_of_grants_cannot_be_changed(office, place, database):
    with office() as d:
        added(d, "kim", place, "worker")
    for statement in ("DELETE FROM grant_", "UPDATE grant_ SET reason = ''"):
        with pytest.raises(DatabaseFailed), database.begin() as connection:
            connection.exec_driver_sql(statement)
    with database.read() as connection:
        assert connection.execute(select(grant_.c.reason)).scalars().all() == ["채용"]


def test_who_manages_whom(office, place):
    """Holds R02 (docs/rules.md)."""
    with office() as d:
        other = people.add_institution(d, "숲집", "집")
        boss, chief = added(d, "boss1", place, "boss"), added(d, "chief1", other, "chief")
        added(d, "kim", place)
        added(d, "lee", other)
        plain = actor(d, "lee")
    with office(boss) as d:
        people.grant(d, "kim", "worker", reason="채용")
        assert [one.login for one in people.people(d)] == ["boss1", "kim"]
    for login, role_id, error in (("lee", "worker", NotFound), ("boss1", "worker", Forbidden), ("kim", "chief", Forbidden)):
        with pytest.raises(error), office(boss) as d:
            people.grant(d, login, role_id, reason="x")
    with pytest.raises(Forbidden), office(plain) as d:
        people.grant(d, "kim", "lead", reason="x")
    with pytest.raises(Forbidden), office(boss) as d:
        people.add_institution(d, "새집", "집")
    with office(chief) as d:
        people.grant(d, "lee", "worker", reason="채용")
        people.add_institution(d, "새집", "집")
        assert len(people.people(d)) == 4
    with pytest.raises(NotFound), office(boss) as d:
        people.add_person(d, "new", "새", other)


def test_disabling_ends_everything_at_once(office, place):
    with office() as d:
        added(d, "kim", place, "worker")
        people.set_password(d, "kim", "올바른 말과 배터리")
        token = people.token_for(d, "kim")
        session = people.sign_in(d, "kim", "올바른 말과 배터리").token
        assert people.session_actor(d.connection, session, NOW).actor.login == "kim"
    with office() as d:
        people.disable_person(d, "kim", reason="퇴직")
    with office() as d:
        assert people.session_actor(d.connection, session, NOW) is None
        assert people.token_actor(d.connection, token, NOW) is None
        assert people.actor_of(d.connection, "kim", NOW) is None
        assert people.sign_in(d, "kim", "올바른 말과 배터리").token == ""
    with pytest.raises(Refused, match="중지"), office() as d:
        people.grant(d, "kim", "worker", reason="x")
    with office() as d:
        secret = people.enable_person(d, "kim")
        assert people.sign_in(d, "kim", secret).must_change
        assert actor(d, "kim").roles == frozenset()


def test_people_of_a_closed_institution_cannot_work(office, place):
    with office() as d:
        added(d, "kim", place, "worker")
        d.connection.execute(people.institution.update().values(closed_at=NOW))
        assert people.actor_of(d.connection, "kim", NOW) is None


def test_every_change_leaves_an_access_record(office, place):
    with office() as d:
        added(d, "kim", place, "worker")
        people.revoke(d, "kim", "worker", reason="전보")
        people.reset_password(d, "kim")
        people.disable_person(d, "kim", reason="퇴직")
        acts = d.connection.execute(select(access_record.c.act).order_by(access_record.c.seq)).scalars().all()
    assert acts == ["institution.add", "person.add", "role.grant", "role.revoke", "password.reset", "person.disable"]
    assert access.REASON_LIMIT


def test_only_the_command_line_sets_passwords_and_tokens_of_others(office, place):
    with office() as d:
        chief = added(d, "chief1", place, "chief")
        added(d, "kim", place)
    with pytest.raises(Forbidden), office(chief) as d:
        people.set_password(d, "kim", "아주 길고 긴 말 모음")
    with pytest.raises(Forbidden), office(chief) as d:
        people.token_for(d, "kim")
    with office(chief) as d:
        assert people.token_for(d, "chief1").startswith("dd_")
    with pytest.raises(Invalid), office() as d:
        people.set_password(d, "kim", "short")
    with office() as d:
        d.connection.execute(update(person).values(disabled_at=NOW))
        with pytest.raises(Refused):
            people.token_for(d, "kim")


def test_one_time_password_dies_after_days(office, place):
    with office() as d:
        _, secret = people.add_person(d, "kim", "김", place)
    with office(now=NOW + timedelta(days=3, seconds=1)) as d:
        assert people.sign_in(d, "kim", secret).token == ""
