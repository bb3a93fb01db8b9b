"""The floor: what any server must do for a saved form. Parse 60 fields, one INSERT, one UPDATE, commit; nothing else.

Raw driver, same database settings as the product (WAL, synchronous=FULL; synchronous_commit=on), so the ratio says what our rules cost.
"""

from __future__ import annotations

import json
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

URL = os.environ.get("FLOOR_DATABASE", "")


class Sqlite:
    def __init__(self, path: str) -> None:
        from pysqlite3 import dbapi2

        self.connection = dbapi2.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "secure_delete=ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("CREATE TABLE IF NOT EXISTS saved (id INTEGER PRIMARY KEY, data TEXT)")
        self.connection.execute("CREATE TABLE IF NOT EXISTS counted (id INTEGER PRIMARY KEY, n INTEGER)")
        self.connection.execute("INSERT OR IGNORE INTO counted VALUES (1, 0)")

    async def save(self, data: str) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("INSERT INTO saved (data) VALUES (?)", (data,))
        self.connection.execute("UPDATE counted SET n = n + 1 WHERE id = 1")
        self.connection.execute("COMMIT")


class Postgres:
    """Sixteen connections, one row of `counted` each, so that the floor has no lock of its own making."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql+psycopg://", "postgresql://")
        self.free: Any = None

    async def start(self) -> None:
        import asyncio

        import psycopg

        self.free = asyncio.Queue()
        for n in range(16):
            connection = await psycopg.AsyncConnection.connect(self.url)
            if n == 0:
                await connection.execute("CREATE TABLE IF NOT EXISTS floor_saved (id bigserial PRIMARY KEY, data jsonb)")
                await connection.execute("CREATE TABLE IF NOT EXISTS floor_counted (id int PRIMARY KEY, n int)")
                await connection.commit()
            await connection.execute("INSERT INTO floor_counted VALUES (%s, 0) ON CONFLICT DO NOTHING", (n,))
            await connection.commit()
            self.free.put_nowait((n, connection))

    async def save(self, data: str) -> None:
        n, connection = await self.free.get()
        try:
            await connection.execute("INSERT INTO floor_saved (data) VALUES (%s)", (data,))
            await connection.execute("UPDATE floor_counted SET n = n + 1 WHERE id = %s", (n,))
            await connection.commit()
        finally:
            self.free.put_nowait((n, connection))


database: Any = Postgres(URL) if URL.startswith("postgresql") else Sqlite(URL)


async def save(request: Request) -> JSONResponse:
    data = json.loads(await request.body())
    assert isinstance(data["data"], dict)
    await database.save(json.dumps(data["data"], ensure_ascii=False))
    return JSONResponse({"saved": True})


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    if isinstance(database, Postgres):
        await database.start()
    yield


app = Starlette(routes=[Route("/floor", save, methods=["POST"])], lifespan=lifespan)
