"""Who saw or did what to whose data: one row per person concerned, in rows that only grow.

Each row carries a keyed code over itself; every few minutes a seal covers the rows since the last one, in order, and the seal before,
so that a row changed, removed or slipped in shows. Rows are never sealed younger than `SETTLED`: transactions may commit out of order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select

from engine.casework.permits import demand
from engine.store.prepared import prepare
from engine.store.tables import access_record, access_seal, cases
from engine.store.types import canonical, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from engine.casework.desk import Desk
    from engine.store.cipher import Cipher

SETTLED = timedelta(minutes=5)  # no transaction lives longer
REASON_LIMIT = 500
_BATCH = 10_000  # rows under one seal
_FIELDS = ("person_id", "login", "institution_id", "address", "subject", "act", "target", "reason")

_insert = prepare(insert(access_record))
_last_seal = prepare(select(access_seal).order_by(access_seal.c.number.desc()).limit(1))
_insert_seal = prepare(insert(access_seal))
_unsettled = prepare(
    select(func.min(access_record.c.seq).label("seq")).where(access_record.c.seq > bindparam("after"), access_record.c.at > bindparam("cut"))
)
_unsealed = prepare(
    select(access_record.c.seq, access_record.c.mac)
    .where(access_record.c.seq > bindparam("after"), access_record.c.seq < bindparam("before"))
    .order_by(access_record.c.seq)
    .limit(bindparam("batch"))
)


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One access record. `subject` is a case id or "", `target` names what ("record 01J…"), `act` a short English verb ("record.view")."""

    seq: int
    at: datetime
    person_id: str
    login: str
    institution_id: str
    address: str
    subject: str
    act: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Some rows, newest first, of `total`."""

    total: int
    rows: tuple[AccessRow, ...]


def record(desk: Desk, act: str, *, subject: str = "", target: str = "", reason: str = "", login: str = "") -> None:
    """Note that the actor did `act`; in the transaction of the act itself, so that neither exists without the other.

    On a reading desk the row waits in `desk.seen`; its unit writes it with `write_seen` before the answer leaves.
    """
    row = _row(desk, act, subject, target, reason, login)
    if desk.seen is None:
        _insert.run(desk.connection, row)
    else:
        desk.seen.append(row)


def record_many(desk: Desk, act: str, subjects: Iterable[str], *, target: str = "", reason: str = "") -> None:
    """Note the same act once for each person concerned: lists and searches show many."""
    rows = [_row(desk, act, subject, target, reason, "") for subject in subjects]
    if desk.seen is None:
        _insert.many(desk.connection, rows)
    else:
        desk.seen.extend(rows)


def write_seen(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert what a reading desk noted (`Desk.seen`)."""
    _insert.many(connection, rows)


def log(
    desk: Desk,
    *,
    login: str = "",
    subject: str = "",
    number: str = "",
    act: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    page: int = 1,
    size: int = 50,
) -> AccessPage:
    """Return who saw whom, newest first. Needs `access.read`; without the scope "all" it shows the actor's own institution only.

    `subject` is a case id, `number` the number of a case.
    """
    scope = demand(desk, "access.read")
    wanted: Sequence[Any] = (
        access_record.c.login == login if login else None,
        access_record.c.subject == subject if subject else None,
        access_record.c.subject.in_(select(cases.c.id).where(cases.c.number == number)) if number else None,
        access_record.c.act == act if act else None,
        access_record.c.at >= since if since else None,
        access_record.c.at < until if until else None,
        access_record.c.institution_id == desk.actor.institution_id if scope != "all" else None,
    )
    where = [condition for condition in wanted if condition is not None]
    columns = [access_record.c[name] for name in AccessRow.__dataclass_fields__]
    total = desk.connection.execute(select(func.count()).select_from(access_record).where(*where)).scalar_one()
    newest = select(*columns).where(*where).order_by(access_record.c.seq.desc()).limit(min(size, 500)).offset((max(page, 1) - 1) * size)
    return AccessPage(total, tuple(AccessRow(*row) for row in desk.connection.execute(newest)))


def seal(desk: Desk) -> int:
    """Seal the settled rows since the last seal; return how many (0: nothing to do). Run every few minutes until it returns 0."""
    last = _last_seal.first(desk.connection)
    after, number, before_mac = (last.last_seq, last.number, last.mac) if last else (0, 0, b"")
    young = _unsettled.first(desk.connection, after=after, cut=desk.now - SETTLED)
    rows = _unsealed.all(desk.connection, after=after, before=(young and young.seq) or 2**62, batch=_BATCH)
    if not rows:
        return 0
    values = {"number": number + 1, "first_seq": rows[0].seq, "last_seq": rows[-1].seq, "count": len(rows), "at": desk.now}
    mac = desk.cipher.mac(_seal_payload(values, before_mac, rows), "access_seal")
    _insert_seal.run(desk.connection, values, mac=mac)
    return len(rows)


def broken_rows(connection: Connection, cipher: Cipher) -> Iterator[str]:
    """Check every access record and seal; yield a Korean sentence for each thing wrong."""
    for row in connection.execution_options(yield_per=2000).execute(select(access_record)).mappings():
        if not cipher.verify(row["mac"], _payload(row), "access_record"):
            yield f"접속기록 {row['seq']}번이 바뀌었습니다."
    last_seq, before = 0, b""
    for number, row in enumerate(connection.execute(select(access_seal).order_by(access_seal.c.number)).mappings().all(), 1):
        inside = access_record.c.seq.between(last_seq + 1, row["last_seq"])
        rows = connection.execute(select(access_record.c.seq, access_record.c.mac).where(inside).order_by(access_record.c.seq)).all()
        if row["number"] != number or row["count"] != len(rows) or not cipher.verify(row["mac"], _seal_payload(row, before, rows), "access_seal"):
            yield f"접속기록 {row['first_seq']}번에서 {row['last_seq']}번 사이가 봉인과 다릅니다."
        last_seq, before = row["last_seq"], row["mac"]


def _row(desk: Desk, act: str, subject: str, target: str, reason: str, login: str) -> dict[str, Any]:
    actor = desk.actor
    row = {
        "at": desk.now,
        "person_id": actor.person_id,
        "login": actor.login or login,
        "institution_id": actor.institution_id,
        "address": actor.address,
        "subject": subject,
        "act": act,
        "target": target[:200],
        "reason": (reason or actor.reason)[:REASON_LIMIT],
    }
    row["mac"] = desk.cipher.mac(_payload(row), "access_record")
    return row


def _payload(row: Mapping[str, Any] | RowMapping) -> bytes:
    return canonical([utc_text(row["at"]), *(row[name] for name in _FIELDS)])


def _seal_payload(values: Mapping[str, Any] | RowMapping, before: bytes, rows: Sequence[Any]) -> bytes:
    digest = hashlib.sha256(before)
    for row in rows:
        digest.update(row.seq.to_bytes(8) + row.mac)
    return canonical([values["number"], values["first_seq"], values["last_seq"], values["count"], utc_text(values["at"])]) + digest.digest()
