"""Scenarios for what no scenario exercises, as far as they can be generated: finished ones, and skeletons that say what is left to do.

Each begins where another scenario completes the form it is about (or starts the work), or with a made-up case of its own, and goes on as `composing` does.
Whether it is finished the scenarios' own runner says: it plays, and exercises what it is for (`covers`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.casework import scenarios
from engine.casework.aims import aims_of, left_to_do
from engine.casework.composing import Composed, Composer, Goal, Stuck
from engine.casework.openings import Opening, openings_for
from engine.casework.rehearsal import Rehearsal
from engine.casework.trials import written
from engine.spec.coverage import observe
from engine.spec.scenario import FOLDER
from engine.spec.source import read_document
from engine.store.database import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.spec.coverage import Coverage, Mark
    from engine.spec.edition import Edition

_MOST_TRIES = 6  # ways tried for one thing
_UNFINISHED = "[덜 됨] "
_DONE = "저절로 지은 시나리오입니다. 그대로 되고, covers에 적은 것을 지납니다. 무엇이 되어야 하는지(expect)를 더 적으면 더 많이 지킵니다."


@dataclass(frozen=True)
class Skeleton:
    """One scenario file: what it is for, its text, and whether it plays and exercises that."""

    name: str
    mark: Mark
    title: str
    text: str
    finished: bool


def compose(edition: Edition, missing: Iterable[tuple[Mark, str]], progress: Callable[[int, int], None] | None = None) -> list[Skeleton]:
    """Give a scenario for each of `missing` (what coverage names). Nothing outside memory is read or written."""
    wanted = list(missing)
    observed, coverage = observe(edition)
    database = connect("sqlite://")
    database.create_all()
    made: dict[str, tuple[Mark, str, dict[str, Any]]] = {}
    try:
        with database.begin() as connection:
            room = Rehearsal(connection, observed)
            for number, (mark, title) in enumerate(wanted):
                made[name_of(mark)] = (mark, title, _one(edition, room, coverage, mark, title))
                if progress:
                    progress(number + 1, len(wanted))
            raise _Undo
    except _Undo:
        pass
    finally:
        database.dispose()
    return _judged(edition, made)


class _Undo(Exception):
    """Nothing of this is kept."""


def _one(edition: Edition, room: Rehearsal, coverage: Coverage, mark: Mark, title: str) -> dict[str, Any]:
    """Give the scenario of the first way that meets the goal, or of the one that came furthest."""
    best: tuple[int, dict[str, Any]] = (-1, {})
    for opening, goal in _ways(edition, mark, title):
        composed = _tried(room, coverage, opening, goal)
        scenario = {"covers": [" ".join(mark)], **opening.head(), "steps": [*opening.steps(), *opening.placed(composed.steps, composed.place)] or [{"do": "look"}]}
        if composed.met:
            return {"title": title, "$comment": "", **scenario}
        if len(composed.steps) > best[0]:
            best = len(composed.steps), {"title": title, "$comment": left_to_do(edition, mark, composed.stopped), **scenario}
    return best[1]


def _ways(edition: Edition, mark: Mark, title: str) -> list[tuple[Opening, Goal]]:
    """Give ways to go about it: each aim from each opening, the first of both first."""
    aims = aims_of(edition, mark, title) or [Goal(mark, title, mark[1] if mark[1] in edition.forms else "")]
    ways = [(rank, opening, goal) for place, goal in enumerate(aims) for rank, opening in enumerate(openings_for(edition, goal), place)]
    return [(opening, goal) for _, opening, goal in sorted(ways, key=lambda way: way[0])][:_MOST_TRIES]


def _tried(room: Rehearsal, coverage: Coverage, opening: Opening, goal: Goal) -> Composed:
    composer: Composer | None = None
    coverage.met.discard(goal.mark)
    try:
        with room.connection.begin_nested():
            composer = opening.composer(room, coverage, goal)
            composed = composer.reach(goal)
            raise _Undo
    except _Undo:
        return composed
    except Stuck:
        return Composed((), met=False, stopped=composer.stopped if composer else "")


def _judged(edition: Edition, made: Mapping[str, tuple[Mark, str, dict[str, Any]]]) -> list[Skeleton]:
    """Play all of them by the scenarios' own runner; what does not hold is a skeleton."""
    documents = {name: read_document(f"{FOLDER}/{name}.json", written(scenario).encode()) for name, (_, _, scenario) in made.items()}
    tried = replace(edition, parts=replace(edition.parts, scenarios={**edition.scenarios, **documents}))
    wrong = {finding.path for finding in scenarios.run(tried, tuple(documents)).findings} if documents else set()
    return [
        Skeleton(name, mark, title, written(_marked(scenario, finished=documents[name].path not in wrong)), documents[name].path not in wrong)
        for name, (mark, title, scenario) in made.items()
    ]


def _marked(scenario: dict[str, Any], *, finished: bool) -> dict[str, Any]:
    """Say in a scenario whether it is finished."""
    return {**scenario, "title": scenario["title"] if finished else _UNFINISHED + scenario["title"], "$comment": _DONE if finished else scenario["$comment"]}


def name_of(mark: Mark) -> str:
    """Give the name of the file for a mark: the same every time."""
    kind, where, which = mark
    return f"{kind}-{where}-{hashlib.sha256(which.encode()).hexdigest()[:8]}".replace("_", "-")
