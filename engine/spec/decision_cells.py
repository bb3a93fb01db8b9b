"""One cell of a decision table: DMN's unary tests with fx for operands, so that any DMN modeler can edit it.

`-` or nothing: always · `"a","b"` · `< 18` `>= 18` `!= "a"` · `[15..18)` · `not("a","b")` · any fx (equal to the input, or one of it where it is a
list) · `?` in an fx stands for the input. In a column whose input is `true` the whole cell is one fx: the condition itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spec import fx_values as fn
from engine.spec.expression import Fx, FxError, compile_fx

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What stands for `?` in a cell.
INPUT = "입력값"
_COMPARISON = re.compile(r"(<=|>=|!=|==|<|>|=)(?!=)")
_INTERVAL = re.compile(r"([\[\](])(.+?)\.\.(.+)([\[\])])", re.DOTALL)
_ORDERS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}
_QUESTION = re.compile(r'("[^"]*"|\'[^\']*\')|\?')


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a cell: `sign` always | == | != | < | <= | > | >= | between | holds; operands as expressions; `open_` says which ends are left out."""

    sign: str
    first: Fx | None = None
    second: Fx | None = None
    open_: tuple[bool, bool] = (False, False)

    def passes(self, value: Any, scope: Mapping[str, Any]) -> bool:
        """Say whether `value` (of the column's input) passes."""
        if self.sign == "always":
            return True
        first = self.first(scope) if self.first else None
        if self.sign == "holds":
            return bool(first)
        if self.sign in {"==", "!="}:
            same = fn.contains(first, value) if isinstance(first, (list, tuple)) else fn.equal(value, first)
            return same is (self.sign == "==")
        if self.sign == "between":
            return self._between(value, first, self.second(scope) if self.second else None)
        order = fn.compare(value, first)
        return order in _ORDERS[self.sign]

    def _between(self, value: Any, low: Any, high: Any) -> bool:
        below, above = fn.compare(value, low), fn.compare(value, high)
        return below in ((1,) if self.open_[0] else (0, 1)) and above in ((-1,) if self.open_[1] else (-1, 0))


ALWAYS = Test("always")


@dataclass(frozen=True, slots=True)
class Cell:
    """All tests of a cell: one of them must pass (none may, where `negated`)."""

    tests: tuple[Test, ...] = (ALWAYS,)
    negated: bool = False
    always: bool = field(init=False)  # the cell asks nothing
    asks: bool = field(init=False)  # a test names the input by `?`

    def __post_init__(self) -> None:
        """Look once at what is asked for every case."""
        object.__setattr__(self, "always", self.tests == (ALWAYS,) and not self.negated)
        object.__setattr__(self, "asks", any(INPUT in fx.reads for fx in self.expressions()))

    def passes(self, value: Any, scope: Mapping[str, Any]) -> bool:
        """Say whether `value` passes the cell."""
        return any(test.passes(value, scope) for test in self.tests) is not self.negated

    def expressions(self) -> list[Fx]:
        """Give every expression of the cell."""
        return [fx for test in self.tests for fx in (test.first, test.second) if fx is not None]


def compile_cell(text: str, *, condition: bool = False) -> Cell:
    """Compile one cell; `condition` for a column whose input is `true`. Raises FxError."""
    text = text.strip()
    if text in {"", "-"}:
        return Cell()
    if condition:
        return Cell((Test("holds", _fx(text)),))
    inner = re.fullmatch(r"not\s*\((.*)\)", text, re.DOTALL)
    if inner and len(split(text)) == 1:
        return Cell(tuple(_test(part) for part in split(inner[1])), negated=True)
    return Cell(tuple(_test(part) for part in split(text)))


def split(text: str) -> list[str]:
    """Cut `text` at its commas outside quotes and brackets (the brackets of an interval may face either way)."""
    if _is_interval(text):
        return [text]
    parts, depth, quote, begin = [], 0, "", 0
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(depth - 1, 0)
        elif sign == "," and depth == 0:
            parts.append(text[begin:place])
            begin = place + 1
    return [part.strip() for part in (*parts, text[begin:])]


def literal(text: str) -> Fx:
    """Compile an operand or an output; `true` and `false` as DMN writes them."""
    return compile_fx({"true": "True", "false": "False"}.get(text.strip(), text))


def _is_interval(text: str) -> bool:
    return bool(_INTERVAL.fullmatch(text.strip())) and text.count("..") == 1 and '"' not in text.split("..", maxsplit=1)[0]


def _test(text: str) -> Test:
    if not text:
        raise FxError("쉼표 사이가 비어 있습니다.")
    sign = _COMPARISON.match(text)
    if sign:
        return Test({"=": "=="}.get(sign[1], sign[1]), literal(text[sign.end() :]))
    interval = _INTERVAL.fullmatch(text)
    if interval:
        return Test("between", literal(interval[2]), literal(interval[3]), (interval[1] != "[", interval[4] != "]"))
    if "?" in _QUESTION.sub(lambda found: "" if found[1] else "?", text):
        return Test("holds", _fx(text))
    return Test("==", literal(text))


def _fx(text: str) -> Fx:
    return literal(_QUESTION.sub(lambda found: found[1] or INPUT, text))
