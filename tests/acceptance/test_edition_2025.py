"""Next year's manual as edits of the two folders only: what it changes is told, tried, put in force and lived with. No line of engine/ or web/ is for it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.casework import (
    cases,
    examples,
    finding,
    handing,
    marching,
    moves,
    publishing,
    queries,
    records,
    statistics,
    succession,
    tasks,
    timers,
    verify,
)
from engine.casework.beside import beside
from engine.casework.desk import CLOCK
from engine.casework.impact import impact
from engine.casework.replay import replay
from engine.casework.scenarios import run
from engine.errors import Forbidden, Refused, SpecError
from engine.spec.check import check
from engine.spec.difference import difference
from engine.spec.edition import Edition
from engine.spec.folder import read_folder
from engine.spec.sound import sound
from engine.store.tables import cases as case_table
from engine.store.tables import task
from engine.store.types import KST
from tests.acceptance.edits import done, edits_of
from tests.casework.library import Library
from tests.whole_manual import missing

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("forms/README.md", "workflows/README.md", "tests/acceptance/edition_2025/edits.md")


@pytest.fixture(scope="module")
def before():
    return read_folder(ROOT)


@pytest.fixture(scope="module")
def after(before):
    files = done(before, [edit for page in PAGES for edit in edits_of((ROOT / page).read_text(encoding="utf-8"))])
    return {path: content.replace(b":2024\"", b":2025\"") if path.startswith("forms/") else content for path, content in files.items()}


@pytest.fixture(scope="module")
def checked(before):
    """The 2024 edition as one that was checked: tests that begin with it do not check it again."""
    return sound(before)


@pytest.fixture(scope="module")
def editions(before, after):
    return Edition.from_files(before), Edition.from_files(after)


def test_there_is_nothing_to_find(after):
    assert [str(finding) for finding in check(after)] == []


def test_its_scenarios_hold(editions):
    assert [str(finding) for finding in run(editions[1]).findings] == []


#: What the difference calls the kinds of change of this edition.
KINDS = frozenset("""
branch-added card-removed check-added check-level check-message check-rule column-added column-removed column-title counter-hint counter-within decision-row-title
edition-from edition-manual edition-name edition-title fact-value field-added field-derived field-help field-limits field-moved field-renamed field-retired
field-sensitive field-title filter-default filter-required flow-condition form-added form-retired guard-added guard-in-2 guard-message guard-removed lane-added list-added
measure-added menu-title option-added option-renamed option-retired option-title process-added process-removed process-start report-added report-where role-added
role-may scenario-added scenario-changed scenario-removed screen-list screen-print screen-visible status-title step-added step-due step-removed step-why tab-added tab-title
view-sort
""".split())


def test_the_difference_tells_every_kind_of_change(editions):
    found = difference(*editions)
    assert {change.kind for change in found} == KINDS
    assert len(KINDS) >= 25
    silent = {path for path in {*editions[0].files, *editions[1].files} if editions[0].files.get(path) != editions[1].files.get(path)} - {change.path for change in found}
    assert {path for path in silent if not _only_its_id(path, editions)} == set()


def _only_its_id(path, editions):
    """Whether the file differs in the name of the edition within its `$id` only, and in the new name of a field, which is told where that stands."""
    renamed = (("work.session_report.내용", "work.session_report.회기내용"), ('"내용": "예산표', '"회기내용": "예산표'))
    text = editions[0].files[path].decode().replace(':2024"', ':2025"')
    for old, new in renamed:
        text = text.replace(old, new)
    return text.encode() == editions[1].files[path]


MAPPING = {"lifecycle": {"plan": "make_plan"}}
AUTUMN, WINTER, NEW_YEAR = (datetime(*day, 14, 0, tzinfo=KST) for day in ((2024, 11, 22), (2024, 12, 10), (2025, 1, 2)))
SCORES = {
    part: {f"문항{n}": 3 for n in range(1, many + 1)}
    for part, many in (("일상생활", 8), ("자기보호", 5), ("지역사회자원활용", 5), ("돈관리", 5), ("사회적기술", 7), ("진로탐색", 6))
}
TALK = {
    "상담일자": "2024-11-22", "상담유형": "e-mail(사이버)", "상담분야": ["진학"], "생활수준": "국민기초생활수급권자", "의료보험": "미가입", "공개여부": "공개",
    "담당자": "worker", "상담내용": "진로를 이야기했습니다.",
}


class Center(Library):
    """A foster care center at work under the 2024 edition, with two children on their way."""

    TALK = TALK

    def __init__(self, database, cipher, files, rules):
        super().__init__(database, cipher, files, rules, kind="가정위탁")
        for login, *roles in (("worker", "special_worker"), ("manager", "special_manager"), ("writer", "edition_author", "edition_approver"), ("second", "edition_approver")):
            self.people[login] = replace(self.hire(login, "가지점", *roles), institution_kind="가정위탁")
        self.now = AUTUMN
        self.planning, self.assessing = self.child("정가상", "2008-01-05"), self.child("이가상", "2008-02-05")
        self.complete("worker", self.open_tasks(self.planning, "worker")["skills_assessment"].id, {"작성일": "2024-11-22", **SCORES}, confirmed=True)
        self.talk = self.submit("worker", self.planning, "counselling_log", self.TALK, confirmed=True).record_id

    def home(self):
        """A children's home beside it, with a child and a session report begun over it: work of the institution itself."""
        self.place("해오름", "아동양육시설")
        self.people["teacher"] = replace(self.hire("teacher", "해오름", "general_worker"), institution_kind="아동양육시설")
        named = [self.child("한가상", "2008-04-05", "teacher")]
        with self.desk("teacher") as desk:
            begun = tasks.start(desk, self.places["해오름"], "session_report")
            tasks.save_draft(desk, begun, {"제목": "돈관리", "내용": "예산표를 만들었습니다.", "대상자": named})
        return begun, named

    def child(self, name, born, by="worker"):
        with self.desk(by) as desk:
            return cases.register(desk, "child_basic_info", {"대상자명": name, "성별": "남", "생년월일": born, "입소일자": "2018-05-14"}, confirmed=True)

    def put_in_force(self, files, **chosen):
        """The author may not approve, whatever roles the author holds; a second person does, with what becomes of open cases."""
        with self.desk("writer") as desk:
            digest = publishing.publish(desk, files)
            succession.change(desk, digest, **chosen)
        with pytest.raises((Forbidden, Refused)), self.desk("writer") as desk:
            publishing.approve(desk, digest)
        with self.desk("second") as desk:
            publishing.approve(desk, digest)
        return digest


