"""Holds S24 (SECURITY.md)."""

from __future__ import annotations

import pytest

from engine.casework import cases, tasks
from engine.errors import AlreadyDone, Forbidden, Invalid, NotFound, Refused, Stale
from tests.casework.library import LEAVE, LESSON, LOAN, REST, everything


@pytest.fixture
def case_id(library):
    return library.member()


def action(library, case_id, ident, login="kim"):
    with library.desk(login) as desk:
        return next(each for each in cases.actions(desk, case_id) if each.id == ident)


def test_the_guided_path(library, case_id):
    lesson = library.open_tasks(case_id)["lesson"]
    assert (lesson.lane, lesson.days_left, lesson.why, lesson.mine) == ("담당자", 14, "처음 빌리기 전에 교육을 받습니다.", True)
    done = library.complete("kim", lesson.id, LESSON)
    loan = library.open_tasks(case_id)["loan"]
    assert done.task_ids == (loan.id,)
    with library.desk("lee") as desk:
        seen = cases.view(desk, case_id)
    assert (seen.owner, seen.status, seen.status_id) == ("kim", "이용 중", "active")
    assert [(stage.id, stage.state) for stage in seen.stages] == [("join", "done"), ("lesson", "done"), ("loan", "current"), ("leave", "ahead")]
    assert not seen.tasks[0].mine  # assigned to the owner
    assert loan.due.isoformat() == "2024-12-22"


def test_what_the_table_refuses_is_told_with_its_page(library, case_id):
    refused = action(library, case_id, "loan")
    assert (refused.allowed, refused.why_not, refused.page) == (False, "안전교육을 먼저 받으세요.", 3)
    with pytest.raises(Refused) as caught, library.desk("kim") as desk:
        tasks.start(desk, case_id, "loan")
    assert caught.value.page == 3
    assert action(library, case_id, "leave").allowed


def test_looking_stores_nothing(library, case_id):
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    before = _without_access(library)
    with library.desk("kim") as desk:
        seen = tasks.prospect(desk, case_id, "loan")
        reading = tasks.preview(desk, seen, {"분야": "전기"})
    assert (seen.id, seen.can_write, seen.answers) == (None, True, {"대여일": "2024-11-22"})
    assert "/전기/전압" in reading.required
    assert seen.previous.answers["분야"] == "목공"
    assert _without_access(library) == before


def test_a_form_that_compares_sees_the_records_before_the_last(library, case_id):
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    for day in ("2024-12-01", "2024-12-02", "2024-12-03"):
        library.submit("kim", case_id, "loan", {**LOAN, "반납예정일": day})
    with library.desk("kim") as desk:
        before = tasks.prospect(desk, case_id, "loan").previous
    assert before.answers["반납예정일"] == "2024-12-03"
    assert [each.answers["반납예정일"] for each in before.earlier] == ["2024-12-02", "2024-12-01"]


def _without_access(library):
    return [line for line in everything(library.database).splitlines() if "'view'" not in line and ".view'" not in line and "prospect" not in line]


def test_a_work_whose_form_waits_opens_the_waiting_task(library, case_id):
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    waiting = library.open_tasks(case_id)["loan"].id
    assert action(library, case_id, "loan").task_id == waiting
    with library.desk("kim") as desk:
        assert tasks.start(desk, case_id, "loan") == waiting
        assert tasks.prospect(desk, case_id, "loan").id == waiting
    assert library.submit("kim", case_id, "loan", LOAN).task_ids == ()
    assert "loan" not in library.open_tasks(case_id)
    with pytest.raises(AlreadyDone):
        library.complete("kim", waiting, LOAN)


def test_start_then_complete_and_both_at_once(library, case_id):
    with library.desk("kim") as desk:
        task_id = tasks.start(desk, case_id, "leave", key="s")
    with library.desk("kim") as desk:
        assert tasks.start(desk, case_id, "leave", key="s") == task_id
        assert tasks.start(desk, case_id, "leave") == task_id  # one's own work that waits
    with library.desk("lee") as desk:
        other = tasks.start(desk, case_id, "leave")
    assert other != task_id
    done = library.submit("kim", case_id, "leave", REST, key="k")
    assert library.submit("kim", case_id, "leave", REST, key="k") == done
    with library.desk("kim") as desk:
        assert cases.view(desk, case_id).status == "휴면"


def test_nothing_is_written_where_answers_are_wrong(library, case_id):
    before = everything(library.database)
    task = library.open_tasks(case_id)["lesson"]
    with pytest.raises(Invalid) as caught:
        library.complete("kim", task.id, {"교육일": "어제", "문항1": "2", "점수": 5, "없는것": 1})
    assert {"/교육일", "/문항1", "/문항2", "/문항3", "/없는것"} <= {error.path for error in caught.value.errors}
    assert _ignoring_views(everything(library.database)) == _ignoring_views(before)


def _ignoring_views(text):
    return [line for line in text.splitlines() if "case.view" not in line]


def test_done_is_done_and_says_by_whom(library, case_id):
    task = library.open_tasks(case_id)["lesson"]
    done = library.complete("kim", task.id, LESSON, key="x")
    assert library.complete("kim", task.id, LESSON, key="x") == done
    with pytest.raises(AlreadyDone) as caught:
        library.complete("lee", task.id, LESSON, key="x")
    assert caught.value.message == "Kim 님이 2024-11-22 14:00에 이미 저장한 일입니다."
    with pytest.raises(Stale):
        library.complete("kim", task.id, {**LESSON, "문항1": 1}, key="x")
    with pytest.raises(AlreadyDone), library.desk("kim") as desk:
        tasks.view(desk, task.id)
    with pytest.raises(AlreadyDone), library.desk("kim") as desk:
        tasks.save_draft(desk, task.id, LESSON)


