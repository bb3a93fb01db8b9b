"""A scenario: what happens when these people do these things, and what must come of it. `workflows/scenarios/<name>.json`.

```jsonc
{ "title": "what the scenario shows, in one line",
  "rules": ["R43"],                  // the numbers of the manual's rules it shows, as text of any kind; nothing here reads them
  "after": "other",                  // begins where the scenario other.json ends (its people, its case, its clock); then `given` may be left out
  "given": {
    "now": "2024-03-04T09:00",       // where the clock stands at the first step
    "closing_date": "2024-01-01",
    "institutions": [{"id": "home", "name": "…", "kind": "…", "region": "…", "phone": "…"}],
    "people": [{"login": "kim", "name": "…", "institution": "home", "roles": ["<role id>"]}] },
  "covers": ["guard guards one_visit"],   // what this very scenario must exercise, as coverage names it; it fails where it does not
  "data": {"plan": {…}},             // answers that several steps share
  "steps": [
    {"as": "kim", "do": "register", "what": "<form id>", "case": "하나", "data": {…}},     // `case` gives it a name, where there are several
    {"as": "kim", "do": "start", "what": "<process id>"},
    {"as": "kim", "do": "complete", "what": "<form id>", "use": "plan", "data": {…}, "confirmed": true},
    {"as": "lee", "do": "approve", "what": "<form id>", "data": {…}},     // the same as complete, for the eye
    {"as": "kim", "do": "amend", "what": "<form id>", "data": {…}, "reason": "…"},
    {"as": "kim", "do": "withdraw", "what": "<form id>", "reason": "…"},  // of amend and withdraw `which` says which record of the form, 1 the first; left out, the last
    {"as": "kim", "do": "drop", "what": "<process id>", "reason": "…"},   // a started work is taken back
    {"as": "lee", "do": "assign", "what": "<form id>", "to": "kim"},      // an open task is given to a person; left out, to everyone of its lane
    {"do": "wait", "until": "2025-01-02", "closing_date": "2024-12-31"},   // or {"days": 30}: the clock moves, timers fire, then the closing date is set, where one is told
    {"as": "kim", "do": "look"}                                            // nothing but the expectations
  ] }
```
`case` says which case a step is about: the name it was registered with, or the id of an institution for the institution's own; left out, it is the one
of the step before. A text "case:<name>" in answers stands for that case, "file:<name>" for a small file.
`complete` finishes the open task of the case whose form is `what`; where none is open it starts the work whose first form that is. `data` is laid
over the shared answers named by `use`, object by object; null takes an answer away. Prefilled answers stay unless `data` says otherwise. A step
must go well unless `expect` says it does not:
`errors [{at, message}]` exactly these places, each message holding this text (warnings count too) · `refused` the sentence holds this text ·
`forbidden` true · `tasks [form id]` what waits now, on the whole case · `status` its title · `owner` a login or null · `stages {id: date or null}` ·
`derived {pointer: value}` of the record just saved · `visible [pointer]`, `hidden [pointer]` of the form just answered ·
`allowed [process id]`, `not_allowed {process id: text of the reason}` what this person may start now · `institution` id of the case's ·
`due {form id: date}` of open tasks · `sees {form id: number}` how many records of the case, taken back or not, this person sees ·
`records {form id: how many of them the case has}`, those taken back not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from engine.spec.josa import settle_josa
from engine.spec.reader import Reader, did_you_mean
from engine.spec.source import step as pointer_step

if TYPE_CHECKING:
    from engine.errors import Finding
    from engine.spec.source import Document

FOLDER = "workflows/scenarios"
CASE, FILE = "case:", "file:"  # how answers name a case of the scenario, and a file
DEEDS = ("register", "start", "complete", "approve", "amend", "withdraw", "drop", "assign", "wait", "look")
EXPECTATIONS = (
    "errors", "refused", "forbidden", "tasks", "status", "owner", "stages", "derived", "visible", "hidden", "allowed", "not_allowed", "institution", "due",
    "sees", "records",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing somebody does, and what must come of it. `pointer` says where in the file it stands."""

    pointer: str
    do: str
    who: str
    what: str
    data: Mapping[str, Any]
    reason: str
    confirmed: bool
    until: date | None
    days: int
    expect: Mapping[str, Any]
    case: str = ""
    which: int = 0
    to: str = ""
    closing_date: date | None = None


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution that exists before the first step."""

    id: str
    name: str
    kind: str
    region: str
    phone: str


@dataclass(frozen=True, slots=True)
class Player:
    """A person who exists before the first step; `roles` are role ids."""

    login: str
    name: str
    institution: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """One scenario, ready to run. `after` names the one it continues ("" = it begins by itself)."""

    name: str
    title: str
    rules: tuple[str, ...]
    after: str
    now: datetime | None
    closing_date: date | None
    institutions: tuple[Institution, ...]
    people: tuple[Player, ...]
    steps: tuple[Step, ...]
    document: Document
    covers: tuple[tuple[str, str, str], ...] = ()

    def finding(self, pointer: str, kind: str, message: str) -> Finding:
        """Make a finding that stands at `pointer` of the file."""
        return self.document.finding(pointer, kind, settle_josa(message))


def parse_scenarios(documents: Mapping[str, Document]) -> tuple[dict[str, Scenario], list[Finding]]:
    """Read scenarios by name (files that are no JSON are left out: reading them has said so); a loop or a hole in `after` is a finding."""
    made: dict[str, Scenario] = {}
    findings: list[Finding] = []
    for name, document in sorted(documents.items()):
        if document.data is not None:
            made[name] = _scenario(name, Reader(document, document.data, findings), documents)
    for scenario in made.values():
        seen, at = {scenario.name}, scenario
        while at.after and (at := made.get(at.after, at)).name not in seen:
            seen.add(at.name)
        if at.after in seen:
            findings.append(scenario.finding("/after", "scenario-loop", "after가 돌고 돌아 자기에게 옵니다. 처음이 될 시나리오를 하나 정하세요."))
    looped = {finding.path for finding in findings if finding.id == "scenario-loop"}
    return {name: scenario for name, scenario in made.items() if scenario.document.path not in looped}, findings


def players_of(scenario: Scenario, known: Mapping[str, Scenario]) -> dict[str, Player]:
    """Give the people a scenario can name, by login, those of the scenarios it continues included."""
    before = players_of(known[scenario.after], known) if scenario.after in known else {}
    return {**before, **{player.login: player for player in scenario.people}}


def cases_of(scenario: Scenario, known: Mapping[str, Scenario]) -> set[str]:
    """Give the names of cases a scenario can use: those registered in it or in those it continues, and its institutions."""
    before = cases_of(known[scenario.after], known) if scenario.after in known else set()
    own = {step.case for step in scenario.steps if step.do == "register" and step.case}
    return before | own | {institution.id for institution in scenario.institutions}


def laid_over(under: Any, over: Any) -> Any:
    """Give `under` with the answers of `over` on top: objects are merged key by key, None takes a key away, anything else replaces."""
    return _without_none(_merged(under, over))


def _merged(under: Any, over: Any) -> Any:
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    return {**under, **{key: _merged(under.get(key), value) for key, value in over.items()}}


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(part) for key, part in value.items() if part is not None}
    return [_without_none(part) for part in value] if isinstance(value, list) else value


def _scenario(name: str, root: Reader, known: Mapping[str, Document]) -> Scenario:
    title, after = root.text("title", required=True), root.text("after")
    if after and after not in known:
        root.complain("after", "unknown-scenario", f"'{after}' 시나리오가 없습니다.{did_you_mean(after, known)}")
    given = root.child("given", required=not after)
    now = _moment(given, "now", required=not after)
    institutions = tuple(_institution(part) for part in given.children("institutions"))
    people = tuple(_player(part) for part in given.children("people"))
    scenario = Scenario(
        name, title, root.texts("rules"), after, now, given.day("closing_date"), institutions, people, _steps(root), root.document,
        tuple(_mark(text) for text in root.texts("covers")),
    )
    given.done()
    root.done()
    return scenario


def _mark(text: str) -> tuple[str, str, str]:
    kind, _, rest = text.partition(" ")
    where, _, which = rest.partition(" ")
    return kind, where, which


def _institution(part: Reader) -> Institution:
    made = Institution(part.text("id", required=True), part.text("name", required=True), part.text("kind", required=True), part.text("region"), part.text("phone"))
    part.done()
    return made


def _player(part: Reader) -> Player:
    made = Player(part.text("login", required=True), part.text("name", required=True), part.text("institution", required=True), part.texts("roles", required=True))
    part.done()
    return made


def _steps(root: Reader) -> tuple[Step, ...]:
    shared = root.value("data", dict, {})
    return tuple(_step(part, shared) for part in root.children("steps", required=True))


def _step(part: Reader, shared: Mapping[str, Any]) -> Step:
    do = part.choice("do", DEEDS, "look", required=True)
    use = part.text("use")
    if use and use not in shared:
        part.complain("use", "unknown-data", f"'{use}'은(는) 이 시나리오의 data에 없습니다.{did_you_mean(use, shared)}")
    own = part.value("data", dict, {})
    expect = part.child("expect")
    for key in expect.data:
        if key not in EXPECTATIONS:
            expect.complain(key, "unknown-key", f"'{key}'은(는) 모르는 기대입니다.{did_you_mean(key, EXPECTATIONS)}")
    made = Step(
        part.pointer, do, part.text("as", required=do not in ("wait", "look")), part.text("what", required=do not in ("wait", "look")),
        _merged(shared.get(use, {}), own), part.text("reason"), part.flag("confirmed"), part.day("until"), part.value("days", int, 0), expect.data, part.text("case"),
        part.value("which", int, 0), part.text("to"), part.day("closing_date"),
    )
    if do == "wait" and made.until is None and made.days <= 0:
        part.complain("", "wait-how-long", "얼마나 기다릴지 until(날짜)이나 days(날수)를 적으세요.")
    part.done()
    return made


def _moment(part: Reader, key: str, *, required: bool) -> datetime | None:
    text = part.text(key, required=required)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        part.findings.append(part.document.finding(pointer_step(part.pointer, key), "wrong-date", f"'{text}'은(는) 때가 아닙니다. 2024-03-04T09:00처럼 적으세요."))
        return None
