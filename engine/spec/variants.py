"""The screens a form can become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.nodes import Section


@dataclass(frozen=True)
class Variant:
    """One reachable screen: answers (pointer -> value) that lead to it, and the pointers it shows."""

    answers: Mapping[str, Any]
    visible: frozenset[str]


def variants(root: Section) -> tuple[Variant, ...]:
    """The reachable screens of a form."""
    raise NotImplementedError
