"""Load that remembers: clients that complete tasks, and a ledger, synced to disk, of what the server said it had saved.

A client whose connection breaks asks again with the same key until it is told: so at the end every request is answered, and the ledger is the whole truth.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter

from sqlalchemy import select

from engine.store.ids import new_id
from engine.store.tables import access_record, history, record, task
from tests.casework.library import LOAN
from tests.faults.place import PATIENCE

WORK = "loan"


class Ledger:
    """What was acknowledged, one JSON line each, on disk before the next request is made."""

    def __init__(self, path):
        self.path, self.rows, self._lock = path, [], threading.Lock()

    def note(self, **row):
        with self._lock, self.path.open("a") as out:
            out.write(json.dumps(row) + "\n")
            out.flush()
            os.fsync(out.fileno())
            self.rows.append(row)

    def close(self):
        assert [json.loads(line) for line in self.path.read_text().splitlines()] == self.rows


class Load:
    """`with Load(place, …) as load:` keeps that many clients at it until the end of the block; then every request is answered."""

    def __init__(self, place, path, clients=8, share=2):
        self.place, self.complaints, self.broken = place, [], Counter()
        self._cases = [place.borrower() for _ in range(max(clients // share, 1))]
        self.before = place.count(record, record.c.form == WORK)
        self._stop = threading.Event()
        people = ("kim", "lee", "boss", "chief")
        clients = [(place.client(people[number % 4]), self._cases[number // share % len(self._cases)]) for number in range(clients)]
        self.ledger = Ledger(path)
        self._threads = [threading.Thread(target=self._work, args=each) for each in clients]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.ledger.close()

    def wait(self, more):
        """Wait for `more` acknowledged saves from now."""
        aim, end = len(self.ledger.rows) + more, time.monotonic() + PATIENCE
        while len(self.ledger.rows) < aim and time.monotonic() < end and not self.complaints:
            time.sleep(0.005)
        assert len(self.ledger.rows) >= aim, self.complaints

    def _work(self, client, case_id):
        while not self._stop.is_set() and not self.complaints:
            begun = self._until_told(client, 201, f"/api/cases/{case_id}/actions/{WORK}", None, new_id())
            key = new_id()
            done = begun and self._until_told(client, 200, f"/api/tasks/{begun['task']}/complete", {"data": LOAN}, key)
            if done:
                self.ledger.note(task=begun["task"], record=done["record"], key=key, case=case_id)

    def _until_told(self, client, wanted, path, body, key):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                status, told = client.call("POST", path, body, key)
            except OSError as error:
                self.broken[type(error).__name__] += 1
                time.sleep(0.02)
                continue
            if status == wanted:
                return told
            if status < 500:  # a 5xx is an answer of unknown outcome: ask again with the same key
                break
            self.broken[status] += 1
            time.sleep(0.02)
        self.complaints.append((path, status, told))
        return None

    def check(self):
        """I1: what was acknowledged is there, exactly once. I3: one history row and one access record for each; I2, I4, I6, I7 by `verify`."""
        assert not self.complaints
        rows = list(self.ledger.rows)
        with self.place.database.read() as connection:
            ask = connection.execute
            kept = Counter((row.id, row.task_id, row.case_id) for row in ask(select(record.c.id, record.c.task_id, record.c.case_id)))
            of_task = Counter(ask(select(record.c.task_id).where(record.c.task_id.is_not(None))).scalars())
            told = Counter(row["record"] for row in ask(select(history.c.detail).where(history.c.kind == "complete")).scalars())
            noted = Counter(ask(select(access_record.c.target).where(access_record.c.act == "complete")).scalars())
            closed = dict(ask(select(task.c.id, task.c.record_id).where(task.c.closed_at.is_not(None))).all())
        for row in rows:
            assert kept[row["record"], row["task"], row["case"]] == 1, row
            assert closed[row["task"]] == row["record"]
        assert set(of_task.values()) <= {1}
        for ident, task_id, _ in kept:
            if task_id:
                assert (told[ident], noted[f"record {ident}"]) == (1, 1), ident
        assert self.place.troubles() == []

    def check_end(self):
        """Besides, when every request is answered: there is nothing that was not acknowledged, and the inbox holds what is open (I4)."""
        self.check()
        place = self.place
        assert place.count(record, record.c.form == WORK) - self.before == len(self.ledger.rows)
        client = place.client("boss")
        shown = {each["id"] for case_id in self._cases for each in client.call("GET", f"/api/tasks?whose=team&case={case_id}")[1]["rows"]}
        with place.database.read() as connection:
            stored = set(connection.execute(select(task.c.id).where(task.c.case_id.in_(self._cases), task.c.closed_at.is_(None))).scalars())
        assert shown == stored
