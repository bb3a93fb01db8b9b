"""S46: numbers and passwords nobody else has go through sign-in, pages, refusals, drafts, records and backups; then everything left behind is searched.

Holds S22 (SECURITY.md).
"""

from __future__ import annotations

import json
import re
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

import pytest

from engine.store.types import KST
from tests import postgres
from tests.casework.library import everything
from tests.faults.place import ROOT, Installation, fresh_database
from tests.web.browsing import fields

TODAY = datetime.now(KST).date().isoformat()
CHILD = {"대상자명": "박카나", "성별": "여", "생년월일": "2010-02-01", "입소일자": "2020-01-15"}
PLAN = {"자립계획구분": "미정", "학교선택": "중학교", "학년선택": "중3", "희망주거": "기타"}
JOURNAL = {"사례관리일자": TODAY, "사례관리분야": "그외", "목표": "생활 점검"}
ACCOUNT = {
    "신청인": {"신청일": TODAY, "휴대전화번호": "010-0000-0000", "은행명": "가상은행"}, "자립업무담당자": {"휴대전화번호": "010-0000-0001"},
    "사용계획서제출여부": "제출", "자립정착금수령여부": "미수령", "자립정착금총액": 0,
}  # fmt: skip


class Canaries:
    """Texts that occur nowhere but where they are put in. Each is looked for as typed, without marks, and as an address would carry it."""

    def __init__(self):
        self.rrn = f"100201-4{secrets.randbelow(10**6):06d}"
        self.other_rrn = f"100201-3{secrets.randbelow(10**6):06d}"
        self.account = f"{secrets.randbelow(900) + 100}-{secrets.randbelow(10**6):06d}-{secrets.randbelow(10**6):06d}"
        self.password = f"초록 우산 {secrets.token_hex(6)}"
        self.mistyped = f"파란 우산 {secrets.token_hex(6)}"

    def found_in(self, told: bytes):
        return [name for name, text in vars(self).items() for form in {text, text.replace("-", ""), quote(text)} if form.encode() in told]


class Browser:
    """A session by cookies and forms, as a browser without scripts has it. Keeps the address of everything it was sent to."""

    def __init__(self, place):
        self._client, self._cookies, self.addresses = place.speak(), {}, []

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, given):
        return self._ask("POST", path, urlencode(given, doseq=True).encode(), **{"content-type": "application/x-www-form-urlencoded"})

    def _ask(self, method, path, body=None, **headers):
        self.addresses.append(path)
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            status, text = self._client.call(method, path, body, cookie=cookie, **headers)
        except ConnectionError:  # on a busy machine the server lets an idle connection go just before it is used again
            if method != "GET":
                raise
            status, text = self._client.call(method, path, body, cookie=cookie, **headers)
        for told in self._client.headers.get_all("set-cookie") or ():
            name, _, value = told.split(";")[0].partition("=")
            self._cookies[name] = value
        location = self._client.headers.get("location") or ""
        self.addresses.append(location)
        return status, text, location


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path):
    """The 2024 edition with one worker, whose password is a canary; and the canaries."""
    if request.param == "postgresql" and postgres.cluster() is None:
        pytest.skip("PostgreSQL is not installed")
    canaries = Canaries()
    world = {
        "title": "made up", "password": "told on the sign-in page", "settings": [], "cases": [],
        "institutions": [{"id": "home", "name": "시험원", "kind": "아동양육시설", "region": "서울", "phone": "02-000-0001"}],
        "people": [{"login": "worker", "name": "이담당", "institution": "home", "phone": "010-0000-0000", "email": "w@example.kr",
                    "roles": [{"role": "general_worker", "from": "@-400d", "to": None}]}],
    }  # fmt: skip
    with fresh_database(request.param, tmp_path) as url:
        place = Installation(tmp_path, url)
        (tmp_path.parent / f"{tmp_path.name}.world").write_text(json.dumps(world))
        done = place.run("demo", str(tmp_path.parent / f"{tmp_path.name}.world"))
        assert done.returncode == 0, done.stderr
        done = place.run("user", "password", "worker", "--set", given=f"{canaries.password}\n")
        assert done.returncode == 0, done.stderr
        place.start()
        yield place, canaries
        place.close()


def sign_in(browser, canaries):
    for password, wanted in ((canaries.mistyped, 401), (canaries.password, 303)):
        token = re.search(r'name="_csrf" value="([^"]+)"', browser.get("/signin")[1])[1]
        status, text, _ = browser.post("/signin", {"_csrf": token, "login": "worker", "password": password})
        assert (status, canaries.found_in(text.encode())) == (wanted, [])


