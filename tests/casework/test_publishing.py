"""Holds D12, D13, S25, S27 (SECURITY.md)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.casework import cases, publishing, studies, tasks, timers
from engine.casework.editions import Editions
from engine.errors import Broken, Forbidden, Invalid, NotFound, Refused, SpecError, Stale
from engine.spec.folder import read_folder
from engine.store.tables import edition
from tests.casework.library import LESSON, NOW, TOY

NEXT_YEAR = NOW + timedelta(days=60)


def changed(**files):
    made = dict(read_folder(TOY))
    for path, change in files.items():
        name = f"forms/{path}.json"
        made[name] = json.dumps(change(json.loads(made[name])), ensure_ascii=False).encode()
    return made


def with_title(title):
    return lambda data: {**data, "title": title}


@pytest.fixture
def people(library):
    library.hire("author", "가지점", "author")
    library.hire("second", "가지점", "approver")
    library.hire("both", "가지점", "author", "approver")
    return library


def publish(library, login, files, since=date(2025, 1, 1)):
    with library.desk(login) as desk:
        return publishing.publish(desk, files, since)


def test_a_broken_edition_changes_nothing(people):
    files = changed(edition=with_title("고침"))
    files["forms/loan.json"] = b"{"
    with pytest.raises(SpecError) as caught:
        publish(people, "author", files)
    assert any(finding.path == "forms/loan.json" for finding in caught.value.findings)
    with people.desk("author") as desk:
        assert [each.state for each in publishing.editions(desk)] == ["in force"]


def test_the_author_does_not_approve(people):
    digest = publish(people, "both", changed(edition=with_title("고침")))
    with pytest.raises(Forbidden, match="공표한 사람은"), people.desk("both") as desk:
        publishing.approve(desk, digest)
    with pytest.raises(Forbidden), people.desk("author") as desk:
        publishing.approve(desk, digest)
    with people.desk("second") as desk:
        publishing.approve(desk, digest)
    with pytest.raises(Stale), people.desk("second") as desk:
        publishing.approve(desk, digest)
    with pytest.raises(Refused), people.desk("author") as desk:
        publishing.publish(desk, changed(edition=with_title("고침")))
    for verb in (publishing.approve, lambda desk, digest: publishing.withdraw(desk, digest, "까닭")):
        with pytest.raises(NotFound), people.desk("second") as desk:
            verb(desk, "f" * 64)
    with pytest.raises(Forbidden), people.desk("kim") as desk:
        publishing.publish(desk, changed(edition=with_title("또")))


def test_what_its_scenarios_came_to_stands_in_the_way(people):
    digest = publish(people, "author", changed(edition=with_title("고침")))
    for result, failed, sentence in (
        (None, "", "아직 돌리고"), (None, "처리하지 못했습니다.", "끝까지 돌리지 못했습니다"), ({"findings": [{}, {}]}, "", "2곳에서 어긋나"),
    ):
        with people.desk("author") as desk:
            asked = studies.ask(desk, digest, studies.SCENARIOS)
        if result or failed:
            with people.database.begin() as connection:
                studies.end(connection, asked, result, failed, people.now)
        with pytest.raises(Refused, match=sentence), people.desk("second") as desk:
            publishing.approve(desk, digest)
    with people.desk("author") as desk:
        asked = studies.ask(desk, digest, studies.SCENARIOS)
        studies.end(desk.connection, asked, {"findings": []}, "", people.now)
    with people.desk("second") as desk:
        publishing.approve(desk, digest)


def test_an_edition_takes_force_on_its_day_and_what_began_stays(people):
    before = people.member()
    digest = publish(people, "author", changed(edition=with_title("다음 판")))
    with people.desk("second") as desk:
        assert desk.edition().digest == people.digest
        publishing.approve(desk, digest)
        assert desk.edition().digest == people.digest
        assert {each.digest: each.state for each in publishing.editions(desk)} == {people.digest: "in force", digest: "approved"}
    with people.desk("kim", now=NEXT_YEAR) as desk:
        assert desk.edition().digest == digest
        after = cases.register(desk, "member", {"회원명": "새", "생년월일": "2006-12-05", "성별": "여", "가입일": "2025-01-02"})
    with people.desk("kim", now=NEXT_YEAR) as desk:
        old, new = (cases.view(desk, ident) for ident in (before, after))
        assert (old.edition, new.edition) == (people.digest, digest)
        assert tasks.view(desk, old.tasks[0].id).edition == people.digest
        assert tasks.view(desk, new.tasks[0].id).edition == digest
        assert tasks.prospect(desk, before, "leave").edition == digest
    people.complete("kim", old.tasks[0].id, LESSON, now=NEXT_YEAR)
    assert timers.refresh(people.database, people.editions, people.cipher, NEXT_YEAR) == 0


def test_lists_follow_a_new_edition(people):
    people.member()

    def other_column(data):
        data["columns"][0] = {"id": "name", "title": "이름", "value": "글(case.회원명, ' 님')", "type": "text", "link": True}
        return data

    digest = publish(people, "author", changed(**{"views/members": other_column}))
    with people.desk("second") as desk:
        publishing.approve(desk, digest)
    assert timers.refresh(people.database, people.editions, people.cipher, NEXT_YEAR) == 1
    from engine.casework import queries

    with people.desk("kim", now=NEXT_YEAR) as desk:
        assert queries.cases(desk, "members", {"name": "나 님"}).rows[0].values["name"] == "김하나 님"


def test_taking_an_edition_back(people):
    digest = publish(people, "author", changed(edition=with_title("성급한 판")), date(2024, 1, 1))
    with people.desk("second") as desk:
        publishing.approve(desk, digest)
        assert desk.edition().digest == digest
        publishing.withdraw(desk, digest, "잘못 공표")
        assert desk.edition().digest == people.digest
    with pytest.raises(Refused), people.desk("second") as desk:
        publishing.withdraw(desk, people.digest, "마지막 판")


def test_what_is_stored_is_what_was_published(people):
    from sqlalchemy import update

    from engine.casework.bundle import pack

    with people.database.begin() as connection:
        assert Editions().of(connection, people.digest).files == read_folder(TOY)
        connection.execute(update(edition).values(files=pack(changed(edition=with_title("바꿔치기")))))
    with pytest.raises(Broken), people.database.begin() as connection:
        Editions().of(connection, people.digest)


def test_a_page_goes_by_one_edition_and_who_approves_by_the_new_one_at_once(people, monkeypatch):
    digest = publish(people, "author", changed(edition=with_title("고침")), since=NOW.date())
    asked = []
    in_force = Editions.in_force
    monkeypatch.setattr(Editions, "in_force", lambda editions, *given: asked.append(1) or in_force(editions, *given))
    with people.desk("second") as desk:
        page = replace(desk, seen=[])
        before = page.edition()
        assert desk.edition() is before
        publishing.approve(desk, digest)
        assert desk.edition().digest == digest
        asked.clear()
        assert (page.edition(), page.edition(), asked) == (before, before, [])
        with pytest.raises(Refused):
            replace(page, now=NOW.replace(year=1990)).edition()


def test_a_draft_is_looked_at_then_proposed_or_thrown_away(people):
    with people.desk("author") as desk:
        digest = publishing.publish(desk, changed(edition=with_title("살펴볼 판")), date(2019, 1, 1), draft=True)
        studies.ask(desk, digest, studies.IMPACT)
        assert [each.state for each in publishing.editions(desk) if each.digest == digest] == ["draft"]
    with pytest.raises(Refused, match="아직 승인을 요청하지"), people.desk("second") as desk:
        publishing.approve(desk, digest)
    with pytest.raises(Invalid), people.desk("author") as desk:
        publishing.propose(desk, digest)  # on such a day it would never be in force
    for verb in (publishing.propose, publishing.discard):
        with pytest.raises(Forbidden), people.desk("second") as desk:
            verb(desk, digest)
    with people.desk("author") as desk:
        publishing.discard(desk, digest)
        assert digest not in {each.digest for each in publishing.editions(desk)}
        assert publishing.publish(desk, changed(edition=with_title("살펴볼 판")), date(2025, 1, 1), draft=True) == digest  # and comes again
        publishing.propose(desk, digest)
    with pytest.raises(Stale), people.desk("author") as desk:
        publishing.propose(desk, digest)
    for gone in (digest, people.digest):
        with pytest.raises(Refused), people.desk("author") as desk:
            publishing.discard(desk, gone)
    with people.desk("second") as desk:
        publishing.approve(desk, digest)
