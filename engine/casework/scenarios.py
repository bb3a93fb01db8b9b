"""Running scenarios: the real verbs, on an empty database in memory, with a clock that only scenarios move.

All run in one transaction that is never kept. Each step stands in a savepoint of its own, so that what is refused leaves nothing behind; a scenario
that continues another begins where that one ended, and is undone before the next.
"""

from __future__ import annotations

import copy
import gc
import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.casework.play import Came, World, misses, play
from engine.casework.rehearsal import Rehearsal, moment
from engine.errors import DidimdolError, Finding, Invalid
from engine.spec.coverage import Coverage, Mark, observe
from engine.spec.scenario import FOLDER, Scenario, Step, parse_scenarios
from engine.store.database import connect, savepoint
from engine.store.types import KST

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.spec.edition import Edition


@dataclass(frozen=True)
class Outcome:
    """What came of running scenarios: a finding for each step that went otherwise than it says, the names of those that ran, and what they exercised.

    `missed` says for each step that did which one it is, pointer by pointer, and whether it asked for nothing but a confirmation.
    """

    findings: tuple[Finding, ...]
    ran: tuple[str, ...]
    coverage: Coverage
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    """A step or an expectation that came otherwise: of which scenario, where in the file; `warned`: it would do once confirmed."""

    scenario: str
    pointer: str
    warned: bool = False


def run(edition: Edition, only: Collection[str] = ()) -> Outcome:
    """Run the scenarios of an edition (those named in `only`, with what they continue). Nothing outside memory is read or written."""
    known, findings = parse_scenarios(edition.scenarios)
    findings += [Finding(f"{FOLDER}/{name}.json", 1, "unknown-scenario", f"'{name}' 시나리오가 없습니다.") for name in only if name not in edition.scenarios]
    wanted = _with_bases(known, only) if only else set(known)
    observed, coverage = observe(edition)
    database = connect("sqlite://")
    database.create_all()
    ran: list[str] = []
    missed: list[Missed] = []
    try:
        with database.begin() as connection:
            playing = {name: known[name] for name in known if name in wanted}
            _Theatre(Rehearsal(connection, observed), coverage, playing, findings, ran, missed).run()
            raise _Undo
    except _Undo:
        return Outcome(tuple(dict.fromkeys(findings)), tuple(ran), coverage, tuple(missed))
    finally:
        database.dispose()


def run_side_by_side(edition: Edition, processes: int) -> Outcome:
    """Run all scenarios in several processes; what comes of it is that of `run`. In one where this process cannot be copied as it stands (it has threads)."""
    known, _ = parse_scenarios(edition.scenarios)
    shares = [share for share in _shares(known, processes) if share]
    if len(shares) < 2 or threading.active_count() > 1 or "fork" not in multiprocessing.get_all_start_methods():
        return run(edition)
    _Copied.edition = edition  # what cannot be pickled goes over with the copy of this process
    gc.freeze()
    with ProcessPoolExecutor(len(shares), multiprocessing.get_context("fork")) as pool:
        came = list(pool.map(_share, shares))
    gc.unfreeze()
    findings = dict.fromkeys(finding for found, _, _ in came for finding in found)
    ran = {name for _, names, _ in came for name in names}
    coverage = observe(edition)[1]
    coverage.met.update(*(met for _, _, met in came))
    return Outcome(tuple(sorted(findings, key=lambda one: (one.path, one.line))), tuple(name for name in known if name in ran), coverage)


class _Copied:
    """What a copied process finds there."""

    edition: Edition


def _share(names: tuple[str, ...]) -> tuple[tuple[Finding, ...], tuple[str, ...], set[Mark]]:
    gc.disable()  # it lives for seconds: what it would free is little, and looking for it a fifth of its time
    outcome = run(_Copied.edition, names)
    return outcome.findings, outcome.ran, outcome.coverage.met


def _shares(known: Mapping[str, Scenario], processes: int) -> list[tuple[str, ...]]:
    """Share out the scenarios that no other continues, the longest first, each to who has least; what they continue is played by each that needs it."""
    last = [name for name in known if not any(other.after == name for other in known.values())]
    length = {name: sum(len(known[base].steps) for base in _with_bases(known, (name,))) for name in last}
    held: list[list[str]] = [[] for _ in range(max(processes, 1))]
    for name in sorted(last, key=lambda each: -length[each]):
        min(held, key=lambda names: sum(len(known[each].steps) for each in _with_bases(known, names))).append(name)
    return [tuple(names) for names in held]


