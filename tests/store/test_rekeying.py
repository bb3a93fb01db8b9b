"""Holds K17, S44 (SECURITY.md)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.casework import attachments
from engine.errors import Broken
from engine.store import rekeying
from engine.store.cipher import Cipher
from engine.store.rekeying import reseal
from engine.store.tables import draft, revision
from tests.casework.library import LESSON, Library
from tests.casework.test_attachments import PDF

TURNED = Cipher({1: b"k" * 32, 2: b"n" * 32}, b"i" * 32)


@pytest.fixture
def busy(database, cipher, files):
    library = Library(database, cipher, files)
    library.cases = [library.member() for _ in range(3)]
    with library.desk("kim") as desk:
        library.file = attachments.stage(desk, "a.pdf", PDF).id
    return library


def sealed(database):
    with database.read() as connection:
        return [*connection.execute(select(revision.c.sealed)).scalars(), *connection.execute(select(draft.c.sealed)).scalars()]


def test_everything_is_sealed_anew_and_reads_the_same(busy, monkeypatch):
    monkeypatch.setattr(rekeying, "BATCH", 2)
    told = []
    assert reseal(busy.database, busy.files, TURNED, progress=lambda *more: told.append(more)) == 4
    assert all(TURNED.fresh(value) for value in sealed(busy.database) if value)
    assert TURNED.fresh(busy.files.get(busy.file))
    assert told[-1] == ("file", 1)
    busy.cipher = TURNED
    waiting = busy.open_tasks(busy.cases[0])
    busy.complete("kim", waiting["lesson"].id, LESSON)
    with busy.desk("kim") as desk:
        assert attachments.read(desk, busy.file)[1] == PDF
    assert reseal(busy.database, busy.files, TURNED) == 0


def test_stopped_half_way_it_goes_on(busy, monkeypatch):
    class Stop(Exception):
        pass

    plain, seen = Cipher.seal, []

    def stopping(self, content, place):
        seen.append(place)
        if len(seen) == 2:
            raise Stop
        return plain(self, content, place)

    monkeypatch.setattr(rekeying, "BATCH", 1)
    monkeypatch.setattr(Cipher, "seal", stopping)
    with pytest.raises(Stop):
        reseal(busy.database, busy.files, TURNED)
    monkeypatch.undo()
    assert [TURNED.fresh(value) for value in sealed(busy.database)].count(True) == 1
    assert reseal(busy.database, busy.files, TURNED) == 3


def test_value_that_does_not_open_stops_it(busy):
    with pytest.raises(Broken):
        reseal(busy.database, busy.files, Cipher({2: b"n" * 32}, b"i" * 32))
