"""Made-up answers that a form accepts, whatever it asks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from engine.spec.edition import load_edition
from engine.spec.filling import Filler

ROOT = Path(__file__).resolve().parents[2]
ON = date(2024, 11, 22)
FACTS = {"마감일자": None, "today": ON}
WORDS = {
    "texts": ["지어낸 글", "아주 " * 60],
    "titles": {"회원명": ["김하나"], "생년월일": {"days": [-8000, -7000]}, "주민등록번호": None},
    "units": {"원": {"from": 1000, "to": 9000, "step": 1000}},
    "loan": {"/보증금": {"fx": "합계(행.금액 for 행 in 품목)"}, "/반납예정일": {"days": [1, 20]}},
}


@pytest.fixture(scope="module")
def forms():
    return load_edition(ROOT / "tests/toy").forms


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ["member", "lesson", "loan", "leave"])
@pytest.mark.parametrize("ripe", [0.0, 0.5, 1.0])
def test_what_is_made_up_is_accepted(forms, name, seed, ripe):
    form = forms[name]
    made = Filler(form, FACTS, ON, WORDS, Random(seed), ripe).fill({})
    reading = form.read(made, FACTS, ON, confirmed=True, strict=False)
    assert reading.ok, reading.errors


def test_the_same_seed_makes_the_same_and_what_is_given_stays(forms):
    made = [Filler(forms["loan"], FACTS, ON, WORDS, Random(3), 0.7).fill({"분야": "전기", "대여일": "2024-11-01"}) for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["분야"], made[0]["대여일"]) == ("전기", "2024-11-01")


def test_a_field_nobody_wrote_words_for_is_filled_from_what_it_is(forms):
    made = Filler(forms["lesson"], FACTS, ON, {}, Random(1), 1.0).fill({})
    assert forms["lesson"].read(made, FACTS, ON).ok
