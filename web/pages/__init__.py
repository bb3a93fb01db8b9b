"""The pages for people, one module per kind of page. Each function answers one route of `web.app`."""

from __future__ import annotations

from web.pages import approvals, cases, corrections, files, home, notices, records, reveals, tasks, whole

__all__ = ["approvals", "cases", "corrections", "files", "home", "notices", "records", "reveals", "tasks", "whole"]
