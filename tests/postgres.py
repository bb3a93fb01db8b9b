"""A private PostgreSQL for one test run: made on first use, shared by the workers of the run, gone at its end.

It listens on a unix socket in its own folder only. The controlling process names the folder in an environment variable before the
workers start; whoever needs the cluster first starts it under a file lock.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

FOLDER = "DIDIMDOL_TEST_POSTGRESQL"
_READY = "ready"


def programs() -> Path | None:
    """Return the folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


def announce() -> None:
    """Choose the folder of this run's cluster; called once, by the process that controls the run."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = _new_folder()


def cluster() -> str | None:
    """Return the folder of the running cluster, started if need be; None where no server is installed."""
    binaries = programs()
    if binaries is None:
        return None
    announce()
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / _READY).exists():
            _start(binaries, folder)
            (folder / _READY).touch()
    return str(folder)


@contextmanager
def alone():
    """Give the folder of a further cluster that nobody else uses: for tests that stop it."""
    binaries = programs()
    assert binaries
    folder = _new_folder()
    _start(binaries, Path(folder))
    try:
        yield folder
    finally:
        stop_server(folder, "immediate")
        shutil.rmtree(folder, ignore_errors=True)


def _new_folder() -> str:
    roomy = Path("/dev/shm")
    return tempfile.mkdtemp(prefix="dd-pg-", dir=roomy if os.access(roomy, os.W_OK) else None)


def url(folder: str, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={folder}"


def execute(folder: str, statement: str, name: str = "postgres") -> None:
    with psycopg.connect(f"host={folder} user=postgres dbname={name}", autocommit=True) as connection:
        connection.execute(statement)


def start_server(folder: str) -> None:
    """Start the server again after `stop_server`."""
    binaries = programs()
    assert binaries
    options = f"-k {folder} -c listen_addresses='' -c max_connections=300 -c shared_buffers=64MB -c max_wal_size=256MB"
    _run([binaries / "pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-w", "-o", options, "start"])
    _wait(folder)


def stop_server(folder: str, mode: str = "fast") -> None:
    binaries = programs()
    assert binaries
    _run([binaries / "pg_ctl", "-D", f"{folder}/data", "-m", mode, "-w", "stop"])


def end() -> None:
    """Stop the run's cluster and remove its folder; called once, by the process that controls the run."""
    folder = os.environ.pop(FOLDER, None)
    if folder is None:
        return
    if (Path(folder) / _READY).exists():
        stop_server(folder, "immediate")
    shutil.rmtree(folder, ignore_errors=True)


def _start(binaries: Path, folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    _run(
        [
            binaries / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--data-checksums",
        ]
    )
    start_server(str(folder))


def _run(command: list[object]) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    done = subprocess.run(words, capture_output=True, text=True, cwd="/", check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")


def _wait(folder: str) -> None:
    for _ in range(100):
        try:
            execute(folder, "SELECT 1")
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start")
