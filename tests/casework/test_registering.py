from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.casework import cases, settings
from engine.errors import Forbidden, Invalid, NotFound, Stale
from engine.store.tables import cases as table
from tests.casework.library import MEMBER, NOW, everything


def test_numbers_count_by_institution_and_year(library):
    for login, now in (("kim", NOW), ("lee", NOW), ("far", NOW), ("kim", NOW + timedelta(days=60))):
        library.member(login, now=now)
    with library.database.begin() as connection:
        numbers = connection.execute(select(table.c.institution_id, table.c.number).order_by(table.c.id)).all()
    mine, theirs = ([row.number for row in numbers if row.institution_id == library.places[name]] for name in ("가지점", "나지점"))
    assert mine == ["2024-0001", "2024-0002", "2025-0001"]
    assert theirs == ["2024-0001"]


def test_every_error_is_told_and_nothing_is_stored(library):
    before = everything(library.database)
    with pytest.raises(Invalid) as caught, library.desk("kim") as desk:
        cases.register(desk, "member", {"생년월일": "2020-01-01", "주민등록번호": "12", "가입일": "2024-11-22", "남는것": 1})
    assert {error.path for error in caught.value.errors} >= {"/회원명", "/생년월일", "/성별", "/주민등록번호", "/남는것"}
    assert everything(library.database) == before


def test_who_may_not_register(library):
    library.hire("reader", "가지점", "admin")
    with pytest.raises(Forbidden), library.desk("reader") as desk:
        cases.register(desk, "member", MEMBER)
    with pytest.raises(NotFound), library.desk("kim") as desk:
        cases.register(desk, "lesson", {})


def test_the_same_identifier_twice_asks_first(library):
    library.member()
    with pytest.raises(Invalid) as caught, library.desk("lee") as desk:
        cases.register(desk, "member", {**MEMBER, "주민등록번호": "061205-4123456"})
    assert [(error.path, error.level) for error in caught.value.errors] == [("/주민등록번호", "warning")]
    with library.desk("far") as desk:  # another branch is not told
        assert cases.register(desk, "member", MEMBER)


def test_one_key_one_case(library):
    with library.desk("kim") as desk:
        first = cases.register(desk, "member", MEMBER, key="a")
    with library.desk("kim") as desk:
        assert cases.register(desk, "member", MEMBER, key="a") == first
    with pytest.raises(Stale), library.desk("kim") as desk:
        cases.register(desk, "member", {**MEMBER, "회원명": "이둘"}, key="a")
    with library.desk("lee") as desk:  # keys are each person's own
        assert cases.register(desk, "member", MEMBER, key="a", confirmed=True) != first


def test_a_draft_of_a_case_to_come_is_ones_own(library):
    with library.desk("kim") as desk:
        ident, version = cases.save_draft(desk, "member", {"회원명": "김하나", "주민등록번호": "061205-4123456"})
    with library.desk("kim") as desk:
        seen = cases.blank(desk, "member", draft_id=ident)
    assert seen.answers == {"회원명": "김하나", "주민등록번호": "061205-4******"}
    with pytest.raises(NotFound), library.desk("lee") as desk:
        cases.blank(desk, "member", draft_id=ident)
    with pytest.raises(Stale), library.desk("kim") as desk:
        cases.save_draft(desk, "member", {"회원명": "김둘"}, draft_id=ident, version=version + 1)
    with library.desk("kim") as desk:
        case_id = cases.register(desk, "member", {**MEMBER, "주민등록번호": "061205-4******"}, draft_id=ident)
    with pytest.raises(NotFound), library.desk("kim") as desk:
        cases.blank(desk, "member", draft_id=ident)
    with library.desk("kim") as desk:
        assert cases.view(desk, case_id).identity == (("주민등록번호", "061205-4******"),)


def test_prefill_and_preview(library):
    with library.desk("kim") as desk:
        assert cases.blank(desk, "member").answers == {"가입일": "2024-11-22"}
        reading = cases.preview(desk, "member", {"생년월일": "2006-12-05", "가입일": "2024-11-22", "주민등록번호": "061205-4123456"})
    assert reading.derived["/가입나이"] == 17
    assert reading.data["주민등록번호"] == "061205-4******"


def test_the_closing_date_holds_at_once(library):
    """Holds R23 (docs/rules.md)."""
    library.hire("closer", "가지점", "admin")
    with library.desk("closer") as desk:
        settings.set_closing_date(desk, date(2024, 11, 1))
        assert settings.closing_date(desk) == date(2024, 11, 1)
    with pytest.raises(Invalid), library.desk("kim") as desk:
        cases.register(desk, "member", {**MEMBER, "가입일": "2024-10-31"})
    with library.desk("kim") as desk:
        cases.register(desk, "member", {**MEMBER, "가입일": "2024-11-01"})
    with pytest.raises(Forbidden), library.desk("kim") as desk:
        settings.set_closing_date(desk, None)


def test_another_branch_does_not_see_a_case(library):
    case_id = library.member()
    for ask in (cases.view, cases.actions):
        with pytest.raises(NotFound), library.desk("far") as desk:
            ask(desk, case_id)
