"""Holds K15, S01, S02, S05, S07 (SECURITY.md)."""

from __future__ import annotations

import unicodedata

import pytest

from engine.casework import passwords


@pytest.mark.parametrize(
    "password",
    ["abcd12", "1234567", "password123", "Password!!", "qwertyuiop", "1234567890", "0987654321", "aaaaaaaaaaaa", "abababababab", "qwerqwerqwer1!",
     "letmeinletmein", "비밀번호123!!", "didimdol-2024", "나의디딤돌이야기", "kim.hana-secret", "나무집에서삽니다요", "x" * 257, "abc\ud800defghij"],
)  # fmt: skip
def test_weak_passwords_are_refused_with_a_sentence(password):
    sentence = passwords.why_not(password, words=("kim.hana", "김하나", "나무집"))
    assert sentence
    assert sentence.endswith(("다.", "요."))


@pytest.mark.parametrize(
    "password",
    ["올바른 말과 배터리", "correct horse battery", "가" * 3 + "나다라마바사아" + "zq", "é" * 5 + "vocabulary" * 6, "  앞뒤 빈칸도 그대로  "],
)
def test_long_ones_of_any_script_are_accepted(password):
    assert passwords.why_not(password, words=("kim", "김하나")) is None


def test_compared_byte_for_byte():
    stored = passwords.hashed(" 긴 비밀번호 ABC ")
    assert passwords.matches(stored, " 긴 비밀번호 ABC ")
    for other in (" 긴 비밀번호 ABC", "긴 비밀번호 ABC ", " 긴 비밀번호 abc ", unicodedata.normalize("NFD", " 긴 비밀번호 ABC ")):
        assert not passwords.matches(stored, other)
    assert not passwords.matches(None, "x")
    assert not passwords.matches("not a hash", "x")


def test_one_time_passwords_are_random_and_readable():
    made = {passwords.one_time() for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) == 23 and not set(one) & set("01IOio") for one in made)


def test_parameters_are_strong_enough():
    assert passwords.KIB >= 19 * 1024
    assert passwords.ROUNDS >= 2
