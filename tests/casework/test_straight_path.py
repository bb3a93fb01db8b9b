from __future__ import annotations

from engine.casework import cases
from tests.casework.library import LESSON


def test_register_and_go_on(library):
    case_id = library.member()
    with library.desk("kim") as desk:
        seen = cases.view(desk, case_id)
    assert (seen.label, seen.number, seen.status) == ("김하나", "2024-0001", "새 회원")
    assert seen.identity == (("주민등록번호", "061205-4******"),)
    task = library.open_tasks(case_id)["lesson"]
    done = library.complete("kim", task.id, LESSON)
    assert done.case_id == case_id
