"""Looking at something for a person at the terminal: on a reading desk, so that nobody waits meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.casework import access
from engine.errors import Invalid, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.casework.desk import Desk
    from engine.commands.installation import Installation


@contextmanager
def looking(place: Installation, login: str) -> Iterator[Desk]:
    """Open a reading desk; what was seen is in the access record before anything of it is shown, also where the look was refused half way."""
    with place.desk(login, write=False) as desk:
        try:
            yield desk
        finally:
            with place.database.begin() as connection:
                access.write_seen(connection, desk.seen or ())


@contextmanager
def faults_told() -> Iterator[None]:
    """Tell everything that is wrong with a mapping file, a line each."""
    try:
        yield
    except Invalid as error:
        raise Refused("\n".join(each.message for each in error.errors)) from error
