"""Signing in: forms with a token before any session, new secrets at each step, the same answer whatever is wrong, and a clean way out.

Holds S10, S13 (SECURITY.md).
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from engine.casework import people
from engine.casework.desk import CLOCK, Desk
from engine.store.tables import access_record, person, web_session
from tests.web.test_unit import NOW, WAYS, World
from web import signin
from web.assembly import assemble
from web.routes import CHANGING, PUBLIC, SIGNED_IN, Body, Way
from web.security import csrf_token

PASSWORD = "긴 우산은 파란 문 옆에"
ALL = (
    *WAYS,
    Way("GET", "/signin", signin.show, PUBLIC),
    Way("POST", "/signin", signin.submit, PUBLIC, Body.FORM),
    Way("POST", "/signout", signin.leave, CHANGING, Body.FORM),
    Way("POST", "/session/extend", signin.extend, SIGNED_IN, Body.FORM),
    Way("GET", "/password", signin.password, CHANGING),
    Way("POST", "/password", signin.password, CHANGING, Body.FORM),
)


class Door(World):
    """The world of the unit's tests, with the routes of the sign-in and a person who has a password."""

    def __init__(self, database, cipher, files):
        super().__init__(database, cipher, files)
        with database.begin() as connection:
            people.set_password(self.desk(connection), "kim", PASSWORD)
            connection.execute(delete(web_session))

    def desk(self, connection):
        return Desk(connection, CLOCK, self.now, self.house.editions, self.house.cipher, self.house.files)

    def client(self):
        return TestClient(assemble(ALL, self.house), base_url="http://testserver", follow_redirects=False)

    def visitor(self):
        """A browser that has opened the sign-in page; and the token of its form."""
        browser = self.client()
        return browser, re.search(r'name="_csrf" value="(\w+)"', browser.get("/signin?next=/me").text)[1]

    def sign_in(self, password=PASSWORD, login="kim", target="/me"):
        browser, token = self.visitor()
        return browser, browser.post("/signin", data={"_csrf": token, "login": login, "password": password, "next": target})


@pytest.fixture
def door(sqlite_database, cipher, files):
    return Door(sqlite_database, cipher, files)


