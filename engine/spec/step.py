"""Where an instance of a process stands: plain values, no engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A user task that can be worked on: `key` names it in `complete`, `element` is its id in `Process.tasks`."""

    key: str
    element: str


@dataclass(frozen=True, slots=True)
class Wait:
    """An event that waits: until `due` (None where time alone ends nothing), or for `condition`, which reads `reads`."""

    element: str
    due: datetime | None = None
    condition: str | None = None
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """Where an instance stands. `state` is b"" when done; `trail` are the elements and flows passed in this step, `passed` how often each was so far."""

    state: bytes
    open: tuple[OpenTask, ...] = ()
    waits: tuple[Wait, ...] = ()
    done: bool = False
    trail: tuple[str, ...] = ()
    incident: str | None = None
    passed: Mapping[str, int] = field(default_factory=dict)
    decisions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """Give the instance's own facts: `visits` and `decision`."""
        return {"visits": self.passed, "decision": self.decisions}
