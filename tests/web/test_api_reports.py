"""Statistics from outside: figures as JSON, the same as CSV, and what a spreadsheet must not take for a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from tests.casework.library import MEMBER
from web.sheets import cell, csv_of, wanted

REPORT = "/api/reports/members_by_sex"


@pytest.fixture
def full(town):
    for number, sex in enumerate("여남여"):
        answer = town.api("kim").post("/api/cases", json={"form": "member", "data": {**MEMBER, "성별": sex, "주민등록번호": f"06120{number}-4123456"}})
        assert answer.status_code == 201, answer.text
    return town


def test_figures_as_json(full):
    told = full.api("kim").get(REPORT).json()
    assert [column["id"] for column in told["columns"]] == ["status", "sex", "members", "deposit", "score"]
    assert told["rows"] == [
        {"status": "새 회원", "sex": "남", "members": 1, "deposit": 0, "score": None},
        {"status": "새 회원", "sex": "여", "members": 2, "deposit": 0, "score": None},
    ]
    assert (told["filters"], told["behind"]) == ({"year": ["2024", "2024"]}, 0)
    assert full.api("kim").get(f"{REPORT}?year.from=2020&year.to=2021").json()["rows"] == []
    assert full.api("far").get(REPORT).json()["rows"] == []
    assert [row["id"] for row in full.api("kim").get("/api/reports").json()["rows"]] == ["members_by_sex"]


def test_what_cannot_be_asked_is_refused(full):
    api = full.api("kim")
    assert api.get("/api/reports/nothing").status_code == 404
    for query in ("year=soon", "moon=2024", "year.from=2024&year.from=2023"):
        assert api.get(f"{REPORT}?{query}").status_code == 422
    assert full.api("author").get(REPORT).status_code == 403
    assert full.api().get(REPORT).status_code == 401


def test_figures_as_a_file(full):
    answer = full.api("kim").get(REPORT, headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["vary"] == "accept"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [["상태", "성별", "회원 수", "보증금", "평균 점수"], ["새 회원", "남", "1", "0", ""], ["새 회원", "여", "2", "0", ""]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1"])
def test_a_text_that_begins_as_a_formula_gets_a_quote(text):
    (row,) = list(csv.reader(io.StringIO(csv_of(["제목"], [[text]]).decode("utf-8-sig"), newline="")))[1:]
    assert row == ["'" + text]
    assert next(iter(csv.reader(io.StringIO(csv_of([text], []).decode("utf-8-sig"), newline="")))) == ["'" + text]


def test_values_of_cells():
    assert [cell(value) for value in (None, -5, Decimal("-0.000001"), date(2024, 1, 2), True, "가,\"나")] == ["", "-5", "-0.000001", "2024-01-02", "예", "가,\"나"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "csv"), ("", ""), ("*/*", ""), ("application/json, text/csv", ""), ("text/csv;q=1, application/json", "csv"), ("TEXT/CSV", "csv"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ],
)
def test_which_accept_headers_ask_for_a_file(accept, kind):
    assert wanted(accept) == kind
