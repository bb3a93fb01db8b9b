"""The pages of those who look after people, access, the closing date and the editions. Each function answers one route of `web.app`."""

from __future__ import annotations

from web.office import access, closing, coming, edition, editions, manual, people, person, proposal

__all__ = ["access", "closing", "coming", "edition", "editions", "manual", "people", "person", "proposal"]
