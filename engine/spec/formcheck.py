"""Everything wrong with a form: its shape, its names and types, and screens nobody can reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.spec.form import assemble
from engine.spec.locate import Report

if TYPE_CHECKING:
    from engine.errors import Finding
    from engine.spec.codes import CodeList
    from engine.spec.fx_types import FxType


def check_form(schema: Any, path: str, text: str, lists: Mapping[str, CodeList], fact_types: Mapping[str, FxType]) -> list[Finding]:
    """Every finding of one form file; `text` is the file as written (for the lines), `fact_types` what its expressions may read beside it."""
    report = Report(path, text)
    assemble(schema, lists, path, report)
    return report.findings()
