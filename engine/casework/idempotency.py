"""One request, one effect: a verb called again with the same key gives the same answer and does nothing.

Kept is a keyed digest of what was asked, never what was asked, so that a key used for something else is noticed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.errors import Stale, TooLarge
from engine.store.prepared import prepare
from engine.store.tables import idempotency
from engine.store.upsert import Upsert

if TYPE_CHECKING:
    from engine.casework.desk import Desk

KEY_LIMIT = 100
_REUSED = "같은 요청 번호로 다른 내용이 이미 저장되었습니다. 화면을 새로 열어 다시 시도하세요."

_look = prepare(
    select(idempotency.c.verb, idempotency.c.request, idempotency.c.answer).where(
        idempotency.c.person_id == bindparam("of_person"), idempotency.c.key == bindparam("of_key")
    )
)
_insert = prepare(insert(idempotency))
_claim = Upsert(idempotency, lambda insert: insert.on_conflict_do_nothing())
_settle = prepare(
    update(idempotency).where(idempotency.c.person_id == bindparam("of_person"), idempotency.c.key == bindparam("of_key")), ["answer"]
)


def claim(desk: Desk, key: str | None, verb: str, *asked: Any) -> Any | None:
    """Take `key` for this request; give the answer where it was answered before. Waits for the same request still running elsewhere.

    Raises Stale where the key was used for something else. Must be followed by `settle` in the same transaction.
    """
    if not key:
        return None
    row = _row(desk, key, verb, asked, None)
    if _claim.on(desk.connection).run(desk.connection, row) == 1:
        return None
    return answered(desk, key, verb, *asked)


def settle(desk: Desk, key: str | None, answer: Any) -> None:
    """Keep the answer to a claimed key."""
    if key:
        _settle.run(desk.connection, answer={"is": answer}, of_person=desk.actor.person_id, of_key=key)


def answered(desk: Desk, key: str | None, verb: str, *asked: Any) -> Any | None:
    """Give the answer to the same request made before, or None. Raises Stale where the key was used for something else."""
    row = _look.first(desk.connection, of_person=desk.actor.person_id, of_key=_checked(key)) if key else None
    if row is None:
        return None
    if row.verb != verb or row.request != _digest(desk, verb, asked):
        raise Stale(_REUSED)
    return row.answer["is"]


def demand_unused(desk: Desk, key: str | None) -> None:
    """Refuse (Stale) what comes late: a draft of a page whose save, asked for under `key`, was faster."""
    if key and _look.first(desk.connection, of_person=desk.actor.person_id, of_key=_checked(key)) is not None:
        raise Stale("이 화면의 내용은 이미 저장되었습니다.")


def note(desk: Desk, key: str | None, answer: Any, verb: str, *asked: Any) -> None:
    """Keep the answer to a key nobody claimed: for verbs that notice a repetition by what they find. A key used before becomes Stale at the database."""
    if key:
        _insert.run(desk.connection, _row(desk, key, verb, asked, answer))


def _row(desk: Desk, key: str, verb: str, asked: tuple[Any, ...], answer: Any) -> dict[str, Any]:
    return {
        "person_id": desk.actor.person_id, "key": _checked(key), "verb": verb, "request": _digest(desk, verb, asked), "answer": {"is": answer},
        "at": desk.now,
    }  # fmt: skip


def _checked(key: str | None) -> str:
    if not key or len(key) > KEY_LIMIT or not key.isprintable():
        raise Stale("요청 번호가 올바르지 않습니다. 화면을 새로 열어 다시 시도하세요.")
    return key


def _digest(desk: Desk, verb: str, asked: tuple[Any, ...]) -> str:
    try:
        text = json.dumps([verb, *asked], sort_keys=True, default=str)
    except (RecursionError, TypeError, ValueError) as error:
        raise TooLarge("보낸 내용을 읽을 수 없습니다.") from error
    return desk.cipher.index("request", text)
