"""Holds D09, K04, K05, S03, S04, S07, S09, S45 (SECURITY.md)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.casework import passwords, people, signin
from engine.casework.desk import CLOCK
from engine.errors import Forbidden, Invalid
from engine.store.tables import access_record, api_token, person, web_session
from tests.conftest import NOBODY, NOW

GOOD = "올바른 말과 배터리"


@pytest.fixture
def kim(desk):
    with desk(CLOCK) as d:
        place = people.add_institution(d, "나무집", "집")
        people.add_person(d, "kim", "김하나", place)
        people.set_password(d, "kim", GOOD)
    return "kim"


def acts(database):
    with database.read() as connection:
        return connection.execute(select(access_record.c.act, access_record.c.login, access_record.c.address).order_by(access_record.c.seq)).all()


def test_sign_in_and_out(desk, kim, database):
    with desk() as d:
        admission = people.sign_in(d, kim, GOOD)
    assert admission.token
    assert not admission.must_change
    with desk() as d:
        seat = people.session_actor(d.connection, admission.token, NOW)
        assert seat.actor.login == kim
        people.sign_out(d, admission.token)
    with desk() as d:
        assert people.session_actor(d.connection, admission.token, NOW) is None
    assert [row for row in acts(database) if row.act.startswith("sign")] == [("signin", "kim", "127.0.0.1"), ("signout", "", "127.0.0.1")]


def test_only_hashes_are_stored(desk, kim, database):
    with desk() as d:
        session = people.sign_in(d, kim, GOOD).token
    with desk(CLOCK) as d:
        token = people.token_for(d, kim)
    with database.read() as connection:
        assert connection.execute(select(web_session.c.token_hash)).scalar_one() == hashlib.sha256(session.encode()).hexdigest()
        assert connection.execute(select(api_token.c.token_hash)).scalar_one() == hashlib.sha256(token.encode()).hexdigest()
        assert connection.execute(select(person.c.password)).scalar_one().startswith("$argon2id$")


@pytest.mark.parametrize("wrong", ["", GOOD + " ", " " + GOOD, GOOD[:-1], "틀린 비밀번호예요", "\ud800", "x" * 5000])
def test_wrong_password_tells_nothing(desk, kim, wrong):
    with desk() as d:
        unknown, known = people.sign_in(d, "nobody", GOOD), people.sign_in(d, kim, wrong)
    assert unknown == known
    assert known.sentence == signin.WRONG


def test_unknown_login_is_hashed_against_all_the_same(desk, kim, monkeypatch):
    seen = []
    plain = passwords.hasher.verify
    monkeypatch.setattr(type(passwords.hasher), "verify", lambda _self, stored, secret: seen.append(stored) or plain(stored, secret))
    with desk() as d:
        people.sign_in(d, "nobody", GOOD)
        people.sign_in(d, kim, "틀린 비밀번호예요")
    assert len(seen) == 2
    assert seen[0].split("$")[2:4] == seen[1].split("$")[2:4]


def test_failures_are_recorded_without_unknown_logins(desk, kim, database):
    with desk() as d:
        people.sign_in(d, "비밀번호를여기에", "x")
        people.sign_in(d, kim, "x")
    assert acts(database)[-2:] == [("signin.failed", "", "127.0.0.1"), ("signin.failed", "kim", "127.0.0.1")]


def test_account_and_source_are_slowed_not_locked(desk, kim):
    from dataclasses import replace

    elsewhere = replace(NOBODY, address="10.9.9.9")
    with desk() as d:
        answers = [people.sign_in(d, kim, "틀린 비밀번호") for _ in range(5)]
    assert [bool(one.retry_after) for one in answers] == [False] * 4 + [True]
    with desk(now=NOW + timedelta(seconds=30)) as d:
        blocked = people.sign_in(d, kim, GOOD)
        assert not blocked.token
        assert 0 < blocked.retry_after <= 31
    with desk(elsewhere) as d:
        assert people.sign_in(d, kim, GOOD).token  # the victim, from where they always sign in
    with desk(now=NOW + timedelta(seconds=61)) as d:
        assert people.sign_in(d, kim, "틀린 비밀번호").retry_after == 120
    with desk(now=NOW + timedelta(seconds=185)) as d:
        assert people.sign_in(d, kim, GOOD).token
    with desk(now=NOW + timedelta(seconds=190)) as d:
        assert people.sign_in(d, kim, "틀린 비밀번호").retry_after == 0  # a success wipes the slate


def test_one_source_trying_many_accounts_is_slowed(desk, kim):
    with desk() as d:
        waits = [people.sign_in(d, f"user{n}", "x").retry_after for n in range(signin.SOURCE_LIMIT)]
        assert waits[-1]
        assert not any(waits[:-1])
        assert people.sign_in(d, kim, GOOD).token == ""


def test_session_ends_idle_and_absolutely(desk, kim):
    with desk() as d:
        token = people.sign_in(d, kim, GOOD, absolute=timedelta(hours=2)).token

    def live(after):
        with desk() as d:
            return people.session_actor(d.connection, token, NOW + after, idle=timedelta(minutes=60)) is not None

    assert live(timedelta(minutes=59))
    assert not live(timedelta(minutes=60))
    with desk() as d:
        people.touch(d.connection, token, NOW + timedelta(minutes=50))
    assert live(timedelta(minutes=109))
    with desk() as d:
        people.touch(d.connection, token, NOW + timedelta(minutes=100))
    assert live(timedelta(minutes=119))
    assert not live(timedelta(minutes=120))


def test_signing_in_again_kills_the_session_before(desk, kim):
    with desk() as d:
        first = people.sign_in(d, kim, GOOD).token
        second = people.sign_in(d, kim, GOOD, before=first).token
        assert people.session_actor(d.connection, first, NOW) is None
        assert people.session_actor(d.connection, second, NOW)


def test_sixth_session_ends_the_oldest(desk, kim):
    tokens = []
    for minute in range(signin.SESSIONS + 1):
        with desk(now=NOW + timedelta(minutes=minute)) as d:
            tokens.append(people.sign_in(d, kim, GOOD).token)
    with desk() as d:
        alive = [people.session_actor(d.connection, token, NOW + timedelta(minutes=6)) is not None for token in tokens]
    assert alive == [False] + [True] * signin.SESSIONS


def test_one_time_password_is_used_up_and_must_be_replaced(desk, kim):
    with desk(CLOCK) as d:
        place = people.institutions(d)[0].id
        _, secret = people.add_person(d, "lee", "이둘", place)
    with desk() as d:
        admission = people.sign_in(d, "lee", secret)
        assert admission.must_change
        assert people.sign_in(d, "lee", secret).token == ""
        seat = people.session_actor(d.connection, admission.token, NOW)
        assert seat.must_change
    with pytest.raises(Invalid), desk(seat.actor) as d:
        people.change_password(d, admission.token, secret[:7])
    with desk(seat.actor) as d:
        token = people.change_password(d, admission.token, "새로 정한 긴 비밀번호")
        assert people.session_actor(d.connection, admission.token, NOW) is None
        assert not people.session_actor(d.connection, token, NOW).must_change
    with desk() as d:
        assert people.sign_in(d, "lee", "새로 정한 긴 비밀번호").token


def test_changing_the_password_ends_every_other_session(desk, kim):
    with desk() as d:
        one, other = people.sign_in(d, kim, GOOD).token, people.sign_in(d, kim, GOOD).token
        actor = people.session_actor(d.connection, one, NOW).actor
    with pytest.raises(Invalid) as caught, desk(actor) as d:
        people.change_password(d, one, "짧다", old="틀림", again="다르다")
    assert [error.path for error in caught.value.errors] == ["/old", "/new", "/again"]
    with desk(actor) as d:
        fresh = people.change_password(d, one, "전혀 다른 긴 비밀번호", old=GOOD, again="전혀 다른 긴 비밀번호")
        assert people.session_actor(d.connection, one, NOW) is None
        assert people.session_actor(d.connection, other, NOW) is None
        assert people.session_actor(d.connection, fresh, NOW)
        assert len(people.sessions(d)) == 1


def test_password_cannot_be_changed_outside_the_own_session(desk, kim):
    with desk() as d:
        token = people.sign_in(d, kim, GOOD).token
    with pytest.raises(Forbidden), desk() as d:
        people.change_password(d, token, "전혀 다른 긴 비밀번호", old=GOOD)


def test_api_token_is_a_person_until_it_ends(desk, kim):
    with desk(CLOCK) as d:
        token = people.token_for(d, kim)
        assert people.token_actor(d.connection, token, NOW).login == kim
        assert people.token_actor(d.connection, token, NOW + signin.TOKEN_LIFE) is None
        assert people.token_actor(d.connection, token + "x", NOW) is None


def test_outdated_hash_is_replaced_at_sign_in(desk, kim, monkeypatch):
    from argon2 import PasswordHasher

    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", stronger)
    with desk() as d:
        assert people.sign_in(d, kim, GOOD).token
        assert "t=2" in d.connection.execute(select(person.c.password)).scalar_one()
        assert people.sign_in(d, kim, GOOD).token


def test_old_sessions_and_counts_are_dropped(desk, kim):
    with desk() as d:
        people.sign_in(d, kim, GOOD)
        people.sign_in(d, kim, "x")
    with desk(now=NOW + timedelta(days=2)) as d:
        signin.forget_old(d)
        assert d.connection.execute(select(web_session)).all() == []
        assert d.connection.execute(select(signin.throttle)).all() == []
