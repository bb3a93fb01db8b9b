"""What happens in demonstration data, moment by moment: registering, completing, drafts, the closing date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from engine.casework import cases, tasks
from engine.casework.dossier import CLOSING_DATE, new_case, open_case
from engine.casework.play import World, action_for, meant, play, waiting_for
from engine.casework.taskview import demand_start, first_opened, open_sheet, sheet
from engine.spec.coverage import Coverage
from engine.spec.filling import Filler
from engine.spec.scenario import Step, laid_over
from engine.store.tables import setting
from engine.store.types import KST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.casework.desk import Desk
    from engine.spec.form import Form


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens at a moment: what it is for whom (to name it where it fails), and the doing of it."""

    at: datetime
    name: str
    do: Callable[[Desk], None]
    login: str = ""
    spare: bool = False  # the world goes on without it where the rules refuse it


def scenes_of(data: Mapping[str, Any]) -> list[Scene]:
    """Return everything that happens, case by case, then the institutions' own work; the file's times are dates by now."""
    names: dict[str, str] = {}
    scenes = [_closing(one) for one in data.get("settings", ())]
    words = data.get("words", {})
    for number, case in enumerate(data["cases"], 1):
        begun = case["register"]
        world = World(moment(begun["on"]), cases=names)
        chance = Random(f"{data.get('seed', '')} {number}")  # noqa: S311 -- made-up answers
        steps = [{**begun, "do": "register", "what": begun["form"], "case": case.get("name", "")}, *case["steps"]]
        scenes += [_scene(world, f"{number}번 {step['what']} ({step['do']})", step, _Pen(words, chance, world)) for step in steps]
    for number, step in enumerate(data.get("institution_work", ()), 1):
        world = World(moment(step["on"]), cases=names, of_institution=True)
        chance = Random(f"{data.get('seed', '')} institution {number}")  # noqa: S311 -- as above
        scenes.append(_scene(world, f"{step['as']} {step['what']} ({step['do']})", step, _Pen(words, chance, world)))
    return scenes


@dataclass(frozen=True, slots=True)
class _Pen:
    """What made-up answers are written with."""

    words: Mapping[str, Any]
    chance: Random
    world: World

    def write(self, desk: Desk, step: Step, form: Form, facts: Mapping[str, Any], ripe: float) -> dict[str, Any]:
        """Give answers to a form: what the step says over what the screen begins with, and the rest filled."""
        begun = laid_over(form.prefill(facts, desk.today), step.data)
        made: dict[str, Any] = meant(desk, Filler(form, facts, desk.today, self.words, self.chance, ripe).fill(begun), self.world)
        return made


def _closing(told: Mapping[str, str]) -> Scene:
    def close(desk: Desk) -> None:
        desk.connection.execute(insert(setting).values(name=CLOSING_DATE, value=told["closing_date"], changed_by="", changed_at=desk.now))

    return Scene(max(moment(told["on"]), moment(told["closing_date"])), "입력 마감", close)


def _scene(world: World, name: str, told: Mapping[str, Any], pen: _Pen) -> Scene:
    step = Step("", told["do"], told["as"], told["what"], told.get("data", {}), "", told.get("confirmed", False), None, 0, {}, told.get("case", ""))

    def act(desk: Desk) -> None:
        world.now, world.viewer = desk.now, desk.actor
        if world.of_institution:
            world.case_id = desk.actor.institution_id
        if "fill" in told:
            _filled(desk, step, world, pen, told["fill"])
        elif step.do == "draft":
            _draft(desk, step, world)
        else:
            play(desk, step, world, Coverage())

    return Scene(moment(told["on"]), name, act, told["as"], spare="fill" in told or told.get("spare", False))


def _filled(desk: Desk, step: Step, world: World, pen: _Pen, ripe: float) -> None:
    """Register, complete or approve with made-up answers."""
    if step.do == "register":
        begun = new_case(desk)
        answers = pen.write(desk, step, begun.edition.forms[step.what], begun.facts, ripe)
        world.case_id = world.cases[step.case] = cases.register(desk, step.what, answers, confirmed=True, strict=False)
        return
    waiting = waiting_for(desk, step.what, world)
    if waiting:
        seen = open_sheet(desk, waiting, lock=False)
        tasks.complete(desk, waiting, pen.write(desk, step, seen.form, seen.facts, ripe), confirmed=True, strict=False)
        return
    action = action_for(desk, step.what, world)
    dossier = open_case(desk, world.case_id, lock=False)
    seen = sheet(dossier, first_opened(dossier, demand_start(dossier, action)))
    tasks.submit(desk, world.case_id, action, pen.write(desk, step, seen.form, seen.facts, ripe), confirmed=True, strict=False)


def _draft(desk: Desk, step: Step, world: World) -> None:
    waiting = [task for task in cases.view(desk, world.case_id).tasks if task.form == step.what]
    if waiting:
        tasks.save_draft(desk, waiting[0].id, laid_over(tasks.view(desk, waiting[0].id).answers, step.data))
        return
    action = action_for(desk, step.what, world)
    tasks.start_draft(desk, world.case_id, action, laid_over(tasks.prospect(desk, world.case_id, action).answers, step.data))


def moment(text: str) -> datetime:
    """Return the Korean time a date and time stands for; a date alone is nine in the morning."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T09:00").replace(tzinfo=KST)
