"""Commands that take open cases from one edition to another, and tell beforehand what that would do."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.casework import moves
from engine.casework.impact import impact as look
from engine.casework.replay import replay as read_again
from engine.commands.installation import Installation, Progress, open_installation
from engine.errors import Refused
from engine.store.types import KST

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

_STATES = {moves.MOVING: "옮기는 중", moves.MOVED: "옮김", moves.UNDOING: "되돌리는 중", moves.UNDONE: "되돌림"}
_OUTCOMES = {"moved": "옮김", "partly": "일부만 옮김", "stayed": "그대로 둠", "failed": "실패", "undone": "되돌림", "kept": "되돌리지 못함", "": "아직"}


def move(given: Namespace) -> int:
    """Begin, go on with, undo or list moves; 1 where a case failed or could not be moved back."""
    place = open_installation(given)
    if not given.resume and not given.by:
        raise Refused("--by로 누가 하는지 적으세요.")
    if given.list:
        with place.desk(given.by, write=False) as desk:
            for each in moves.runs(desk):
                print(f"{each.id}  {_STATES[each.state]}  {each.done}/{each.total}  {each.to_edition[:12]}  {each.started_at:%Y-%m-%d %H:%M}  {each.started_by}")
        return 0
    if given.to and given.dry_run:
        return _plan(place, given)
    run_id = given.resume or given.undo
    with place.desk(given.by) as desk:
        if given.to:
            run_id = moves.begin(desk, given.to, origin=given.origin, mapping=_mapping(given.mapping))
        elif given.undo:
            moves.undo(desk, run_id)
    print(f"옮기기 {run_id}", flush=True)
    return _work(place, run_id, given.batch)


def _work(place: Installation, run_id: str, batch: int) -> int:
    done = moves.work(place.database, place.editions, place.cipher, lambda: datetime.now(KST), run_id, batch=batch, progress=Progress())
    print(f"{_STATES[done.state]}: " + ", ".join(f"{_OUTCOMES[outcome]} {count}건" for outcome, count in sorted(done.counts.items())))
    _tell(done.why)
    return 1 if done.counts.get(moves.FAILED) or done.counts.get(moves.KEPT) else 0


def _plan(place: Installation, given: Namespace) -> int:
    with place.desk(given.by) as desk:
        made = moves.plan(desk, given.to, origin=given.origin, mapping=_mapping(given.mapping))
    print(f"건 {made.cases}개 가운데 {made.moved}개가 옮겨지고, {made.partly}개는 일부만, {made.stayed}개는 그대로 남습니다.")
    print(f"열린 업무는 {made.instances}개 가운데 {made.instances_moved}개가 옮겨집니다.")
    _tell(made.why)
    return 0


def _tell(why: Iterable[moves.Why]) -> None:
    for each in why:
        print(f"- {each.count}건: {each.sentence} (예: {', '.join(each.examples[:3])})")


def _mapping(path: str | None) -> Any:
    if path is None:
        return None
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"읽을 수 없는 파일입니다: {path}") from error


def impact(given: Namespace) -> int:
    """Print what an edition would do to what is open, and to last year's records."""
    place = open_installation(given)
    with place.desk(given.by, write=True) as desk:
        found = look(desk, given.digest)
        again = read_again(desk, given.digest, progress=Progress()) if given.replay else None
    if given.format == "json":
        print(json.dumps({"impact": asdict(found), "replay": asdict(again) if again else None}, ensure_ascii=False, indent=1, default=str))
        return 0
    for one in found.sentences:
        print(one)
    if again is not None:
        for one in again.sentences:
            print(one)
    return 0
