"""The little worlds tests are built from: a real database of either kind, keys, files, a desk; no network."""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import contextmanager
from datetime import datetime

import pytest
from argon2 import PasswordHasher

from engine.casework import passwords
from engine.casework.desk import Actor, Desk
from engine.store.cipher import Cipher
from engine.store.database import connect
from engine.store.files import MemoryFiles
from engine.store.tables import metadata
from engine.store.types import KST
from tests import postgres

NOW = datetime(2024, 11, 22, 14, 0, tzinfo=KST)
NOBODY = Actor("", "", "", "", "", "", "", "", "", "", frozenset(), address="127.0.0.1")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        postgres.announce()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        postgres.end()


def pytest_collection_modifyitems(items):
    """Put the files that take longest first: whoever runs out of them has small ones left to take, and all end together."""
    long = ("tests/browser/", "tests/faults/")
    items.sort(key=lambda item: not item.nodeid.startswith(long))


@pytest.fixture(autouse=True, scope="session")
def _network_off():
    """Refuse every connection that would leave this machine."""
    plain = socket.socket.connect

    def connect_nearby(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise OSError(f"the network is off in tests: {host}")
        return plain(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_nearby)
        yield


@pytest.fixture(autouse=True, scope="session")
def _quick_hashes():
    """Real argon2id with its smallest parameters: tests sign in often."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def postgresql_url():
    """The URL of this worker's own PostgreSQL database, all tables made."""
    folder = postgres.cluster()
    if folder is None:
        if os.environ.get("DIDIMDOL_TEST_POSTGRESQL_REQUIRED"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}_{os.getpid()}"
    postgres.execute(folder, f"CREATE DATABASE {name} TEMPLATE template0")
    database = connect(postgres.url(folder, name))
    database.create_all()
    database.dispose()
    yield postgres.url(folder, name)
    postgres.execute(folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _postgresql(postgresql_url):
    database = connect(postgresql_url)
    yield database
    database.dispose()


@pytest.fixture
def sqlite_database(tmp_path):
    """An empty SQLite file with all tables."""
    database = connect(f"sqlite:///{tmp_path}/test.db")
    database.create_all()
    yield database
    database.dispose()


@pytest.fixture
def postgresql_database(_postgresql):
    """The worker's PostgreSQL database, emptied."""
    names = ", ".join(f'"{table.name}"' for table in metadata.tables.values())
    with _postgresql.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    return _postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """An empty database: every test that takes this runs on SQLite and on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def cipher():
    return Cipher({1: b"k" * 32}, b"i" * 32)


@pytest.fixture
def files():
    return MemoryFiles()


@pytest.fixture
def desk(database, cipher, files):
    """Open a desk: `with desk() as d:` or `desk(actor, now=…, editions=…)`; committed at the end of the block."""

    @contextmanager
    def open_desk(actor=NOBODY, *, now=NOW, editions=None):
        with database.begin() as connection:
            yield Desk(connection, actor, now, editions, cipher, files)

    return open_desk
