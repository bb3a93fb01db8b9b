"""Stand-ins: what they keep, what they replace, that the same becomes the same; and that what is left in is found, by one who does not know how they are made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spec.edition import load_edition
from engine.spec.form import compile_form
from engine.spec.leaks import Leaks
from engine.spec.standin import StandIns

TOY = Path(__file__).resolve().parents[1] / "toy"
EDITION = load_edition(TOY)
WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def form_of(**fields):
    schema = {
        "$id": "urn:didimdol:form:one:toy", "x-dialect": 1, "x-screen": {"title": "하나"}, "type": "object", "additionalProperties": False,
        "properties": {name: {"title": name, **field} for name, field in fields.items()}, "x-layout": [{"tab": "하나", "fields": list(fields)}],
    }
    return compile_form(schema, EDITION.lists, "forms/one.json")


TEXT, DAY, RRN = {"type": "string", "maxLength": 200}, {"type": "string", "format": "date"}, {"type": "string", "pattern": "^[0-9]{6}-[0-9]{7}$", "x-sensitive": "rrn"}
PHONE = {"type": "string", "pattern": "^0[0-9]{1,2}-[0-9]{3,4}-[0-9]{4}$"}


def test_codes_numbers_and_times_stay_texts_go_and_days_move():
    form = form_of(갈래={"$ref": "urn:didimdol:list:sex"}, 수={"type": "integer"}, 때={"type": "string", "format": "date-time"}, 시각={"type": "string", "format": "time"}, 날=DAY, 글=TEXT)
    data = {"갈래": "여", "수": 3, "때": "2024-12-30T14:00", "시각": "09:30", "날": "2024-02-28", "글": "비밀 이야기"}
    made = StandIns({"비밀 이야기"}, 2).answers(form, data)
    assert made == {"갈래": "여", "수": 3, "때": "2025-01-01T14:00", "시각": "09:30", "날": "2024-03-01", "글": "지어낸 글 1"}


def test_the_same_text_becomes_the_same_and_as_many_parts():
    form, stands = form_of(하나=TEXT, 둘=TEXT, 셋={"type": "string", "maxLength": 3}), StandIns((), 0)
    first, second = stands.answers(form, {"하나": "김하나", "둘": "김하나, 이둘;박셋", "셋": "김하나"}), stands.answers(form, {"하나": "김하나", "셋": "가나다"})
    assert first["하나"] == second["하나"] != first["셋"]
    assert (first["둘"].count(","), len(first["셋"]) <= 3, second["셋"] != first["셋"]) == (2, True, True)


def test_what_the_form_fills_in_and_was_not_answered_is_taken_away():
    assert StandIns((), 0).answers(EDITION.forms["loan"], {"분야": "정원"}) == {"대여일": None, "분야": "정원"}


@pytest.mark.parametrize(("number", "days", "born", "sex"), [
    ("061205-4123456", 5, "061210", "4"), ("991230-1123456", 5, "000104", "3"), ("000102-4123456", -5, "991228", "2"), ("700101-6123456", 1, "700102", "6"),
])
def test_a_resident_number_moves_with_the_days_and_keeps_the_sex(number, days, born, sex):
    made = StandIns({number, number[:6]}, days).answers(form_of(번호=RRN), {"번호": number})["번호"]
    assert (made[:6], made[7]) == (born, sex)
    figures = [int(figure) for figure in made.replace("-", "")]
    assert (11 - sum(weight * figure for weight, figure in zip(WEIGHTS, figures, strict=False)) % 11) % 10 == figures[-1]


def test_a_number_that_names_no_day_keeps_its_shape_only():
    assert StandIns((), 3).answers(form_of(번호=RRN), {"번호": "069999-4123456"}) == {"번호": "000000-0000001"}


def test_patterns_are_kept_to():
    form = form_of(전화=PHONE, 우편={"type": "string", "pattern": "^[a-z.]+@[a-z.]+[.][a-z]{2,}$"}, 계좌={"type": "string", "pattern": "^[0-9]+(-[0-9]+)*$", "x-sensitive": "account"}, 모름={"type": "string", "pattern": "^(참|거짓)$"})
    made = StandIns({"031-123-4567"}, 0).answers(form, {"전화": "031-123-4567", "우편": "kim@place.kr", "계좌": "110-234-567890", "모름": "참"})
    assert (made["전화"], made["계좌"]) == ("031-000-0001", "000-000-000001")
    assert "모름" not in made  # nothing made up fits: better no answer than somebody's


def test_a_day_can_go_elsewhere():
    made = StandIns((), 0, {"2006-12-05": "2006-12-08"}).answers(form_of(날=DAY, 번호=RRN), {"날": "2006-12-05", "번호": "061205-4123456"})
    assert (made["날"], made["번호"][:6]) == ("2006-12-08", "061208")


def test_the_other_way_a_day_can_go():
    assert StandIns((), 5).other_day("2024-12-31") == "2024-12-31"
    assert StandIns((), 0, {"2006-12-05": "2006-12-08"}).other_day("2024-12-05") == "2024-12-08"


def scenario(data, **step):
    return {"title": "가", "given": {"now": "2024-01-01T09:00"}, "steps": [{"as": "p1", "do": "register", "what": "member", "data": data, **step}]}


def test_what_is_left_in_is_found_where_it_stands():
    leaks = Leaks(EDITION, frozenset({"김하나", "2006-12-05", "여", "목공"}), frozenset())
    assert leaks.found(scenario({"회원명": "지어낸 글"})) == []
    assert leaks.found(scenario({"회원명": "가 김하나 나"})) == ["/steps/0/data/회원명"]
    assert leaks.found(scenario({"생년월일": "2006-12-05"})) == ["/steps/0/data/생년월일"]
    assert leaks.found(scenario({}, reason="김하나의 부탁")) == ["/steps/0/reason"]
    assert leaks.found(scenario({"김하나": "가"})) == ["/steps/0/data"]
    assert leaks.found({**scenario({}), "title": "김하나 이야기"}) == ["/title"]


def test_words_of_the_edition_are_nobodys_where_they_belong():
    leaks = Leaks(EDITION, frozenset({"목공", "loan", "회원명", "register", "이용 중"}), frozenset())
    step = {"as": "p1", "do": "complete", "what": "loan", "data": {"분야": "목공", "목공": {"나무": "가"}}, "expect": {"tasks": ["loan"], "status": "이용 중"}}
    assert leaks.found({**scenario({"회원명": "가"}), "steps": [step]}) == []
    step = {**step, "data": {"목공": {"나무": "목공"}}}
    assert leaks.found({**scenario({}), "steps": [step]}) == ["/steps/0/data/목공/나무"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("김하나 지어낸글보기아무말ㄱ1203가상,-;.@mdeuaktil"), min_size=1, max_size=12), min_size=1, max_size=6),
    st.dates(date(1990, 1, 1), date(2012, 12, 31)), st.integers(-27, 27).filter(bool),
)
def test_nothing_of_what_was_typed_is_left_whatever_was_typed(texts, born, days):
    number = f"{born:%y%m%d}-{'1' if born.year < 2000 else '3'}123456"
    typed = {text.strip() for text in texts} - {""}
    secrets = typed | {number, number.replace("-", ""), f"{born:%y%m%d}", born.isoformat()}
    stands = StandIns(secrets, days)
    answers = [stands.answers(EDITION.forms["member"], {"회원명": text, "생년월일": born.isoformat(), "주민등록번호": number}) for text in typed]
    steps = [{"as": "p1", "do": "register", "what": "member", "data": each} for each in answers]
    assert Leaks(EDITION, frozenset(secrets), frozenset()).found({"title": "가", "given": {}, "steps": steps}) == []
    assert len({each["회원명"] for each in answers}) == len(typed)
