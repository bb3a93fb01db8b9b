"""What is refused to whom, and why: the decision table `guards` of the edition in force, asked before anything changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from engine.spec.edition import Edition


def refusal(edition: Edition, facts: Mapping[str, Any], *actions: str) -> Refused | None:
    """Give the first refusal of any of `actions` ("<process id>", "register:<form>", "complete:<form>", "amend:<form>", "withdraw:<form>"), or None."""
    for action in actions:
        for found in edition.guards.refusals(action, facts):
            return Refused(found.message, page=found.page)
    return None


def demand(edition: Edition, facts: Mapping[str, Any], *actions: str) -> None:
    """Raise Refused with the sentence and the manual page where the table refuses."""
    found = refusal(edition, facts, *actions)
    if found is not None:
        raise found
