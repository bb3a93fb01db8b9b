"""Where the bytes of attachments lie. They arrive here sealed; names are our own ids, never a person's words."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from engine.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(r"[0-9A-Z]{26}")


class FileStore(Protocol):
    """What attachments need of a place for bytes; a folder here, an object store where there are several nodes."""

    def put(self, name: str, sealed: bytes) -> None:
        """Keep `sealed` under the id `name`; when this returns, the bytes survive a power cut."""

    def get(self, name: str) -> bytes:
        """Return the bytes kept under `name`. Raises NotFound."""

    def delete(self, name: str) -> None:
        """Forget `name`, whether or not it is there."""

    def names(self) -> Iterator[str]:
        """Yield every name kept."""


class FolderFiles:
    """Files in a folder of this machine, spread over subfolders by the last two characters of their names."""

    def __init__(self, root: str | Path) -> None:
        """`root` is made when first needed."""
        self.root = Path(root)

    def put(self, name: str, sealed: bytes) -> None:
        """Write aside, sync, then move into place: a reader sees all of it or nothing."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_suffix(".part")
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        staged.replace(path)
        _sync_folder(path.parent)

    def get(self, name: str) -> bytes:
        """Read all of it."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise NotFound from error

    def delete(self, name: str) -> None:
        """Unlink."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """Yield names in no order; unfinished writes are left out."""
        for path in self.root.glob("??/*"):
            if _NAME.fullmatch(path.name):
                yield path.name

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NotFound
        return self.root / name[-2:] / name


class MemoryFiles:
    """Files that live as long as the process: for scenarios and tests."""

    def __init__(self) -> None:
        """Start empty."""
        self._held: dict[str, bytes] = {}

    def put(self, name: str, sealed: bytes) -> None:
        """Keep."""
        self._held[name] = sealed

    def get(self, name: str) -> bytes:
        """Return or raise NotFound."""
        try:
            return self._held[name]
        except KeyError as error:
            raise NotFound from error

    def delete(self, name: str) -> None:
        """Forget."""
        self._held.pop(name, None)

    def names(self) -> Iterator[str]:
        """Yield names."""
        yield from list(self._held)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
