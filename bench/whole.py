"""P3 and P7: the work list, the lists, a statistic and a whole list as a file, over the big database (`bench.big`)."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from bench.big import CASES, big_world
from bench.live import sign_in
from bench.world import ROOT

if TYPE_CHECKING:
    from bench.world import World

EACH = 40  # requests of each kind a round
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIST = "/cases?view=case_target_list_foster"
WORK = {"one's own": "/", "the whole place's": "/?whose=team", "one's own, due within days": "/?counter=due"}
LISTS = {
    "first page": _LIST,
    "filtered by a part of the name": f"{_LIST}&f.child_name={quote('김가')}",
    "filtered by choice and dates": f"{_LIST}&f.child_status={quote('위탁아동')}&f.registration_period.from=2024-01-01&f.registration_period.to=2025-06-30",
    "sorted by name": f"{_LIST}&sort=child_name",
    "sorted by worker, turned round": f"{_LIST}&sort=-case_manager",
    "filtered and sorted": f"{_LIST}&f.decision_year.from=2018&f.decision_year.to=2020&sort=-child_birth_date",
    "page 20": f"{_LIST}&page=20",
}
BARS = {"work": 40, "list": 57}  # ms


def measured(only: list[str], rounds: int) -> list[str]:
    """Run P3 and P7 as asked; one line for each bar."""
    world = big_world(ROOT / "var" / "big")
    lines: list[str] = []
    with world.server() as (port, process):
        if "P3" in only:
            lines += _p3(port, rounds)
        if "P7" in only:
            lines += _p7(world, port, process.pid, rounds)
    return lines


def _p3(port: int, rounds: int) -> list[str]:
    """p95 of each kind as the client sees it, one request at a time: a worker of the largest place, and somebody who reaches all cases."""
    worst = {"work": 0.0, "list": 0.0}
    for login in ("bench", "reader"):
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as browser:
            sign_in(browser, login)
            kinds = [("work", name, path) for name, path in WORK.items() if login == "bench"] + [("list", name, path) for name, path in LISTS.items()]
            for kind, name, path in kinds:
                p95, middle, size = _timed(browser, path, rounds)
                worst[kind] = max(worst[kind], p95)
                print(f"P3 detail: {login} {kind} list, {name}: median {middle:.1f} ms, p95 {p95:.1f} ms, {size // 1000} kB", flush=True)
    return [_bar(f"P3 {kind} list p95, worst of its kinds", f"{worst[kind]:.1f} ms", f"{bar} ms", ok=worst[kind] <= bar) for kind, bar in BARS.items()]


def _timed(browser: httpx.Client, path: str, rounds: int) -> tuple[float, float, int]:
    p95s, middles, size = [], [], 0
    browser.get(path)  # what is read for the first time comes from the disk
    for _ in range(rounds):
        times = []
        for _ in range(EACH):
            begin = time.perf_counter()
            answer = browser.get(path)
            times.append(1000 * (time.perf_counter() - begin))
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
        times.sort()
        size = len(answer.content)
        p95s.append(times[int(EACH * 0.95) - 1])
        middles.append(statistics.median(times))
    return statistics.median(p95s), statistics.median(middles), size


def _p7(world: World, port: int, pid: int, rounds: int) -> list[str]:
    headers = {"Authorization": f"Bearer {world.token('reader')}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=600) as api:
        times = []
        for _ in range(rounds):
            begin = time.perf_counter()
            rows = _ok(api.get("/api/reports/three_ways")).json()["rows"]
            times.append(time.perf_counter() - begin)
        counted = sum(row["children"] for row in rows)
        print(f"P7 detail: {len(rows)} rows over {counted:,} cases (ten records each) by three groups", flush=True)
        middle = statistics.median(times)
        idle = _memory(pid, "VmRSS")
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak is counted anew
        begin = time.perf_counter()
        told = {"accept": XLSX, "didimdol-reason": "bench"}
        size, query = 0, "view=child_basic_list"
        with api.stream("GET", f"/api/cases?{query}", headers=told) as answer:
            for piece in answer.iter_bytes():
                size += len(piece)
            if answer.status_code != 200:
                raise RuntimeError(f"xlsx: {answer.status_code}")
        seconds, over = time.perf_counter() - begin, _memory(pid, "VmHWM") - idle
        print(f"P7 detail: xlsx of up to {CASES:,} rows, {size / 1e6:.1f} MB, idle {idle:.0f} MiB", flush=True)
    return [
        _bar("P7 statistic by three groups", f"{middle:.2f} s", "1.5 s", ok=middle <= 1.5),
        _bar("P7 xlsx of all cases", f"{seconds:.1f} s", "30 s", ok=seconds <= 30),
        _bar("P7 xlsx, memory over idle", f"{over:.0f} MiB", "200 MiB", ok=over <= 200),
    ]


def _memory(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) / 1024


def _ok(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:300]}")
    return answer


def _bar(name: str, figure: str, bar: str, *, ok: bool) -> str:
    return f"{name} {figure} (bar {bar}) {'ok' if ok else 'MISSED'}"
