"""Forms as nobody's browser sends them: every POST page refuses with a sentence, stores nothing, and never fails (S23, S24, S27, S31 of trust.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest

from engine.casework import tasks
from engine.spec.folder import read_folder
from engine.store.cipher import Cipher
from engine.store.database import connect
from engine.store.files import MemoryFiles
from tests.casework.library import LESSON, LOAN, MEMBER, TOY
from tests.web.browsing import fields
from tests.web.town import Town
from web.app import PAGES, WAYS

NOT_THERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
FORM = {"content-type": "application/x-www-form-urlencoded"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 30
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
REFUSED = (400, 403, 404, 409, 413, 415, 422)


@dataclass
class Scene:
    """A case with an open task, a task that is done, records of its own, a file, and somebody else's case at the other branch."""

    town: Town
    case: str
    lesson: str
    loan: str
    record: str
    done: str
    foreign: str
    foreign_task: str

    @property
    def forms(self):
        """The address of every form page that draws a generated screen, by route."""
        return {
            "/cases/new/{form:name}": "/cases/new/member",
            "/cases/{id:id}/start/{action:name}": f"/cases/{self.case}/start/leave",
            "/tasks/{id:id}": f"/tasks/{self.loan}",
            "/records/{id:id}/amend": f"/records/{self.record}/amend",
        }


def play(town):
    case, foreign = town.member(), town.member("far", 회원명="먼이")
    done = town.open_tasks(case)["lesson"].id
    record = town.complete("kim", done, LESSON).record_id
    second = town.member("kim", 회원명="김둘", 주민등록번호="061205-4123457")
    return Scene(
        town, case, town.open_tasks(second)["lesson"].id, town.open_tasks(case)["loan"].id, record, done, foreign, town.open_tasks(foreign, "far")["lesson"].id
    )


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """One scene for the whole module: nothing in it may change, and the tests see to that."""
    database = connect(f"sqlite:///{tmp_path_factory.mktemp('hostile')}/town.db")
    database.create_all()
    yield play(Town(database, Cipher({1: b"k" * 32}, b"i" * 32), MemoryFiles()))
    database.dispose()


@pytest.fixture
def fresh(town):
    """A scene of its own, on either database: for what does change something."""
    return play(town)


@pytest.fixture
def kim(scene):
    return scene.town.browser("kim")


def refused(answer, *statuses):
    """Say that it was refused with a sentence, and safely."""
    assert answer.status_code in (statuses or REFUSED), (answer.status_code, answer.text[:300])
    assert answer.text.strip() or answer.is_redirect or answer.status_code == 204
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def marks(client, address, **more):
    """The hidden fields of a form page."""
    return {name: value for name, value in fields(client.get(address).text).items() if name.startswith("_")} | more


# what a screen posts, and should not


def body(pairs):
    return "&".join(f"{name if raw else quote(name, safe='')}={value if raw else quote(value, safe='')}" for name, value, raw in pairs).encode()


def plain(*pairs):
    return [(name, value, False) for name, value in pairs]