def test_who_may_not_work(library, case_id):
    task = library.open_tasks(case_id)["lesson"]
    with pytest.raises(NotFound):
        library.complete("far", task.id, LESSON)
    library.hire("reader", "가지점", "admin")
    with pytest.raises(NotFound):
        library.complete("reader", task.id, LESSON)
    library.complete("kim", task.id, LESSON)
    loan = library.open_tasks(case_id)["loan"]
    with pytest.raises(Forbidden, match="다른 사람이 맡은 일입니다"):
        library.complete("lee", loan.id, LOAN)


def test_assigning(library, case_id):
    task = library.open_tasks(case_id)["lesson"]
    with library.desk("kim") as desk:
        version = tasks.view(desk, task.id).version
        tasks.assign(desk, task.id, "kim")
    with pytest.raises(Forbidden), library.desk("lee") as desk:
        tasks.assign(desk, task.id, "lee")
    with library.desk("boss") as desk:
        tasks.assign(desk, task.id, "lee")
    with pytest.raises(Refused), library.desk("boss") as desk:
        tasks.assign(desk, task.id, "far")
    with pytest.raises(Stale):
        library.complete("lee", task.id, LESSON, version=version)
    library.complete("lee", task.id, LESSON, version=version + 2)


def test_drafts_keep_everything_and_are_ones_own(library, case_id):
    """Holds R101 (docs/rules.md)."""
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    library.complete("kim", library.open_tasks(case_id)["loan"].id, LOAN)
    typed = {"분야": "정원", "목공": {"나무": "숨은 참나무"}, "보증금": "글자"}
    with library.desk("kim") as desk:
        task_id, version = tasks.start_draft(desk, case_id, "loan", typed)
    assert "숨은 참나무" not in everything(library.database)
    with library.desk("kim") as desk:
        seen = tasks.view(desk, task_id)
        assert (seen.answers, seen.draft_version) == (typed, version)
        assert "목공" not in seen.reading.data
        newer = tasks.save_draft(desk, task_id, {"분야": "목공"}, version=version)
    with pytest.raises(Stale), library.desk("kim") as desk:
        tasks.save_draft(desk, task_id, typed, version=version)
    with library.desk("boss") as desk:
        seen = tasks.view(desk, task_id)
        assert [other.login for other in seen.drafts_of_others] == ["kim"]
        assert seen.answers == {"대여일": "2024-11-22"}
    with library.desk("kim") as desk:
        assert tasks.view(desk, task_id).draft_version == newer
    library.complete("kim", task_id, LOAN)
    with library.database.begin() as connection:
        from engine.store.tables import draft

        assert connection.execute(draft.select()).all() == []


def test_taking_a_work_back(library, case_id):
    """Holds R58 (docs/rules.md)."""
    guided = library.open_tasks(case_id)["lesson"].id
    with pytest.raises(Refused), library.desk("kim") as desk:
        tasks.withdraw(desk, guided, "잘못")
    with library.desk("kim") as desk:
        task_id = tasks.start(desk, case_id, "leave")
    with pytest.raises(Invalid), library.desk("kim") as desk:
        tasks.withdraw(desk, task_id, "  ")
    with library.desk("kim") as desk:
        tasks.withdraw(desk, task_id, "잘못 눌렀습니다")
    with pytest.raises(AlreadyDone, match="이미 취소한 일입니다"):
        library.complete("kim", task_id, LEAVE)


def test_a_closed_case_takes_nothing_more(library, case_id):
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    waiting = library.open_tasks(case_id)["loan"].id
    with library.desk("lee") as desk:
        asked = tasks.start(desk, case_id, "keeper_change")
    library.submit("kim", case_id, "leave", LEAVE)
    with library.desk("kim") as desk:
        seen = cases.view(desk, case_id)
        assert (seen.closed, seen.status, seen.tasks) == (True, "탈퇴", ())
        assert {each.allowed for each in cases.actions(desk, case_id)} == {False}
    for ident in (waiting, asked):
        with pytest.raises(AlreadyDone):
            library.complete("kim", ident, LOAN)
    with pytest.raises(Refused, match="탈퇴한 회원입니다"):
        library.submit("kim", case_id, "loan", LOAN)


def test_only_warnings_ask_for_confirmation(library, case_id):
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    late = {**LOAN, "대여일": "2024-11-22", "반납예정일": "2025-11-22"}
    task = library.open_tasks(case_id)["loan"]
    with pytest.raises(Invalid) as caught:
        library.complete("kim", task.id, late)
    if all(error.level == "warning" for error in caught.value.errors):
        library.complete("kim", task.id, late, confirmed=True)


def test_hidden_answers_are_refused_from_json_and_left_out_from_pages(library, case_id):
    library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON)
    task = library.open_tasks(case_id)["loan"]
    stale = {**LOAN, "전기": {"전압": "220"}}
    with pytest.raises(Invalid):
        library.complete("kim", task.id, stale)
    library.complete("kim", task.id, stale, strict=False)
