"""The one transaction of a request: who calls, whether they may, committed on return, gone on raise, and what was seen written down.

Holds K08 (SECURITY.md).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from engine.casework import access, signin
from engine.casework.desk import CLOCK, Desk
from engine.errors import Invalid, NotFound
from engine.store.ids import new_id
from engine.store.tables import access_record, institution, person, setting, web_session
from engine.store.types import KST
from tests.web.tiny import TESTING
from web.assembly import assemble
from web.house import House
from web.routes import CHANGING, PUBLIC, SIGNED_IN, Body, Way, may
from web.security import csrf_token
from web.unit import unit
from web.visit import after_commit

NOW = datetime(2024, 11, 22, 14, 0, tzinfo=KST)
said = []


def whoami(request):
    with unit(request) as desk:
        return PlainTextResponse(desk.actor.login)


def see(request):
    with unit(request) as desk:
        access.record(desk, "case.view", subject="c1")
        return PlainTextResponse("seen")


def note(desk):
    desk.connection.execute(insert(setting).values(name="n", value=1, changed_at=desk.now))


def change(request):
    with unit(request) as desk:
        note(desk)
        after_commit(request, lambda: said.append("after"))
    return PlainTextResponse("done")


def change_and_fail(request):
    with unit(request) as desk:
        note(desk)
        after_commit(request, lambda: said.append("after"))
        raise Invalid([])


def change_wrongly_and_show(request):
    try:
        with unit(request) as desk:
            note(desk)
            raise Invalid([])
    except Invalid:
        with unit(request, write=False) as desk:
            count = desk.connection.execute(select(func.count()).select_from(setting)).scalar_one()
            return PlainTextResponse(f"{count} written", 422)


def change_twice(request):
    for _ in range(2):
        with unit(request) as desk:
            desk.connection.execute(select(1))
    return PlainTextResponse("done")


def write_in_get(request):
    with unit(request) as desk:
        note(desk)
    return PlainTextResponse("done")


def miss(request):
    with unit(request):
        raise NotFound


WAYS = (
    Way("GET", "/me", whoami, SIGNED_IN),
    Way("GET", "/open", whoami, PUBLIC),
    Way("GET", "/changing", whoami, CHANGING),
    Way("GET", "/api/me", whoami, SIGNED_IN),
    Way("GET", "/see", see, SIGNED_IN),
    Way("GET", "/secret", see, may("access.read")),
    Way("GET", "/miss", miss, SIGNED_IN),
    Way("GET", "/write", write_in_get, SIGNED_IN),
    Way("POST", "/change", change, SIGNED_IN, Body.FORM),
    Way("POST", "/fail", change_and_fail, SIGNED_IN, Body.FORM),
    Way("POST", "/show", change_wrongly_and_show, SIGNED_IN, Body.FORM),
    Way("POST", "/twice", change_twice, SIGNED_IN, Body.FORM),
    Way("POST", "/api/change", change, SIGNED_IN, Body.JSON),
)


class World:
    """One person with a session in an app of the routes above, and a clock to turn."""

    def __init__(self, database, cipher, files):
        self.now = NOW
        self.database = database
        self.house = House(replace(TESTING, idle=timedelta(minutes=15)), database, cipher, NoEditions(), files, clock=lambda: self.now)
        with database.begin() as connection:
            place, self.person = new_id(), new_id()
            connection.execute(insert(institution).values(id=place, name="한빛", kind="관", created_at=NOW))
            connection.execute(insert(person).values(id=self.person, login="kim", name="김", institution_id=place, created_at=NOW))
            desk = Desk(connection, CLOCK, NOW, self.house.editions, cipher, files)
            self.secret = signin.open_session(desk, self.person, NOW + timedelta(hours=10))
            self.token = signin.issue_token(desk, self.person)
        self.browser = self.client()
        self.browser.cookies.set("didimdol", self.secret)
        said.clear()

    def client(self):
        return TestClient(assemble(WAYS, self.house), base_url="http://testserver", follow_redirects=False)

    def post(self, path):
        return self.browser.post(path, data={"_csrf": csrf_token(self.secret)})

    def ask(self, statement):
        with self.database.read() as connection:
            return connection.execute(statement).all()

    def do(self, statement):
        with self.database.begin() as connection:
            connection.execute(statement)


class NoEditions:
    """Nothing is published yet."""

    def in_force(self, _connection, _day):
        from engine.errors import Refused

        raise Refused


@pytest.fixture
def world(database, cipher, files):
    return World(database, cipher, files)


def count(world):
    return world.ask(select(func.count()).select_from(setting))[0][0]


def test_the_session_says_who_calls(world):
    assert world.browser.get("/me").text == "kim"
    assert world.browser.get("/me").headers["cache-control"] == "no-store"


def test_without_a_session_pages_send_to_the_sign_in_and_the_api_says_401(world):
    stranger = world.client()
    assert stranger.get("/me?a=b").headers["location"] == "/signin?next=%2Fme%3Fa%3Db"
    assert stranger.get("/api/me").status_code == 401
    assert stranger.get("/open").text == ""


def test_s08_a_secret_we_never_gave_opens_nothing(world):
    world.browser.cookies.set("didimdol", "x" * 43)
    assert world.browser.get("/me").status_code == 303


def test_s10_a_session_ends_when_idle_and_a_visit_a_minute_keeps_it(world):
    for minutes in (14, 28, 42):
        world.now = NOW + timedelta(minutes=minutes)
        assert world.browser.get("/me").status_code == 200
    world.now = NOW + timedelta(minutes=57, seconds=1)
    assert world.browser.get("/me").status_code == 303


def test_s10_a_session_ends_at_its_absolute_end(world):
    for minutes in range(0, 600, 10):
        world.now = NOW + timedelta(minutes=minutes)
        assert world.browser.get("/me").status_code == 200
    world.now = NOW + timedelta(hours=10)
    assert world.browser.get("/me").status_code == 303


def test_last_seen_is_written_at_most_once_a_minute(world):
    seen = []
    for seconds in (0, 30, 59, 61, 90, 122):
        world.now = NOW + timedelta(seconds=seconds)
        world.browser.get("/me")
        seen.append(world.ask(select(web_session.c.seen_at))[0][0])
    assert [(moment - NOW).seconds for moment in seen] == [0, 0, 0, 61, 61, 122]


def test_s11_a_disabled_person_is_out_at_the_next_request(world):
    world.do(update(person).values(disabled_at=NOW))
    assert world.browser.get("/me").status_code == 303
    assert world.browser.get("/api/me", headers={"authorization": f"Bearer {world.token}"}).status_code == 401


def test_who_must_change_the_password_gets_no_further(world):
    world.do(update(web_session).values(must_change=True))
    assert world.browser.get("/me").headers["location"] == "/password"
    assert world.browser.get("/api/me").status_code == 403
    assert world.browser.get("/changing").text == "kim"


def test_a_bearer_token_says_who_calls_and_the_cookie_beside_it_counts_for_nothing(world):
    assert world.client().get("/api/me", headers={"authorization": f"Bearer {world.token}"}).text == "kim"
    assert world.browser.get("/api/me", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert world.browser.get("/api/me", headers={"authorization": "Basic a2ltOg=="}).status_code == 401
    assert world.client().get("/me", headers={"authorization": f"Bearer {world.token}"}).status_code == 303


def test_a_cookie_does_not_write_through_the_api_without_the_form_token(world):
    assert world.browser.post("/api/change", json={}).status_code == 403
    assert count(world) == 0
    assert world.browser.post("/api/change", json={}, headers={"x-csrf-token": csrf_token(world.secret)}).status_code == 200
    assert count(world) == 1


def test_returning_commits_and_hooks_run_after_it(world):
    assert world.post("/change").text == "done"
    assert (count(world), said) == (1, ["after"])


def test_raising_rolls_back_and_no_hook_runs(world):
    assert world.post("/fail").status_code == 422
    assert (count(world), said) == (0, [])


def test_after_a_rollback_the_same_request_may_read(world):
    assert world.post("/show").text == "0 written"


def test_one_request_writes_once(world):
    assert world.post("/twice").status_code == 500


def test_s15_a_get_cannot_write(world):
    assert world.browser.get("/write").status_code == 500
    assert count(world) == 0


def test_k09_what_a_get_saw_is_written_down_with_who_when_where(world):
    world.browser.get("/see")
    row = world.ask(select(access_record).order_by(access_record.c.seq.desc()))[0]
    assert (row.login, row.address, row.subject, row.act, row.at) == ("kim", "testclient", "c1", "case.view", NOW)


def test_s47_an_answer_whose_access_record_cannot_be_written_is_not_given(world, monkeypatch):
    def fail(*_):
        raise OSError

    monkeypatch.setattr(access, "write_seen", fail)
    assert world.browser.get("/see").status_code == 500


def test_s45_a_denial_is_written_down(world):
    assert world.browser.get("/secret").status_code == 403
    assert world.browser.get("/miss").status_code == 404
    rows = world.ask(select(access_record.c.act, access_record.c.target).order_by(access_record.c.seq))
    assert [tuple(row) for row in rows][-2:] == [("refused.forbidden", "GET /secret"), ("refused.notfound", "GET /miss")]
