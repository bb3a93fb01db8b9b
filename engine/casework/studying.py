"""Doing one study of an edition that was asked for (see `studies`), with a reading transaction only, as the person who asked."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine.casework import access, impact, moves, replay, scenarios, studies
from engine.casework.desk import Desk
from engine.casework.signin import actor_of
from engine.errors import DatabaseFailed, DidimdolError, Forbidden, Stale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from engine.casework.editions import Editions
    from engine.casework.studies import Study
    from engine.spec.edition import Edition
    from engine.store.cipher import Cipher
    from engine.store.database import Database
    from engine.store.files import FileStore

_TOLD_EVERY = 1.0  # seconds between two figures of progress
_MOST_NAMED = 200

_log = logging.getLogger(__name__)


def work(database: Database, editions: Editions, cipher: Cipher, files: FileStore, clock: Callable[[], datetime], ident: str) -> None:
    """Do one study and keep its outcome, as the person who asked; what goes wrong is kept as its end too. Nothing where somebody is at it."""
    with database.begin() as connection:
        if not studies.take(connection, ident, clock()):
            return
    result, failed = None, ""
    seen: list[dict[str, Any]] = []
    try:
        with _held(database, clock, ident), database.read() as connection:
            row = studies.one(connection, ident)
            actor = actor_of(connection, row.asked_by, clock()) if row is not None else None
            if row is None or actor is None:
                raise Forbidden
            desk = Desk(connection, actor, clock(), editions, cipher, files, seen)
            if row.kind == studies.SCENARIOS:
                edition = desk.edition(row.edition)
            else:
                result = _studied(desk, row, _Progress(database, ident))
        if result is None:
            with _held(database, clock, ident):  # outside the transaction: they are long, and PostgreSQL ends one that idles
                result = _played(edition)
    except DidimdolError as error:
        failed = error.message
    except Exception as error:  # noqa: BLE001 -- whatever is wrong with one study, the row must end, or it is begun for ever
        _log.error("study %s failed: %s", ident, type(error).__name__)
        failed = f"처리하지 못했습니다({type(error).__name__})."
    with database.begin() as connection:
        access.write_seen(connection, seen)
        studies.end(connection, ident, result, failed, clock())


def _studied(desk: Desk, row: Study, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
    if row.kind == studies.IMPACT:
        return impact.plain(impact.impact(desk, row.edition, mapping=row.given.get("mapping")))
    if row.kind == studies.REPLAY:
        found = replay.replay(desk, row.edition, progress=progress)
        return {**asdict(found), "sentences": list(found.sentences)}
    return asdict(moves.plan(desk, row.edition, origin=row.given.get("origin"), mapping=row.given.get("mapping")))


def _played(edition: Edition) -> dict[str, Any]:
    outcome = scenarios.run(edition)
    missing = outcome.coverage.missing()
    return {
        "ran": list(outcome.ran), "findings": [{"path": one.path, "line": one.line, "message": one.message} for one in outcome.findings],
        "counts": {kind: list(figures) for kind, figures in outcome.coverage.counts().items()},
        "missing": [[mark[0], title] for mark, title in missing[:_MOST_NAMED]], "missing_all": len(missing),
    }


@contextmanager
def _held(database: Database, clock: Callable[[], datetime], ident: str) -> Iterator[None]:
    """Hold a study while the block runs, from a thread of its own: the study itself may be long without a pause."""
    over = threading.Event()

    def hold() -> None:
        while not over.wait(studies.HELD.total_seconds() / 4):
            with suppress(Stale, DatabaseFailed), database.begin() as connection:  # once more a little later
                studies.hold(connection, ident, clock())

    holding = threading.Thread(target=hold, name="study held", daemon=True)
    holding.start()
    try:
        yield
    finally:
        over.set()
        holding.join()


class _Progress:
    """Notes how far a study is, in transactions of its own, once a second at most."""

    def __init__(self, database: Database, ident: str) -> None:
        self.database, self.ident, self.last = database, ident, 0.0

    def __call__(self, _what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.last >= _TOLD_EVERY:
            self.last = now
            with self.database.begin() as connection:
                studies.note(connection, self.ident, done, total)
