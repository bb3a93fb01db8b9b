"""Load demonstration data: a JSON file of institutions, people, cases and what was done for them, played through the verbs with the clock moved.

Times in the file stand relative to the day of loading (see `relative`). Everything is played in the order of time, timers included. Never in production.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from engine.casework import demomark, people, publishing, timers
from engine.casework.desk import CLOCK, Desk
from engine.casework.relative import resolved, seoul_day
from engine.casework.scenes import moment, scenes_of
from engine.errors import DidimdolError, Invalid, Refused
from engine.spec.edition import Edition
from engine.store.tables import notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.casework.desk import Actor
    from engine.casework.editions import Editions
    from engine.casework.scenes import Scene
    from engine.store.cipher import Cipher
    from engine.store.database import Database
    from engine.store.files import FileStore

_REASON = "시연 자료"
_READ_WITHIN = timedelta(days=14)  # nobody leaves unread for longer what they were told


@dataclass
class Stage:
    """The installation the data are played in."""

    database: Database
    editions: Editions
    cipher: Cipher
    files: FileStore
    places: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)  # scenes the rules refused, and why

    def desk(self, connection: Any, actor: Actor, now: datetime) -> Desk:
        """Give a desk at a moment of the past."""
        return Desk(connection, actor, now, self.editions, self.cipher, self.files)


def load(
    stage: Stage, data: Mapping[str, Any], rules: Mapping[str, bytes], now: datetime, *, progress: Callable[[str, int, int], None] | None = None
) -> int:
    """Play `data` on an empty, migrated installation, under the edition in `rules`; return how many steps. Raises Refused, SpecError, Invalid."""
    told = progress or (lambda _what, _done, _all: None)
    played = resolved(data, seoul_day(now))
    with stage.database.read() as connection:
        if not demomark.empty(connection):
            raise Refused("시연 자료는 비어 있는 데이터베이스에만 넣습니다.")
    scenes = sorted((scene for scene in scenes_of(played) if scene.at <= now), key=lambda scene: scene.at)
    opening = min([now, *(moment(role["from"]) for each in played["people"] for role in each["roles"])])
    _open(stage, played, rules, opening)
    done = 0
    for _, of_day in groupby(scenes, key=lambda scene: scene.at.date()):
        done += _play(stage, list(of_day))
        told(_REASON, done, len(scenes))
    while timers.run(stage.database, stage.editions, stage.cipher, now):
        pass
    with stage.database.begin() as connection:
        connection.execute(update(notice).where(notice.c.at < now - _READ_WITHIN).values(seen_at=notice.c.at))
    return len(scenes)


def _open(stage: Stage, data: Mapping[str, Any], rules: Mapping[str, bytes], at: datetime) -> None:
    """Publish the rules and let people and places be, as of the first day of the data."""
    with stage.database.begin() as connection:
        author, second = (Desk(connection, _named(login), at, stage.editions, stage.cipher, stage.files) for login in ("demo.author", "demo.second"))
        since = min(at.date(), Edition.from_files(rules).in_force_from)
        publishing.approve(second, publishing.publish(author, rules, since))
        desk = stage.desk(connection, CLOCK, at)
        for place in data["institutions"]:
            stage.places[place["id"]] = people.add_institution(desk, place["name"], place["kind"], region=place["region"], phone=place["phone"])
        for one in data["people"]:
            people.add_person(desk, one["login"], one["name"], stage.places[one["institution"]], phone=one["phone"], email=one["email"], invite=False)
            for role in one["roles"]:
                until = date.fromisoformat(role["to"]) if role.get("to") else None
                people.grant(desk, one["login"], role["role"], reason=_REASON, from_day=date.fromisoformat(role["from"]), until_day=until)
        demomark.mark(connection, data["title"], data["password"], at)


def _named(login: str) -> Actor:
    return replace(CLOCK, login=login)


def _play(stage: Stage, scenes: list[Scene]) -> int:
    """Play the scenes of one day, in one transaction; give how many."""
    while timers.run(stage.database, stage.editions, stage.cipher, scenes[0].at):
        pass
    with stage.database.begin() as connection:
        for scene in scenes:
            try:
                with connection.begin_nested():
                    actor = people.actor_of(connection, scene.login, scene.at) if scene.login else CLOCK
                    if actor is None:
                        raise Refused(f"그런 사람이 없습니다: {scene.login}")
                    scene.do(stage.desk(connection, actor, scene.at))
            except DidimdolError as error:
                if not scene.spare:
                    raise Refused(_told(scene, error)) from error
                stage.refused.append(_told(scene, error))
    return len(scenes)


def _told(scene: Scene, error: DidimdolError) -> str:
    if isinstance(error, Invalid):
        return f"{scene.name}: " + " / ".join(f"{one.path} {one.message}" for one in error.errors)
    return f"{scene.name}: {error.message}"
