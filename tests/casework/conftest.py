from __future__ import annotations

import pytest

from tests.casework.library import Library


@pytest.fixture
def library(database, cipher, files):
    return Library(database, cipher, files)


@pytest.fixture
def small_library(sqlite_database, cipher, files):
    """The same on SQLite only: for what no database has a part in."""
    return Library(sqlite_database, cipher, files)
