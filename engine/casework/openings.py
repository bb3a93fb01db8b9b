"""From where a composed scenario begins: where another one stood before it did what is wanted, or a made-up case registered anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from engine.casework.composing import Composer
from engine.casework.play import World, play
from engine.errors import DidimdolError
from engine.spec.fx_functions import shift
from engine.spec.scenario import Institution, Player, Scenario, parse_scenarios, players_of
from engine.store.types import KST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.casework.composing import Goal
    from engine.casework.rehearsal import Rehearsal
    from engine.spec.coverage import Coverage
    from engine.spec.edition import Edition

_MOST, _LAST = 3, 5  # openings taken from other scenarios: before what is wanted; after all that is told
_AGES = (16, 19)  # years, of a made-up person
_PLACE, _ANY = "place", "기관"


@dataclass(frozen=True)
class Opening:
    """A scenario to begin with up to one of its steps (`at`; all of them: it is continued), or `kind`: a made-up institution of this kind and a new case."""

    edition: Edition
    known: Mapping[str, Scenario]
    name: str = ""
    at: int = 0
    kind: str = ""
    age: int = 0

    def head(self) -> dict[str, Any]:
        """Give the beginning of the file: what it continues, who is there."""
        if not self.name:
            return {"given": {
                "now": self._now().isoformat(timespec="minutes"), "closing_date": self._closing().isoformat(), "institutions": [{"id": _PLACE, "name": "지어낸 기관", "kind": self.kind}],
                "people": [{"login": one.login, "name": one.name, "institution": _PLACE, "roles": list(one.roles)} for one in self._players()],
            }}  # fmt: skip
        if self._whole:
            return {"after": self.name}
        data = self.known[self.name].document.data
        return {key: data[key] for key in ("after", "given", "data") if key in data}

    def steps(self) -> list[dict[str, Any]]:
        """Give the steps it takes over, as they are written."""
        return [] if not self.name or self._whole else list(self.known[self.name].document.data["steps"][: self.at])

    def placed(self, steps: Sequence[dict[str, Any]], place: str) -> list[dict[str, Any]]:
        """Say which case steps are about: the own one of the institution `place`, or, where the step before was about another, which one."""
        case = place or self._case()
        first = next((number for number, step in enumerate(steps) if step["do"] not in ("register", "wait")), -1)
        return [{**step, "case": case} if case and number == first else step for number, step in enumerate(steps)]

    def composer(self, room: Rehearsal, coverage: Coverage, goal: Goal) -> Composer:
        """Play it, and give who goes on. Raises Stuck where a made-up case cannot be registered."""
        if not self.name:
            world = World(self._now().replace(tzinfo=KST))
            room.set_up(self._made(), world)
            composer = Composer(room, coverage, world, self._players())
            composer.begin(self.edition.case.form, self._birth(), goal)
            return composer
        chain = [self.name]
        while self.known[chain[0]].after:
            chain.insert(0, self.known[chain[0]].after)
        first = self.known[chain[0]]
        world = World((first.now or self._now()).replace(tzinfo=KST))
        for name in chain:
            room.set_up(self.known[name], world)
            for step in self.known[name].steps[: self.at if name == self.name else None]:
                _again(room, world, step, coverage)
        world.turn_to(self._case())
        return Composer(room, coverage, world, tuple(players_of(self.known[self.name], self.known).values()))

    @property
    def _whole(self) -> bool:
        return self.at >= len(self.known[self.name].steps)

    def _case(self) -> str:
        return self.known[self.name].steps[self.at].case if self.name and not self._whole else ""

    def _now(self) -> datetime:
        return datetime.combine(self.edition.in_force_from.replace(month=3, day=4), time(9))

    def _closing(self) -> date:
        return self._now().date() - timedelta(60)

    def _players(self) -> tuple[Player, ...]:
        roles = [role for role in self.edition.roles.for_kind(self.kind) if role.may & {"case.write", "case.register", "task.approve"}]
        return tuple(Player(role.id, f"{'김이박최정강조윤장임'[number % 10]}가상", _PLACE, (role.id,)) for number, role in enumerate(roles))

    def _made(self) -> Scenario:
        return Scenario("", "", (), "", None, self._closing(), (Institution(_PLACE, "지어낸 기관", self.kind, "", ""),), self._players(), (), next(iter(self.edition.parts.documents.values())))

    def _birth(self) -> dict[str, Any]:
        """Answer the field that is the birth day so that the person is as old as wanted."""
        birth = self.edition.case.birth
        names = [name.removeprefix("case.") for name in birth.reads if name.startswith("case.")] if birth else []
        born = shift(self._now().date(), -self.age, "년")
        return {name: born.isoformat() for name in names if born and f"/{name}" in self.edition.forms[self.edition.case.form].nodes}


def openings_for(edition: Edition, goal: Goal) -> Iterator[Opening]:
    """Give openings for a goal, the shortest of other scenarios first, then made-up ones."""
    known, _ = parse_scenarios(edition.scenarios)
    process = edition.processes.get(goal.process)
    action = goal.refused.rpartition(":")[2]
    about = {goal.form, action, goal.process, *([next(iter(process.tasks.values())).form] if process and process.tasks else ())} - {""}
    found = sorted(
        (_length(known, name) - len(scenario.steps) + at, name, at) for name, scenario in known.items() for at, step in enumerate(scenario.steps)
        if step.what in about and step.do not in ("amend", "withdraw", "register") and not {"errors", "refused", "forbidden"} & step.expect.keys()
    )  # fmt: skip
    yield from (Opening(edition, known, name, at) for _, name, at in found[:_MOST])
    if goal.refused:
        ends = sorted(known, key=lambda name: (_length(known, name), name))
        yield from (Opening(edition, known, name, len(known[name].steps)) for name in ends[:_LAST])
    kinds = goal.kinds or dict.fromkeys(kind for role in edition.roles.roles.values() if "case.register" in role.may for kind in role.kinds or (_ANY,))
    yield from (Opening(edition, known, kind=kind, age=age) for age in _AGES for kind in kinds)


def _length(known: Mapping[str, Scenario], name: str) -> int:
    scenario = known[name]
    return len(scenario.steps) + (_length(known, scenario.after) if scenario.after else 0)


def _again(room: Rehearsal, world: World, step: Any, coverage: Coverage) -> None:
    """Play a step of another scenario; what was refused there is refused here."""
    trial = world.copied()
    try:
        with room.connection.begin_nested():
            trial.turn_to(step.case if step.do != "register" else "")
            if step.do == "wait":
                room.wait(step, trial)
            else:
                trial.viewer = room.actor(step.who, trial) or trial.viewer
                play(room.desk(trial), step, trial, coverage)
        world.__dict__.update(trial.__dict__)
    except DidimdolError:
        world.viewer, world.case_id = trial.viewer, trial.case_id
