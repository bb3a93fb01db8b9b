"""Cases that an answer names: what the widget shows of them, and what its buttons do to raw answers. Works without JavaScript, one round trip a button."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.casework import choosing
from web import rows
from web.widgets import Found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk
    from engine.spec.form import Field, Form
    from web.posted import Posted
    from web.screens import Extras

_KINDS = frozenset({"case", "cases"})


def names_case(part: Field) -> bool:
    """Say whether the answer of a field names cases."""
    return part.type in _KINDS


def ids_in(form: Form, given: Any) -> list[str]:
    """Give the ids of the cases that answers name, in tables too."""
    wanted = {part.name for part in form.fields.values() if names_case(part)}
    return [ident for ident in _ids(given, wanted) if ident] if wanted else []


def _ids(given: Any, wanted: set[str]) -> list[str]:
    found: list[str] = []
    if isinstance(given, dict):
        for name, value in given.items():
            if name in wanted and isinstance(value, (str, list)):
                found += [str(each) for each in ([value] if isinstance(value, str) else value)]
            else:
                found += _ids(value, wanted)
    elif isinstance(given, list):
        for each in given:
            found += _ids(each, wanted)
    return found


def searched(desk: Desk, extras: Extras, posted: Posted) -> Extras:
    """Add what was looked for, and found."""
    found = {}
    for pointer, text in posted.finds.items():
        hits = choosing.search(desk, text) if text.strip() else ()
        found[pointer] = Found(text, tuple((hit.id, hit.label, " · ".join(part for part in (hit.number, hit.status) if part)) for hit in hits))
    return replace(extras, found=found) if found else extras


def apply(desk: Desk, form: Form, answers: dict[str, Any], intent: str) -> dict[str, Any]:
    """Give the answers after a button: one that `rows` knows, `drop:/who/<id>` (that one no more) or `own:/who` (all of the person's own too)."""
    verb, _, pointer = intent.partition(":")
    place, ident = pointer.rsplit("/", 1) if verb == "drop" and "/" in pointer else (pointer, "")
    if verb not in ("drop", "own") or place not in form.fields or not names_case(form.fields[place]):
        return rows.apply(answers, intent)
    changed = deepcopy(answers)
    *around, name = place.split("/")[1:]
    holder: dict[str, Any] = changed
    for step in around:
        inner = holder.get(step)
        holder = inner if isinstance(inner, dict) else holder.setdefault(step, {})
    had = holder.get(name)
    before = [str(each) for each in had] if isinstance(had, list) else [str(had)] if had else []
    after = [each for each in before if each != ident] if verb == "drop" else [*dict.fromkeys([*before, *choosing.own(desk)])]
    holder[name] = after if form.fields[place].type == "cases" else next(iter(after), "")
    return changed


def names(desk: Desk, form: Form, given: Mapping[str, Any]) -> dict[str, str]:
    """Give the names of the cases that answers of a form name, by id."""
    ids = ids_in(form, given)
    return {ident: name for ident, (name, _) in choosing.chosen(desk, ids).items()} if ids else {}
