"""Everything a page asks without changing anything: what waits, lists of cases, finding one, approvals."""

from __future__ import annotations

from engine.casework.approvals import Approval, approvals
from engine.casework.finding import Hit, search
from engine.casework.home import CountedCase, Figure, Home, TaskRow, counted, home, tasks
from engine.casework.lists import Page, Row, views
from engine.casework.lists import cases_by as cases

__all__ = ["Approval", "CountedCase", "Figure", "Hit", "Home", "Page", "Row", "TaskRow", "approvals", "cases", "counted", "home", "search", "tasks", "views"]
