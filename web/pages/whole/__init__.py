"""Pages over everything at once: finding one, narrowing a list, taking all of it out, statistics, the load of a team."""

from __future__ import annotations

from web.pages.whole import exports, narrowing, reports, search, team

__all__ = ["exports", "narrowing", "reports", "search", "team"]
