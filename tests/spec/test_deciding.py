"""A form that asks a decision table by what it says itself."""

from __future__ import annotations

import json
from datetime import date

import pytest

from engine.spec.check import check
from engine.spec.edition import Edition
from engine.spec.folder import read_folder
from tests.casework.library import TOY
from tests.spec.test_decision import dmn

DAY = date(2024, 3, 4)
TABLE, LESSON = "workflows/decisions/level.dmn", "forms/lesson.json"
RULES = [['"지점"', "< 50", '"다시"'], ['"지점"', ">= 50", '"합격"'], ["-", "?  == None", '"모름"']]


def edition_files(calc="decision.level.결과", rows=RULES, column="점수"):
    files = dict(read_folder(TOY))
    form = json.loads(files[LESSON])
    form["properties"]["결과"] = {"title": "결과", "type": "string", "readOnly": True, "x-calc": calc}
    form["x-layout"][0]["fields"].append("결과")
    files[LESSON] = json.dumps(form, ensure_ascii=False).encode()
    files[TABLE] = dmn([("institution.kind", ""), (column, "")], ["결과"], rows, policy="FIRST", name="level")
    return files


@pytest.mark.parametrize(("marks", "kind", "result"), [((1, 1, 1), "지점", "다시"), ((4, 4, 2), "지점", "합격"), ((4, 4, 2), "버스", None), ((None, 1, 1), "지점", "모름")])
def test_the_table_is_asked_with_the_answers(marks, kind, result):
    form = Edition.from_files(edition_files()).forms["lesson"]
    answers = {"교육일": "2024-03-04", **{f"문항{n}": mark for n, mark in enumerate(marks, 1) if mark}}
    assert form.read(answers, {"today": DAY, "institution": {"kind": kind}}, DAY).derived.get("/결과") == result


def test_the_answers_it_reads_redraw_the_screen():
    form = Edition.from_files(edition_files(column="문항1")).forms["lesson"]
    assert "/문항1" in form.live


def test_names_are_looked_for_in_the_form_that_asks():
    assert [finding for finding in check(edition_files()) if finding.path in (TABLE, LESSON)] == []
    assert {(finding.path, finding.id) for finding in check(edition_files(column="점쑤"))} >= {(TABLE, "unknown-name")}
    assert {(finding.path, finding.id) for finding in check(edition_files(calc="decision.levle.결과"))} >= {(LESSON, "unknown-name")}
