"""Where in a JSON file a value stands, and a report that turns what is wrong there into findings with a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from engine.errors import Finding
from engine.spec.expression import suggestion
from engine.spec.josa import settle_josa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}\[\],:])|[^\s{}\[\],:"]+|\n')
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\.")


def lines(text: str) -> tuple[dict[Path, int], list[tuple[Path, int]]]:
    """The line of every value of a JSON text by its path, and the keys that stand twice in one object (path, line)."""
    found: dict[Path, int] = {(): 1}
    twice: list[tuple[Path, int]] = []
    stack: list[list[Any]] = []  # [is an array, current key or index, keys seen, waiting for a key]
    line = 1
    for token in _TOKEN.finditer(text):
        part = token.group()
        if part == "\n":
            line += 1
        elif part in ("}", "]"):
            if stack:
                stack.pop()
        elif part == ",":
            if stack and stack[-1][0]:
                stack[-1][1] += 1
            elif stack:
                stack[-1][3] = True
        elif part == ":":
            if stack:
                stack[-1][3] = False
        elif stack and stack[-1][3] and token.group(1) is not None:
            key = _unescape(token.group(1))
            path = (*(level[1] for level in stack[:-1]), key)
            if key in stack[-1][2]:
                twice.append((path, line))
            stack[-1][1] = key
            stack[-1][2].add(key)
            found.setdefault(path, line)
        else:
            found.setdefault(tuple(level[1] for level in stack), line)
            if part in ("{", "["):
                stack.append([part == "[", 0 if part == "[" else "", set(), part == "{"])
                if len(stack) > 200:
                    break
    return found, twice


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    plain = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\b": "\b", "\\f": "\f"}
    return _ESCAPE.sub(lambda m: chr(int(m[0].removeprefix("\\u"), 16)) if m[0][1] == "u" else plain.get(m[0], m[0][1:]), text)


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
