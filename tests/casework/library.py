"""The toy edition at work: a tool library with two branches, its people, and shortcuts to its verbs. Every call is a transaction of its own."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import insert

from engine.casework import cases, publishing, tasks
from engine.casework.desk import Actor, Desk
from engine.casework.editions import Editions
from engine.spec.folder import read_folder
from engine.store.ids import new_id
from engine.store.tables import grant_, institution, person
from engine.store.types import KST

TOY = Path(__file__).resolve().parents[1] / "toy"
NOW = datetime(2024, 11, 22, 14, 0, tzinfo=KST)
MEMBER = {"회원명": "김하나", "생년월일": "2006-12-05", "성별": "여", "주민등록번호": "061205-4123456", "가입일": "2024-11-22"}
LESSON = {"교육일": "2024-11-22", "문항1": 2, "문항2": 4, "문항3": 3}


class Library:
    """A database with the toy edition in force, two branches and their people."""

    def __init__(self, database, cipher, files, toy=None, kind="공구도서관"):
        self.database, self.cipher, self.files = database, cipher, files
        self.editions, self.now = Editions(), NOW
        self.people, self.places = {}, {}
        self.place("가지점", kind)
        self.place("나지점", kind)
        self.digest = self.publish(toy or read_folder(TOY), date(2020, 1, 1))
        for login, place, role in (("kim", "가지점", "keeper"), ("lee", "가지점", "keeper"), ("boss", "가지점", "head"), ("far", "나지점", "keeper")):
            self.hire(login, place, role)

    @contextmanager
    def desk(self, login="", *, now=None):
        with self.database.begin() as connection:
            yield self.at(connection, login, now=now)

    def at(self, connection, login="", *, now=None):
        return Desk(connection, self.actor(login), now or self.now, self.editions, self.cipher, self.files)

    def actor(self, login):
        return self.people.get(login) or Actor("", login, "", "", "", "", "", "", "", "", frozenset())

    def place(self, name, kind):
        self.places[name] = new_id()
        with self.database.begin() as connection:
            connection.execute(insert(institution).values(id=self.places[name], name=name, kind=kind, created_at=NOW))

    def hire(self, login, place, *roles):
        made = new_id()
        with self.database.begin() as connection:
            connection.execute(insert(person).values(id=made, login=login, name=login.title(), institution_id=self.places[place], created_at=NOW))
            for role in roles:
                connection.execute(
                    insert(grant_).values(
                        id=new_id(), person_id=made, role=role, kind="grant", from_day=date(2020, 1, 1), roles_before=[], roles_after=[role],
                        requested_by="a", approved_by="b", reason="시험", at=NOW,
                    )
                )
        self.people[login] = Actor(made, login, login.title(), "", "", self.places[place], place, "공구도서관", "", "", frozenset(roles), address="10.0.0.1")
        return self.people[login]

    def publish(self, files, since):
        with self.desk("author") as desk:
            digest = publishing.publish(desk, files, since)
        with self.desk("approver") as desk:
            publishing.approve(desk, digest)
        return digest

    def member(self, login="kim", *, now=None, **answers):
        with self.desk(login, now=now) as desk:
            return cases.register(desk, "member", {**MEMBER, **answers}, confirmed=True)

    def open_tasks(self, case_id, login="kim", *, now=None):
        with self.desk(login, now=now) as desk:
            return {task.form: task for task in cases.view(desk, case_id).tasks}

    def complete(self, login, task_id, answers, *, now=None, **more):
        with self.desk(login, now=now) as desk:
            return tasks.complete(desk, task_id, answers, **more)

    def submit(self, login, case_id, action, answers, *, now=None, **more):
        with self.desk(login, now=now) as desk:
            return tasks.submit(desk, case_id, action, answers, **more)


LOAN = {"대여일": "2024-11-22", "반납예정일": "2024-12-01", "분야": "목공", "목공": {"나무": "참나무"}}
LEAVE = {"탈퇴일": "2024-11-22", "사유": "제명"}
REST = {"탈퇴일": "2024-11-22", "사유": "휴면", "휴면": {"휴면종료일": "2025-03-01"}}


def everything(database):
    """Give every stored value of every table as one text, to look for what must not be there."""
    from engine.store.tables import metadata

    with database.begin() as connection:
        return "\n".join(repr(row) for table in metadata.sorted_tables for row in connection.execute(table.select()))
