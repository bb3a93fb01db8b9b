"""The demonstration data hold against the forms, whatever day they are loaded on."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.casework import people, queries
from engine.casework.demo import Stage, load
from engine.casework.editions import Editions
from engine.spec import fx_functions as fn
from engine.spec.edition import load_edition
from engine.spec.folder import read_folder
from engine.store.cipher import Cipher
from engine.store.database import connect
from engine.store.files import MemoryFiles
from engine.store.tables import cases, institution
from engine.store.types import KST

ROOT = Path(__file__).parents[2]
WHEN = re.compile(r"^@((?:[+-]\d+[ymd])*)(T\d\d:\d\d)?(?:\{([^}]*)\})?(.*)$")
UNITS = {"y": "년", "m": "월", "d": "일"}


def _json(path):
    return json.loads(path.read_text(encoding="utf-8"))


DEMO = _json(ROOT / "demo/2024.json")


@pytest.fixture(scope="module")
def forms():
    return load_edition(ROOT).forms


def dated(value, day):
    if isinstance(value, dict):
        return {key: dated(each, day) for key, each in value.items()}
    if isinstance(value, list):
        return [dated(each, day) for each in value]
    found = WHEN.match(value) if isinstance(value, str) else None
    if not found:
        return value
    terms, clock, pattern, rest = found.groups()
    for term in re.findall(r"[+-]\d+[ymd]", terms):
        day = fn.shift(day, int(term[:-1]), UNITS[term[-1]])
    return (day.strftime(pattern) if pattern else day.isoformat()) + (clock or "") + rest


def merged(under, over):
    return {**under, **{key: merged(under[key], each) if isinstance(each, dict) and key in under else each for key, each in over.items()}}


@pytest.mark.parametrize("today", [date(2024, 12, 31), date(2025, 1, 5), date(2026, 11, 23), date(2028, 2, 29)])
def test_every_step_is_accepted_on_its_day(forms, today):
    demo = dated(DEMO, today)
    people = {person["login"]: person for person in demo["people"]}
    places = {place["id"]: place for place in demo["institutions"]}
    for case in demo["cases"]:
        known, owner, work = {}, None, {}
        records = {name: {"count": 0, "first": None, "last": None} for name in forms}
        steps = [case["register"] | {"do": "complete", "what": case["register"]["form"]}, *case["steps"]]
        assert [step["on"] for step in steps] == sorted(step["on"] for step in steps), case["name"]
        for step in steps:
            person, day, form = people[step["as"]], date.fromisoformat(step["on"][:10]), forms[step["what"]]
            assert day <= today
            facts = {
                "today": day, "closing_date": date.fromisoformat(demo["settings"][0]["closing_date"]), "person": person, "people": people,
                "institution": places[person["institution"]], "record": records, "work": work,
                "case": {**known, "number": "1", "owner": owner, "owner_name": owner and people[owner]["name"]},
            }
            reading = form.read(merged(form.prefill(facts, day), step["data"]), facts, day)
            if step["do"] == "draft":
                assert all(error.keyword == "required" for error in reading.errors), (case["name"], form.id, reading.errors)
                continue
            assert not reading.errors, (case["name"], form.id, reading.errors)
            assert step.get("confirmed") or not reading.warnings, (case["name"], form.id, reading.warnings)
            kept, values = records[form.id], form.values(reading.data)
            records[form.id] = {"count": kept["count"] + 1, "first": kept["first"] or values, "last": values}
            if form.id == "child_basic_info":
                known = values
            elif form.id == "skills_assessment":
                owner = owner or step["as"]
            elif form.id == "case_manager_change_popup":
                work = {form.id: values}


def test_demo_people_are_made_up_and_say_so():
    assert "지어낸" in DEMO["title"]
    assert all("시연" in place["name"] for place in DEMO["institutions"])
    assert all(person["phone"].startswith("010-0000-") and person["email"].endswith("@example.kr") for person in DEMO["people"])
    roles = {role["id"] for role in _json(ROOT / "workflows/roles.json")["roles"]}
    assert {role["role"] for person in DEMO["people"] for role in person["roles"]} <= roles


def test_a_slice_of_the_crowd_is_played_whole(tmp_path, monkeypatch):
    """The generated children go through the verbs on any day; what the forms ask anew is filled from the forms.

    Holds R102 (docs/rules.md).
    """
    monkeypatch.syspath_prepend(str(ROOT / "demo"))
    from crowd import crowd

    now = datetime(2026, 11, 25, 9, tzinfo=KST)
    world = crowd({**_json(ROOT / "demo/2024.json"), "cases": []}, _json(ROOT / "demo/words.json"), 9, now.date(), "slice 7")
    kinds = [place["kind"] for place in world["institutions"]]
    assert {kind: kinds.count(kind) for kind in ("아동양육시설", "공동생활가정", "가정위탁")} == {"아동양육시설": 3, "공동생활가정": 3, "가정위탁": 3}
    assert all("시연" in place["name"] for place in world["institutions"])
    database = connect(f"sqlite:///{tmp_path}/slice.db")
    database.create_all()
    stage = Stage(database, Editions(), Cipher({1: b"k" * 32}, b"i" * 32), MemoryFiles())
    assert load(stage, world, read_folder(ROOT), now) > 60
    assert stage.refused == []
    with database.begin() as connection:
        assert len(connection.execute(select(cases.c.id).where(cases.c.id.not_in(select(institution.c.id)))).all()) == 9
        assert len(set(connection.execute(select(cases.c.status)).scalars())) >= 3
        listed = {}
        for login in (person["login"] for person in world["people"]):
            desk = stage.desk(connection, people.actor_of(connection, login, now), now)
            for view in queries.views(desk):
                listed.setdefault(view.id, set()).update(row.id for row in queries.cases(desk, view.id).rows)
    assert {"case_conference_all_list", "counselling_list", "service_history_facility", "service_history_foster"} <= set(listed)
    few = {view for view, found in listed.items() if len(found) < 2}
    assert few == {"prep_program_list", "manager_change_requests"}, "every list has rows; programmes and decided requests are in the world made by hand"
    database.dispose()
