"""An expression of a form that asks decision tables: `decision.<id>.<output>`, decided by what the form says and the facts beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine.spec.decision_cells import INPUT
from engine.spec.expression import Fx, heads

if TYPE_CHECKING:
    from engine.spec.decision import Decision

WORD = "decision"


class Deciding(Fx):
    """An expression with the tables it asks; it reads what they read too."""

    __slots__ = ("tables",)

    def __init__(self, plain: Fx, tables: Mapping[str, Decision]) -> None:
        """`tables` are those `plain` names, by id."""
        for slot in Fx.__slots__:
            setattr(self, slot, getattr(plain, slot))
        self.tables = tables
        asked = [fx for table in tables.values() for fx in table.expressions()]
        self.reads |= {name for fx in asked for name in fx.reads} - {INPUT}
        self.deep |= {name for fx in asked for name in fx.deep} - {INPUT}
        self.heads = heads(self.reads)

    def __call__(self, scope: Mapping[str, Any]) -> Any:
        """The value; raises `FxRuntimeError` when the step budget is used up, and nothing else."""
        return super().__call__(_Asked(self.tables, scope))


def deciding(fx: Fx | None, tables: Mapping[str, Decision]) -> Fx | None:
    """Give `fx` with the tables it asks; itself where it asks none that is there."""
    named = {read.split(".")[1] for read in fx.reads if read.startswith(f"{WORD}.")} if fx else set()
    asked = {name: tables[name] for name in sorted(named) if name in tables}
    return Deciding(fx, asked) if fx and asked else fx


class _Asked(Mapping[str, Any]):
    """The scope of a form with `decision` over it."""

    __slots__ = ("_scope", "_tables")

    def __init__(self, tables: Mapping[str, Decision], scope: Mapping[str, Any]) -> None:
        self._tables, self._scope = tables, scope

    def get(self, name: str, default: Any = None) -> Any:
        if name == WORD:
            return {ident: table.decide(self) for ident, table in self._tables.items()}
        found = self._scope.get(name)
        return default if found is None else found

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)  # what is not there is None

    def __iter__(self) -> Iterator[str]:
        return iter((WORD,))

    def __len__(self) -> int:
        return 1
