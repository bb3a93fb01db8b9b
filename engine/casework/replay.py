"""Last year's records read again by another edition: which of them it would refuse, and why. Nothing is changed.

What is exact: every answer, sensitive ones too, carried over by its names and codes, and the codes valid on the day of the record. What is approximated: the
facts around it. They are those the case has now, with the day of the record as today; so what a record is refused for under its own edition in this same
light is not counted, for only the light is to blame.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.casework import access, keeping
from engine.casework.dossier import open_case
from engine.casework.permits import demand
from engine.spec.carry import carrier
from engine.spec.overlay import Over
from engine.store.tables import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.casework.keeping import Stored
    from engine.errors import FieldError
    from engine.spec.edition import Edition

YEAR = timedelta(days=365)
_EXAMPLES = 5
_FIGURES = re.compile(r"\d[\d,.-]{2,}")  # amounts and dates in a sentence may be somebody's answers


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which the edition would refuse records: the form, the field, the sentence, how many, and some of them by id."""

    form: str
    field: str
    sentence: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """What came of reading `read` records again: `refused` of them would be; `unread` have no form there. `by_form` maps titles to (read, refused)."""

    to_edition: str
    title: str
    days: int
    read: int
    refused: int
    unread: int
    by_form: Mapping[str, tuple[int, int]]
    why: tuple[Refusal, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Tell all of it, a sentence each."""
        return (
            f"지난 {self.days}일의 기록 {self.read}개를 '{self.title}' 판으로 다시 읽으면 {self.refused}개가 거절됩니다.",
            *(f"- {each.count}개: {each.form}의 '{each.field}': {each.sentence}" for each in self.why),
            *((f"새 판에 서식이 없어 읽지 않은 기록이 {self.unread}개 있습니다.",) if self.unread else ()),
            "기록 밖의 사실(건의 다른 기록, 담당자, 기관)은 그때가 아니라 지금의 것으로 견주었습니다.",
        )


@dataclass
class _Tally:
    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    why: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)


def replay(desk: Desk, digest: str, *, days: int = YEAR.days, progress: Callable[[str, int, int], None] | None = None) -> Replay:
    """Read every record completed in the last `days` by the edition with this digest, case by case. Raises Forbidden, NotFound."""
    demand(desk, "edition.read")
    new, tally = desk.edition(digest), _Tally()
    since = desk.now - timedelta(days=days)
    query = select(record.c.id, record.c.case_id).where(record.c.withdrawn_at.is_(None), record.c.created_at >= since).order_by(record.c.case_id, record.c.id)
    total = desk.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    dossier: Dossier | None = None
    for number, row in enumerate(desk.connection.execute(query, execution_options={"yield_per": 1000})):
        if dossier is None or dossier.case.id != row.case_id:
            dossier = open_case(desk, row.case_id, lock=False)
        kept = keeping.stored(desk, row.id)
        if kept is not None:
            _again(dossier, kept, new, tally)
        if progress and number % 200 == 0:
            progress("다시 읽음", number, total)
    access.record(desk, "replay.view", target=f"edition {digest}")
    why = sorted(tally.why.items(), key=lambda item: (-len(item[1]), item[0]))
    told = tuple(Refusal(*reason, len(found), tuple(found[:_EXAMPLES])) for reason, found in why)
    by_form = {title: (count, tally.refused[title]) for title, count in sorted(tally.read.items())}
    return Replay(digest, new.title, days, sum(tally.read.values()), sum(tally.refused.values()), tally.unread, by_form, told)


def _again(dossier: Dossier, kept: Stored, new: Edition, tally: _Tally) -> None:
    made = dossier.desk.edition(kept.edition)
    old, now = made.forms[kept.form], new.forms.get(kept.form)
    if now is None:
        tally.unread += 1
        return
    tally.read[now.title] += 1
    if now is old or made.files == new.files:
        return
    carried, day = carrier(old, now), kept.created_at.date()
    answers = keeping.whole(dossier.desk, kept)
    found = now.read(carried.answers(answers), _light(dossier, new.digest, day), day, confirmed=True, strict=False).errors
    if not found:
        return
    before = {_place(carried.pointer(each.path) or each.path, each) for each in old.read(answers, _light(dossier, made.digest, day), day, confirmed=True, strict=False).errors}
    found = tuple(each for each in found if _place(each.path, each) not in before)
    tally.refused[now.title] += bool(found)
    for reason in {(now.title, each.label or each.path, _FIGURES.sub("○", each.message)) for each in found}:
        tally.why.setdefault(reason, []).append(kept.id)


def _place(pointer: str, error: FieldError) -> tuple[str, str]:
    return pointer, error.keyword


def _light(dossier: Dossier, digest: str, day: Any) -> Mapping[str, Any]:
    """Give the facts of a case in the light a record is read again: those of now, on the day of the record."""
    return Over({"today": day}, dossier.facts_under(digest))
