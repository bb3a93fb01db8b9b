"""Ids: 26 characters, sortable by the moment they were made, unguessable in their last 16 (as ULID, Crockford base 32)."""

from __future__ import annotations

import os
import threading
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(a + b for a in _ALPHABET for b in _ALPHABET)  # ten bits at a time
_LENGTH = 26
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return a new id. Ids made in one process always grow, even within a millisecond or when the clock steps back."""
    global _last  # noqa: PLW0603 -- the one thing that makes ids of this process monotonic
    with _lock:
        number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
        if number <= _last:
            number = _last + 1 + int.from_bytes(os.urandom(4))
        _last = number
    return _encode(number)


def is_id(text: object) -> bool:
    """Tell whether `text` could be an id; what is none need not be looked for."""
    return isinstance(text, str) and len(text) == _LENGTH and text.isascii() and text.isalnum()


def _encode(number: int) -> str:
    pairs = _PAIRS
    return "".join([pairs[number >> shift & 1023] for shift in range(120, -1, -10)])
