"""Sentences: the particle by the last sound, and the same words for summary and field."""

from __future__ import annotations

import pytest

from engine.spec.josa import final, josa, settle_josa
from engine.spec.messages import figure


@pytest.mark.parametrize(
    ("word", "particle", "said"),
    [
        ("학력", "을", "학력을"),
        ("사유", "을", "사유를"),
        ("종료일", "이", "종료일이"),
        ("여부", "은", "여부는"),
        ("여부", "는", "여부는"),
        ("금액", "과", "금액과"),
        ("나이", "와", "나이와"),
        ("서울", "으로", "서울로"),
        ("부산", "으로", "부산으로"),
        ("나이", "로", "나이로"),
        ("나이(만)", "을", "나이(만)를"),
        ("나이 (만)", "이", "나이 (만)가"),
        ("3", "을", "3을"),
        ("2", "을", "2를"),
        ("8", "으로", "8로"),
        ("6", "으로", "6으로"),
        ("10", "을", "10을"),
        ("0", "이", "0이"),
        ("1,000", "이", "1,000이"),
        ("URL", "을", "URL을"),
        ("SNS", "을", "SNS를"),
        ("PDF", "은", "PDF는"),
        ("N", "이", "N이"),
        ("e-mail", "로", "e-mail로"),
        ("Web", "을", "Web을"),
        ("50%", "을", "50%를"),
        ("'가나'", "은", "'가나'는"),
        ("", "을", "를"),
        ("!?", "을", "!?를"),
    ],
)
def test_particles(word, particle, said):
    assert josa(word, particle) == said


def test_particles_in_a_sentence():
    assert settle_josa("금액이(가) 1,000을(를) 넘고 서울(으)로 가는 이은(는) 배와(과) 말과(와)") == "금액이 1,000을 넘고 서울로 가는 이는 배와 말과"
    assert settle_josa("그대로.") == "그대로."


def test_final_sounds():
    assert [final(word) for word in ("물", "불꽃", "배", "")] == ["ㄹ", "ㅇ", "", ""]


def test_figures():
    from decimal import Decimal

    assert [figure(value) for value in (1234567, Decimal("1234.50"), Decimal("0.25"), -5, Decimal("-1234.5"))] == ["1,234,567", "1,234.5", "0.25", "-5", "-1,234.5"]

def test_a_title_that_is_a_sentence_is_quoted():
    from engine.spec.josa import josa

    assert josa("1. 내 옷을 세탁할 수 있다.", "을") == "‘1. 내 옷을 세탁할 수 있다’를"
    assert josa("계획이 있습니까?", "은") == "‘계획이 있습니까?’는"
