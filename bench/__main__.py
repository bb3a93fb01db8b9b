"""`make bench`: P1 to P8 of the speed bars, each as a ratio or figure of this run, medians over three rounds."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import answers, live, moving, whole
from bench.client import Connection, timed
from bench.world import ROOT, World, served

ROUNDS = 3
PER_ROUND = 192


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on a throw-away PostgreSQL, 16 clients, instead of SQLite, one client")
    parser.add_argument("--only", nargs="*", help="which bars, e.g. P1 P2")
    options = parser.parse_args()
    only = options.only or (["P1", "P2"] if options.postgres else ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"])
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; Python {platform.python_version()}")
    print("versions: " + ", ".join(f"{name} {version(name)}" for name in ("spiffworkflow", "jsonschema", "sqlalchemy", "starlette", "uvicorn", "jinja2")))
    print(f"commit {commit}, rounds {ROUNDS}")
    with tempfile.TemporaryDirectory() as folder:
        database, end = _database(Path(folder), postgres=options.postgres)
        try:
            for line in _run(World(Path(folder), database), only, clients=16 if options.postgres else 1):
                print(line, flush=True)
        finally:
            end()


def _database(folder: Path, *, postgres: bool) -> tuple[str, Any]:
    if not postgres:
        return f"sqlite:///{folder}/bench.db", lambda: None
    from tests import postgres as server

    server.announce()
    cluster = server.cluster()
    if cluster is None:
        raise SystemExit("PostgreSQL is not installed")
    for name in ("bench", "floor"):
        server.execute(cluster, f"CREATE DATABASE {name} TEMPLATE template0")
    return server.url(cluster, "bench"), server.end


def _run(world: World, only: list[str], clients: int) -> list[str]:
    bars: list[str] = []
    if {"P1", "P2", "P4", "P8"} & set(only):
        world.fill()
    if {"P1", "P2"} & set(only):
        bars += asyncio.run(_work(world, only, clients))
    if "P4" in only:
        bars.append(live.rerender(world, ROUNDS))
    if {"P3", "P7"} & set(only):
        bars += whole.measured(only, ROUNDS)
    if "P5" in only:
        bars += _check(world)
    if "P6" in only:
        (world.folder / "moving").mkdir()
        bars.append(moving.measured(world.folder / "moving", f"sqlite:///{world.folder}/moving/bench.db", ROUNDS))
    if "P8" in only:
        bars += _cold(world)
    return bars


# -- P1, P2: completing work over HTTP --------------------------------------------------------------------------------------------


async def _work(world: World, only: list[str], clients: int) -> list[str]:
    floor_url = world.database.replace("bench.db", "floor.db").removeprefix("sqlite:///") if clients == 1 else world.database.replace("/bench", "/floor")
    floor_command = [sys.executable, "-m", "uvicorn", "bench.floor:app", "--log-level", "warning", "--no-access-log"]
    lines: list[str] = []
    with world.server() as (port, _), served(floor_command, {**os.environ, "FLOOR_DATABASE": floor_url}, "/floor") as (floor_port, _):
        bearer = {"Authorization": f"Bearer {world.token()}"}
        async with Connection(port, bearer) as client:
            print(f"plan of {answers.leaves(answers.plan())} answers, {clients} client(s), {PER_ROUND} tasks a round, each the guided next step of its own case")
            if "P1" in only:
                lines.append(await _p1(client, port, floor_port, bearer, clients))
            if "P2" in only:
                lines.append(await _p2(client))
    return lines


async def _ok(client: Connection, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None) -> Any:
    status, answer = await client.json(method, path, data, headers)
    if status not in (200, 201):
        raise RuntimeError(f"{method} {path}: {status} {answer}")
    return answer


async def _waiting_plan(client: Connection, n: int) -> tuple[str, str]:
    """A case that was assessed, and the plan that now waits on its guided path."""
    case = (await _ok(client, "POST", "/api/cases", {"form": "child_basic_info", "data": answers.person(n)}))["id"]
    task = await _started(client, case, "skills_assessment")
    schema = (await _ok(client, "GET", f"/api/tasks/{task}"))["schema"]
    await _ok(client, "POST", f"/api/tasks/{task}/complete", {"data": answers.assessment(schema)}, {"Idempotency-Key": f"p-{task}"})
    return case, await _started(client, case, "selfreliance_plan")


async def _started(client: Connection, case: str, action: str) -> str:
    return (await _ok(client, "POST", f"/api/cases/{case}/actions/{action}"))["task"]


async def _complete(client: Connection, task: str, body: bytes) -> float:
    seconds, status, answer = await timed(
        client, "POST", f"/api/tasks/{task}/complete", body, {"Content-Type": "application/json", "Idempotency-Key": f"k-{task}"}
    )
    if status != 200:
        raise RuntimeError(f"complete: {status} {answer!r}")
    return seconds


def _body() -> bytes:
    import json

    return json.dumps({"data": answers.plan()}, ensure_ascii=False).encode()


async def _p1(client: Connection, port: int, floor_port: int, bearer: dict[str, str], clients: int) -> str:
    ratios, rates, floors, all_times = [], [], [], []
    for turn in range(ROUNDS):
        tasks = [[(await _waiting_plan(client, turn * PER_ROUND + n))[1] for n in range(c, PER_ROUND, clients)] for c in range(clients)]
        floor_rate, _ = await _load(floor_port, {}, [[None] * (PER_ROUND * 3 // clients)] * clients)
        rate, times = await _load(port, bearer, tasks)
        rates.append(rate)
        floors.append(floor_rate)
        ratios.append(rate / floor_rate)
        all_times += times
    all_times.sort()
    print(
        f"P1 detail: {statistics.median(rates):.0f} tasks/s, floor {statistics.median(floors):.0f}/s, "
        f"median {1000 * statistics.median(all_times):.2f} ms, p95 {1000 * all_times[int(len(all_times) * 0.95)]:.2f} ms"
    )
    ratio = statistics.median(ratios)
    return _bar("P1", f"{ratio:.2f}", "0.20", ok=ratio >= 0.20)


async def _load(port: int, headers: dict[str, str], tasks: list[list[Any]]) -> tuple[float, list[float]]:
    """Complete all tasks, one keep-alive connection per list; (per second, seconds of each). None as a task means the floor endpoint."""
    body = _body()
    times: list[float] = []

    async def one(mine: list[Any]) -> None:
        async with Connection(port, headers) as connection:
            for task in mine:
                if task is None:
                    seconds, status, _ = await timed(connection, "POST", "/floor", body, {"Content-Type": "application/json"})
                    assert status == 200
                    times.append(seconds)
                else:
                    times.append(await _complete(connection, task, body))

    begin = time.perf_counter()
    await asyncio.gather(*(one(mine) for mine in tasks))
    return len(times) / (time.perf_counter() - begin), times


async def _p2(client: Connection) -> str:
    """The same work in one case: around its 10th piece and around its 500th, measured in turn with the 10th of a second, fresh case of the same run."""
    body = _body()
    old, young = (await _waiting_plan(client, 9998))[0], (await _waiting_plan(client, 9999))[0]
    first: list[float] = []
    for n in range(490):
        seconds = await _complete(client, await _started(client, old, "selfreliance_plan"), body)
        if 5 <= n < 25:
            first.append(seconds)
        if n % 100 == 99:
            print(f"P2: {n + 1} pieces of work", file=sys.stderr)
    for _ in range(5):
        await _complete(client, await _started(client, young, "selfreliance_plan"), body)
    early, late = [], []
    for _ in range(20):  # in turn, so that the machine's moods meet both alike
        early.append(await _complete(client, await _started(client, young, "selfreliance_plan"), body))
        late.append(await _complete(client, await _started(client, old, "selfreliance_plan"), body))
    ratio = statistics.median(late) / statistics.median(early)
    print(
        f"P2 detail: {1000 * statistics.median(early):.2f} ms around the 10th, {1000 * statistics.median(late):.2f} ms around the 500th piece of work "
        f"(the old case's own 10th, minutes earlier: {1000 * statistics.median(first):.2f} ms)"
    )
    return _bar("P2", f"{ratio:.2f}", "1.2", ok=ratio <= 1.2)


# -- P5, P8 -----------------------------------------------------------------------------------------------------------------------


def _check(world: World) -> list[str]:
    lines = []
    for name, command, bar in (("P5 check without scenarios", ["check", "--no-scenarios"], 1.0), ("P5 check with all scenarios", ["check"], 3.0)):
        times = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            world.command(*command)
            times.append(time.perf_counter() - begin)
        middle = statistics.median(times)
        lines.append(_bar(name, f"{middle:.2f} s", f"{bar:.0f} s", ok=middle <= bar))
    return lines


def _cold(world: World) -> list[str]:
    times, memory = [], []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        with world.server() as (_, process):
            times.append(time.perf_counter() - begin)
            time.sleep(1)
            status = Path(f"/proc/{process.pid}/status").read_text()
            memory.append(int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024)
    start, resident = statistics.median(times), statistics.median(memory)
    return [
        _bar("P8 cold start to first page", f"{start:.2f} s", "2 s", ok=start <= 2),
        _bar("P8 resident memory, idle", f"{resident:.0f} MiB", "150 MiB", ok=resident <= 150),
    ]


def _bar(name: str, figure: str, bar: str, *, ok: bool) -> str:
    return f"{name} {figure} (bar {bar}) {'ok' if ok else 'MISSED'}"


if __name__ == "__main__":
    main()
