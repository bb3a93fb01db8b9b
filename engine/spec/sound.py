"""An edition that was checked whole, so that whoever is handed one need not check it again: checking takes seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import SpecError
from engine.spec.check import examine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.edition import Edition


@dataclass(frozen=True, slots=True)
class Sound:
    """An edition in which `sound` found nothing wrong."""

    edition: Edition


def sound(files: Mapping[str, bytes]) -> Sound:
    """Give the edition of these files. Raises SpecError with every finding."""
    edition, findings = examine(files)
    if findings:
        raise SpecError(findings)
    return Sound(edition)
