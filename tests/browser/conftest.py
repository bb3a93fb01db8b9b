"""A real server on the 2024 edition and a real Chromium: what a person does, done."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tools.chromium import ARGUMENTS, PROGRAM

ROOT = Path(__file__).parents[2]
PASSWORD = "browser-tests-only-2024"
PATIENCE = 60_000  # ms; several run at once on small machines, and a commit waits as long as the disk does
expect.set_options(timeout=PATIENCE)
WORLD = {
    "title": "made up for the browser tests",
    "password": PASSWORD,
    "settings": [{"on": "@-360d", "closing_date": "@-340d"}],
    "institutions": [
        {"id": "home", "name": "시험원", "kind": "아동양육시설", "region": "서울", "phone": "02-000-0001"},
        {"id": "group", "name": "시험그룹홈", "kind": "공동생활가정", "region": "서울", "phone": "02-000-0003"},
        {"id": "foster", "name": "시험위탁센터", "kind": "가정위탁", "region": "서울", "phone": "02-000-0002"},
        {"id": "centre", "name": "시험보장원", "kind": "보장원", "region": "서울", "phone": "02-000-0004"},
    ],
    "people": [
        {"login": login, "name": name, "institution": place, "phone": "010-0000-0000", "email": f"{login}@example.kr",
         "roles": [{"role": role, "from": "@-400d", "to": None}]}
        for login, name, place, role in [
            ("worker", "이담당", "home", "general_worker"), ("second", "박둘째", "home", "general_worker"), ("lead", "최팀장", "home", "general_manager"),
            ("admin", "양관리", "home", "institution_admin"), ("author", "강정책", "centre", "edition_author"), ("approver", "조승인", "centre", "edition_approver"),
            ("group.worker", "오그룹", "group", "general_worker"), ("foster.worker", "정위탁", "foster", "special_worker"), ("foster.lead", "한위탁", "foster", "special_manager"),
        ]
    ],
    "cases": [],
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=2).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a running server with the people of WORLD and no cases."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "world.json").write_text(json.dumps(WORLD, ensure_ascii=False))
    port = free_port()
    environment = {**os.environ, "DIDIMDOL_DATABASE": f"sqlite:///{folder}/site.db", "DIDIMDOL_KEY": f"{folder}/key", "DIDIMDOL_FILES": f"{folder}/files"}
    command = [sys.executable, "-m", "engine.cli"]
    made = subprocess.run([*command, "demo", str(folder / "world.json")], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-2000:]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([*command, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/signin", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def keys():
    """The cookies of who signed in, by login: signing in is proved by the tests of it and costs a second each time."""
    return {}


@pytest.fixture
def person(chromium, site, keys):
    """Sign a person in: `page = person("worker")`, in a browser context of their own. Errors on the page's console fail the test."""
    contexts, complaints = [], []

    def sign_in(login: str, *, javascript: bool = True, width: int = 1440):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="ko-KR", timezone_id="Asia/Seoul", java_script_enabled=javascript, base_url=site,
            storage_state={"cookies": keys.get(login, []), "origins": []},
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.goto("/")
        if "/signin" in page.url:  # for the first time, or again after a test signed out
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(re.compile(r"/$"))
            keys[login] = context.cookies()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(message) -> bool:
    # a refused form answers 422, and Chromium tells the console of it; ERR_FAILED is what a test did to a request
    return message.type in ("error", "warning") and not re.search(r"status of (422|409|403|404|401)|net::ERR_FAILED", message.text)