ODD = {
    "names that are none": plain(("/role", "admin"), ("/../x", "1"), ("/__proto__", "1"), ("//", "1"), ("/", "1"), ("/사유/사유/사유", "1"), ("/~2", "1"), ("/~", "1")),
    "marks of ours that are none": plain(("status", "done"), ("owner", "boss"), ("_admin", "1"), ("_digest", "x")),
    "a section as text": plain(("/목공", "x"), ("/이사", "x"), ("/휴면", "x")),
    "a section as text and as a section": plain(("/목공", "x"), ("/목공/나무", "참"), ("/이사", "x"), ("/이사/새주소", "y")),
    "a table as text": plain(("/품목", "x"), ("/품목/0", "x"), ("/품목/0/품명", "톱")),
    "a choice as a section": plain(("/분야/0", "목공"), ("/사유/휴면", "1"), ("/성별/남", "1")),
    "the same answer many times": plain(*(("/보증금", str(n)) for n in range(50)), *(("/사유", "제명") for _ in range(50))),
    "rows far apart": plain(("/품목/999999/품명", "톱"), ("/품목/0/품명", "끌"), ("/품목/4294967296/품명", "x"), ("/품목/-1/품명", "x"), ("/품목/1e3/품명", "x"), ("/품목/²/품명", "x")),
    "rows of rows": plain(("/품목/0/품명/0/0/0", "x"), ("/품목/0/0", "x"), ("/품목//품명", "x")),
    "5,000 rows": plain(("/보증금", "1"), *((f"/품목/{n}/품명", "톱") for n in range(5_000))),
    "a very deep name": plain(("/" + "목공/" * 100 + "나무", "x")),
    "a very long name": plain(("/" + "가" * 3_000, "x")),
    "a very long answer": plain(("/회원명", "가" * 50_000), ("/목공/나무", "가" * 50_000)),
    "a very long number": plain(("/보증금", "9" * 5_000), ("/문항1", "9" * 5_000)),
    "other digits": plain(("/보증금", "١٢٣"), ("/문항1", "²"), ("/대여일", "２０２４-１１-２２")),
    "no numbers": plain(("/보증금", "NaN"), ("/문항1", "1e9"), ("/문항2", "0x10"), ("/문항3", "--1")),
    "days that are none": plain(("/대여일", "2024-02-30"), ("/탈퇴일", "0000-00-00"), ("/가입일", "9999-99-99"), ("/생년월일", "2006-12-05T00:00:00Z"), ("/교육일", "-1")),
    "codes that are none": plain(("/분야", "admin"), ("/사유", "' OR 1=1 --"), ("/성별", "<script>alert(1)</script>")),
    "markup": plain(("/회원명", "<img src=x onerror=alert(1)>"), ("/목공/나무", '"><script>alert(1)</script>'), ("/이사/새주소", "{{7*7}}${7*7}")),
    "control letters": plain(("/회원명", "a\x01\x02\x1b[31m"), ("/목공/나무", "\u202egnp.exe"), ("/이사/새주소", "\ufeff\u200b")),
    "NUL": plain(("/회원명", "a\0b"), ("/목공/나무", "\0")),
    "NUL in a name": plain(("/회\0원명", "a")),
    "half a letter": [("/%ED%A0%80", "x", True), ("/x", "%ED%A0%80", True)],
    "bytes that are no UTF-8": [("/x", "%FF%FE", True)],
    "a percent sign alone": [("/x", "%", True), ("/%zz", "%zz", True)],
    "bytes as they are": [("/x", "가", True)],
    "our marks twice": plain(("_key", "a"), ("_version", "1")),
    "20,000 names": plain(*((f"/k{n}", "1") for n in range(20_000))),
    "nothing": [],
}
INTENTS = (
    "", "delete", "approve", "save:", "SAVE", "add", "add:", "add:/", "add:/사유", "add:/분야", "add:/없음", "add:/목공/나무", "add:/품목/0/품명", "add:/품목/999999", "add:품목",
    "remove:/품목", "remove:/품목/0", "remove:/품목/999999", "remove:/품목/-1", "remove:/품목/²", "remove:/품목/" + "9" * 5_000, "up:/품목/²", "down:/품목/" + "9" * 5_000,
    "remove:/²/²", "remove:/사유", "remove:/", "up:/품목/0", "down:/품목/0", "clear:/", "clear:/분야", "clear:/없음/없음", "clear:/품목/0", "add:" + "/품목" * 500,
)


