from __future__ import annotations

import pytest

from engine.casework import approvals, cases, queries, tasks
from engine.errors import Forbidden
from tests.casework.library import LESSON


def test_what_waited_for_the_former_owner_waits_for_the_new_one(library):
    case_id = library.member()
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    loan = library.open_tasks(case_id)["loan"]
    library.submit("kim", case_id, "keeper_change", {"새담당": "lee", "까닭": "쉽니다"})
    with pytest.raises(Forbidden), library.desk("lee") as desk:
        tasks.save_draft(desk, loan.id, {"메모": "x"})
    with library.desk("boss") as desk:
        asked = queries.approvals(desk)[0]
        approvals.decide(desk, asked.task_id, "approve")
    with library.desk("lee") as desk:
        assert [task.mine for task in cases.view(desk, case_id).tasks if task.form == "loan"] == [True]
    with library.desk("kim") as desk:
        assert [task.mine for task in cases.view(desk, case_id).tasks if task.form == "loan"] == [False]
