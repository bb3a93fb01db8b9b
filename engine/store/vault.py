"""A file that can only be read whole, in order and with its key: what backups are written to.

Layout: magic, length and JSON of the header, then chunks of up to 1 MiB under AES-256-GCM. A chunk's nonce is its number, its AAD holds the
header and whether it is the last, so that a chunk changed, moved, left out or cut off shows. The key comes from a passphrase (scrypt) or a key file.
"""

from __future__ import annotations

import io
import json
import os
import secrets
from typing import TYPE_CHECKING, Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from engine.errors import Broken, Refused

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = b"DIDIMDOL-VAULT-1\n"
_CHUNK = 1 << 20
_TAG = 16
_LEAST = 12  # characters of a passphrase
_SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}
_HEADER_LIMIT = 10_000
_DAMAGED = "백업 파일이 손상되었거나 열쇠가 맞지 않습니다."


class VaultWriter(io.RawIOBase):
    """Write bytes in; `finish` once all of them are there (a vault without it does not open)."""

    def __init__(self, out: BinaryIO, secret: bytes) -> None:
        """`secret` is a passphrase's bytes or a key file's content."""
        super().__init__()
        salt = secrets.token_bytes(16)
        self._header = json.dumps({"kdf": "scrypt", **_SCRYPT, "salt": salt.hex(), "algorithm": "A256GCM"}).encode()
        self._box = AESGCM(_key(secret, salt, _SCRYPT))
        self._out, self._held, self._number = out, bytearray(), 0
        out.write(_MAGIC + len(self._header).to_bytes(4) + self._header)

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes; full chunks go out at once."""
        self._held += data
        while len(self._held) > _CHUNK:
            self._put(bytes(self._held[:_CHUNK]), last=False)
            del self._held[:_CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        sealed = self._box.encrypt(_nonce(self._number), chunk, _aad(self._header, last=last))
        self._out.write(len(sealed).to_bytes(4) + sealed)
        self._number += 1


class VaultReader(io.RawIOBase):
    """Read the bytes back. Raises Broken where anything is not as written, or the key is another."""

    def __init__(self, source: BinaryIO, secret: bytes) -> None:
        """`source` stands at its beginning."""
        super().__init__()
        if source.read(len(_MAGIC)) != _MAGIC:
            raise Broken("디딤돌 백업 파일이 아닙니다.")
        length = int.from_bytes(source.read(4))
        if length > _HEADER_LIMIT:
            raise Broken(_DAMAGED)
        self._header = source.read(length)
        try:
            told = json.loads(self._header)
            cost = {name: int(told[name]) for name in _SCRYPT}
            if cost["n"] > 1 << 20 or cost["r"] > 32 or cost["p"] > 16:  # a hostile header must not eat the machine
                raise Broken(_DAMAGED)
            self._box = AESGCM(_key(secret, bytes.fromhex(told["salt"]), cost))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Broken(_DAMAGED) from error
        self._source, self._held, self._number, self.ended = source, b"", 0, False

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill `target`; 0 once everything was read and the end is proven."""
        while not self._held and not self.ended:
            self._held = self._chunk()
        size = min(len(target), len(self._held))
        target[:size], self._held = self._held[:size], self._held[size:]
        return size

    def _chunk(self) -> bytes:
        length = int.from_bytes(self._source.read(4))
        if not _TAG <= length <= _CHUNK + _TAG:
            raise Broken(_DAMAGED)
        sealed = self._source.read(length)
        nonce = _nonce(self._number)
        self._number += 1
        more = self._source.read(1)
        if more:
            self._source.seek(-1, os.SEEK_CUR)
        self.ended = not more
        try:
            return self._box.decrypt(nonce, sealed, _aad(self._header, last=self.ended))
        except (InvalidTag, ValueError) as error:
            raise Broken(_DAMAGED) from error


def secret_of(passphrase: str = "", key_file: Path | None = None) -> bytes:
    """Return what a vault is locked with. Raises Refused for none at all, or too short a one."""
    if key_file is not None:
        content = key_file.read_bytes()
        if len(content) < 2 * _TAG:
            raise Refused("백업 열쇠 파일은 32바이트 이상이어야 합니다.")
        return b"file:" + content
    if len(passphrase) < _LEAST:
        raise Refused(f"백업 암호는 {_LEAST}자 이상이어야 합니다.")
    return b"words:" + passphrase.encode()


def _key(secret: bytes, salt: bytes, cost: dict[str, int]) -> bytes:
    stretched = Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"]).derive(secret)
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"didimdol vault").derive(stretched)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12)


def _aad(header: bytes, *, last: bool) -> bytes:
    return header + (b"L" if last else b"M")