@pytest.mark.parametrize("intent", ["save", "confirm", "preview", "draft"])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_answers_are_read_or_refused_and_never_kept(scene, kim, odd, intent):
    """No odd answer completes anything: each page gives its screen again, or a sentence. A draft keeps what can be a draft, so it is only shown not to fail."""
    before = scene.town.rows()
    for route, address in scene.forms.items():
        if intent == "draft" and route != "/records/{id:id}/amend":
            continue
        sent = body([*plain(*((name, value[0]) for name, value in marks(kim, address, intent=[intent]).items())), *odd])
        answer = kim.post(address, content=sent, headers=FORM)
        assert answer.status_code in ((200, *REFUSED) if intent == "preview" else REFUSED), (route, answer.status_code)
        assert "<script>alert" not in answer.text
        assert "onerror=alert(1)>" not in answer.text.replace("&gt;", "")
    assert scene.town.rows() == before


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_a_draft_of_odd_answers_can_be_opened_again(fresh, odd):
    """Whatever a draft took, its page, its preview and its saving still work."""
    kim = fresh.town.browser("kim")
    address = f"/tasks/{fresh.loan}"
    sent = body([*plain(*((name, value[0]) for name, value in marks(kim, address, intent=["draft"]).items())), *odd])
    for way in (address, f"{address}/draft"):
        answer = kim.post(way, content=sent, headers={**FORM, "accept": "text/html"})
        assert answer.status_code in (303, *REFUSED), answer.status_code
        page = kim.get(address)
        assert page.status_code == 200
        for intent in ("preview", "save"):
            assert kim.post(address, data=fields(page.text, intent=intent)).status_code in (200, 422)


@pytest.mark.parametrize("intent", INTENTS, ids=lambda text: text[:30] or "none")
def test_a_button_that_is_none_changes_nothing(scene, kim, intent):
    before = scene.town.rows()
    for address in scene.forms.values():
        given = marks(kim, address, intent=[intent])
        for more in ({}, {"/보증금": "1000", "/품목/0/품명": "톱", "/품목/1/품명": "끌", "/분야": "목공"}, {"/품목": "x", "/사유": "제명"}):
            answer = kim.post(address, data={**given, **more})
            assert answer.status_code in (200, *REFUSED), (address, answer.status_code)
    assert scene.town.rows() == before


MARKS = {
    "no form": {"_form": ""}, "no such form": {"_form": "x/y"}, "a form of no edition": {"_form": "0" * 64 + "/loan"}, "a form elsewhere": {"_form": "../../etc/passwd"},
    "a digest alone": {"_form": "0" * 64}, "a version that is none": {"_version": "x"}, "a version below zero": {"_version": "-1"}, "a huge version": {"_version": "9" * 5_000},
    "another's digits": {"_version": "²", "_draft_version": "²"}, "no key": {"_key": ""}, "a long key": {"_key": "k" * 10_000}, "an odd key": {"_key": "' \u202e<b>"},
    "back to elsewhere": {"_back": "//evil.example"}, "back to a script": {"_back": "javascript:alert(1)"}, "a half address": {"_back": "http://[::1"},
}


@pytest.mark.parametrize("changed", MARKS.values(), ids=MARKS.keys())
@pytest.mark.parametrize("intent", ["save", "preview"])
def test_marks_that_are_not_ours(scene, kim, changed, intent):
    before = scene.town.rows()
    for address in scene.forms.values():
        answer = kim.post(address, data={**marks(kim, address, intent=[intent]), **{name: [value] for name, value in changed.items()}})
        assert answer.status_code in (200, *REFUSED), (address, answer.status_code)
        assert "evil.example" not in answer.text
        assert 'href="javascript' not in answer.text
    assert scene.town.rows() == before


# bodies


def every_post(scene):
    """One address of every POST page."""
    one = {
        "/cases/{id:id}": f"/cases/{scene.case}", "/tasks/{id:id}": f"/tasks/{scene.loan}", "/records/{id:id}": f"/records/{scene.record}", "{form:name}": "member", "{action:name}": "leave",
    }
    for way in WAYS:
        if way.unsafe and not way.api:
            path = way.path
            for pattern, name in one.items():
                path = path.replace(pattern, name)
            yield path


