"""An account of a case written down as a scenario, with stand-ins for everybody and everything personal, and what came of each act as what is expected."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.spec.fields import codes_of
from engine.spec.nodes import Many, Scalar, Section, Table
from engine.spec.source import step as pointer_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.casework.acts import Account, Act
    from engine.casework.cases import CaseView
    from engine.spec.edition import Edition
    from engine.spec.form import Form
    from engine.spec.standin import StandIns

CASE = "one"
TITLE = "일어난 일에서 옮긴 시나리오"
REMARK = "사람, 기관, 글은 모두 지어낸 것이고 날짜는 옮긴 것입니다. 코드와 숫자, 일의 차례는 그대로입니다. title을 무엇을 보이는 시나리오인지로 고쳐 쓰세요."
CONSTANT = frozenset((TITLE, REMARK))
_CLOCK = "T09:00"
_PEOPLE = ("person_{}", "who_{}", "p{}", "q{}")
_PLACES = ("place_{}", "home_{}", "i{}", "j{}")
_FAMILIES = tuple(f"{family}가상{{}}" for family in "김이박최정강조윤장임") + tuple(f"{family}아무개{{}}" for family in "김이박최정강")
_HOUSES = ("지어낸 기관 {}", "아무 곳 {}", "기관{}", "ㄱ{}")


@dataclass
class Script:
    """Writes one scenario. `kept` are pointers of expected days that move the other way, `confirmed` numbers of steps that need a confirmation."""

    edition: Edition
    account: Account
    stands: StandIns
    now: CaseView
    today: date
    kept: frozenset[str] = frozenset()
    confirmed: frozenset[int] = frozenset()
    _steps: list[dict[str, Any]] = field(default_factory=list)
    _day: date = date.min
    _saved: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _last: dict[str, dict[str, Any]] = field(default_factory=dict)
    _logins: dict[str, str] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)

    def write(self) -> dict[str, Any]:
        """Give the scenario."""
        given = self._given()
        several = any(act.place for act in self.account.acts)
        for act in self.account.acts:
            self._wait(act.day, act, several=several)
            self._step(act, several=several)
        self._end(several=several)
        return {"title": TITLE, "$comment": REMARK, "given": given, "steps": self._steps}

    def _given(self) -> dict[str, Any]:
        """Cast the people and the places; their names stand wherever they are named in answers."""
        for ident, place in self.account.places.items():
            self._places[ident] = self.stands.text(ident, _PLACES)
            self.stands.text(place.name, _HOUSES)
        people = []
        for login, (actor, roles) in self.account.people.items():
            named = self._logins[login] = self.stands.text(login, (*(f"{role}_{{}}" for role in sorted(roles)), *_PEOPLE))
            people.append({
                "login": named, "name": self.stands.text(actor.name, _FAMILIES), "institution": self._places[actor.institution_id], "roles": sorted(roles),
            })
        self.stands.text(self.now.label, _FAMILIES)
        self._day = self.account.acts[0].day
        given: dict[str, Any] = {"now": self.stands.day(self._day.isoformat()) + _CLOCK}
        if self.account.closing and self.account.closing[1] <= self._day:
            given["closing_date"] = self._closed()
        given["institutions"] = [
            {"id": named, "name": self.stands.text(self.account.places[ident].name, _HOUSES), "kind": self.account.places[ident].kind}
            for ident, named in self._places.items()
        ]
        return {**given, "people": people}

    def _closed(self) -> str:
        assert self.account.closing is not None
        return self.stands.day(self.account.closing[0].isoformat())

    def _wait(self, day: date, act: Act | None, *, several: bool) -> None:
        """Move the clock to a day."""
        if self.account.closing and self._day < self.account.closing[1] <= day:
            self._day = self.account.closing[1]
            self._steps.append({"do": "wait", "until": self.stands.day(self._day.isoformat()), "closing_date": self._closed()})
        if day <= self._day:
            return
        step: dict[str, Any] = {"do": "wait", "until": self.stands.day(day.isoformat())}
        if several:
            step["case"] = CASE
        if act is not None and not act.place:
            step["expect"] = {"tasks": list(act.waited)}
        self._day = day
        self._steps.append(step)

    def _step(self, act: Act, *, several: bool) -> None:
        pointer = f"/steps/{len(self._steps)}"
        step: dict[str, Any] = {"as": self._logins.get(act.who, act.who), "do": act.do, "what": act.what}
        if several:
            step["case"] = self._places[act.place] if act.place else CASE
        if act.to:
            step["to"] = self._logins.get(act.to) or self.stands.text(act.to, _PEOPLE)
        form = self.edition.forms.get(act.what) if act.record else None
        if form is not None:
            self._answered(step, act, form)
        if act.reason:
            step["reason"] = self.stands.text(act.reason)
        if len(self._steps) in self.confirmed:
            step["confirmed"] = True
        expect = {} if act.place else self._expected(act, form, f"{pointer}/expect")
        if expect:
            step["expect"] = expect
        self._steps.append(step)

    def _answered(self, step: dict[str, Any], act: Act, form: Form) -> None:
        """Put the answers: all of a new record, of a corrected one what changed, of one taken back none; which one, where it is not the last."""
        made = self._saved.setdefault((act.place, act.what), [])
        if act.do in ("amend", "withdraw"):
            if act.record in made and act.record != made[-1]:
                step["which"] = made.index(act.record) + 1
        else:
            made.append(act.record)
        if act.do == "withdraw":
            return
        answers = self.stands.answers(form, act.data)
        step["data"] = _changed(self._last.get(act.record, {}), answers) if act.do == "amend" else answers
        self._last[act.record] = answers

    def _expected(self, act: Act, form: Form | None, pointer: str) -> dict[str, Any]:
        made: dict[str, Any] = {"tasks": list(act.open)}
        if act.due:
            made["due"] = {name: self._expected_day(day, pointer_step(f"{pointer}/due", name)) for name, day in act.due.items()}
        if act.owner is not None:
            made["owner"] = self._logins.get(act.owner)
        derived = {
            place: self._expected_day(value, pointer_step(f"{pointer}/derived", place)) for place, value in _derived(form.root, act.data, "")
        } if form is not None and act.do != "withdraw" else {}  # fmt: skip
        return made | ({"derived": derived} if derived else {})

    def _expected_day(self, value: Any, pointer: str) -> Any:
        """Give an expected value: a day moves with the others, unless it is one of the calendar's, or comes from a birth day that alone moves (`kept`)."""
        text = value.isoformat() if isinstance(value, date) else value
        if not isinstance(text, str):
            return text
        return self.stands.other_day(text) if pointer in self.kept else self.stands.day(text)

    def _end(self, *, several: bool) -> None:
        """See how the case stands today."""
        self._wait(self.today, None, several=several)
        pointer, now = f"/steps/{len(self._steps)}/expect", self.now
        step: dict[str, Any] = {"as": self._logins.get(self.account.acts[-1].who, ""), "do": "look"}
        if several:
            step["case"] = CASE
        forms = Counter(task.form for task in now.tasks)
        step["expect"] = {
            "status": now.status, "owner": self._logins.get(now.owner) if now.owner else None, "tasks": sorted(forms.elements()),
            "stages": {stage.id: self._expected_day(stage.date, pointer_step(f"{pointer}/stages", stage.id)) for stage in now.stages},
            "due": {task.form: self._expected_day(task.due, pointer_step(f"{pointer}/due", task.form)) for task in now.tasks if forms[task.form] == 1},
            "institution": self._places.get(str(now.institution["id"])),
        }  # fmt: skip
        self._steps.append(step)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Give what to lay over `before` to come to `after`; what goes is None."""
    made: dict[str, Any] = {key: None for key in before if key not in after and before[key] is not None}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            inner = _changed(old, value)
            made |= {key: inner} if inner else {}
        elif value != old or value.__class__ is not old.__class__:
            made[key] = value
    return made


def _derived(node: Section | Table, data: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """Give pointer and value of every derived answer that holds no text of a person: numbers, days, codes, yes and no."""
    rows = enumerate(data) if isinstance(node, Table) and isinstance(data, list) else [("", data)]
    children = node.row.children if isinstance(node, Table) else node.children
    for number, row in rows:
        place = pointer_step(pointer, number) if number != "" else pointer
        for name, child in children.items() if isinstance(row, dict) else ():
            if name not in row:
                continue
            if isinstance(child, (Section, Table)):
                yield from _derived(child, row[name], pointer_step(place, name))
            elif child.readonly and child.calc is not None and _harmless(child, row[name]):
                yield pointer_step(place, name), row[name]


def _harmless(node: Scalar | Many, value: Any) -> bool:
    if node.schema.get("x-sensitive"):
        return False
    return isinstance(node, Scalar) and (codes_of(node) is not None or isinstance(value, (int, float)) or node.kind in ("date", "datetime"))

