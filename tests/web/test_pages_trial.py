"""Pages that look at an edition beforehand and move what is open: nothing changes by looking, and what was begun is watched, reported, undone."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from engine.casework import marching, moves, publishing, studies, studying, succession
from engine.store.tables import task
from tests.casework.test_moves import RENAMED, edited
from tests.web.browsing import Forms
from tests.web.test_pages_editions import check, publish, send
from web.rounds import make_round


@pytest.fixture
def author(small_town):
    return small_town.browser("author")


@pytest.fixture
def approver(small_town):
    return small_town.browser("approver")


@pytest.fixture
def at(author):
    """The address of an edition whose path has a step by another name, waiting for its approval."""
    answer = publish(author, check(author, edited("새", *RENAMED)))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def rounds(town):
    """What the rounds of a server do for these pages."""
    with town.database.read() as connection:
        waiting = studies.waiting(connection)
    for ident in waiting:
        studying.work(town.database, town.editions, town.cipher, town.files, lambda: town.now, ident)


def steps(town, case_id):
    with town.database.read() as connection:
        return list(connection.execute(select(task.c.element).where(task.c.case_id == case_id, task.c.closed_at.is_(None))).scalars())


def test_the_difference_is_told_file_by_file(author, at, small_town):
    page = author.get(f"{at}/difference").text
    assert "workflows/lifecycle.bpmn" in page
    assert re.search(r"단계 ‘?'?안전", page.replace("&#39;", "'"))
    same = author.get(f"/editions/{small_town.digest}/difference?from={small_town.digest}").text
    assert "새" in same


def test_a_study_is_asked_for_shown_on_its_way_and_done(author, small_town):
    small_town.member()
    with small_town.desk("author") as desk:
        at = f"/editions/{publishing.publish(desk, edited('새', *RENAMED))}"
    page = author.get(f"{at}/trial").text
    assert page.count(">살펴보기<") == 3
    assert "every 3s" not in page
    assert send(author, f"{at}/trial", kind="impact").status_code == 303
    page = author.get(f"{at}/trial").text
    assert "차례를 기다리는 중" in page
    assert "every 3s" in page
    for kind in ("replay", "scenarios"):
        send(author, f"{at}/trial", kind=kind)
    rounds(small_town)
    page = author.get(f"{at}/trial").text
    assert "every 3s" not in page
    assert "옮길 자리를 정해야 하고" in page
    assert "다시 읽으면" in page
    assert "시나리오가 지나지 않은 곳" in page or "모두 맞음" in page or "어긋난 곳" in page
    assert send(author, f"{at}/trial", kind="plan").status_code == 403


def test_a_candidate_tells_all_on_one_page_and_moves_open_cases_on_its_day(small_town, author, approver):
    """Uploaded, looked at without asking, its terms chosen, proposed, approved as seen: and on its day the open case is where it was told to go."""
    case_id = small_town.member()
    at = check(author, edited("새", *RENAMED)).headers["location"]
    rounds(small_town)
    page = author.get(at).text
    for told in ("자리를 정해야 할 업무 <b", "옮길 자리를 정해야 하고", "시나리오 <b", "다시 읽으면", "과 견줌", "workflows/lifecycle.bpmn", "막는 것도, 따로 볼 것도 없습니다"):
        assert told in page, told
    assert "every 3s" not in page
    assert Forms(page).fields["map/lifecycle/lesson"] == ["training"]
    saved = publish(author, check(author, edited("새", *RENAMED)), "save", **{"choice": "move", "from": "2024-12-01"})
    assert saved.status_code == 303
    assert "살펴보는 중" in author.get(at).text
    rounds(small_town)
    page = author.get(at).text
    assert "열린 업무 1개는 옮길 자리를 정하지 않아 시작한 판에 남습니다." in page
    assert "(예: " not in page
    assert re.search(r"단계가 새 판에 없습니다\. \(예: 2024-\d{4}\)", approver.get(at).text)
    assert publish(author, saved, choice="mapped", **{"map/lifecycle/lesson": "training"}).status_code == 303
    rounds(small_town)
    page = approver.get(at).text
    assert "시작한 판에 남습니다." not in page.partition('id="terms"')[0]
    for told in ("없어진 단계의 자리를 정해 옮기기", "2024-12-01", "안전교육", "달라진 것"):
        assert told in page, told
    seen = Forms(page).fields["terms"][0]
    assert send(author, f"{at}/proposal", **{"intent": "save", "choice": "mapped", "map/lifecycle/lesson": "training", "from": "2024-12-02"}).status_code == 303
    late = send(approver, f"{at}/approve", terms=seen)
    assert (late.status_code, "보시는 사이에" in late.text) == (409, True)
    rounds(small_town)
    assert send(approver, f"{at}/approve", terms=Forms(approver.get(at).text).fields["terms"][0]).status_code == 303
    assert "2024-12-02부터 시행" in author.get(at).text
    small_town.now = small_town.now.replace(month=12, day=2)
    make_round(small_town.app.state.house)
    assert steps(small_town, case_id) == ["training"]
    small_town._secrets.clear()  # sessions of last month are over
    author = small_town.browser("author")
    run = re.search(r"/moves/\w{26}", author.get(at).text)[0]
    assert "시행일에 저절로" in author.get(run).text
    assert "1 / 1" in author.get(run).text


def test_a_process_by_another_id_is_told_and_what_was_said_of_it_is_kept(small_town, author):
    small_town.member()
    old, new = "workflows/keeper_change.bpmn", "workflows/keeper_handover.bpmn"
    files = edited("새", *((old, f'{name}="keeper_change"', f'{name}="keeper_handover"') for name in ("processRef", "process id")))
    checked = check(author, {(new if path == old else path): data for path, data in files.items()})
    at, mapping = checked.headers["location"], {"keeper_change": {"@process": "keeper_handover"}}
    page = author.get(at).text
    assert "새 판에 없는 절차 1개" in page
    assert "@process" in page
    with small_town.desk("author") as desk:
        succession.change(desk, at.rpartition("/")[2], open_cases="move", mapping=mapping)
    assert "담당 변경 → <b>담당 변경</b>" in author.get(at).text
    assert publish(author, checked, "save", choice="mapped").status_code == 303
    with small_town.desk("author") as desk:
        assert [dict(each.mapping) for each in publishing.editions(desk) if each.digest in at] == [mapping]


def test_what_stands_in_the_way_is_told_on_top(small_town, author, approver):
    small_town.hire("both", "가지점", "author", "approver")
    both = small_town.browser("both")
    at = publish(both, check(both, edited("새")), **{"from": "2025-01-01"}).headers["location"]
    assert "올린 사람은 승인할 수 없습니다" in both.get(at).text
    assert "승인을 막는 것" not in approver.get(at).text
    small_town.publish(edited("다른"), date(2025, 1, 1))
    assert "같은 날(2025-01-01)부터 시행될 판이 이미 승인되어 있습니다" in approver.get(at).text.partition('id="impact"')[0]
    assert send(approver, f"{at}/approve").status_code == 422


def test_open_cases_are_tried_moved_watched_and_moved_back(small_town, author, approver, at):
    case_id = small_town.member()
    assert small_town.browser("author").get(f"{at}/move").status_code == 403
    small_town.played()
    assert send(approver, f"{at}/approve").status_code == 303
    page = approver.get(f"{at}/move").text
    fields = Forms(page).fields
    assert fields["map/lifecycle/lesson"] == ["training"]  # what looks most like the step that is gone
    refused = send(approver, f"{at}/move", intent="begin")
    assert refused.status_code == 422
    assert "먼저 미리 해 보고" in refused.text
    assert send(approver, f"{at}/move", intent="plan", **{"map/lifecycle/lesson": "training"}).status_code == 303
    rounds(small_town)
    assert steps(small_town, case_id) == ["lesson"]
    page = approver.get(f"{at}/move").text
    assert "이대로 옮기기 시작" in page
    shown = re.search(r'name="tried" value="(\w{26})"', page)[1]
    send(approver, f"{at}/move", intent="plan", **{"map/lifecycle/lesson": "training"})  # in another window
    rounds(small_town)
    refused = send(approver, f"{at}/move", intent="begin", tried=shown)
    assert refused.status_code == 422
    assert "다시 미리 해 보았습니다" in refused.text
    shown = re.search(r'name="tried" value="(\w{26})"', refused.text)[1]
    run = send(approver, f"{at}/move", intent="begin", tried=shown).headers["location"]
    assert "옮기는 중" in approver.get(run).text
    marching.work(small_town.database, small_town.editions, small_town.cipher, lambda: small_town.now, run.rpartition("/")[2])
    page = approver.get(f"{run}?outcome=moved").text
    assert "1 / 1" in page
    assert re.search(r'id="cases"', page)
    assert steps(small_town, case_id) == ["training"]
    assert run in author.get("/moves").text
    assert "되돌리기" not in author.get(run).text
    assert send(approver, f"{run}/undo").status_code == 303
    marching.work(small_town.database, small_town.editions, small_town.cipher, lambda: small_town.now, run.rpartition("/")[2])
    assert "되돌림" in approver.get(run).text
    assert steps(small_town, case_id) == ["lesson"]
    assert send(approver, f"{run}/undo").status_code == 409
    with small_town.desk("approver") as desk:
        assert moves.run_of(desk, run.rpartition("/")[2]).state == moves.UNDONE


def test_a_word_neither_edition_knows_ends_the_trial_with_a_sentence(small_town, approver, at):
    small_town.member()
    send(approver, f"{at}/approve")
    assert send(approver, f"{at}/move", intent="plan", **{"map/lifecycle/lesson": "nowhere"}).status_code == 303
    rounds(small_town)
    page = approver.get(f"{at}/move").text
    assert "끝내지 못했습니다" in page
    assert "이대로 옮기기 시작" not in page
