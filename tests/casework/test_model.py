"""The verbs against a model of what they should do: any order of them leaves the same cases, tasks and figures (D16)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from engine.casework import approvals, cases, history, queries, records, tasks, timers
from engine.casework.dossier import open_case
from engine.casework.projection import plan
from engine.errors import AlreadyDone, Forbidden, NotFound, Refused
from engine.store.cipher import Cipher
from engine.store.database import connect
from engine.store.files import MemoryFiles
from engine.store.tables import case_form, case_value, draft, instance, record, task
from tests.casework.library import LESSON, LOAN, Library

KEEPERS = ("kim", "lee")
TODAY = "%Y-%m-%d"


@dataclass
class Model:
    """What one case should look like."""

    owner: str = ""
    phase: str = "lesson"  # of the guided path: lesson, loan, year, over
    lessons: int = 0
    last_lesson: date | None = None
    loans: list[str] = field(default_factory=list)
    requests: dict[str, tuple[str, str]] = field(default_factory=dict)  # approval task -> who asked, for whom
    drafts: set[str] = field(default_factory=set)
    rests_until: date | None = None
    closed: bool = False
    label: str = "김하나"

    def status(self, today):
        if self.closed:
            return "탈퇴"
        if self.rests_until and today < self.rests_until:
            return "휴면"
        return "이용 중" if self.lessons else "새 회원"

    def forms(self):
        guided = [self.phase] if self.phase in ("lesson", "loan") else []
        return sorted(guided + ["keeper_approval"] * len(self.requests))


class Verbs(RuleBasedStateMachine):
    """Two keepers, a head and the clock, on a handful of cases."""

    members = Bundle("members")

    @initialize()
    def begin(self):
        self.database = connect("sqlite://")
        self.database.create_all()
        self.library = Library(self.database, Cipher({1: b"k" * 32}, b"i" * 32), MemoryFiles())
        self.cases: dict[str, Model] = {}
        self.keys = 0

    def teardown(self):
        self.database.dispose()

    @property
    def today(self):
        return self.library.now.date()

    def day(self):
        return self.today.strftime(TODAY)

    def desk(self, login):
        return self.library.desk(login)

    def key(self):
        self.keys += 1
        return f"key{self.keys}"

    def opened(self, case_id):
        with self.desk("kim") as desk:
            return cases.view(desk, case_id).tasks

    def twice(self, verb):
        """Do it, do it again with the same key: nothing more may come of it."""
        key, first = self.key(), None
        for _ in range(2):
            again = verb(key)
            assert first in (None, again)
            first = again
        return first

    @precondition(lambda self: len(self.cases) < 2)
    @rule(target=members, login=st.sampled_from(KEEPERS))
    def register(self, login):
        case_id = self.library.member(login, 가입일=self.day())
        self.cases[case_id] = Model()
        return case_id

    @rule(case_id=members, login=st.sampled_from(KEEPERS), score=st.integers(1, 4))
    def lesson(self, case_id, login, score):
        model = self.cases[case_id]
        waiting = next((each for each in self.opened(case_id) if each.form == "lesson"), None)
        assert (waiting is not None) == (model.phase == "lesson")
        if waiting is None:
            return
        answers = {**LESSON, "교육일": self.day(), "문항1": score}
        self.twice(lambda key: self.library.complete(login, waiting.id, answers, key=key))
        model.phase, model.lessons, model.last_lesson, model.owner = "loan", model.lessons + 1, self.today, model.owner or login
        model.drafts.discard(waiting.id)

    @rule(case_id=members, login=st.sampled_from(KEEPERS))
    def loan(self, case_id, login):
        model = self.cases[case_id]
        answers = {**LOAN, "대여일": self.day(), "반납예정일": self.day()}
        if model.closed or not model.lessons:
            self.refused(lambda: self.library.submit(login, case_id, "loan", answers))
            return
        done = self.twice(lambda key: self.library.submit(login, case_id, "loan", answers, key=key))
        model.loans.append(done.record_id)
        if model.phase == "loan" and self.assigned(case_id, login):
            model.phase = "year"
            self.pass_time()

    def assigned(self, case_id, login):
        """The first loan is given to who owned the case when it was opened."""
        with self.database.begin() as connection:
            given = connection.execute(select(task.c.person_id).where(task.c.case_id == case_id, task.c.element == "loan").order_by(task.c.id.desc())).scalars().first()
        return given == self.library.people[login].person_id

    @rule(case_id=members, login=st.sampled_from(KEEPERS))
    def expel(self, case_id, login):
        self.leave(case_id, login, {"탈퇴일": self.day(), "사유": "제명"})

    @rule(case_id=members, login=st.sampled_from(KEEPERS), days=st.integers(-30, 400))
    def rest(self, case_id, login, days):
        until = self.today + timedelta(days=days)
        self.leave(case_id, login, {"탈퇴일": self.day(), "사유": "휴면", "휴면": {"휴면종료일": until.strftime(TODAY)}}, until)

    def leave(self, case_id, login, answers, until=None):
        model = self.cases[case_id]
        if model.closed:
            self.refused(lambda: self.library.submit(login, case_id, "leave", answers))
            return
        self.library.submit(login, case_id, "leave", answers)
        model.rests_until, model.closed = until, until is None
        if model.closed:
            model.phase, model.requests, model.drafts = "over", {}, set()

    @rule(case_id=members, login=st.sampled_from(KEEPERS), new=st.sampled_from(KEEPERS))
    def ask(self, case_id, login, new):
        model = self.cases[case_id]
        if model.closed:
            self.refused(lambda: self.library.submit(login, case_id, "keeper_change", {"새담당": new}))
            return
        before = {each.id for each in self.opened(case_id)}
        self.library.submit(login, case_id, "keeper_change", {"새담당": new})
        (made,) = (each.id for each in self.opened(case_id) if each.id not in before)
        model.requests[made] = (login, new)

    @precondition(lambda self: any(model.requests for model in self.cases.values()))
    @rule(data=st.data(), approve=st.booleans())
    def decide(self, data, approve):
        case_id, task_id = data.draw(st.sampled_from([(ident, each) for ident, model in self.cases.items() for each in model.requests]))
        model = self.cases[case_id]
        asked_by, new = model.requests[task_id]
        self.refused(lambda: self.decided(asked_by, task_id, "approve"), Forbidden)
        self.decided("boss", task_id, "approve" if approve else "return")
        del model.requests[task_id]
        if approve:
            model.owner = new
        else:
            returned = next(each for each in self.opened(case_id) if each.mark == "returned")
            with self.desk(asked_by) as desk:
                tasks.withdraw(desk, returned.id, "그만둡니다")
        self.refused(lambda: self.decided("boss", task_id, "approve"), AlreadyDone)

    def decided(self, login, task_id, decision):
        with self.desk(login) as desk:
            return approvals.decide(desk, task_id, decision, "까닭")

    @rule(case_id=members, login=st.sampled_from(KEEPERS), text=st.text(max_size=20))
    def type(self, case_id, login, text):
        model = self.cases[case_id]
        mine = [each for each in self.opened(case_id) if each.form == "lesson"]
        if not mine:
            return
        typed = {"교육일": "".join(letter for letter in text if letter.isalnum())}
        with self.desk(login) as desk:
            tasks.save_draft(desk, mine[0].id, typed)
            assert tasks.view(desk, mine[0].id).answers == typed
        model.drafts.add(mine[0].id)

    @rule(case_id=members, name=st.sampled_from(("김둘", "김셋")))
    def rename(self, case_id, name):
        model = self.cases[case_id]
        with self.desk("kim") as desk:
            ident = cases.view(desk, case_id).register_record

        def amend():
            with self.desk("lee") as desk:
                answers = {**records.view(desk, ident).answers, "회원명": name}
                answers.pop("가입나이")
                records.amend(desk, ident, answers, "개명")

        if model.closed:
            self.refused(amend)
        else:
            amend()
            model.label = name

    @precondition(lambda self: any(model.loans for model in self.cases.values()))
    @rule(data=st.data())
    def take_back_a_loan(self, data):
        case_id, record_id = data.draw(st.sampled_from([(ident, each) for ident, model in self.cases.items() for each in model.loans]))
        model = self.cases[case_id]

        def withdraw():
            with self.desk("kim") as desk:
                records.withdraw(desk, record_id, "잘못 적음")

        if model.closed:
            self.refused(withdraw)
            return
        withdraw()
        model.loans.remove(record_id)

    @rule(days=st.integers(1, 500))
    def wait(self, days):
        self.library.now += timedelta(days=days)
        self.pass_time()

    def pass_time(self):
        arguments = (self.database, self.library.editions, self.library.cipher, self.library.now)
        while timers.run(*arguments):
            pass
        while timers.refresh(*arguments):
            pass
        for model in self.cases.values():
            if model.phase == "year" and self.today >= _next_year(model.last_lesson):
                resting = model.rests_until is not None and self.today < model.rests_until
                model.phase = "lesson" if model.lessons < 10 and not resting else "over"

    @rule(case_id=members)
    def strangers_see_nothing(self, case_id):
        self.refused(lambda: self.look("far", case_id), NotFound)

    def look(self, login, case_id):
        with self.desk(login) as desk:
            return cases.view(desk, case_id)

    def refused(self, verb, kind=Refused):
        try:
            verb()
        except kind:
            return
        raise AssertionError("it was not refused")

    @invariant()
    def cases_are_as_the_model_says(self):
        for case_id, model in getattr(self, "cases", {}).items():
            seen = self.look("kim", case_id)
            assert sorted(each.form for each in seen.tasks) == model.forms()
            assert (seen.owner, seen.status, seen.closed, seen.label) == (model.owner, model.status(self.today), model.closed, model.label)

    @invariant()
    def figures_and_lists_agree(self):
        if not getattr(self, "cases", None):
            return
        with self.desk("kim") as desk:
            rows = {row.id: row.values for row in queries.cases(desk, "members", {"joined_year": ["2000", "2100"]}, size=500).rows}
        for case_id, model in self.cases.items():
            assert rows[case_id]["loans"] == len(model.loans)
            assert rows[case_id]["status"] == model.status(self.today)

    @invariant()
    def nothing_stands_half(self):
        if not hasattr(self, "database"):
            return
        with self.database.begin() as connection:
            assert list(history.broken_links(connection, self.library.cipher)) == []
            open_tasks = set(connection.execute(select(task.c.id).where(task.c.closed_at.is_(None))).scalars())
            waiting = [row for row in connection.execute(select(instance).where(instance.c.ended_at.is_(None)))]
            assert {ident for row in waiting for ident in row.open.values()} == open_tasks
            assert all(row.incident is None for row in waiting)
            drafts = set(connection.execute(select(draft.c.task_id)).scalars())
            assert drafts == {ident for model in self.cases.values() for ident in model.drafts}
            counted = connection.execute(select(record.c.case_id, record.c.form, func.count()).where(record.c.withdrawn_at.is_(None)).group_by(record.c.case_id, record.c.form))
            kept = connection.execute(select(case_form.c.case_id, case_form.c.form, case_form.c.count).where(case_form.c.count > 0))
            assert sorted(map(tuple, counted)) == sorted(map(tuple, kept))
            for case_id in self.cases:
                self.stored_columns_are_those_of_now(connection, case_id)

    def stored_columns_are_those_of_now(self, connection, case_id):
        desk = self.library.at(connection, "kim")
        dossier = open_case(desk, case_id, lock=False)
        stored = {row.name for row in connection.execute(select(case_value).where(case_value.c.case_id == case_id))}
        assert stored == {name for name, value in dossier.case.shown.items() if value is not None}
        assert {column.name for column in plan(dossier.edition).columns} <= set(dossier.case.shown)


def _next_year(day):
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


TestVerbs = Verbs.TestCase
TestVerbs.settings = settings(max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
