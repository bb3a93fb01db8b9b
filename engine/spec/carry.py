"""Answers to a form of one edition as another edition's form names them: fields and codes are followed through `x-was` and `was`, either way in time.

Nothing is judged here: what the other form knows is brought along, what it does not know is named, and reading decides what it means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.spec.difference_form import match

if TYPE_CHECKING:
    from engine.spec.codes import CodeList
    from engine.spec.fields import Field
    from engine.spec.form import Form

_KEPT = 512  # pairs of forms held
_ROW = "*"
_SCREEN = frozenset({"$id", "$schema", "x-screen", "x-layout", "x-print", "x-list"})


@dataclass(frozen=True, eq=False)
class Carrier:
    """How answers to `old` become answers to `new`: `places` gives old pointer -> new pointer ("/rows/*/amount"), `codes` new pointer -> old code -> new code.

    `same` says that there is nothing to do: answers to one are answers to the other.
    """

    old: Form
    new: Form
    places: Mapping[str, str]
    codes: Mapping[str, Mapping[Any, Any]]
    same: bool

    def answers(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Give raw answers to `old` as raw answers to `new`; what `new` has no place for is left out."""
        if self.same:
            return dict(raw)
        made: dict[str, Any] = {}
        for pointer, rows, value in _leaves(self.old, raw, "", ()):
            target = self.places.get(pointer)
            if target is not None and target.count(_ROW) == len(rows):
                _put(made, target, rows, self._code(target, value))
        return made

    def lost(self, raw: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the titles of the answered fields of `old` whose answers `new` has no place, or no such code, for; each once, in the order of the screen."""
        titles: dict[str, None] = {}
        for pointer, rows, value in _leaves(self.old, raw, "", ()):
            if value in (None, "", [], {}) or self.old.fields[pointer].readonly:
                continue
            target = self.places.get(pointer)
            if target is None or target.count(_ROW) != len(rows) or not self._known(target, value):
                titles[self.old.fields[pointer].title] = None
        return tuple(titles)

    def pointer(self, place: str) -> str | None:
        """Give where an answer of `old` ("/rows/0/amount") stands in `new`; None where it has no place."""
        parts = place.split("/")
        schema = "/".join(_ROW if part.isdecimal() else part for part in parts)
        target = self.places.get(schema)
        rows = [part for part in parts if part.isdecimal()]
        if target is None or target.count(_ROW) != len(rows):
            return None
        given = iter(rows)
        return "/".join(next(given) if part == _ROW else part for part in target.split("/"))

    def _code(self, target: str, value: Any) -> Any:
        codes = self.codes.get(target)
        if not codes:
            return value
        if isinstance(value, list):
            return [codes.get(each, each) if isinstance(each, (str, int)) else each for each in value]
        return codes.get(value, value) if isinstance(value, (str, int)) else value

    def _known(self, target: str, value: Any) -> bool:
        codes = self.new.fields[target].codes
        if codes is None:
            return True
        moved = self._code(target, value)
        return all(codes.find(each) is not None for each in (moved if isinstance(moved, list) else [moved]))


@lru_cache(maxsize=_KEPT)
def carrier(old: Form, new: Form) -> Carrier:
    """Give how answers to `old` become answers to `new`; either may be the earlier one."""
    if old is new or alike(old, new):
        return Carrier(old, new, {pointer: pointer for pointer in new.fields}, {}, same=True)
    places = _places(old, new)
    codes = {}
    for before, after in places.items():
        changed = _codes(old.fields[before], new.fields[after])
        if changed:
            codes[after] = changed
    same = not codes and set(old.fields) <= set(places) and all(before == after for before, after in places.items())
    return Carrier(old, new, places, codes, same)


def alike(old: Form, new: Form) -> bool:
    """Say whether two forms ask the same: then there is no need to look closer."""
    first, second = ({key: value for key, value in form.schema.items() if key not in _SCREEN} for form in (old, new))
    return first == second and all(field.codes == new.fields[pointer].codes for pointer, field in old.fields.items())


def _places(old: Form, new: Form) -> dict[str, str]:
    forward = {before: after for after, before in match(old, new).items() if before is not None}
    taken = set(forward.values())
    for before, after in match(new, old).items():  # `old` may be the later one: then its `x-was` tells
        if after is not None and before not in forward and after not in taken:
            forward[before] = after
            taken.add(after)
    return {before: after for before, after in forward.items() if _kind(old.fields[before]) == _kind(new.fields[after])}


def _kind(field: Field) -> str:
    return field.type if field.type in ("table", "section") else "value"


def _codes(old: Field, new: Field) -> dict[Any, Any]:
    if old.codes is None or new.codes is None or old.codes == new.codes:
        return {}
    found = {item.code: _code_of(old.codes, new.codes, item.code) for item in old.codes.items}
    return {before: after for before, after in found.items() if before != after}


def _code_of(old: CodeList, new: CodeList, code: Any) -> Any:
    current = new.current(code)
    if new.find(current) is not None:
        return current
    item = old.find(code)
    return next((was for was in (item.was if item else ()) if new.find(was) is not None), code)


def _leaves(form: Form, value: Any, pointer: str, rows: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...], Any]]:
    """Give (pointer without row numbers, row numbers, value) of every answer to a known field; empty tables and sections as they are."""
    field = form.fields.get(pointer)
    if isinstance(value, Mapping) and (field is None or field.type == "section"):
        if not value and pointer:
            yield pointer, rows, {}
        for name, part in value.items():
            if f"{pointer}/{name}" in form.fields:
                yield from _leaves(form, part, f"{pointer}/{name}", rows)
    elif field is not None and field.type == "table" and isinstance(value, list):
        if not value:
            yield pointer, rows, []
        for number, row in enumerate(value):
            if isinstance(row, Mapping):
                for name, part in row.items():
                    if f"{pointer}/{_ROW}/{name}" in form.fields:
                        yield from _leaves(form, part, f"{pointer}/{_ROW}/{name}", (*rows, number))
    elif field is not None:
        yield pointer, rows, value


def _put(made: dict[str, Any], pointer: str, rows: tuple[int, ...], value: Any) -> None:
    holder: Any = made
    given = iter(rows)
    parts = pointer.split("/")[1:]
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part == _ROW:
            number = next(given)
            while len(holder) <= number:
                holder.append({})
            holder = holder[number]
        elif last:
            if value not in ({}, []) or part not in holder:
                holder[part] = value
        else:
            empty: Any = [] if parts[place + 1] == _ROW else {}
            holder = holder.setdefault(part, empty)
