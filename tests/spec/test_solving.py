"""Answers that lead somewhere in a form, on the toy edition: each is tried on the form itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.spec import solving
from engine.spec.edition import load_edition
from engine.spec.expression import compile_fx
from engine.spec.fields import sections
from engine.spec.filling import Filler, Least

EDITION = load_edition(Path(__file__).resolve().parents[1] / "toy")
DAY = date(2024, 3, 4)
FACTS = {"today": DAY, "closing_date": date(2024, 1, 1), "마감일자": date(2024, 1, 1), "case": {"가입일": date(2024, 1, 1), "생년월일": date(2006, 1, 1)}, "person": {}, "record": {}, "work": {}}
BRANCHES = [(form.id, branch.id) for form in EDITION.forms.values() for section in sections(form.root) for branch in section.branches]
CHECKS = [(form.id, section.pointer, check.id) for form in EDITION.forms.values() for section in sections(form.root) for check in section.checks]


def complaints(form, answers):
    reading = form.read(answers, FACTS, DAY)
    return {one.keyword for one in (*reading.errors, *reading.warnings)}


@pytest.mark.parametrize(("form", "branch"), BRANCHES)
@pytest.mark.parametrize("taken", [True, False])
def test_a_branch_goes_the_way_that_was_wanted(form, branch, taken):
    found = solving.for_branch(EDITION.forms[form], branch, taken=taken)
    assert found
    for answers in found:
        assert EDITION.forms[form].read(answers, FACTS, DAY, strict=False).outcomes[branch] is taken


@pytest.mark.parametrize(("form", "pointer"), [("loan", "/전기/전압"), ("loan", "/목공"), ("loan", "/품목"), ("leave", "/휴면/휴면종료일"), ("member", "/성별")])
def test_a_field_is_shown(form, pointer):
    for answers in solving.for_field(EDITION.forms[form], pointer):
        assert pointer in EDITION.forms[form].read(answers, FACTS, DAY, strict=False).visible


@pytest.mark.parametrize(("form", "pointer", "ident"), [one for one in CHECKS if one[2] in ("기간", "합계", "오래", "나이", "마감")])
def test_a_check_is_met_and_then_broken(form, pointer, ident):
    form = EDITION.forms[form]
    section, check = next((section, check) for section in sections(form.root) for check in section.checks if (section.pointer, check.id) == (pointer, ident))
    wanted = solving.for_field(form, solving.own_fields(form, check, section)[0])[0]
    answers = Filler(form, FACTS, DAY, {}, Least(), 0.0, solving.own_fields(form, check, section)).fill(wanted)
    answers = solving.mended(form, answers, FACTS, DAY)
    assert ident not in complaints(form, answers)
    broken = solving.against(form, check, section, answers, FACTS, DAY)
    assert ident in complaints(form, broken)


@pytest.mark.parametrize(("source", "found"), [
    ("work.a.b == '가' and visits.x < 2", {("work", "a", "b"): "가"}), ("'나' == record.a.last.b", {("record", "a", "last", "b"): "나"}),
    ("work.a.b in ['다', '라']", {("work", "a", "b"): "다"}), ("work.a.b > 3 or work.c.d == 1", {}), ("work.a.b == work.c.d", {}),
])
def test_what_a_condition_says_plainly(source, found):
    assert solving.equalities(compile_fx(source)) == found
