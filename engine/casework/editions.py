"""The editions of one installation, each parsed once per process; which of them is in force on a day."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.casework.bundle import unpack
from engine.errors import Broken, NotFound, Refused
from engine.spec.edition import Edition
from engine.store.prepared import prepare
from engine.store.tables import edition as edition_table

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

_KEPT = 16  # editions held parsed

_bundle = prepare(select(edition_table.c.files).where(edition_table.c.digest == bindparam("digest")))

#: the digest of the edition in force on the day bound as "today", as a column for any statement
in_force_digest = (
    select(edition_table.c.digest)
    .where(
        edition_table.c.approved_at.is_not(None),
        edition_table.c.withdrawn_at.is_(None),
        edition_table.c.in_force_from <= bindparam("today", type_=edition_table.c.in_force_from.type),
    )
    .order_by(edition_table.c.in_force_from.desc(), edition_table.c.approved_at.desc())
    .limit(1)
    .scalar_subquery()
)
_approved = prepare(select(edition_table.c.digest).where(edition_table.c.digest == bindparam("digest"), edition_table.c.approved_at.is_not(None)))
_in_force = prepare(select(in_force_digest.label("digest")))


class Editions:
    """Parsed editions by digest, shared by every request. An edition never changes, so nothing here goes stale."""

    def __init__(self) -> None:
        """Begin empty; editions are read when first asked for."""
        self._kept: OrderedDict[str, Edition] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, connection: Connection, digest: str) -> Edition:
        """Give the edition with this digest. Raises NotFound where there is none, Broken where what is stored is not what was published."""
        known = self._kept.get(digest)
        return known if known is not None else self._read(connection, digest)

    def in_force(self, connection: Connection, day: date) -> Edition:
        """Give the edition in force on `day`. Raises Refused where none is."""
        row = _in_force.first(connection, today=day)
        return self.of(connection, demand(row.digest if row else None))

    def approved(self, connection: Connection, digest: str) -> Edition:
        """Give an edition that work may have been done under: approved once, taken back or not. Raises NotFound for any other."""
        if _approved.first(connection, digest=digest) is None:
            raise NotFound("그런 판이 없습니다.")
        return self.of(connection, digest)

    def keep(self, edition: Edition) -> None:
        """Hold an edition that was parsed elsewhere."""
        with self._lock:
            self._kept[edition.digest] = edition
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def _read(self, connection: Connection, digest: str) -> Edition:
        row = _bundle.first(connection, digest=digest)
        if row is None:
            raise NotFound("그런 판이 없습니다.")
        edition = Edition.from_files(unpack(row.files))
        if edition.digest != digest:
            raise Broken("저장된 판의 내용이 공표된 것과 다릅니다. 관리자에게 알리세요.")
        self.keep(edition)
        return edition


def demand(digest: str | None) -> str:
    """Give back the digest of the edition in force. Raises Refused where there is none."""
    if digest is None:
        raise Refused("지금 시행 중인 판이 없습니다. 판을 공표하고 승인하세요.")
    return digest
