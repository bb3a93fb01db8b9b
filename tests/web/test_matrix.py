"""Made from the route table: who gets in where, what a foreign branch learns (nothing), what a forged request does (nothing), what a GET changes (nothing).

Holds K01 (SECURITY.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from engine.casework import attachments
from engine.store.cipher import Cipher
from engine.store.database import connect
from engine.store.files import MemoryFiles
from tests.casework.library import LESSON, MEMBER
from tests.web.test_api_bundles import zipped
from tests.web.town import Town
from web.api.schemas import SCHEMAS
from web.app import WAYS
from web.routes import Body, Rule

ROLES = ("", "nobody", "kim", "boss", "admin", "author", "approver")
OBJECTS = [way for way in WAYS if "{id" in way.path]
MORE = {"/api/history": "?case={case}", "/search": "?q=김하나", "/cases": "?view=members", "/cases/export": "?view=members&to=paper", "/people/{id:id}/revoke": "?role=keeper"}
SENT = {"data": LESSON, "form": "member", "reason": "까닭", "pointer": "/주민등록번호", "mapping": {}}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def named(ways):
    return pytest.mark.parametrize("way", ways, ids=lambda way: way.name)


@dataclass
class Things:
    """One of each thing a route can name, in the first branch."""

    case: str
    task: str
    record: str
    file: str
    staged: str
    digest: str
    person: str
    run: str

    def path(self, way):
        kind = way.path.removeprefix("/api").split("/")[1]
        one = {"cases": self.case, "tasks": self.task, "records": self.record, "files": self.file, "people": self.person, "moves": self.run}.get(kind, self.case)
        made = way.path.replace("{id:id}", one).replace("{digest:digest}", self.digest)
        made = made.replace("{action:name}", "leave").replace("{form:name}", "member").replace("{process:name}", "loan").replace("{part:name}", "loan")
        made = made.replace("{report:name}", "members_by_sex").replace("{kind:name}", "xlsx").replace("{person:name}", self.person).replace("{a:digest}", self.digest).replace("{b:digest}", self.digest)
        return made + MORE.get(way.path, "").format(case=self.case)


def settle(town):
    """Fill the first branch: a case with an open task, a record, a file that belongs to it, a staged file."""
    api = town.api("kim")
    case_id = api.post("/api/cases", json={"form": "member", "data": MEMBER}).json()["id"]
    task_id = api.get(f"/api/cases/{case_id}").json()["tasks"][0]["id"]
    lesson = {"json": {"data": LESSON}, "headers": {"idempotency-key": "s-1"}}
    record_id = api.post(f"/api/tasks/{task_id}/complete", **lesson).json()["record"]
    task_id = api.get(f"/api/cases/{case_id}").json()["tasks"][0]["id"]
    staged, kept = (api.post("/api/files", files={"file": ("a.pdf", PDF)}).json()["id"] for _ in range(2))
    with town.desk("kim") as desk:
        attachments.claim(desk, case_id, record_id, {"/첨부": [kept]}, {})
    run = town.api("approver").post(f"/api/editions/{town.digest}/migrate", json={}).json()["id"]
    return Things(case_id, task_id, record_id, kept, staged, town.digest, town.people["kim"].person_id, run)


@pytest.fixture(scope="module")
def small_town(tmp_path_factory):
    """One town for the whole module: nothing in it may change, and the tests see to that."""
    database = connect(f"sqlite:///{tmp_path_factory.mktemp('matrix')}/town.db")
    database.create_all()
    yield Town(database, Cipher({1: b"k" * 32}, b"i" * 32), MemoryFiles())
    database.dispose()


@pytest.fixture(scope="module")
def things(small_town):
    return settle(small_town)


def ask(client, way, path, **headers):
    """Send what the route would take from somebody who may."""
    more: dict[str, Any] = {"headers": headers}
    if way.body is Body.JSON:
        more["json"] = {name: SENT[name] for name in SCHEMAS[way.doc.takes]["required"]}
        more["headers"]["idempotency-key"] = "m-1"
    elif way.body is Body.UPLOAD:
        more["files"] = {"file": ("a.pdf", PDF)}
    elif way.body is Body.BUNDLE:
        more["content"] = zipped({"forms/edition.json": b"{}"})
        more["headers"]["content-type"] = "application/zip"
    elif way.unsafe:
        more["data"] = {"reason": "까닭", "intent": "save"}
    return client.request(way.method, path, **more)


def test_s20_every_route_declares_a_rule():
    assert [way.name for way in WAYS if not isinstance(way.rule, Rule)] == []
    assert {way.name for way in WAYS if way.rule.public} == {"GET /health", "GET /signin", "POST /signin"}
    assert {way.name for way in WAYS if way.rule.changing} == {"POST /signout", "GET /password", "POST /password"}


@named(WAYS)
def test_s20_route_by_role(small_town, things, way):
    """Who does not hold what the route asks for is refused, and nothing changes; who does is not refused by the route."""
    roles = {login: small_town.editions.of(None, small_town.digest).roles for login in ROLES}
    path, before = things.path(way), small_town.rows()
    for login in ROLES:
        client = small_town.api(login) if way.api else small_town.browser(login)
        headers = {} if way.api or not login else {"x-csrf-token": client.csrf}
        held = small_town.people[login].roles if login else ()
        allowed = way.rule.public or (bool(login) and (not way.rule.may or any(roles[login].may(held, one) for one in way.rule.may)))
        if allowed:
            continue
        answer = ask(client, way, path, **headers)
        wanted = (401,) if login == "" and way.api else (303, 401, 403) if login == "" else (403,)
        assert answer.status_code in wanted, (login, answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/signin")
        assert small_town.rows() == before


@named([way for way in WAYS if not way.unsafe])
def test_s15_a_get_changes_nothing_but_the_access_records(small_town, things, way):
    path, before = things.path(way), small_town.rows()
    for login in ("boss", "admin", "author"):
        client = small_town.api(login) if way.api else small_town.browser(login)
        answer = client.get(path)
        assert answer.status_code < 500, answer.text
        assert small_town.rows() == before


@named([way for way in WAYS if not way.unsafe and not way.api])
def test_a_page_of_ones_own_branch_is_shown(small_town, things, way):
    """The matrix above proves little if the paths are wrong: somebody gets a proper answer from each."""
    logins = ("kim", "boss", "admin", "author", "approver")
    answers = {login: small_town.browser(login).get(things.path(way)).status_code for login in logins}
    assert set(answers.values()) & {200, 303}, answers


@named([way for way in WAYS if not way.unsafe and way.api])
def test_a_call_of_ones_own_branch_is_answered(small_town, things, way):
    answers = {login: small_town.api(login).get(things.path(way)).status_code for login in ("kim", "boss", "admin", "author", "approver")}
    assert 200 in answers.values(), answers


@named(OBJECTS)
@pytest.mark.parametrize("login", ["far", "farboss", "faradmin"])
def test_s21_another_branch_gets_not_found_and_learns_nothing(small_town, things, way, login):
    """The same answer for a thing of another branch as for one that never was; no name in it; nothing changed."""
    client = small_town.api(login) if way.api else small_town.browser(login)
    headers = {} if way.api else {"x-csrf-token": client.csrf}
    before = small_town.rows()
    theirs = ask(client, way, things.path(way), **headers)
    none = ask(client, way, re.sub(r"/[0-9A-Z]{26}", "/01ARZ3NDEKTSV4RRFFQ69G5FAV", things.path(way)), **headers)
    if client_may(small_town, login, way):
        assert theirs.status_code == 404, theirs.text
    else:
        assert theirs.status_code == 403
    assert (theirs.status_code, scrubbed(theirs)) == (none.status_code, scrubbed(none))
    for word in ("김하나", "061205", "2024-0001", "Kim", things.case):
        assert word not in theirs.text.replace(things.path(way), "")
    assert small_town.rows() == before


def client_may(town, login, way):
    roles = town.editions.of(None, town.digest).roles
    return not way.rule.may or any(roles.may(town.people[login].roles, one) for one in way.rule.may)


def scrubbed(answer):
    return re.sub(r"[0-9A-Z]{26}|value=\"\w+\"|data-until=\"[^\"]*\"", "", answer.text)


def test_s21_a_staged_file_is_its_uploaders_only(small_town, things):
    assert small_town.api("kim").get(f"/api/files/{things.staged}").status_code == 200
    for login in ("lee", "boss", "far"):
        assert small_town.api(login).get(f"/api/files/{things.staged}").status_code == 404


def test_s21_lists_searches_and_records_of_access_hold_nothing_foreign(small_town, things):
    far, admin = small_town.browser("farboss"), small_town.api("faradmin")
    for way in WAYS:
        if not way.unsafe and "{" not in way.path and not way.api:
            assert "김하나" not in far.get(things.path(way).replace("김하나", "%EA%B9%80")).text, way.name
    rows = admin.get("/api/access-records?size=200").json()["rows"]
    assert rows
    assert {row["login"] for row in rows} <= {"far", "farboss", "faradmin"}
    assert things.case not in {row["subject"] for row in rows}
    assert small_town.api("far").get(f"/api/history?case={things.case}").status_code == 404


@named([way for way in WAYS if way.unsafe])
def test_s14_a_forged_request_is_refused_and_changes_nothing(small_town, things, way):
    """Neither without a token, nor with that of another session, nor from another site with the right one."""
    path, before = things.path(way), small_town.rows()
    for login in ("boss", "author", "approver"):
        client, other = small_town.browser(login), small_town.browser("lee")
        for headers in (
            {},
            {"x-csrf-token": ""},
            {"x-csrf-token": other.csrf},
            {"x-csrf-token": client.csrf, "sec-fetch-site": "cross-site"},
            {"x-csrf-token": client.csrf, "origin": "https://evil.example"},
        ):
            answer = ask(client, way, path, **headers)
            assert answer.status_code == 403, (headers, answer.status_code)
    assert small_town.rows() == before
    assert small_town.browser("boss").get("/api/me").status_code == 200  # and nobody was signed out


@named(WAYS)
def test_s17_every_route_answers_with_the_headers(small_town, things, way):
    for client in (small_town.browser(), small_town.browser("boss")):
        answer = ask(client, way, things.path(way))
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
