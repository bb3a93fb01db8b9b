"""Decision tables (DMN): general ones for business rule tasks, and `guards`, which says what is refused. Reading follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.errors import Finding


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that refuses: its id, the sentence, the manual page that says so."""

    row_id: str
    message: str
    page: int | None = None


@dataclass(frozen=True)
class Decision:
    """One decision table."""

    id: str

    def decide(self, scope: Mapping[str, Any]) -> dict[str, Any]:
        """Give the outputs of the rows that match."""
        return {}


@dataclass(frozen=True)
class Guards:
    """The table of refusals."""

    def refusals(self, action: str, facts: Mapping[str, Any]) -> tuple[Refusal, ...]:
        """Give every row that refuses `action` now."""
        return ()


def parse_decisions(files: Mapping[str, bytes]) -> tuple[dict[str, Decision], list[Finding]]:
    """Read every `workflows/decisions/*.dmn`."""
    return {}, []


def guards(files: Mapping[str, bytes]) -> Guards:
    """Read the decision `guards`."""
    return Guards()
