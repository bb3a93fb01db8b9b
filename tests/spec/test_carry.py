"""Answers carried between editions: names and codes are followed both ways, what has no place is named."""

from __future__ import annotations

import pytest

from engine.spec.carry import carrier
from engine.spec.edition import Edition
from tests.spec.test_difference import KINDS, LOAN, edited, toy

ANSWERS = {"대여일": "2024-11-22", "분야": "목공", "목공": {"나무": "참나무", "두께": 12}, "보증금": 3000, "품목": [{"품명": "톱", "금액": 1000}, {"품명": "끌", "금액": 2000}]}


@pytest.fixture(scope="module")
def changed():
    """Next year's loan: a field, a section's field, a column and a code have other names; a field is gone."""
    files = edited(
        (LOAN, '"두께": {"title": "두께"', '"굵기": {"x-was": ["목공.두께"], "title": "굵기"'),
        (KINDS, '"code": "목공"', '"code": "나무일", "was": ["목공"]'),
    )
    text = files[LOAN].decode().replace('"const": "목공"', '"const": "나무일"')
    text = text.replace('"금액": {"title"', '"값": {"x-was": ["OLD"], "title"').replace("금액", "값").replace("OLD", "금액")
    files[LOAN] = text.encode()
    return Edition.from_files(files).forms["loan"]


def test_names_and_codes_are_followed_forth_and_back(changed):
    old = toy().forms["loan"]
    forth, back = carrier(old, changed), carrier(changed, old)
    moved = forth.answers(ANSWERS)
    assert moved["목공"] == {"나무": "참나무", "굵기": 12}
    assert moved["분야"] == "나무일"
    assert moved["품목"] == [{"품명": "톱", "값": 1000}, {"품명": "끌", "값": 2000}]
    assert back.answers(moved) == ANSWERS
    assert forth.lost(ANSWERS) == back.lost(moved) == ()
    assert forth.pointer("/품목/1/금액") == "/품목/1/값"


def test_a_form_that_asks_the_same_is_not_gone_through():
    old, other = toy().forms["loan"], Edition.from_files(edited((LOAN, '"title": "대여"}', '"title": "빌림"}'))).forms["loan"]
    assert carrier(old, other).same
    assert carrier(old, other).answers(ANSWERS) == ANSWERS


def test_what_has_no_place_is_named():
    old, member = toy().forms["loan"], toy().forms["member"]
    assert carrier(old, member).lost(ANSWERS) == ("대여일", "분야", "나무", "두께", "보증금", "품명", "금액")
    assert carrier(old, member).answers(ANSWERS) == {}
    assert carrier(old, member).pointer("/품목/0/금액") is None


def test_a_code_the_list_no_longer_has_is_to_be_chosen_anew():
    files = edited((KINDS, '"code": "정원"', '"code": "밭"'))
    loan = files[LOAN].decode().replace("정원", "밭")
    new = Edition.from_files({**files, LOAN: loan.encode()}).forms["loan"]
    assert carrier(toy().forms["loan"], new).lost({"분야": "정원"}) == ("분야",)
    assert carrier(toy().forms["loan"], new).lost({"분야": "목공"}) == ()
