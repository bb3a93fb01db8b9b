"""One installation per kind of database and module, its server running."""

from __future__ import annotations

import os
import random

import pytest

from tests import postgres
from tests.faults.place import Place, fresh_database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request):
    if request.param == "postgresql" and postgres.cluster() is None:
        pytest.skip("PostgreSQL is not installed")
    return request.param


@pytest.fixture(scope="module")
def place(kind, tmp_path_factory):
    """An installation on SQLite, then one on PostgreSQL, with its server running."""
    yield from open_place(kind, tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def file_place(tmp_path_factory):
    """An installation on SQLite; its server is the test's to start."""
    yield from open_place("sqlite", tmp_path_factory.mktemp("place"), start=False)


def open_place(kind, folder, *, start=True):
    with fresh_database(kind, folder) as url:
        place = Place(folder, url)
        try:
            if start:
                place.start()
            yield place
        finally:
            place.close()


@pytest.fixture
def chance():
    """The chance of this test; its seed is told where the test fails, and DIDIMDOL_SEED sets it."""
    seed = int(os.environ.get("DIDIMDOL_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"DIDIMDOL_SEED={seed}")
    return random.Random(seed)
