"""What people call the things an expression reads: titles of fields, screens and steps, labels of codes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.spec.facts import fact_types
from engine.spec.fields import codes_of
from engine.spec.nodes import Section, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.edition import Edition
    from engine.spec.fields import Part
    from engine.spec.form import Form

_CASE = {
    "number": "{case} 번호", "opened": "{case}을(를) 받은 날", "owner": "{case}을(를) 맡은 사람", "owner_name": "{case}을(를) 맡은 사람의 이름",
    "status": "{case}의 상태",
}
_KEPT = {"saved": "{form}을(를) 저장한 날", "by": "{form}을(를) 저장한 사람", "by_name": "{form}을(를) 저장한 사람의 이름"}
_PERSON = {"login": "적는 사람", "name": "적는 사람의 이름", "phone": "적는 사람의 전화번호", "email": "적는 사람의 전자우편", "roles": "적는 사람의 역할"}
_INSTITUTION = {"id": "기관", "name": "기관의 이름", "kind": "기관의 종류", "region": "기관의 지역", "phone": "기관의 전화번호"}
_OTHER_PERSON = {"name": "이름", "phone": "전화번호", "email": "전자우편", "institution_name": "소속 기관", "institution_phone": "소속 기관의 전화번호"}
_THIS = {
    "saved": "처음 저장한 날", "by": "처음 저장한 사람", "by_name": "처음 저장한 사람의 이름", "changed": "마지막으로 고친 날", "changed_by": "마지막으로 고친 사람",
    "changed_by_name": "마지막으로 고친 사람의 이름", "writers": "저장한 사람의 수", "draft": "임시로 저장한 것",
}
_TASK = {"due": "할 일의 기한", "days_left": "기한까지 남은 날", "mark": "할 일의 표시", "opened": "할 일이 열린 날", "form": "할 일의 서식", "stage": "할 일의 단계", "drafted": "임시로 저장한 것"}
_WHOLE = {"today": "오늘", "closing_date": "입력 마감일", "author": "처음 저장한 사람", "person": "적는 사람", "institution": "기관"}
_WHICH = {"first": "처음", "last": "마지막"}


class Unknown(LookupError):
    """A name that nobody gave a title."""


class Naming:
    """Names as seen from one place of an edition."""

    def __init__(self, edition: Edition, section: Section | None = None, this: Form | None = None) -> None:
        """`section` is the part of a form whose expressions are read, `this` the form whose records a list shows."""
        self.edition = edition
        self.section = section
        self.this = this
        self.rows: dict[str, Section | None] = {}

    def within(self, section: Section | None, this: Form | None = None) -> Naming:
        """Give the names as seen from another place."""
        made = Naming(self.edition, section, this)
        made.__dict__["_types"] = self._types
        return made

    def title(self, dotted: str) -> str:
        """Give what a dotted name is called. Raises Unknown."""
        head, *rest = dotted.split(".")
        if head in self.rows:
            row = self.rows[head]
            return self._below(row, rest) if row is not None and rest else "그 줄의 값"
        if (owner := self._owner(head)) is not None:
            return self._below(owner, [head, *rest])
        if head in self.edition.facts and not rest:
            return f"‘{head}’"
        if not rest:
            return _known(_WHOLE, head)
        told: str = getattr(self, f"_{head}", self._unknown)(rest)
        return told

    def node(self, dotted: str) -> Part | None:
        """Give the field a dotted name means; None where it is none."""
        head, *rest = dotted.split(".")
        if head in self.rows:
            return _find(self.rows[head], rest)
        if (owner := self._owner(head)) is not None:
            return _find(owner, [head, *rest])
        forms = self.edition.forms
        if head == "case":
            return _find(_root(forms.get(self.edition.case.form)), rest)
        if head == "work" and rest:
            return _find(_root(forms.get(rest[0])), rest[1:])
        if head == "record" and len(rest) > 1:
            return _find(_root(forms.get(rest[0])), rest[2:])
        return _find(_root(self.this), rest) if head == "this" else None

    def label(self, dotted: str, value: Any) -> str:
        """Give what people read for a value that a name is compared with."""
        found = self.node(dotted)
        codes = codes_of(found) if found is not None else None
        if dotted == "person.roles" and value in self.edition.roles.roles:
            return self.edition.roles.roles[value].title
        return codes.label(value) if codes is not None else str(value)

    def is_date(self, dotted: str) -> bool:
        """Say whether a name is a day or a moment."""
        found = self.node(dotted)
        if found is not None:
            return found.kind in ("date", "datetime", "month", "time")
        kind: Any = self._types.get(dotted.split(".", maxsplit=1)[0])
        for name in dotted.split(".")[1:]:
            kind = kind.fields.get(name) if kind is not None else None
        return kind is not None and kind.kind == "date"

    def is_flag(self, dotted: str) -> bool:
        """Say whether a name is a field that is answered with yes or no."""
        found = self.node(dotted)
        return found is not None and found.kind == "boolean"

    def table(self, dotted: str) -> Section | None:
        """Give the row of the table a name means."""
        found = self.node(dotted)
        return found.row if isinstance(found, Table) else None

    @cached_property
    def _types(self) -> Mapping[str, Any]:
        return fact_types(self.edition)

    def _owner(self, head: str) -> Section | None:
        section = self.section
        while section is not None and head not in section.children:
            section = section.owner
        return section

    def _below(self, section: Section, names: list[str]) -> str:
        found: Any = section
        titles: list[str] = []
        for name in names:
            found = _child(found, name)
            if found is None:
                raise Unknown(name)
            titles.append(found.title)
        return " ▸ ".join(titles)

    def _form(self, ident: str) -> str:
        form = self.edition.forms.get(ident)
        if form is None:
            raise Unknown(ident)
        return form.title

    def _of_form(self, ident: str, names: list[str], which: str) -> str:
        title = self._form(ident)
        if len(names) == 1 and names[0] in _KEPT:
            return f"{which} " + _KEPT[names[0]].format(form=title)
        return f"{which} {title}의 {self._below(self.edition.forms[ident].root, names)}"

    def _case(self, rest: list[str]) -> str:
        called = self.edition.case.title
        if len(rest) == 1 and rest[0] in _CASE:
            return _CASE[rest[0]].format(case=called)
        form = self.edition.forms.get(self.edition.case.form)
        if form is None:
            raise Unknown(rest[0])
        return f"{called}의 {self._below(form.root, rest)}"

    def _record(self, rest: list[str]) -> str:
        if len(rest) > 1 and rest[1] == "count":
            return f"저장한 {self._form(rest[0])}의 수"
        if len(rest) > 1 and rest[1] == "made":
            return f"이제까지 저장한 {self._form(rest[0])}의 수"
        if len(rest) > 1 and rest[1] in _WHICH:
            which = _WHICH[rest[1]]
            return self._of_form(rest[0], rest[2:], which) if rest[2:] else f"{which} {self._form(rest[0])}"
        raise Unknown(".".join(rest))

    def _work(self, rest: list[str]) -> str:
        return self._of_form(rest[0], rest[1:], "이번") if rest[1:] else f"이번 {self._form(rest[0])}"

    def _visits(self, rest: list[str]) -> str:
        for process in self.edition.processes.values():
            if rest[0] in process.elements:
                return f"‘{process.elements[rest[0]].title or rest[0]}’을(를) 거친 횟수"
        raise Unknown(rest[0])

    def _open(self, rest: list[str]) -> str:
        if rest[0] not in self.edition.processes:
            raise Unknown(rest[0])
        return f"진행 중인 {self.edition.processes[rest[0]].title}의 수"

    def _decision(self, rest: list[str]) -> str:
        table = self.edition.decisions.get(rest[0])
        if table is None:
            raise Unknown(rest[0])
        return f"판단표 ‘{table.title}’이(가) 정한 {' '.join(rest[1:])}".strip()

    def _old(self, rest: list[str]) -> str:
        for form in self.edition.forms.values():
            if rest[0] in form.root.children:
                return f"고치거나 취소할 기록의 {form.root.children[rest[0]].title}"
        raise Unknown(rest[0])

    def _before(self, rest: list[str]) -> str:
        owner = self._owner(rest[0])
        if owner is None:
            raise Unknown(rest[0])
        return f"고치기 전의 {self._below(owner, rest)}"

    def _this(self, rest: list[str]) -> str:
        if rest[0] in _THIS and (self.this is None or rest[0] not in self.this.root.children):
            return _THIS[rest[0]]
        if self.this is None:
            raise Unknown(rest[0])
        return self._below(self.this.root, rest)

    def _task(self, rest: list[str]) -> str:
        return _known(_TASK, rest[0])

    def _person(self, rest: list[str]) -> str:
        return _known(_PERSON, rest[0])

    def _institution(self, rest: list[str]) -> str:
        return _known(_INSTITUTION, rest[0])

    def of_person(self, name: str) -> str:
        """Give what an attribute of some other person is called. Raises Unknown."""
        return _known(_OTHER_PERSON, name)

    def _unknown(self, rest: list[str]) -> str:
        raise Unknown(".".join(rest))


def _known(words: Mapping[str, str], name: str) -> str:
    if name not in words:
        raise Unknown(name)
    return words[name]


def _root(form: Form | None) -> Section | None:
    return form.root if form is not None else None


def _find(section: Section | None, names: list[str]) -> Part | None:
    found: Any = section
    for name in names:
        found = _child(found, name)
        if found is None:
            return None
    return found if names else None


def _child(found: Any, name: str) -> Any:
    if isinstance(found, Table):
        found = found.row
    return found.children.get(name) if isinstance(found, Section) else None
