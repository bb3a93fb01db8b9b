"""Bad input over HTTP: refused with a sentence, never a 500, never a partial write (S23, S24, S27, S31 of trust.md)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.casework import tasks
from engine.errors import Stale
from tests.casework.library import LESSON, MEMBER

NOT_THERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
KEY = {"idempotency-key": "h-1"}
JSON = {"content-type": "application/json", **KEY}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def open_case(town):
    """A case with its first task open: (town, case id, task id)."""
    case_id = town.member()
    return town, case_id, town.open_tasks(case_id)["lesson"].id


def refused(answer, *statuses):
    assert answer.status_code in (statuses or (400, 413, 415, 422)), (answer.status_code, answer.text[:300])
    title = answer.json()["title"] if "json" in answer.headers["content-type"] else answer.text
    assert title.strip()
    assert answer.headers["x-content-type-options"] == "nosniff"


BODIES = {
    "nothing": b"",
    "no object": b"[]",
    "a number": b"1",
    "no data": b"{}",
    "data is a list": b'{"data":[]}',
    "data is null": b'{"data":null}',
    "unknown key beside data": b'{"data":{},"status":"done"}',
    "unknown keys in data": '{"data":{"role":"admin","org_id":"x","assignee":"boss","status":"x","approved_by":"boss","version":1}}'.encode(),
    "a list for a number": '{"data":{"문항1":[2]}}'.encode(),
    "an object for a number": '{"data":{"문항1":{"a":1}}}'.encode(),
    "text for a number": '{"data":{"교육일":"2024-11-22","문항1":"2","문항2":4,"문항3":3}}'.encode(),
    "true for a number": '{"data":{"교육일":"2024-11-22","문항1":true,"문항2":4,"문항3":3}}'.encode(),
    "a fraction for a whole number": '{"data":{"교육일":"2024-11-22","문항1":2.5,"문항2":4,"문항3":3}}'.encode(),
    "a number for a date": '{"data":{"교육일":20241122,"문항1":2,"문항2":4,"문항3":3}}'.encode(),
    "a day that is none": '{"data":{"교육일":"2024-02-30","문항1":2,"문항2":4,"문항3":3}}'.encode(),
    "a huge number": '{"data":{"교육일":"2024-11-22","문항1":99999999999999999999,"문항2":4,"문항3":3}}'.encode(),
    "a number without end": b'{"data":{"a":' + b"9" * 10_000 + b"}}",
    "NaN": '{"data":{"문항1":NaN}}'.encode(),
    "a duplicate key": '{"data":{"문항1":1,"문항1":2}}'.encode(),
    "NUL": '{"data":{"교육일":"2024-11-22\\u0000"}}'.encode(),
    "half a letter": '{"data":{"교육일":"\\ud800"}}'.encode(),
    "half a letter as a key": b'{"data":{"\\udc00":1}}',
    "bad UTF-8": b'{"data":{"a":"\xff"}}',
    "UTF-16": '{"data":{}}'.encode("utf-16"),
    "deep lists": b'{"data":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
    "deep objects": b'{"data":' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}",
    "5,000 rows": b'{"data":{"rows":[' + b",".join([b'{"a":1}'] * 5_000) + b"]}}",
    "10 MB": b'{"data":{"a":"' + b"x" * 10_000_000 + b'"}}',
    "many keys": b'{"data":{' + b",".join(b'"k%d":1' % number for number in range(20_000)) + b"}}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_bad_body_changes_nothing(open_case, body):
    town, _, task_id = open_case
    api, before = town.api("kim"), town.rows()
    refused(api.post(f"/api/tasks/{task_id}/complete", content=body, headers=JSON))
    refused(api.post("/api/cases", content=body, headers=JSON))
    assert town.rows() == before


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "", "application/json; charset=utf-16", "application/x-www-form-urlencoded"])
def test_another_kind_of_body_is_refused(open_case, media):
    town, _, task_id = open_case
    refused(town.api("kim").post(f"/api/tasks/{task_id}/complete", content=b'{"data":{}}', headers={**KEY, "content-type": media}), 415)


LOAN = {"대여일": "2024-11-22", "반납예정일": "2024-11-29", "분야": "목공", "목공": {"나무": "소나무"}}


@pytest.mark.parametrize(
    ("more", "path"),
    [({"전기": {"전압": "220"}}, "/전기"), ({"품목": [{"품명": "끌", "금액": 0}] * 5_000, "보증금": 1}, "/품목"), ({"품목": [{"품명": "끌", "금액": "0"}], "보증금": 1}, "/품목/0/금액")],
    ids=["a hidden value left over", "5,000 rows", "a wrong type in a row"],
)
def test_what_a_json_caller_should_know_is_told_not_dropped(open_case, more, path):
    """A posted object means what it says; only a browser's form is cleaned of what it hides."""
    town, case_id, task_id = open_case
    town.complete("kim", task_id, LESSON)
    loan, before = town.open_tasks(case_id)["loan"].id, town.rows()
    answer = town.api("kim").post(f"/api/tasks/{loan}/complete", json={"data": {**LOAN, **more}}, headers=KEY)
    refused(answer, 422)
    assert path in {error["path"] for error in answer.json()["errors"]}
    assert len(answer.content) < 200_000
    assert town.rows() == before


