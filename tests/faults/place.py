"""Installations in folders of their own, and the real server process before them: started, killed, stopped, talked to."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from engine.casework import signin
from engine.casework.verify import verify
from engine.store.database import connect
from engine.store.files import FolderFiles
from engine.store.ids import new_id
from engine.store.keyring import new_keyring
from engine.store.migrate import migrate
from engine.store.types import KST
from tests import postgres
from tests.casework.library import LESSON, LOAN, Library

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds until a server that does not answer is taken for broken
COMMAND = (sys.executable, "-m", "engine.cli")


class Installation:
    """Database, keys, files, and the server in front of them. `port` stays the same over restarts."""

    def __init__(self, folder: Path, url: str):
        self.folder, self.url, self.port, self.process = folder, url, free_port(), None
        self.ring = new_keyring()
        self.ring.save(folder / "key")
        self.environment = {
            **os.environ, "DIDIMDOL_DATABASE": url, "DIDIMDOL_KEY": str(folder / "key"), "DIDIMDOL_FILES": str(folder / "files"),
            "DIDIMDOL_BACKUP_PASSPHRASE": "a long passphrase of the fault tests",
        }  # fmt: skip
        self.database = connect(url)
        migrate(self.database)
        self._clients = []

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self, *command: str, health: bool = True) -> None:
        """Start the server and wait until it answers. `command` instead of `didimdol` runs it within something."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*(command or COMMAND), "serve", "--port", str(self.port)], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        if health:
            self.wait()

    def wait(self) -> None:
        """Wait until the server answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            if healthy(self.port):
                return
            time.sleep(0.03)
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """End the server as a power cut would: kill -9."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        """Ask the server to end; give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for client in self._clients:
            client.close()
        self.database.dispose()

    def run(self, *words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess:
        """Run a command on this installation; `given` is its standard input."""
        return subprocess.run(
            [*COMMAND, *words], cwd=ROOT, env={**self.environment, **environment}, input=given, capture_output=True, text=True, timeout=300, check=False
        )

    def speak(self, token: str = "") -> Client:
        """A client with a connection of its own."""
        self._clients.append(Client(self.port, token))
        return self._clients[-1]

    def count(self, table, *where) -> int:
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


class Place(Installation):
    """An installation with the toy edition in force and its people."""

    def __init__(self, folder: Path, url: str):
        super().__init__(folder, url)
        self.library = Library(self.database, self.ring.cipher(), FolderFiles(folder / "files"))
        self.library.now = datetime.now(KST)
        self.library.hire("chief", "가지점", "head")
        self._tokens = {}

    def client(self, login: str = "") -> Client:
        """An API client of a person (of nobody), with a connection of its own."""
        if login and login not in self._tokens:
            with self.library.desk() as desk:
                self._tokens[login] = signin.issue_token(desk, self.library.people[login].person_id)
        return self.speak(self._tokens.get(login, ""))

    def member(self) -> str:
        """A case with its first task, a lesson, open."""
        return self.library.member(회원명="사람")

    def borrower(self) -> str:
        """A case with lesson and first loan behind it: any number of loans can be started and completed on it."""
        case_id = self.member()
        day = datetime.now(KST).date().isoformat()
        self.library.complete("kim", self.library.open_tasks(case_id)["lesson"].id, {**LESSON, "교육일": day})
        self.library.complete("kim", self.library.open_tasks(case_id)["loan"].id, LOAN)
        return case_id

    def lesson_task(self) -> str:
        """An open task of a new case."""
        return self.library.open_tasks(self.member())["lesson"].id

    def troubles(self) -> list[str]:
        """What `didimdol verify` finds (I2 states and tasks, I3 chains, I4 and I6 standing, I7 pages and foreign keys)."""
        with self.database.read() as connection:
            return [trouble.sentence for trouble in verify(self.library.at(connection))]


class Client:
    """HTTP/1.1 with a kept connection; answers are (status, JSON or text)."""

    def __init__(self, port: int, token: str = "", timeout: float = PATIENCE):
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def call(self, method: str, path: str, body=None, key: str = "", **headers: str):
        """Send and read; a broken connection is told as OSError."""
        sent = {**self._headers, **headers}
        if key:
            sent["idempotency-key"] = key
        if isinstance(body, dict):
            body, sent["content-type"] = json.dumps(body).encode(), "application/json"
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
            told = answer.read()
        except http.client.HTTPException as error:
            self._connection.close()
            raise ConnectionError(type(error).__name__) from error
        except OSError:
            self._connection.close()
            raise
        self.headers = answer.headers
        if answer.will_close:
            self._connection.close()
        return answer.status, json.loads(told) if "json" in answer.headers.get("content-type", "") else told.decode()

    def complete(self, task_id: str, data, key: str):
        return self.call("POST", f"/api/tasks/{task_id}/complete", {"data": data}, key)

    def close(self) -> None:
        self._connection.close()


def healthy(port: int) -> bool:
    client = Client(port)
    try:
        return client.call("GET", "/health")[0] == 200
    except OSError:
        return False
    finally:
        client.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def fresh_database(kind: str, folder: Path):
    """Give the URL of an empty database of this kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{new_id()}.db"
        return
    cluster, name = postgres.cluster(), f"faults_{new_id().lower()}"
    postgres.execute(cluster, f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield postgres.url(cluster, name)
    finally:
        postgres.execute(cluster, f"DROP DATABASE {name} WITH (FORCE)")

