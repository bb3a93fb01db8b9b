"""Statements compiled once and run straight on the driver: what the write path uses, where SQLAlchemy's own execution would cost most.

`prepare(select(…))` at module level, then `statement.all(connection, …)`, `.one(…)`, `.first(…)`, `.run(…)` or `.many(…)`. Values go in and
come out through the column types, as they would otherwise. No lists of unknown length (`in_`) and no literals from outside.
"""

from __future__ import annotations

from collections import namedtuple
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql.dml import Insert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.interfaces import DBAPICursor, Dialect
    from sqlalchemy.sql import ClauseElement


_NUMBERED = ("access_record",)  # tables whose rows the database numbers


class Prepared:
    """One statement, compiled on first use per kind of database."""

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        """`columns` names the columns an INSERT fills (default: all of the table), or an UPDATE sets beside its bound parameters."""
        self._statement = statement
        self._columns = list(columns) if columns is not None else None
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: Connection, values: Mapping[str, Any] | None = None, /, **more: Any) -> int:
        """Run it; return how many rows it touched. Values are given by parameter name; missing ones take the column's Python default or NULL."""
        plan = self._plan(connection)
        cursor = plan.execute(connection, {**values, **more} if values else more)
        count = cursor.rowcount
        cursor.close()
        return count

    def many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each of `rows`."""
        plan = self._plan(connection)
        bound = [plan.bind(row) for row in rows]
        if not bound:
            return
        cursor = _driver(connection).cursor()
        cursor.executemany(plan.sql, bound)
        cursor.close()

    def all(self, connection: Connection, /, **values: Any) -> list[Any]:
        """Return every row, as named tuples."""
        plan = self._plan(connection)
        cursor = plan.execute(connection, values)
        rows = [plan.row(row) for row in cursor.fetchall()]
        cursor.close()
        return rows

    def first(self, connection: Connection, /, **values: Any) -> Any | None:
        """Return the first row as a named tuple, or None."""
        plan = self._plan(connection)
        cursor = plan.execute(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else plan.row(row)

    def _plan(self, connection: Connection) -> _Plan:
        plan = self._plans.get(connection.dialect.name)
        if plan is None:
            plan = self._plans[connection.dialect.name] = _Plan(self._statement, self._columns, connection.dialect)
        return plan


class _Plan:
    def __init__(self, statement: ClauseElement, columns: list[str] | None, dialect: Dialect) -> None:
        if columns is None and isinstance(statement, Insert):
            table: Any = statement.table
            columns = [column.name for column in table.columns if table.name not in _NUMBERED or not column.primary_key]
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self.sql: str = compiled.string
        processors = compiled._bind_processors  # noqa: SLF001 -- the compiled form's own; there is no public name for it
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        fills = _defaults(statement)
        self._named = not compiled.positional
        self._names = names
        self._binds = [(name, fills(name, compiled.binds[name]), processors.get(name)) for name in names]
        self._make, self._outs = _results(compiled, dialect)

    def bind(self, values: Mapping[str, Any]) -> Any:
        bound = []
        for name, default, process in self._binds:
            value = values[name] if name in values else default()
            bound.append(process(value) if process else value)
        return dict(zip(self._names, bound, strict=True)) if self._named else bound

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> DBAPICursor:
        cursor: DBAPICursor = _driver(connection).cursor()
        cursor.execute(self.sql, self.bind(values))
        return cursor

    def row(self, raw: Sequence[Any]) -> Any:
        if not self._outs:
            return self._make(raw)
        values = list(raw)
        for place, process in self._outs:
            values[place] = process(values[place])
        return self._make(values)


def _driver(connection: Connection) -> Any:
    if not connection.in_transaction():
        raise RuntimeError("a prepared statement needs an open transaction")
    return connection.connection.dbapi_connection


def _defaults(statement: ClauseElement) -> Callable[[str, Any], Callable[[], Any]]:
    """Return what gives a parameter's value where the caller gives none: the column's default, a literal of the statement, or an error."""
    columns: Any = statement.table.columns if isinstance(statement, Insert) else {}

    def fill(name: str, bind: Any) -> Callable[[], Any]:
        if name in columns:
            default = columns[name].default
            if default is None:
                return lambda: None
            return (lambda: default.arg(None)) if default.is_callable else lambda: default.arg
        if bind.required:
            return partial(_missing, name)
        return (lambda: bind.callable()) if bind.callable else lambda: bind.value  # noqa: PLW0108 -- the callable may be set later

    return fill


def _missing(name: str) -> Any:
    raise KeyError(name)


def _results(compiled: Any, dialect: Dialect) -> tuple[Callable[[Iterable[Any]], Any], list[tuple[int, Callable[[Any], Any]]]]:
    columns = list(compiled._result_columns)  # noqa: SLF001 -- as above
    if not columns:
        return tuple, []
    names = [column.keyname for column in columns]
    outs = []
    for place, column in enumerate(columns):
        process = column.type._cached_result_processor(dialect, None)  # noqa: SLF001 -- as above
        if process is not None:
            outs.append((place, process))
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 -- its names are the statement's
    return row._make, outs


def prepare(statement: ClauseElement, columns: Sequence[str] | None = None) -> Prepared:
    """Return `statement` ready to be run many times; see `Prepared`."""
    return Prepared(statement, columns)