def _with_bases(known: Mapping[str, Scenario], only: Collection[str]) -> set[str]:
    wanted: set[str] = set()
    waiting = [name for name in only if name in known]
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting += [known[name].after] if known[name].after in known else []
    return wanted


class _Undo(Exception):
    """Nothing of this is kept."""


@dataclass
class _Theatre:
    room: Rehearsal
    coverage: Coverage
    known: Mapping[str, Scenario]
    findings: list[Finding]
    ran: list[str]
    missed: list[Missed]

    def run(self) -> None:
        for scenario in self.known.values():
            if not scenario.after:
                self._tree(scenario, World(scenario.now.replace(tzinfo=KST) if scenario.now else moment(self.room.edition.in_force_from)))

    def _tree(self, scenario: Scenario, world: World) -> None:
        """Play a scenario, then those that continue it, each from where it ended."""
        try:
            with savepoint(self.room.connection):
                self._play(scenario, world)
                raise _Undo
        except _Undo:
            pass

    def _play(self, scenario: Scenario, world: World) -> None:
        self.ran.append(scenario.name)
        self.room.set_up(scenario, world)
        before, self.coverage.met = self.coverage.met, set()
        went = [self._step(scenario, step, world) for step in scenario.steps]  # all of them, also after a miss
        went.append(self._covers(scenario))
        self.coverage.met |= before
        for other in self.known.values():
            if other.after == scenario.name and all(went):
                self._tree(other, copy.deepcopy(world))
            elif other.after == scenario.name:
                message = f"'{scenario.name}' 시나리오가 끝까지 가지 못해 이어지는 이 시나리오를 돌리지 못했습니다."
                self.findings.append(other.finding("/after", "scenario-not-run", message))

    def _covers(self, scenario: Scenario) -> bool:
        """Say whether the scenario exercised by itself what it says it does; what it did not is a finding."""
        left = [(number, mark) for number, mark in enumerate(scenario.covers) if mark not in self.coverage.met]
        for number, mark in left:
            known = mark in self.coverage.wanted
            told = f"이 시나리오가 '{self.coverage.wanted[mark]}'을(를) 지나지 않았습니다." if known else f"'{' '.join(mark)}'은(는) 이 판에 없는 것입니다."
            self.findings.append(scenario.finding(f"/covers/{number}", "scenario-covers-not" if known else "unknown-mark", told))
            self.missed.append(Missed(scenario.name, f"/covers/{number}"))
        return not left

    def _step(self, scenario: Scenario, step: Step, world: World) -> bool:
        """Play one step; a miss is a finding at its place in the file."""
        came, before, trial = Came(), len(self.findings), world.copied()
        self.coverage.reading, self.coverage.about = None, step.what if step.do != "start" else ""
        try:
            with savepoint(self.room.connection):
                trial.turn_to(step.case if step.do != "register" else "")
                if step.do == "wait":
                    self.room.wait(step, trial)
                else:
                    trial.viewer = self.room.actor(step.who, trial) or trial.viewer
                    play(self.room.desk(trial), step, trial, self.coverage)
            came.reading = self.coverage.reading
            world.__dict__.update(trial.__dict__)
        except DidimdolError as error:
            came.error, came.reading = error, self.coverage.reading
            world.viewer, world.case_id = trial.viewer, trial.case_id
        except Exception as error:  # noqa: BLE001 - whatever a spec makes fail must be told as a finding, not end the check
            self.findings.append(scenario.finding(step.pointer, "scenario-broke", f"이 단계에서 엔진이 멈췄습니다: {type(error).__name__}: {error}"))
            self.missed.append(Missed(scenario.name, step.pointer))
            return False
        for what, sentence in misses(self.room.desk(world), step, came, world, self.coverage):
            pointer = f"{step.pointer}/expect/{what}" if what else step.pointer
            self.findings.append(scenario.finding(pointer, "scenario-failed", sentence))
            warned = not what and isinstance(came.error, Invalid) and all(one.level == "warning" for one in came.error.errors)
            self.missed.append(Missed(scenario.name, pointer, warned))
        return len(self.findings) == before
