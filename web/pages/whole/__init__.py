"""Pages over everything at once: narrowing a list, taking all of it out, statistics, the load of a team."""

from __future__ import annotations

from web.pages.whole import exports, narrowing, reports, team

__all__ = ["exports", "narrowing", "reports", "team"]
