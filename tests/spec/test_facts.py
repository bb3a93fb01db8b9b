from __future__ import annotations

from pathlib import Path

import pytest

from engine.spec.edition import load_edition
from engine.spec.expression import compile_fx
from engine.spec.facts import TASK, fact_types, form_type
from engine.spec.judge import places, problems_of

TOY = Path(__file__).resolve().parents[1] / "toy"


@pytest.fixture(scope="module")
def edition():
    return load_edition(TOY)


@pytest.fixture(scope="module")
def types(edition):
    return fact_types(edition, edition.forms)


@pytest.mark.parametrize(("source", "kinds"), [
    ("case.생년월일", ("date",)), ("case.owner_name", ("text",)), ("record.loan.count + 1", ("number",)), ("record.loan.last.saved", ("date",)),
    ("record.loan.first.by", ("text",)), ("합계(행.금액 for 행 in record.loan.last.품목)", ("number",)), ("work.keeper_change.새담당", ("text",)),
    ("visits.lesson < 3", ("boolean",)), ("종결됨 or 휴면중", ("boolean",)), ("마감일자", ("date",)), ("'keeper' in person.roles", ("boolean",)),
    ("institution.kind == '지점'", ("boolean",)), ("case.status == '휴면'", ("boolean",)), ("'x' if 종결됨 else None", ("text",)),
])
def test_what_an_expression_may_read(types, source, kinds):
    assert problems_of(compile_fx(source), types, kinds) == []


@pytest.mark.parametrize(("source", "kind"), [
    ("case.주민등록번호", "unknown-name"), ("record.lone.count", "unknown-name"), ("record.loan.last.없음", "unknown-name"), ("task.due", "unknown-name"),
    ("visits.nowhere", "unknown-name"), ("case.생년월일 < '2000-01-01'", "type-mismatch"), ("case.성별 == '남성'", "constant-not-in-list"),
    ("case.status == '탈퇴함'", "constant-not-in-list"), ("'keepr' in person.roles", "constant-not-in-list"), ("record.lesson.last.점수 == '75'", "type-mismatch"),
])
def test_what_it_may_not(types, source, kind):
    assert [found for found, _ in problems_of(compile_fx(source), types)] == [kind]


def test_a_result_of_the_wrong_kind(types):
    assert [kind for kind, _ in problems_of(compile_fx("case.생년월일"), types, ("text",))] == ["wrong-kind"]
    assert problems_of(compile_fx("None"), types, ("text",)) == []
    assert problems_of(compile_fx("task.days_left <= 7"), {**types, "task": TASK}, ("boolean",)) == []


def test_sensitive_answers_are_no_facts(edition):
    assert "주민등록번호" in edition.forms["member"].root.children
    assert "주민등록번호" not in form_type(edition.forms["member"]).fields


def test_a_form_that_cannot_be_read_holds_anything(edition):
    types = fact_types(edition, [*edition.forms, "broken"])
    assert problems_of(compile_fx("record.broken.last.무엇이든 == 1"), types) == []


def test_places_of_a_pattern():
    data = {"a": [{"b": 1}, {"c": 2}, {"b": 3}], "d": {"x": {"b": 4}}}
    assert list(places(data, "/a/*/b")) == [("/a/0/b", 1), ("/a/2/b", 3)]
    assert list(places(data, "/d/*/b")) == [("/d/x/b", 4)]
    assert list(places(data, "/nothing/*")) == []