@pytest.mark.parametrize("way", ["", "/draft", "/preview", "/complete"])
@pytest.mark.parametrize("task_id", [NOT_THERE, NOT_THERE.lower(), "1", "..", "%00", "%2e%2e%2f", "' OR 1=1--", "가" * 26, "A" * 5_000])
def test_an_id_that_is_none(town, way, task_id):
    method = {"": "GET", "/draft": "PUT"}.get(way, "POST")
    answer = town.api("kim").request(method, f"/api/tasks/{task_id}{way}", json={"data": {}}, headers=KEY)
    assert answer.status_code in (400, 404, 405), answer.status_code


def test_s24_a_task_that_is_done(open_case):
    town, _, task_id = open_case
    town.complete("kim", task_id, LESSON)
    before, api = town.rows(), town.api("lee")
    for answer in (
        api.get(f"/api/tasks/{task_id}"),
        api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers=KEY),
        api.put(f"/api/tasks/{task_id}/draft", json={"data": LESSON}),
        api.post(f"/api/tasks/{task_id}/preview", json={"data": LESSON}),
    ):
        refused(answer, 409)
        assert "이미" in answer.json()["title"]
    assert town.rows() == before


def test_the_same_key_for_something_else_is_refused(open_case):
    town, _, task_id = open_case
    api = town.api("kim")
    assert api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers=KEY).status_code == 200
    before = town.rows()
    refused(api.post(f"/api/tasks/{task_id}/complete", json={"data": {**LESSON, "문항1": 4}}, headers=KEY), 409, 422)
    assert town.rows() == before


def test_an_old_tab(open_case):
    """A draft saved elsewhere, a task changed since: the older screen is told so."""
    town, _, task_id = open_case
    api = town.api("kim")
    assert api.put(f"/api/tasks/{task_id}/draft", json={"data": {"문항1": 1}, "version": 0}).json()["version"] == 1
    assert api.put(f"/api/tasks/{task_id}/draft", json={"data": {"문항1": 2}, "version": 1}).json()["version"] == 2
    refused(api.put(f"/api/tasks/{task_id}/draft", json={"data": {"문항1": 3}, "version": 1}), 409)
    assert api.get(f"/api/tasks/{task_id}").json()["draft"] == {"문항1": 2}
    with town.desk("boss") as desk:
        tasks.assign(desk, task_id, "kim")
    refused(api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON, "version": 1}, headers=KEY), 409)


def test_s26_a_role_that_ended_between_looking_and_sending(open_case):
    town, _, task_id = open_case
    api, browser = town.api("kim"), town.browser("kim")
    assert api.get(f"/api/tasks/{task_id}").status_code == 200
    town.now = town.now.replace(year=2031)  # past every token and session
    assert api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers=KEY).status_code == 401
    assert browser.get("/api/me").status_code == 401


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=1e9", "page=x", "size=999999999999999999999", "page=1&page=2", "a=%FF", "a=%00", "since=%ED%A0%80", "unknown=1", "&".join(["a=1"] * 200)],
)
def test_a_query_that_cannot_be_meant(town, query):
    refused(town.api("admin").get(f"/api/access-records?{query}"), 400, 413, 422)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer \xff", "bearer a b c", "Basic a2ltOmtpbQ==", "Bearer " + "x" * 10_000])
