"""Bring a database to the schema of this release. Steps run in one transaction: killed half-way, nothing happened.

Asking for the version does without Alembic: a server asks at every start.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from engine.errors import Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.database import Database

_FOLDER = Path(__file__).with_name("migrations")
_KNOWN = tuple(sorted(path.name.split("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py")))


def migrate(database: Database) -> None:
    """Create the tables, or change older ones to today's. Refuses (`Refused`) a database made by a newer release."""
    from alembic import command
    from alembic.config import Config

    with database.begin() as connection:
        version = _version(connection)
        if version is not None and version not in _KNOWN:
            raise Refused("이 데이터베이스는 더 새로운 판의 프로그램이 만들었습니다. 프로그램을 먼저 올리세요.")
        config = Config()
        config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Tell whether the database has exactly the schema of this release."""
    with database.read() as connection:
        return _version(connection) == _KNOWN[-1]


def holds_nothing(database: Database) -> bool:
    """Tell whether the tables stand but nobody lives in them yet."""
    with database.read() as connection:
        return connection.exec_driver_sql("SELECT id FROM institution LIMIT 1").first() is None


def is_empty(database: Database) -> bool:
    """Tell whether nothing was ever created in the database."""
    with database.read() as connection:
        return not inspect(connection).get_table_names()


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version
