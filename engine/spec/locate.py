"""Where in a JSON file a value stands, and a report that turns what is wrong there into findings with a line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from engine.errors import Finding
from engine.spec.expression import suggestion
from engine.spec.josa import settle_josa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}\[\],:])|[^\s{}\[\],:"]+|\n')
#: Deeper than this no file is followed.
DEEPEST = 200


def lines(text: str) -> tuple[dict[Path, int], list[tuple[Path, int]]]:
    """The line of every value of a JSON text by its path, and the keys that stand twice in one object (path, line)."""
    reader = _Lines()
    for token in _TOKEN.finditer(text):
        reader.token(token.group(), token.group(1))
        if len(reader.stack) > DEEPEST:
            break
    return reader.found, reader.twice


def twice(text: str) -> list[tuple[Path, int]]:
    """The keys that stand twice in one object (path, line). Where there is none, as nearly always, the C parser alone says so."""
    found: list[bool] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        if len(pairs) > 1 and len({key for key, _ in pairs}) < len(pairs):
            found.append(True)

    try:
        json.loads(text, object_pairs_hook=note)
    except (ValueError, RecursionError):
        found.append(True)
    return lines(text)[1] if found else []


class _Level:
    """One open object or array: where it is now, the keys it had, and whether a key comes next."""

    __slots__ = ("array", "at", "keys", "waits")

    def __init__(self, *, array: bool) -> None:
        self.array = array
        self.at: str | int = 0 if array else ""
        self.keys: set[str] = set()
        self.waits = not array


class _Lines:
    """Follows the tokens of a JSON text."""

    def __init__(self) -> None:
        self.found: dict[Path, int] = {(): 1}
        self.twice: list[tuple[Path, int]] = []
        self.stack: list[_Level] = []
        self.line = 1

    def token(self, part: str, string: str | None) -> None:
        """Take the next token; `string` is what stands between the quotes of one."""
        top = self.stack[-1] if self.stack else None
        if part == "\n":
            self.line += 1
        elif part in ("}", "]"):
            if top:
                self.stack.pop()
        elif part in (",", ":"):
            if top:
                self._separator(top, part)
        elif top and top.waits and string is not None:
            self._key(top, _unescape(string))
        else:
            self.found.setdefault(tuple(level.at for level in self.stack), self.line)
            if part in ("{", "["):
                self.stack.append(_Level(array=part == "["))

    def _separator(self, top: _Level, part: str) -> None:
        if isinstance(top.at, int) and top.array:
            top.at += part == ","
        else:
            top.waits = part == ","

    def _key(self, top: _Level, key: str) -> None:
        path = (*(level.at for level in self.stack[:-1]), key)
        if key in top.keys:
            self.twice.append((path, self.line))
        top.at = key
        top.keys.add(key)
        self.found.setdefault(path, self.line)


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


class Report:
    """What is wrong with one spec file, as (path into the file, English id, Korean sentence)."""

    def __init__(self, path: str, text: str = "") -> None:
        """`path` names the file in findings; `text` gives the lines."""
        self.path = path
        self.text = text
        self.problems: list[tuple[Path, str, str]] = []

    def add(self, at: Path, kind: str, message: str) -> None:
        """Note one problem; the same one at the same place counts once."""
        if (at, kind, message) not in self.problems:
            self.problems.append((at, kind, message))

    def keywords(self, at: Path, found: Mapping[str, Any], allowed: Iterable[str]) -> None:
        """Note every key of `found` that is not `allowed`, with the nearest that is."""
        known = set(allowed)
        for key in found:
            if key not in known:
                self.add((*at, key), "unknown-keyword", f"모르는 키워드입니다: {key}{suggestion(str(key), known)}")

    def findings(self) -> list[Finding]:
        """All of it, in the order of the lines."""
        if not self.problems:
            return []
        where, _ = lines(self.text) if self.text else ({}, [])
        made = [Finding(self.path, _line(where, at), kind, settle_josa(message)) for at, kind, message in self.problems]
        return sorted(made, key=lambda each: each.line)


def _line(where: Mapping[Path, int], at: Path) -> int:
    while at and at not in where:
        at = at[:-1]
    return where.get(at, 1)
