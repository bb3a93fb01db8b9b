from __future__ import annotations

from sqlalchemy import update

from engine.casework.colleagues import Colleagues
from engine.spec.expression import compile_fx
from engine.store.tables import person
from tests.casework.world import found_person


def test_a_form_can_say_who_was_chosen(desk):
    with desk() as d:
        lee = found_person(d, "lee")
        found_person(d, "far", place="돌집")
        gone = found_person(d, "gone")
        d.connection.execute(update(person).where(person.c.id == gone.person_id).values(disabled_at=d.now))
        people = Colleagues(d.connection, lee.institution_id)
        said = compile_fx("people[고른사람].name")
        assert said({"people": people, "고른사람": "lee"}) == "lee 이름"
        assert [said({"people": people, "고른사람": login}) for login in ("far", "gone", "nobody", None, 3)] == [None] * 5
        assert list(people) == ["lee"]
        assert people["lee"]["institution_name"] == "나무집"
