"""Triggers that make some tables grow only: nobody rewrites what happened, not even a mistaken verb.

Attached to the metadata for `create_all`; the migration creates the same ones. Retention drops and re-creates them in its transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import DDL, event

from engine.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

GROWING = ("history", "access_record", "access_seal", "grant_")
_REVISION_FIXED = "record_id, number, case_id, case_version, kind, edition, data, reason, saved_at, saved_by"  # all but `sealed`
_SENTENCE = "rows of this table are never changed"

POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$
"""


def trigger_statements(table: str, dialect: str) -> Iterator[str]:
    """Yield the statements that make `table` grow only, in the SQL of `dialect` ("sqlite" or "postgresql")."""
    of = f" OF {_REVISION_FIXED}" if table == "revision" else ""
    for verb, columns in (("UPDATE", of), ("DELETE", "")):
        name = f"{table}_refuse_{verb.lower()}"
        if dialect == "sqlite":
            yield f"CREATE TRIGGER {name} BEFORE {verb}{columns} ON {table} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        else:
            yield f"CREATE TRIGGER {name} BEFORE {verb}{columns} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"


def _after_create(table: Table, statement: str, dialect: str) -> None:
    ddl: Any = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def _attach(table: Table) -> None:
    _after_create(table, POSTGRESQL_FUNCTION, "postgresql")
    for dialect in ("sqlite", "postgresql"):
        for statement in trigger_statements(table.name, dialect):
            _after_create(table, statement, dialect)


for _name in (*GROWING, "revision"):
    _attach(tables.metadata.tables[_name])
