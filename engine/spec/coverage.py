"""What of an edition the scenarios exercise: flows, branches and checks both ways, rows of the guards table, groups of options; the rest by name.

`observe` gives an edition whose forms, processes and guards note what passes through them and otherwise behave as the plain ones do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.spec.conditions import filled
from engine.spec.fields import codes_of, sections
from engine.spec.plan import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.spec.decision import Guards, Refusal
    from engine.spec.edition import Edition
    from engine.spec.form import Form, Reading
    from engine.spec.nodes import Check, Section
    from engine.spec.process import Process
    from engine.spec.step import Step

#: (kind, where, which): kind is flow | branch | check | guard | options.
Mark = tuple[str, str, str]
KINDS = {"flow": "흐름", "branch": "분기", "check": "검사", "guard": "거절 줄", "options": "선택지 묶음"}


@dataclass
class Coverage:
    """What there is to exercise (mark -> what people call it), and what was. While not `watching`, only refusals are noted; `reading` is the last of the form `about` ("": of any)."""

    wanted: dict[Mark, str] = field(default_factory=dict)
    met: set[Mark] = field(default_factory=set)
    watching: bool = True
    reading: Reading | None = None
    about: str = ""

    def note(self, marks: Iterable[Mark]) -> None:
        """Count marks as exercised."""
        if self.watching:
            self.met.update(marks)

    def missing(self) -> list[tuple[Mark, str]]:
        """Give what no scenario exercises, in the order of the edition."""
        return [(mark, title) for mark, title in self.wanted.items() if mark not in self.met]

    def counts(self) -> dict[str, tuple[int, int]]:
        """Give kind -> (exercised, all)."""
        every = Counter(mark[0] for mark in self.wanted)
        met = Counter(mark[0] for mark in self.met & self.wanted.keys())
        return {kind: (met[kind], every[kind]) for kind in KINDS if every[kind]}

    def lines(self) -> list[str]:
        """Give the report as lines of text: a figure for each kind, then the rest by name."""
        figures = [f"{KINDS[kind]}: {met}/{every}" for kind, (met, every) in self.counts().items()]
        return figures + [f"- {KINDS[mark[0]]} {title}" for mark, title in self.missing()]


def observe(edition: Edition) -> tuple[Edition, Coverage]:
    """Give an edition that notes what passes through it, and where it notes it."""
    coverage = Coverage(dict(_wanted(edition)))
    forms: Any = {ident: _ObservedForm(form, coverage) for ident, form in edition.forms.items()}
    processes: Any = {ident: _ObservedProcess(process, coverage) for ident, process in edition.processes.items()}
    guards: Any = _ObservedGuards(edition.guards, coverage)
    return replace(edition, forms=forms, processes=processes, guards=guards), coverage


def _wanted(edition: Edition) -> Iterator[tuple[Mark, str]]:
    for process in edition.processes.values():
        for flow in process.flows.values():
            ends = " → ".join(process.elements[end].title or end for end in (flow.source, flow.target) if end in process.elements)
            yield ("flow", process.id, flow.id), f"{process.title}: {flow.title or ends} ({flow.id})"
    for form in edition.forms.values():
        for section in _sections(form):
            for branch in section.branches:
                for way, word in (("then", "해당할 때"), ("else", "아닐 때")):
                    yield ("branch", form.id, f"{branch.id}:{way}"), f"{form.title}: {branch.id} ({word})"
            for check in section.checks:
                for way, word in (("pass", "맞을 때"), ("fail", "걸릴 때")):
                    yield ("check", form.id, f"{section.pointer}#{check.id}:{way}"), f"{form.title}: {check.id} ({word})"
        for node in walk(form.root):
            if codes_of(node) is not None and not node.readonly:
                yield ("options", form.id, node.pointer), f"{form.title}: {node.title} ({node.pointer})"
    for row in edition.guards.rows:
        yield ("guard", "guards", row.id), row.note or row.id


def _sections(form: Form) -> Iterator[Section]:
    yield from sections(form.root)


class _Observed:
    """Stands before a part of an edition and gives everything of it."""

    def __init__(self, plain: Any, coverage: Coverage) -> None:
        self._plain = plain
        self._coverage = coverage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


class _ObservedProcess(_Observed):
    _plain: Process

    def begin(self, *given: Any) -> Step:
        return self._note(self._plain.begin(*given))

    def complete(self, *given: Any) -> Step:
        return self._note(self._plain.complete(*given))

    def wake(self, *given: Any) -> Step:
        return self._note(self._plain.wake(*given))

    def _note(self, step: Step) -> Step:
        self._coverage.note(("flow", self._plain.id, passed) for passed in step.trail)
        return step


class _ObservedGuards(_Observed):
    _plain: Guards

    def refusals(self, action: str, facts: Mapping[str, Any]) -> tuple[Refusal, ...]:
        found = self._plain.refusals(action, facts)
        self._coverage.met.update(("guard", "guards", refusal.row_id) for refusal in found)  # a refusal counts wherever it is met
        return found


class _ObservedForm(_Observed):
    _plain: Form

    def read(self, answers: Mapping[str, Any], facts: Mapping[str, Any], *given: Any, **named: Any) -> Reading:
        reading = self._plain.read(answers, facts, *given, **named)
        ident = self._plain.id
        self._coverage.note(("branch", ident, f"{branch}:{'then' if taken else 'else'}") for branch, taken in reading.facets.ways())
        self._coverage.note(self._checks(reading, facts))
        if reading.ok:
            self._coverage.note(("options", ident, pointer) for pointer in _pointers(reading.data))
        if self._coverage.about in ("", ident):  # one step may read forms of other cases too
            self._coverage.reading = reading
        return reading

    def _checks(self, reading: Reading, facts: Mapping[str, Any]) -> Iterator[Mark]:
        failed = {error.keyword for error in (*reading.errors, *reading.warnings)}
        for section in _sections(self._plain):
            for check in section.checks:
                if check.id in failed:
                    yield "check", self._plain.id, f"{section.pointer}#{check.id}:fail"
                elif any(_asked(check, layers, facts) for layers in _layers(section, reading.values)):
                    yield "check", self._plain.id, f"{section.pointer}#{check.id}:pass"


def _layers(section: Section, values: Mapping[str, Any]) -> list[list[Any]]:
    """Give, for every place the section occurs at (each row of a table), the values around it from the inside out."""
    found: list[list[Any]] = [[values]]
    for name in section.pointer.split("/")[1:]:
        found = [[value, *layers] for layers in found for value in _below(layers[0], name) if isinstance(value, (dict, list))]
    return found


def _below(value: Any, name: str) -> Iterable[Any]:
    if name == "*":
        return value if isinstance(value, list) else ()
    return (value.get(name),) if isinstance(value, dict) else ()


def _asked(check: Check, layers: Iterable[Any], facts: Mapping[str, Any]) -> bool:
    """Say whether everything the check needs is there."""
    return all(filled(_reach(names, layers, facts)) for names in check.needs)


def _reach(names: Any, layers: Iterable[Any], facts: Mapping[str, Any]) -> Any:
    value: Any = next((layer[names[0]] for layer in layers if isinstance(layer, dict) and names[0] in layer), facts.get(names[0]))
    for name in names[1:]:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _pointers(data: Any, pointer: str = "", add: Callable[[str, str], str] = "{}/{}".format) -> Iterator[str]:
    """Give the pointers of everything answered, rows as "*"."""
    yield pointer
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _pointers(value, add(pointer, name))
    elif isinstance(data, list) and any(isinstance(row, dict) for row in data):
        for row in data:
            yield from _pointers(row, add(pointer, "*"))
