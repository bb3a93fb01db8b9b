"""The migrations make exactly the tables that `tables.py` declares, on both databases, triggers and deferred keys included.

Holds D11 (SECURITY.md).
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from engine.errors import Refused
from engine.store.database import connect
from engine.store.migrate import is_current, is_empty, migrate
from tests import postgres

_POSTGRESQL = (
    "SELECT 'column', table_name, column_name, data_type, character_maximum_length::text, is_nullable, is_identity, coalesce(column_default, '')"
    " FROM information_schema.columns WHERE table_schema = 'public'"
    " UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '', ''"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    " UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '', '', '' FROM pg_indexes WHERE schemaname = 'public'"
    " UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', '', '', '' FROM pg_trigger WHERE NOT tgisinternal"
)


def shape(database):
    with database.read() as connection:
        if database.dialect == "postgresql":
            return sorted(row for row in map(tuple, connection.execute(text(_POSTGRESQL))) if row[1] != "alembic_version")
        rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%' AND name NOT LIKE 'sqlite_%'"))
        return sorted((kind, name, sorted(re.split(r",\s*(?![^(]*\))|\s*\n\s*", sql or ""))) for kind, name, sql in rows)


@pytest.fixture
def empty(request, tmp_path):
    kind = request.param
    if kind == "sqlite":
        database = connect(f"sqlite:///{tmp_path}/migrated.db")
        yield database
        database.dispose()
        return
    request.getfixturevalue("postgresql_url")
    folder = postgres.cluster()
    postgres.execute(folder, "CREATE DATABASE migrated TEMPLATE template0")
    database = connect(postgres.url(folder, "migrated"))
    yield database
    database.dispose()
    postgres.execute(folder, "DROP DATABASE migrated WITH (FORCE)")


@pytest.mark.parametrize(("empty", "made"), [("sqlite", "sqlite_database"), ("postgresql", "postgresql_database")], indirect=["empty"])
def test_migrations_make_the_declared_tables(empty, made, request):
    assert is_empty(empty)
    assert not is_current(empty)
    migrate(empty)
    assert is_current(empty)
    assert not is_empty(empty)
    assert shape(empty) == shape(request.getfixturevalue(made))
    migrate(empty)


def test_newer_database_is_refused(sqlite_database):
    with sqlite_database.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    with pytest.raises(Refused):
        migrate(sqlite_database)
