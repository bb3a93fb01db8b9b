"""What holds for the whole installation and is changed by people, not by editions: the closing date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.casework import access
from engine.casework.dossier import CLOSING_DATE
from engine.casework.permits import demand
from engine.errors import FieldError, Invalid
from engine.store.prepared import prepare
from engine.store.tables import setting

if TYPE_CHECKING:
    from typing import Any

    from engine.casework.desk import Desk
    from engine.store.prepared import Prepared

_look = prepare(select(setting.c.value).where(setting.c.name == bindparam("name")))
_whole = prepare(select(setting.c.value, setting.c.changed_by, setting.c.changed_at).where(setting.c.name == bindparam("name")))


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing date (None: nothing is closed), who set it (a login, "" for the clock) and when."""

    day: date | None
    changed_by: str
    changed_at: datetime


def _upsert(insert: Any) -> Prepared:
    statement = insert(setting)
    new = statement.excluded
    return prepare(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": new.value, "changed_by": new.changed_by, "changed_at": new.changed_at})
    )


_put = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}


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
    _put[desk.connection.dialect.name].run(desk.connection, row)
    access.record(desk, "closing.write", target=f"{before or '-'} > {day or '-'}")
