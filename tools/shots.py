"""`make shots`: a picture of every page kind at 1440 and 390 px, from the demo's made-up world, in var/shots.

Loading that world takes minutes; `python -m tools.shots http://127.0.0.1:8000` takes the pictures from a server that has it already.
"""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools import chromium

ROOT = Path(__file__).parents[1]
OUT = ROOT / "var" / "shots"
WIDTHS = (1440, 390)
DRAWING = 800  # ms until a chart stands still
FULLEST = """rows => rows.map(row => [row.querySelectorAll('.state-none').length, row.querySelector('a').getAttribute('href')])
    .filter(row => /^\\/cases\\/\\w{26}$/.test(row[1])).sort((one, other) => one[0] - other[0]).map(row => row[1])"""  # addresses of the cases of a list, what has the most cells filled first
LYING = ".foot, .decide { position: static !important }"  # what sticks to the window would lie across the middle of a picture of the whole page


def main(base: str | None = None) -> None:
    """Take every picture from the server at `base`, or from one of our own on demo data."""
    OUT.mkdir(parents=True, exist_ok=True)
    if base:
        _pictures(base)
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DIDIMDOL_DATABASE": f"sqlite:///{folder}/shots.db", "DIDIMDOL_KEY": f"{folder}/key", "DIDIMDOL_FILES": f"{folder}/files"}
        command = [sys.executable, "-m", "engine.cli"]
        world = subprocess.run([sys.executable, "demo/crowd.py", "demo/2024.json", "demo/words.json"], cwd=ROOT, check=True, capture_output=True).stdout
        Path(folder, "world.json").write_bytes(world)
        subprocess.run([*command, "demo", f"{folder}/world.json"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen([*command, "serve", "--port", str(port)], cwd=ROOT, env=environment)
        try:
            _wait(f"http://127.0.0.1:{port}/signin")
            _pictures(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(20)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not answer")


def _pictures(base: str) -> None:
    password = json.loads((ROOT / "demo" / "2024.json").read_text(encoding="utf-8"))["password"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.PROGRAM, args=chromium.ARGUMENTS)
        for width in WIDTHS:
            context = browser.new_context(viewport={"width": width, "height": 900}, locale="ko-KR", base_url=base, bypass_csp=True)  # for the style of LYING
            page = context.new_page()
            page.goto("/signin")
            _shoot(page, "signin", width)
            _sign_in(page, "kim.worker", password)
            for name, path in _worker_pages(page):
                page.goto(path)
                _shoot(page, name, width)
            _paper(page, width)
            context.clear_cookies()
            page.goto("/signin")
            _sign_in(page, "park.lead", password)
            for name, path in _lead_pages(page):
                page.goto(path)
                _shoot(page, name, width)
            for login, pages in (("yang.admin", _admin_pages), ("policy.author", _author_pages), ("policy.approver", _approver_pages)):
                context.clear_cookies()
                page.goto("/signin")
                _sign_in(page, login, password)
                pages(page, width)
            context.close()
        browser.close()


def _sign_in(page: Page, login: str, password: str) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/$"))


def _worker_pages(page: Page) -> list[tuple[str, str]]:
    """Paths of every page kind a caseworker has, found by following the links of the pages."""
    kinds = [("home", "/")]
    page.goto("/")
    kinds += [(f"task-{n}", path) for n, path in enumerate(_links(page, r"^/tasks/\w+$"))][:8]
    counter = _links(page, r"^/\?counter=")
    kinds += [("home-counter", counter[0])] if counter else []
    kinds += [("institution", path) for path in _links(page, r"^/institution$")]
    menu = list(_links(page, r"^/cases(\?|$)"))
    kinds += [(f"list-{n}", path) for n, path in enumerate(menu)]
    kinds += [(name, path) for name, path in (("notices", "/notices"), ("search", "/search?q=김"), ("manual", "/manual"), ("password", "/password"))]
    page.goto("/manual")
    kinds += [("manual-part", path) for path in _links(page, r"^/manual/\w+")][:1]
    page.goto(menu[0] if menu else "/cases")
    kinds += [("export", path) for path in _links(page, r"^/cases/export")][:1]
    cases = page.eval_on_selector_all("table.list tbody tr", FULLEST)
    if cases:
        page.goto(cases[0])
        kinds += [("case", cases[0])]
        kinds += [(f"case-tab-{n}", path) for n, path in enumerate(_links(page, r"tab="))]
        kinds += [("reveal", path) for path in _links(page, r"/reveal\?")][:1]
        kinds += [(f"start-{path.rsplit('/', 1)[1]}", path) for path in _links(page, r"/start/")]
        page.goto(f"{cases[0]}?tab=records")
        for path in _links(page, r"^/records/\w+$")[:1]:
            kinds += [("record", path), ("record-paper", f"{path}/print"), ("record-amend", f"{path}/amend"), ("record-withdraw", f"{path}/withdraw"), ("record-today", f"{path}/today")]
    kinds += [("register", path) for path in _links(page, r"^/cases/new/")][:1]
    kinds += [("not-found", "/cases/00000000000000000000000000")]
    return kinds


def _paper(page: Page, width: int) -> None:
    """Take the whole first list on paper, which asks for a reason first."""
    page.goto("/cases")
    page.goto(_links(page, r"^/cases/export\?.*to=paper")[0])
    _shoot(page, "list-paper-reason", width)
    page.fill("#reason", "회의 자료")
    page.locator("form[data-leaves] button").click()
    page.wait_for_selector("table.printed")
    _shoot(page, "list-paper", width)


def _lead_pages(page: Page) -> list[tuple[str, str]]:
    """Paths of the pages a manager has beside a caseworker's: approvals and a decision, the team, statistics."""
    kinds = [("home-lead", "/"), ("approvals", "/approvals"), ("team", "/team")]
    page.goto("/approvals")
    kinds += [("decision", path) for path in _links(page, r"^/tasks/\w+$")][:1]
    page.goto("/team")
    kinds += [("team-person", path) for path in _links(page, r"^/team/")][:1]
    page.goto("/reports")
    kinds += [("reports", "/reports")]
    kinds += [(f"report-{n}", path) for n, path in enumerate(_links(page, r"^/reports/\w+$"))][:4]
    return kinds


def _admin_pages(page: Page, width: int) -> None:
    """Take the pages of who looks after people: also what a refused role and a reason look like."""
    for name, path in (("home-admin", "/"), ("people", "/people"), ("person-new", "/people/new"), ("access", "/access")):
        page.goto(path)
        _shoot(page, name, width)
    page.goto("/people?q=kim.worker")
    person = _links(page, r"^/people/\w{26}$")[0]
    page.goto(person)
    _shoot(page, "person", width)
    page.select_option("#f-role", index=2)
    page.fill("#f-reason", "승진")
    page.click("#give button.btn-primary")
    _shoot(page, "person-refused", width)
    page.goto(person)
    page.goto(_links(page, r"/revoke\?")[0])
    _shoot(page, "person-revoke", width)
    page.goto(f"{person}/disable")
    _shoot(page, "person-disable", width)
    page.goto("/people/new")
    page.fill("#f-name", "시연 추가")
    page.fill("#f-login", f"shot.{time.time_ns()}")
    page.locator("main form button.btn-primary").click()
    page.wait_for_selector(".secret")
    _shoot(page, "person-onetime", width)


def _author_pages(page: Page, width: int) -> None:
    """Take the pages of who writes editions: the list, a zip with mistakes, the draft of one without, one edition with a picture, the closing date."""
    for name, path in (("home-author", "/"), ("closing", "/closing"), ("editions", "/editions")):
        page.goto(path)
        _shoot(page, name, width)
    edition = _links(page, r"^/editions/\w{64}$")[0]
    for name, old, new in (("editions-findings", b'"worker"', b'"wroker"'), ("edition-draft", b"\n", b"\n\n")):
        page.goto("/editions")
        page.set_input_files("#f-file", {"name": "edition.zip", "mimeType": "application/zip", "buffer": _zipped(old, new)})
        page.get_by_role("button", name="검사하고 살펴보기").click()
        page.wait_for_selector(".findings, #terms")
        page.wait_for_selector("[hx-trigger]", state="detached", timeout=300_000)  # until it is looked at
        _shoot(page, name, width)
    page.goto(edition)
    _shoot(page, "edition", width)
    page.goto(_links(page, r"picture=")[0])
    page.wait_for_selector(".djs-shape")
    _shoot(page, "edition-picture", width)


def _approver_pages(page: Page, width: int) -> None:
    page.goto("/editions")
    edition = _links(page, r"^/editions/\w{64}$")[0]
    ways = ("difference", "trial", "move", "manual", "manual/part-process")
    for name, path in (("home-approver", "/"), ("moves", "/moves"), *((f"edition-{way.replace('/', '-')}", f"{edition}/{way}") for way in ways)):
        page.goto(path)
        _shoot(page, name, width)


def _zipped(old: bytes, new: bytes) -> bytes:
    """Zip the two folders of the repository with a change to the roles."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(path for folder in ("forms", "workflows") for path in (ROOT / folder).rglob("*") if path.is_file()):
            content = path.read_bytes()
            bundle.writestr(str(path.relative_to(ROOT)), content.replace(old, new, 1) if path.name == "roles.json" else content)
    return out.getvalue()


def _links(page: Page, pattern: str) -> list[str]:
    found = page.eval_on_selector_all("main a[href], nav a[href]", "links => links.map(link => link.getAttribute('href'))")
    return list(dict.fromkeys(path for path in found if re.search(pattern, path)))


def _shoot(page: Page, name: str, width: int) -> None:
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    if page.locator("#bpmn").count():
        page.wait_for_selector("#bpmn .djs-shape")
    if page.locator("canvas").count():
        page.wait_for_timeout(DRAWING)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.screenshot(path=str(OUT / f"{name}-{width}.png"), full_page=True, style=LYING)
    print(f"{name}-{width}.png", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
