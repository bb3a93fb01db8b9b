"""The JSON API from outside: the contract of its calls, one after the other, on both databases.

Holds S36 (SECURITY.md).
"""

from __future__ import annotations

import re

from engine.spec.folder import read_folder
from tests.casework.library import LESSON, MEMBER, TOY
from tests.casework.test_moves import RENAMED, edited
from tests.web.test_api_bundles import zipped
from web import rounds

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


def lesson_done(town, case_id):
    api = town.api("kim")
    task_id = api.get(f"/api/cases/{case_id}").json()["tasks"][0]["id"]
    return api.post(f"/api/tasks/{task_id}/complete", json={"data": LESSON}, headers={"idempotency-key": f"k-{task_id}"}).json()["record"]


def test_records_keep_their_revisions(town):
    api, case_id = town.api("kim"), registered(town)
    record_id = lesson_done(town, case_id)
    rows = api.get(f"/api/cases/{case_id}/records").json()["rows"]
    assert {row["form"] for row in rows} == {"member", "lesson"}
    assert [row["id"] for row in api.get(f"/api/cases/{case_id}/records?form=lesson").json()["rows"]] == [record_id]

    changed = {**LESSON, "문항1": 4}
    assert api.put(f"/api/records/{record_id}", json={"data": changed, "reason": ""}).status_code == 422
    assert api.put(f"/api/records/{record_id}", json={"data": changed, "reason": "잘못 적음", "revision": 1}).json()["revision"] == 2
    assert api.put(f"/api/records/{record_id}", json={"data": changed, "reason": "옛 화면", "revision": 1}).status_code == 409
    record = api.get(f"/api/records/{record_id}").json()
    assert (record["data"]["문항1"], record["revision"], [one["kind"] for one in record["revisions"]]) == (4, 2, ["complete", "amend"])
    assert api.get(f"/api/records/{record_id}?revision=1").json()["data"]["문항1"] == 2
    assert api.get(f"/api/records/{record_id}?revision=9").status_code == 404
    assert api.get(f"/api/records/{record_id}?revision=-1").status_code == 422

    gone = api.request("DELETE", f"/api/records/{record_id}", json={"reason": "두 번 적음"})
    assert gone.status_code == 200, gone.text
    assert api.get(f"/api/records/{record_id}").json()["withdrawn"] is True
    assert api.request("DELETE", f"/api/records/{record_id}", json={"reason": "또"}).status_code == 409


def test_a_sensitive_answer_is_shown_to_who_says_why_and_that_is_written_down(town):
    api, case_id = town.api("kim"), registered(town)
    record_id = api.get(f"/api/cases/{case_id}/records").json()["rows"][0]["id"]
    assert "061205-4123456" not in api.get(f"/api/records/{record_id}").text
    asked = {"pointer": "/주민등록번호", "reason": ""}
    assert api.post(f"/api/records/{record_id}/reveal", json=asked).status_code == 422
    assert api.post(f"/api/records/{record_id}/reveal", json={**asked, "reason": "신청서 확인"}).json() == {"value": "061205-4123456"}
    assert api.post(f"/api/records/{record_id}/reveal", json={"pointer": "/회원명", "reason": "x"}).status_code == 404
    found = town.api("admin").get("/api/access-records?act=sensitive.reveal").json()
    assert [(row["login"], row["subject"], row["reason"]) for row in found["rows"]] == [("kim", case_id, "신청서 확인")]


def test_history_and_access_records(town):
    case_id = registered(town)
    lesson_done(town, case_id)
    rows = town.api("kim").get(f"/api/history?case={case_id}").json()["rows"]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["by"] for row in rows} <= {"kim", None}
    assert town.api("kim").get("/api/history").status_code == 422
    assert town.api("kim").get("/api/history?case=x").status_code == 404
    assert town.api("kim").get("/api/access-records").status_code == 403
    found = town.api("admin").get(f"/api/access-records?subject={case_id}&since=2024-01-01T00:00:00&size=5&page=1").json()
    assert found["total"] >= 3
    assert town.api("admin").get("/api/access-records?since=yesterday").status_code == 422
    assert town.api("admin").get("/api/access-records?page=0").status_code == 422
    assert town.api("admin").get("/api/access-records?page=1&page=2").status_code == 422
    assert town.api("admin").get("/api/access-records?frm=1").status_code == 422


