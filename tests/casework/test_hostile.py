"""What nobody should send: odd ids, letters no database takes, other people's things. Refused with a sentence, never a failure, nothing written."""

from __future__ import annotations

import pytest

from engine.casework import approvals, cases, drafts, queries, records, tasks
from engine.errors import DidimdolError, NotFound
from tests.casework.library import LESSON, MEMBER, everything

ODD = ("", "x", "\0" * 26, "\ud800" * 26, "가" * 26, "' OR 1=1 --", "0" * 26, "0" * 10_000)
ODD_ANSWERS = (
    {"회원명": "\0"}, {"회원명": "\ud800"}, {"회원명": "가" * 200_000}, {"\0": 1}, {"\ud800": 1}, {"회원명": {"a": [1]}}, {"주민등록번호": ["061205"]},
    {"생년월일": 10**400}, {"성별": True}, {"role": "head", "institution_id": "x", "status": "left", "version": 9, "approved_by": "me"},
)  # fmt: skip


@pytest.mark.parametrize("ident", ODD)
def test_ids_that_are_none(library, ident):
    for ask in (
        lambda desk: cases.view(desk, ident),
        lambda desk: cases.actions(desk, ident),
        lambda desk: tasks.view(desk, ident),
        lambda desk: tasks.complete(desk, ident, LESSON, key="k"),
        lambda desk: tasks.start(desk, ident, "loan"),
        lambda desk: tasks.save_draft(desk, ident, LESSON),
        lambda desk: tasks.withdraw(desk, ident, "까닭"),
        lambda desk: tasks.assign(desk, ident, "kim"),
        lambda desk: records.view(desk, ident),
        lambda desk: records.amend(desk, ident, MEMBER, "까닭"),
        lambda desk: records.reveal(desk, ident, "/주민등록번호", "까닭"),
        lambda desk: approvals.decide(desk, ident, "approve"),
        lambda desk: drafts.unregistered(desk, ident, "member", desk.edition().digest),
    ):
        with pytest.raises(NotFound), library.desk("kim") as desk:
            ask(desk)


@pytest.mark.parametrize("answers", ODD_ANSWERS)
def test_answers_that_are_none(library, answers):
    case_id = library.member()
    task_id = library.open_tasks(case_id)["lesson"].id
    before = everything(library.database)
    for verb in (
        lambda desk: cases.register(desk, "member", {**MEMBER, **answers}, key="k"),
        lambda desk: tasks.complete(desk, task_id, {**LESSON, **answers}, key="k"),
        lambda desk: tasks.submit(desk, case_id, "leave", answers, key="k"),
    ):
        with pytest.raises(DidimdolError), library.desk("kim") as desk:
            verb(desk)
    assert everything(library.database) == before
    with library.desk("kim") as desk:
        cases.preview(desk, "member", answers)
        tasks.preview(desk, task_id, answers)


def test_drafts_of_anything_are_kept_or_refused(library):
    task_id = library.open_tasks(library.member())["lesson"].id
    for answers in ODD_ANSWERS:
        try:
            with library.desk("kim") as desk:
                tasks.save_draft(desk, task_id, answers)
        except DidimdolError:
            continue
        with library.desk("kim") as desk:
            tasks.view(desk, task_id)


@pytest.mark.parametrize("text", ["\0", "\ud800", "%", "_", "'", '"', "\\", "가" * 1000, "ㅎ\0", "061205\0"])
def test_words_looked_for(library, text):
    library.member()
    with library.desk("kim") as desk:
        queries.search(desk, text)
        queries.cases(desk, "members", {"name": text, "status": [text], "rrn": text})
    with pytest.raises(DidimdolError), library.desk("kim") as desk:
        queries.cases(desk, "members", {"joined_year": [text, text]}, sort=text)


def test_words_told_as_reasons_and_keys(library):
    case_id = library.member()
    with library.desk("kim") as desk:
        record_id = cases.view(desk, case_id).register_record
    for reason in ("", "\0", "\ud800", "가" * 501):
        with pytest.raises(DidimdolError), library.desk("kim") as desk:
            records.amend(desk, record_id, MEMBER, reason)
    for key in ("\0", "\ud800", "k" * 101):
        with pytest.raises(DidimdolError), library.desk("kim") as desk:
            cases.register(desk, "member", MEMBER, key=key, confirmed=True)
    for login in ("\0", "\ud800", "nobody"):
        with pytest.raises(DidimdolError), library.desk("boss") as desk:
            tasks.assign(desk, library_task(desk, case_id), login)


def library_task(desk, case_id):
    return cases.view(desk, case_id).tasks[0].id
