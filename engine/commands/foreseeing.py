"""Commands that tell beforehand what an edition would do."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine.casework import examples
from engine.casework import impact as impacts
from engine.casework import replay as replays
from engine.casework.permits import may
from engine.commands.console import Progress, mapping_in
from engine.commands.installation import open_installation
from engine.commands.looking import faults_told, looking
from engine.commands.rules import whole_digest

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Mapping

    from engine.casework.desk import Desk


def impact(given: Namespace) -> int:
    """Print what an edition would do to what is open; who may approve it is told the numbers of some cases too."""
    place = open_installation(given)
    digest = whole_digest(place, given.digest)
    with looking(place, given.by) as desk, faults_told():
        data = impacts.plain(impacts.impact(desk, digest, mapping=mapping_in(given.mapping)))
        told = _named(given, desk, digest, data)
    return _printed(given, data, told)


def replay(given: Namespace) -> int:
    """Print which records of the last days an edition would refuse, and why."""
    place = open_installation(given)
    digest = whole_digest(place, given.digest)
    with looking(place, given.by) as desk:
        found = replays.replay(desk, digest, days=given.days, progress=Progress())
        data = asdict(found)
        told = _named(given, desk, digest, {**data, "sentences": found.sentences})
    return _printed(given, data, told)


def _named(given: Namespace, desk: Desk, digest: str, data: Mapping[str, Any]) -> Iterable[str]:
    """Give the sentences, with numbers of cases for who may see them; JSON tells its examples as they are."""
    if given.format == "json" or not may(desk, examples.PERMISSION):
        return tuple(data["sentences"])
    return examples.sentences(desk, digest, data)


def _printed(given: Namespace, data: Any, sentences: Iterable[str]) -> int:
    if given.format == "json":
        print(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        print(*sentences, sep="\n")
    return 0
