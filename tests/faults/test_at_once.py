"""D04 and D05 against the real server: the same thing asked many times at once is done once, and whoever came too late is told by whom."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from engine.casework import grants, queries, signin
from engine.store.ids import new_id
from engine.store.tables import record, task
from tests.casework.library import LESSON
from tests.web.browsing import fields

MANY = 50
ANSWERED = {"/교육일": ["2024-11-22"], "/문항1": ["2"], "/문항2": ["4"], "/문항3": ["3"]}


def at_once(calls):
    """Run every call in a thread of its own, let go at the same moment; give what came of each."""
    gate = threading.Barrier(len(calls))

    def run(call):
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def records_of(place, task_id):
    return place.count(record, record.c.task_id == task_id)


@pytest.fixture(scope="module")
def clients(place):
    return [place.client(("kim", "lee", "boss", "chief")[number % 4]) for number in range(MANY)]


def test_d04_the_same_key_fifty_times_at_once(place):
    task_id, key = place.lesson_task(), new_id()
    answers = at_once([lambda client=place.client("kim"): client.complete(task_id, LESSON, key) for _ in range(MANY)])
    assert {status for status, _ in answers} == {200}
    assert len({told["record"] for _, told in answers}) == 1
    assert records_of(place, task_id) == 1


def test_d04_fifty_keys_at_once(place, clients):
    """Four people, fifty tabs: one of them saves, each other is told who did."""
    task_id = place.lesson_task()
    answers = at_once([lambda client=client: client.complete(task_id, LESSON, new_id()) for client in clients])
    done = [told for status, told in answers if status == 200]
    late = [told["title"] for status, told in answers if status == 409]
    assert (len(done), len(late)) == (1, MANY - 1)
    assert records_of(place, task_id) == 1
    with place.database.read() as connection:
        by = connection.execute(task.select().where(task.c.id == task_id)).one().closed_by
    name = next(actor.name for actor in place.library.people.values() if actor.person_id == by)
    assert all(name in sentence for sentence in late), late[0]


def browser(place, login):
    """What posts and gets pages in a session of this person."""
    with place.library.desk() as desk:
        secret = signin.open_session(desk, place.library.people[login].person_id, desk.now.replace(year=desk.now.year + 1))

    def ask(method, path, given=None):
        client, headers = place.client(), {"cookie": f"didimdol={secret}"}
        if given is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        return (*client.call(method, path, urlencode(given, doseq=True).encode() if given else None, **headers), client.headers.get("location"))

    return ask


def test_d04_a_form_sent_twice_and_from_two_tabs(place):
    task_id, ask = place.lesson_task(), browser(place, "kim")
    tabs = [fields(ask("GET", f"/tasks/{task_id}")[1], intent="save", **ANSWERED) for _ in range(2)]
    answers = at_once([lambda tab=tab: ask("POST", f"/tasks/{task_id}", tab) for tab in tabs * 8])
    first, second = answers[::2], answers[1::2]
    assert {tuple(status for status, _, _ in tab) for tab in (first, second)} == {(303,) * 8, (409,) * 8}
    assert len({location for status, _, location in answers if status == 303}) == 1
    assert all("Kim" in page for status, page, _ in answers if status == 409)
    assert records_of(place, task_id) == 1


def ask_for_a_change(place):
    """Give a case and its open approval."""
    case_id = place.member()
    place.library.complete("kim", place.library.open_tasks(case_id)["lesson"].id, LESSON)
    place.library.submit("kim", case_id, "keeper_change", {"새담당": "lee"})
    return case_id, place.library.open_tasks(case_id, "boss")["keeper_approval"].id


def decide_again_and_again(place, times):
    boss, chief = place.client("boss"), place.client("chief")
    wins = {"boss": 0, "chief": 0}
    for _ in range(times):
        _, task_id = ask_for_a_change(place)
        approve, give_back = {"결정": "승인"}, {"결정": "반려", "의견": "까닭"}
        answers = dict(
            zip(wins, at_once([lambda: boss.complete(task_id, approve, new_id()), lambda: chief.complete(task_id, give_back, new_id())]), strict=True)
        )
        assert sorted(status for status, _ in answers.values()) == [200, 409], answers
        winner = next(login for login, (status, _) in answers.items() if status == 200)
        loser = next(told for status, told in answers.values() if status == 409)
        assert winner.title() in loser["title"]
        assert records_of(place, task_id) == 1
        wins[winner] += 1
    assert place.troubles() == []
    print(wins)


def test_d05_two_managers_decide_at_once(place):
    decide_again_and_again(place, 30)


@pytest.mark.soak
def test_d05_a_thousand_times(place):
    decide_again_and_again(place, 1000)


def test_d05_a_decision_against_taking_the_request_back(place):
    """The one who asked takes it back while it is decided: one of the two happened, wholly."""
    boss, kim = place.client("boss"), browser(place, "kim")
    for _ in range(10):
        case_id, task_id = ask_for_a_change(place)
        page = kim("GET", f"/cases/{case_id}")[1]
        given = {"_csrf": page.split('name="_csrf" value="')[1].split('"')[0], "reason": "그만"}
        decided, taken = at_once([lambda: boss.complete(task_id, {"결정": "승인"}, new_id()), lambda: kim("POST", f"/tasks/{task_id}/withdraw", given)])
        assert (decided[0], taken[0]) in ((200, 409), (409, 303), (200, 404), (409, 404), (404, 303)), (decided, taken)
        assert records_of(place, task_id) == (decided[0] == 200)
        with place.library.desk("boss") as desk:
            assert task_id not in {row.task_id for row in queries.approvals(desk)}
    assert place.troubles() == []


def test_d05_s26_a_decision_against_a_role_that_ends(place):
    """Either the decision came first, or it is refused; after the role has ended, no request of that person decides anything."""
    kinds = set()
    for number in range(10):
        login = f"deputy{new_id()[-8:].lower()}"
        place.library.hire(login, "가지점", "head")
        deputy = place.client(login)
        _, task_id = ask_for_a_change(place)

        def end_role(login=login):
            with place.library.desk() as desk:
                grants.revoke(desk, login, "head", reason="시험")

        if number == 0:
            end_role()
            decided = deputy.complete(task_id, {"결정": "승인"}, new_id())
            assert decided[0] == 403
        else:
            decided, _ = at_once([lambda: deputy.complete(task_id, {"결정": "승인"}, new_id()), end_role])
        assert decided[0] in (200, 403)
        assert records_of(place, task_id) == (decided[0] == 200)
        kinds.add(decided[0])
    assert place.troubles() == []
    print(kinds)
