"""What an edition says about itself and about a case: `forms/edition.json` as frozen values.

`facts` are named expressions, each of which may read the ones before it. `CaseSpec` says which form registers a case, how a case is called,
and how its status, its stages and its card are worked out of the facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.spec.reader import Reader
from engine.spec.source import step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.errors import Finding
    from engine.spec.expression import Fx
    from engine.spec.source import Document

PATH = "forms/edition.json"
DIALECT = 1


@dataclass(frozen=True, slots=True)
class Status:
    """One status of a case; the first whose `when` holds is the case's (None = always)."""

    id: str
    title: str
    when: Fx | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the stepper; `date` gives the day it was reached, or nothing."""

    id: str
    title: str
    date: Fx | None


@dataclass(frozen=True, slots=True)
class Search:
    """What finds a case: `text` expressions in the clear, `identifiers` pointers of sensitive fields of the register form, found by a keyed index."""

    text: tuple[Fx, ...] = ()
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseSpec:
    """How a case is called, registered, shown and closed. `form` is the id of the form that registers one, `beside` processes every screen leads to.

    `short` says in a few words who it is, beside its name wherever cases stand in a row.
    """

    title: str = ""
    form: str = ""
    label: Fx | None = None
    number: Fx | None = None
    birth: Fx | None = None
    sex: Fx | None = None
    short: Fx | None = None
    status: tuple[Status, ...] = ()
    closed: Fx | None = None
    stages: tuple[Stage, ...] = ()
    card: tuple[tuple[str, Fx], ...] = ()
    search: Search = Search()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstitutionCase:
    """The one case each institution has of itself, for work that concerns no single case or many: what it is called, and what its card shows."""

    title: str
    card: tuple[tuple[str, Fx], ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """One figure on the first page: open tasks for which `tasks` holds, or cases whose day `cases` comes `within` so many days."""

    id: str
    title: str
    hint: str
    unit: str
    tasks: Fx | None
    cases: Fx | None
    within: int


@dataclass(frozen=True)
class Outline:
    """Everything of `edition.json`. `manual` and `carried_elsewhere` are remarks for people and reports."""

    name: str = ""
    title: str = ""
    in_force_from: date = date.min
    facts: Mapping[str, Fx] = field(default_factory=dict)
    case: CaseSpec = CaseSpec()
    institution_case: InstitutionCase | None = None
    home: tuple[Counter, ...] = ()
    manual: Mapping[str, Any] = field(default_factory=dict)
    carried_elsewhere: Mapping[str, str] = field(default_factory=dict)


def parse_outline(document: Document) -> tuple[Outline, list[Finding]]:
    """Read `edition.json`; what is wrong comes back beside what could be read."""
    findings = list(document.findings)
    if document.data is None:
        return Outline(), findings
    root = Reader(document, document.data, findings)
    name = root.text("name", required=True)
    if root.value("x-dialect", int, required=True) not in (None, DIALECT):
        root.complain("x-dialect", "unknown-dialect", f"x-dialect는 {DIALECT}이어야 합니다.")
    outline = Outline(
        name, root.text("title", name), root.day("from", required=True) or date.min, _facts(root), _case(root.child("case", required=True)),
        _institution_case(root.child("institution_case")) if "institution_case" in root.data else None, _home(root.child("home")), root.value("manual", dict, {}), root.value("carried_elsewhere", dict, {}),
    )
    root.done()
    return outline, findings


def _facts(root: Reader) -> dict[str, Fx]:
    made: dict[str, Fx] = {}
    for name, source in root.value("facts", dict, {}).items():
        pointer = step("/facts", name)
        if not name.isidentifier():
            root.findings.append(root.document.finding(pointer, "wrong-name", f"'{name}'은(는) 식에서 쓸 수 없는 이름입니다. 글자로 시작해 띄어쓰기 없이 적으세요."))
        elif not isinstance(source, str):
            root.findings.append(root.document.finding(pointer, "wrong-type", f"'{name}'에는 식을 글로 적으세요."))
        elif (fx := root.compile(source, pointer)) is not None:
            made[name] = fx
    return made


def _case(part: Reader) -> CaseSpec:
    search = part.child("search")
    spec = CaseSpec(
        part.text("title", required=True), part.text("register", required=True), part.fx("label", required=True), part.fx("number"), part.fx("birth"),
        part.fx("sex"), part.fx("short"), tuple(_status(p) for p in part.children("status", required=True)), part.fx("closed"),
        tuple(_stage(p) for p in part.children("stages")), tuple(row for p in part.children("card") if (row := _row(p))),
        Search(search.fxs("text"), search.texts("identifiers")), part.texts("beside"),
    )
    search.done()
    part.done()
    return spec


def _institution_case(part: Reader) -> InstitutionCase:
    made = InstitutionCase(part.text("title", required=True), tuple(row for p in part.children("card") if (row := _row(p))))
    part.done()
    return made


def _status(part: Reader) -> Status:
    made = Status(part.text("id", required=True), part.text("title", required=True), part.fx("when"))
    part.done()
    return made


def _stage(part: Reader) -> Stage:
    made = Stage(part.text("id", required=True), part.text("title", required=True), part.fx("date", required=True))
    part.done()
    return made


def _row(part: Reader) -> tuple[str, Fx] | None:
    title, value = part.text("title", required=True), part.fx("value", required=True)
    part.done()
    return (title, value) if value is not None else None


def _home(part: Reader) -> tuple[Counter, ...]:
    counters = tuple(_counter(p) for p in part.children("counters"))
    part.done()
    return counters


def _counter(part: Reader) -> Counter:
    made = Counter(
        part.text("id", required=True), part.text("title", required=True), part.text("hint"), part.text("unit"), part.fx("tasks"), part.fx("cases"),
        part.value("within", int, 0),
    )
    if (made.tasks is None) == (made.cases is None):
        part.complain("", "counter-of-what", f"'{made.title}'에는 tasks와 cases 가운데 하나만 적으세요.")
    part.done()
    return made
