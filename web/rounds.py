"""What a server does by itself every half minute: fire timers, renew lists, move cases on, look at editions, seal access records, forget what is over."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from engine.casework import access, attachments, marching, signin, studies, studying, timers
from engine.casework.desk import CLOCK, Desk
from engine.errors import Forbidden, Refused, Stale

if TYPE_CHECKING:
    from web.house import House

_STUDYING = threading.Lock()  # one thread of a server looks at editions
MOST_BATCHES = 20  # of each kind in one round: people's requests come between
MOVED_AT_ONCE, MOST_MOVES = 20, 100  # cases in one transaction, so that nobody waits long for it; such transactions in one round


def make_round(house: House) -> None:
    """Do one round. What is not finished is gone on with in the next; nothing here is lost when the process ends."""
    for turn in (_fire, _renew, _move, _study, _tidy):
        try:
            turn(house)
        except Stale:  # another node is at the very same; what either leaves is done in the next round
            continue


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


def _move(house: House) -> None:
    """Go on with cases on their way to another edition; a run that fails (its beginner is gone, say) holds up no other."""
    with house.database.read() as connection:
        waiting = marching.unfinished(Desk(connection, CLOCK, house.clock(), house.editions, house.cipher, house.files, []))
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
        desk = Desk(connection, CLOCK, house.clock(), house.editions, house.cipher, house.files)
        access.seal(desk)
        attachments.drop_staged(desk)
        signin.forget_old(desk)
    house.database.tidy()
