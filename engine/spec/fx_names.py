"""Names in fx: what they may look like, where in a text a node stands, and which known name was meant."""

from __future__ import annotations

import ast
import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = re.compile(r"^[가-힣A-Za-z][가-힣A-Za-z0-9_]*$")


def dotted(node: ast.AST) -> str:
    """The dotted name a node spells ("a.b"), or "" where it is something else."""
    chain: list[str] = []
    while isinstance(node, ast.Attribute):
        chain.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(chain)]) if isinstance(node, ast.Name) else ""


def position(node: ast.AST, lines: list[str], shift: int = 0) -> tuple[int, int]:
    """Line and character (both from 1) of a node; `ast` counts bytes of UTF-8."""
    line = getattr(node, "lineno", 1)
    column = getattr(node, "col_offset", 0) - (shift if line == 1 else 0)
    head = lines[line - 1].encode()[: max(column, 0)] if line <= len(lines) else b""
    return line, len(head.decode(errors="ignore")) + 1


def suggestion(name: str, known: Iterable[str]) -> str:
    """" 혹시 '…'인가요?" for the nearest known name, or ""."""
    near = nearest(name, known)
    return f" (혹시 '{near}'인가요?)" if near else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like `name` letter by letter (Hangul by jamo), or ""."""
    by_jamo = {unicodedata.normalize("NFD", each): each for each in known}
    found = difflib.get_close_matches(unicodedata.normalize("NFD", name), by_jamo, 1, 0.6)
    return by_jamo[found[0]] if found else ""
