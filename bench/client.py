"""A small keep-alive HTTP/1.1 client for load: cheap, so that the server is what is measured."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Self


class Connection:
    """One keep-alive connection to 127.0.0.1."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.port = port
        self.headers = headers or {}

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def request(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += [f"{k}: {v}" for k, v in {**self.headers, **(headers or {})}.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        fields = {k.lower(): v for k, _, v in (line.partition(": ") for line in head.split("\r\n")[1:])}
        if fields.get("transfer-encoding") == "chunked":
            return status, await self._chunks()
        return status, await self.reader.readexactly(int(fields.get("content-length", 0)))

    async def _chunks(self) -> bytes:
        parts = []
        while size := int(await self.reader.readline(), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readline()
        await self.reader.readline()
        return b"".join(parts)

    async def json(self, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        body = b"" if data is None else json.dumps(data, ensure_ascii=False).encode()
        status, answer = await self.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        return status, json.loads(answer) if answer else None


async def timed(connection: Connection, *args: Any, **kwargs: Any) -> tuple[float, int, bytes]:
    """Seconds, status and body of one request."""
    begin = time.perf_counter()
    status, body = await connection.request(*args, **kwargs)
    return time.perf_counter() - begin, status, body
