"""The `if` of a branch in Korean words: a time, when it holds or when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.clauses import WHEN, Clause, Said, constant, denied, joined, sentence
from engine.spec.nodes import Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def branch(condition: Mapping[str, Any], owner: Section, *, holds: bool = True) -> str:
    """Tell the `if` of a branch of a section: when it holds, or when it does not."""
    clause = _clause(condition, owner)
    return sentence(clause if holds else denied(clause), WHEN)


def _clause(schema: Mapping[str, Any], owner: Section) -> Clause:
    parts: list[Clause] = []
    properties = schema.get("properties", {})
    for name in dict.fromkeys((*schema.get("required", ()), *properties)):
        child = owner.children[name]
        leaf = properties.get(name)
        if isinstance(leaf, dict) and isinstance(child, Section):
            parts.append(_clause(leaf, child))
        elif isinstance(leaf, dict) and leaf:
            parts.append(_leaf(leaf, child))
        else:
            parts.append(Said(f"{child.title}이(가) 적혀", "stand"))
    parts += [joined([_clause(part, owner) for part in schema[word]], every=word == "allOf") for word in ("allOf", "anyOf") if schema.get(word)]
    return joined(parts, every=True)


def _leaf(leaf: Mapping[str, Any], child: Any) -> Clause:
    parts: list[Clause] = []
    if "const" in leaf or "enum" in leaf:
        parts.append(Said(f"{child.title}이(가) {_any_of([leaf['const']] if 'const' in leaf else leaf['enum'], child)}"))
    inner = leaf.get("contains")
    if isinstance(inner, dict):
        wanted = [inner["const"]] if "const" in inner else inner.get("enum", [])
        parts.append(Said(f"{child.title}에 {_any_of(wanted, child.item)}이(가) 들어", "stand"))
    bounds = {"minimum": "이상", "maximum": "이하", "exclusiveMinimum": "초과", "exclusiveMaximum": "미만"}
    parts += [Said(f"{child.title}이(가) {leaf[word]} {told}") for word, told in bounds.items() if word in leaf]
    return joined(parts, every=True) if parts else Said(f"{child.title}이(가) 적혀", "stand")


def _any_of(values: list[Any], child: Any) -> str:
    codes = getattr(child, "codes", None)
    names = [constant(each) if codes is None else f"‘{codes.label(each)}’" for each in values]
    return names[0] if len(names) == 1 else f"{', '.join(names)} 가운데 하나"
