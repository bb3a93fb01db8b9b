from __future__ import annotations

import pytest

from tests.web.town import Town


@pytest.fixture
def town(database, cipher, files):
    """The toy library with a web server, on either database."""
    return Town(database, cipher, files)


@pytest.fixture
def small_town(sqlite_database, cipher, files):
    """The same on SQLite only: for what no database has a part in."""
    return Town(sqlite_database, cipher, files)
