"""D01: the server is killed again and again while eight clients save. What it acknowledged is there afterwards, exactly once.

Holds I1, I3, I4 (SECURITY.md).
"""

from __future__ import annotations

import time

import pytest

from tests.faults.load import Load


def kill_again_and_again(place, folder, chance, kills):
    with Load(place, folder / "ledger") as load:
        for _ in range(kills):
            load.wait(3)
            time.sleep(chance.uniform(0, 0.4))
            place.kill()
            load.check()
            place.start()
        load.wait(3)
    load.check_end()
    print(f"{kills} kills, {len(load.ledger.rows)} saves acknowledged, {sum(load.broken.values())} requests broken off")
    return load


def test_d01_killed_under_load_nothing_acknowledged_is_lost(place, tmp_path, chance):
    load = kill_again_and_again(place, tmp_path, chance, kills=4)
    assert load.broken
    done = place.run("verify", "--quiet")
    assert (done.returncode, done.stdout) == (0, "이상이 없습니다.\n")


@pytest.mark.soak
def test_d01_two_hundred_kills(place, tmp_path, chance):
    kill_again_and_again(place, tmp_path, chance, kills=200)
