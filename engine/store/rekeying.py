"""Seal everything anew under the newest key, a few rows at a time; may be stopped and begun again at any point.

Codes (history, access records, states) keep the key they were made with: that key stays in the key file, it only seals nothing new.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select, tuple_, update

from engine.errors import NotFound
from engine.store.tables import draft, file, revision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Column, Table

    from engine.store.cipher import Cipher
    from engine.store.database import Database
    from engine.store.files import FileStore

BATCH = 200

#: where sealed values stand: table, its key columns, and the AAD they are bound to
SEALED: Sequence[tuple[Table, tuple[Column[str], ...], Callable[..., str]]] = (
    (revision, (revision.c.record_id, revision.c.number), lambda record_id, number: f"revision|{record_id}.{number}|sealed"),
    (draft, (draft.c.id,), lambda ident: f"draft|{ident}|sealed"),
)


def reseal(database: Database, files: FileStore, cipher: Cipher, *, progress: Callable[[str, int], None] | None = None) -> int:
    """Seal every value again that is not under the newest key; return how many were. Raises Broken where one cannot be opened."""
    told, total = progress or (lambda _what, _done: None), 0
    for table, keys, place in SEALED:
        total += _reseal_table(database, cipher, table, keys, place, told)
    return total + _reseal_files(database, files, cipher, told)


def _reseal_table(
    database: Database, cipher: Cipher, table: Table, keys: tuple[Column[str], ...], place: Callable[..., str], told: Callable[[str, int], None]
) -> int:
    done, after = 0, None
    query = select(*keys, table.c.sealed).where(table.c.sealed.is_not(None)).order_by(*keys).limit(BATCH)
    while True:
        with database.begin() as connection:
            rows = connection.execute(query if after is None else query.where(tuple_(*keys) > after)).all()
            for row in rows:
                key, sealed = tuple(row)[:-1], row.sealed
                if not cipher.fresh(sealed):
                    again = cipher.seal(cipher.open(sealed, place(*key)), place(*key))
                    same = [column == value for column, value in zip(keys, key, strict=True)]
                    connection.execute(update(table).where(*same, table.c.sealed == sealed).values(sealed=again))
                    done += 1
        told(table.name, done)
        if len(rows) < BATCH:
            return done
        after = tuple_(*tuple(rows[-1])[:-1])


def _reseal_files(database: Database, files: FileStore, cipher: Cipher, told: Callable[[str, int], None]) -> int:
    with database.read() as connection:
        names = connection.execute(select(file.c.id).where(file.c.deleted_at.is_(None)).order_by(file.c.id)).scalars().all()
    done = 0
    for name in names:
        with suppress(NotFound):  # a staged upload, dropped meanwhile
            sealed = files.get(name)
            if cipher.fresh(sealed):
                continue
            files.put(name, cipher.seal(cipher.open(sealed, f"file|{name}|content"), f"file|{name}|content"))
            done += 1
            told("file", done)
    return done
