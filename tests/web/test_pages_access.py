"""The access records as those see them who may: newest first, filtered, paged; reading them is one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.casework import access


@pytest.fixture
def admin(town):
    return town.browser("admin")


def note(town, login, act, *, times=1, days=0, **told):
    with town.desk(login, now=town.now - timedelta(days=days)) as desk:
        for _ in range(times):
            access.record(desk, act, **told)


def test_a_record_tells_who_when_whence_whose_what_and_why(town, admin):
    case = town.member()
    note(town, "kim", "sensitive.reveal", subject=case, target=f"record {case} /x", reason="동사무소 확인")
    page = admin.get("/access").text
    for told in ("2024-11-22 14:00", "Kim", "10.0.0.1", "2024-0001", "가린 값 보기", "동사무소 확인"):
        assert told in page
    for hidden in ("김하나", case):
        assert hidden not in page


def test_ones_own_institution_only(town, admin):
    note(town, "far", "case.view", reason="먼 곳")
    assert "먼 곳" not in admin.get("/access").text
    assert "먼 곳" in town.browser("faradmin").get("/access").text


def test_filters_by_period_login_and_case_number(town, admin):
    case = town.member()
    note(town, "kim", "case.view", subject=case, reason="가까운 일")
    note(town, "lee", "case.list", reason="다른 일")
    note(town, "kim", "case.list", reason="오래된 일", days=60)
    shown = admin.get("/access").text
    assert "가까운 일" in shown
    assert "오래된 일" not in shown  # the last month, when no period is named
    assert "오래된 일" in admin.get("/access?from=").text
    assert "오래된 일" in admin.get("/access?from=2024-09-01&to=2024-09-30").text
    assert "가까운 일" not in admin.get("/access?from=2024-09-01&to=2024-09-30").text
    assert "다른 일" not in admin.get("/access?login=kim").text
    numbered = admin.get("/access?number=2024-0001").text
    assert "가까운 일" in numbered
    assert "다른 일" not in numbered
    assert "조건에 맞는 접속기록이 없습니다" in admin.get("/access?number=none").text


def test_a_day_that_is_none_is_told_beside_its_field(admin):
    answer = admin.get("/access?from=어제&login=kim")
    assert answer.status_code == 422
    assert "날짜는 2024-03-01처럼 적으세요." in answer.text
    assert 'value="어제"' in answer.text
    assert 'value="kim"' in answer.text


def test_fifty_a_page_newest_first(town, admin):
    note(town, "kim", "case.list", times=60, reason="많은 일")
    note(town, "kim", "case.list", reason="마지막 일")
    first, second = admin.get("/access?login=kim").text, admin.get("/access?login=kim&page=2").text
    assert "마지막 일" in first
    assert first.count("많은 일") == 49
    assert "마지막 일" not in second
    assert second.count("많은 일") == 11
    assert "page=2" in first
    assert admin.get("/access?page=9999").status_code == 200


def test_reading_it_is_itself_recorded_with_what_was_looked_for(admin):
    admin.get("/access?login=kim&number=2024-0001")
    page = admin.get("/access").text
    assert "접속기록 보기" in page
    assert "login=kim number=2024-0001" in page


def test_a_refused_attempt_shows_as_one(town, admin):
    town.browser("kim").get("/people")
    assert "거절됨" in admin.get("/access?login=kim").text
