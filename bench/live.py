"""P4: the biggest form of the edition re-rendered on a change, as the browser asks for it."""

from __future__ import annotations

import re
import statistics
import time
from typing import TYPE_CHECKING

import httpx

from bench import answers
from bench.world import PASSWORD, World

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGES = 100


def rerender(world: World, rounds: int) -> str:
    """Change one answer of the biggest form 100 times a round; p95 of the answers, in ms, as seen by the client."""
    with world.server() as (port, _), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as browser:
        sign_in(browser)
        task = _biggest(browser, world)
        page = browser.get(f"/tasks/{task}").text
        page = browser.post(f"/tasks/{task}", data={**dict(_inputs(page)), "/보호종료사유": "만기종료", "intent": "preview"}, headers={"HX-Request": "true"}).text
        fields = dict(_inputs(page))
        p95s, medians = [], []
        for _ in range(rounds):
            times = []
            for n in range(CHANGES):
                fields["/보호종료사유"] = ("연장종료", "만기종료")[n % 2]
                begin = time.perf_counter()
                answer = browser.post(f"/tasks/{task}", data={**fields, "intent": "preview"}, headers={"HX-Request": "true"})
                times.append(time.perf_counter() - begin)
                if answer.status_code != 200:
                    raise RuntimeError(f"preview: {answer.status_code} {answer.text[:300]}")
            times.sort()
            p95s.append(1000 * times[int(len(times) * 0.95)])
            medians.append(1000 * statistics.median(times))
    p95 = statistics.median(p95s)
    print(f"P4 detail: median {statistics.median(medians):.1f} ms, p95 {p95:.1f} ms, {len(answer.text) // 1000} kB a page, {len(fields)} inputs")
    return f"P4 {p95:.1f} ms (bar 15 ms) {'ok' if p95 <= 15 else 'MISSED'}"


def sign_in(browser: httpx.Client, login: str = "bench") -> None:
    page = browser.get("/signin").text
    fields = {**dict(_inputs(page)), "login": login, "password": PASSWORD}
    answer = browser.post("/signin", data=fields)
    if answer.status_code != 303:
        raise RuntimeError(f"sign-in: {answer.status_code}")


def _biggest(browser: httpx.Client, world: World) -> str:
    """A waiting task of the form with the most fields."""
    api = httpx.Client(base_url=browser.base_url, headers={"Authorization": f"Bearer {world.token()}"})
    case = api.post("/api/cases", json={"form": "child_basic_info", "data": answers.person(7777)}).json()["id"]
    for form in ("skills_assessment", "selfreliance_plan", "service_provision", "protection_termination"):
        task = api.post(f"/api/cases/{case}/actions/{form}").json()["task"]
        if form == "protection_termination":
            return task
        schema = api.get(f"/api/tasks/{task}").json()["schema"]
        data = {
            "skills_assessment": lambda schema=schema: answers.assessment(schema),
            "selfreliance_plan": answers.plan,
            "service_provision": lambda: {"사례관리일자": answers.TODAY.isoformat(), "사례관리분야": "그외"},
        }[form]()
        api.post(f"/api/tasks/{task}/complete", json={"data": data}, headers={"Idempotency-Key": f"l-{task}"}).raise_for_status()
    raise AssertionError


def _inputs(page: str) -> Iterator[tuple[str, str]]:
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="radio"' not in tag and 'type="checkbox"' not in tag and 'type="file"' not in tag:
            yield name[1], value[1] if value else ""
