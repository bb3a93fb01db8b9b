"""Running a server: uvicorn in this process, a pool of threads for requests, one thread for timers, a graceful end."""

from __future__ import annotations

import gc
import logging
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from concurrent.futures import Executor

    from starlette.types import ASGIApp

    from web.settings import Settings

log = logging.getLogger("didimdol.web")
DRAIN_SECONDS = 30


class Ticker:
    """A thread that does its round at once and then every `seconds`, until stopped. A failed round is logged and tried again at the next."""

    def __init__(self, turn: Callable[[], Any], seconds: float) -> None:
        """`turn` is one round of work."""
        self._turn = turn
        self._seconds = seconds
        self._call = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round under way."""
        self._stopped = True
        self._call.set()
        self._thread.join(timeout=DRAIN_SECONDS)

    def wake(self) -> None:
        """Have the next round begin now."""
        self._call.set()

    def _run(self) -> None:
        while True:
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 -- the next round must come, whatever happened in this one
                log.error("timers: %s", type(error).__name__)  # noqa: TRY400 -- the text of the error may hold what people typed
            self._call.wait(self._seconds)
            self._call.clear()
            if self._stopped:
                return


def lifespan(pool: Executor, ticker: Ticker | None) -> Callable[[Any], Any]:
    """Return what Starlette runs around the life of the app."""

    @asynccontextmanager
    async def live(_app: Any) -> AsyncIterator[None]:
        if ticker:
            ticker.start()
        yield
        if ticker:
            ticker.stop()
        pool.shutdown(wait=True)

    return live


def run(app: ASGIApp, settings: Settings) -> None:
    """Serve until told to stop; requests under way are finished first."""
    import uvicorn  # not at the top: commands that do not serve need not load it

    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.bind,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,  # addresses of cases are not for a text log; who saw what is in the access records
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=",".join(settings.proxies),
        timeout_keep_alive=15,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        backlog=1024,
    )
