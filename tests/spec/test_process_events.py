"""What instances wait for: dates, durations, repetitions, conditions; between steps and at the border of one. Time is the caller's.

Holds D09, D17 (SECURITY.md).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from engine.spec.durations import parse_cycle, parse_duration
from tests.spec.drawings import KST, Walk, at, border, catch, date_timer, end, flow, gate, node, process, start, timer, user, when


def waiting(inner: str) -> Any:
    return process(start(), catch("until", inner), user("a"), end(), flow("begin > until > a > over"))


def test_a_date_timer_fires_on_its_day_not_before() -> None:
    walk = Walk(waiting(date_timer("날짜더하기(태어난날, 15, '년')")), "2024-03-01", 태어난날=date(2009, 3, 20))
    (wait,) = walk.step.waits
    assert (wait.element, wait.due, wait.reads) == ("until", datetime(2024, 3, 20, tzinfo=KST), frozenset({"태어난날"}))
    state = walk.step.state
    assert walk.wake("2024-03-19T23:59").open == []
    assert walk.step.state == state
    assert walk.wake("2024-03-20T00:00").open == ["a"]
    assert walk.trail == ["begin", "begin_until", "until", "until_a"]


def test_a_date_already_past_does_not_wait() -> None:
    assert Walk(waiting(date_timer("날짜(2020, 1, 1)"))).open == ["a"]


def test_a_date_timer_follows_the_facts_and_waits_while_unknown() -> None:
    walk = Walk(waiting(date_timer("끝나는날")))
    assert walk.step.waits[0].due is None
    assert walk.step.incident is None
    assert walk.wake(끝나는날=date(2024, 5, 1)).step.waits[0].due == datetime(2024, 5, 1, tzinfo=KST)
    assert walk.wake(끝나는날=date(2024, 6, 1)).step.waits[0].due == datetime(2024, 6, 1, tzinfo=KST)
    assert walk.wake("2024-05-02").open == []
    assert walk.wake("2024-06-01").open == ["a"]


def test_a_duration_counts_from_the_moment_the_wait_began() -> None:
    walk = Walk(waiting(timer("timeDuration", "P1M")), "2024-01-31T10:00")
    assert walk.step.waits[0].due == datetime(2024, 2, 29, 10, tzinfo=KST)
    assert walk.wake("2024-02-29T09:59").open == []
    assert walk.step.waits[0].due == datetime(2024, 2, 29, 10, tzinfo=KST)
    assert walk.wake("2024-02-29T10:00").open == ["a"]


def test_a_timer_that_was_due_in_a_downtime_fires_once() -> None:
    walk = Walk(waiting(timer("timeDuration", "P1D"))).wake("2029-01-01")
    assert walk.open == ["a"]
    assert walk.wake("2030-01-01").open == ["a"]
    assert walk.trail.count("until") == 1


def test_a_condition_is_looked_at_when_it_is_reached_and_at_every_wake() -> None:
    assert Walk(waiting(when("됨")), 됨=True).open == ["a"]
    walk = Walk(waiting(when("됨 and n > 3")), n=9)
    assert (walk.step.waits[0].condition, walk.step.waits[0].due) == ("됨 and n > 3", None)
    assert walk.wake().open == []
    assert walk.wake(됨=True).open == ["a"]


def test_a_condition_set_by_another_step_is_seen_in_the_same_step() -> None:
    found = process(
        start(), gate("split", kind="parallel"), user("a"), catch("until", when("visits.a > 0")), user("b"), end(), end("other"), flow("begin > split > a > over"),
        flow("split > until > b > other"),
    )  # fmt: skip
    assert Walk(found).do("a").open == ["b"]


def bordered(inner: str, interrupting: bool = True) -> Any:
    return process(
        start(), user("a"), border("edge", "a", inner, interrupting), user("late"), user("after"), end(), end("other"), flow("begin > a > after > over"),
        flow("edge > late > other"),
    )  # fmt: skip


def test_an_interrupting_border_takes_the_task_away() -> None:
    walk = Walk(bordered(date_timer("날짜(2024, 4, 1)")))
    assert (walk.open, walk.waits) == (["a"], ["edge"])
    walk.wake("2024-04-01")
    assert (walk.open, walk.waits) == (["late"], [])
    assert "a" not in walk.step.passed
    assert walk.do("late").step.done


def test_a_border_is_over_with_its_task() -> None:
    walk = Walk(bordered(date_timer("날짜(2024, 4, 1)"))).do("a")
    assert (walk.open, walk.waits) == (["after"], [])
    assert walk.wake("2024-05-01").open == ["after"]


def test_a_conditional_border_fires_when_facts_change() -> None:
    walk = Walk(bordered(when("닫힘")))
    assert walk.wake().open == ["a"]
    assert walk.wake(닫힘=True).open == ["late"]
    assert walk.trail == ["begin", "begin_a", "edge", "edge_late"]


def test_a_border_that_holds_at_once_interrupts_at_once() -> None:
    assert Walk(bordered(when("닫힘")), 닫힘=True).open == ["late"]


def test_a_border_that_does_not_interrupt_adds_a_task() -> None:
    walk = Walk(bordered(date_timer("날짜(2024, 4, 1)"), interrupting=False)).wake("2024-04-02")
    assert walk.open == ["a", "late"]
    assert walk.do("late").open == ["a"]
    assert walk.wake().open == ["a"]
    assert walk.do("a").open == ["after"]
    assert walk.do("after").step.done
    other = Walk(bordered(when("닫힘"), interrupting=False)).wake(닫힘=True)
    assert other.do("a").open == ["late", "after"]
    assert not other.do("after").step.done
    assert other.do("late").step.done


def test_a_repeating_border_begins_its_way_each_turn_and_catches_up() -> None:
    walk = Walk(bordered(timer("timeCycle", "R3/P1M"), interrupting=False), "2024-01-31")
    assert walk.step.waits[0].due == at("2024-02-29")
    assert walk.wake("2024-02-29").open == ["a", "late"]
    assert walk.step.waits[0].due == at("2024-03-31")
    assert walk.do("late").open == ["a"]
    walk.wake("2024-06-15")
    assert walk.open == ["a", "late", "late"]
    assert walk.step.passed["edge"] == 3
    assert walk.do("late").do("late").open == ["a"]
    assert walk.wake("2025-06-15").open == ["a"]
    assert walk.do("a").do("after").step.done


INNER = (
    start("in_begin") + user("one") + catch("pause", date_timer("날짜(2024, 6, 1)")) + user("two") + end("in_over") + flow("in_begin > one > pause > two > in_over")
)


def guided() -> Any:
    return process(
        start(), node("subProcess", "care", INNER), border("closed", "care", when("종결됨")), user("after"), end(), end("ended"), flow("begin > care > after > over"),
        flow("closed > ended"),
    )  # fmt: skip


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_border_of_a_sub_process_ends_it_from_anywhere(steps: int) -> None:
    walk = Walk(guided())
    if steps > 0:
        walk.do("one")
    if steps > 1:
        walk.wake("2024-06-01")
    assert walk.open + walk.waits == [["one", "closed"], ["pause", "closed"], ["two", "closed"]][steps]
    walk.wake(종결됨=True)
    assert walk.step.done
    assert walk.trail[-3:] == ["closed", "closed_ended", "ended"]


def test_the_step_that_closes_a_case_ends_its_way_at_once() -> None:
    assert Walk(guided()).do("one", 종결됨=True).step.done
    walk = Walk(guided()).do("one").wake("2024-06-01").do("two", 종결됨=True)
    assert walk.open == ["after"]  # the sub-process had ended by itself


def test_outer_events_come_before_inner_ones() -> None:
    walk = Walk(guided()).do("one").wake("2024-07-01", 종결됨=True)
    assert walk.step.done
    assert "pause" not in walk.step.passed


def test_a_loop_through_waits_keeps_its_state_small() -> None:
    found = process(
        start(), user("assess"), border("edge", "assess", when("없음")), catch("year", date_timer("날짜(연도(마지막) + 1, 1, 1)")), gate("again", "n"), end(), end("other"),
        flow("begin > assess > year > again"), flow("again > assess", "visits.assess < 12"), flow("again > over", "", "n"), flow("edge > other"),
    )  # fmt: skip
    walk = Walk(found, "2010-06-01", 마지막=date(2010, 6, 1))
    sizes = []
    for year in range(2010, 2021):
        walk.do("assess", 마지막=date(year, 6, 1))
        assert walk.step.waits[0].due == datetime(year + 1, 1, 1, tzinfo=KST)
        walk.wake(f"{year + 1}-01-01")
        assert walk.open == ["assess"]
        sizes.append(len(walk.step.state))
    assert sizes[-1] <= sizes[1] + 12


@pytest.mark.parametrize("text", ["", "P", "PT", "P1", "1D", "P-1D", "P1.5D", "PT1H1D", "P200Y", "P99999999999D", "p1d "])
def test_durations_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        parse_duration(text)


def test_durations_follow_the_calendar() -> None:
    assert parse_duration("P1Y2M10DT2H30M").after(at("2023-12-31")) == at("2025-03-10T11:30")
    assert parse_duration("P1M").after(at("2024-01-31"), 2) == at("2024-03-31")
    assert parse_duration("PT59S").too_short
    assert not parse_duration("PT1M").too_short
    assert parse_cycle("R3/P1M").times == 3
    assert parse_cycle("R/P1M").times is None
    for text in ("R3", "3/P1M", "R3/2024-01-01/P1M"):
        with pytest.raises(ValueError):
            parse_cycle(text)