def test_an_edition_is_published_by_one_and_approved_by_another(town):
    files = read_folder(TOY)
    files["forms/edition.json"] = files["forms/edition.json"].replace(b'"title"', b'"title" ', 1)
    packed = zipped(files)
    author, approver, headers = town.api("author"), town.api("approver"), {"content-type": "application/zip"}
    assert author.post("/api/editions/check", content=packed, headers=headers).json()["findings"] == []
    made = author.post("/api/editions?from=2024-12-01", content=packed, headers=headers)
    assert made.status_code == 201, made.text
    digest = made.json()["digest"]
    assert author.post("/api/editions", content=packed, headers=headers).status_code == 409
    assert author.post(f"/api/editions/{digest}/approve").status_code == 403
    assert approver.post(f"/api/editions/{digest}/check").json() == {"digest": digest, "findings": []}
    (row,) = [row for row in approver.get("/api/editions").json()["rows"] if row["digest"] == digest]
    early = approver.post(f"/api/editions/{digest}/approve", json={"terms": row["terms"]})
    assert (early.status_code, "아직 돌리고" in early.json()["title"]) == (409, True)
    town.played()
    assert approver.post(f"/api/editions/{digest}/approve", json={"terms": "0" * 16}).status_code == 409
    assert approver.post(f"/api/editions/{digest}/approve", json={"term": row["terms"]}).status_code == 422
    assert approver.post(f"/api/editions/{digest}/approve", json={"terms": row["terms"]}).status_code == 200
    assert approver.post(f"/api/editions/{digest}/approve").status_code == 409
    states = {row["digest"]: row["state"] for row in author.get("/api/editions").json()["rows"]}
    assert states == {digest: "approved", town.digest: "in force"}
    assert approver.post(f"/api/editions/{'0' * 64}/approve").status_code == 404
    assert approver.post(f"/api/editions/{digest}/withdraw", json={"reason": "잘못 공표함"}).status_code == 200


def test_a_broken_edition_is_refused_whole_with_every_finding(town):
    files = {**read_folder(TOY), "forms/extra.txt.json": b"{", "forms/evil.svg": b"<svg/>", "workflows/bad.bpmn": b"<!DOCTYPE x><x/>"}
    before = town.rows()
    answer = town.api("author").post("/api/editions", files={"file": ("edition.zip", zipped(files), "application/zip")})
    assert answer.status_code == 422
    found = answer.json()["findings"]
    assert {finding["path"] for finding in found} >= {"forms/extra.txt.json", "workflows/bad.bpmn"}
    assert all(finding["line"] >= 1 and finding["id"] and finding["message"] for finding in found)
    assert town.rows() == before
    assert town.api("author").post("/api/editions", content=b"no zip", headers={"content-type": "application/zip"}).status_code == 400
    assert town.api("author").post("/api/editions", json={}).status_code == 415
    assert town.api("author").post("/api/editions?from=soon", content=b"", headers={"content-type": "application/zip"}).status_code == 422


def test_the_difference_of_two_editions_is_told_to_who_may_read_them(town):
    files = read_folder(TOY)
    files["forms/loan.json"] = files["forms/loan.json"].replace('"title": "두께"'.encode(), '"title": "굵기"'.encode())
    author = town.api("author")
    digest = author.post("/api/editions?from=2024-12-01", content=zipped(files), headers={"content-type": "application/zip"}).json()["digest"]
    told = author.get(f"/api/editions/{town.digest}/difference/{digest}").json()
    assert (told["old"], told["new"]) == (town.digest, digest)
    assert told["changes"] == [
        {
            "path": "forms/loan.json", "where": "대여", "kind": "field-title", "sentence": "항목 '두께'의 이름이 '굵기'로 바뀌었습니다.",
            "before": "두께", "after": "굵기",
        }
    ]
    assert author.get(f"/api/editions/{digest}/difference/{digest}").json()["changes"] == []
    assert author.get(f"/api/editions/{digest}/difference/{'0' * 64}").status_code == 404
    assert town.api("kim").get(f"/api/editions/{town.digest}/difference/{digest}").status_code == 403


def test_what_becomes_of_open_cases_is_chosen_with_an_edition(town):
    author, approver = town.api("author"), town.api("approver")
    town.member()
    send = {"content": zipped(edited("새", *RENAMED)), "headers": {"content-type": "application/zip"}}
    early = author.post("/api/editions?from=2019-01-01", **send)
    assert (early.status_code, early.json()["errors"][0]["path"]) == (422, "/from")
    digest = author.post("/api/editions?from=2024-12-01", **send).json()["digest"]
    at, chosen = f"/api/editions/{digest}/proposal", {"open_cases": "move", "mapping": {"lifecycle": {"lesson": "training"}}}
    assert author.put(at, json={"open_cases": "away"}).status_code == author.put(at, json={"mapping": {"nothing": {}}}).status_code == 422
    assert author.put(at, json={"from": "2019-01-01"}).status_code == 422
    told = author.put(at, json={**chosen, "from": "2024-11-22"}).json()
    assert (told["from"], told["open_cases"], told["mapping"], told["chosen_by"], told["move"]) == ("2024-11-22", "move", chosen["mapping"], "author", None)
    assert approver.put(at, json=chosen).status_code == 403
    town.played()
    approver.post(f"/api/editions/{digest}/approve")
    assert author.put(at, json=chosen).status_code == 409
    rounds.make_round(town.app.state.house)
    (row,) = [each for each in author.get("/api/editions").json()["rows"] if each["digest"] == digest]
    assert author.get(f"/api/moves/{row['move']}").json()["counts"] == {"moved": 1}


