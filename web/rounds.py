"""What a server does by itself every half minute: fire timers, renew what lists show, move cases on, seal access records, forget what is over."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from engine.casework import access, attachments, marching, signin, timers
from engine.casework.desk import CLOCK, Desk
from engine.errors import Forbidden, Refused, Stale

if TYPE_CHECKING:
    from web.house import House

MOST_BATCHES = 20  # of each kind in one round: people's requests come between


def make_round(house: House) -> None:
    """Do one round. What is not finished is gone on with in the next; nothing here is lost when the process ends."""
    for turn in (_fire, _renew, _move, _tidy):
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
            marching.work(house.database, house.editions, house.cipher, house.clock, run_id, most=MOST_BATCHES)


def _tidy(house: House) -> None:
    with house.database.begin() as connection:
        desk = Desk(connection, CLOCK, house.clock(), house.editions, house.cipher, house.files)
        access.seal(desk)
        attachments.drop_staged(desk)
        signin.forget_old(desk)
    house.database.tidy()
