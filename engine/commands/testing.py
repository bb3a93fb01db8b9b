"""The command that plays scenarios, says what none exercises, and writes scenarios or skeletons for that."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.console import Progress, rules_folder
from engine.errors import Refused

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from engine.spec.coverage import Mark
    from engine.spec.edition import Edition


def test(given: Namespace) -> int:
    """Play the scenarios of a folder; print what went otherwise than told, and what no scenario exercises. Raises Refused for words that do not go together."""
    if given.skeletons and given.only:
        raise Refused("--skeletons는 모든 시나리오를 돌린 뒤에 지나지 않은 곳을 보고 적습니다. --only와 함께 쓸 수 없습니다.")
    from engine.casework.scenarios import run, run_side_by_side
    from engine.spec.edition import load_edition

    edition = load_edition(rules_folder(given.folder))
    show, names = Progress(), list(given.only or sorted(edition.scenarios))
    show("시나리오", 0, len(names))
    outcome = run(edition, given.only) if given.only else run_side_by_side(edition, os.cpu_count() or 1)
    show("시나리오", len(outcome.ran), len(outcome.ran))
    missing = [] if given.only else outcome.coverage.missing()
    failed = bool(outcome.findings or (given.whole and missing))
    if given.skeletons:
        _write_skeletons(edition, missing, Path(given.skeletons), show)
    if given.format == "json":
        print(json.dumps({
            "ran": outcome.ran, "findings": [asdict(one) for one in outcome.findings],
            "coverage": {} if given.only else {kind: {"met": met, "all": every} for kind, (met, every) in outcome.coverage.counts().items()},
            "missing": [{"kind": mark[0], "where": mark[1], "which": mark[2], "title": title} for mark, title in missing],
        }, ensure_ascii=False, indent=1))
        return 1 if failed else 0
    print(*outcome.findings, sep="\n", end="\n" if outcome.findings else "")
    print(f"시나리오 {len(outcome.ran)}개, 어긋난 곳 {len(outcome.findings)}곳")
    if not given.only:
        print(*outcome.coverage.lines(), sep="\n")
    return 1 if failed else 0


def _write_skeletons(edition: Edition, missing: Sequence[tuple[Mark, str]], folder: Path, show: Progress) -> None:
    """Write a scenario for each of `missing`, leaving what is there alone; tell on the error output which are finished and which are left to do."""
    from engine.casework.skeletons import compose, name_of

    folder.mkdir(parents=True, exist_ok=True)
    there = {mark for mark, _ in missing if _file(folder, name_of(mark)).exists()}
    made = compose(edition, [(mark, title) for mark, title in missing if mark not in there], lambda done, whole: show("뼈대", done, whole))
    for one in made:
        try:
            with _file(folder, one.name).open("x", encoding="utf-8") as file:
                file.write(one.text)
        except FileExistsError:  # somebody was quicker
            there.add(one.mark)
        else:
            print(f"{_file(folder, one.name)}: {'그대로 됨' if one.finished else '덜 됨'}: {one.title}", file=sys.stderr)
    finished = sum(one.finished for one in made)
    kept = f", 이미 있어 그대로 둔 것 {len(there)}개" if there else ""
    print(f"뼈대 {len(made)}개를 적었습니다: 그대로 되는 것 {finished}개, 덜 된 것 {len(made) - finished}개{kept}", file=sys.stderr)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"
