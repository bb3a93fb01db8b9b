"""Values that come from expressions or from the store: prefilled, copied, and read back with their types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine.spec.expression import FxRuntimeError
from engine.spec.nodes import Many, Scalar, Section, Table
from engine.spec.settle import Scope

if TYPE_CHECKING:
    from engine.spec.fields import Part


def prefilled(section: Section, out: dict[str, Any], layers: tuple[Any, ...], facts: Mapping[str, Any]) -> None:
    """Fill `out` with what the prefills of a section give; `layers` are the sections around it."""
    typed: dict[str, Any] = {}
    inside = ((frozenset(section.children), typed), *layers)
    scope = Scope(inside, facts)
    for name, child in section.children.items():
        if isinstance(child, Section):
            inner: dict[str, Any] = {}
            prefilled(child, inner, inside, facts)
            if inner:
                out[name] = inner
        elif child.prefill is not None and not child.readonly:
            try:
                data, value = give(child, child.prefill(scope))  # type: ignore[arg-type]
            except FxRuntimeError:
                continue
            if data is not None:
                out[name], typed[name] = data, value


class Stored(Mapping[str, Any]):
    """Stored data of a section as fx reads it. A value gets its type when it is first asked for: most expressions ask for few of many."""

    __slots__ = ("_data", "_known", "_section")

    def __init__(self, section: Section, data: Mapping[str, Any]) -> None:
        """`data` must not change from now on; unknown names and unreadable values in it are left out."""
        self._section, self._data = section, data
        self._known: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """Give a value, or `default` where there is none."""
        known = self._known
        if name not in known:
            known[name] = self._typed(name)
        value = known[name]
        return default if value is None else value

    def __getitem__(self, name: str) -> Any:
        """Give a value. Raises KeyError where there is none."""
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        """Say whether there is a value."""
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        """Give the names that have a value, in the order of the form."""
        return (name for name in self._section.children if self.get(name) is not None)

    def __len__(self) -> int:
        """Count the values."""
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _typed(self, name: str) -> Any:
        child, raw = self._section.children.get(name), self._data.get(name)
        if raw is None or child is None:
            return None
        if isinstance(child, Section):
            return _section(child, raw)
        if isinstance(child, Table):
            return [_section(child.row, row) for row in raw] if isinstance(raw, list) else []
        return child.take(raw)[1]


def _section(section: Section, raw: Any) -> Mapping[str, Any]:
    return Stored(section, raw) if isinstance(raw, Mapping) and raw else {}


def give(node: Part, value: Any) -> tuple[Any, Any]:
    """An fx value as raw answer and typed value of a node."""
    if isinstance(node, (Scalar, Many)):
        return node.give(value)
    if isinstance(node, Section):
        return _give_section(node, value)
    if not isinstance(value, (list, tuple)):
        return None, None
    rows = [given for each in value[: node.most] if (given := _give_section(node.row, each))[0]]
    return ([row[0] for row in rows], [row[1] for row in rows]) if rows else (None, None)


def _give_section(section: Section, value: Any) -> tuple[Any, Any]:
    if not isinstance(value, Mapping):
        return None, None
    data: dict[str, Any] = {}
    typed: dict[str, Any] = {}
    for name, child in section.children.items():
        given = give(child, value.get(name)) if not child.readonly else (None, None)
        if given[0] is not None:
            data[name], typed[name] = given
    return (data, typed) if data else (None, None)