BODIES = {
    "10 MB": (b"a=" + b"x" * 10_000_000, FORM["content-type"]),
    "10 MB of names": (b"a&" * 5_000_000, FORM["content-type"]),
    "JSON": (b'{"intent":"save"}', "application/json"),
    "XML": (b"<a/>", "text/xml"),
    "no kind": (b"a=b", ""),
    "another alphabet": (b"a=b", "application/x-www-form-urlencoded; charset=euc-kr"),
    "bytes": (bytes(range(256)), FORM["content-type"]),
    "half a letter": (b"%ED%A0%80=%ED%A0%80", FORM["content-type"]),
    "NUL": (b"reason=%00", FORM["content-type"]),
    "broken parts": (b"--x\r\nnothing", "multipart/form-data; boundary=x"),
    "parts without a boundary": (b"--x\r\n", "multipart/form-data"),
    "a file for a word": (b'--x\r\nContent-Disposition: form-data; name="_csrf"; filename="a.pdf"\r\n\r\n%PDF\r\n--x--\r\n', "multipart/form-data; boundary=x"),
    "many files": (b"".join(b'--x\r\nContent-Disposition: form-data; name="/f"; filename="a.pdf"\r\n\r\n%%PDF%d\r\n' % n for n in range(100)) + b"--x--\r\n", "multipart/form-data; boundary=x"),
}


@pytest.mark.parametrize(("sent", "kind"), BODIES.values(), ids=BODIES.keys())
def test_every_post_page_refuses_a_body_that_is_none(scene, sent, kind):
    kim, boss = scene.town.browser("kim"), scene.town.browser("boss")
    before = scene.town.rows()
    for path in every_post(scene):
        if path in ("/signout",):  # leaving always works
            continue
        who = boss if path == "/approvals" else kim
        refused(who.post(path, content=sent, headers={"content-type": kind, "x-csrf-token": who.csrf}), 204, 303, *REFUSED, 401)
    assert scene.town.rows() == before


@pytest.mark.parametrize("reason", ["", " ", "\u200b", "가" * 5_000, "<script>alert(1)</script>"], ids=["none", "blank", "nothing to see", "very long", "markup"])
def test_pages_that_ask_why(scene, kim, reason):
    """A reason that says nothing, or far too much, is refused beside its box; nothing happens without one."""
    before = scene.town.rows()
    for path in (f"/records/{scene.record}/withdraw", f"/tasks/{scene.loan}/withdraw", f"/cases/{scene.case}/reveal", f"/records/{scene.record}/reveal"):
        for at in ("", "/", "/없음", "/회원명", "/주민등록번호/0", "/²/²", "주민등록번호", "/" * 500):
            answer = kim.post(path, data={"_csrf": kim.csrf, "reason": "" if path.endswith("withdraw") else reason, "at": at})
            refused(answer)
            assert "<script>alert" not in answer.text
    assert scene.town.rows() == before


def test_decisions_that_are_none(scene):
    boss, before = scene.town.browser("boss"), scene.town.rows()
    for given in (
        {}, {"decision": "approve"}, {"decision": "delete", "pick": [scene.loan]}, {"decision": "return", "pick": [scene.loan]}, {"one": "approve"}, {"one": f"approve:{scene.loan}"},
        {"one": "a:b:c"}, {"one": ":"}, {"one": f"return:{scene.foreign_task}", "comment": "x"}, {"one": f"approve:{NOT_THERE}"}, {"decision": "approve", "pick": ["' OR 1=1 --", "x" * 5_000]},
        {"decision": "approve", "pick": [str(n) for n in range(900)]}, {"decision": "approve", "pick": [scene.done, scene.done], "comment": "가" * 20_000},
    ):  # fmt: skip
        answer = boss.post("/approvals", data={"_csrf": boss.csrf, "_key": "k-1", **given})
        assert answer.status_code in (200, *REFUSED), (given, answer.status_code)
        assert "승인했습니다" not in answer.text
    assert scene.town.rows() == before


# whose


