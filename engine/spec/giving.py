"""Values that come from expressions or from the store: prefilled, copied, and read back with their types."""

from __future__ import annotations

from collections.abc import Mapping
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


def typed_values(section: Section, data: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values of stored data of a section."""
    out: dict[str, Any] = {}
    for name, child in section.children.items():
        raw = data.get(name) if isinstance(data, Mapping) else None
        if raw is None:
            continue
        if isinstance(child, Section):
            out[name] = typed_values(child, raw)
        elif isinstance(child, Table):
            out[name] = [typed_values(child.row, row) for row in raw] if isinstance(raw, list) else []
        elif (value := child.take(raw)[1]) is not None:
            out[name] = value
    return out


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
