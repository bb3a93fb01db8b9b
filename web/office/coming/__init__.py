"""Pages around an edition that is to come: what changed, what it would do, and the open cases that move to it."""

from __future__ import annotations

from web.office.coming import candidate, difference, moverun, moving, trial

__all__ = ["candidate", "difference", "moverun", "moving", "trial"]
