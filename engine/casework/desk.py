"""What every verb is handed: an open transaction, who acts, and when it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.store.types import KST

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.spec.edition import Edition
    from engine.store.cipher import Cipher
    from engine.store.files import FileStore


class Editions(Protocol):
    """The editions known to this process, parsed once each."""

    def in_force(self, connection: Connection, day: date) -> Edition:
        """Return the approved edition in force on `day`. Raises Refused where there is none."""

    def of(self, connection: Connection, digest: str) -> Edition:
        """Return the edition with this digest. Raises NotFound."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as of this moment: a person, from an address, for a reason."""

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


CLOCK = Actor("", "", "", "", "", "", "", "", "", "", frozenset())  # who acts when a timer fires or a command runs


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at work in one transaction. Verbs take it first and never commit."""

    connection: Connection
    actor: Actor
    now: datetime  # aware, Korean time
    editions: Editions
    cipher: Cipher
    files: FileStore

    @property
    def today(self) -> date:
        """The day in Korea."""
        return self.now.astimezone(KST).date()
