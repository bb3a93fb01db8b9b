"""The one way to the database: `connect(url)`, then `begin()` for a transaction that may write and `read()` for one that may not.

SQLite runs in WAL with `synchronous=FULL` and takes the write lock at once (BEGIN IMMEDIATE): with its defaults it loses
acknowledged updates. PostgreSQL runs READ COMMITTED; verbs lock the case row they change. What two people at the same row make
of it (unique keys, locks, deadlocks) leaves here as `Stale`.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import QueuePool, StaticPool

from engine.errors import DatabaseFailed, DatabaseUnavailable, Refused, Stale
from engine.store import append_only
from engine.store.address import DEFAULT_URL
from engine.store.tables import case_tells_history, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

SQLITE_FLOOR = (3, 51, 3)  # before it, two connections can corrupt a WAL database
LOCK_WAIT = 10  # seconds
STATEMENT_LIMIT = 60  # seconds
LOG_PAGES = 10_000  # of the write-ahead log before a save itself has to tidy it up; `Database.tidy` does so before, beside the saves
POOL = 32  # connections a node may hold
# a connection keeps all our statements prepared: of the 128 the driver would keep, most fall out and are compiled anew
_SQLITE = {"check_same_thread": False, "cached_statements": 1000}
_IDLE_TRUST = 5.0  # seconds a pooled connection is taken without asking whether the server is still there
_PRAGMAS = {"foreign_keys": 1, "synchronous": 2, "trusted_schema": 0, "secure_delete": 1, "busy_timeout": LOCK_WAIT * 1000}
_RACE_TEXTS = ("UNIQUE constraint failed", "database is locked", "database table is locked")  # SQLite's driver tells no finer code
_RACES = ("23505", "55P03", "40P01", "40001")  # SQLSTATE: unique_violation, lock_not_available, deadlock_detected, serialization_failure


class Database:
    """A database and its connections; lives as long as the process."""

    def __init__(self, url: URL, writer: Engine, reader: Engine) -> None:
        """Use `connect`."""
        self.url = url
        self.engine = writer
        self._reader = reader
        self.memory = isinstance(writer.pool, StaticPool)
        self.dialect = writer.dialect.name
        # one writer at a time within a process waits in a queue here instead of polling SQLite's file lock
        self._turn: Any = threading.RLock() if self.dialect == "sqlite" else nullcontext()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open the one transaction of a submit: committed when the block ends, rolled back when it raises.

        Raises Stale where someone else was faster, DatabaseFailed where the database refuses a statement or is away.
        """
        with self._turn, _errors_told_safely(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read-only transaction; writing in it fails. Raises as `begin`."""
        with self._turn if self.memory else nullcontext(), _errors_told_safely(), self._reader.begin() as connection:
            yield connection

    def create_all(self) -> None:
        """Create every table at once, without migrations: for scenarios and tests."""
        with self._turn, self.engine.begin() as connection:
            metadata.create_all(connection)
            # SQLAlchemy remembers that a database got this key by ALTER and would leave it out of the next one's CREATE TABLE
            case_tells_history._create_rule = None  # noqa: SLF001 -- no public way back

    def check(self) -> None:
        """Refuse (`Refused`) to run on a database whose settings could lose or corrupt data."""
        with self.read() as connection:
            wrong = list(_wrong_settings(connection, memory=self.memory))
        if wrong:
            raise Refused("데이터베이스 설정이 안전하지 않아 시작하지 않습니다: " + ", ".join(wrong))

    def healthy(self) -> bool:
        """Tell whether the database answers now; never raises."""
        try:
            with self.read() as connection:
                return bool(connection.exec_driver_sql("SELECT 1").scalar() == 1)
        except Exception:  # noqa: BLE001 -- whatever is wrong, the answer is no
            return False

    def tidy(self) -> None:
        """Copy what SQLite's write-ahead log holds into the database file, as far as nobody needs it there; nothing on PostgreSQL."""
        if self.dialect != "sqlite" or self.memory:
            return
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            raw.close()

    def dispose(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()
        self._reader.dispose()


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Take back what the block wrote where it raises, and only that. Straight on the driver: it is used once for each of very many."""
    cursor = connection.connection.cursor()
    cursor.execute("SAVEPOINT one")
    try:
        yield
    except BaseException:
        cursor.execute("ROLLBACK TO SAVEPOINT one")
        cursor.execute("RELEASE SAVEPOINT one")
        raise
    else:
        cursor.execute("RELEASE SAVEPOINT one")
    finally:
        cursor.close()


def may_pass(error: BaseException) -> bool:
    """Say whether what failed is the database at this moment (busy, full, away, somebody faster) and not what was asked of it."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return _is_race(original) or _may_pass(original)


def connect(url: str = DEFAULT_URL) -> Database:
    """Return the database at `url`: "sqlite:///var/didimdol.db", "sqlite://" (in memory), "postgresql://…". Its settings are checked by `check`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _connect_sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _connect_postgresql(parsed)
    raise Refused(f"쓸 수 없는 데이터베이스입니다: {parsed.get_backend_name()}")


def _connect_sqlite(url: URL) -> Database:
    if sqlite.sqlite_version_info < SQLITE_FLOOR:
        raise Refused(f"SQLite {sqlite.sqlite_version}에는 자료가 깨지는 결함이 있습니다. {'.'.join(map(str, SQLITE_FLOOR))} 이상이 필요합니다.")
    target = url.set(drivername="sqlite+pysqlite")
    if url.database in (None, "", ":memory:"):
        engine = create_engine(target, module=sqlite, poolclass=StaticPool, connect_args=_SQLITE)
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return Database(url, engine, engine)
    assert url.database is not None
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    writer, reader = (
        create_engine(
            target,
            module=sqlite,
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=POOL,
            hide_parameters=True,
            connect_args=_SQLITE,
        )
        for size in (2, POOL)
    )
    event.listen(writer, "connect", _open_sqlite)
    event.listen(writer, "begin", _begin_immediate)
    event.listen(reader, "connect", _open_sqlite_reader)
    event.listen(reader, "begin", _begin_deferred)
    return Database(url, writer, reader)


def _open_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # we say BEGIN ourselves
    raw.execute(f"PRAGMA busy_timeout = {LOCK_WAIT * 1000}")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA trusted_schema = OFF")
    raw.execute("PRAGMA secure_delete = ON")
    raw.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    raw.execute("PRAGMA cache_size = -32768")  # KiB


def _open_sqlite_reader(raw: Any, record: Any) -> None:
    _open_sqlite(raw, record)
    raw.execute("PRAGMA query_only = ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _connect_postgresql(url: URL) -> Database:
    settings = {
        "lock_timeout": f"{LOCK_WAIT}s",
        "statement_timeout": f"{STATEMENT_LIMIT}s",
        "idle_in_transaction_session_timeout": "60s",
        "timezone": "UTC",
    }
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=POOL,
        max_overflow=POOL,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "application_name": "didimdol",
        },
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ask_if_old)
    return Database(url, engine, engine.execution_options(postgresql_readonly=True))


def _psycopg() -> Any:
    """Give the driver where this process went to PostgreSQL, else None: SQLAlchemy loads it then, and commands that never do start sooner."""
    return sys.modules.get("psycopg")


def _note_use(_raw: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _ask_if_old(raw: Any, record: Any, _proxy: Any) -> None:
    """Have the pool replace connections that died while they lay idle (the server was restarted, a firewall forgot them)."""
    if time.monotonic() - record.info.get("used", time.monotonic()) < _IDLE_TRUST:
        return
    try:
        raw.execute("SELECT 1")
        raw.rollback()
    except _psycopg().OperationalError as error:
        raise DisconnectionError from error


def _kinds_of_error() -> tuple[type[Exception], ...]:
    return (DBAPIError, sqlite.Error, _psycopg().Error) if _psycopg() else (DBAPIError, sqlite.Error)


@contextmanager
def _errors_told_safely() -> Iterator[None]:
    try:
        yield
    except _kinds_of_error() as error:
        original = error.orig if isinstance(error, DBAPIError) else error
        if _is_race(original):
            raise Stale from None
        raise (DatabaseUnavailable if _may_pass(original) else DatabaseFailed)(_told(original)) from None


def _may_pass(error: BaseException | None) -> bool:
    if isinstance(error, sqlite.OperationalError):
        return not str(error).startswith(("attempt to write a readonly", "no such", "near "))
    return _psycopg() is not None and isinstance(error, _psycopg().OperationalError)


def _told(error: BaseException | None) -> str:
    if _psycopg() and isinstance(error, _psycopg().Error):
        where = ".".join(filter(None, (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)))
        return f"{type(error).__name__} {error.sqlstate or ''} {where}".strip()
    return f"{type(error).__name__}: {error}"  # SQLite's texts name columns, not values


def _is_race(error: BaseException | None) -> bool:
    if getattr(error, "sqlstate", None) in _RACES:
        return True
    return isinstance(error, sqlite.Error) and str(error).startswith(_RACE_TEXTS)


def _wrong_settings(connection: Connection, *, memory: bool) -> Iterator[str]:
    ask = connection.exec_driver_sql
    if connection.dialect.name == "postgresql":
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            value = ask(f"SHOW {name}").scalar()
            if value in ("off", "local"):
                yield f"{name}={value}"
        return
    for name, wanted in _PRAGMAS.items():
        value = ask(f"PRAGMA {name}").scalar()
        if value != wanted:
            yield f"{name}={value}"
    mode = ask("PRAGMA journal_mode").scalar()
    if not memory and mode != "wal":
        yield f"journal_mode={mode}"


__all__ = ["DEFAULT_URL", "Database", "DatabaseFailed", "DatabaseUnavailable", "append_only", "connect"]
