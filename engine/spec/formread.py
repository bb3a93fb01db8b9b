"""A form as it is used: what it knows of itself, and how answers are read with it.

`Form.read` is the fixed pipeline: settle (hidden is absent, derived is computed) -> validate -> checks -> messages.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.spec import decode as html
from engine.spec.giving import Stored, prefilled
from engine.spec.keywords import validator_of
from engine.spec.messages import sentence
from engine.spec.reading import Errors, Facets, run_checks
from engine.spec.settle import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from engine.errors import FieldError
    from engine.spec.codes import Code
    from engine.spec.fields import Field, Part, Tab
    from engine.spec.nodes import Section
    from engine.spec.sight import Sight
    from engine.spec.variants import Variant

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Reading:
    """What answers mean.

    `data` is what would be stored (JSON types, settled). `visible`, `required` and the keys of `derived` and `options` are JSON pointers
    into the raw answers ("/rows/0/amount"; columns also as "/rows/*/amount"). `values` is `data` as fx reads it.
    """

    data: dict[str, Any]
    facets: Facets = field(repr=False)
    derived: Mapping[str, Any]
    errors: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]
    ok: bool
    values: Mapping[str, Any]
    outcomes: Mapping[str, bool] = field(default_factory=dict)

    @property
    def visible(self) -> frozenset[str]:
        """What is to be shown."""
        return self.facets.visible

    @property
    def required(self) -> frozenset[str]:
        """What must be answered."""
        return self.facets.required

    @property
    def options(self) -> Mapping[str, tuple[Code, ...]]:
        """What may be chosen, where that is not every code of the field."""
        return self.facets.options


@dataclass(frozen=True, eq=False)
class Form:
    """One screen. Immutable; safe to share between threads."""

    id: str
    title: str
    schema: Mapping[str, Any]
    screen: Mapping[str, Any]
    layout: tuple[Tab, ...]
    list_columns: tuple[str, ...]
    print: Mapping[str, Any]
    fields: Mapping[str, Field]
    live: frozenset[str]
    sensitive: frozenset[str]
    root: Section = field(repr=False)
    nodes: Mapping[str, Part] = field(repr=False)
    order: Mapping[str, int] = field(repr=False)
    breaks: tuple[date, ...] = field(repr=False)
    sight: Sight | None = None  # who may see a record of it; None: whoever sees the case
    _validators: dict[int, Any] = field(repr=False, default_factory=dict)

    def prefill(self, facts: Mapping[str, Any], on: date) -> dict[str, Any]:  # noqa: ARG002 - the day is part of every reading's face
        """The raw answers a new record begins with."""
        out: dict[str, Any] = {}
        prefilled(self.root, out, (), facts)
        return out

    def decode(self, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """An HTML form's fields as raw answers; names that are no JSON pointer are not ours."""
        return html.decode(self.root, pairs)

    def read(
        self, answers: Mapping[str, Any], facts: Mapping[str, Any], on: date, *, confirmed: bool = False, strict: bool = True,
        forced: Mapping[str, Any] = _NOTHING,
    ) -> Reading:
        """Everything the answers mean and everything wrong with them; never raises for bad answers.

        `strict` refuses values of hidden fields (a posted JSON); otherwise they are left out in silence (a draft, an HTML form).
        `forced` (pointer -> value) stands for everything calculated: it shows what facts that are not there would make of the screen.
        """
        tree = settle(self.root.plan, answers, facts, strict=strict, forced=forced)
        errors = Errors(self.nodes, self.order, tree)
        for fault in tree.faults:
            errors.add(fault.path, fault.keyword, fault.limit)
        data = tree.frames[0].data
        errors.add_all(self._validator(on).iter_errors(data))
        run_checks(tree, errors)
        found, warnings = errors.sorted()
        return Reading(
            data=data,
            facets=Facets(tree, on),
            derived=tree.derived,
            errors=found,
            warnings=warnings,
            ok=not found and (confirmed or not warnings),
            values=tree.frames[0].typed,
            outcomes=tree.outcomes,
        )

    def _validator(self, on: date) -> Any:
        """The validator with the codes valid on a day; one for each stretch of days in which they do not change."""
        at = bisect_right(self.breaks, on)
        made = self._validators.get(at)
        if made is None:
            made = self._validators[at] = validator_of(self.root, on)
        return made

    def values(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Stored data as fx reads it: dates as dates. Unknown names and unreadable values are left out. `data` must not change afterwards."""
        return Stored(self.root, data)

    def message(self, pointer: str, keyword: str, limit: Any = None) -> str:
        """The sentence for an error found outside the form (a file that is not there, say)."""
        return sentence(self.nodes.get(pointer), keyword, limit)

    def variants(self) -> tuple[Variant, ...]:
        """The screens that can be reached by the answers that show or hide a section."""
        from engine.spec.variants import variants

        return variants(self.root)