@pytest.fixture
def center(database, cipher, files, checked):
    """The center on SQLite, then on PostgreSQL: what is put in force runs over stored cases."""
    return Center(database, cipher, files, checked)


def test_it_is_put_in_force_over_running_cases(center, before, after):
    waiting = center.open_tasks(center.planning, "worker")["selfreliance_plan"]
    with center.desk("worker") as desk:
        tasks.save_draft(desk, waiting.id, {"계획일자": "2024-11-22", "함께계획한사람": "김가상, 박가상", "자립계획구분": "미정"})

    session, named = center.home()

    # a broken one changes nothing
    center.now = WINTER
    with pytest.raises(SpecError), center.desk("writer") as desk:
        publishing.publish(desk, {**after, "forms/home_visit.json": b"{"})

    # it is published in December, in force from the new year: nothing changes until then, and then it does by itself
    with center.desk("writer") as desk:
        digest = publishing.publish(desk, after)
    with center.desk("writer") as desk:
        told = impact(desk, digest)
        mapped = impact(desk, digest, mapping=MAPPING)
        again = replay(desk, digest)
    assert (told.cases, told.instances["mapping"], [(each.step, each.target) for each in told.proposals]) == (4, 1, [("plan", "make_plan")])
    assert (mapped.instances["mapping"], mapped.drafts, mapped.proposals) == (0, {"keeps": 2, "loses": 0, "goes": 0}, ())
    assert {each.report: each.comparable for each in told.statistics}["ends_by_reason"] is False
    assert (again.read, again.refused) == (5, 0)
    with center.desk("writer") as desk:
        publishing.withdraw(desk, digest, "시행일을 다시 봅니다")
    digest = center.put_in_force({**after, "forms/edition.json": after["forms/edition.json"].replace("2025판".encode(), "2025년판".encode())}, open_cases="move", mapping=MAPPING)
    assert center.child("박가상", "2008-03-05")
    with center.desk("worker") as desk:
        assert desk.edition().name == "2024"
    center.now = NEW_YEAR
    with center.desk("worker") as desk:
        assert desk.edition().name == "2025"
    # new work goes by the new edition, what is open stays where it was
    visit = center.submit("worker", center.assessing, "home_visit", {"방문일": "2025-01-02", "방문장소": "전화", "내용": "안부"})
    assert record_of(center, visit.record_id).edition == digest
    with center.desk("worker") as desk:
        assert tasks.view(desk, waiting.id).edition != digest

    # open cases move by themselves, as was approved with the edition, each told; the task, its due date and its draft follow
    with center.desk() as desk:
        run_id = succession.begin_due(replace(desk, actor=CLOCK))
    moved = marching.work(center.database, center.editions, center.cipher, lambda: center.now, run_id)
    assert (moved.state, moved.counts) == ("moved", {"moved": 5})
    with center.desk("worker") as desk:
        seen = tasks.view(desk, waiting.id)
    with center.desk("teacher") as desk:
        report = tasks.view(desk, session)
    assert (report.edition, report.answers["회기내용"], report.answers["대상자"]) == (digest, "예산표를 만들었습니다.", named)
    assert (seen.edition, seen.answers["함께한사람"], seen.due) == (digest, "김가상, 박가상", date(2024, 12, 31))

    # old records show as they were, and beside them what today's screen says; the option that got another name is told
    kept = record_of(center, center.talk)
    assert (kept.edition_title, kept.answers["상담유형"], kept.form.fields["/향후계획"].title) == ("2024판", "e-mail(사이버)", "향후계획")
    with center.desk("worker") as desk:
        today = beside(desk, center.talk)
    assert {each.sentence for each in today.differences} == {
        "'향후계획'은 지금 '앞으로의 계획'입니다.", "'상담유형'의 'e-mail(사이버)'는 지금 '온라인(전자우편·메신저)'입니다.",
    }

    # lists, searches and statistics go over both
    timers.refresh(center.database, center.editions, center.cipher, center.now)
    with center.desk("worker") as desk:
        rows = queries.cases(desk, "child_basic_list", {}).rows
        talks = statistics.figures(desk, "visits_by_kind", {})
    assert len(rows) == 3
    assert [row[-1] for row in talks.rows] == [1]
    with center.desk() as desk:
        assert [trouble for trouble in verify.verify(desk) if trouble.check != "접속기록"] == []