def test_a_token_that_is_none(town, header):
    assert town.api().get("/api/me", headers={"authorization": header.encode("latin-1")}).status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "\xff", "=" * 100, "a; didimdol=b", "x" * 4_000, "%00"])
def test_a_cookie_that_is_none(town, cookie):
    answer = town.browser().get("/api/me", headers={"cookie": f"didimdol={cookie}; didimdol-said=%%%".encode("latin-1")})
    assert answer.status_code == 401


FILES = {
    "no name": ("", b"%PDF-1.7"),
    "a way up": ("../../etc/passwd", b"root"),
    "html called pdf": ("a.pdf", b"<html><script>alert(1)</script>"),
    "svg": ("a.svg", b"<svg onload=alert(1)>"),
    "an exe called xlsx": ("a.xlsx", b"MZ\x90\x00"),
    "empty": ("a.pdf", b""),
    "two endings": ("a.pdf.exe", b"%PDF-1.7"),
    "right to left": ("a\u202efdp.exe", b"%PDF-1.7"),
    "too large": ("a.pdf", b"%PDF-1.7" + b"0" * 20_500_000),
    "far too large": ("a.pdf", b"%PDF-1.7" + b"0" * 22_000_000),
}


@pytest.mark.parametrize(("name", "content"), FILES.values(), ids=FILES.keys())
def test_s33_a_file_that_is_not_what_it_says(small_town, name, content):
    before = small_town.rows()
    refused(small_town.api("kim").post("/api/files", files={"file": (name, content)}), 400, 409, 413, 422)
    assert small_town.rows() == before


def test_an_upload_of_another_shape(small_town):
    api = small_town.api("kim")
    refused(api.post("/api/files", data={"file": "text"}), 400, 415)
    refused(api.post("/api/files", files=[("file", ("a.pdf", b"1")), ("file", ("b.pdf", b"2"))]), 413)
    refused(api.post("/api/files", files={"other": ("a.pdf", b"%PDF-1.7")}), 400)
    refused(api.post("/api/files", content=b"--x\r\n", headers={"content-type": "multipart/form-data; boundary=x"}), 400)
    refused(api.post("/api/files", content=b"", headers={"content-type": "multipart/form-data; boundary=" + "x" * 10_000}), 400)


def test_d04_the_same_request_fifty_times_at_once_is_done_once(open_case):
    town, case_id, task_id = open_case
    api = town.api("kim")

    def send(_):
        return api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers=KEY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    rows = api.get(f"/api/cases/{case_id}/records?form=lesson").json()["rows"]
    assert len(rows) == 1


def test_a_conflict_of_the_database_is_a_sentence(small_town, monkeypatch):
    def lose(*_args, **_more):
        raise Stale

    case_id = small_town.member()
    task_id = small_town.open_tasks(case_id)["lesson"].id
    monkeypatch.setattr(tasks, "complete", lose)
    refused(small_town.api("kim").post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers=KEY), 409)


def test_registering_somebody_known_asks_first(town):
    api = town.api("kim")
    assert api.post("/api/cases", json={"form": "member", "data": MEMBER}).status_code == 201
    before = town.rows()
    answer = api.post("/api/cases", json={"form": "member", "data": MEMBER})
    assert answer.status_code == 422
    assert {error["level"] for error in answer.json()["errors"]} == {"warning"}
    assert town.rows() == before
    assert api.post("/api/cases", json={"form": "member", "data": MEMBER, "confirmed": True}).status_code == 201
    refused(api.post("/api/cases", json={"form": "lesson", "data": {}}), 404)
    refused(api.post("/api/cases", json={"form": "../member", "data": {}}), 404)
