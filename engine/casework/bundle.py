"""The files of an edition as one compressed value, the same bytes for the same files."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from engine.errors import Broken

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: equal files give equal bytes


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return "forms/x.json" -> bytes as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(files):
            bundle.writestr(zipfile.ZipInfo(path, _EPOCH), files[path], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """Undo `pack`. Only for what this installation stored itself: uploads are read with limits elsewhere. Raises Broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as bundle:
            return {name: bundle.read(name) for name in bundle.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Broken("저장된 판을 읽을 수 없습니다. 관리자에게 알리세요.") from error
