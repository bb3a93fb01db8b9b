from __future__ import annotations

import io

import pytest

from engine.errors import Broken, Refused
from engine.store import vault
from engine.store.vault import VaultReader, VaultWriter, secret_of

SECRET = secret_of("아주 긴 백업 암호 하나")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(vault, "_CHUNK", 1000)
    monkeypatch.setattr(vault, "_SCRYPT", {"n": 2, "r": 8, "p": 1})


def locked(content):
    out = io.BytesIO()
    writer = VaultWriter(out, SECRET)
    for start in range(0, len(content), 333):
        writer.write(content[start : start + 333])
    writer.finish()
    return out.getvalue()


def opened(held, secret=SECRET):
    return VaultReader(io.BytesIO(held), secret).read()


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 5000])
def test_gives_back_what_was_put_in(size):
    content = bytes(range(256)) * 20
    held = locked(content[:size])
    assert opened(held) == content[:size]
    assert size < 20 or content[:20] not in held


def test_every_change_shows():
    held = locked(b"x" * 2500)
    for place in range(0, len(held), 7):
        damaged = bytearray(held)
        damaged[place] ^= 4
        with pytest.raises(Broken):
            opened(bytes(damaged))
    for cut in (held[:-1], held[:-600], held[:100], b"", held + b"x", held + held):
        with pytest.raises(Broken):
            opened(cut)


def test_chunks_cannot_change_places_or_be_left_out():
    held = locked(b"a" * 1000 + b"b" * 1000 + b"c" * 1000 + b"d")
    begin = held.index(b"}") + 1
    size = 4 + 1000 + 16
    one, two, three = (held[begin + n * size : begin + (n + 1) * size] for n in range(3))
    rest = held[begin + 3 * size :]
    assert opened(held[:begin] + one + two + three + rest)
    for odd in (two + one + three + rest, one + three + rest, one + two + three):
        with pytest.raises(Broken):
            opened(held[:begin] + odd)


def test_needs_its_key(tmp_path):
    held = locked(b"secret")
    with pytest.raises(Broken):
        opened(held, secret_of("다른 긴 백업 암호 하나"))
    with pytest.raises(Refused):
        secret_of("짧다")
    key = tmp_path / "key"
    key.write_bytes(b"k" * 31)
    with pytest.raises(Refused):
        secret_of(key_file=key)
    key.write_bytes(b"k" * 32)
    assert secret_of(key_file=key) != SECRET


def test_hostile_header_does_not_eat_the_machine():
    held = locked(b"x")
    with pytest.raises(Broken):
        opened(held.replace(b'"n": 2', b'"n": 1073741824'))
