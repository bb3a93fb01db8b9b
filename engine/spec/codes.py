"""Code lists: what a coded answer may be, from when to when, and what it was called before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.errors import SpecError
from engine.spec.locate import Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.errors import Finding

URN = ("urn:didimdol:list:", "urn:didimdol:code:")
ITEM_KEYWORDS = frozenset({"code", "label", "parent", "from", "to", "was", "x-help", "$comment"})
LIST_KEYWORDS = frozenset({"$schema", "$id", "x-dialect", "id", "title", "items", "x-source", "x-help", "$comment"})


@dataclass(frozen=True, slots=True)
class Code:
    """One code: `parent` is the code of the list above it, `from_` and `to_` the first and last day it may be chosen, `was` its earlier codes."""

    code: str | int
    label: str
    parent: str | int | None = None
    from_: date | None = None
    to_: date | None = None
    was: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """One list of codes; every code it ever had keeps its label."""

    id: str
    title: str
    items: tuple[Code, ...]
    _by_code: Mapping[str | int, Code] = field(init=False, repr=False, compare=False, default_factory=dict)
    _breaks: tuple[date, ...] = field(init=False, repr=False, compare=False, default=())
    _valid: dict[int, tuple[Code, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {item.code: item for item in reversed(self.items)})
        object.__setattr__(self, "_breaks", breaks(self.items))

    @property
    def breaks(self) -> tuple[date, ...]:
        """The days on which the valid codes change."""
        return self._breaks

    def valid(self, on: date) -> tuple[Code, ...]:
        """The codes that may be chosen on a day, in the order of the list."""
        at = bisect_right(self._breaks, on)
        if at not in self._valid:
            self._valid[at] = tuple(c for c in self.items if (c.from_ is None or c.from_ <= on) and (c.to_ is None or on <= c.to_))
        return self._valid[at]

    def find(self, code: Any) -> Code | None:
        """The code, retired or not; None where the list never had it."""
        return self._by_code.get(code) if isinstance(code, (str, int)) and not isinstance(code, bool) else None

    def label(self, code: Any) -> str:
        """What people read for a code, retired ones too; the code itself where the list never had it."""
        found = self.find(code)
        return found.label if found else str(code)

    def current(self, code: Any) -> Any:
        """Today's code for a code of an earlier edition (by `was`)."""
        if self.find(code):
            return code
        return next((item.code for item in self.items if code in item.was), code)


def breaks(items: Iterable[Code]) -> tuple[date, ...]:
    """The days on which what may be chosen among `items` changes."""
    days = set()
    for item in items:
        if item.from_:
            days.add(item.from_)
        if item.to_ and item.to_ < date.max:
            days.add(date.fromordinal(item.to_.toordinal() + 1))
    return tuple(sorted(days))


def parse_list(data: Any, list_id: str, path: str) -> CodeList:
    """The list of `data` (`{"title", "items": [{"code", "label", "parent"?, "from"?, "to"?, "was"?}]}`); raises `SpecError`."""
    report = Report(path)
    made = _parse(data, list_id, report)
    if report.problems:
        raise SpecError(report.findings())
    return made


def check_list(data: Any, list_id: str, path: str, text: str = "") -> list[Finding]:
    """Everything wrong with a list file."""
    report = Report(path, text)
    _parse(data, list_id, report)
    return report.findings()


def _parse(data: Any, list_id: str, report: Report) -> CodeList:
    if not isinstance(data, Mapping):
        report.add((), "list-form", '코드 목록은 {"title": …, "items": […]} 모양이어야 합니다.')
        return CodeList(list_id, list_id, ())
    report.keywords((), data, LIST_KEYWORDS)
    items = data.get("items")
    if not isinstance(items, list) or not items:
        report.add(("items",), "list-form", "코드가 하나도 없습니다.")
        items = []
    codes = [code for n, item in enumerate(items) if (code := _item(item, ("items", n), report)) is not None]
    seen: dict[Any, int] = {}
    for n, code in enumerate(codes):
        if code.code in seen:
            report.add(("items", n), "code-duplicate", f"코드 '{code.code}'이(가) 두 번 있습니다.")
        seen[code.code] = n
    return CodeList(list_id, str(data.get("title", list_id)), tuple(codes))


def _item(item: Any, at: tuple[str | int, ...], report: Report) -> Code | None:
    if not isinstance(item, Mapping):
        report.add(at, "list-form", '코드는 {"code": …, "label": …} 모양이어야 합니다.')
        return None
    report.keywords(at, item, ITEM_KEYWORDS)
    code, label = item.get("code"), item.get("label")
    if isinstance(code, bool) or not isinstance(code, (str, int)) or code == "":
        report.add(at, "list-form", "코드(code)는 글이나 정수여야 합니다.")
        return None
    if not isinstance(label, str) or not label:
        report.add(at, "list-form", f"코드 '{code}'에 이름(label)이 없습니다.")
        label = str(code)
    first, last = _day(item, "from", at, report), _day(item, "to", at, report)
    if first and last and last < first:
        report.add((*at, "to"), "code-period", f"코드 '{code}'의 끝나는 날이 시작하는 날보다 빠릅니다.")
    was = item.get("was", [])
    return Code(code, label, item.get("parent"), first, last, tuple(was) if isinstance(was, list) else (was,))


def _day(item: Mapping[str, Any], key: str, at: tuple[str | int, ...], report: Report) -> date | None:
    value = item.get(key)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        report.add((*at, key), "code-period", f"날짜는 2024-01-31 처럼 적습니다: {value}")
        return None


def listed(ref: Any) -> str | None:
    """The list id of a `$ref` to a code list, else None."""
    if isinstance(ref, str):
        for urn in URN:
            if ref.startswith(urn):
                return ref[len(urn) :].split(":")[0]
    return None