def test_all_of_it_stands_in_its_manual(editions):
    assert missing(editions[1]) == []


@pytest.fixture
def quick_center(sqlite_database, cipher, files, checked):
    return Center(sqlite_database, cipher, files, checked)


def with_another_lane(files):
    """The edition with the counselling log as work of the team leader, given to one of them."""
    path, lane, due = "workflows/counselling_log.bpmn", '<bpmn:lane id="lane_1" name="사례관리자">', '<spiffworkflow:property name="due" value="7" />'
    text = files[path].decode()
    assert (text.count(lane), text.count(due)) == (1, 1)
    given = """<spiffworkflow:property name="assign" value='"manager"' />"""
    return {**files, path: text.replace(lane, lane.replace("사례관리자", "사례관리팀장")).replace(due, due + given).encode()}


def test_it_is_tried_first_refuses_what_it_says_and_all_goes_back(quick_center, after):
    center = quick_center
    ahead = center.submit("worker", center.assessing, "counselling_log", {**TALK, "상담일자": "2024-11-25"}, confirmed=True).record_id
    with center.desk("worker") as desk:
        begun = tasks.start(desk, center.assessing, "counselling_log")
        handing.assign(desk, begun, "worker")
    waiting = center.open_tasks(center.planning, "worker")["selfreliance_plan"].id
    before = who_does(center)
    worker, manager = (center.people[login].person_id for login in ("worker", "manager"))
    assert (before[begun], before[waiting]) == (("사례관리자", worker), ("사례관리자", worker))

    # a day ahead was asked about and may not be any more: the one record is told, with the number of its case for who decides
    center.now = WINTER
    with center.desk("writer") as desk:
        digest = publishing.publish(desk, with_another_lane(after))
        again = replay(desk, digest)
    assert (again.refused, [(each.field, each.count, each.examples) for each in again.why]) == (1, [("상담일자", 1, (ahead,))])
    number = numbers(center)[center.assessing]
    with center.desk("second") as desk:
        told = examples.sentences(desk, digest, {**asdict(again), "sentences": again.sentences})
    assert [line.partition(" (예: ")[2] for line in told if "'상담일자'" in line] == [f"{number})"]

    # the move is tried, and nothing is touched by that
    with center.desk("second") as desk:
        bare, mapped = moves.plan(desk, digest), moves.plan(desk, digest, mapping=MAPPING)
    assert (bare.cases, bare.moved, [each.examples for each in bare.why]) == (2, 1, [(center.planning,)])
    assert (mapped.cases, mapped.moved, mapped.why, who_does(center)) == (2, 2, (), before)

    # in force, a search finds children of both years
    with center.desk("second") as desk:
        publishing.approve(desk, digest)
    center.now = NEW_YEAR
    newer = center.child("박가상", "2008-03-05")
    timers.refresh(center.database, center.editions, center.cipher, center.now)
    with center.desk("worker") as desk:
        assert {hit.label for hit in finding.search(desk, "가상")} == {"정가상", "이가상", "박가상"}
        assert {cases.view(desk, each).edition == digest for each in (center.planning, center.assessing)} == {False}

    # whose a task is stays, but where others do it now; and all of it is undone
    with center.desk("second") as desk:
        run_id = moves.begin(desk, digest, mapping=MAPPING)
    assert work(center, run_id).counts == {"moved": 2}
    assert (who_does(center)[begun], who_does(center)[waiting]) == (("사례관리팀장", manager), ("사례관리자", worker))
    with center.desk("second") as desk:
        moves.undo(desk, run_id)
    assert work(center, run_id).counts == {"undone": 2}
    assert {ident: who for ident, who in who_does(center).items() if ident in before} == before

    # taken back once it is in force: new work begins under the one before, what began under it stays
    with center.desk("second") as desk:
        publishing.withdraw(desk, digest, "급히 거둡니다")
    later = center.child("최가상", "2008-06-05")
    with center.desk("worker") as desk:
        assert (desk.edition().name, cases.view(desk, newer).edition, cases.view(desk, later).edition) == ("2024", digest, center.digest)
    with center.desk() as desk:
        assert [trouble for trouble in verify.verify(desk) if trouble.check != "접속기록"] == []


def work(center, run_id):
    return marching.work(center.database, center.editions, center.cipher, lambda: center.now, run_id)


def who_does(center):
    """Lane and person of every open task."""
    with center.database.read() as connection:
        rows = connection.execute(select(task.c.id, task.c.lane, task.c.person_id).where(task.c.closed_at.is_(None))).all()
    return {row.id: (row.lane, row.person_id) for row in rows}


def numbers(center):
    with center.database.read() as connection:
        return dict(connection.execute(select(case_table.c.id, case_table.c.number)).all())


def record_of(center, record_id):
    with center.desk("worker") as desk:
        return records.view(desk, record_id)
