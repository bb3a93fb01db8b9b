"""Commands about editions: check, diff, publish, approve, withdraw."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from engine.commands.console import mapping_in, rules_folder
from engine.errors import Finding, NotFound, SpecError
from engine.spec.folder import read_folder

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from engine.casework.desk import Desk
    from engine.casework.publishing import Published
    from engine.commands.installation import Installation
    from engine.spec.edition import Edition


def check(given: Namespace) -> int:
    """Print every finding of a folder, its scenarios played too; 0 where there is none."""
    findings = _findings(rules_folder(given.folder), scenarios=not given.no_scenarios)
    if given.format == "json":
        print(json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=1))
    else:
        print(*findings, sep="\n", end="\n" if findings else "")
        if not findings:
            print("잘못된 곳이 없습니다.")
    return 1 if findings else 0


def _findings(folder: Path, *, scenarios: bool) -> Sequence[Finding]:
    from engine.spec.sound import sound

    try:
        edition = sound(read_folder(folder)).edition
    except SpecError as error:
        return error.findings
    if not scenarios:
        return ()
    from engine.casework.scenarios import run_side_by_side

    return run_side_by_side(edition, os.cpu_count() or 1).findings


def diff(given: Namespace) -> int:
    """Print what changed from one folder to another, screen by screen."""
    from engine.spec.difference import difference
    from engine.spec.edition import load_edition

    found = difference(load_edition(rules_folder(given.old)), load_edition(rules_folder(given.new)))
    if given.format == "json":
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
        return 0
    place = None
    for one in found:
        if place != (one.path, one.where):
            place = (one.path, one.where)
            print(f"{one.where} ({one.path})")
        print(f"  {one.sentence}")
    print(f"달라진 곳 {len(found)}곳" if found else "달라진 곳이 없습니다.")
    return 0


def publish(given: Namespace) -> int:
    """Check a folder and play its scenarios, then publish it as an edition, to be approved by a second person; print its digest.

    Raises SpecError with everything found, before anything is written and while nobody waits.
    """
    from engine.casework import publishing, succession
    from engine.commands.installation import open_installation
    from engine.spec.sound import sound

    place = open_installation(given)
    made = sound(read_folder(rules_folder(given.folder)))
    _play(place, made.edition)
    with place.desk(given.by) as desk:
        digest = publishing.publish(desk, made, date.fromisoformat(given.since) if given.since else None)
        if given.open_cases:
            succession.change(desk, digest, open_cases=given.open_cases, mapping=mapping_in(given.mapping))
    print(digest)
    return 0


def propose(given: Namespace) -> int:
    """Change the day of an edition that waits for its approval, and what becomes of open cases then."""
    from engine.casework import succession
    from engine.commands.installation import open_installation

    place = open_installation(given)
    digest = whole_digest(place, given.digest)
    with place.desk(given.by) as desk:
        since = date.fromisoformat(given.since) if given.since else None
        succession.change(desk, digest, since=since, open_cases=given.open_cases, mapping=mapping_in(given.mapping))
    print(_terms(place, digest))
    return 0


def approve(given: Namespace) -> int:
    """Play the scenarios of a published edition, then let it take force on the terms that are printed first. Raises SpecError where one went otherwise."""
    from engine.casework import publishing
    from engine.commands.installation import open_installation

    place = open_installation(given)
    digest = whole_digest(place, given.digest)
    with place.desk(write=False) as desk:
        edition = desk.edition(digest)
        seen = _published(desk, digest)
    print(_told(seen), flush=True)
    _play(place, edition)
    with place.desk(given.by) as desk:
        publishing.approve(desk, digest, seen.terms, played=True)
    print(f"승인했습니다: {digest}")
    return 0


def _play(place: Installation, edition: Edition) -> None:
    """Play every scenario of an edition, telling how far. Raises SpecError with every step that went otherwise than it says."""
    from engine.casework.scenarios import run_side_by_side
    from engine.commands.console import Progress

    if not edition.scenarios:
        return
    show, whole = Progress(), len(edition.scenarios)
    show("시나리오", 0, whole)
    place.database.dispose()  # this process may be copied: no copy shares a connection
    found = run_side_by_side(edition, os.cpu_count() or 1).findings
    show("시나리오", whole, whole)
    if found:
        raise SpecError(found)


def withdraw(given: Namespace) -> int:
    """Take an edition back: new work goes to the one before it."""
    from engine.casework import publishing
    from engine.commands.installation import open_installation

    place = open_installation(given)
    digest = whole_digest(place, given.digest)
    with place.desk(given.by) as desk:
        publishing.withdraw(desk, digest, given.reason)
    print(f"철회했습니다: {digest}")
    return 0


def editions(given: Namespace) -> int:
    """List the editions of an installation."""
    from engine.casework import publishing
    from engine.commands.installation import open_installation

    place = open_installation(given)
    with place.desk(write=False) as desk:
        for one in publishing.editions(desk):
            print(f"{one.digest[:12]}  {one.in_force_from}  {_STATES[one.state]}  {one.name}  {one.title}")
    return 0


def whole_digest(place: Installation, begun: str) -> str:
    """Give the digest of the one edition whose digest begins so, or `begun` itself where none or several do."""
    from engine.casework import publishing

    with place.desk(write=False) as desk:
        found = [edition.digest for edition in publishing.editions(desk) if edition.digest.startswith(begun)]
    return found[0] if len(found) == 1 else begun


def _terms(place: Installation, digest: str) -> str:
    with place.desk(write=False) as desk:
        return _told(_published(desk, digest))


def _published(desk: Desk, digest: str) -> Published:
    """Give an edition as published. Raises NotFound."""
    from engine.casework import publishing

    row = next((each for each in publishing.editions(desk) if each.digest == digest), None)
    if row is None:
        raise NotFound("그런 판이 없습니다.")
    return row


def _told(row: Published) -> str:
    """Tell from when an edition is in force, and what becomes of open cases then."""
    moved = f"정한 자리({sum(map(len, row.mapping.values()))}곳)대로" if row.mapping else "옮길 수 있는 것만"
    return f"{row.in_force_from}부터 시행, 열린 건은 " + ("시작한 판에 그대로 둡니다." if row.open_cases == "stay" else f"{moved} 저절로 옮깁니다.")


_STATES = {"in force": "시행 중", "approved": "승인됨", "waiting": "승인 대기", "draft": "초안", "withdrawn": "철회됨"}
