"""Encryption of single values, keyed codes over rows, and keyed index values for looking up what is encrypted.

A sealed value says how it was made: algorithm (1 byte), key version (2 bytes), then what the algorithm needs. Another module (a
validated one, for public bodies) is added as a further `Algorithm`; old values stay readable as long as their key is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import Broken

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES = 32
_NONCE = 12
_HEAD = 3


class Algorithm(Protocol):
    """An authenticated cipher for one key."""

    def __init__(self, key: bytes) -> None:
        """`key` is `KEY_BYTES` long."""

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """Return `plain` encrypted and bound to `aad`."""

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Return the plain bytes. Raises Broken where a bit of either argument changed."""


class AesGcm:
    """AES-256-GCM with a random nonce per value."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 bytes."""
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """Return nonce and ciphertext."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Undo `seal`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], aad)
        except (InvalidTag, ValueError) as error:
            raise Broken from error


ALGORITHMS: Mapping[int, type[Algorithm]] = {1: AesGcm}
DEFAULT_ALGORITHM = 1


class Cipher:
    """Seals, opens, codes and indexes with the keys of one installation. Safe to share between threads."""

    def __init__(self, keys: Mapping[int, bytes], index_key: bytes, *, algorithm: int = DEFAULT_ALGORITHM) -> None:
        """`keys` maps key versions (1 to 65535) to `KEY_BYTES` random bytes, the highest is used for new values; `index_key` never rotates."""
        if not keys or any(len(key) != KEY_BYTES for key in (*keys.values(), index_key)):
            raise Broken("암호화 키가 올바르지 않습니다.")
        self._keys = dict(keys)
        self.version = max(keys)
        self._head = _head(algorithm, self.version)
        self._boxes = {
            (number, version): kind(_derive(key, f"seal {number}")) for version, key in keys.items() for number, kind in ALGORITHMS.items()
        }
        self._box = self._boxes[algorithm, self.version]
        self._codes = {version: hmac.new(_derive(key, "mac"), digestmod=hashlib.sha256) for version, key in keys.items()}
        self._index = _derive(index_key, "index")

    def seal(self, plain: bytes, aad: str) -> bytes:
        """Return `plain` encrypted under the newest key and bound to `aad` ("table|row id|column")."""
        return self._head + self._box.seal(plain, self._head + aad.encode())

    def open(self, sealed: bytes, aad: str) -> bytes:
        """Return what was sealed. Raises Broken where the value, its place or its key is not the one it was made with."""
        box = self._boxes.get((sealed[0], int.from_bytes(sealed[1:_HEAD]))) if len(sealed) > _HEAD else None
        if box is None:
            raise Broken("이 값을 만든 암호화 키가 없습니다.")
        return box.open(sealed[_HEAD:], sealed[:_HEAD] + aad.encode())

    def fresh(self, sealed: bytes) -> bool:
        """Tell whether `sealed` was made with the newest key and algorithm (else: seal it again)."""
        return sealed[:_HEAD] == self._head

    def mac(self, payload: bytes, aad: str) -> bytes:
        """Return the keyed code of `payload` at `aad`: key version (2 bytes) and HMAC-SHA256."""
        return self.version.to_bytes(2) + self._code(self.version, payload, aad)

    def verify(self, code: bytes, payload: bytes, aad: str) -> bool:
        """Tell whether `code` is the keyed code of `payload` at `aad`, under any key still held."""
        version = int.from_bytes(code[:2])
        return version in self._codes and hmac.compare_digest(code[2:], self._code(version, payload, aad))

    def index(self, kind: str, value: str) -> str:
        """Return 64 hex characters that equal values of one `kind` share, and that tell nothing without the key."""
        return hmac.digest(self._index, f"{kind}\0{value}".encode(), "sha256").hex()

    def _code(self, version: int, payload: bytes, aad: str) -> bytes:
        code = self._codes[version].copy()
        place = aad.encode()
        code.update(len(place).to_bytes(4) + place + payload)
        return code.digest()


def _head(algorithm: int, version: int) -> bytes:
    return bytes([algorithm]) + version.to_bytes(2)


def _derive(key: bytes, use: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"didimdol {use}".encode()).derive(key)
