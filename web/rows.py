"""What the buttons of a form do to raw answers: add, remove and move rows, clear a choice. Pure; works without JavaScript."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

VERBS = frozenset({"add", "remove", "up", "down", "clear"})
_DIGITS = 10  # no row has a longer number


def apply(answers: dict[str, Any], intent: str) -> dict[str, Any]:
    """Give the answers after one button, such as `add:/rows`, `remove:/rows/0`, `up:/rows/1`, `clear:/choice`; unknown ones change nothing."""
    verb, _, pointer = intent.partition(":")
    steps = pointer.split("/")[1:]
    if verb not in VERBS or not steps:
        return answers
    changed = deepcopy(answers)
    holder = _holder(changed, steps[:-1], make=verb == "add")
    if verb == "add" and isinstance(holder, dict):
        rows = holder.get(steps[-1])
        holder[steps[-1]] = [*(rows if isinstance(rows, list) else ()), {}]
    elif verb == "clear" and isinstance(holder, dict):
        holder.pop(steps[-1], None)
    elif isinstance(holder, list) and (at := _index(steps[-1], holder)) is not None:
        _move(holder, at, verb)
    return changed


def _index(step: str, rows: list[Any]) -> int | None:
    at = int(step) if step.isascii() and step.isdigit() and len(step) < _DIGITS else len(rows)
    return at if at < len(rows) else None


def _move(rows: list[Any], at: int, verb: str) -> None:
    if verb == "remove":
        del rows[at]
        return
    to = at - 1 if verb == "up" else at + 1
    if verb in ("up", "down") and 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]


def _holder(answers: Any, steps: list[str], *, make: bool) -> Any:
    for step in steps:
        if isinstance(answers, dict):
            if make and not isinstance(answers.get(step), (dict, list)):
                answers[step] = {}
            answers = answers.get(step)
        elif isinstance(answers, list) and (at := _index(step, answers)) is not None:
            answers = answers[at]
        else:
            return None
    return answers
