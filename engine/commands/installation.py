"""What most commands need: the database, keys, files and editions they were pointed at, and desks to work at."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from engine.casework.desk import CLOCK, Actor, Desk
from engine.casework.editions import Editions
from engine.casework.signin import actor_of
from engine.commands.console import Progress, rules_folder
from engine.errors import NotFound, Refused
from engine.store.database import connect
from engine.store.files import FolderFiles
from engine.store.keyring import load_keyring
from engine.store.migrate import holds_nothing, is_current, is_empty, migrate
from engine.store.types import KST

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from engine.store.cipher import Cipher
    from engine.store.database import Database


@dataclass
class Installation:
    """The parts a command works with. `now` is the moment the command began."""

    database: Database
    cipher: Cipher
    files: FolderFiles
    editions: Editions = field(default_factory=Editions)
    now: datetime = field(default_factory=lambda: datetime.now(KST))

    @contextmanager
    def desk(self, login: str = "", *, write: bool = True) -> Iterator[Desk]:
        """Open a desk of the person with this login, or of nobody (the command line itself). Raises NotFound."""
        with self.database.begin() if write else self.database.read() as connection:
            actor: Actor | None = CLOCK if not login else actor_of(connection, login, self.now)
            if actor is None:
                raise NotFound(f"그런 사람이 없습니다: {login}")
            yield Desk(connection, actor, self.now, self.editions, self.cipher, self.files, None if write else [])


def open_installation(given: Namespace, *, create: bool = False) -> Installation:
    """Connect to what the arguments name. A database without tables is set up where `create` says so; an older one is refused."""
    database = connect(given.database)
    database.check()
    if is_empty(database):
        if not create:
            raise Refused("데이터베이스가 비어 있습니다. didimdol migrate-database로 먼저 만드세요.")
        migrate(database)
    elif not is_current(database):
        raise Refused("데이터베이스가 이 프로그램의 것과 다릅니다. didimdol migrate-database로 먼저 맞추세요.")
    return Installation(database, load_keyring(given.key or None, invent=holds_nothing(database)).cipher(), FolderFiles(given.files))


__all__ = ["Installation", "Progress", "open_installation", "rules_folder"]
