"""A zip of an edition on its way in: unpacked within bounds and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import SpecError, TooLarge
from engine.spec.sound import Sound, sound
from web.api import bundles
from web.office import words
from web.refusals import Unreadable, Unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from engine.errors import Finding


@dataclass(frozen=True)
class Parcel:
    """What came: `error` where it is no zip of ours, `found` what is wrong inside, else an edition that is `sound`."""

    error: str = ""
    found: Sequence[Finding] = ()
    sound: Sound | None = None


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
    try:
        return Parcel(sound=sound(files))
    except SpecError as broken:
        return Parcel(found=broken.findings)


def _all(request: Request, name: str) -> list[Any]:
    return list(request.state.form.getlist(name)) if request.state.form is not None else []
