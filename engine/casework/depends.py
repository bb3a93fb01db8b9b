"""What a value has to be worked out anew for: the facts an expression reads, through named ones, as a few coarse words.

The words: "record.<form>", "owner", "number", "place", "today", "closing_date", "person", "work" (whatever an instance knows of itself). What a verb
touched is told in the same words, so that completing one form does not work out what other forms say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.spec.edition import Edition
    from engine.spec.expression import Fx

ALL_RECORDS = "record"
_OWN = {"owner": "owner", "owner_name": "owner", "number": "number", "opened": ""}
_PLAIN = {"today", "closing_date", "person"}
_KEPT = 8192
_known: dict[tuple[str, frozenset[str]], frozenset[str]] = {}


def record_of(form_id: str) -> str:
    """Give the word for the records of a form."""
    return f"{ALL_RECORDS}.{form_id}"


def words(edition: Edition, *expressions: Fx | None) -> frozenset[str]:
    """Give what the values of `expressions` depend on."""
    return of_paths(edition, (path for fx in expressions if fx is not None for path in fx.reads))


def of_paths(edition: Edition, paths: Iterable[str]) -> frozenset[str]:
    """Give what values that read these dotted names depend on. What a process waits for is asked at every step, so answers are kept."""
    key = edition.digest, frozenset(paths)
    known = _known.get(key)
    if known is None:
        if len(_known) > _KEPT:
            _known.clear()
        known = _known[key] = _of_paths(edition, key[1])
    return known


def _of_paths(edition: Edition, paths: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    _collect(edition, paths, found, set())
    found.discard("")
    return frozenset(found)


def hit(depends: frozenset[str], touched: Iterable[str]) -> bool:
    """Say whether something that depends on these words is to be worked out anew."""
    return any(word in depends or (word.startswith(ALL_RECORDS) and ALL_RECORDS in depends) for word in touched)


def _collect(edition: Edition, paths: Iterable[str], found: set[str], seen: set[str]) -> None:
    for path in paths:
        head, _, rest = path.partition(".")
        if head in ("record", "records"):
            found.add(record_of(rest.partition(".")[0]) if rest else ALL_RECORDS)
        elif head == "case":
            _collect_case(edition, rest.partition(".")[0], found, seen)
        elif head in _PLAIN:
            found.add(head)
        elif head == "institution":
            found.add("place")
        elif head in edition.facts:
            if head not in seen:
                seen.add(head)
                _collect(edition, edition.facts[head].reads, found, seen)
        else:
            found.add("work")


def _collect_case(edition: Edition, name: str, found: set[str], seen: set[str]) -> None:
    if name in _OWN:
        found.add(_OWN[name])
        return
    found.add(record_of(edition.case.form))
    if name in ("status", ""):
        found |= {"owner", "number"} if not name else set()
        if "case.status" not in seen:
            seen.add("case.status")
            _collect(edition, (path for status in edition.case.status if status.when for path in status.when.reads), found, seen)
