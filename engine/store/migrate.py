"""Bring a database to the schema of this release. Steps run in one transaction: killed half-way, nothing happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.errors import Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.database import Database

_FOLDER = Path(__file__).with_name("migrations")


def migrate(database: Database) -> None:
    """Create the tables, or change older ones to today's. Refuses (`Refused`) a database made by a newer release."""
    with database.begin() as connection:
        _refuse_newer(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Tell whether the database has exactly the schema of this release."""
    with database.read() as connection:
        return _version(connection) == _scripts().get_current_head()


def is_empty(database: Database) -> bool:
    """Tell whether nothing was ever created in the database."""
    with database.read() as connection:
        return _version(connection) is None


def _refuse_newer(connection: Connection) -> None:
    version = _version(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if version is not None and version not in known:
        raise Refused("이 데이터베이스는 더 새로운 판의 프로그램이 만들었습니다. 프로그램을 먼저 올리세요.")


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
