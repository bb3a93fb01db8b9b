"""Composing a scenario that reaches a place of an edition: from where another scenario stood, or from a made-up case, on by the real verbs.

A composer plays in a rehearsal, in a savepoint per attempt. It completes what waits, with answers the form takes (the plainest ones), until what is wanted is
exercised or nothing goes on. What it did is a list of steps, ready for a scenario file; whether they hold is for the scenarios' own runner to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.casework.dossier import new_case, open_case
from engine.casework.play import World, action_for, play, waiting_for
from engine.casework.taskview import demand_start, first_opened, open_sheet, sheet
from engine.errors import DidimdolError, Forbidden, Invalid, NotFound, Refused
from engine.spec.filling import Filler, Least
from engine.spec.scenario import CASE, Step, laid_over
from engine.spec.solving import against, mended
from engine.store.tables import task, timer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.casework.desk import Desk
    from engine.casework.rehearsal import Rehearsal
    from engine.spec.coverage import Coverage, Mark
    from engine.spec.form import Form
    from engine.spec.nodes import Check, Section
    from engine.spec.scenario import Player

_MOST_STEPS, _MOST_BEGUN, _MOST_WAITS, _LONGEST_WAIT = 12, 6, 3, 370  # steps; tries to begin the work; times it waits for a timer; days one wait lasts


@dataclass(frozen=True)
class Goal:
    """What is to be exercised.

    `form` is the screen it happens on ("" = whatever waits), `process` the work it happens in, `wanted` answers by form, `must` fields that get an answer,
    `fails` the check that is to complain, `refused` the action that is to be refused, `kinds` the kinds of institution it is about.
    """

    mark: Mark
    title: str
    form: str = ""
    process: str = ""
    wanted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    must: Sequence[str] = ()
    fails: tuple[Check, Section] | None = None
    refused: str = ""
    kinds: Sequence[str] = ()


@dataclass(frozen=True)
class Composed:
    """Steps that were played, and whether the goal was met by them; `stopped` says what stood in the way last, `place` whose own case it was done on."""

    steps: tuple[dict[str, Any], ...]
    met: bool
    stopped: str = ""
    place: str = ""


class Stuck(Exception):
    """Nothing goes on."""


@dataclass
class Composer:
    """Plays on from where a world stands."""

    room: Rehearsal
    coverage: Coverage
    world: World
    players: Sequence[Player]
    steps: list[dict[str, Any]] = field(default_factory=list)
    stopped: str = ""
    place: str = ""  # the institution whose own case it works on
    _waits: int = 0
    _begun: int = 0

    def reach(self, goal: Goal) -> Composed:
        """Go on until the goal is met, or nothing goes on."""
        try:
            self._turn(goal)
            for _ in range(_MOST_STEPS):
                if goal.mark in self.coverage.met or self._towards(goal) or goal.mark in self.coverage.met:
                    return Composed(tuple(self.steps), met=True, place=self.place)
                self._on(goal)
        except Stuck:
            pass
        return Composed(tuple(self.steps), met=goal.mark in self.coverage.met, stopped=self.stopped, place=self.place)

    def _turn(self, goal: Goal) -> None:
        """Go to the case of the institution where the work is done on that."""
        process = self.room.edition.processes.get(goal.process)
        if process is not None and process.of_institution and self.world.places:
            self.place = next(iter(self.world.places))
            self.world.turn_to(self.place)

    def _towards(self, goal: Goal) -> bool:
        """Try what the goal is about, once for each way the case stands; say whether that met it."""
        if goal.refused:
            return self._refused(goal)
        if not goal.form:
            return False
        if self._someone("complete", goal.form, goal) and goal.mark not in self.coverage.met:
            raise Stuck  # the same once more would do the same
        return goal.mark in self.coverage.met

    def _someone(self, do: str, what: str, goal: Goal) -> bool:
        """Have it done by the first person who may."""
        for player in self.players:
            went = self._do(do, what, player.login, goal)
            if went is not None:
                return went
        return False

    def _refused(self, goal: Goal) -> bool:
        verb, _, form = goal.refused.rpartition(":")
        for player in self.players:
            step = Step("", verb or "start", player.login, form, {}, "", confirmed=False, until=None, days=0, expect={})
            try:
                with self.room.connection.begin_nested():
                    desk = self._desk(player.login)
                    if verb in ("complete", "register"):
                        step = replace(step, data=self._filled(desk, step, goal))
                    play(desk, step, self.world.copied(), self.coverage)
                    raise Stuck
            except Refused as refused:
                if goal.mark in self.coverage.met and refused.message:
                    data = {"data": step.data} if step.data else {}
                    self.steps.append({"as": player.login, "do": step.do, "what": form, **data, "expect": {"refused": refused.message}})
                    return True
                self.stopped = refused.message
            except (DidimdolError, Stuck):
                continue
        self.coverage.met.discard(goal.mark)  # it was met while something else was looked at: that shows nothing
        return False

    def _on(self, goal: Goal) -> None:
        """Complete something else that waits, the work of the goal first; where nothing does, wait for a timer. Raises Stuck."""
        waiting = self.room.connection.execute(
            select(task.c.form, task.c.process).where(task.c.case_id == self.world.case_id, task.c.closed_at.is_(None)).order_by(task.c.id)
        ).all()
        begun = [] if any(row.process == goal.process for row in waiting) else self._first_of(goal)
        forms = begun + [row.form for row in sorted(waiting, key=lambda row: row.process != goal.process)]
        if not any(self._someone("complete", form, goal) for form in dict.fromkeys(forms)):
            self._wait()

    def _first_of(self, goal: Goal) -> list[str]:
        process = self.room.edition.processes.get(goal.process)
        self._begun += 1
        if process is None or not process.start or self._begun > _MOST_BEGUN:
            return []
        return [next(iter(process.tasks.values())).form]

    def _wait(self) -> None:
        due = self.room.connection.execute(select(timer.c.due).where(timer.c.case_id == self.world.case_id).order_by(timer.c.due)).scalar()
        self._waits += 1
        if due is None or self._waits > _MOST_WAITS or (due - self.world.now).days > _LONGEST_WAIT:
            raise Stuck
        until = max(due.astimezone(self.world.now.tzinfo).date(), self.world.now.date())
        self.room.wait(Step("", "wait", "", "", {}, "", confirmed=False, until=until, days=0, expect={}), self.world)
        self.steps.append({"do": "wait", "until": until.isoformat()})

    def begin(self, form: str, begun: Mapping[str, Any], goal: Goal) -> None:
        """Register a case with answers that keep `begun`. Raises Stuck where nobody can."""
        if not self._someone("register", form, replace(goal, wanted={**goal.wanted, form: laid_over(begun, goal.wanted.get(form, {}))})):
            raise Stuck

    def _do(self, do: str, what: str, login: str, goal: Goal) -> bool | None:
        """Do one thing as one person, with answers the form takes; keep it as a step. False where it did not go, None where another person might."""
        step, expect = Step("", do, login, what, {}, "", confirmed=False, until=None, days=0, expect={}), {}
        world = self.world.copied()
        try:
            with self.room.connection.begin_nested():
                desk = self._desk(login)
                step = replace(step, data=self._filled(desk, step, goal))
                play(desk, step, world, self.coverage)
        except Invalid as invalid:
            self.stopped = " / ".join(f"{one.path} {one.message}" for one in invalid.errors)
            if goal.fails is None or what != goal.form or goal.mark not in self.coverage.met:
                if not all(one.level == "warning" for one in invalid.errors):
                    return False
                return self._confirmed(step)
            expect = {"errors": [{"at": one.path, "message": one.message} for one in invalid.errors]}
        except (Forbidden, NotFound):
            return None
        except DidimdolError as error:
            self.stopped = error.message
            return None
        else:
            self.world.__dict__.update(world.__dict__)
        self._keep(step, expect)
        return True

    def _confirmed(self, step: Step) -> bool:
        step, world = replace(step, confirmed=True), self.world.copied()
        try:
            with self.room.connection.begin_nested():
                play(self._desk(step.who), step, world, self.coverage)
        except DidimdolError as error:
            self.stopped = error.message
            return False
        self.world.__dict__.update(world.__dict__)
        self._keep(step, {})
        return True

    def _keep(self, step: Step, expect: Mapping[str, Any]) -> None:
        told = {"as": step.who, "do": step.do, "what": step.what, "data": dict(step.data)}
        self.steps.append({**told, **({"confirmed": True} if step.confirmed else {}), **({"expect": dict(expect)} if expect else {})})

    def _desk(self, login: str) -> Desk:
        self.world.viewer = self.room.actor(login, self.world) or self.world.viewer
        return self.room.desk(self.world)

    def _filled(self, desk: Desk, step: Step, goal: Goal) -> dict[str, Any]:
        """Give answers to the form of a step; made without counting what is read as exercised. Raises what opening it raises."""
        watching, met, self.coverage.watching = self.coverage.watching, set(self.coverage.met), False
        try:
            form, facts = self._sheet(desk, step)
            begun = laid_over(form.prefill(facts, desk.today), goal.wanted.get(step.what, {}))
            must = goal.must if step.what == goal.form else ()
            answers = Filler(form, facts, desk.today, {form.id: self._words(form, step.who)}, Least(), 0.0, must).fill(begun)
            answers = mended(form, answers, facts, desk.today)
            if goal.fails is not None and step.what == goal.form:
                answers = against(form, *goal.fails, answers, facts, desk.today) or answers
            prefilled = form.prefill(facts, desk.today)
            names = {ident: CASE + name for name, ident in self.world.cases.items()}
            made = {name: _named(value, names) for name, value in answers.items() if prefilled.get(name) != value}
            return made | {name: None for name in prefilled if name not in answers}
        finally:
            self.coverage.watching, self.coverage.met = watching, met

    def _words(self, form: Form, login: str) -> dict[str, Any]:
        """Say what to answer where a person or a case is asked for: somebody else, the case."""
        others = [player.login for player in self.players if player.login != login] or [login]
        people = {node.pointer: others for node in form.nodes.values() if isinstance(ui := node.schema.get("x-ui"), dict) and ui.get("source") == "person"}
        known = list(self.world.cases.values())
        return people | {node.pointer: known for node in form.nodes.values() if node.kind in ("case", "cases") and known}

    def _sheet(self, desk: Desk, step: Step) -> tuple[Form, Mapping[str, Any]]:
        if step.do == "register":
            begun = new_case(desk)
            return begun.edition.forms[step.what], begun.facts
        waiting = waiting_for(desk, step.what, self.world)
        if waiting:
            seen = open_sheet(desk, waiting, lock=False)
        else:
            dossier = open_case(desk, self.world.case_id, lock=False)
            seen = sheet(dossier, first_opened(dossier, demand_start(dossier, action_for(desk, step.what, self.world))))
        return seen.form, seen.facts


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """Put the name of a case for its id."""
    if isinstance(value, dict):
        return {key: _named(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [_named(part, names) for part in value]
    return names.get(value, value) if isinstance(value, str) else value
