"""Looking at the expressions of a spec file: names that are not there, comparisons that cannot be meant, results of the wrong kind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.spec.advice import advised
from engine.spec.expression import Fx, FxError, compile_fx
from engine.spec.fx_types import infer, type_of
from engine.spec.josa import settle_josa
from engine.spec.source import Document, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.errors import Finding
    from engine.spec.fx_types import FxType

_WORDS = {"text": "글", "number": "수", "boolean": "참·거짓", "date": "날짜", "datetime": "때", "list": "여러 값"}
#: Kinds that may stand for one another where a kind is asked.
_LIKE = {"date": {"date", "datetime"}, "datetime": {"date", "datetime"}, "text": {"text"}, "number": {"number"}, "boolean": {"boolean"}}


class Judge:
    """Looks at expressions with `types` in reach; `findings` collects what is wrong."""

    def __init__(self, types: Mapping[str, FxType]) -> None:
        """`types` are those of `facts.fact_types`."""
        self.types = types
        self.findings: list[Finding] = []

    def look_all(self, document: Document, wanted: Mapping[str, tuple[str, ...]], more: Mapping[str, FxType] | None = None) -> None:
        """Look at every expression of `document` at the pointers of `wanted` ("/columns/*/value"), each of which must give one of these kinds."""
        for pattern, kinds in wanted.items():
            for pointer, source in places(document.data, pattern):
                if isinstance(source, str) and source:
                    self.look(document, pointer, source, kinds, more)

    def look(self, document: Document, pointer: str, source: str, kinds: tuple[str, ...] = (), more: Mapping[str, FxType] | None = None) -> FxType | None:
        """Look at one expression; one that cannot be compiled has been found before."""
        try:
            fx = compile_fx(source)
        except FxError:
            return None
        types = {**self.types, **more} if more else self.types
        problems = problems_of(fx, types, kinds)
        self.findings += [document.finding(pointer, kind, message) for kind, message in problems]
        return None if problems else type_of(fx, types)


def problems_of(fx: Fx, types: Mapping[str, FxType], kinds: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Give (English id, Korean sentence) of everything wrong with `fx`, which must give one of `kinds` (none named = anything)."""
    found = [(kind, f"{offset}번째 글자: {message}") for offset, kind, message in infer(fx, types)]
    if found or not kinds:
        return found
    gives = type_of(fx, types).kind
    if gives in ("any", "none") or any(gives in _LIKE.get(kind, {kind}) for kind in kinds):
        return []
    want = "이나 ".join(_WORDS.get(kind, kind) for kind in kinds)
    return [("wrong-kind", f"이 식은 {_WORDS.get(gives, gives)}을(를) 주는데 {want}이(가) 와야 합니다.")]


def places(data: Any, pattern: str, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Give (pointer, value) of every place that `pattern` names; `*` is every item of a list or object."""
    if not pattern:
        yield pointer, data
        return
    head, slash, rest = pattern[1:].partition("/")
    if head == "*":
        items = enumerate(data) if isinstance(data, list) else data.items() if isinstance(data, dict) else ()
        for key, value in items:
            yield from places(value, slash + rest, step(pointer, key))
    elif isinstance(data, dict) and head in data:
        yield from places(data[head], slash + rest, step(pointer, head))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Give findings once each, file by file and line by line, with what to do, and with the particles of their sentences settled."""
    told = (replace(finding, message=settle_josa(finding.message)) for finding in map(advised, findings))
    return sorted(dict.fromkeys(told), key=lambda finding: (finding.path, finding.line))
