"""What happened to a case, in order, in rows that only grow. Each row's keyed code covers the row before it.

The number of the last row is the version of the case (`cases.version`), held by a deferred foreign key: a verb that changes a case
and tells no history cannot be committed. Verbs that hold the locked case row use a `Chain` and write version and head with their own
UPDATE of the case; `append` does all of it for anyone else. Details hold ids, element names and typed reasons, never an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.errors import NotFound
from engine.store.prepared import prepare
from engine.store.tables import cases, history, person
from engine.store.types import canonical, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from engine.casework.desk import Desk
    from engine.store.cipher import Cipher

TEXT_LIMIT = 500  # characters of one text in a detail
_DETAIL_LIMIT = 8000  # bytes of a whole detail

_head = select(cases.c.version, cases.c.head).where(cases.c.id == bindparam("case"))
_lock_head = prepare(_head.with_for_update())
_insert = prepare(insert(history))
_advance = prepare(
    update(cases).where(cases.c.id == bindparam("case"), cases.c.version == bindparam("was")),
    ["version", "head", "changed_at"],
)
_of_case = prepare(
    select(history, person.c.login, person.c.name)
    .select_from(history.outerjoin(person, person.c.id == history.c.person_id))
    .where(history.c.case_id == bindparam("case_id"))
    .order_by(history.c.seq)
)
_rows = select(history).order_by(history.c.case_id, history.c.seq)


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a case's history. `login` and `name` are "" where the clock acted."""

    seq: int
    at: datetime
    person_id: str
    login: str
    name: str
    kind: str
    detail: Mapping[str, Any]


class Chain:
    """The growing end of one case's history within one verb: `add` as often as needed, then `write` once."""

    def __init__(self, desk: Desk, case_id: str, seq: int = 0, head: bytes = b"") -> None:
        """`seq` and `head` are `version` and `head` of the locked case row; the defaults begin a new case."""
        self._desk = desk
        self._case_id = case_id
        self.seq = seq
        self.head = head
        self._new: list[dict[str, Any]] = []

    def add(self, kind: str, detail: Mapping[str, Any] | None = None) -> int:
        """Tell that `kind` happened; return the row's number, which is the case's version from then on. Raises ValueError for oversized detail."""
        desk, told = self._desk, dict(detail or {})
        _check(told)
        self.seq += 1
        row = {
            "case_id": self._case_id,
            "seq": self.seq,
            "at": desk.now,
            "person_id": desk.actor.person_id or None,
            "kind": kind,
            "detail": told,
        }
        self.head = row["mac"] = desk.cipher.mac(_payload(row, self.head), "history")
        self._new.append(row)
        return self.seq

    def write(self) -> None:
        """Insert the added rows. The caller sets `version` and `head` of the case to `seq` and `head` of this chain in its UPDATE."""
        if len(self._new) == 1:
            _insert.run(self._desk.connection, self._new[0])
        else:
            _insert.many(self._desk.connection, self._new)
        self._new = []


def append(desk: Desk, case_id: str, kind: str, detail: Mapping[str, Any] | None = None) -> int:
    """Lock the case, tell one thing and advance the case's version, all at once; return the version. Raises NotFound."""
    row = _lock_head.first(desk.connection, case=case_id)
    if row is None:
        raise NotFound
    chain = Chain(desk, case_id, row.version, row.head)
    chain.add(kind, detail)
    chain.write()
    _advance.run(desk.connection, case=case_id, was=row.version, version=chain.seq, head=chain.head, changed_at=desk.now)
    return chain.seq


def of_case(desk: Desk, case_id: str) -> tuple[Event, ...]:
    """Return what happened to a case, first to last. The caller has made sure that the actor may see the case."""
    return tuple(
        Event(row.seq, row.at, row.person_id or "", row.login or "", row.name or "", row.kind, row.detail)
        for row in _of_case.all(desk.connection, case_id=case_id)
    )


def broken_links(connection: Connection, cipher: Cipher) -> Iterator[tuple[str, int, str]]:
    """Check every chain; yield case id, row number and a Korean sentence for the first thing wrong in each case."""
    ends = {row.id: (row.version, row.head) for row in connection.execute(select(cases.c.id, cases.c.version, cases.c.head))}
    case_id, seq, head, sound = "", 0, b"", True
    for row in connection.execution_options(yield_per=2000).execute(_rows).mappings():
        if row["case_id"] != case_id:
            yield from _check_end(case_id, seq, head, ends, sound=sound)
            case_id, seq, head, sound = row["case_id"], 0, b"", True
        if sound and row["seq"] != seq + 1:
            sound = False
            yield case_id, seq + 1, "이력 한 줄이 빠졌습니다."
        elif sound and not cipher.verify(row["mac"], _payload(row, head), "history"):
            sound = False
            yield case_id, row["seq"], "이력 한 줄이 바뀌었습니다."
        seq, head = row["seq"], row["mac"]
    yield from _check_end(case_id, seq, head, ends, sound=sound)
    for left in ends:
        yield left, 1, "이력이 없습니다."


def _check_end(case_id: str, seq: int, head: bytes, ends: dict[str, tuple[int, bytes]], *, sound: bool) -> Iterator[tuple[str, int, str]]:
    if case_id and ends.pop(case_id, None) != (seq, head) and sound:
        yield case_id, seq, "이력의 끝이 건의 판 번호와 맞지 않습니다."


def _payload(row: Mapping[str, Any] | RowMapping, before: bytes) -> bytes:
    return before + canonical([row["case_id"], row["seq"], utc_text(row["at"]), row["person_id"], row["kind"], row["detail"]])


def _check(detail: Mapping[str, Any]) -> None:
    for name, value in detail.items():
        for part in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(part, str) and len(part) > TEXT_LIMIT:
                raise ValueError(f"history detail {name!r} is too long")
    if len(canonical(detail)) > _DETAIL_LIMIT:
        raise ValueError("history detail is too large")
