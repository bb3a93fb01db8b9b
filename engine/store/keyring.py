"""Where keys come from: a JSON file only its owner can read, named by DIDIMDOL_KEY, or the text of such a file in that variable.

Outside production a missing file is made (`var/didimdol.key`) for an installation that holds nothing yet. In production it never is: a server
that invents a key cannot read yesterday's data, and a key beside the data protects nothing.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import Refused
from engine.store.cipher import KEY_BYTES, Cipher

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PATH = "var/didimdol.key"
_OTHERS = 0o077


@dataclass(frozen=True)
class Keyring:
    """Keys by version, and the key of the search index."""

    keys: Mapping[int, bytes]
    index_key: bytes

    def cipher(self) -> Cipher:
        """Return the cipher that uses these keys."""
        return Cipher(self.keys, self.index_key)

    def rotated(self) -> Keyring:
        """Return the same keys with a new one on top; the old stay, to read what they sealed and to verify old codes."""
        return Keyring({**self.keys, max(self.keys) + 1: secrets.token_bytes(KEY_BYTES)}, self.index_key)

    def text(self) -> str:
        """Return the JSON text of a key file."""
        keys = {str(version): base64.b64encode(key).decode() for version, key in sorted(self.keys.items())}
        return json.dumps({"keys": keys, "index": base64.b64encode(self.index_key).decode()}, indent=1) + "\n"

    def save(self, path: Path) -> None:
        """Write the key file whole or not at all, readable by its owner only."""
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_name(path.name + ".new")
        staged.unlink(missing_ok=True)
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(self.text())
            out.flush()
            os.fsync(out.fileno())
        staged.replace(path)


def new_keyring() -> Keyring:
    """Return a keyring with fresh random keys."""
    return Keyring({1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))


def production() -> bool:
    """Tell whether this is a production start (DIDIMDOL_ENV=production)."""
    return os.environ.get("DIDIMDOL_ENV") == "production"


def load_keyring(path: str | None = None, *, invent: bool = True) -> Keyring:
    """Return the keys named by `path`, else by DIDIMDOL_KEY, else the development file; a missing file is made where `invent` lets it.

    Raises Refused where they cannot be trusted.
    """
    named = path or os.environ.get("DIDIMDOL_KEY", "")
    if named.lstrip().startswith("{"):
        return parse_keyring(named)
    if not named and production():
        raise Refused("운영 환경에서는 DIDIMDOL_KEY로 암호화 키 파일을 정해야 합니다.")
    return _from_file(Path(named or DEFAULT_PATH), invent=invent)


def _from_file(path: Path, *, invent: bool) -> Keyring:
    if not path.exists():
        if production() or not invent:
            raise Refused(f"암호화 키 파일이 없습니다: {path}")
        new_keyring().save(path)
    if path.stat().st_mode & _OTHERS:
        raise Refused(f"암호화 키 파일을 다른 사용자가 읽을 수 있습니다. chmod 600 {path}")
    return parse_keyring(path.read_text())


def parse_keyring(text: str) -> Keyring:
    """Return the keys of a key file's text. Raises Refused for anything else."""
    try:
        held = json.loads(text)
        ring = Keyring({int(v): base64.b64decode(k, validate=True) for v, k in held["keys"].items()}, base64.b64decode(held["index"], validate=True))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("암호화 키 파일을 읽을 수 없습니다.") from error
    ring.cipher()
    return ring
