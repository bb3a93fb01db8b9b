"""fx, the one expression language: Python-subset syntax with Korean names, compiled to closures.

Nothing of Python is reachable from it: names come from the scope given, `a.b` is a lookup in a mapping, calls go to the table of
`fx_functions`, and the length, the nodes and the steps are bounded. There is no `eval` and no `exec`.
"""

from __future__ import annotations

import ast
import unicodedata
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.spec.fx_compiler import MAX_NODES, Compiler, FxError
from engine.spec.fx_names import NAME, dotted, nearest, position, suggestion
from engine.spec.fx_steps import MAX_STEPS, FxRuntimeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["MAX_CHARACTERS", "MAX_NODES", "MAX_STEPS", "NAME", "Fx", "FxError", "FxRuntimeError", "compile_fx", "dotted", "nearest", "position", "suggestion"]
MAX_CHARACTERS = 2_000
_KEPT = 4_096  # expressions held compiled


class Fx:
    """One compiled expression: call it with a scope (any mapping of names to values).

    `reads` are the dotted names it reads from the scope ("case.birth", "rows"), `deep` the same with the fields read of each row
    ("rows.*.amount"), `needs` those without which it has no meaning (not only asked whether they are empty), `heads` the first names of `reads`.
    """

    __slots__ = ("_run", "deep", "heads", "needs", "reads", "source", "tree")

    def __init__(self, source: str, tree: ast.expr, run: Any, found: Compiler) -> None:
        """Keep what `compile_fx` made."""
        self.source = source
        self.tree = tree
        self._run = run
        self.reads = frozenset(found.reads)
        self.deep = frozenset(found.deep)
        self.needs = frozenset(found.needs)
        self.heads = heads(self.reads)

    def __call__(self, scope: Mapping[str, Any]) -> Any:
        """The value; raises `FxRuntimeError` when the step budget is used up, and nothing else."""
        return self._run([scope.get, None, 0])

    def __repr__(self) -> str:
        return f"Fx({self.source!r})"


def heads(paths: Iterable[str]) -> frozenset[str]:
    """Give the first names of dotted ones."""
    return frozenset(path.partition(".")[0] for path in paths)


def compile_fx(source: str) -> Fx:
    """Compile `source`; raises `FxError`. Many say the same, and the parts of an edition are looked at more than once: what was compiled is kept."""
    if not isinstance(source, str):
        raise FxError("식은 글로 적어야 합니다.")
    return _compiled(source)


@lru_cache(maxsize=_KEPT)
def _compiled(source: str) -> Fx:
    text = _clean(source)
    tree, shift = _parse(text)
    compiler = Compiler(text, shift)
    run = compiler.closure(tree)
    return Fx(text, tree, run, compiler)


def _clean(source: str) -> str:
    if len(source) > MAX_CHARACTERS:
        raise FxError(f"식이 너무 깁니다. {MAX_CHARACTERS:,}자까지 쓸 수 있습니다.", 1, MAX_CHARACTERS + 1)
    text = unicodedata.normalize("NFC", source).strip()
    if not text:
        raise FxError("식이 비어 있습니다.")
    for sign, name in (("\\", "역슬래시(\\)"), ("`", "`"), ("\x00", "널 문자"), ("\f", "제어 문자")):
        if sign in text:
            line = text.count("\n", 0, text.index(sign)) + 1
            raise FxError(f"{name}는 식에 쓸 수 없습니다." if sign == "\\" else "식에 쓸 수 없는 글자가 있습니다.", line, text.index(sign) + 1, text)
    return text


def _parse(text: str) -> tuple[ast.expr, int]:
    """The tree, and by how many columns the first line was moved."""
    wrapped = "\n" in text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(f"({text}\n)" if wrapped else text, mode="eval").body
    except SyntaxError as error:
        line = min(error.lineno or 1, text.count("\n") + 1)
        offset = max((error.offset or 1) - (1 if wrapped and line == 1 else 0), 1)
        raise FxError(_reason(error.msg or ""), line, offset, text) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise FxError("식을 읽을 수 없습니다. 더 짧고 단순하게 쓰세요.", 1, 1, text) from None
    return tree, 1 if wrapped else 0


_REASONS = (
    ("never closed", "괄호가 닫히지 않았습니다."),
    ("unmatched", "짝이 없는 괄호가 있습니다."),
    ("does not match", "괄호의 짝이 맞지 않습니다."),
    ("unterminated", "따옴표가 닫히지 않았습니다."),
    ("Maybe you meant '=='", "같은지 비교하려면 == 를 쓰세요."),
    ("cannot assign", "값을 넣을 수 없습니다. 같은지 비교하려면 == 를 쓰세요."),
    ("forgot a comma", "쉼표나 연산자가 빠졌습니다."),
    ("invalid character", "식에 쓸 수 없는 글자가 있습니다."),
    ("invalid non-printable", "식에 쓸 수 없는 글자가 있습니다."),
    ("too many nested", "괄호가 너무 깊습니다."),
    ("decimal literal", "숫자를 읽을 수 없습니다."),
    ("leading zeros", "숫자는 0으로 시작할 수 없습니다."),
    ("expected 'else'", "if 에는 else 가 있어야 합니다."),
)


def _reason(message: str) -> str:
    return next((korean for part, korean in _REASONS if part in message), "식의 형식이 맞지 않습니다. 괄호, 따옴표, 연산자를 확인하세요.")
