"""A whole sheet brought in: all of it in one transaction or none of it, or (when asked) its good rows, with the bad ones in a file of their own.

What the process dies in the middle of is either not there, or (good rows) there up to the last hundred rows: run again, it skips what it knows.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from engine.casework import access, bringing, identifying, past, reach, sheets
from engine.casework.bringing import Manner, Row
from engine.errors import DidimdolError, Invalid, NotFound, Refused
from engine.spec.columns import Columns, Taken, cell_day, columns_of, squeezed
from engine.store.types import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from engine.casework.desk import Desk
    from engine.casework.people import Institution
    from engine.spec.form import Form

REASON_HEAD = "고칠 점"
TOGETHER = 100  # rows in one transaction where good rows are kept
MOST_BELOW = 500  # lines that go on with one row


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked: heads of the columns `ident` (the row's number in the old system) and `day` (its day, for the codes valid then), and the rest."""

    form: str
    path: Path
    sheet: str = ""
    source: str = ""
    ident: str = ""
    day: str = ""
    skip_unknown: bool = False
    check: bool = False
    good_rows: bool = False
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, slots=True)
class Bad:
    """One thing wrong with one row: its line, the head of the column ("" where it is about none), and a sentence."""

    line: int
    column: str
    message: str


@dataclass
class Outcome:
    """What came of a sheet, in rows. `written` says whether anything stayed; `unread` names columns nothing was read from."""

    new: int = 0
    same: int = 0
    amended: int = 0
    bad_rows: int = 0
    bad: list[Bad] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    written: bool = False


@dataclass
class _Block:
    """One row: the lines it takes."""

    number: int
    lines: list[list[str]]


class _Undone(Exception):
    """Ends a transaction that is not to stay."""


class Import:
    """One sheet on its way in."""

    def __init__(self, open_desk: Callable[[], AbstractContextManager[Desk]], order: Order, bad: TextIO | None, told: Callable[[int, int], None]) -> None:
        """`open_desk` opens a transaction, `bad` takes the bad rows as csv, `told` hears how many lines of about how many are done."""
        self._open, self._order, self._told = open_desk, order, told
        self._outcome = Outcome()
        self._writer = csv.writer(bad) if bad else None
        self._digest = ""
        self._seen: dict[bytes, int] = {}

    def run(self) -> Outcome:
        """Bring the sheet in. Raises Refused (also for what is wrong with the sheet as a whole), Forbidden, NotFound."""
        order = self._order
        with sheets.opened(order.path, order.sheet) as sheet:
            self._digest = _digest(order.path)
            first = next(sheet.lines, None)
            if first is None:
                raise Refused("빈 파일입니다.")
            heads = [cell.strip() for cell in first.cells]
            if self._writer:
                self._writer.writerow([*(sheets.guarded(head) for head in heads if head != REASON_HEAD), REASON_HEAD])
            with self._open() as desk:
                reader = _Reader(desk, order, heads)
                if order.good_rows:
                    access.record(desk, "import.file", target=f"{order.form} {self._digest}", reason=order.manner.why)
            self._outcome.unread = reader.unread
            blocks = self._counted(reader.blocks(sheet.lines), sheet.count)
            if order.good_rows and not order.check:
                self._good_rows(reader, blocks)
            else:
                self._all_or_none(reader, blocks)
        return self._outcome

    def _counted(self, blocks: Iterator[_Block], count: int) -> Iterator[_Block]:
        for block in blocks:
            yield block
            self._told(min(block.number, count), count)
        self._told(max(count, 1), max(count, 1))

    def _all_or_none(self, reader: _Reader, blocks: Iterator[_Block]) -> None:
        try:
            with self._open() as desk:
                access.record(desk, "import.file", target=f"{self._order.form} {self._digest}", reason=self._order.manner.why)
                for block in blocks:
                    self._one(desk, reader, block)
                if self._order.check or self._outcome.bad_rows:
                    raise _Undone
        except _Undone:
            return
        self._outcome.written = bool(self._outcome.new or self._outcome.amended)

    def _good_rows(self, reader: _Reader, blocks: Iterator[_Block]) -> None:
        while chunk := list(islice(blocks, TOGETHER)):
            with self._open() as desk:
                for block in chunk:
                    self._one(desk, reader, block)
            self._outcome.written = bool(self._outcome.new or self._outcome.amended)

    def _one(self, desk: Desk, reader: _Reader, block: _Block) -> None:
        """Bring one row in, in a savepoint of its own, so that a bad one leaves nothing."""
        taken: Taken | None = None
        try:
            with desk.connection.begin_nested():
                row, taken = reader.row(desk, block, self._digest)
                before = self._seen.setdefault(bytes.fromhex(row.source), block.number)
                if before != block.number:
                    raise Refused(f"{before}번째 줄과 같은 줄입니다. 일부러 둘이면 번호 열을 두고 --id로 알려 주세요.")
                case_id = reader.case_of(desk, block)
                came = bringing.bring(desk, reader.form, row, self._order.manner, case_id)
        except DidimdolError as error:
            self._note(reader, block, list(_wrong(error, block, taken)))
            return
        setattr(self._outcome, came, getattr(self._outcome, came) + 1)

    def _note(self, reader: _Reader, block: _Block, wrong: list[Bad]) -> None:
        self._outcome.bad_rows += 1
        self._outcome.bad += wrong
        if self._writer:
            for below, cells in enumerate(block.lines):
                told = "" if below else " / ".join(f"{each.column}: {each.message}" if each.column else each.message for each in wrong)
                kept = [sheets.guarded(cells[at] if at < len(cells) else "") for at in reader.kept]
                self._writer.writerow([*kept, sheets.guarded(told)])


