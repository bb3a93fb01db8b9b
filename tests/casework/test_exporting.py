"""Holds K11, K20 (SECURITY.md)."""

from __future__ import annotations

import pytest

from engine.casework import exporting
from engine.errors import Invalid, NotFound
from engine.store.tables import access_record, cases


@pytest.fixture
def full(library):
    for number, name in enumerate(("하하나", "가하나", "다둘")):
        library.member(회원명=name, 주민등록번호=f"06120{number}-4123456")
    library.member("far", 회원명="남남", 주민등록번호="061209-4000000")
    return library


def noted(library, act):
    with library.database.begin() as connection:
        return [(row.subject, row.reason, row.target) for row in connection.execute(access_record.select().order_by(access_record.c.seq)) if row.act == act]


def test_a_whole_list_needs_a_reason_that_stands_beside_every_case(full, monkeypatch):
    monkeypatch.setattr(exporting, "PART", 2)
    for reason in (" ", "ㄱ" * 501, ""):
        with pytest.raises(Invalid), full.desk("kim") as desk:
            exporting.begin(desk, "members", reason)
    with full.desk("kim") as desk:
        whole = exporting.begin(desk, "members", "연말  보고", sort="name")
    rows = []
    for start in (0, 2):
        with full.desk("kim") as desk:
            rows += exporting.part(desk, whole, start)
    assert [row.label for row in rows] == ["가하나", "다둘", "하하나"]
    one, *each = noted(full, "case.export")
    assert one == ("", "연말 보고", f"view members, 3 rows, no. {whole.number}")
    assert each == [(row.id, "연말 보고", f"view members, no. {whole.number}") for row in rows]


def test_filters_hold_and_what_left_the_reach_meanwhile_stays_out(full):
    with full.desk("kim") as desk:
        whole = exporting.begin(desk, "members", "보고", {"name": "하나"}, "name", act=exporting.PAPER)
    with full.database.begin() as connection:
        connection.execute(cases.update().where(cases.c.id == whole.ids[0]).values(institution_id=full.places["나지점"]))
    with full.desk("kim") as desk:
        rows = exporting.part(desk, whole, 0)
    assert [row.label for row in rows] == ["하하나"]
    assert [subject for subject, _, _ in noted(full, "case.print")] == ["", rows[0].id]


def test_what_is_out_of_reach_cannot_leave(full):
    full.hire("writer", "가지점", "author")
    with pytest.raises(NotFound), full.desk("writer") as desk:
        exporting.begin(desk, "members", "보고")
    with full.desk("far") as desk:
        assert len(exporting.begin(desk, "members", "보고").ids) == 1