def test_the_way_in(door):
    browser, answer = door.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("didimdol="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/me").text == "kim"
    assert browser.get("/signin?next=/see").headers["location"] == "/see"
    assert browser.cookies["didimdol"] not in answer.text + str(door.ask(select(web_session)))


def test_s12_with_https_the_cookies_carry_the_host_prefix(door):
    from dataclasses import replace

    door.house = replace(door.house, settings=replace(door.house.settings, secure=True))
    browser = TestClient(assemble(ALL, door.house), base_url="https://testserver", follow_redirects=False)
    token = re.search(r'name="_csrf" value="(\w+)"', browser.get("/signin").text)[1]
    answer = browser.post("/signin", data={"_csrf": token, "login": "kim", "password": PASSWORD})
    given = [cookie for cookie in answer.headers.get_list("set-cookie") if "didimdol=" in cookie]
    assert given
    assert all(cookie.startswith("__Host-") and "Secure" in cookie and "Path=/" in cookie for cookie in given)


@pytest.mark.parametrize(("login", "password"), [("kim", "wrong"), ("nobody", PASSWORD), ("kim", PASSWORD + " "), ("kim", ""), ("", ""), ("kim", "x" * 100_000)])
def test_s04_whatever_is_wrong_the_answer_is_the_same(door, login, password):
    _, answer = door.sign_in(password, login)
    assert answer.status_code == 401
    assert "아이디 또는 비밀번호가 맞지 않습니다." in answer.text
    assert not any(value.startswith("didimdol=") for value in answer.headers.get_list("set-cookie"))


def test_s04_a_disabled_person_is_told_no_more_than_a_stranger(door):
    door.do(update(person).values(disabled_at=NOW))
    _, known = door.sign_in()
    _, stranger = door.sign_in(login="nobody")
    assert (known.status_code, re.sub(r"\w{64}|value=\"\w*\"", "", known.text)) == (stranger.status_code, re.sub(r"\w{64}|value=\"\w*\"", "", stranger.text))


def test_s03_after_some_failures_one_has_to_wait_and_then_may_again(door):
    for _ in range(5):
        door.sign_in("wrong")
    _, refused = door.sign_in()
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    door.now = NOW + timedelta(minutes=16)
    assert door.sign_in()[1].status_code == 303
    acts = [row.act for row in door.ask(select(access_record.c.act))]
    assert acts.count("signin.failed") == 5
    assert "signin.throttled" in acts


def test_s09_a_new_sign_in_gives_a_new_secret_and_the_old_one_is_dead(door):
    browser, _ = door.sign_in()
    first = browser.cookies["didimdol"]
    browser.post("/signin", data={"_csrf": csrf_token(first), "login": "kim", "password": PASSWORD})
    assert browser.cookies["didimdol"] != first
    old = door.client()
    old.cookies.set("didimdol", first)
    assert old.get("/me").status_code == 303


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aset-cookie:a=b\r\nx:y", "\\\\evil"])
def test_s19_next_never_leads_to_another_site(door, target):
    _, answer = door.sign_in(target=target)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith(("//", "/\\"))
    assert "set-cookie: a=b" not in str(answer.headers).lower()


def test_s14_a_sign_in_nobody_asked_for_is_refused(door):
    browser, token = door.visitor()
    asked = {"login": "kim", "password": PASSWORD}
    assert browser.post("/signin", data=asked).status_code == 403
    assert browser.post("/signin", data={**asked, "_csrf": token}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert door.client().post("/signin", data={**asked, "_csrf": token}).status_code == 403


def test_s08_the_way_out_ends_the_session_on_the_server_and_clears_the_browser(door):
    browser, _ = door.sign_in()
    secret = browser.cookies["didimdol"]
    answer = browser.post("/signout", data={"_csrf": csrf_token(secret)})
    assert answer.headers["location"] == "/signin"
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    browser.cookies.set("didimdol", secret)
    assert browser.get("/me").status_code == 303


def test_a_session_is_extended_by_asking_but_not_beyond_its_end(door):
    browser, _ = door.sign_in()
    token = csrf_token(browser.cookies["didimdol"])
    door.now = NOW + timedelta(minutes=10)
    answer = browser.post("/session/extend", data={"_csrf": token}, headers={"accept": "application/json"})
    assert answer.json() == {"expires_at": "2024-11-22T14:25:00+09:00"}
    assert browser.post("/session/extend", data={"_csrf": token, "next": "/see"}).headers["location"] == "/see"
    assert browser.post("/session/extend", data={"_csrf": token, "next": "//evil"}).headers["location"] == "/"
    door.do(update(web_session).values(expires_at=NOW + timedelta(minutes=12)))
    answer = browser.post("/session/extend", data={"_csrf": token}, headers={"accept": "application/json"})
    assert answer.json() == {"expires_at": "2024-11-22T14:12:00+09:00"}


def test_s05_a_one_time_password_opens_the_page_for_a_new_one_and_nothing_else(door):
    with door.database.begin() as connection:
        once = people.reset_password(door.desk(connection), "kim")
    browser, answer = door.sign_in(once)
    assert answer.headers["location"] == "/password"
    assert browser.get("/me").headers["location"] == "/password"
    assert browser.get("/password").status_code == 200
    first = browser.cookies["didimdol"]
    weak = browser.post("/password", data={"_csrf": csrf_token(first), "password": "1234567", "again": "1234567"})
    assert weak.status_code == 422
    assert "10자 이상" in weak.text
    fresh = "다른 우산은 빨간 문 옆에"
    done = browser.post("/password", data={"_csrf": csrf_token(first), "password": fresh, "again": fresh})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.cookies["didimdol"] != first
    assert browser.get("/me").text == "kim"
    assert door.sign_in(once)[1].status_code == 401
    assert door.sign_in(fresh)[1].status_code == 303


def test_s11_a_changed_password_ends_every_other_session(door):
    here, _ = door.sign_in()
    there, _ = door.sign_in()
    fresh = "다른 우산은 빨간 문 옆에"
    token = csrf_token(here.cookies["didimdol"])
    wrong = here.post("/password", data={"_csrf": token, "current": "x", "password": fresh, "again": fresh + "!"})
    assert wrong.status_code == 422
    assert "지금 비밀번호가 맞지 않습니다." in wrong.text
    assert "서로 다릅니다" in wrong.text
    assert here.post("/password", data={"_csrf": token, "current": PASSWORD, "password": fresh, "again": fresh}).status_code == 303
    assert here.get("/me").text == "kim"
    assert there.get("/me").status_code == 303


def test_fields_sent_twice_or_as_files_are_as_if_not_sent(door):
    browser, token = door.visitor()
    body = f"_csrf={token}&login=kim&login=kim&password=x"
    assert browser.post("/signin", content=body, headers={"content-type": "application/x-www-form-urlencoded"}).status_code == 401
