"""Conditions as Korean clauses: small parts that take the ending their place in a sentence asks for. Pure text, no knowledge of specs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.spec.josa import settle_josa

#: Endings by place: closing a sentence, before another in an "and", in an "or", as a time, as a demand, before a noun.
FINAL, AND, OR, WHEN, MUST, WHICH = range(6)
_BE = ("입니다", "이고", "이거나", "일 때", "이어야 합니다", "인")
_NOT = ("이(가) 아닙니다", "이(가) 아니고", "이(가) 아니거나", "이(가) 아닐 때", "이(가) 아니어야 합니다", "이(가) 아닌")
_IS = (" 있습니다", " 있고", " 있거나", " 있을 때", " 있어야 합니다", " 있는")
_NONE = (" 없습니다", " 없고", " 없거나", " 없을 때", " 없어야 합니다", " 없는")
_LEFT = (" 있지 않습니다", " 있지 않고", " 있지 않거나", " 있지 않을 때", " 있지 않아야 합니다", " 있지 않은")
_DO = ("합니다", "하고", "하거나", "할 때", "해야 합니다", "하는")
_DONT = ("하지 않습니다", "하지 않고", "하지 않거나", "하지 않을 때", "하지 않아야 합니다", "하지 않는")
_SAME = (" 같습니다", " 같고", " 같거나", " 같을 때", " 같아야 합니다", " 같은")
_OTHER = (" 다릅니다", " 다르고", " 다르거나", " 다를 때", " 달라야 합니다", " 다른")
_BEFORE = (" 빠릅니다", " 빠르고", " 빠르거나", " 빠를 때", " 빨라야 합니다", " 빠른")
_NOT_BEFORE = (" 빠르지 않습니다", " 빠르지 않고", " 빠르지 않거나", " 빠르지 않을 때", " 빠르지 않아야 합니다", " 빠르지 않은")
_AFTER = (" 늦습니다", " 늦고", " 늦거나", " 늦을 때", " 늦어야 합니다", " 늦은")
_NOT_AFTER = (" 늦지 않습니다", " 늦지 않고", " 늦지 않거나", " 늦지 않을 때", " 늦지 않아야 합니다", " 늦지 않은")
#: Predicate -> its endings, and those of its denial.
_ENDINGS = {
    "be": (_BE, _NOT), "exist": (_IS, _NONE), "stand": (_IS, _LEFT), "apply": (_DO, _DONT), "same": (_SAME, _OTHER), "before": (_BEFORE, _NOT_BEFORE),
    "after": (_AFTER, _NOT_AFTER),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said: a text that its predicate ends. `yes` is False where it is denied."""

    text: str
    predicate: str = "be"
    yes: bool = True


@dataclass(frozen=True, slots=True)
class Joined:
    """Several clauses of which all (`every`) or at least one hold."""

    every: bool
    parts: tuple[Said | Joined, ...]


Clause = Said | Joined


def joined(parts: list[Clause], *, every: bool) -> Clause:
    """Join clauses; one alone stays itself, and those joined the same way are taken apart."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Joined) and part.every is every else (part,))]
    return flat[0] if len(flat) == 1 else Joined(every, tuple(flat))


def denied(clause: Clause) -> Clause:
    """Give the opposite of a clause."""
    if isinstance(clause, Said):
        return replace(clause, yes=not clause.yes)
    return Joined(not clause.every, tuple(denied(part) for part in clause.parts))


def sentence(clause: Clause, ending: int) -> str:
    """Write a clause with an ending; particles are settled."""
    return settle_josa(_written(clause, ending))


def _written(clause: Clause, ending: int) -> str:
    if isinstance(clause, Said):
        return clause.text + _ENDINGS[clause.predicate][0 if clause.yes else 1][ending]
    between = AND if clause.every else OR
    last = len(clause.parts) - 1
    return " ".join(_inner(part, ending if at == last else between) for at, part in enumerate(clause.parts))


def _inner(part: Clause, ending: int) -> str:
    written = _written(part, ending)
    return f"({written})" if isinstance(part, Joined) else written


def constant(given: Any) -> str:
    """Give a value as a sentence names it."""
    if isinstance(given, bool):
        return "‘예’" if given else "‘아니요’"
    return f"‘{given}’" if isinstance(given, str) else "빈칸" if given is None else str(given)
