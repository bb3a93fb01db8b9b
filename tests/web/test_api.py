"""The JSON API from outside: the contract of its calls, one after the other, on both databases."""

from __future__ import annotations

import re

from tests.casework.library import LESSON, MEMBER

KEY = {"idempotency-key": "k-1"}


def test_me(town):
    answer = town.api("kim").get("/api/me")
    me = answer.json()
    assert (me["login"], me["roles"], me["institution"]["name"]) == ("kim", [{"id": "keeper", "title": "담당자"}], "가지점")
    assert "case.write" in me["permissions"]
    assert town.api().get("/api/me").status_code == 401


def registered(town, **more):
    answer = town.api("kim").post("/api/cases", json={"form": "member", "data": {**MEMBER, **more}})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/cases/{answer.json()['id']}"
    return answer.json()["id"]


def test_from_registering_to_the_next_task(town):
    api = town.api("kim")
    case_id = registered(town)
    case = api.get(f"/api/cases/{case_id}").json()
    assert (case["label"], case["number"], case["institution"]) == ("김하나", "2024-0001", "가지점")
    assert "061205-4123456" not in str(case)
    assert {action["id"]: action["allowed"] for action in case["actions"]}["loan"] in (True, False)
    task_id = next(task["id"] for task in case["tasks"] if task["form"] == "lesson")

    task = api.get(f"/api/tasks/{task_id}").json()
    assert (task["case"], task["form"], task["draft"], task["schema"]["title"] if "title" in task["schema"] else "") == (case_id, "lesson", None, "")
    assert api.put(f"/api/tasks/{task_id}/draft", json={"data": {"문항1": 2}}).json() == {"saved": True, "version": 1}
    assert api.get(f"/api/tasks/{task_id}").json()["draft"] == {"문항1": 2}
    shown = api.post(f"/api/tasks/{task_id}/preview", json={"data": LESSON}).json()
    assert shown["errors"] == []
    assert "/문항1" in shown["visible"]

    done = api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers=KEY)
    assert done.status_code == 200, done.text
    again = api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers=KEY)
    assert again.json() == done.json()
    other = api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers={"idempotency-key": "k-2"})
    assert other.status_code == 409
    assert "이미" in other.json()["title"]
    assert other.headers["content-type"] == "application/problem+json"


def test_every_error_of_an_answer_at_once(town):
    case_id = registered(town)
    api = town.api("kim")
    task_id = api.get(f"/api/cases/{case_id}").json()["tasks"][0]["id"]
    answer = api.post(f"/api/tasks/{task_id}/complete", json={"data": {"교육일": "어제", "문항1": "2", "모름": 1}}, headers=KEY)
    assert answer.status_code == 422
    problem = answer.json()
    assert {"/교육일", "/문항1", "/문항2", "/모름"} <= {error["path"] for error in problem["errors"]}
    assert all(error["keyword"] and error["message"].endswith((".", "요.")) for error in problem["errors"])


def test_complete_needs_a_key(town):
    case_id = registered(town)
    api = town.api("kim")
    task_id = api.get(f"/api/cases/{case_id}").json()["tasks"][0]["id"]
    before = town.rows()
    for headers in ({}, {"idempotency-key": ""}, {"idempotency-key": "x" * 101}, {"idempotency-key": "a b"}):
        assert api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers=headers).status_code == 422
    assert town.rows() == before


def test_what_cannot_be_started_says_why_not(town):
    case_id = registered(town)
    api = town.api("kim")
    for action in api.get(f"/api/cases/{case_id}").json()["actions"]:
        answer = api.post(f"/api/cases/{case_id}/actions/{action['id']}")
        if action["allowed"]:
            assert answer.status_code == 201, answer.text
        else:
            assert answer.status_code in (403, 409)
            assert action["why_not"] in (answer.json()["title"], answer.json().get("why_not"))
    assert api.post(f"/api/cases/{case_id}/actions/nothing").status_code == 404


def test_a_file_goes_up_and_comes_down_as_an_attachment(town):
    api = town.api("kim")
    made = api.post("/api/files", files={"file": ("보고서 1.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")})
    assert made.status_code == 201, made.text
    assert made.json()["name"] == "보고서 1.pdf"
    down = api.get(f"/api/files/{made.json()['id']}")
    assert down.content.startswith(b"%PDF")
    assert down.headers["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%EB%B3%B4" in down.headers["content-disposition"]
    assert "sandbox" in down.headers["content-security-policy"]
    assert town.api("lee").get(f"/api/files/{made.json()['id']}").status_code == 404


def test_the_document_describes_every_api_route_and_its_references_hold(town):
    document = town.api("kim").get("/api/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    routed = {(way.path.replace(":id", "").replace(":name", "").replace(":digest", ""), way.method.lower()) for way in town.app.state.ways if way.api}
    assert routed == {(path, method) for path, methods in document["paths"].items() for method in methods}
    text = str(document)
    for name in set(re.findall(r"#/components/schemas/(\w+)", text)):
        assert name in document["components"]["schemas"]
    assert all(operation["summary"] for methods in document["paths"].values() for operation in methods.values())
