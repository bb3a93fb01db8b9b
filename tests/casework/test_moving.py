from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.casework import approvals, cases, queries, records
from engine.errors import NotFound, Refused
from engine.spec.folder import read_folder
from engine.store.tables import case_value, record, search_key, task
from tests.casework.library import LESSON, TOY, Library

HANDS_OVER = "work.keeper_change.새담당 if work.keeper_approval.결정 == '승인' else case.owner"
MOVES = "work.keeper_change.새담당 if work.keeper_approval.결정 == '승인' else institution.id"


@pytest.fixture
def library(database, cipher, files):
    """The toy edition, in which an approved change takes a member to another branch instead of another keeper."""
    toy = dict(read_folder(TOY))
    path = "workflows/keeper_change.bpmn"
    drawn = toy[path].decode().replace(f'name="owner" value="{HANDS_OVER}"', f'name="institution" value="{MOVES}"')
    assert "institution" in drawn
    return Library(database, cipher, files, toy={**toy, path: drawn.encode()})


@pytest.fixture
def moved(library):
    library.member("far", 주민등록번호="061205-4000000")  # has the number 2024-0001 there
    case_id = library.member()
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    library.submit("kim", case_id, "keeper_change", {"새담당": library.places["나지점"]})
    with library.desk("boss") as desk:
        approvals.decide(desk, queries.approvals(desk)[0].task_id, "approve")
    return case_id


def test_a_case_goes_with_all_it_has(library, moved):
    with pytest.raises(NotFound), library.desk("kim") as desk:
        cases.view(desk, moved)
    with library.desk("kim") as desk:
        assert queries.cases(desk, "members").total == 0
        assert queries.search(desk, "061205-4123456") == ()
        assert queries.home(desk, whose="team").total == 0
    with library.desk("far") as desk:
        seen = cases.view(desk, moved)
        assert (seen.number, seen.owner, seen.institution["name"]) == ("2024-0002", "", "나지점")
        assert queries.cases(desk, "members").total == 2
        assert [hit.id for hit in queries.search(desk, "061205-4123456")] == [moved]
        assert seen.tasks[0].mine  # nobody there had been given it
        assert records.of_case(desk, moved)[0].by_name == "Boss"
    with library.database.begin() as connection:
        for table in (task, record, case_value, search_key):
            places = connection.execute(select(table.c.institution_id).where(table.c.case_id == moved)).scalars().all()
            assert set(places) <= {library.places["나지점"]} or table is task
        still = connection.execute(select(task.c.institution_id).where(task.c.case_id == moved, task.c.closed_at.is_(None))).scalars().all()
    assert set(still) == {library.places["나지점"]}


def test_nowhere_is_no_place(library):
    case_id = library.member()
    library.submit("kim", case_id, "keeper_change", {"새담당": "없는 곳"})
    with library.desk("boss") as desk:
        asked = queries.approvals(desk)[0]
    with pytest.raises(Refused), library.desk("boss") as desk:
        approvals.decide(desk, asked.task_id, "approve")
    with library.desk("boss") as desk:
        assert cases.view(desk, case_id).institution["name"] == "가지점"
