"""Holds K18, S44, S48 (SECURITY.md)."""

from __future__ import annotations

import json

import pytest

from engine.errors import Broken, Refused
from engine.store.cipher import Cipher
from engine.store.keyring import Keyring, load_keyring, new_keyring, parse_keyring

ONE, TWO, INDEX = b"1" * 32, b"2" * 32, b"i" * 32
PLACE = "revision|01J|sealed"


def test_seals_and_opens():
    cipher = Cipher({1: ONE}, INDEX)
    sealed = cipher.seal("주민등록번호".encode(), PLACE)
    assert "주민등록번호".encode() not in sealed
    assert cipher.open(sealed, PLACE) == "주민등록번호".encode()
    assert cipher.seal(b"x", PLACE) != cipher.seal(b"x", PLACE)


def test_value_in_another_place_does_not_open():
    cipher = Cipher({1: ONE}, INDEX)
    sealed = cipher.seal(b"x", PLACE)
    with pytest.raises(Broken):
        cipher.open(sealed, "revision|01K|sealed")


def test_every_flipped_bit_is_noticed():
    cipher = Cipher({1: ONE, 2: TWO}, INDEX)
    sealed = cipher.seal(b"x", PLACE)
    for place in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[place] ^= 1
        with pytest.raises(Broken):
            cipher.open(bytes(damaged), PLACE)
    for cut in (b"", sealed[:3], sealed[:10], sealed[:-1]):
        with pytest.raises(Broken):
            cipher.open(cut, PLACE)


def test_old_values_stay_readable_after_rotation():
    before, after = Cipher({1: ONE}, INDEX), Cipher({1: ONE, 2: TWO}, INDEX)
    sealed, code = before.seal(b"x", PLACE), before.mac(b"x", "history")
    assert after.open(sealed, PLACE) == b"x"
    assert after.verify(code, b"x", "history")
    assert not after.fresh(sealed)
    assert after.fresh(after.seal(b"x", PLACE))
    with pytest.raises(Broken):
        before.open(after.seal(b"x", PLACE), PLACE)
    with pytest.raises(Broken):
        Cipher({2: TWO}, INDEX).open(sealed, PLACE)


def test_codes_tell_payload_and_place():
    cipher = Cipher({1: ONE}, INDEX)
    code = cipher.mac(b"state", "instance")
    assert cipher.verify(code, b"state", "instance")
    for other, payload, aad in ((cipher, b"statE", "instance"), (cipher, b"state", "history"), (Cipher({1: TWO}, INDEX), b"state", "instance"), (Cipher({2: ONE}, INDEX), b"state", "instance")):  # fmt: skip
        assert not other.verify(code, payload, aad)
    assert not cipher.verify(b"", b"state", "instance")
    assert cipher.mac(b"b", "a") != cipher.mac(b"ab", "")


def test_index_equals_for_equals_and_needs_its_key():
    cipher = Cipher({1: ONE}, INDEX)
    assert cipher.index("id", "1") == Cipher({2: TWO}, INDEX).index("id", "1")
    assert len({cipher.index("id", "1"), cipher.index("id", "2"), cipher.index("other", "1"), Cipher({1: ONE}, TWO).index("id", "1")}) == 4


def test_short_keys_are_refused():
    with pytest.raises(Broken):
        Cipher({1: b"short"}, INDEX)
    with pytest.raises(Broken):
        Cipher({}, INDEX)


def test_key_file_is_made_once_for_its_owner(tmp_path, monkeypatch):
    monkeypatch.delenv("DIDIMDOL_ENV", raising=False)
    path = tmp_path / "keys" / "a.key"
    made = load_keyring(str(path))
    assert load_keyring(str(path)) == made
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        load_keyring(str(path))


def test_production_never_makes_up_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("DIDIMDOL_ENV", "production")
    monkeypatch.delenv("DIDIMDOL_KEY", raising=False)
    with pytest.raises(Refused, match="DIDIMDOL_KEY"):
        load_keyring()
    with pytest.raises(Refused, match="없습니다"):
        load_keyring(str(tmp_path / "none.key"))
    monkeypatch.setenv("DIDIMDOL_KEY", new_keyring().text())
    assert load_keyring().keys.keys() == {1}


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"keys": {"1": "x"}, "index": "y"}', '{"keys": {}, "index": ""}', json.dumps({"keys": {"1": "QQ=="}, "index": "QQ=="})]
)
def test_odd_key_files_are_refused(text):
    with pytest.raises((Refused, Broken)):
        parse_keyring(text)


def test_rotation_adds_a_key():
    ring = new_keyring()
    turned = ring.rotated()
    assert turned.keys.keys() == {1, 2}
    assert turned.keys[1] == ring.keys[1]
    assert turned.index_key == ring.index_key
    assert parse_keyring(turned.text()) == turned
    assert Keyring(turned.keys, turned.index_key).cipher().version == 2
