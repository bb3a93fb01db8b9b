"""Whose a row of a sheet is: an identifier (through its keyed index), the number of the case, or name and birthday where only one has both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.casework import identifiers, reach
from engine.casework.dossier import open_case
from engine.errors import FieldError, Invalid, Refused
from engine.spec.columns import cell_day, squeezed
from engine.spec.nodes import Scalar
from engine.store.tables import cases, search_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.expression import Fx

NUMBER = "case.number"
_OWN = re.compile(r"case\.(\w+)")
_MOST = 20  # of the same name, looked at for their birthdays


@dataclass(frozen=True)
class Keys:
    """The columns that say whose a row is: (column, pointer) of identifiers, and the columns of number, name and birthday (None: there is none)."""

    heads: Sequence[str]
    identifiers: tuple[tuple[int, str], ...]
    number: int | None
    name: int | None
    birth: int | None

    @property
    def columns(self) -> frozenset[int]:
        """Give every column that takes part."""
        found = (self.number, self.name, self.birth, *(at for at, _ in self.identifiers))
        return frozenset(at for at in found if at is not None)


def keys_of(edition: Edition, heads: Sequence[str]) -> Keys:
    """Find the columns that say whose a row is, by the names and titles of the form that registers cases. Raises Refused where none does."""
    form = edition.forms[edition.case.form]
    by_head = {squeezed(head): at for at, head in reversed(list(enumerate(heads)))}
    numbers = [
        (at, pointer) for pointer in edition.case.search.identifiers if (at := _column(by_head, form.fields[pointer].title, form.fields[pointer].name)) is not None
    ]
    number = _column(by_head, NUMBER, *_called_number(edition))
    label, birth = (_own_node(edition, fx) for fx in (edition.case.label, edition.case.birth))
    name_at = _column(by_head, label.title, label.name) if label else None
    birth_at = _column(by_head, birth.title, birth.name) if birth else None
    made = Keys(heads, tuple(numbers), number, name_at, birth_at)
    if not numbers and number is None and (name_at is None or birth_at is None):
        raise Refused(f"누구의 줄인지 말하는 열이 없습니다. 다음 가운데 하나를 두세요: {', '.join(_ways(edition, label, birth))}")
    return made


def find(desk: Desk, edition: Edition, keys: Keys, cells: Sequence[str], place: str | None) -> str:
    """Give the id of the case a row is of, within an institution (None: everywhere). Raises Invalid where it is none or not one."""
    found, at = _found(desk, edition, keys, cells, place)
    title = edition.case.title
    if not found:
        raise _wrong(keys.heads[at], f"그런 {title}이(가) 없거나 볼 수 없습니다.")
    if len(found) > 1:
        raise _wrong(keys.heads[at], f"맞는 {title}이(가) 여럿입니다. 식별번호나 번호 열을 더하세요.")
    name = _cell(cells, keys.name)
    if name and keys.name is not None and squeezed(found[0][1]) != squeezed(name):
        raise _wrong(keys.heads[keys.name], f"'{keys.heads[at]}' 열이 가리키는 {title}의 이름과 다릅니다.")
    return str(found[0][0])


def _found(desk: Desk, edition: Edition, keys: Keys, cells: Sequence[str], place: str | None) -> tuple[list[Any], int]:
    query = select(cases.c.id, cases.c.label).limit(_MOST + 1)
    if place is not None:
        query = query.where(cases.c.institution_id == place)
    for at, pointer in keys.identifiers:
        if text := _cell(cells, at):
            same = select(search_key.c.case_id).where(identifiers.same(desk, edition, text, [pointer]))
            return list(desk.connection.execute(query.where(cases.c.id.in_(same)))), at
    if keys.number is not None and (text := _cell(cells, keys.number)):
        return list(desk.connection.execute(query.where(cases.c.number == text))), keys.number
    name, birth = _cell(cells, keys.name), _cell(cells, keys.birth)
    first = next(iter(sorted(keys.columns)))
    if not name or keys.name is None or not birth or keys.birth is None:
        raise _wrong(keys.heads[first], "누구의 줄인지 알 수 없습니다.")
    day = cell_day(birth)
    if day is None:
        raise _wrong(keys.heads[keys.birth], "날짜로 읽을 수 없습니다. 2024-01-31 처럼 적으세요.")
    named = list(desk.connection.execute(query.where(cases.c.label == name)))
    return [row for row in named if _born(desk, edition, row.id) == day], keys.name


def _born(desk: Desk, edition: Edition, case_id: str) -> date | None:
    dossier = open_case(desk, case_id, lock=False)
    reach.demand_sight(dossier)
    born: date | None = edition.case.birth(dossier.facts) if edition.case.birth else None
    return born


def _own_node(edition: Edition, fx: Fx | None) -> Any:
    """Give the field of the register form that an expression is nothing but, or None."""
    found = _OWN.fullmatch(fx.source.strip()) if fx is not None else None
    node = edition.forms[edition.case.form].root.children.get(found[1]) if found else None
    return node if isinstance(node, Scalar) else None


def _called_number(edition: Edition) -> Iterator[str]:
    for node in edition.forms[edition.case.form].root.children.values():
        if node.calc is not None and node.calc.source.strip() == NUMBER:
            yield from (node.title, node.name)


def _ways(edition: Edition, label: Any, birth: Any) -> Iterator[str]:
    form = edition.forms[edition.case.form]
    yield from (form.fields[pointer].title for pointer in edition.case.search.identifiers)
    yield next(_called_number(edition), NUMBER)
    if label and birth:
        yield f"{label.title}과(와) {birth.title}"


def _column(by_head: dict[str, int], *names: str) -> int | None:
    return next((by_head[wanted] for name in names if (wanted := squeezed(name)) in by_head), None)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


def _wrong(head: str, message: str) -> Invalid:
    return Invalid([FieldError("", "case", message, head)])
