"""The manual of an edition, generated from it: a chapter per screen, and chapters for processes, lists, statistics, rules, codes, words and roles. Pure.

Nothing is written by hand: what the two folders say is told in words (`wording`), and where an expression has no usual shape it is shown as it is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec import handbook_form, handbook_process, wording
from engine.spec.drawing import Picture, picture
from engine.spec.josa import settle_josa
from engine.spec.naming import Naming
from engine.spec.wording import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.edition import Edition
    from engine.spec.handbook_form import Option, Sheet, Tested
    from engine.spec.handbook_process import Decided, Passage, Refusal
    from engine.spec.process import Process
    from engine.spec.report import Report
    from engine.spec.view import Filter, View

_COLUMN_KINDS = {"text": "글", "date": "날짜", "number": "수", "boolean": "예·아니요"}
_FILTER_KINDS = {
    "range": "범위", "choice": "고르기", "member": "여러 값 가운데 고르기", "text": "글 찾기", "date-range": "기간", "year-range": "해의 범위", "identifier": "가린 번호로 찾기",
}
_HOW = {"count": "건수", "sum": "합계", "mean": "평균", "min": "가장 작은 것", "max": "가장 큰 것"}


@dataclass(frozen=True, slots=True)
class Guide:
    """What the manual says of a screen or a part of it (`title`, "" for the screen itself)."""

    title: str
    page: int | None
    procedure: tuple[str, ...]
    notes: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One screen."""

    id: str
    title: str
    menu: str
    page: int | None
    final: str
    guides: tuple[Guide, ...]
    passages: tuple[Passage, ...]
    pictures: tuple[tuple[str, Picture], ...]
    sheets: tuple[Sheet, ...]
    checks: tuple[Tested, ...]
    refusals: tuple[Refusal, ...]
    visible: Told
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One process: how it begins, its picture, its steps."""

    id: str
    title: str
    guided: bool
    start: tuple[str, ...]
    stage: str
    picture: Picture | None
    steps: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column, filter, group or measure: its title, what kind it is, what it shows, and its options (told here, or the id of their list)."""

    title: str
    kind: str
    value: Told
    options: tuple[str, ...] = ()
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One list screen or statistic: which rows it is made of, its columns (groups and measures), its filters."""

    id: str
    title: str
    menu: str
    page: int | None
    rows: str
    where: Told
    kinds: tuple[str, ...]
    columns: tuple[Cell, ...]
    filters: tuple[Cell, ...]
    sort: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """One code list."""

    id: str
    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """One role."""

    title: str
    kinds: tuple[str, ...]
    lanes: tuple[str, ...]
    may: tuple[str, ...]
    scope: str


@dataclass(frozen=True, slots=True)
class Word:
    """One thing the rules call by a name: what it means."""

    title: str
    meaning: Told


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for a case as a whole."""

    case: str
    statuses: tuple[Word, ...]
    stages: tuple[Word, ...]
    card: tuple[Word, ...]
    counters: tuple[Word, ...]


def chapter(edition: Edition, ident: str) -> Chapter:
    """Give the chapter of one form. Raises KeyError where there is none."""
    form, top = edition.forms[ident], Naming(edition)
    passages = handbook_process.passages(edition, form, top)
    used = dict.fromkeys(one.process for one in passages if one.process)
    own = [name for name in used if edition.processes[name].kind != "lifecycle"] or used  # the guided path is long: only where there is no other
    pictures = tuple((edition.processes[name].title, drawn) for name in own if (drawn := picture(edition.processes[name])))
    final = form.screen.get("final") or ""
    return Chapter(
        form.id, form.title, handbook_process.menu(edition, form), _page(form.screen), final if isinstance(final, str) else str(final.get("message") or ""),
        tuple(_guides(form)), passages, pictures, handbook_form.sheets(form, top), handbook_form.checks(form, top),
        handbook_process.refusals(edition, top, form), wording.time(form.sight.fx if form.sight else None, top.within(form.root)),
        tuple(form.fields[pointer].title for pointer in form.list_columns),
    )


def drawn(edition: Edition, ident: str) -> Drawn:
    """Give one process. Raises KeyError where there is none."""
    return _drawn(edition, edition.processes[ident], Naming(edition))


def processes(edition: Edition) -> tuple[Drawn, ...]:
    """Give every process, the guided path first."""
    top = Naming(edition)
    return tuple(_drawn(edition, one, top) for one in sorted(edition.processes.values(), key=lambda one: (one.kind != "lifecycle", one.title)))


def views(edition: Edition) -> tuple[Table, ...]:
    """Give every list screen."""
    top = Naming(edition)
    return tuple(_view(edition, view, top) for view in edition.views.values())


def reports(edition: Edition) -> tuple[Table, ...]:
    """Give every statistic."""
    top = Naming(edition)
    return tuple(_report(edition, report, top) for report in edition.reports.values())


def refusals(edition: Edition) -> tuple[Refusal, ...]:
    """Give the whole table of refusals."""
    return handbook_process.refusals(edition, Naming(edition))


