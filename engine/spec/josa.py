"""Korean particles (조사) by the last sound of the word before them."""

from __future__ import annotations

import re

#: Particles by their first form: after a final consonant, after a vowel.
PARTICLES = {"을": ("을", "를"), "이": ("이", "가"), "은": ("은", "는"), "과": ("과", "와"), "으로": ("으로", "로"), "이나": ("이나", "나"), "아": ("아", "야")}
_BY_ANY = {form: pair for pair in PARTICLES.values() for form in pair} | {"와": PARTICLES["과"], "로": PARTICLES["으로"]}
#: Final sounds: digits as read in Sino-Korean (영 일 이 삼 사 오 육 칠 팔 구), Latin letters by their Korean names.
_DIGITS = dict(zip("0123456789", "ㅇㄹ-ㅁ--ㄱㄹㄹ-", strict=True))
_LETTERS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}
_WORD_ENDS = {"c": "ㄱ", "k": "ㄱ", "p": "ㅂ", "t": "ㅅ", "b": "ㅂ", "d": "ㄷ", "g": "ㄱ"}
_EITHER = re.compile(r"(을\(를\)|를\(을\)|이\(가\)|가\(이\)|은\(는\)|는\(은\)|과\(와\)|와\(과\)|\(으\)로)")
_AFTER = {"을(를)": "을", "를(을)": "을", "이(가)": "이", "가(이)": "이", "은(는)": "은", "는(은)": "은", "과(와)": "과", "와(과)": "과", "(으)로": "으로"}
_SKIPPED = "()[]{}<>「」『』〈〉《》'\"‘’“”.,!?·…~-/%℃ \n\t"
_UNIT_SOUNDS = {"%": "-", "℃": "-"}


def final(word: str) -> str:
    """The final consonant a word ends with as it is read: "" for a vowel, "ㄹ" for ㄹ, "ㅇ" for any other."""
    text = re.sub(r"\s*\([^()]*\)\s*$", "", word) or word
    for at in range(len(text) - 1, -1, -1):
        sign = text[at]
        if sign in _UNIT_SOUNDS:
            return ""
        if sign in _SKIPPED:
            continue
        if "가" <= sign <= "힣":
            coda = (ord(sign) - 0xAC00) % 28
            return "" if coda == 0 else "ㄹ" if coda == 8 else "ㅇ"
        return _foreign(text, at)
    return ""


def _foreign(text: str, at: int) -> str:
    sign = text[at]
    if sign in _DIGITS:
        sound = _DIGITS[sign]
        if sign == "0" and _zeros(text, at) >= 1:
            sound = "ㅇ"
        return "" if sound == "-" else "ㄹ" if sound == "ㄹ" else "ㅇ"
    lower = sign.lower()
    alone = sign.isupper() or at == 0 or not text[at - 1].isalpha()
    named = _LETTERS.get(lower) or (None if alone else _WORD_ENDS.get(lower))
    return "" if named is None else "ㄹ" if named == "ㄹ" else "ㅇ"


def _zeros(text: str, at: int) -> int:
    """How many digits stand before a closing zero (십, 백, 천, 만 all end in a consonant)."""
    return len(text[:at]) - len(text[:at].rstrip("0123456789,"))


def josa(word: str, particle: str) -> str:
    """`word` with the right form of a particle given in either form: with "을", "색깔" becomes "색깔을". A whole sentence is put in quotes first."""
    after, vowel = _BY_ANY[particle]
    if word.endswith((".", "?", "!")) and word.strip(".?!"):
        word = f"‘{word.rstrip('.')}’"
    sound = final(word)
    if after == "으로":
        return word + (after if sound == "ㅇ" else vowel)
    return word + (after if sound else vowel)


def settle_josa(text: str) -> str:
    """`text` with every "을(를)", "이(가)", "은(는)", "와(과)", "(으)로" chosen by the word before it."""
    out = ""
    for n, part in enumerate(_EITHER.split(text)):
        out = josa(out, _AFTER[part]) if n % 2 else out + part
    return out
