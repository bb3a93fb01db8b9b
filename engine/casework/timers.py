"""What time does by itself: instances whose moment has come are woken, each case in a transaction of its own.

A moment that passed while nothing ran is caught up with. A case that fails is left for a later try, noted on its instance, and holds up nobody.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from engine.casework import instances
from engine.casework.desk import CLOCK, Desk
from engine.casework.dossier import open_case
from engine.casework.flush import conclude, renew
from engine.errors import Broken, Stale
from engine.store.prepared import prepare
from engine.store.tables import cases, timer
from engine.store.tables import instance as instance_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.casework.dossier import Dossier
    from engine.casework.editions import Editions
    from engine.store.cipher import Cipher
    from engine.store.database import Database

MOST_TRIES = 8
_FIRST_WAIT = timedelta(minutes=1)  # after a failure; doubles each time

_due = prepare(
    select(timer.c.case_id)
    .where(timer.c.due <= bindparam("now"), timer.c.tries < MOST_TRIES)
    .order_by(timer.c.due)
    .limit(bindparam("batch"))
)
_try_lock = prepare(select(cases.c.id).where(cases.c.id == bindparam("case_id")).with_for_update(skip_locked=True))
_rows = prepare(
    select(timer.c.id, timer.c.instance_id, timer.c.element, timer.c.tries).where(
        timer.c.case_id == bindparam("case_id"), timer.c.due <= bindparam("now"), timer.c.tries < MOST_TRIES
    )
)
_again = prepare(update(timer).where(timer.c.id == bindparam("of_id")), ["due", "tries"])
_incident = prepare(update(instance_table).where(instance_table.c.id == bindparam("of_id")), ["incident"])
_outdated = prepare(
    select(cases.c.id)
    .where(or_(cases.c.shown_on < bindparam("today"), cases.c.shown_on.is_(None), cases.c.shown_edition != bindparam("edition")))
    .order_by(cases.c.shown_on, cases.c.shown_edition, cases.c.id)  # as an index has them: it is asked every half minute
    .limit(bindparam("batch"))
    .with_for_update(skip_locked=True)
)
_log = logging.getLogger(__name__)


def run(database: Database, editions: Editions, cipher: Cipher, now: datetime, limit: int = 100) -> int:
    """Fire up to `limit` timers that are due; give how many cases moved. Any number of workers may run it at once; call it until it gives 0."""
    with database.begin() as connection:
        waiting = list(dict.fromkeys(row.case_id for row in _due.all(connection, now=now, batch=limit)))
    return sum(_run_one(database, editions, cipher, now, case_id) for case_id in waiting)


def _run_one(database: Database, editions: Editions, cipher: Cipher, now: datetime, case_id: str) -> bool:
    try:
        with database.begin() as connection:
            if _try_lock.first(connection, case_id=case_id) is None:
                return False  # somebody is working on it; the timer stays
            desk = Desk(connection, CLOCK, now, editions, cipher, _NO_FILES)
            rows = _rows.all(connection, case_id=case_id, now=now)
            if rows:
                _fire(open_case(desk, case_id), rows)
            return bool(rows)
    except Exception as error:  # noqa: BLE001 -- whatever one case has, the others go on
        _put_off(database, now, case_id, error)
        return False


def _fire(dossier: Dossier, rows: Sequence[Any]) -> None:
    """Wake the instances of timers that are due. Raises Broken where one does not stir: it would be due for ever."""
    open_now = instances.all_open(dossier)
    before = {row.id: instances.moments(open_now[row.instance_id]).get(row.element) for row in rows if row.instance_id in open_now}
    dossier.tell(fired=[row.element for row in rows])
    for row in rows:
        if row.instance_id in open_now:
            open_now[row.instance_id].timers = {"": dossier.desk.now}  # whatever is there, write it anew
            open_now[row.instance_id].changed = True
    conclude(dossier, "timer", target=f"case {dossier.case.id}")
    for row in rows:
        each = open_now.get(row.instance_id)
        if each is not None and each.ended_at is None and before[row.id] and instances.moments(each).get(row.element) == before[row.id]:
            raise Broken


def _put_off(database: Database, now: datetime, case_id: str, error: Exception) -> None:
    """Note a failure without its words (they may carry data) and try again later."""
    if isinstance(error, Stale):
        return
    _log.error("timer of case %s failed: %s", case_id, type(error).__name__)
    with database.begin() as connection:
        for row in _rows.all(connection, case_id=case_id, now=now):
            _again.run(connection, of_id=row.id, due=now + _FIRST_WAIT * 2**row.tries, tries=row.tries + 1)
            _incident.run(connection, of_id=row.instance_id, incident=f"timer: {type(error).__name__}")


def refresh(database: Database, editions: Editions, cipher: Cipher, now: datetime, limit: int = 50) -> int:
    """Work out anew what lists show of up to `limit` cases whose columns are of an earlier day or edition; give how many. Call it until it gives 0."""
    with database.begin() as connection:
        edition = editions.in_force(connection, now.date())
        rows = _outdated.all(connection, today=now.date(), edition=edition.digest, batch=limit)
        for row in rows:
            renew(open_case(Desk(connection, CLOCK, now, editions, cipher, _NO_FILES), row.id))
    return len(rows)


_NO_FILES: Any = None