def decisions(edition: Edition) -> tuple[Decided, ...]:
    """Give every decision table but that of refusals."""
    top = Naming(edition)
    return tuple(handbook_process.decided(table, top) for table in edition.decisions.values() if table is not edition.guards.table)


def codes(edition: Edition) -> tuple[Codes, ...]:
    """Give every code list by title."""
    return tuple(Codes(one.id, one.title, handbook_form.options_of(one)) for one in sorted(edition.lists.values(), key=lambda one: one.title))


def words(edition: Edition) -> tuple[Word, ...]:
    """Give the named facts of the edition, in its order."""
    top = Naming(edition)
    return tuple(Word(name, wording.fact(fx, top)) for name, fx in edition.facts.items())


def holders(edition: Edition) -> tuple[Holder, ...]:
    """Give every role; `may` are permissions and `scope` a reach by their English ids."""
    lanes = edition.roles.lanes
    return tuple(
        Holder(role.title, role.kinds, tuple(lanes[lane].title for lane in role.lanes if lane in lanes), tuple(sorted(role.may)), role.scope)
        for role in edition.roles.roles.values()
    )


def frame(edition: Edition) -> Frame:
    """Give what holds for a case as a whole: statuses, stages, card and the figures of the first page."""
    top, case = Naming(edition), edition.case
    return Frame(
        case.title, tuple(Word(one.title, wording.time(one.when, top)) for one in case.status), tuple(Word(one.title, wording.value(one.date, top)) for one in case.stages),
        tuple(Word(title, wording.fact(fx, top)) for title, fx in case.card),
        tuple(Word(one.title, wording.time(one.tasks, top) if one.tasks is not None else wording.value(one.cases, top)) for one in edition.home),
    )


# -- pieces


def _page(screen: Mapping[str, Any]) -> int | None:
    manual = screen.get("manual")
    page = manual.get("page") if isinstance(manual, dict) else None
    return page if isinstance(page, int) else None


def _guides(form: Any) -> Iterable[Guide]:
    own = _page(form.screen)
    parts = [("", form.screen), *((part.title, part.schema.get("x-screen")) for part in form.fields.values())]
    for title, screen in parts:
        if isinstance(screen, dict):
            told = [tuple(str(each) for each in screen.get(name) or ()) for name in ("procedure", "notes", "documents")]
            if any(told):
                page = _page(screen)
                yield Guide(title, page if page != own else None, *told)


def _drawn(edition: Edition, process: Process, naming: Naming) -> Drawn:
    return Drawn(
        process.id, process.title, process.kind == "lifecycle", process.start, process.stage, picture(process), handbook_process.steps(edition, process, naming)
    )


def _view(edition: Edition, view: View, top: Naming) -> Table:
    form = edition.forms.get(view.of)
    naming = top.within(None, form)
    rows = f"{form.title} 기록{'과 임시로 저장한 것' if view.drafts else ''}마다 한 줄" if form is not None else f"{edition.case.title}마다 한 줄"
    columns = tuple(
        Cell(f"{column.group} ▸ {column.title}" if column.group else column.title, _COLUMN_KINDS[column.type], wording.fact(column.value, naming)) for column in view.columns
    )
    titles = {column.id: column.title for column in view.columns}
    sort = tuple(f"{titles.get(one.column, one.column)} {'큰 것부터' if one.descending else '작은 것부터'}" for one in view.sort)
    filters = tuple(_filter(one, titles, naming) for one in view.filters)
    return Table(view.id, view.title, str(view.screen.get("menu") or ""), _page(view.screen), rows, wording.time(view.where, naming), view.kinds, columns, filters, sort)


def _report(edition: Edition, report: Report, top: Naming) -> Table:
    groups = tuple(Cell(one.title, "나눔", wording.value(one.value, top), one.options, one.list) for one in report.groups)
    measures = tuple(Cell(one.title, _HOW[one.how], wording.value(one.value, top)) for one in report.measures)
    stored = {column.id: column.value for column in report.stored.columns}
    filters = tuple(
        Cell(one.title, _kind(one), wording.value(stored.get(one.column), top), one.options, one.list) for one in report.filters
    )
    return Table(
        report.id, report.title, str(report.screen.get("menu") or ""), _page(report.screen), settle_josa(f"{edition.case.title}을(를) 셉니다"), wording.time(report.where, top), (),
        (*groups, *measures), filters, (),
    )


def _filter(one: Filter, titles: Mapping[str, str], naming: Naming) -> Cell:
    first = [told for fx in one.default if (told := wording.value(fx, naming))]
    default = Told(" ~ ".join(map(str, first)), " ~ ".join(each.source for each in first))
    kind = f"{_kind(one)} · {titles[one.column]}" if one.column in titles and titles[one.column] != one.title else _kind(one)
    return Cell(one.title, kind, default, one.options, one.list)


def _kind(one: Filter) -> str:
    return f"{_FILTER_KINDS[one.kind]}, 꼭 골라야 함" if one.required else _FILTER_KINDS[one.kind]

