"""The app as a whole: built from the table, alive, ready to be watched, working by itself every half minute."""

from __future__ import annotations

import ast
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.routing import Match, Route
from starlette.testclient import TestClient

from engine.errors import Refused
from engine.store.database import connect
from tests.web.tiny import TESTING, house
from web import app, assembly, rounds
from web.routes import Undeclared, Way
from web.serving import Ticker
from web.signpost import Signpost


def test_a_fresh_server_builds_and_lives(tmp_path):
    settings = replace(TESTING, database=f"sqlite:///{tmp_path}/a.db", key=str(tmp_path / "key"), files=str(tmp_path / "files"))
    made = connect(settings.database)
    made.create_all()
    made.dispose()
    with TestClient(app.build(settings, timers=True), base_url="http://testserver", follow_redirects=False) as browser:
        assert browser.get("/signin").status_code == 200
        assert browser.get("/").headers["location"] == "/signin?next=%2F"


def test_health_says_whether_the_database_answers(small_town):
    assert small_town.browser().get("/health").text == "ok\n"
    small_town.database.healthy = lambda: False
    assert small_town.browser().get("/health").status_code == 503


def test_s48_nothing_else_is_open_to_strangers(small_town):
    for path in ("/docs", "/openapi.json", "/metrics", "/api", "/admin", "/.git/config", "/static/../app.py", "/static/%2e%2e/app.py"):
        assert small_town.browser().get(path).status_code == 404, path
    assert small_town.browser().get("/api/openapi.json").status_code == 401


def test_an_app_with_an_undeclared_route_does_not_start():
    with pytest.raises(Undeclared, match="GET /new"):
        assembly.assemble((*app.WAYS, Way("GET", "/new", app.health)), house())


def test_the_table_names_every_route_there_is():
    """No route is added past the table, and every page function that answers a request stands in it."""
    built = assembly.assemble(app.WAYS, house())
    signpost, static = built.routes
    assert [route.path for route in (*signpost.routes, static)] == [*(way.path for way in app.WAYS), "/static"]
    called = {way.call for way in app.WAYS}
    for module in (app.api.cases, app.api.editions, app.api.files, app.api.me, app.api.records, app.api.tasks, app.api.trail, app.pages.tasks, app.pages.records):
        for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body:
            takes = [argument.arg for argument in node.args.args] if isinstance(node, ast.FunctionDef) else []
            if takes == ["request"] and not node.name.startswith("_"):
                assert getattr(module, node.name) in called, f"{module.__name__}.{node.name}"


def test_an_address_is_held_against_the_few_routes_that_are_like_it(monkeypatch):
    """Which route answers is what going through the whole table gives: the first that takes address and method, or else the first that takes the address."""
    built = assembly.assemble(app.WAYS, house())
    signpost, ident = built.routes[0], "0" * 26
    tried = []
    matches = Route.matches
    monkeypatch.setattr(Route, "matches", lambda route, scope: tried.append(route.path) or matches(route, scope))
    for method, path in (("POST", f"/api/tasks/{ident}/complete"), ("GET", "/"), ("GET", "/people/new"), ("DELETE", "/people/new"), ("HEAD", f"/tasks/{ident}"), ("GET", "/nowhere")):
        scope = {"type": "http", "method": method, "path": path}
        found = [(match, told["endpoint"]) for match, told in (matches(route, scope) for route in signpost.routes) if match is not Match.NONE]
        first = next((each for each in found if each[0] is Match.FULL), found[0] if found else (Match.NONE, None))
        tried.clear()
        match, told = signpost.matches(scope)
        assert (match, told.get("endpoint")) == first
        assert len(tried) < 10, path
    with pytest.raises(ValueError, match="name"):
        Signpost([Route("/{name}", app.health)])


def test_assets_are_kept_for_ever_only_under_their_hash(small_town):
    browser = small_town.browser()
    assert browser.get("/static/didimdol.css?v=1").headers["cache-control"] == "public, max-age=31536000, immutable"
    assert browser.get("/static/didimdol.css").headers["cache-control"] == "no-cache"
    assert browser.get("/static/didimdol.css").headers["content-type"] == "text/css; charset=utf-8"
    assert browser.get("/static/none.css?v=1").headers["cache-control"] != "public, max-age=31536000, immutable"


def test_a_round_fires_what_is_due(town):
    case_id = town.member()
    before = town.rows()
    rounds.make_round(town.app.state.house)
    assert town.rows()["cases"] == before["cases"]
    town.now = town.now.replace(year=2026)
    rounds.make_round(town.app.state.house)
    assert town.open_tasks(case_id)


def test_a_round_before_any_edition_does_no_harm():
    rounds.make_round(house())


def test_the_ticker_goes_on_after_a_failed_round():
    turns, enough = [], threading.Event()

    def turn():
        turns.append(1)
        if len(turns) == 3:
            enough.set()
        raise Refused

    ticker = Ticker(turn, 0.01)
    ticker.start()
    assert enough.wait(10)
    ticker.stop()
    assert len(turns) >= 3


def test_a_failing_database_is_told_as_passing_trouble():
    from engine.store.database import DatabaseUnavailable
    from web.answers import sentence, status_of

    error = DatabaseUnavailable("constraint")
    assert status_of(error) == 503
    assert "constraint" not in sentence(503, error)
