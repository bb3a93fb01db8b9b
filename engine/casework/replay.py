"""Last year's records read again by another edition: which of them it would refuse, by what their form asks or by its table of refusals. Nothing is changed.

What is exact: every answer, sensitive ones too, carried over by its names and codes, and the codes valid on the day of the record. The facts around it are
those it was made in, as far as they are kept (`bygone` says how far). What is as of now may put a record in a wrong light; so what it is refused for under
its own edition in the same light is not told, for only the light is to blame.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.casework import access, guards, keeping
from engine.casework.bygone import Past
from engine.casework.permits import demand
from engine.spec import wording
from engine.spec.carry import carrier
from engine.spec.naming import Naming
from engine.store.tables import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from engine.casework.desk import Actor, Desk
    from engine.casework.keeping import Stored
    from engine.errors import FieldError
    from engine.spec.edition import Edition

YEAR = timedelta(days=365)
_EXAMPLES = 5
_FIGURES = re.compile(r"\d[\d,.-]{2,}")  # amounts and dates in a sentence may be somebody's answers


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which the edition would refuse records: the form, the field ("": no answer but the moment), the sentence, how many, and some of them by id."""

    form: str
    field: str
    sentence: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """What came of reading `read` records again: `refused` of them would be. `by_form` maps titles to (read, refused).

    `unread` have no form there; `unread_forms` maps the titles these had to how many.
    """

    to_edition: str
    title: str
    days: int
    read: int
    refused: int
    unread: int
    unread_forms: Mapping[str, int]
    by_form: Mapping[str, tuple[int, int]]
    why: tuple[Refusal, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Tell all of it, a sentence each."""
        gone = ", ".join(f"'{title}' {count}개" for title, count in self.unread_forms.items())
        return (
            f"지난 {self.days}일의 기록 {self.read}개를 '{self.title}' 판으로 다시 읽으면 {self.refused}개가 거절됩니다.",
            *map(line, self.why),
            *((f"새 판에 서식이 없어 읽지 않은 기록이 {self.unread}개 있습니다: {gone}.",) if self.unread else ()),
            "건의 다른 기록과 열린 업무, 저장한 사람은 기록을 남길 때의 것으로, 담당자와 기관, 마감하는 날은 지금의 것으로 견주었습니다.",
        )


@dataclass
class _Tally:
    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    why: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)


def replay(desk: Desk, digest: str, *, days: int = YEAR.days, progress: Callable[[str, int, int], None] | None = None) -> Replay:
    """Read every record completed in the last `days` by the edition with this digest, case by case. Raises Forbidden, NotFound."""
    demand(desk, "edition.read")
    new, tally = desk.edition(digest), _Tally()
    since = desk.now - timedelta(days=days)
    query = select(record.c.id, record.c.case_id).where(record.c.withdrawn_at.is_(None), record.c.created_at >= since).order_by(record.c.case_id, record.c.id)
    total = desk.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    past: Past | None = None
    people: dict[tuple[str, date], Actor] = {}
    for number, row in enumerate(desk.connection.execute(query, execution_options={"yield_per": 1000})):
        if past is None or past.case_id != row.case_id:
            past = Past(desk, row.case_id, people)
        kept = keeping.stored(desk, row.id)
        if kept is not None:
            _again(past, kept, new, tally)
        if progress and number % 200 == 0:
            progress("다시 읽음", number, total)
    access.record(desk, "replay.view", target=f"edition {digest}")
    why = sorted(tally.why.items(), key=lambda item: (-len(item[1]), item[0]))
    told = tuple(Refusal(*reason, len(found), tuple(found[:_EXAMPLES])) for reason, found in why)
    by_form = {title: (count, tally.refused[title]) for title, count in sorted(tally.read.items())}
    return Replay(digest, new.title, days, sum(tally.read.values()), sum(tally.refused.values()), tally.unread.total(), dict(sorted(tally.unread.items())), by_form, told)


def _again(past: Past, kept: Stored, new: Edition, tally: _Tally) -> None:
    made = past.desk.edition(kept.edition)
    now = new.forms.get(kept.form)
    if now is None:
        tally.unread[made.forms[kept.form].title] += 1
        return
    tally.read[now.title] += 1
    if made.digest == new.digest:
        return
    reasons = {*_asked(past, kept, made, new), *_ruled(past, kept, made, new)}
    tally.refused[now.title] += bool(reasons)
    for field_title, sentence in reasons:
        tally.why.setdefault((now.title, field_title, sentence), []).append(kept.id)


def _asked(past: Past, kept: Stored, made: Edition, new: Edition) -> Iterator[tuple[str, str]]:
    """Give the field and the sentence of what the form refuses now and did not."""
    old, now, day = made.forms[kept.form], new.forms[kept.form], kept.created_at.date()
    carried, answers = carrier(old, now), keeping.whole(past.desk, kept)
    found = now.read(carried.answers(answers), past.light(kept, new), day, confirmed=True, strict=False).errors
    if found:
        before = old.read(answers, past.light(kept, made), day, confirmed=True, strict=False).errors
        known = {_place(carried.pointer(each.path) or each.path, each) for each in before}
        yield from ((each.label or each.path, _FIGURES.sub("○", each.message)) for each in found if _place(each.path, each) not in known)


def _ruled(past: Past, kept: Stored, made: Edition, new: Edition) -> Iterator[tuple[str, str]]:
    """Give the sentence of each row of the table of refusals that refuses now and did not, under its id or its sentence."""
    action = _action(kept, made)
    found = guards.refusals(past.before(kept, new), action) if action else ()
    if found:
        before = guards.refusals(past.before(kept, made), action)
        known = {each.row_id for each in before} | {each.message for each in before}
        yield from (("", _said(new, each.row_id)) for each in found if not known & {each.row_id, each.message})


def _action(kept: Stored, made: Edition) -> str:
    """Give what the table was asked when the record was made; "" where it was not: what was brought in, what came from a record of an institution."""
    if kept.task_id is not None:
        return f"complete:{kept.form}"
    return f"register:{kept.form}" if kept.form == made.case.form else ""


def _said(new: Edition, row_id: str) -> str:
    """Give the sentence of a row of the table of refusals, with what it fills in told by name: it may be somebody's answer."""
    table = new.guards.table
    row = next(each for each in new.guards.rows if each.id == row_id)
    message = dict(zip(table.outputs, row.outputs, strict=True)).get("message") if table is not None else None
    return wording.text(message, Naming(new)).text or row.note or row.id


def line(each: Refusal) -> str:
    """Tell one reason among the sentences."""
    where = f"{each.form}의 '{each.field}'" if each.field else each.form
    return f"- {each.count}개: {where}: {each.sentence}"


def _place(pointer: str, error: FieldError) -> tuple[str, str]:
    return pointer, error.keyword