@pytest.mark.parametrize("way", [way for way in PAGES if "{id:id}" in way.path], ids=lambda way: way.name)
def test_what_is_somebody_elses_is_not_there(scene, kim, way):
    before = scene.town.rows()
    ids = {"cases": scene.foreign, "tasks": scene.foreign_task}
    for ident in (ids.get(way.path.split("/")[1], scene.foreign), NOT_THERE, scene.loan if "/cases/" in way.path else scene.case):
        path = way.path.replace("{id:id}", ident).replace("{action:name}", "leave")
        form = {"_csrf": kim.csrf, "intent": "save", "_form": f"{scene.town.digest}/lesson", "reason": "까닭", "at": "/주민등록번호", "/문항1": "2"}
        answer = kim.request(way.method, path, **({"data": form} if way.unsafe else {}))
        refused(answer, 403, 404)
        assert "먼이" not in answer.text
    assert scene.town.rows() == before


def test_a_file_of_somebody_else_in_an_answer(fresh):
    """A file staged by another person is nobody else's to attach: refused, and the answer names the box."""
    town = fresh.town
    lee, kim = town.browser("lee"), town.browser("kim")
    theirs = lee.post("/files", files={"file": ("a.pdf", PDF)}, headers={"x-csrf-token": lee.csrf}).json()["id"]
    before = town.rows()
    assert kim.get(f"/files/{theirs}").status_code == 404
    for address in (f"/tasks/{fresh.loan}", f"/cases/{fresh.case}/start/leave"):
        refused(kim.post(address, data=fields(kim.get(address).text, intent="save", **{"/첨부": theirs, "/첨부/0": theirs})))
    assert town.rows() == before


@pytest.fixture
def attaching(sqlite_database, cipher, files):
    """A town where leaving takes attachments."""
    folder = dict(read_folder(TOY))
    leave = json.loads(folder["forms/leave.json"])
    leave["properties"]["첨부"] = {"title": "첨부", "type": "array", "maxItems": 3, "items": {"type": "string", "format": "x-file"}, "x-file": {"accept": ["pdf"], "maxMB": 1}}
    leave["x-layout"][0]["fields"].append("첨부")
    folder["forms/leave.json"] = json.dumps(leave, ensure_ascii=False).encode()
    return Town(sqlite_database, cipher, files, toy=folder)


@pytest.mark.parametrize(("intent", "status"), [("save", 422), ("preview", 200)])
def test_a_file_that_came_with_a_refused_form_need_not_be_chosen_again(attaching, intent, status):
    kim, address = attaching.browser("kim"), f"/cases/{attaching.member()}/start/leave"
    asked = kim.post(address, data=fields(kim.get(address).text, intent=intent), files={"/첨부": ("동의서.pdf", PDF)})
    assert asked.status_code == status
    assert "동의서.pdf" in asked.text
    given = fields(asked.text, intent="save", **{"/탈퇴일": "2024-11-22", "/사유": "제명"})
    saved = kim.post(address, data=given)
    assert saved.status_code == 303
    assert "동의서.pdf" in kim.get(saved.headers["location"] + "?tab=files").text


def test_a_file_that_is_refused_costs_nothing_typed(attaching):
    kim, address = attaching.browser("kim"), f"/cases/{attaching.member()}/start/leave"
    page = kim.get(address)
    for name, content in (("a.pdf", b"MZ\x90"), ("a.exe", b"MZ\x90"), ("a.pdf", PDF + b"0" * 1_000_001), ("", PDF)):
        before = attaching.rows()
        answer = kim.post(address, data=fields(page.text, intent="save", **{"/탈퇴일": "어제", "/사유": "제명"}), files={"/첨부": (name, content)})
        refused(answer, 409, 413, 422)
        assert fields(answer.text)["/탈퇴일"] == ["어제"]
        assert attaching.rows() == before


def test_a_program_attaches_only_what_the_field_takes(attaching):
    """The API stages a file without asking what for: the field's rule holds when the answers that name it are saved."""
    api = attaching.api("kim")
    wrong, right = (api.post("/api/files", files={"file": (name, content)}).json()["id"] for name, content in (("a.png", PNG), ("b.pdf", PDF)))
    task = api.post(f"/api/cases/{attaching.member()}/actions/leave").json()["task"]
    answers = {"탈퇴일": "2024-11-22", "사유": "제명"}
    answer = api.post(f"/api/tasks/{task}/complete", json={"data": {**answers, "첨부": [right, wrong]}}, headers={"idempotency-key": "w"})
    assert answer.status_code == 422
    assert [(error["path"], error["message"]) for error in answer.json()["errors"]] == [("/첨부", "a.png: 여기에는 pdf 파일만 올릴 수 있습니다.")]
    assert api.post(f"/api/tasks/{task}/complete", json={"data": {**answers, "첨부": [right]}}, headers={"idempotency-key": "r"}).status_code == 200


