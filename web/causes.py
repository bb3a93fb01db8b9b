"""Why a part of a form is there: which answer revealed it. Read once per form from the branches of its schema, told in words beside the part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from web import messages
from web.display import particle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.form import Form


@dataclass(frozen=True, slots=True)
class Cause:
    """The answer at `source` (a pointer with `*` for rows) decides; `choice` says whether one of its options was picked."""

    source: str
    choice: bool


@lru_cache(maxsize=512)
def causes_of(form: Form) -> Mapping[str, Cause]:
    """Map every part that is there only when a condition holds (pointers with `*` for rows) to what decides about it."""
    return dict(_walk(form.schema, ""))


def told(cause: Cause, title: str, choice: str) -> str:
    """Say in one sentence why a part appeared; `choice` is the label of the option picked at the source, "" where there is none."""
    if cause.choice and choice:
        return messages.REVEALED_BY_CHOICE.format(title=title, choice=choice, object=particle(choice, "을", "를"))
    return messages.REVEALED_BY_VALUE.format(title=title)


def _walk(schema: Mapping[str, Any], at: str) -> Iterator[tuple[str, Cause]]:
    for branch in schema.get("allOf", ()):
        yield from _branch(branch, at)
    for name, part in schema.get("properties", {}).items():
        if isinstance(part, dict):
            yield from _walk(part, f"{at}/{name}")
            if isinstance(part.get("items"), dict):
                yield from _walk(part["items"], f"{at}/{name}/*")


def _branch(branch: Mapping[str, Any], at: str) -> Iterator[tuple[str, Cause]]:
    condition = branch.get("if", {})
    hidden = [name for name, part in branch.get("else", {}).get("properties", {}).items() if part is False]
    sources = _sources(condition)
    if not sources or not hidden:
        return
    name, test = sources[0]
    choice = len(sources) == 1 and isinstance(test, dict) and bool({"const", "enum"} & test.keys())
    for target in hidden:
        yield f"{at}/{target}", Cause(f"{at}/{name}", choice)


def _sources(condition: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found = list(condition.get("properties", {}).items())
    for key in ("allOf", "anyOf"):
        for part in condition.get(key, ()):
            found += _sources(part)
    return found
