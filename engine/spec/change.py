"""What is said of two editions: one sentence per thing that changed, with what stood there before and what stands there now.

A thing is an `Item`: its title, and its aspects as texts. Things are paired by id, or by the earlier id the new one names; so a new name is told as a
new name, and texts that differ only by such names are the same (`Renames`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spec.josa import settle_josa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.spec.expression import Fx

_SHORT = 40  # characters of a value that is told within the sentence


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `path` is the file, `where` the screen, process or table people know it by; `kind` an English id such as "field-added"."""

    path: str
    where: str
    kind: str
    sentence: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """Give it as one line."""
        return f"{self.path}: {self.where}: {self.kind}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can change. `aspects` are texts by English id ("" where there is none), `was` its earlier ids."""

    title: str
    aspects: Mapping[str, str] = field(default_factory=dict)
    was: tuple[str, ...] = ()


class Renames:
    """The names that became others: fields by `x-was`, codes by `was`."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` is old -> new; numbers are left alone, for they mean other things too."""
        self.names = {old: new for old, new in names.items() if old != new and not re.fullmatch(r"[\d.]*", old)}
        longest = sorted(self.names, key=len, reverse=True)
        self._any = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)") if longest else None

    def same(self, before: str, after: str) -> bool:
        """Say whether the texts differ by new names at most."""
        return before == after or (self._any is not None and self.now(before) == after)

    def now(self, before: str) -> str:
        """Give a text with the new names in it."""
        return self._any.sub(lambda found: self.names[found[0]], before) if self._any else before


class Teller:
    """Tells the changes of one file into a list shared with the others."""

    def __init__(self, path: str, where: str, renames: Renames, changes: list[Change]) -> None:
        """`where` is the title of the screen, process or table."""
        self.path, self.where, self.renames, self.changes = path, where, renames, changes

    def tell(self, kind: str, sentence: str, before: str = "", after: str = "") -> None:
        """Note one change; particles in the sentence may be left open ("을(를)")."""
        self.changes.append(Change(self.path, self.where, kind, settle_josa(sentence), before, after))

    def items(self, noun: str, kind: str, old: Mapping[str, Item], new: Mapping[str, Item], words: Mapping[str, str]) -> None:
        """Compare two sets of things by id. `words` names each aspect in Korean; an aspect "order" is told for all of them together."""
        paired = pairs(old, new)
        for before, after in paired:
            if before is None or after is None:
                self.came_or_went(noun, kind, old[before] if before is not None else None, new[after] if after is not None else None)
            else:
                if before != after:
                    self.tell(f"{kind}-renamed", f"{noun} '{new[after].title}'의 이름표가 '{before}'에서 '{after}'(으)로 바뀌었습니다.", before, after)
                self.pair(noun, kind, old[before], new[after], words)
        self.order(noun, kind, [old[before].title for before, after in paired if before is not None and after is not None and before in old],
                   [new[after].title for after in new for before, other in paired if other == after and before is not None], [pair for pair in paired if None not in pair], list(new))

    def came_or_went(self, noun: str, kind: str, old: Item | None, new: Item | None) -> None:
        """Tell that something is new, or gone."""
        if new is not None:
            self.tell(f"{kind}-added", f"{noun} '{new.title}'을(를) 더했습니다.", "", _whole(new))
        elif old is not None:
            self.tell(f"{kind}-removed", f"{noun} '{old.title}'을(를) 없앴습니다.", _whole(old), "")