def register(browser, canaries):
    """Refused once, kept as a draft once, saved; give the address of the case."""
    given = fields(browser.get("/cases/new/child_basic_info")[1])
    answers = {f"/{name}": value for name, value in CHILD.items()} | {"/주민등록번호": canaries.rrn}
    assert browser.post("/cases/new/child_basic_info", {**given, **answers, "/입소일자": "2000-01-01", "intent": "save"})[0] == 422
    status, _, draft = browser.post("/cases/new/child_basic_info", {**given, **answers, "intent": "draft"})
    assert status == 303
    page = browser.get(draft)[1]
    status, text, case = browser.post(draft, {**fields(page), "intent": "save"})
    assert status == 303, text
    return case


def over(below, above):
    """Lay answers over answers."""
    return {**below, **{name: over(below.get(name) or {}, value) if isinstance(value, dict) else value for name, value in above.items()}}


def go_on(place, canaries, case_id):
    """The rest over the API: each guided step, then the account and the health note; and what is refused."""
    token = place.run("token", "worker").stdout.split()[-1]
    api = place.speak(token)
    scenario = json.loads((ROOT / "workflows/scenarios/yearly.json").read_text())["data"]
    assessment = {**scenario["assessment"], "작성일": TODAY}
    steps = {
        "child_selfreliance_info": {"입소경로": "보호자 의뢰", "주발생유형": "부모 사망"}, "skills_assessment": assessment, "selfreliance_plan": PLAN,
        "service_provision": JOURNAL,
    }  # fmt: skip
    for form, data in steps.items():
        task = next(task for task in api.call("GET", f"/api/cases/{case_id}")[1]["tasks"] if task["form"] == form)
        status, told = api.complete(task["id"], over(api.call("GET", f"/api/tasks/{task['id']}")[1]["data"], data), f"s-{form}")
        assert status == 200, told
    status, told = api.call("POST", f"/api/cases/{case_id}/actions/settlement_plan")
    assert status == 201, told
    shown = api.call("GET", f"/api/tasks/{told['task']}")[1]["data"]
    account = over(over(shown, ACCOUNT), {"신청인": {"계좌번호": canaries.account}})
    assert api.call("PUT", f"/api/tasks/{told['task']}/draft", {"data": account})[0] == 200
    assert api.complete(told["task"], {**account, "계좌": canaries.account}, "wrong")[0] == 422
    status, done = api.complete(told["task"], account, "right")
    assert status == 200, done
    shown = api.call("GET", f"/api/records/{done['record']}")
    assert (shown[0], canaries.found_in(json.dumps(shown[1], ensure_ascii=False).encode())) == (200, [])
    asked = {"pointer": "/신청인/계좌번호", "reason": "지급 확인"}
    assert api.call("POST", f"/api/records/{done['record']}/reveal", asked)[1]["value"] == canaries.account
    assert api.call("POST", "/api/cases", {"form": "child_basic_info", "data": {**CHILD, "주민등록번호": canaries.other_rrn, "이름": "x"}})[0] == 422
    assert api.call("POST", "/api/cases", {"form": "child_basic_info", "data": {**CHILD, "주민등록번호": canaries.other_rrn}})[0] in (201, 422)
    assert api.call("POST", f"/api/cases/{case_id}/actions/{canaries.rrn.replace('-', '')}")[0] in (404, 409)


def test_s46_k13_nothing_told_in_confidence_is_left_in_the_clear(site):
    place, canaries = site
    browser = Browser(place)
    sign_in(browser, canaries)
    case = register(browser, canaries)
    page = browser.get(case)[1]
    assert canaries.found_in(page.encode()) == []
    go_on(place, canaries, case.rsplit("/", 1)[1])
    for tab in re.findall(rf'href="({case}\?tab=[^"#]+)', page):
        assert canaries.found_in(browser.get(tab)[1].encode()) == []
    assert place.run("backup", str(place.folder / "backup")).returncode == 0
    place.kill()  # the write-ahead log stays as it is
    assert canaries.found_in("\n".join(browser.addresses).encode()) == []
    searched = [path for path in place.folder.rglob("*") if path.is_file()]
    assert {"server.log", "backup"} <= {path.name for path in searched}
    if place.url.startswith("postgresql"):
        cluster = postgres.cluster()
        postgres.execute(cluster, "CHECKPOINT")
        searched += _readable(cluster)
    else:
        assert any(path.name.endswith(".db-wal") for path in searched)
    for path in searched:
        assert canaries.found_in(path.read_bytes()) == [], path.name
    assert canaries.found_in(everything(place.database).encode()) == []


def _readable(cluster):
    """The server's log, its write-ahead log and the pages of every table."""
    from pathlib import Path

    data = Path(cluster) / "data"
    return [Path(cluster) / "log", *(path for folder in ("base", "pg_wal") for path in (data / folder).rglob("*") if path.is_file())]
