"""D03: what survives a power cut is what was synced. Watched from outside: the kernel is told to sync before any save is acknowledged."""

from __future__ import annotations

import re
import shutil
import subprocess
import time

import pytest

from engine.store.ids import new_id
from tests.casework.library import LESSON
from tests.faults.place import PATIENCE

CALLS = "fdatasync,fsync,sendto,sendmsg,write,writev,read,recvfrom,recvmsg,pwrite64"
SAVES = 10


@pytest.fixture
def traced(file_place, tmp_path):
    """Give the running server and a function that ends tracing and gives the trace."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    file_place.start()
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-y", "-s", "120", "-e", f"trace={CALLS}", "-o", str(trace), "-p", str(file_place.process.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        told = tracer.stderr.readline()
        if "attached" not in told:
            tracer.wait(PATIENCE)
            pytest.skip(f"strace cannot attach: {told.strip()}")

        def end():
            time.sleep(0.2)
            tracer.terminate()
            tracer.wait(PATIENCE)
            return trace.read_text()

        try:
            yield file_place, end
        finally:
            tracer.terminate()
            file_place.stop()


def moments(trace):
    """Give what happened, in order, with the thread: ("asked", task), ("wrote", thread), ("synced", thread), ("answered", thread)."""
    for line in trace.splitlines():
        thread = line.split(" ", 1)[0]
        asked = re.search(r"POST /api/tasks/(\w{26})/complete", line)
        if asked:
            yield "asked", asked[1]
        elif re.search(r"pwrite64\(\d+<[^>]*\.db-wal>", line):
            yield "wrote", thread
        elif re.search(r"f(data)?sync\(\d+<[^>]*\.db-wal>\) += 0", line) or re.search(r"<\.\.\. f(data)?sync resumed>\) += 0", line):
            yield "synced", thread
        elif "HTTP/1.1 200" in line:
            yield "answered", thread


def test_d03_every_acknowledged_save_follows_its_sync(traced):
    place, end = traced
    client = place.client("kim")
    asked = [place.lesson_task() for _ in range(SAVES)]
    for task_id in asked:
        assert client.complete(task_id, LESSON, new_id())[0] == 200
    between, now = {}, None
    for kind, what in moments(end()):
        if kind == "asked":
            now = between[what] = []
        elif now is not None:
            now.append((kind, what))
            now = None if kind == "answered" else now  # what comes after the answer comes too late
    assert list(between) == asked
    for told in between.values():
        assert told[-1][0] == "answered"
        done = {thread: [kind for kind, by in told if by == thread] for _, thread in told}
        assert any("wrote" in kinds and kinds[-1] == "synced" for kinds in done.values()), told  # all of it written, then synced, then answered
