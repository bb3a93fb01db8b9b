"""Moving the days of a recorded case: ways to move them, played one after another until one plays as the unmoved one does.

All days move by one common number of days, so that ages, periods and their order stay, and nobody who knows a day of a person finds the person by it. The
rules know the calendar too (the end of a year, the days between which codes hold), so a number is taken with which no day of the case comes into another year
or past such a day, and only where the scenario then plays as the unmoved one does and exercises the same. A day the rules take from the calendar ("31 December")
stays where it is. Where no number is found the days stay and only the birth day moves, by so little that every age on every day of the case stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.casework import scenarios
from engine.casework.particulars import days_of
from engine.casework.script import CASE, Script
from engine.spec.fx_dates import age
from engine.spec.scenario import FOLDER
from engine.spec.source import read_document
from engine.spec.standin import StandIns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from random import Random

    from engine.casework.acts import Account
    from engine.casework.cases import CaseView
    from engine.casework.particulars import Particulars
    from engine.spec.edition import Edition

NAME = "recorded"
_FURTHEST, _NEAREST, _TRIES, _BIRTHS = 27, 3, 4, 6  # days; days; common numbers tried; days a birth day moves
_REPAIRS = 3  # times it is played again with what the last time showed
_LINE = 180  # characters a step may take to stand on one line


@dataclass(frozen=True)
class _Way:
    """How days move: all by `days`, those of `moved` elsewhere."""

    days: int
    moved: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """A scenario, its text, and what came of playing it. `moved`: all days moved, not the birth day alone."""

    scenario: Mapping[str, Any]
    text: str
    outcome: scenarios.Outcome
    moved: bool
    kept: frozenset[str]
    confirmed: frozenset[int]


class Trials:
    """Plays the account of one case, moved one way after another, until one plays as the unmoved one does."""

    def __init__(self, edition: Edition, account: Account, now: CaseView, particulars: Particulars, today: date, chance: Random) -> None:
        """`now` is how the case stands `today`; `chance` chooses by how much days move."""
        self._edition, self._account, self._now, self._today, self._chance = edition, account, now, today, chance
        self._secrets, self._births = particulars.secrets, particulars.births
        self._days = sorted({act.day for act in account.acts} | {today} | set(days_of(account)))

    def best(self) -> Trial:
        """Give the one that plays as the unmoved one does; where that does not play, or none does, one that tells where it stops."""
        plain = self._played(_Way(0))
        ways = [_Way(days) for days in self._ways()]
        for way in ways[: 1 if plain.outcome.findings else _TRIES]:
            moved = self._played(way, plain.confirmed)
            if plain.outcome.findings or (not moved.outcome.findings and moved.outcome.coverage.met == plain.outcome.coverage.met):
                return moved
        return self._played(_Way(0, self._near_births()), plain.confirmed)

    def _played(self, way: _Way, confirmed: frozenset[int] = frozenset()) -> Trial:
        """Write and play it; what asked for a confirmation gets one, a day that came otherwise moves the other way, and it is played again."""
        trial = self._once(way, frozenset(), confirmed)
        for _ in range(_REPAIRS):
            warned = trial.confirmed | {int(miss.pointer.split("/")[2]) for miss in trial.outcome.missed if miss.warned}
            kept = trial.kept | {miss.pointer for miss in trial.outcome.missed if (way.days or way.moved) and _of_day(miss.pointer)}
            if (kept, warned) == (trial.kept, trial.confirmed):
                break
            trial = self._once(way, kept, warned)
        return trial

    def _once(self, way: _Way, kept: frozenset[str], confirmed: frozenset[int]) -> Trial:
        stands = StandIns(self._secrets, way.days, way.moved, {self._account.case_id: CASE}, self._account.made)
        scenario = Script(self._edition, self._account, stands, self._now, self._today, kept, confirmed).write()
        text = written(scenario)
        document = read_document(f"{FOLDER}/{NAME}.json", text.encode())
        edition = replace(self._edition, parts=replace(self._edition.parts, scenarios={NAME: document}))
        return Trial(scenario, text, scenarios.run(edition), bool(way.days), kept, confirmed)

    def _ways(self) -> list[int]:
        """Give the numbers of days all may move by, in an order left to chance: none comes into another year or past a day on which codes change."""
        limits = sorted({day for form in self._edition.forms.values() for day in form.breaks})
        later = [day for day in self._days if day not in self._births]
        ways = [days for days in range(-_FURTHEST, _FURTHEST + 1) if abs(days) >= _NEAREST and all(_same(day, days, limits) for day in later)]
        self._chance.shuffle(ways)
        return ways

    def _near_births(self) -> Mapping[str, str]:
        """Move every birth day to where its age on every day of the case stays; by one day where there is no such place."""
        found = {}
        steps = self._chance.sample([days for days in range(-_BIRTHS, _BIRTHS + 1) if days], 2 * _BIRTHS)
        for born in self._births:
            near = (born + timedelta(days) for days in steps)
            fits = (day for day in near if all(age(day, each) == age(born, each) for each in self._days if each >= max(day, born)))
            found[born.isoformat()] = next(fits, born + timedelta(steps[0] // abs(steps[0]))).isoformat()
        return found


def _same(day: date, days: int, limits: Sequence[date]) -> bool:
    moved = day + timedelta(days)
    return day.year == moved.year and all((limit <= day) == (limit <= moved) for limit in limits)


def _of_day(pointer: str) -> bool:
    """Say whether a pointer names an expected value that may be a day."""
    parts = pointer.split("/")
    return len(parts) > 5 and parts[4] in ("due", "stages", "derived")


def written(scenario: Mapping[str, Any]) -> str:
    """Give the text of a scenario file: a line for each step that fits one."""
    head = json.dumps({key: value for key, value in scenario.items() if key != "steps"}, ensure_ascii=False, indent=2)
    lines = []
    for step in scenario["steps"]:
        line = json.dumps(step, ensure_ascii=False)
        lines.append(f"    {line}" if len(line) < _LINE else "\n".join(f"    {each}" for each in json.dumps(step, ensure_ascii=False, indent=2).splitlines()))
    return head[:-2] + ',\n  "steps": [\n' + ",\n".join(lines) + "\n  ]\n}\n"