# again, late, and twice


def test_a_task_that_is_done_is_not_done_again(fresh):
    kim, before = fresh.town.browser("kim"), fresh.town.rows()
    given = {"_csrf": kim.csrf, "_form": f"{fresh.town.digest}/lesson", "_key": "late", "/문항1": "1", "/문항2": "1", "/문항3": "1", "/교육일": "2024-11-22"}
    for way, intent in (("", "save"), ("", "confirm"), ("", "draft"), ("/draft", "draft"), ("", "preview"), ("", "add:/품목")):
        refused(kim.post(f"/tasks/{fresh.done}{way}", data={**given, "intent": intent}), 409)
    refused(kim.post(f"/tasks/{fresh.done}/withdraw", data={**given, "reason": "까닭"}), 409)
    assert fresh.town.rows() == before


def test_an_old_tab_keeps_what_was_typed(fresh):
    """A draft and a task that changed since: the older screen is told so, and shows everything it had."""
    town, address = fresh.town, f"/tasks/{fresh.loan}"
    kim = town.browser("kim")
    old = fields(kim.get(address).text, intent="draft", **{"/분야": "목공", "/목공/나무": "오래된"})
    new = fields(kim.get(address).text, intent="draft", **{"/분야": "목공", "/목공/나무": "새로운"})
    assert kim.post(address, data=new).status_code == 303
    before = town.rows()
    late = kim.post(address, data=old)
    refused(late, 409)
    assert fields(late.text)["/목공/나무"] == ["오래된"]
    assert town.rows() == before
    assert fields(kim.get(address).text)["/목공/나무"] == ["새로운"]
    with town.desk("boss") as desk:
        tasks.assign(desk, fresh.loan, "kim")
    saved = kim.post(address, data={**old, "intent": "save"})
    refused(saved, 409, 422)
    assert fields(saved.text)["/목공/나무"] == ["오래된"]


def test_the_same_key_with_other_answers_is_refused(fresh):
    town = fresh.town
    kim = town.browser("kim")
    for address in (f"/tasks/{fresh.loan}", f"/cases/{fresh.case}/start/leave", "/cases/new/member", f"/records/{fresh.record}/amend"):
        rest = {**MEMBER, "회원명": "김셋", "주민등록번호": "061205-4123458"} if "new" in address else {"탈퇴일": "2024-11-22", "사유": "제명"} if "leave" in address else LESSON
        flat = {"/대여일": LOAN["대여일"], "/반납예정일": LOAN["반납예정일"], "/분야": "목공", "/목공/나무": "참나무"} if "tasks" in address else {f"/{name}": str(value) for name, value in rest.items()}
        if "leave" in address:
            continue  # it would end the case for what follows
        given = fields(kim.get(address).text, intent="confirm", **flat)
        if "amend" in address:
            given = {**given, "_reason": "까닭", "/문항1": "4"}
        first = kim.post(address, data=given)
        assert first.status_code == 303, first.text[-3000:]
        before = town.rows()
        again = kim.post(address, data=given)
        assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
        other = {"/목공/나무": "소나무", "/회원명": "김넷", "/문항2": "1"}
        refused(kim.post(address, data={**given, **other}), 409, 422)
        assert town.rows() == before


# addresses


NEXT = ("//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\tevil", "///evil.example", "http:evil.example", "/%0d%0aset-cookie:a=b", "\\\\evil", "/" + "x" * 5_000, "//[")


