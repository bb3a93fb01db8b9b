"""A form: one screen's rules, compiled once from its JSON Schema by `compile_form`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.errors import SpecError
from engine.spec import fields as screen
from engine.spec.fields import Field, Part, Tab
from engine.spec.formparse import Reader
from engine.spec.formread import Form, Reading
from engine.spec.locate import Report
from engine.spec.nodes import Section, Table
from engine.spec.plan import build, walk
from engine.spec.sight import Sight

if TYPE_CHECKING:
    from datetime import date

    from engine.spec.codes import CodeList
    from engine.spec.decision import Decision

__all__ = ["Field", "Form", "Reading", "Tab", "compile_form"]
_ID = re.compile(r"^urn:didimdol:form:([a-z][a-z0-9_]*)(?::[^:]*)?$")


def compile_form(schema: Mapping[str, Any], lists: Mapping[str, CodeList], path: str, decisions: Mapping[str, Decision] = MappingProxyType({})) -> Form:
    """The form of a schema; raises `SpecError` with everything wrong with its shape (meaning is `formcheck`'s part)."""
    report = Report(path)
    form = assemble(schema, lists, path, report, decisions)
    if report.problems or form is None:
        raise SpecError(report.findings())
    return form


def assemble(schema: Any, lists: Mapping[str, CodeList], path: str, report: Report, decisions: Mapping[str, Decision]) -> Form | None:
    """The form as far as it can be read, asking the decision tables by id; what is wrong goes to `report`."""
    if not isinstance(schema, Mapping):
        report.add((), "object-form", "화면은 JSON 객체여야 합니다.")
        return None
    reader = Reader(schema, lists, report, decisions)
    root = reader.read()
    visible = reader.fx(root.schema, "x-visible", ())
    build(root, report)
    nodes = {node.pointer: node for node in walk(root)}
    layout = screen.tabs(root)
    fields = {pointer: screen.field_of(node) for pointer, node in nodes.items()}
    days: set[date] = set()
    for node in nodes.values():
        codes = screen.codes_of(node)
        days.update(codes.breaks if codes else ())
    found = _ID.match(str(schema.get("$id", "")))
    read = root.schema
    return Form(
        id=found[1] if found else path.rsplit("/", 1)[-1].removesuffix(".json"),
        title=root.title,
        schema=schema,
        screen=read.get("x-screen", {}),
        layout=layout,
        list_columns=_columns(read.get("x-list"), nodes, report),
        print=read.get("x-print", {}),
        fields=MappingProxyType(fields),
        live=screen.live(root),
        sensitive=frozenset(pointer for pointer, each in fields.items() if each.sensitive),
        root=root,
        nodes=nodes,
        order=_order(root, layout),
        breaks=tuple(sorted(days)),
        sight=Sight(visible) if visible is not None else None,
    )


def _columns(names: Any, nodes: Mapping[str, Part], report: Report) -> tuple[str, ...]:
    out = []
    for n, name in enumerate(names if isinstance(names, list) else []):
        pointer = "/" + str(name).strip("/").replace(".", "/")
        if pointer not in nodes:
            report.add(("x-list", n), "unknown-name", f"없는 항목입니다: {name}")
        else:
            out.append(pointer)
    return tuple(out)


def _order(root: Section, layout: tuple[Tab, ...]) -> dict[str, int]:
    """The place of every pointer on the screen."""
    first = [pointer for tab in layout for pointer in tab.fields]
    rest = [child.pointer for child in root.children.values() if child.pointer not in first]
    order: dict[str, int] = {"": 0}
    for pointer in [*first, *rest]:
        node = root.children[pointer[1:]]
        for each in (node, *(walk(node) if isinstance(node, Section) else walk(node.row) if isinstance(node, Table) else ())):
            order[each.pointer] = len(order)
    return order
