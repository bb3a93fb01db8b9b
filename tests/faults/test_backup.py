"""D14: a backup taken under load, put back elsewhere, holds all that was acknowledged before it began, whole; a damaged one is refused.

Holds K22 (SECURITY.md).
"""

from __future__ import annotations

import time

from sqlalchemy import select

from engine.store.database import connect
from engine.store.tables import record
from tests.faults.load import Load
from tests.faults.place import fresh_database


def test_d14_backup_under_load(place, kind, tmp_path):
    with Load(place, tmp_path / "ledger", clients=4) as load:
        load.wait(10)
        before, begun = len(load.ledger.rows), time.monotonic()
        done = place.run("backup", str(tmp_path / "b"))
        assert done.returncode == 0, done.stderr
        took = time.monotonic() - begun
        load.wait(5)
    load.check_end()
    with fresh_database(kind, tmp_path) as url:
        told = {"DIDIMDOL_DATABASE": url, "DIDIMDOL_FILES": str(tmp_path / "again")}
        damaged = bytearray((tmp_path / "b").read_bytes())
        damaged[len(damaged) // 2] ^= 1
        (tmp_path / "bad").write_bytes(damaged)
        assert place.run("restore", str(tmp_path / "bad"), **told).returncode == 1
        begun = time.monotonic()
        back = place.run("restore", str(tmp_path / "b"), **told)
        assert back.returncode == 0, back.stdout + back.stderr
        assert "이상이 없습니다" in back.stdout
        print(f"backup {took:.1f} s, restore and check {time.monotonic() - begun:.1f} s, {before} acknowledged before")
        restored = connect(url)
        try:
            with restored.read() as connection, place.database.read() as original:
                kept = {row.id: row for row in connection.execute(select(record))}
                assert {row["record"] for row in load.ledger.rows[:before]} <= set(kept)
                now = {row.id: row for row in original.execute(select(record))}
                assert all(now[ident] == row for ident, row in kept.items())
        finally:
            restored.dispose()
