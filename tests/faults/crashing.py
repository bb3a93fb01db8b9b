"""A server that ends itself at a chosen point of a transaction: `python -m tests.faults.crashing`, told by lines on its standard input.

Each line is JSON: {"arguments": [...], "transaction": t, "point": n}. A child is forked that serves with these arguments of `didimdol` and ends with
os._exit at the n-th point (from 1) of its t-th writing transaction that belongs to a request; a point lies before and after each statement the driver
is given, commit included. The child's process id is written to standard output. Nothing of this is in the product: the drivers are wrapped from outside.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading

import psycopg
from pysqlite3 import dbapi2 as sqlite

EXIT = 77
_ASKING = "SELECT 1"  # whether the server is there


class Points:
    """Counts the points of the writing transactions of requests, and ends the process at the chosen one."""

    def __init__(self, transaction: int, point: int):
        self._transaction, self._point = transaction, point
        self._seen, self._count, self._held = 0, 0, {}

    def begin(self, statement: object) -> None:
        """A transaction begins in this thread."""
        self._held[threading.get_ident()] = None if statement == _ASKING else False

    def pass_(self) -> None:
        if not threading.current_thread().name.startswith("request"):
            return
        mine = threading.get_ident()
        held = self._held.get(mine)
        if held is None:
            return
        if not held:
            self._held[mine], self._seen, self._count = True, self._seen + 1, 0
        self._count += 1
        if (self._seen, self._count) == (self._transaction, self._point):
            os._exit(EXIT)


def around(points: Points, do, *given):
    points.pass_()
    done = do(*given)
    points.pass_()
    return done


def wrap_sqlite(points: Points) -> None:
    class Cursor(sqlite.Cursor):
        def execute(self, statement, *more):
            if statement == "BEGIN IMMEDIATE":
                points.begin(statement)
                return around(points, super().execute, statement, *more)
            return around(points, super().execute, statement, *more) if self.connection.writing else super().execute(statement, *more)

        def executemany(self, *given):
            return around(points, super().executemany, *given)

    class Connection(sqlite.Connection):
        writing = True

        def cursor(self, factory=Cursor):
            return super().cursor(factory)

        def execute(self, statement, *more):  # how pragmas are set
            if "query_only" in statement:
                self.writing = False
            return super().execute(statement, *more)

        def commit(self):
            return around(points, super().commit) if self.writing else super().commit()

    plain = sqlite.connect

    def connect(*given, **named):
        return plain(*given, factory=Connection, **named)

    sqlite.connect = connect


def wrap_postgresql(points: Points) -> None:
    execute, many, commit = psycopg.Cursor.execute, psycopg.Cursor.executemany, psycopg.Connection.commit

    def watched(self, statement, *more, **named):
        if self.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            points.begin(statement)
        points.pass_()
        done = execute(self, statement, *more, **named)
        points.pass_()
        return done

    psycopg.Cursor.execute = watched
    psycopg.Cursor.executemany = lambda self, *given, **named: around(points, lambda: many(self, *given, **named))
    psycopg.Connection.commit = lambda self: around(points, commit, self)


def serve(told) -> None:
    from engine.cli import main

    points = Points(told["transaction"], told["point"])
    wrap_sqlite(points)
    wrap_postgresql(points)
    sys.exit(main(["serve", *told["arguments"]]))


def warm() -> None:
    """Load what a server loads, so that a forked one answers at once."""
    import uvicorn  # noqa: F401
    from uvicorn.protocols.http import httptools_impl  # noqa: F401

    import engine.commands.running
    from web import app  # noqa: F401

    assert engine.commands.running
    gc.freeze()


if __name__ == "__main__":
    warm()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(json.loads(line))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
