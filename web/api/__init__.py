"""The JSON API: the verbs of `engine.casework` under `/api`, one module per kind of thing."""

from __future__ import annotations

from web.api import cases, editions, files, lists, me, moves, records, reports, tasks, trail

__all__ = ["cases", "editions", "files", "lists", "me", "moves", "records", "reports", "tasks", "trail"]
