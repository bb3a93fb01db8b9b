"""The command that writes the generated manual of an edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.console import rules_folder
from engine.spec.edition import load_edition

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.spec.edition import Edition


def handbook(given: Namespace) -> int:
    """Write the manual of a folder, or of an edition of the database, as HTML and where asked as PDF."""
    from web import book

    for path in book.write(_edition(given), Path(given.out), pdf=given.pdf):
        print(path)
    return 0


def _edition(given: Namespace) -> Edition:
    """Read the edition: a folder where there is one of that name, else a digest (or its beginning) among those published."""
    if not given.edition or Path(given.edition).is_dir():
        return load_edition(rules_folder(given.edition))
    from engine.commands.installation import open_installation
    from engine.commands.rules import whole_digest

    place = open_installation(given)
    digest = whole_digest(place, given.edition)
    with place.database.read() as connection:
        return place.editions.of(connection, digest)
