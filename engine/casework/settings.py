"""What holds for the whole installation and is changed by people, not by editions: the closing date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.casework import access
from engine.casework.dossier import CLOSING_DATE
from engine.casework.permits import demand
from engine.errors import FieldError, Invalid
from engine.store.prepared import prepare
from engine.store.tables import setting
from engine.store.upsert import Upsert

if TYPE_CHECKING:

    from engine.casework.desk import Desk

_look = prepare(select(setting.c.value).where(setting.c.name == bindparam("name")))
_whole = prepare(select(setting.c.value, setting.c.changed_by, setting.c.changed_at).where(setting.c.name == bindparam("name")))


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing date (None: nothing is closed), who set it (a login, "" for the clock) and when."""

    day: date | None
    changed_by: str
    changed_at: datetime


_NEW = ("value", "changed_by", "changed_at")
_put = Upsert(setting, lambda insert: insert.on_conflict_do_update(index_elements=["name"], set_={name: insert.excluded[name] for name in _NEW}))


def closing_date(desk: Desk) -> date | None:
    """Give the day before which nothing may be dated any more, or None."""
    row = _look.first(desk.connection, name=CLOSING_DATE)
    return date.fromisoformat(row.value) if row and row.value else None


def closing(desk: Desk) -> Closing | None:
    """Give the closing date with who set it, or None where nobody ever did. Needs `closing.write`."""
    demand(desk, "closing.write")
    row = _whole.first(desk.connection, name=CLOSING_DATE)
    return Closing(date.fromisoformat(row.value) if row.value else None, row.changed_by, row.changed_at) if row else None


def set_closing_date(desk: Desk, day: date | None) -> None:
    """Change the closing date. It holds from the next read of any form. Raises Forbidden, Invalid for a day in the future."""
    demand(desk, "closing.write")
    if day is not None and day > desk.today:
        raise Invalid([FieldError("/closing_date", "maximum", "오늘보다 뒤일 수 없습니다.")])
    before = closing_date(desk)
    row = {"name": CLOSING_DATE, "value": day.isoformat() if day else None, "changed_by": desk.actor.login, "changed_at": desk.now}
    _put.on(desk.connection).run(desk.connection, row)
    access.record(desk, "closing.write", target=f"{before or '-'} > {day or '-'}")
