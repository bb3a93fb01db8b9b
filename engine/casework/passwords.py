"""Which passwords are accepted, and how they are kept: argon2id, compared byte for byte, never trimmed, folded or cut.

No composition rules and no forced change (ASVS 5.0, 6.2): length, and not one of the passwords everybody tries first.
"""

from __future__ import annotations

import re
import secrets
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST = 10
LONGEST = 256
_SYSTEM_WORDS = ("didimdol", "디딤돌")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "가나다라마바사아자차카타파하", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ")
_TAIL = re.compile(r"[\W\d_]+$")
_ONE_TIME = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without what looks alike

ROUNDS, KIB = 3, 32 * 1024  # OWASP asks for at least 2 and 19 MiB
hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=KIB, parallelism=1)
_at_once = threading.BoundedSemaphore(4)  # each takes 32 MiB: a rush of sign-ins must not take the machine


def why_not(password: str, *, words: Iterable[str] = ()) -> str | None:
    """Return the sentence that says why `password` is not accepted, or None. `words` are those of its surroundings: login, names, places."""
    if len(password) < SHORTEST:
        return f"비밀번호는 {SHORTEST}자 이상으로 정하세요."
    if len(password) > LONGEST:
        return f"비밀번호는 {LONGEST}자까지 쓸 수 있습니다."
    if not _encodable(password):
        return "비밀번호에 쓸 수 없는 글자가 있습니다."
    folded = password.casefold()
    if _monotonous(folded) or _usual(folded):
        return "누구나 먼저 시도해 보는 비밀번호입니다. 다른 것으로 정하세요."
    for word in (*words, *_SYSTEM_WORDS):
        if _telling(word) and word.casefold() in folded:
            return "아이디, 이름, 기관 이름, 시스템 이름이 들어간 비밀번호는 쓸 수 없습니다."
    return None


def hashed(password: str) -> str:
    """Return the argon2id hash to store."""
    with _at_once:
        return hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Tell whether `password` is the one; takes the same time where nothing is stored."""
    if not _encodable(password) or len(password) > LONGEST:
        password = ""
    with _at_once:
        try:
            return hasher.verify(stored or _nobody_s(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Tell whether `stored` was made with weaker parameters than today's."""
    return hasher.check_needs_rehash(stored)


def one_time() -> str:
    """Return a random password for one sign-in, in groups that can be read out (95 bits)."""
    return "-".join("".join(secrets.choice(_ONE_TIME) for _ in range(5)) for _ in range(4))[:23]


@cache
def _nobody_s() -> str:
    return hasher.hash(secrets.token_hex())


@cache
def _list() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("usual_passwords.txt").read_text(encoding="utf-8").split())


def _usual(folded: str) -> bool:
    return any(
        len(text) % len(word) == 0 and word * (len(text) // len(word)) == text for text in (folded, _TAIL.sub("", folded)) if text for word in _list()
    )


def _monotonous(folded: str) -> bool:
    if len(set(folded)) <= 2:
        return True
    rows = [row + row for row in _ROWS]
    return any(folded in row or folded in row[::-1] for row in rows)


def _telling(word: str) -> bool:
    return len(word) >= (3 if word.isascii() else 2)


def _encodable(password: str) -> bool:
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return True