class _Reader:
    """How the lines of one sheet are read: its columns, whose rows they are, what tells them apart."""

    def __init__(self, desk: Desk, order: Order, heads: list[str]) -> None:
        edition = desk.edition()
        found = edition.forms.get(order.form)
        if found is None:
            raise NotFound(f"그런 서식이 없습니다: {order.form}")
        manner = order.manner
        bypasses = manner.past_closing or manner.without_work
        past.demand(desk, edition, bypasses=bypasses, reasons=[manner.why] * bypasses + [manner.amend] * bool(manner.amend))
        self.form: Form = found
        self._order, self._edition, self._heads = order, edition, heads
        self._ident = self._head(order.ident)
        self._day = self._head(order.day)
        self.kept = [at for at, head in enumerate(heads) if head != REASON_HEAD]
        self._columns: Columns = columns_of(found.root, [head if head != REASON_HEAD else "" for head in heads])
        self._asked = frozenset((column.table or column.names)[0] for column in self._columns.known)
        self._keys = None if order.form == edition.case.form else identifying.keys_of(edition, heads)
        wide = reach.scope(edition, desk.actor)
        if wide == "none":
            raise NotFound
        self._place = None if wide == "all" else desk.actor.institution_id
        own = {at for at in (self._ident, self._day) if at is not None} | (self._keys.columns if self._keys else frozenset())
        strange = [head for at, head in self._columns.unknown.items() if at not in own]
        if strange and not order.skip_unknown:
            raise Refused(f"'{self.form.title}'에 없는 열입니다: {', '.join(strange)}. 빼거나, --skip-unknown으로 건너뛰세요.")
        if not self._columns.known:
            raise Refused(f"'{self.form.title}'의 항목을 적은 열이 없습니다. 첫 줄에 항목의 이름을 적으세요.")
        self.unread = (*strange, *(head for at, head in self._columns.unread.items() if at not in own))

    def _head(self, name: str) -> int | None:
        if not name:
            return None
        at = next((at for at, head in enumerate(self._heads) if squeezed(head) == squeezed(name)), None)
        if at is None:
            raise Refused(f"'{name}' 열이 없습니다.")
        return at

    def blocks(self, lines: Iterator[sheets.Line]) -> Iterator[_Block]:
        """Put the lines that go on with the tables of a row together with it."""
        block: _Block | None = None
        own = () if self._ident is None else (self._ident,)
        for line in lines:
            if block is not None and len(block.lines) < MOST_BELOW and self._columns.goes_on(block.lines[0], line.cells, own):
                block.lines.append(line.cells)
                continue
            if block is not None:
                yield block
            block = _Block(line.number, [line.cells])
        if block is not None:
            yield block

    def row(self, desk: Desk, block: _Block, digest: str) -> tuple[Row, Taken]:
        """Read the answers of a row and what tells it from others."""
        cells = block.lines[0]
        on = self._on(desk, cells)
        taken = self._columns.answers(block.lines, on)
        kept = [[line[at].strip() if at < len(line) else "" for at in self.kept] for line in block.lines]
        content = desk.cipher.index("import.content", canonical([self.form.id, kept]).decode())
        source = content
        if self._ident is not None:
            ident = cells[self._ident].strip() if self._ident < len(cells) else ""
            if not ident:
                raise Refused(f"'{self._heads[self._ident]}' 열이 비어 있습니다.")
            source = desk.cipher.index("import.source", canonical([self._order.source, ident]).decode())
        return Row(source, content, taken.answers, self._asked, on, f"파일에서 들여옴({digest[:12]} {block.number}줄)"), taken

    def case_of(self, desk: Desk, block: _Block) -> str | None:
        """Give the case a row is of; None where it registers one."""
        return None if self._keys is None else identifying.find(desk, self._edition, self._keys, block.lines[0], self._place)

    def _on(self, desk: Desk, cells: list[str]) -> date:
        if self._day is None:
            return desk.today
        text = cells[self._day].strip() if self._day < len(cells) else ""
        day = cell_day(text)
        if day is None:
            raise Refused(f"'{self._heads[self._day]}' 열을 날짜로 읽을 수 없습니다. 2024-01-31 처럼 적으세요.")
        return day


def _wrong(error: DidimdolError, block: _Block, taken: Taken | None) -> Iterator[Bad]:
    """Tell what is wrong with a row by line and column."""
    if not isinstance(error, Invalid):
        yield Bad(block.number, "", error.message)
        return
    for one in error.errors:
        place = taken.where(one.path) if taken and one.path else None
        below = place.below if place else 0
        yield Bad(block.number + below, place.head if place else one.label, one.message)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def standing_in(desk: Desk, place: Institution | None) -> Desk:
    """Give the desk of a person who reaches every institution as one of `place`. Raises NotFound where the person does not reach it."""
    if place is None or place.id == desk.actor.institution_id:
        return desk
    if reach.scope(desk.edition(), desk.actor) != "all":
        raise NotFound("그런 기관이 없거나 볼 수 없습니다.")
    actor = replace(
        desk.actor, institution_id=place.id, institution_name=place.name, institution_kind=place.kind, institution_region=place.region,
        institution_phone=place.phone,
    )  # fmt: skip
    return replace(desk, actor=actor)
