"""A JSON file of an edition: its data, and the line each part of it stands on.

The data comes from the C parser; lines are only looked for when a finding needs one, by a second pass over the text.
Numbers that are not whole become `Decimal` (never `float`), texts become NFC, a key written twice is a finding.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.errors import Finding
from engine.spec import locate

if TYPE_CHECKING:
    from engine.spec.locate import Path

MAX_DEPTH = 64


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
        return {_pointer(path): line for path, line in locate.lines(self.text)[0].items()}

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
        why = "너무 깊이 겹쳐 있습니다." if isinstance(error, RecursionError) else f"'{error}'은(는) 쓸 수 없는 값입니다." if str(error) in _CONSTANTS else "숫자가 너무 깁니다."
        return Document(path, text, None, (Finding(path, 1, "not-json", why),))
    if data is None:
        return Document(path, text, None, (Finding(path, 1, "not-json", "파일에 null만 있습니다. {…}를 적으세요."),))
    if isinstance(data, (dict, list)) and _depth(data) > MAX_DEPTH:
        return Document(path, text, None, (Finding(path, 1, "too-deep", f"{MAX_DEPTH}단계보다 깊이 겹쳐 있습니다. 나누어 적으세요."),))
    if not twice:
        return Document(path, text, data)
    again = (Finding(path, line, "duplicate-key", f"'{at[-1]}'을(를) 같은 자리에 두 번 적었습니다. 하나만 남기세요.") for at, line in locate.lines(text)[1])
    return Document(path, text, data, tuple(again))


def step(pointer: str, key: str | int) -> str:
    """Add one key to a JSON pointer (RFC 6901 escapes)."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _object(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice.extend(name for name in made if names.count(name) > 1)
    return made


_CONSTANTS = ("NaN", "Infinity", "-Infinity")


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _depth(data: Any) -> int:
    deepest, waiting = 1, [(data, 1)]
    while waiting:
        value, depth = waiting.pop()
        if not value:
            continue
        deepest = max(deepest, depth + 1)
        if depth >= MAX_DEPTH:
            return depth + 1
        parts = value.values() if value.__class__ is dict else value
        waiting.extend((part, depth + 1) for part in parts if part.__class__ is dict or part.__class__ is list)
    return deepest


def _pointer(path: Path) -> str:
    pointer = ""
    for key in path:
        pointer = step(pointer, key)
    return pointer
