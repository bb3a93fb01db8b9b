"""A throw-away installation of the 2024 edition with a few people, and the shipped server on it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PASSWORD = "only-for-measuring-2024"
WORLD: dict[str, Any] = {
    "title": "made up for measuring",
    "password": PASSWORD,
    "settings": [{"on": "@-360d", "closing_date": "@-340d"}],
    "institutions": [{"id": "place", "name": "측정센터", "kind": "가정위탁", "region": "서울", "phone": "02-000-0000"}],
    "people": [
        {
            "login": "bench",
            "name": "이측정",
            "institution": "place",
            "phone": "010-0000-0000",
            "email": "bench@example.kr",
            "roles": [{"role": "special_worker", "from": "@-400d", "to": None}],
        }
    ],
    "cases": [],
}


class World:
    """Where the installation is, and how to start its server."""

    def __init__(self, folder: Path, database: str, rules: Path = ROOT) -> None:
        """`rules` is the folder that holds the edition to publish."""
        self.folder = folder
        self.rules = rules
        self.database = database
        self.environment = {**os.environ, "DIDIMDOL_DATABASE": database, "DIDIMDOL_KEY": f"{folder}/key", "DIDIMDOL_FILES": f"{folder}/files"}

    def command(self, *arguments: str) -> str:
        done = subprocess.run([sys.executable, "-m", "engine.cli", *arguments], cwd=self.rules, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def fill(self, world: dict[str, Any] = WORLD) -> None:
        path = self.folder / "world.json"
        path.write_text(json.dumps(world, ensure_ascii=False))
        self.command("demo", str(path))

    def token(self, login: str = "bench") -> str:
        lines = [line.strip() for line in self.command("token", login).splitlines() if line.strip()]
        return max(re.findall(r"[A-Za-z0-9_\-.]{20,}", "\n".join(lines)), key=len)

    @contextmanager
    def server(self) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
        with served([sys.executable, "-m", "engine.cli", "serve"], self.environment, "/signin") as running:
            yield running


@contextmanager
def served(command: list[str], environment: dict[str, str], probe: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Start a server on a free port and give (port, process) once it answers `probe`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait(f"http://127.0.0.1:{port}{probe}", process)
            yield port, process
        finally:
            process.terminate()
            process.wait(20)


def wait(url: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended before it answered {url}")
        try:
            urllib.request.urlopen(url, timeout=2).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise RuntimeError(f"no answer from {url}")