def test_a_stored_draft_is_published_and_approved(town):
    author, approver = town.api("author"), town.api("approver")
    send = {"content": zipped(edited("새", *RENAMED)), "headers": {"content-type": "application/zip"}}
    assert author.post("/api/editions?draft=maybe", **send).json()["errors"][0]["path"] == "/draft"
    digest = author.post("/api/editions?draft=true", **send).json()["digest"]
    at = f"/api/editions/{digest}"
    assert approver.post(f"{at}/approve").status_code == 409  # nobody asked for it yet
    assert approver.post(f"{at}/publish").status_code == 403
    assert author.post(f"{at}/publish", json={"from": "2019-01-01"}).status_code == 422
    told = author.post(f"{at}/publish", json={"from": "2024-11-22", "open_cases": "move"}).json()
    assert (told["state"], told["from"], told["open_cases"]) == ("waiting", "2024-11-22", "move")
    assert author.post(f"{at}/publish").json() == told  # once more changes nothing
    town.played()
    assert approver.post(f"{at}/approve", json={"terms": told["terms"]}).status_code == 200
    assert author.post(f"{at}/publish").status_code == 409
    assert author.post(f"/api/editions/{'0' * 64}/publish").status_code == 404


def test_open_cases_move_to_an_edition_and_back(town):
    files = read_folder(TOY)
    files["forms/loan.json"] = files["forms/loan.json"].replace('"title": "두께"'.encode(), '"title": "굵기"'.encode())
    author, approver, kim = town.api("author"), town.api("approver"), town.api("kim")
    case = kim.post("/api/cases", json={"form": "member", "data": MEMBER}).json()["id"]
    digest = author.post("/api/editions?from=2024-11-22", content=zipped(files), headers={"content-type": "application/zip"}).json()["digest"]
    assert approver.post(f"/api/editions/{digest}/migrate", json={}).status_code == 409  # not approved yet
    town.played()
    assert approver.post(f"/api/editions/{digest}/approve").status_code == 200
    assert author.get(f"/api/editions/{digest}/impact").json()["instances"] == {"moves": 1, "mapping": 0, "stays": 0}
    closing = {"lifecycle": {"lesson": "stay"}}
    assert author.post(f"/api/editions/{digest}/impact", json={"mapping": closing}).json()["instances"] == {"moves": 0, "mapping": 1, "stays": 0}
    assert author.post(f"/api/editions/{digest}/impact", json={"mapping": {"lifecycle": {"lesson": "nowhere"}}}).status_code == 422
    assert author.post(f"/api/editions/{digest}/impact", json={}).status_code == 422
    assert author.get(f"/api/editions/{digest}/replay").json()["refused"] == 0
    assert kim.get(f"/api/editions/{digest}/impact").status_code == author.post(f"/api/editions/{digest}/migrate", json={}).status_code == 403
    assert approver.post(f"/api/editions/{digest}/migrate", json={"dry_run": True}).json()["moved"] == 1
    assert approver.post(f"/api/editions/{digest}/migrate", json={"mapping": {"lifecycle": {"lesson": "nowhere"}}}).status_code == 422
    begun = approver.post(f"/api/editions/{digest}/migrate", json={"from": town.digest})
    assert (begun.status_code, begun.json()["state"], begun.json()["done"]) == (202, "moving", 0)
    where = begun.headers["location"]
    rounds.make_round(town.app.state.house)
    assert author.get(where).json()["counts"] == {"moved": 1}
    assert [each["id"] for each in author.get("/api/moves").json()["rows"]] == [begun.json()["id"]]
    told = approver.get(f"{where}/cases?outcome=moved").json()
    assert ([row["case_id"] for row in told["rows"]], told["next"]) == ([case], None)
    (task,) = kim.get(f"/api/tasks?case={case}&whose=team").json()["rows"]
    assert kim.get(f"/api/tasks/{task['id']}").status_code == 200
    assert approver.post(f"{where}/undo").json()["state"] == "undoing"
    rounds.make_round(town.app.state.house)
    assert author.get(where).json()["state"] == "undone"
    assert approver.post(f"{where}/undo").status_code == 409
    assert approver.get("/api/moves/01HZZZZZZZZZZZZZZZZZZZZZZZ").status_code == 404
