from __future__ import annotations

import pytest

from engine.casework import matching
from tests.casework.library import Library


@pytest.fixture
def library(database, cipher, files):
    return Library(database, cipher, files)


@pytest.fixture
def small_library(sqlite_database, cipher, files):
    """The same on SQLite only: for what no database has a part in."""
    return Library(sqlite_database, cipher, files)


@pytest.fixture(params=["sorted", "led"])
def either_way(request, monkeypatch):
    """Lists find their rows both ways: few sorted, and along the order."""
    monkeypatch.setattr(matching, "_FEW", 1000 if request.param == "sorted" else -1)
