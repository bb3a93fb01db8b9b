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
Pair = tuple[str | None, str | None]


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
        """Say whether the texts differ by new names at most; each place may hold the old name or the new one, for words mean other things too."""
        if before == after or self._any is None:
            return before == after
        pattern, end = "", 0
        for found in self._any.finditer(before):
            pattern += f"{re.escape(before[end : found.start()])}(?:{re.escape(found[0])}|{re.escape(self.names[found[0]])})"
            end = found.end()
        return bool(end) and re.fullmatch(pattern + re.escape(before[end:]), after) is not None


class Teller:
    """Tells the changes of one file into a list shared with the others."""

    def __init__(self, path: str, where: str, renames: Renames, changes: list[Change]) -> None:
        """`where` is the title of the screen, process or table."""
        self.path, self.where, self.renames, self.changes = path, where, renames, changes

    def tell(self, kind: str, sentence: str, before: str = "", after: str = "") -> None:
        """Note one change; particles in the sentence may be left open ("을(를)")."""
        self.changes.append(Change(self.path, self.where, kind, settle_josa(sentence), before, after))

    def items(self, noun: str, kind: str, old: Mapping[str, Item], new: Mapping[str, Item], words: Mapping[str, str], *, ordered: bool = False) -> None:
        """Compare two sets of things by id. `words` names each aspect in Korean; the order is told where it means something."""
        paired = pairs(old, new)
        for before, after in paired:
            self.both(noun, kind, old[before] if before is not None else None, new[after] if after is not None else None, words)
            if before is not None and after is not None and before != after:
                self.tell(f"{kind}-renamed", f"{noun} '{new[after].title}'이(가) 전에는 '{before}'이었습니다.", before, after)
        kept = {before: after for before, after in paired if before is not None and after is not None}
        first, now = [kept[each] for each in old if each in kept], [each for each in new if each in kept.values()]
        if ordered and first != now:
            self.tell(f"{kind}-order", f"{noun}의 차례가 바뀌었습니다.", ", ".join(new[each].title for each in first), ", ".join(new[each].title for each in now))

    def both(self, noun: str, kind: str, old: Item | None, new: Item | None, words: Mapping[str, str]) -> None:
        """Compare one thing as it was (None: it is new) with what it is now (None: it is gone)."""
        if old is None and new is not None:
            self.tell(f"{kind}-added", f"{noun} '{new.title}'을(를) 더했습니다.", "", _whole(new))
        elif new is None and old is not None:
            self.tell(f"{kind}-removed", f"{noun} '{old.title}'을(를) 없앴습니다.", _whole(old), "")
        elif old is not None and new is not None:
            if not self.renames.same(old.title, new.title):
                self.tell(f"{kind}-title", f"{noun} '{old.title}'의 이름이 '{new.title}'(으)로 바뀌었습니다.", old.title, new.title)
            for aspect in dict.fromkeys((*old.aspects, *new.aspects)):
                self.value(f"{noun} '{new.title}'", f"{kind}-{aspect}", words[aspect], old.aspects.get(aspect, ""), new.aspects.get(aspect, ""))

    def value(self, what: str, kind: str, word: str, before: str, after: str) -> None:
        """Tell that one text of `what` changed, where it did. A `word` of two sentences ("…|…") is told as the first where it holds now."""
        if self.renames.same(before, after):
            return
        if "|" in word:
            yes, no = word.split("|")
            told = f"{what}은(는) {yes if after else no}"
        elif not before:
            told = f"{what}에 {word}을(를) 정했습니다{_told(after)}."
        elif not after:
            told = f"{what}의 {word}을(를) 없앴습니다{_told(before)}."
        elif max(len(before), len(after)) <= _SHORT:
            told = f"{what}의 {word}이(가) '{before}'에서 '{after}'(으)로 바뀌었습니다."
        else:
            told = f"{what}의 {word}이(가) 바뀌었습니다."
        self.tell(kind, told, before, after)


def pairs(old: Mapping[str, Item], new: Mapping[str, Item]) -> list[Pair]:
    """Pair things by id, then by `was`: (old id, new id), None where one side has none. New ones in their order, then those that are gone."""
    taken = set(old) & set(new)
    found: list[Pair] = []
    for name, item in new.items():
        earlier = name if name in old else next((each for each in item.was if each in old and each not in taken), None)
        if earlier is not None:
            taken.add(earlier)
        found.append((earlier, name))
    return [*found, *((name, None) for name in old if name not in taken)]


def fx_text(fx: Fx | None) -> str:
    """Give an expression as it is written."""
    return fx.source if fx is not None else ""


def yes(flag: object) -> str:
    """Give a flag as the text of an aspect."""
    return "예" if flag else ""


def plain(value: Any) -> str:
    """Give any JSON value as one text; nothing for what says nothing."""
    if value in (None, "", [], {}, ()):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def listed(names: Iterable[object]) -> str:
    """Give names as one text."""
    return ", ".join(str(name) for name in names)


def by_id(parts: Sequence[tuple[str, Item]]) -> dict[str, Item]:
    """Give things by id; a second one of the same id counts for itself."""
    made: dict[str, Item] = {}
    for ident, item in parts:
        made[ident if ident not in made else f"{ident}#{len(made)}"] = item
    return made


def _told(text: str) -> str:
    return f": {text}" if text != "예" and len(text) <= _SHORT else ""


def _whole(item: Item) -> str:
    return "; ".join(text for text in (item.title, *item.aspects.values()) if text and text != "예")
