"""The installation scenarios are played in: in memory, with people and places written straight into the tables, and a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from engine.casework.desk import CLOCK, Actor, Desk
from engine.casework.dossier import CLOSING_DATE, open_case
from engine.casework.editions import Editions
from engine.casework.flush import conclude
from engine.casework.signin import actor_of
from engine.store import tables
from engine.store.cipher import Cipher
from engine.store.files import MemoryFiles
from engine.store.ids import new_id
from engine.store.types import KST

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.casework.play import World
    from engine.spec.edition import Edition
    from engine.spec.scenario import Scenario, Step

LONG_AGO = date(2000, 1, 1)
_MOST_TIMERS = 200


@dataclass
class Rehearsal:
    """One connection whose transaction is never kept, with one edition in force."""

    connection: Connection
    edition: Edition
    editions: Editions = field(default_factory=Editions)
    cipher: Cipher = field(default_factory=lambda: Cipher({1: b"scenario" * 4}, b"scenario" * 4))
    files: MemoryFiles = field(default_factory=MemoryFiles)

    def __post_init__(self) -> None:
        """Put the edition in force, held as it is (it may be an observed one)."""
        self.editions.keep(self.edition)
        self.connection.execute(insert(tables.edition).values(
            digest=self.edition.digest, name=self.edition.name, title=self.edition.title, files=b"", in_force_from=LONG_AGO,
            published_by="", published_at=moment(LONG_AGO), approved_by="", approved_at=moment(LONG_AGO),
        ))

    def desk(self, world: World) -> Desk:
        """Give the desk of whoever acted last."""
        return Desk(self.connection, world.viewer or CLOCK, world.now, self.editions, self.cipher, self.files)

    def actor(self, login: str, world: World) -> Actor | None:
        """Give a person with the roles held now."""
        return actor_of(self.connection, login, world.now) if login else None

    def wait(self, step: Step, world: World) -> None:
        """Move the clock; every timer that comes due on the way fires at its moment."""
        until = moment(step.until, world.now.time()) if step.until else world.now + timedelta(days=step.days)
        due = select(func.min(tables.timer.c.due)).where(tables.timer.c.case_id.in_(list(world.cases.values())))
        for _ in range(_MOST_TIMERS):
            at = self.connection.execute(due).scalar()
            if at is None or at > until:
                break
            world.now = max(world.now, at.astimezone(KST))
            self._wake(world)
        world.now = until
        self._close(step.closing_date, world.now)
        self._wake(world)

    def _wake(self, world: World) -> None:
        for case_id in world.cases.values():
            dossier = open_case(Desk(self.connection, CLOCK, world.now, self.editions, self.cipher, self.files), case_id)
            conclude(dossier, "timer", target=f"case {case_id}")

    def set_up(self, scenario: Scenario, world: World) -> None:
        """Write the people, the places and the closing date of a scenario."""
        at = moment(LONG_AGO)
        for place in scenario.institutions:
            world.places[place.id] = new_id()
            row = {"id": world.places[place.id], "name": place.name, "kind": place.kind, "region": place.region, "phone": place.phone}
            self.connection.execute(insert(tables.institution).values(created_at=at, **row))
        for player in scenario.people:
            ident = new_id()
            home = world.places.get(player.institution)
            self.connection.execute(insert(tables.person).values(id=ident, login=player.login, name=player.name, institution_id=home, created_at=at))
            for role in player.roles:
                self.connection.execute(insert(tables.grant_).values(
                    id=new_id(), person_id=ident, role=role, kind="grant", from_day=LONG_AGO, roles_before=[], roles_after=[role], requested_by="",
                    approved_by="", reason="", at=at,
                ))
        self._close(scenario.closing_date, at)

    def _close(self, day: date | None, at: datetime) -> None:
        """Set the closing date, where one is told; it may have been set before."""
        if day:
            self.connection.execute(delete(tables.setting).where(tables.setting.c.name == CLOSING_DATE))
            self.connection.execute(insert(tables.setting).values(name=CLOSING_DATE, value=day.isoformat(), changed_at=at))


def moment(day: date, at: time = time(9)) -> datetime:
    """Give a moment of a day in Korea."""
    return datetime.combine(day, at, KST)
