"""What a server does by itself every half minute: fire timers, renew lists, move cases on, look at editions, seal access records, forget what is over."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine.casework import access, attachments, marching, signin, studies, studying, succession, timers
from engine.casework.desk import CLOCK, Desk
from engine.errors import Broken, Forbidden, Refused, SpecError, Stale

if TYPE_CHECKING:
    from web.house import House

_STUDYING = threading.Lock()  # one thread of a server looks at editions
MOST_BATCHES = 20  # of each kind in one round: people's requests come between
MOVED_AT_ONCE, MOST_MOVES = 20, 100  # cases in one transaction, so that nobody waits long for it; such transactions in one round


def make_round(house: House) -> None:
    """Do one round. What is not finished is gone on with in the next; nothing here is lost when the process ends."""
    for turn in (_fire, _renew, _succeed, _move, _study, _tidy):
        try:
            turn(house)
        except Stale:  # another node is at the very same; what either leaves is done in the next round
            continue


def rest() -> None:
    """Wait until what was begun beside a round is over."""
    with _STUDYING:
        pass


def _fire(house: House) -> None:
    for _ in range(MOST_BATCHES):
        if not timers.run(house.database, house.editions, house.cipher, house.clock()):
            break


def _renew(house: House) -> None:
    try:
        for _ in range(MOST_BATCHES):
            if not timers.refresh(house.database, house.editions, house.cipher, house.clock()):
                break
    except Refused:  # no edition is in force yet
        pass


def _succeed(house: House) -> None:
    """Begin to move open cases to an edition that has come in force, where it says so."""
    with house.database.read() as connection:
        due = succession.is_due(connection, _desk(house, connection).today)
    if due:
        with suppress(Refused, Broken, SpecError), house.database.begin() as connection:
            succession.begin_due(_desk(house, connection))


def _move(house: House) -> None:
    """Go on with cases on their way to another edition; a run that fails (its beginner is gone, say) holds up no other."""
    with house.database.read() as connection:
        waiting = marching.unfinished(_desk(house, connection))
    for run_id in waiting:
        with suppress(Refused, Forbidden):
            marching.work(house.database, house.editions, house.cipher, house.clock, run_id, batch=MOVED_AT_ONCE, most=MOST_MOVES)


def _study(house: House) -> None:
    """Have studies of editions done beside the rounds: they take long, and timers must not wait for them."""
    with house.database.read() as connection:
        waiting = studies.waiting(connection)
    if waiting and _STUDYING.acquire(blocking=False):
        threading.Thread(target=_all_studied, args=(house, waiting), name="studies", daemon=True).start()


def _all_studied(house: House, waiting: list[str]) -> None:
    try:
        for ident in waiting:
            studying.work(house.database, house.editions, house.cipher, house.files, house.clock, ident)
    finally:
        _STUDYING.release()


def _tidy(house: House) -> None:
    with house.database.begin() as connection:
        desk = _desk(house, connection)
        access.seal(desk)
        attachments.drop_staged(desk)
        signin.forget_old(desk)
    house.database.tidy()


def _desk(house: House, connection: Any) -> Desk:
    return Desk(connection, CLOCK, house.clock(), house.editions, house.cipher, house.files)
