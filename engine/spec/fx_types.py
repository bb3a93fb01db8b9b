"""Types of fx expressions, for `check`: what a name holds, and comparisons that can never be meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.spec.expression import Fx


@dataclass(frozen=True)
class FxType:
    """`kind` is text, number, boolean, date, datetime, list, record, none or any.

    A list has an `item`, a record its `fields` (`open` where it may have others), a text or number from a code list its `codes`.
    """

    kind: str
    item: FxType | None = None
    fields: Mapping[str, FxType] = field(default_factory=dict)
    codes: frozenset[str | int] | None = None
    open: bool = False


ANY = FxType("any")
NONE = FxType("none")
TEXT = FxType("text")
NUMBER = FxType("number")
BOOLEAN = FxType("boolean")
DATE = FxType("date")
DATETIME = FxType("datetime")


def record(fields: Mapping[str, FxType], *, open: bool = False) -> FxType:  # noqa: A002 - the word of the type
    """A record type."""
    return FxType("record", fields=fields, open=open)


def list_of(item: FxType) -> FxType:
    """A list type."""
    return FxType("list", item=item)


def infer(fx: Fx, types: Mapping[str, FxType]) -> list[tuple[int, str, str]]:
    """What is wrong with an expression over names of these types: (offset from 1, English id, Korean sentence)."""
    return []
