"""The parts of a running server that live as long as the process: database, keys, files, parsed editions, the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from engine.casework import demomark
from engine.casework.editions import Editions
from engine.errors import Refused
from engine.store.database import connect
from engine.store.files import FolderFiles
from engine.store.keyring import load_keyring
from engine.store.types import KST

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.casework.demomark import Demo
    from engine.store.cipher import Cipher
    from engine.store.database import Database
    from engine.store.files import FileStore
    from web.settings import Settings


def _now() -> datetime:
    return datetime.now(KST)


@dataclass(frozen=True, slots=True)
class House:
    """What every request shares. `clock` gives the moment of a request, aware, in Korean time; `demo` is there where everybody is made up."""

    settings: Settings
    database: Database
    cipher: Cipher
    editions: Editions
    files: FileStore
    clock: Callable[[], datetime] = _now
    demo: Demo | None = None


def open_house(settings: Settings) -> House:
    """Connect and check. Raises Refused where the database or the keys cannot be trusted."""
    database = connect(settings.database)
    database.check()
    with database.read() as connection:
        demo, fresh = demomark.read(connection), demomark.empty(connection)
    if demo and settings.production:
        raise Refused("시연 자료가 든 데이터베이스로는 운영을 시작하지 않습니다.")
    return House(settings, database, load_keyring(settings.key or None, invent=fresh).cipher(), Editions(), FolderFiles(settings.files), demo=demo)
