"""Editions come into force: published by one person, approved by another, from a day on. A broken one changes nothing.

What an edition holds never changes. One that its author only looks at is a draft until it is proposed, and may be thrown away; any other is kept for good: one
that should not have come is withdrawn, and the one before it holds again for new work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from engine.casework import access, answers, studies, succession
from engine.casework.bundle import pack
from engine.casework.permits import demand
from engine.errors import Forbidden, NotFound, Refused, Stale
from engine.spec.sound import Sound, sound
from engine.store.prepared import prepare
from engine.store.tables import edition as edition_table
from engine.store.tables import study

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from engine.casework.desk import Desk

_columns = tuple(column for column in edition_table.columns if column.name != "files")
_insert = prepare(insert(edition_table))
_one = prepare(select(*_columns).where(edition_table.c.digest == bindparam("digest")).with_for_update())
_all = prepare(select(*_columns).order_by(edition_table.c.in_force_from.desc(), edition_table.c.published_at.desc()))
_approve = prepare(
    update(edition_table).where(edition_table.c.digest == bindparam("of_digest"), edition_table.c.approved_at.is_(None)), ["approved_by", "approved_at"]
)
_draft = edition_table.c.proposed_at.is_(None), edition_table.c.approved_at.is_(None), edition_table.c.withdrawn_at.is_(None)
_propose = prepare(update(edition_table).where(edition_table.c.digest == bindparam("of_digest"), *_draft), ["proposed_at"])
_drop_studies = prepare(delete(study).where(study.c.edition == bindparam("of_digest")))
_drop = prepare(delete(edition_table).where(edition_table.c.digest == bindparam("of_digest"), *_draft))
_withdraw = prepare(
    update(edition_table).where(edition_table.c.digest == bindparam("of_digest"), edition_table.c.withdrawn_at.is_(None)), ["withdrawn_at"]
)


@dataclass(frozen=True, slots=True)
class Published:
    """An edition as published. `state` is "in force", "approved" (from a later day, or followed by a later one), "waiting", "draft" or "withdrawn".

    `open_cases` ("stay" or "move", with `mapping`) is what becomes of them when it comes in force, as `chosen_by` said; `run_id` the move begun by that.
    """

    digest: str
    name: str
    title: str
    in_force_from: date
    published_by: str
    published_at: datetime
    approved_by: str | None
    proposed_at: datetime | None
    approved_at: datetime | None
    withdrawn_at: datetime | None
    open_cases: str
    mapping: Mapping[str, Any]
    chosen_by: str | None
    run_id: str | None
    state: str

    @property
    def terms(self) -> str:
        """What whoever approves must have seen: the day, and what becomes of open cases."""
        return succession.terms(self)


def publish(desk: Desk, files: Mapping[str, bytes] | Sound, in_force_from: date | None = None, *, draft: bool = False) -> str:
    """Store an edition ("forms/x.json" -> bytes) for a second person to approve, or, as a `draft`, to be looked at first; give its digest.

    Checking takes seconds: who has others waiting for this transaction has it done before (`sound`). In force from its own date, or from `in_force_from`.
    Raises SpecError with every finding, Refused where it is published already, Invalid for a day that comes before the edition in force or is taken.
    """
    _permit(desk, "edition.write")
    made = (files if isinstance(files, Sound) else sound(files)).edition
    succession.settle(desk)
    if _one.first(desk.connection, digest=made.digest) is not None:
        raise Refused("같은 내용의 판이 이미 공표되어 있습니다.")
    if not draft:
        succession.check_day(desk, in_force_from or made.in_force_from)
    _insert.run(
        desk.connection,
        digest=made.digest, name=made.name, title=made.title, files=pack(made.files), in_force_from=in_force_from or made.in_force_from,
        published_by=desk.actor.login, published_at=desk.now, proposed_at=None if draft else desk.now,
    )  # fmt: skip
    desk.editions.keep(made)
    access.record(desk, "edition.draft" if draft else "edition.publish", target=f"edition {made.digest}")
    return made.digest


def propose(desk: Desk, digest: str) -> None:
    """Offer a draft for approval. Raises Forbidden, NotFound, Invalid for its day, Stale where it is no draft."""
    _permit(desk, "edition.write")
    succession.settle(desk)
    succession.check_day(desk, _known(desk, digest).in_force_from, digest)
    if _propose.run(desk.connection, of_digest=digest, proposed_at=desk.now) != 1:
        raise Stale("이미 승인을 요청한 판입니다.")
    access.record(desk, "edition.publish", target=f"edition {digest}")


def discard(desk: Desk, digest: str) -> None:
    """Throw a draft away, with what was found out about it. Raises Forbidden, NotFound, Refused where it is no draft: all others are kept."""
    _permit(desk, "edition.write")
    succession.settle(desk)
    if _known(desk, digest).proposed_at is not None:
        raise Refused("승인을 요청한 판은 버릴 수 없습니다. 승인하는 사람이 철회할 수 있습니다.")
    _drop_studies.run(desk.connection, of_digest=digest)
    if _drop.run(desk.connection, of_digest=digest) != 1:
        raise Refused("초안이 아닌 판은 버릴 수 없습니다.")
    access.record(desk, "edition.discard", target=f"edition {digest}")


def approve(desk: Desk, digest: str, seen: str | None = None, *, played: bool = False) -> None:
    """Let an edition take force on its day, with what it says of open cases; `seen` are the terms that were looked at.

    What the last study of its scenarios came to is held against it; `played` says that the caller just played them itself, and all went as they say.
    Raises Forbidden to who published it or chose its terms, NotFound, Refused, Invalid for a day that is no more to be had, Stale where it is done already or
    the terms are others meanwhile.
    """
    _permit(desk, "edition.approve")
    succession.settle(desk)
    row = _known(desk, digest)
    if row.published_by == desk.actor.login:
        raise Forbidden("공표한 사람은 승인할 수 없습니다. 다른 사람이 승인해야 합니다.")
    if row.chosen_by == desk.actor.login and desk.actor.login:
        raise Forbidden("시행일이나 열린 건을 어떻게 할지 정한 사람은 승인할 수 없습니다. 다른 사람이 승인해야 합니다.")
    if row.withdrawn_at is not None:
        raise Refused("철회한 판은 승인할 수 없습니다.")
    if row.approved_at is None:
        if row.proposed_at is None:
            raise Refused("아직 승인을 요청하지 않은 판입니다.")
        if seen is not None and seen != succession.terms(row):
            raise Stale("보시는 사이에 시행일이나 열린 건을 어떻게 할지가 바뀌었습니다. 다시 보고 승인하세요.")
        succession.check_day(desk, row.in_force_from, digest)
        unproven = "" if played else studies.unproven(studies.last(desk.connection, digest, studies.SCENARIOS))
        if unproven:
            raise Refused(unproven)
    if _approve.run(desk.connection, approved_by=desk.actor.login, approved_at=desk.now, of_digest=digest) != 1:
        raise Stale("이미 승인한 판입니다.")
    access.record(desk, "edition.approve", target=f"edition {digest}")


def withdraw(desk: Desk, digest: str, reason: str) -> None:
    """Take an edition back: no new work begins under it, and cases that are on their way to it go back. Cases and work that began under it stay on it.

    Raises Refused where none would be left in force.
    """
    _permit(desk, "edition.approve")
    told = answers.reason(reason)
    row = _known(desk, digest)
    if _withdraw.run(desk.connection, withdrawn_at=desk.now, of_digest=digest) != 1:
        raise Stale("이미 철회한 판입니다.")
    if row.approved_at is not None and row.in_force_from <= desk.today:
        desk.editions.in_force(desk.connection, desk.today)
    succession.call_off(desk, digest)
    access.record(desk, "edition.withdraw", target=f"edition {digest}", reason=told)


def editions(desk: Desk) -> tuple[Published, ...]:
    """Give every edition, the latest day first."""
    _permit(desk, "edition.read")
    rows = _all.all(desk.connection)
    standing = [row for row in rows if row.approved_at is not None and row.withdrawn_at is None and row.in_force_from <= desk.today]
    current = max(standing, key=lambda row: (row.in_force_from, row.approved_at)).digest if standing else ""
    return tuple(Published(**row._asdict(), state=_state(row, current)) for row in rows)


def _state(row: Any, current: str) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.approved_at is None:
        return "waiting" if row.proposed_at is not None else "draft"
    return "in force" if row.digest == current else "approved"


def _known(desk: Desk, digest: str) -> Any:
    row = _one.first(desk.connection, digest=digest)
    if row is None:
        raise NotFound("그런 판이 없습니다.")
    return row


def _permit(desk: Desk, permission: str) -> None:
    """Check a permission. Until there is an edition nobody has one: then only the command line (no person, or no address) publishes the first."""
    if desk.actor.clock or (not desk.actor.address and _none_in_force(desk)):
        return
    demand(desk, permission)


def _none_in_force(desk: Desk) -> bool:
    return not any(row.approved_at is not None and row.withdrawn_at is None for row in _all.all(desk.connection))
