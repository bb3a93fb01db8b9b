"""What of a case is somebody's: every text a recorded scenario must not hold, the birth days, and all days there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.casework.acts import texts_of
from engine.casework.script import CONSTANT
from engine.spec.leaks import SHORTEST, Leaks
from engine.spec.nodes import Many, Scalar
from engine.store.prepared import prepare
from engine.store.tables import file as file_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from engine.casework.acts import Account
    from engine.casework.cases import CaseView
    from engine.spec.edition import Edition
    from engine.spec.form import Form

_WORD = re.compile(r"[가-힣]+")
_BORN = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})-?([0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|$)")
_CENTURIES = {**dict.fromkeys("1256", "19"), **dict.fromkeys("3478", "20"), **dict.fromkeys("90", "18")}
_files = prepare(select(file_table.c.id, file_table.c.name).where(file_table.c.case_id == bindparam("case_id")))


class Particulars:
    """What is somebody's of one case: `secrets` are texts, `births` the birth days, earliest first."""

    def __init__(self, connection: Connection, edition: Edition, account: Account, now: CaseView) -> None:
        """Gather it from what was read of the case."""
        self._edition = edition
        self.births = sorted(set(_births(edition, account, now)))
        self.secrets = frozenset(_secrets(connection, account, now, self.births))

    def left_in(self, scenario: Mapping[str, Any]) -> list[str]:
        """Give the pointers of what in a scenario is still somebody's."""
        return Leaks(self._edition, self.secrets, CONSTANT).found(scenario)


def _births(edition: Edition, account: Account, now: CaseView) -> Iterator[date]:
    """Give the birth days: that of the case, and those that its resident numbers tell."""
    if now.birth is not None:
        yield date(now.birth.year, now.birth.month, now.birth.day)
    spec = edition.case
    for form, data in account.documents:
        for pointer in spec.search.identifiers if form.id == spec.form else ():
            value = data.get(pointer.removeprefix("/"))
            found = _BORN.match(value) if isinstance(value, str) else None
            try:
                if found:
                    yield date(int(_CENTURIES[found[4]] + found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue


def days_of(account: Account) -> Iterator[date]:
    """Give every day in answers."""
    for _, data in account.documents:
        for text in texts_of(data):
            try:
                if _DAY.match(text):
                    yield date.fromisoformat(text[:10])
            except ValueError:
                continue


def _secrets(connection: Connection, account: Account, now: CaseView, births: list[date]) -> Iterator[str]:
    """Give every text that is somebody's: all that was typed and is no code, who the people and places are, ids, names of files, reasons, birth days."""
    yield from (text for text in (now.label, now.number, account.case_id, *account.texts) if text)
    for form, data in account.documents:
        yield from (text for text in _typed(form, data, "") if text not in account.made)
    for actor, _ in account.people.values():
        yield from (text for text in (actor.login, actor.name, actor.phone, actor.email) if text)
    for row in account.places.values():
        yield from (text for text in (row.name, row.phone, row.id) if text)
    for row in _files.all(connection, case_id=account.case_id):
        yield from (row.id, row.name)
    yield from (act.record for act in account.acts if act.record)
    for born in births:
        yield from (born.isoformat(), f"{born:%y%m%d}", f"{born:%Y%m%d}", f"{born:%Y.%m.%d}")
    for name in (now.label, *(actor.name for actor, _ in account.people.values())):
        if len(name) >= SHORTEST + 1 and _WORD.fullmatch(name):
            yield name[1:]  # without the family name


def _typed(form: Form, value: Any, schema: str) -> Iterator[str]:
    """Give every text in answers that is no code, no day and no time of day; of a long number also what stands on each side of its hyphen."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _typed(form, part, f"{schema}/{key}")
    elif isinstance(value, list):
        inner = schema if isinstance(form.nodes.get(schema), Many) else f"{schema}/*"
        for part in value:
            yield from _typed(form, part, inner)
    elif isinstance(value, str):
        node = form.nodes.get(schema)
        scalar = node.item if isinstance(node, Many) else node
        if isinstance(scalar, Scalar) and (scalar.codes is not None or scalar.readonly or scalar.kind in ("date", "datetime", "month", "time")):
            return
        yield value
        if isinstance(scalar, Scalar) and scalar.schema.get("x-sensitive") == "rrn":
            yield from (part for part in (value.replace("-", ""), *value.split("-")) if part)
