"""What is refused to whom, and why: the decision table `guards` of the edition in force, asked before anything changes.

Its rows read two facts that nothing else reads: `open.<process id>`, how many works of a process stand open on the case, and `old`, the answers of
the record that is to be amended or withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from engine.casework import instances
from engine.casework.facts import typed
from engine.errors import Refused
from engine.spec.overlay import Over

if TYPE_CHECKING:
    from typing import Any

    from engine.casework.dossier import Dossier, Instance
    from engine.casework.keeping import Stored
    from engine.spec.decision import Refusal


def refusal(dossier: Dossier, action: str, kept: Stored | None = None) -> Refused | None:
    """Give why `action` ("<process id>", "register:<form>", "complete:<form>", "amend:<form>", "withdraw:<form>") is refused now, or None.

    `kept` is the record to amend or withdraw.
    """
    for found in refusals(dossier, action, kept):
        return Refused(found.message, page=found.page)
    return None


def refusals(dossier: Dossier, action: str, kept: Stored | None = None) -> tuple[Refusal, ...]:
    """Give every row of the table that refuses `action`, as `refusal` takes it. Nothing: it is allowed."""
    old = typed(dossier.desk.edition(kept.revision_edition), kept.form, kept.data, dossier.edition) if kept else {}
    return dossier.edition.guards.refusals(action, Over({"open": _Open(dossier), "old": old}, dossier.facts))


def demand(dossier: Dossier, action: str) -> None:
    """Raise Refused with the sentence and the manual page where the table refuses."""
    found = refusal(dossier, action)
    if found is not None:
        raise found


class _Open(Mapping[str, int]):
    """`open`: per process the works of the case that have not ended, counted when asked for."""

    __slots__ = ("_dossier",)

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - every process has a count
        return sum(each.process == name for each in self._standing())

    def __getitem__(self, name: str) -> int:
        return int(self.get(name))

    def __iter__(self) -> Iterator[str]:
        return iter({each.process for each in self._standing()})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _standing(self) -> list[Instance]:
        return [each for each in instances.all_open(self._dossier).values() if each.ended_at is None]
