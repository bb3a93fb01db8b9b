"""The command that brings in rows of another system."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.casework import people
from engine.casework.bringing import Manner
from engine.casework.importing import Import, Order, Outcome, standing_in
from engine.commands.installation import Progress, open_installation
from engine.errors import Refused

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from engine.casework.desk import Desk
    from engine.casework.people import Institution

_SHOWN = 200  # bad rows told on the terminal


def bring_in(given: Namespace) -> int:
    """Bring a sheet in; print what came of it. 1 where a row is bad."""
    if given.good_rows and not given.bad:
        raise Refused("--good-rows에는 틀린 줄을 적을 파일이 필요합니다: --bad 파일.csv")
    if given.bad and not given.bad.lower().endswith(".csv"):
        raise Refused("틀린 줄은 csv 파일로 적습니다. --bad에 .csv로 끝나는 이름을 주세요.")
    installation = open_installation(given)

    @contextmanager
    def open_desk() -> Iterator[Desk]:
        with installation.desk(given.by) as desk:
            yield standing_in(desk, _place(desk, given.institution))

    manner = Manner(given.reason, given.past_closing, given.without_work, given.confirmed, given.amend)
    order = Order(
        given.form, Path(given.file), given.sheet, given.source, given.id, given.day, given.skip_unknown, given.check, given.good_rows, manner
    )  # fmt: skip
    progress = Progress()

    def told(done: int, whole: int) -> None:
        progress(given.form, done, whole)

    if given.bad:
        try:
            with Path(given.bad).open("x", encoding="utf-8-sig", newline="") as bad:
                outcome = Import(open_desk, order, bad, told).run()
        except FileExistsError as error:
            raise Refused(f"이미 있는 파일입니다: {given.bad}") from error
        if not outcome.bad_rows:
            Path(given.bad).unlink()
    else:
        outcome = Import(open_desk, order, None, told).run()
    if given.format == "json":
        _print_json(outcome, order)
    else:
        _print(outcome, order)
    return 1 if outcome.bad_rows else 0


def _place(desk: Desk, named: str) -> Institution | None:
    if not named:
        return None
    found = next((one for one in people.institutions(desk) if named in (one.id, one.name)), None)
    if found is None:
        raise Refused(f"그런 기관이 없습니다: {named}. didimdol institution list로 확인하세요.")
    return found


def _print_json(outcome: Outcome, order: Order) -> None:
    bad = [{"line": one.line, "column": one.column, "message": one.message} for one in outcome.bad]
    told = {
        "form": order.form, "check": order.check, "written": outcome.written, "new": outcome.new, "same": outcome.same, "amended": outcome.amended,
        "bad_rows": outcome.bad_rows, "bad": bad, "unread": list(outcome.unread),
    }  # fmt: skip
    print(json.dumps(told, ensure_ascii=False, indent=2))


def _print(outcome: Outcome, order: Order) -> None:
    for one in outcome.bad[:_SHOWN]:
        print(f"{one.line}줄: {one.column}: {one.message}" if one.column else f"{one.line}줄: {one.message}", file=sys.stderr)
    if len(outcome.bad) > _SHOWN:
        print(f"… 그 밖에 {len(outcome.bad) - _SHOWN}가지. 모두 보려면 --bad나 --format json을 쓰세요.", file=sys.stderr)
    if outcome.unread:
        print(f"읽지 않은 열: {', '.join(outcome.unread)}")
    print(f"새 줄 {outcome.new}, 이미 있는 줄 {outcome.same}, 고친 줄 {outcome.amended}, 틀린 줄 {outcome.bad_rows}")
    if order.check:
        print("살펴보기만 했습니다. 아무것도 넣지 않았습니다.")
    elif outcome.bad_rows and not order.good_rows:
        print("틀린 줄이 있어 아무것도 넣지 않았습니다. 바른 줄만 넣으려면 --good-rows --bad 파일.csv를 쓰세요.")
