"""What a server does by itself every half minute: fire timers, renew what lists show, seal access records, forget what is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.casework import access, attachments, signin, timers
from engine.casework.desk import CLOCK, Desk
from engine.errors import Refused, Stale

if TYPE_CHECKING:
    from web.house import House

MOST_BATCHES = 20  # of each kind in one round: people's requests come between


def make_round(house: House) -> None:
    """Do one round. What is not finished is gone on with in the next; nothing here is lost when the process ends."""
    for turn in (_fire, _renew, _tidy):
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


def _tidy(house: House) -> None:
    with house.database.begin() as connection:
        desk = Desk(connection, CLOCK, house.clock(), house.editions, house.cipher, house.files)
        access.seal(desk)
        attachments.drop_staged(desk)
        signin.forget_old(desk)
    house.database.tidy()
