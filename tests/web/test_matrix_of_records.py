"""Made from the route table: what a record that not everybody may see tells to whom. One that a person does not see does not exist for them.

Holds K01 (SECURITY.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.store.cipher import Cipher
from engine.store.database import connect
from engine.store.files import MemoryFiles
from tests.casework import notes
from tests.casework.library import LESSON, MEMBER
from tests.web.test_matrix import PDF, ask, named, scrubbed
from tests.web.town import Town
from web.app import WAYS

SEES = {"lee": "author", "kim": "owner", "boss": "manager"}
BLIND = {"choi": "colleague", "far": "other institution", "admin": "administrator"}
NEVER = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
OF_RECORDS = [way for way in WAYS if way.path.removeprefix("/api").split("/")[1] in ("records", "tasks", "files") and "{id" in way.path]
ASKED = {
    "/cases": ("?view=notes", "?view=all_notes", "?view=members", "?view=notes&f.title=속", "?view=notes&f.topic=안전&sort=title"),
    "/cases/{id:id}": ("", "?tab=records", "?tab=basic", "?tab=flow", "?tab=process", "?tab=files"),
    "/api/records": ("?view=notes", "?view=all_notes", "?view=notes&title=속", "?view=notes&sort=-title"),
    "/api/cases/{id:id}/records": ("", "?form=note"), "/api/history": ("?case={case}",), "/search": ("?q=속", "?q=김하나"), "/api/tasks": ("", "?whose=team"),
}  # fmt: skip


@dataclass
class One:
    """A record, the task it was made in, the file that hangs on it, the title it says."""

    record: str
    task: str
    file: str
    title: str


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    database = connect(f"sqlite:///{tmp_path_factory.mktemp('sight')}/town.db")
    database.create_all()
    made = Town(database, Cipher({1: b"k" * 32}, b"i" * 32), MemoryFiles(), toy=notes.toy())
    made.hire("choi", "가지점", "keeper")
    api = made.api("kim")
    made.case = api.post("/api/cases", json={"form": "member", "data": MEMBER}).json()["id"]
    task = api.get(f"/api/cases/{made.case}").json()["tasks"][0]["id"]
    assert api.post(f"/api/tasks/{task}/complete", json={"data": LESSON}, headers={"idempotency-key": "l"}).status_code == 200
    made.public, made.private = (write(made, answers) for answers in (notes.NOTE, notes.PRIVATE))
    yield made
    database.dispose()


def write(town, answers):
    api = town.api("lee")
    file = api.post("/api/files", files={"file": (f"{answers['제목']}.pdf", PDF)}).json()["id"]
    task = api.post(f"/api/cases/{town.case}/actions/note").json()["task"]
    sent = {"json": {"data": {**answers, "붙임": [file]}}, "headers": {"idempotency-key": answers["제목"].encode().hex()}}
    answer = api.post(f"/api/tasks/{task}/complete", **sent)
    assert answer.status_code == 200, answer.text
    return One(answer.json()["record"], task, file, answers["제목"])


def path_of(town, way, one):
    kind = way.path.removeprefix("/api").split("/")[1]
    ident = {"records": one.record, "tasks": one.task, "files": one.file, "people": town.people["kim"].person_id}.get(kind, town.case)
    made = way.path.replace("{id:id}", ident).replace("{action:name}", "note").replace("{form:name}", "member").replace("{process:name}", "note").replace("{part:name}", "member")
    return made.replace("{report:name}", "members_by_sex").replace("{digest:digest}", town.digest).replace("{a:digest}", town.digest).replace("{b:digest}", town.digest)


def client_of(town, way, login):
    return town.api(login) if way.api else town.browser(login)


@pytest.mark.parametrize("login", BLIND)
@named([way for way in WAYS if not way.unsafe])
def test_nothing_that_is_read_tells_of_it_to_whoever_may_not_see_it(town, way, login):
    for more in ASKED.get(way.path, ("",)):
        address = path_of(town, way, town.private) + more.format(case=town.case)
        answer = client_of(town, way, login).get(address)
        said = answer.text.replace(address, "").replace('value="속"', "")
        assert answer.status_code < 500
        for word in (town.private.title, town.private.title.encode("unicode_escape").decode(), "비밀의 말"):
            assert word not in said, (way.name, more)
        if way not in OF_RECORDS and login != "admin":  # ids stand in the records of access, which readers do not get
            for ident in (town.private.record, town.private.task, town.private.file):
                assert ident not in said, (way.name, more)


@pytest.mark.parametrize("login", ["choi", "far"])
@named(OF_RECORDS)
def test_it_is_not_there_and_not_changed(town, way, login):
    """The same answer as for a record that never was, whatever is asked of it."""
    if way.path == "/files/{id:id}" and way.unsafe:
        return
    client, before = client_of(town, way, login), town.rows()
    headers = {} if way.api else {"x-csrf-token": client.csrf}
    theirs = ask(client, way, path_of(town, way, town.private), **headers)
    none = ask(client, way, path_of(town, way, One(NEVER, NEVER, NEVER, "")), **headers)
    assert (theirs.status_code, scrubbed(theirs)) == (404, scrubbed(none)), way.name
    assert town.rows() == before


@pytest.mark.parametrize("login", SEES)
@named([way for way in OF_RECORDS if not way.unsafe])
def test_whoever_may_see_it_is_answered(town, way, login):
    """The matrix proves little where nobody gets in."""
    answer = client_of(town, way, login).get(path_of(town, way, town.private))
    assert answer.status_code in ((409,) if "tasks" in way.path else (200, 303)), (way.name, answer.text)


@pytest.mark.parametrize("login", ["lee", "kim", "boss", "choi"])
@named([way for way in OF_RECORDS if not way.unsafe])
def test_one_that_is_for_everybody_is_seen_by_colleagues(town, way, login):
    answer = client_of(town, way, login).get(path_of(town, way, town.public))
    assert answer.status_code in ((409,) if "tasks" in way.path else (200, 303)), (way.name, answer.text)
    assert town.api("far").get(f"/api/records/{town.public.record}").status_code == 404


def test_lists_count_and_forms_begin_with_what_one_sees(town):
    both, one = {town.public.record, town.private.record}, {town.public.record}
    for login, seen in {**dict.fromkeys(SEES, both), "choi": one}.items():
        api = town.api(login)
        assert {row["id"] for row in api.get(f"/api/cases/{town.case}/records?form=note").json()["rows"]} == seen
        listed = api.get("/api/records?view=notes").json()
        assert ({row["id"] for row in listed["rows"]}, listed["total"]) == (seen, len(seen))
        assert api.get("/api/records?view=notes&title=속").json()["total"] == len(seen) - 1
        assert {row["detail"].get("record") for row in api.get(f"/api/history?case={town.case}").json()["rows"]} & both == seen
        card = {line["title"]: line["value"] for line in api.get(f"/api/cases/{town.case}").json()["card"]}
        last = town.private.title if seen == both else town.public.title
        assert card["지난 메모"] == last
        assert f'value="{last}"' in town.browser(login).get(f"/cases/{town.case}/start/note").text
        told, client = {"accept": "text/csv", "didimdol-reason": "report"}, town.browser(login)
        leaves = api.get("/api/records?view=notes", headers=told).content.decode("utf-8-sig")
        sheet = client.post("/cases/export?view=notes&to=paper", data={"reason": "보고"}, headers={"x-csrf-token": client.csrf}).text
        for whole in (leaves, sheet):
            assert town.public.title in whole
            assert (town.private.title in whole) == (seen == both)


def test_an_answer_that_hides_a_record_from_its_giver_leads_on_to_the_case(town):
    choi = town.browser("choi")
    sent = {f"/{name}": value for name, value in {**notes.NOTE, "보임": "몇몇"}.items() if name != "주제"}
    told = {"_reason": "까닭", "_form": f"{town.digest}/note", "intent": "save"}
    answer = choi.post(f"/records/{town.public.record}/amend", data={**sent, **told}, headers={"x-csrf-token": choi.csrf})
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].split("?")[0] == f"/cases/{town.case}"
    assert choi.get(f"/records/{town.public.record}").status_code == 404