@pytest.mark.parametrize("to", NEXT)
def test_a_way_on_never_leads_elsewhere(scene, to):
    kim = scene.town.browser("kim")
    for answer in (kim.get(f"/signin?{urlencode({'next': to})}"), kim.post("/signin", data={"_csrf": kim.csrf, "next": to, "login": "kim", "password": "x"})):
        assert answer.status_code < 500
        where = answer.headers.get("location", "/")
        assert where.startswith("/")
        assert not where.startswith(("//", "/\\"))
        assert 'href="//evil' not in answer.text


QUERIES = (
    "/cases?page=-1", "/cases?page=0", "/cases?page=99999999999999999999", "/cases?page=" + "9" * 5_000, "/cases?page=²", "/cases?page=x", "/cases?sort=x", "/cases?sort=-", "/cases?sort=--name", "/cases?sort=name;drop table cases",
    "/cases?sort=value", "/cases?view=../x", "/cases?view=", "/cases?f.x=1", "/cases?f.=1", "/cases?f.joined_year.from=x&f.joined_year.to=y", "/cases?f.joined_year.from=9999999999&f.joined_year.to=-1",
    "/cases?f.joined_year=2024", "/cases?f.joined_year.from=²&f.joined_year.to=²", "/cases?f.status=admin", "/cases?f.status=%27%20OR%201=1", "/cases?f.name=%25", "/cases?f.name=_", "/cases?f.name=" + "%EA%B0%80" * 1_000,
    "/cases?f.rrn=%27", "/cases?f.rrn.from=1", "/cases?f.name.from=a&f.name.to=b", "/cases?f.name=a&f.name=b", "/cases?f.name=%ED%A0%80", "/cases?f.name=%00", "/cases?" + "f.name=a&" * 500,
    "/search?q=%25", "/search?q=_", "/search?q=*", "/search?q=%5C", "/search?q=" + "%EA%B0%80" * 3_000, "/search?q=%00", "/search?q=%ED%A0%80", "/search?q=%27%22%3Cscript%3Ealert(1)%3C/script%3E", "/search?q[]=a",
    "/search?q=%E2%80%AE", "/search", "/cases/{case}?tab=../x", "/cases/{case}?tab=%3Cscript%3E", "/records/{record}?revision=-1", "/records/{record}?revision=²", "/records/{record}?revision=99999",
    "/records/{record}?revision=0", "/records/{record}/print?revision=77", "/cases/new/member?draft=x", "/cases/new/member?draft={foreign}", "/cases/new/%2e%2e%2fmember", "/cases/new/lesson", "/cases/new/" + "x" * 5_000,
    "/cases/{case}/start/lifecycle", "/cases/{case}/start/none", "/cases/{case}/start/%00", "/cases/{case}/reveal?at=%2F%C2%B2", "/records/{record}/reveal?at=", "/cases/%ED%A0%80", "/tasks/{case}",
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda text: text[:60])
def test_an_address_that_is_none(scene, kim, query):
    before = scene.town.rows()
    answer = kim.get(query.format(case=scene.case, record=scene.record, foreign=scene.foreign))
    assert answer.status_code in (200, *REFUSED), answer.status_code
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 400_000
    assert "먼이" not in answer.text
    assert scene.town.rows() == before


@pytest.mark.parametrize("text", ["%", "_", "김%", "*", "\\"])
def test_search_knows_no_wildcards(scene, kim, text):
    assert f"/cases/{scene.case}" not in kim.get("/search", params={"q": text}).text


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_other_methods_on_pages(scene, kim, method):
    before = scene.town.rows()
    paths = {way.path.replace("{id:id}", scene.case if "cases" in way.path else scene.loan).replace("{form:name}", "member").replace("{action:name}", "leave") for way in PAGES}
    for path in sorted(paths):
        answer = kim.request(method, path, headers={"x-csrf-token": kim.csrf})
        assert answer.status_code < 500, (method, path)
        if method != "HEAD":
            assert answer.status_code in (400, 403, 404, 405, 415), (method, path, answer.status_code)
        else:
            assert answer.content == b""
    assert scene.town.rows() == before
