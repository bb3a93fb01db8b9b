"""The command that records a scenario from a case."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.casework import finding, recording
from engine.commands.installation import open_installation
from engine.commands.looking import looking
from engine.errors import Refused

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.casework.recording import Recorded


def record(given: Namespace) -> int:
    """Record a case, play what came of it and write it; 1 where it does not play as the case went (then it is written with --even-so only)."""
    out = Path(given.out) if given.out else None
    if out is not None and out.exists():
        raise Refused(f"이미 있는 파일입니다. 덮어쓰지 않습니다: {out}")
    place = open_installation(given)
    with looking(place, given.by) as desk:
        made = recording.record(desk, finding.named(desk, given.case), given.reason)
    writes = made.plays or given.even_so
    if writes and out is None:
        print(made.text, end="")
    elif writes and out is not None:
        _write(out, made.text)
    print(*_told(made, given.out, writes=writes), sep="\n", file=sys.stderr)
    return 0 if made.plays else 1


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise Refused(f"이미 있는 파일입니다. 덮어쓰지 않습니다: {out}") from error
    except OSError as error:
        raise Refused(f"파일을 쓸 수 없습니다: {out}") from error


def _told(made: Recorded, out: str, *, writes: bool) -> list[str]:
    days = "날짜는 모두 같은 날수만큼 옮겼습니다." if made.moved else "날짜를 옮기면 규칙이 달리 말해서, 태어난 날만 옮기고 다른 날짜는 그대로 두었습니다."
    told = ["개인정보가 남지 않은 것을 확인했습니다. " + days, *(f"지금 판에 없는 서식이라 옮기지 못한 기록이 있습니다: {title}" for title in made.left)]
    if made.plays:
        return [*told, "지금 판에서 그대로 됩니다." + (f" {out}" if out else "")]
    findings = [f"{out or finding.path}:{finding.line}: {finding.id}: {finding.message}" for finding in made.findings]
    return [*told, *findings, "지금 판에서 그대로 되지 않습니다." + ("" if writes else " 파일을 적지 않았습니다. --even-so를 주면 그래도 적습니다.")]
