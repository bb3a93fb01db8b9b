"""A zip of an edition on its way in: unpacked within bounds and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import TooLarge
from engine.spec.check import check
from engine.spec.edition import Edition
from web.api import bundles
from web.office import words
from web.refusals import Unreadable, Unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from engine.errors import Finding


@dataclass(frozen=True)
class Parcel:
    """What came: `error` where it is no zip of ours, `found` what is wrong inside, else the `edition` and its `files`."""

    error: str = ""
    found: Sequence[Finding] = ()
    edition: Edition | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


def uploaded(request: Request) -> Parcel:
    """Read the file of the form."""
    values = _all(request, "file")
    if len(values) != 1 or isinstance(values[0], str) or not values[0].filename:
        return Parcel(words.NO_FILE)
    return _opened(values[0].file.read())


def _opened(packed: bytes) -> Parcel:
    try:
        files = bundles.unzip(packed)
    except (Unreadable, Unsupported, TooLarge) as error:
        return Parcel(error.message)
    found = check(files)
    if found:
        return Parcel(found=found)
    return Parcel(edition=Edition.from_files(files), files=files)


def _all(request: Request, name: str) -> list[Any]:
    return list(request.state.form.getlist(name)) if request.state.form is not None else []
