"""Made-up answers in the place of somebody's: what a scenario recorded from a case holds instead of personal data.

Every text that is no code of a list is replaced, whether the form marks it or not, by one that fits the form (length, pattern); files and other cases go.
The same text becomes the same text everywhere, so that what rules compare stays equal, and one of as many parts (a list with commas). A resident number keeps its sex and century, moves with the dates
and has a right check digit. Days move by one common number of days, so that ages and periods stay; codes, numbers, months and times of day stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from engine.spec.fx_functions import BETWEEN
from engine.spec.keywords import EMAIL, RRN, compiled
from engine.spec.nodes import Many, Scalar, Section, Table, to_day
from engine.spec.scenario import CASE, FILE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from engine.spec.form import Form

TEXTS = ("지어낸 글 {}", "아무 말 {}", "보기 {}", "글{}", "ㄱ{}", "{}")
PARTS = ("글{}", "ㄱ{}", "{}")
PAPERS = ("paper-{}.pdf", "p{}.pdf", "{}.pdf")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|$)")
_MOST = 3000  # tries of one shape
_RESIDENT = re.compile(r"([0-9]{6})(-?)([0-9])[0-9]{6}")
_CENTURIES = {18: "90", 19: "12", 20: "34"}  # the figure after the birth day, of men and women
_FOREIGN = {19: "56", 20: "78"}
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_FORMATS = {"email": EMAIL.pattern, "x-rrn": RRN.pattern}
_NUMBERS = re.compile(r"[0-9]+|[^0-9]+")


@dataclass
class StandIns:
    """One consistent set of replacements. `secrets` are texts no replacement may contain, `days` is how far days move, `moved` days that go elsewhere."""

    secrets: Collection[str]
    days: int
    moved: Mapping[str, str] = field(default_factory=dict)
    cases: Mapping[str, str] = field(default_factory=dict)  # case id -> its name in the scenario
    made: Collection[str] = ()  # texts that rules make, which a lookup stores: they come out the same
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def day(self, text: str) -> str:
        """Move a day, "2024-11-22"; of a moment only its day moves. What is no day stays."""
        if text[:10] in self.moved:
            return self.moved[text[:10]] + text[10:]
        if not _DAY.match(text):
            return text
        try:
            return (date.fromisoformat(text[:10]) + timedelta(days=self.days)).isoformat() + text[10:]
        except (ValueError, OverflowError):
            return text

    def other_day(self, text: str) -> str:
        """Move a day the other way there is: where all move, it stays; where only some do, it goes as far as the first of those."""
        if self.days or not _DAY.match(text):
            return text
        gone = next(((date.fromisoformat(to) - date.fromisoformat(day)).days for day, to in self.moved.items()), 0)
        return (date.fromisoformat(text[:10]) + timedelta(gone)).isoformat() + text[10:]

    def text(self, original: str, shapes: Iterable[str] = TEXTS, most: int = 200, least: int = 0) -> str:
        """Give what stands for a text: the same each time it fits between `least` and `most` characters. `shapes` have {} for a number."""
        known = self._made.get((original, ""))
        if known is not None and least <= len(known) <= most:
            return known
        made = self._first(made + " ㄱ" * ((least - len(made) + 1) // 2) for made in _numbered(shapes) if len(made) <= most) or "ㄱ" * min(most, max(least, 1))
        self._made.setdefault((original, ""), made)
        return made

    def answers(self, form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
        """Give answers to a form that stand for `data`; derived ones are left out, and what the form would fill in by itself though it was not answered is None."""
        return self._section(form.root, data)

    def _first(self, candidates: Iterable[str]) -> str:
        """Give the first one that is new and holds nothing secret; "" where there is none."""
        for made in candidates:
            if made not in self._used and not any(secret in made for secret in self.secrets):
                self._used.add(made)
                return made
        return ""

    def _section(self, section: Section, data: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, node in section.children.items():
            if node.readonly:
                continue
            if name in data:
                value = self._part(node, data[name])
                if value is not None:
                    made[name] = value
            elif node.prefill is not None:
                made[name] = None
        return made

    def _part(self, node: Scalar | Many | Table | Section, value: Any) -> Any:
        if isinstance(node, Section):
            return self._section(node, value) if isinstance(value, dict) else None
        if isinstance(node, Table):
            return [self._section(node.row, row) for row in value if isinstance(row, dict)] if isinstance(value, list) else None
        if isinstance(node, Many):
            assert node.item is not None
            parts = [self._scalar(node.item, each) for each in value] if isinstance(value, list) else []
            return [part for part in parts if part is not None]
        return self._scalar(node, value)

    def _scalar(self, node: Scalar, value: Any) -> Any:
        if node.codes is not None or not isinstance(value, str) or node.kind in ("month", "time"):
            return value
        if node.kind in ("date", "datetime"):
            return self.day(value)
        if node.kind == "file":
            return FILE + self.text(value, PAPERS)
        if node.kind == "case":
            return CASE + self.cases[value] if value in self.cases else None
        if "rrn" in (node.schema.get("x-sensitive"), node.schema.get("format", "")[2:]) and (found := _RESIDENT.fullmatch(value)) and (made := self._resident(value, found)):
            return made
        pattern = str(node.schema.get("pattern", "")) or _FORMATS.get(str(node.schema.get("format", "")), "")
        if pattern:
            return self._shaped(value, pattern, whole=bool(node.schema.get("x-sensitive")))
        if "x-source" in node.schema and value in self.made:
            return value
        return self._prose(value, int(node.schema.get("maxLength", 200)), int(node.schema.get("minLength", 0)))

    def _prose(self, value: str, most: int, least: int) -> str:
        """Give a text for a text; one of as many parts, for rules may count them."""
        parts = [part.strip() for part in BETWEEN.split(value) if part.strip()]
        if len(parts) > 1:
            made = ", ".join(self.text(part, PARTS) for part in parts)
            if least <= len(made) <= most:
                return made
        return self.text(value, most=most, least=least)

    def _resident(self, value: str, found: re.Match[str]) -> str:
        """Give a made-up resident number: the day moved, the sex kept, numbered, with its check digit. "" where the old one names no day."""
        key = (re.sub("-", "", value), "rrn")
        if key not in self._made:
            table = next((table for table in (_CENTURIES, _FOREIGN) if any(found[3] in figures for figures in table.values())), _CENTURIES)
            century = next(each for each, figures in table.items() if found[3] in figures)
            told = f"{century}{found[1][:2]}-{found[1][2:4]}-{found[1][4:]}"
            born = self.day(told) if to_day(told) else ""
            if not born or int(born[:2]) not in table:
                return ""
            figure = table[int(born[:2])][table[century].index(found[3])]
            begun = (born[2:4] + born[5:7] + born[8:10], f"{figure}00")
            self._made[key] = self._first(f"{begun[0]}-{begun[1]}{number:03}{_check(begun[0] + begun[1] + f'{number:03}')}" for number in range(1, 1000))
        made = self._made[key]
        return made if found[2] else made.replace("-", "")

    def _shaped(self, value: str, pattern: str, *, whole: bool) -> str | None:
        """Give a text of the same shape that the pattern takes; None where none is found. The first of three groups of figures stays unless `whole`."""
        key = (value, pattern)
        if key not in self._made:
            holds = compiled(pattern)
            made = self._first(each for number in range(1, _MOST) for each in _alike(value, number, whole=whole) if holds.search(each))
            self._made[key] = made
        return self._made[key] or None


def _numbered(shapes: Iterable[str]) -> Iterator[str]:
    for shape in shapes:
        for number in count(1):
            if number > _MOST:
                break
            yield shape.format(number)


def _alike(value: str, number: int, *, whole: bool) -> Iterator[str]:
    """Give texts shaped like a value: its figures become noughts and end in the number, its letters become one letter."""
    if "@" in value:
        yield f"made.up.{number}@example.kr"
    parts = _NUMBERS.findall(value)
    figures = [index for index, part in enumerate(parts) if part[0].isdecimal()]
    plain = [part if part[0].isdecimal() else "".join("가" if "가" <= letter <= "힣" else "a" if letter.islower() else "A" if letter.isalpha() else letter for letter in part) for part in parts]
    for kept in (1, 0):
        made = list(plain)
        for index in figures:
            if index == figures[-1]:
                made[index] = f"{number:0{len(parts[index])}}"[-len(parts[index]) :]
            elif not (kept and not whole and len(figures) > 2 and index == figures[0]):
                made[index] = "0" * len(parts[index])
        yield "".join(made)
    yield "".join(part if not part[0].isdecimal() else f"{10 ** (len(part) - 1) + number}"[-len(part) :] for part in plain)


def _check(figures: str) -> int:
    """Give the last figure of a resident number whose first twelve these are."""
    return (11 - sum(weight * int(figure) for weight, figure in zip(_WEIGHTS, figures, strict=True)) % 11) % 10
