"""P6: open cases of the 2024 edition go over to an edition that renames a step they wait at and sets other days, and back."""

from __future__ import annotations

import gc
import re
import statistics
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from bench import answers
from bench.world import ROOT, WORLD, World
from engine.casework import cases, marching, moves, publishing, tasks
from engine.casework.desk import Desk
from engine.casework.editions import Editions
from engine.casework.signin import actor_of
from engine.casework.verify import verify
from engine.spec.folder import read_folder
from engine.store.database import connect
from engine.store.files import FolderFiles
from engine.store.keyring import load_keyring
from engine.store.tables import instance, task
from engine.store.types import KST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = 1000
STEP, RENAMED, DAYS, OTHER_DAYS = "assess", "assess_again", "날짜(연도(today), 12, 31)", "날짜(연도(today), 11, 30)"


class Office:
    """An installation with two people for editions and one for cases; `standing` says what is open and must stay so."""

    def __init__(self, folder: Path, database: str) -> None:
        world = World(folder, database)
        central = {"id": "central", "name": "중앙", "kind": "보장원", "region": "", "phone": ""}
        people = [
            {"login": login, "name": login, "institution": "central", "phone": "", "email": "", "roles": [{"role": role, "from": "@-400d", "to": None}]}
            for login, role in (("author", "edition_author"), ("approver", "edition_approver"))
        ]
        world.fill(WORLD | {"institutions": [*WORLD["institutions"], central], "people": [*WORLD["people"], *people]})
        self.database, self.editions = connect(database), Editions()
        self.cipher, self.files = load_keyring(f"{folder}/key").cipher(), FolderFiles(f"{folder}/files")

    @contextmanager
    def desk(self, login: str = "bench") -> Iterator[Desk]:
        with self.database.begin() as connection:
            actor = actor_of(connection, login, datetime.now(KST))
            assert actor is not None
            yield Desk(connection, actor, datetime.now(KST), self.editions, self.cipher, self.files)

    def publish(self, files: dict[str, bytes]) -> str:
        """Publish an edition that is in force from today: open cases go to no other."""
        with self.desk("author") as desk:
            digest = publishing.publish(desk, files, desk.today)
        with self.desk("approver") as desk:
            publishing.approve(desk, digest)
        return digest

    def fill(self) -> None:
        """Cases that wait at the first step of the path; every second at the next, with a draft; every fourth with a work of its own open."""
        for n in range(CASES):
            with self.desk() as desk:
                case_id = cases.register(desk, "child_basic_info", answers.person(n), confirmed=True)
                if n % 2:
                    first = tasks.start(desk, case_id, "skills_assessment")
                    schema = desk.edition().forms["skills_assessment"].schema
                    tasks.complete(desk, first, answers.assessment(schema), confirmed=True)
                    tasks.save_draft(desk, tasks.start(desk, case_id, "selfreliance_plan"), answers.plan())
                if n % 4 == 0:
                    tasks.start(desk, case_id, "counselling_log")

    def standing(self) -> tuple[int, int, set[str]]:
        with self.database.read() as connection:
            open_ones = connection.execute(select(func.count()).select_from(instance).where(instance.c.ended_at.is_(None))).scalar_one()
            waiting = connection.execute(select(func.count()).select_from(task).where(task.c.closed_at.is_(None))).scalar_one()
            return open_ones, waiting, set(connection.execute(select(instance.c.edition).where(instance.c.ended_at.is_(None)).distinct()).scalars())

    def move(self, to: str, mapping: dict[str, Any]) -> float:
        """Move everything; give cases a second."""
        with self.desk("approver") as desk:
            run = moves.begin(desk, to, mapping=mapping)
        return self.work(run, moves.MOVED)

    def work(self, run: str, outcome: str) -> float:
        begin = time.perf_counter()
        done = marching.work(self.database, self.editions, self.cipher, lambda: datetime.now(KST), run)
        seconds = time.perf_counter() - begin
        if dict(done.counts) != {outcome: CASES}:
            raise RuntimeError(f"not every case went: {dict(done.counts)} {done.why}")
        return CASES / seconds


def other() -> dict[str, bytes]:
    """The shipped edition with another lifecycle."""
    files = {path: data for path, data in read_folder(ROOT).items() if not path.startswith("workflows/scenarios/")}
    life = re.sub(rf'((?: id|Ref|bpmnElement)=")({STEP})"', rf'\1{RENAMED}"', files["workflows/lifecycle.bpmn"].decode())
    life = re.sub(rf"\b(visits\.){STEP}\b", rf"\1{RENAMED}", life).replace(DAYS, OTHER_DAYS)
    return files | {"workflows/lifecycle.bpmn": life.encode()}


def measured(folder: Path, database: str, rounds: int) -> str:
    """Fill an installation and move all of it there, back, and there again; give the bar's line."""
    office = Office(folder, database)
    with office.desk() as desk:
        shipped = desk.edition().digest
    office.fill()
    after = office.publish(other())
    before = office.standing()
    gc.freeze()  # as the command does
    busy, rates, ways = time.process_time(), [], ((after, {STEP: RENAMED}), (shipped, {RENAMED: STEP}))
    for turn in range(rounds):
        to, steps = ways[turn % 2]
        rates.append(office.move(to, {"lifecycle": steps}))
        if office.standing() != (*before[:2], {to}):
            raise RuntimeError("something open was lost on the way")
    busy = time.process_time() - busy
    with office.desk() as desk:
        troubles = [each.sentence for each in verify(desk) if each.check != "접속기록"]
    if troubles:
        raise RuntimeError("\n".join(troubles[:5]))
    rounds_told = ", ".join(f"{rate:.0f}" for rate in rates)
    print(
        f"P6 detail: {CASES} cases, {before[0]} open instances, {before[1]} open tasks, one process; {rounds_told} cases/s; "
        f"{1000 * busy / CASES / rounds:.2f} ms of processor time a case"
    )
    middle = statistics.median(rates)
    return f"P6 open cases moved {middle:.0f} cases/s (bar 500 cases/s) {'ok' if middle >= 500 else 'MISSED'}"

