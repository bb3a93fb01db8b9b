"""Holds K12, S47 (SECURITY.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.casework import access
from engine.store.append_only import GROWING
from engine.store.database import DatabaseFailed
from engine.store.tables import metadata, revision
from tests.casework.library import LESSON, NOW, Library


@pytest.fixture
def busy(database, cipher, files):
    library = Library(database, cipher, files)
    case = library.member()
    library.complete("kim", library.open_tasks(case)["lesson"].id, LESSON)
    with library.desk() as desk:
        assert access.seal(replace(desk, now=NOW + timedelta(hours=1)))
    return database


def count(database, table):
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("name", [*GROWING, "revision"])
def test_rows_are_never_taken_away_or_rewritten(busy, name):
    table = metadata.tables[name]
    before = count(busy, table)
    assert before
    column = next(column.name for column in table.columns if not column.primary_key)
    for statement in (f"DELETE FROM {name}", f"UPDATE {name} SET {column} = {column}"):
        with pytest.raises(DatabaseFailed), busy.begin() as connection:
            connection.exec_driver_sql(statement)
    assert count(busy, table) == before


def test_only_the_sealed_part_of_a_revision_can_be_sealed_anew(busy):
    with busy.begin() as connection:
        connection.execute(revision.update().values(sealed=b"again"))
    for column in revision.columns:
        if column.name != "sealed":
            with pytest.raises(DatabaseFailed), busy.begin() as connection:
                connection.exec_driver_sql(f"UPDATE revision SET {column.name} = {column.name}")
