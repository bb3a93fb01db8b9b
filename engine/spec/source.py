"""A JSON file of an edition: its data, and the line each part of it stands on.

The data comes from the C parser; lines are only looked for when a finding needs one, by a second pass over the text.
Numbers that are not whole become `Decimal` (never `float`), texts become NFC, a key written twice is a finding.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine.errors import Finding

MAX_DEPTH = 64
_TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[{}\[\],:])|(?P<word>[^\s{}\[\],:"]+))')


@dataclass(frozen=True)
class Document:
    """One parsed JSON file. `data` is None when it could not be read; then `findings` says why."""

    path: str
    text: str
    data: Any
    findings: tuple[Finding, ...] = field(default=())

    @cached_property
    def lines(self) -> dict[str, int]:
        """JSON pointer -> 1-based line of its key (or of the value, in a list)."""
        return _lines(self.text)

    def line(self, pointer: str) -> int:
        """Give the line of `pointer`, or of its nearest parent that exists, or 1."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)

    def finding(self, pointer: str, kind: str, message: str) -> Finding:
        """Make a finding that stands at `pointer`."""
        return Finding(self.path, self.line(pointer), kind, message)


def read_document(path: str, content: bytes) -> Document:
    """Parse one JSON file. Never raises: what is wrong stands in `findings`."""
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return Document(path, "", None, (Finding(path, line, "wrong-encoding", "UTF-8로 저장한 파일이 아닙니다. UTF-8로 다시 저장하세요."),))
    twice: list[str] = []
    try:
        data = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, twice), parse_float=Decimal, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return Document(path, text, None, (Finding(path, error.lineno, "not-json", f"{error.lineno}줄 {error.colno}번째 글자에서 JSON 형식이 깨졌습니다."),))
    except (ValueError, RecursionError) as error:
        why = "너무 깊이 겹쳐 있습니다." if isinstance(error, RecursionError) else f"{error}는 쓸 수 없는 값입니다."
        return Document(path, text, None, (Finding(path, 1, "not-json", why),))
    if _depth(data) > MAX_DEPTH:
        return Document(path, text, None, (Finding(path, 1, "too-deep", f"{MAX_DEPTH}단계보다 깊이 겹쳐 있습니다. 나누어 적으세요."),))
    if not twice:
        return Document(path, text, data)
    return Document(path, text, data, tuple(_doubles(path, text)))


def step(pointer: str, key: str | int) -> str:
    """Add one key to a JSON pointer (RFC 6901 escapes)."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _object(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice.extend(name for name in made if names.count(name) > 1)
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _depth(data: Any) -> int:
    deepest, waiting = 0, [(data, 1)]
    while waiting:
        value, depth = waiting.pop()
        deepest = max(deepest, depth)
        if depth > MAX_DEPTH:
            return depth
        if isinstance(value, dict):
            waiting.extend((part, depth + 1) for part in value.values())
        elif isinstance(value, list):
            waiting.extend((part, depth + 1) for part in value)
    return deepest


def _doubles(path: str, text: str) -> list[Finding]:
    found: list[Finding] = []
    _lines(text, lambda pointer, line: found.append(
        Finding(path, line, "duplicate-key", f"'{pointer.rpartition('/')[2]}'을(를) 같은 자리에 두 번 적었습니다. 하나만 남기세요."),
    ))
    return found


def _lines(text: str, on_double: Any = None) -> dict[str, int]:
    """Walk the tokens of valid JSON text once and note where each pointer begins."""
    found: dict[str, int] = {"": 1}
    line, last = 1, 0
    stack: list[list[Any]] = []  # [kind, pointer, index or key]
    expect_key = False
    for token in _TOKEN.finditer(text):
        begin = token.start(token.lastgroup or 0)
        line += text.count("\n", last, begin)
        last = begin
        mark = token["mark"]
        if mark in ("}", "]"):
            stack.pop()
            expect_key = False
        elif mark == ",":
            expect_key = stack[-1][0] == "{"
            if not expect_key:
                stack[-1][2] += 1
        elif mark == ":":
            expect_key = False
        elif token["text"] is not None and expect_key:
            stack[-1][2] = json.loads(token["text"])
            pointer = step(stack[-1][1], stack[-1][2])
            if on_double and pointer in found:
                on_double(pointer, line)
            found[pointer] = line
            expect_key = False
        else:
            pointer = step(stack[-1][1], stack[-1][2]) if stack else ""
            found.setdefault(pointer, line)
            if mark in ("{", "["):
                stack.append([mark, pointer, 0])
                expect_key = mark == "{"
    return found
