"""What every verb is handed: an open transaction, who acts, and when it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.store.types import KST

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.casework.editions import Editions
    from engine.spec.edition import Edition
    from engine.store.cipher import Cipher
    from engine.store.files import FileStore


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as of this moment: a person, from an address, for a reason, with the roles that hold today."""

    person_id: str
    login: str
    name: str
    phone: str
    email: str
    institution_id: str
    institution_name: str
    institution_kind: str
    institution_region: str
    institution_phone: str
    roles: frozenset[str]
    address: str = ""
    reason: str = ""

    @property
    def clock(self) -> bool:
        """Say whether nobody acts but the clock."""
        return not self.person_id


CLOCK = Actor("", "", "", "", "", "", "", "", "", "", frozenset())  # who acts when a timer fires or a command runs


@dataclass(frozen=True, slots=True)
class Origin:
    """Where what is written comes from when nobody types it now: `why` is told in every history row; `past_closing` does not ask for the closing date."""

    why: str
    past_closing: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at work in one transaction. Verbs take it first and never commit."""

    connection: Connection
    actor: Actor
    now: datetime  # aware, Korean time
    editions: Editions
    cipher: Cipher
    files: FileStore
    seen: list[dict[str, Any]] | None = None  # on a reading desk: access records its unit writes in a transaction of their own
    origin: Origin | None = None
    _in_force: dict[date, str] = field(init=False, default_factory=dict, repr=False, compare=False)  # on a reading desk: the edition in force, once asked

    @property
    def today(self) -> date:
        """The day in Korea."""
        return self.now.astimezone(KST).date()

    def edition(self, digest: str | None = None) -> Edition:
        """Give the edition with this digest, or the one in force today. Raises NotFound, Refused.

        What is only shown goes by one edition from first to last; a desk that writes asks each time, for it may be the one that approves.
        """
        today = self.today
        digest = digest or self._in_force.get(today)
        if digest:
            return self.editions.of(self.connection, digest)
        found = self.editions.in_force(self.connection, today)
        if self.seen is not None:
            self._in_force[today] = found.digest
        return found
