"""The command that takes open cases from one edition to another."""

from __future__ import annotations

import gc
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from engine.casework import marching, moves
from engine.commands.console import mapping_in
from engine.commands.installation import Installation, Progress, open_installation
from engine.commands.looking import faults_told, looking
from engine.commands.rules import whole_digest
from engine.errors import Refused
from engine.store.types import KST

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

_STATES = {moves.MOVING: "옮기는 중", moves.MOVED: "옮김", moves.UNDOING: "되돌리는 중", moves.UNDONE: "되돌림"}
_OUTCOMES = {"moved": "옮김", "partly": "일부만 옮김", "stayed": "그대로 둠", "failed": "실패", "undone": "되돌림", "kept": "되돌리지 못함", "": "아직"}


def move(given: Namespace) -> int:
    """Begin, go on with, undo, report or list moves; 1 where a case failed or could not be moved back."""
    place = open_installation(given)
    if not given.resume and not given.by:
        raise Refused("--by로 누가 하는지 적으세요.")
    if given.list:
        return _list(place, given)
    if given.report:
        return _report(place, given)
    if given.to:
        given.to, given.origin = whole_digest(place, given.to), whole_digest(place, given.origin) if given.origin else None
    if given.to and given.dry_run:
        return _plan(place, given)
    run_id = given.resume or given.undo
    if given.to:
        with place.desk(given.by) as desk, faults_told():
            run_id = moves.begin(desk, given.to, origin=given.origin, mapping=mapping_in(given.mapping))
    elif given.undo:
        with place.desk(given.by) as desk:
            moves.undo(desk, run_id)
    print(f"옮기기 {run_id}", flush=True)
    return _work(place, run_id, given.batch)


def _work(place: Installation, run_id: str, batch: int) -> int:
    work = partial(marching.work, place.database, place.editions, place.cipher, lambda: datetime.now(KST), run_id, batch=batch, progress=Progress())
    work(most=1)
    gc.freeze()  # the editions are read and stay: looking through them for garbage again and again would be a tenth of the work
    done = work()
    print(f"{_STATES[done.state]}: " + (", ".join(f"{_OUTCOMES[outcome]} {count}건" for outcome, count in sorted(done.counts.items())) or "옮길 건이 없습니다."))
    _tell(done.why)
    return 1 if done.counts.get(moves.FAILED) or done.counts.get(moves.KEPT) else 0


def _plan(place: Installation, given: Namespace) -> int:
    with looking(place, given.by) as desk, faults_told():
        made = moves.plan(desk, given.to, origin=given.origin, mapping=mapping_in(given.mapping))
    print(f"건 {made.cases}개 가운데 {made.moved}개가 옮겨지고, {made.partly}개는 일부만, {made.stayed}개는 그대로 남습니다.")
    print(f"열린 업무는 {made.instances}개 가운데 {made.instances_moved}개가 옮겨집니다.")
    _tell(made.why)
    return 0


def _list(place: Installation, given: Namespace) -> int:
    with place.desk(given.by, write=False) as desk:
        for each in moves.runs(desk):
            print(f"{each.id}  {_STATES[each.state]}  {each.done}/{each.total}  {each.to_edition[:12]}  {each.started_at:%Y-%m-%d %H:%M}  {each.started_by or '(시행일에 저절로)'}")
    return 0


def _report(place: Installation, given: Namespace) -> int:
    for outcome, word in _OUTCOMES.items():
        after = ""
        while True:
            with looking(place, given.by) as desk:
                found = moves.cases_of(desk, given.report, outcome, after=after)
            for row in found:
                print(f"{row.case_id}  {row.number or '-'}  {word}  {row.reason}".rstrip())
            if not found:
                break
            after = found[-1].case_id
    return 0


def _tell(why: Iterable[moves.Why]) -> None:
    for each in why:
        print(f"- {each.count}건: {each.sentence} (예: {', '.join(each.examples[:3])})")
