"""What a scenario says of the edition that is not there: forms, processes, roles, kinds of institutions, people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.reader import did_you_mean
from engine.spec.scenario import CASE, Scenario, Step, cases_of, parse_scenarios, players_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.errors import Finding
    from engine.spec.edition import Edition

_OF_PROCESS = ("start", "drop")


def check_scenarios(edition: Edition, form_ids: Iterable[str], process_ids: Iterable[str]) -> list[Finding]:
    """Give the findings of every scenario file by itself (running them is another matter)."""
    known, findings = parse_scenarios(edition.scenarios)
    forms, processes = tuple(form_ids), tuple(process_ids)
    kinds = {kind for role in edition.roles.roles.values() for kind in role.kinds}
    for scenario in known.values():
        findings += _people(scenario, edition, kinds)
        players, cases = tuple(players_of(scenario, known)), cases_of(scenario, known)
        for step in scenario.steps:
            findings += _step(scenario, step, forms, processes, players)
            findings += _cases(scenario, step, cases)
    return findings


def _people(scenario: Scenario, edition: Edition, kinds: set[str]) -> Iterator[Finding]:
    places = {institution.id for institution in scenario.institutions}
    for index, institution in enumerate(scenario.institutions):
        if kinds and institution.kind not in kinds:
            hint = did_you_mean(institution.kind, kinds)
            yield scenario.finding(f"/given/institutions/{index}/kind", "unknown-kind", f"'{institution.kind}'은(는) 어느 역할에도 없는 기관 종류입니다.{hint}")
    for index, player in enumerate(scenario.people):
        for role in player.roles:
            if role not in edition.roles.roles:
                hint = did_you_mean(role, edition.roles.roles)
                yield scenario.finding(f"/given/people/{index}/roles", "unknown-role", f"'{role}' 역할이 roles.json에 없습니다.{hint}")
        if places and player.institution not in places and not scenario.after:
            hint = did_you_mean(player.institution, places)
            yield scenario.finding(f"/given/people/{index}/institution", "unknown-institution", f"'{player.institution}' 기관이 없습니다.{hint}")


def _cases(scenario: Scenario, step: Step, known: set[str]) -> Iterator[Finding]:
    for place, name in ((f"{step.pointer}/case", step.case), *((f"{step.pointer}/data", name) for name in _named(step.data))):
        if name and name not in known:
            yield scenario.finding(place, "unknown-case", f"'{name}'이라는 대상이 없습니다. 등록하는 단계의 case에 이름을 적으세요.{did_you_mean(name, known)}")


def _named(value: Any) -> Iterator[str]:
    """Give the names of cases that stand in answers."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if value.startswith(CASE):
                yield value.removeprefix(CASE)
        elif isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)


def _step(scenario: Scenario, step: Step, forms: tuple[str, ...], processes: tuple[str, ...], players: tuple[str, ...]) -> Iterator[Finding]:
    if step.who and step.who not in players:
        yield scenario.finding(f"{step.pointer}/as", "unknown-person", f"'{step.who}'이라는 사람이 없습니다.{did_you_mean(step.who, players)}")
    if step.to and step.to not in players:
        yield scenario.finding(f"{step.pointer}/to", "unknown-person", f"'{step.to}'이라는 사람이 없습니다.{did_you_mean(step.to, players)}")
    known = processes if step.do in _OF_PROCESS else forms
    if step.what and step.what not in known:
        kind, word = ("unknown-process", "절차") if step.do in _OF_PROCESS else ("unknown-form", "서식")
        yield scenario.finding(f"{step.pointer}/what", kind, f"'{step.what}' {word}이(가) 없습니다.{did_you_mean(step.what, known)}")
    for key, names in (("tasks", forms), ("allowed", processes), ("not_allowed", processes), ("due", forms), ("sees", forms), ("records", forms)):
        said = step.expect.get(key) or ()
        for name in said if isinstance(said, (list, dict)) else ():
            if name not in names:
                kind = "unknown-form" if names is forms else "unknown-process"
                yield scenario.finding(f"{step.pointer}/expect/{key}", kind, f"'{name}'이(가) 없습니다.{did_you_mean(str(name), names)}")
