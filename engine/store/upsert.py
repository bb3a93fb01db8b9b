"""An INSERT that says what becomes of a row that is there already: compiled for the kind of database it meets, whose part of the library is loaded then."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.store.prepared import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from engine.store.prepared import Prepared


class Upsert:
    """One statement of both kinds of database, made on first use."""

    def __init__(self, table: Any, told: Callable[[Any], Any], columns: Sequence[str] | None = None) -> None:
        """`told` takes the INSERT into `table` (of the dialect, with `on_conflict_…`) and gives the statement; `columns` as `prepare` takes them."""
        self._table, self._told, self._columns = table, told, columns
        self._made: dict[str, Prepared] = {}

    def on(self, connection: Connection) -> Prepared:
        """Give the statement for the database of a connection, the same each time."""
        name = connection.dialect.name
        if name not in self._made:
            insert = import_module(f"sqlalchemy.dialects.{name}").insert(self._table)
            self._made[name] = prepare(self._told(insert), self._columns)
        return self._made[name]
