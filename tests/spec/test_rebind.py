"""Instances moved from one drawing to another: what stays open stays open under its key, and what follows is what would have followed in the new drawing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Broken
from tests.spec.drawings import at, border, catch, end, flow, gate, node, process, start, timer, user, when

FACTS = {"record": {"x": {"count": 0}}}
NOW = at("2024-03-01")


def moved(old, new, state, **steps):
    rebound = new.take_over(old, state, steps)
    assert rebound.obstacles == (), rebound.obstacles
    return rebound, new.go_on(rebound, FACTS, NOW)


def blocked(old, new, state, **steps):
    return [(each.element, each.kind) for each in new.take_over(old, state, steps).obstacles]


def opened(step):
    return {task.key: task.element for task in step.open}


def done(drawn, step, *elements):
    for element in elements:
        key = next(task.key for task in step.open if task.element == element)
        step = drawn.complete(step.state, key, FACTS, NOW)
    return step


def line(*names, before="", after=""):
    return process(start(), *(user(name) for name in names), end(), flow(" > ".join(("begin", *names, "over"))), before, after)


def test_what_did_not_change_is_not_touched():
    old = line("a", "b")
    state = old.begin(FACTS, NOW).state
    rebound, step = moved(old, line("a", "b", "c"), state)
    assert rebound.same
    assert step.state == state


def test_a_renamed_step_keeps_its_key_and_its_visits():
    old, new = line("a", "b"), line("x", "y")
    step = done(old, old.begin(FACTS, NOW), "a")
    assert blocked(old, new, step.state) == [("b", "gone")]
    _, after = moved(old, new, step.state, a="x", b="y")
    assert opened(after) == {next(iter(opened(step))): "y"}
    assert after.passed["x"] == 1
    back, before = moved(new, old, after.state, x="a", y="b")
    assert before.state == step.state
    assert not back.same


def test_a_step_may_be_closed_or_left():
    old, new = line("a", "b"), line("b")
    step = old.begin(FACTS, NOW)
    rebound = new.take_over(old, step.state, {"a": "close"})
    assert (rebound.ended, rebound.gone, rebound.obstacles) == (True, ("2",), ())
    assert blocked(old, new, step.state, a="stay") == [("a", "stay")]
    assert blocked(old, new, step.state, a="nowhere") == [("a", "target")]
    assert blocked(old, new, step.state, a="begin") == [("a", "target")]


def test_a_task_may_go_on_at_another_kind_of_step():
    old = line("a")
    new = process(start(), catch("wait", timer("timeDuration", "P2D")), user("b"), end(), flow("begin > wait > b > over"))
    rebound, step = moved(old, new, old.begin(FACTS, NOW).state, a="wait")
    assert rebound.gone == ("2",)
    assert [wait.due for wait in step.waits] == [NOW + timedelta(days=2)]
    through = process(start(), gate("which", "no"), user("b"), user("c"), end(), end("o2"), flow("begin > which"), flow("which > b", "record.x.count > 0"), flow("which > c", ident="no"), flow("b > over"), flow("c > o2"))
    assert list(opened(moved(old, through, old.begin(FACTS, NOW).state, a="which")[1]).values()) == ["c"]
    guarded = process(start(), user("a1"), border("late", "a1", timer("timeDuration", "P1D")), end("o2"), flow("late > o2"), catch("wait", timer("timeDuration", "P2D")), end(), flow("begin > wait > a1 > over"))
    waiting = moved(old, guarded, old.begin(FACTS, NOW).state, a="wait")[1]
    assert opened(moved(guarded, guarded, waiting.state, wait="a1")[1])  # a fresh task with what hangs on it
    assert [wait.element for wait in moved(guarded, guarded, waiting.state, wait="a1")[1].waits] == ["late"]


def test_events_at_the_border_follow_the_new_drawing():
    plain = line("a")
    late = border("late", "a", timer("timeDuration", "P3D"))
    timed = process(start(), user("a"), late, end(), end("o2"), flow("begin > a > over"), flow("late > o2"))
    begun = plain.begin(FACTS, NOW)
    _, step = moved(plain, timed, begun.state)
    assert [(wait.element, wait.due) for wait in step.waits] == [("late", NOW + timedelta(days=3))]
    assert opened(step) == opened(begun)
    fired = timed.wake(step.state, FACTS, NOW + timedelta(days=4))
    assert fired.done
    _, back = moved(timed, plain, step.state)
    assert opened(back) == opened(begun)
    assert done(plain, back, "a").done


def test_a_wait_of_another_length_counts_from_when_it_began():
    drawn = [process(start(), catch("wait", timer("timeDuration", length)), end(), flow("begin > wait > over")) for length in ("P3D", "P1M")]
    begun = drawn[0].begin(FACTS, NOW)
    rebound = drawn[1].take_over(drawn[0], begun.state, {})
    (wait,) = drawn[1].go_on(rebound, FACTS, NOW + timedelta(days=1)).waits
    assert wait.due == at("2024-04-01")


def test_a_reminder_that_rang_keeps_its_way():
    rings = border("ring", "a", timer("timeDuration", "P1D"), interrupting=False)
    parts = (start(), user("a"), rings, user("call"), end(), end("o2"), flow("begin > a > over"), flow("ring > call > o2"))
    old = process(*parts)
    step = old.wake(old.begin(FACTS, NOW).state, FACTS, NOW + timedelta(days=2))
    assert sorted(opened(step).values()) == ["a", "call"]
    silent = process(start(), user("a"), user("call"), gate("which", "d"), end(), end("o2"), flow("begin > which"), flow("which > a", ident="d"), flow("which > call", "record.x.count > 3"), flow("a > over"), flow("call > o2"))
    _, after = moved(old, silent, step.state)
    assert opened(after) == opened(step)
    assert done(silent, after, "a", "call").done
    again = moved(old, old, step.state)[1]
    assert done(old, again, "call", "a").done


def nest(*inner, name="sub", after=""):
    return node("subProcess", name, start("sb") + "".join(user(each) for each in inner) + end("se") + flow(" > ".join(("sb", *inner, "se")))) + after


def test_steps_go_into_and_out_of_a_sub_process():
    flat = line("a", "b")
    stop = border("stop", "sub", when("record.x.count > 0")) + end("o2") + flow("stop > o2")
    nested = process(start(), nest("a", "b", after=stop), end(), flow("begin > sub > over"))
    begun = flat.begin(FACTS, NOW)
    _, step = moved(flat, nested, begun.state)
    assert opened(step) == opened(begun)
    assert [wait.element for wait in step.waits] == ["stop"]
    assert nested.wake(step.state, {"record": {"x": {"count": 1}}}, NOW).done
    assert done(nested, step, "a", "b").done
    _, back = moved(nested, flat, step.state)
    assert opened(back) == opened(begun)
    assert done(flat, back, "a", "b").done
    renamed = process(start(), nest("a", "b", name="room"), end(), flow("begin > room > over"))
    _, there = moved(nested, renamed, step.state, sub="room")
    assert opened(there) == opened(begun)
    assert done(renamed, there, "a", "b").done


FORK = (start(), gate("fork", kind="parallel"), user("a"), user("b"), user("c"), end(), flow("begin > fork > a"), flow("fork > b"))


def test_branches_meet_where_they_met():
    def drawn(join):
        return process(*FORK, gate(join, kind="parallel"), flow(f"a > {join} > c > over"), flow(f"b > {join}"))

    old, new = drawn("meet"), drawn("gather")
    step = done(old, old.begin(FACTS, NOW), "a")
    assert ("meet", "join") in blocked(old, new, step.state)
    _, after = moved(old, new, step.state, meet="gather")
    assert list(opened(done(new, after, "b")).values()) == ["c"]
    guarded = process(*FORK, gate("meet", kind="parallel"), border("late", "a", timer("timeDuration", "P1D")), end("o2"), flow("late > o2"), flow("a > meet > c > over"), flow("b > meet"))
    _, there = moved(old, guarded, step.state)
    assert list(opened(done(guarded, there, "b")).values()) == ["c"]


def test_what_would_wait_for_ever_or_be_done_twice_is_a_reason_not_to_move():
    fork = process(*FORK, gate("meet", kind="parallel"), flow("a > meet > c > over"), flow("b > meet"))
    sequence = line("a", "b", "c")
    begun, part = fork.begin(FACTS, NOW), done(fork, fork.begin(FACTS, NOW), "a")
    assert ("a", "twice") in blocked(fork, sequence, begun.state)
    assert blocked(fork, sequence, part.state)[0] == ("meet", "join")
    assert blocked(sequence, fork, sequence.begin(FACTS, NOW).state) == [("meet", "join")]
    assert blocked(sequence, fork, done(sequence, sequence.begin(FACTS, NOW), "a", "b").state) == []
    assert ("meet", "join") in blocked(fork, fork, begun.state, a="close")


def test_a_state_that_is_none_of_ours_is_refused():
    old = line("a")
    for state in (b"", b"{}", b"not"):
        with pytest.raises(Broken):
            old.take_over(old, state, {})


# -- any drawing, moved at any moment


@dataclass
class Drawn:
    """One block of a drawing: what is written for it, its first and its last step."""

    text: str
    first: str
    last: str


class Blocks:
    """Draws block-structured processes; every id begins with `mark`, so that two drawings differ in all of them."""

    def __init__(self, draw):
        self.draw, self.count = draw, 0

    def name(self, kind):
        self.count += 1
        return f"@{kind}{self.count}"

    def block(self, depth):
        kinds = ["task", "task", "wait"] + (["sequence", "fork", "choice", "sub"] if depth else [])
        return getattr(self, self.draw(st.sampled_from(kinds)))(depth - 1)

    def task(self, _depth):
        name = self.name("t")
        bound = self.draw(st.sampled_from(["", "", "cut", "ring"]))
        text = user(name)
        if not bound:
            return Drawn(text, name, name)
        other, over = self.name(bound), self.name("e")
        text += border(other, name, timer("timeDuration", "P3D"), interrupting=bound == "cut")
        if bound == "ring":
            call = self.name("t")
            return Drawn(text + user(call) + end(over) + flow(f"{other} > {call} > {over}"), name, name)
        return Drawn(text + gate(over) + flow(f"{name} > {over}") + flow(f"{other} > {over}"), name, over)

    def wait(self, _depth):
        name = self.name("w")
        return Drawn(catch(name, timer("timeDuration", "P2D")), name, name)

    def sequence(self, depth):
        parts = [self.block(depth) for _ in range(self.draw(st.integers(2, 3)))]
        text = "".join(part.text for part in parts) + "".join(flow(f"{one.last} > {two.first}") for one, two in pairwise(parts))
        return Drawn(text, parts[0].first, parts[-1].last)

    def fork(self, depth):
        fork, join = self.name("f"), self.name("j")
        parts = [self.block(depth) for _ in range(2)]
        text = gate(fork, kind="parallel") + "".join(part.text for part in parts) + gate(join, kind="parallel")
        return Drawn(text + "".join(flow(f"{fork} > {part.first}") + flow(f"{part.last} > {join}") for part in parts), fork, join)

    def choice(self, depth):
        which, merge = self.name("x"), self.name("m")
        one, two = self.block(depth), self.block(depth)
        default = f"{which}_{two.first}"
        text = gate(which, default) + one.text + two.text + gate(merge)
        text += flow(f"{which} > {one.first}", self.draw(st.sampled_from(["record.x.count > 0", "record.x.count == 0"]))) + flow(f"{which} > {two.first}")
        return Drawn(text + flow(f"{one.last} > {merge}") + flow(f"{two.last} > {merge}"), which, merge)

    def sub(self, depth):
        name, inside = self.name("s"), self.block(depth)
        first, last = self.name("b"), self.name("e")
        return Drawn(node("subProcess", name, start(first) + inside.text + end(last) + flow(f"{first} > {inside.first}") + flow(f"{inside.last} > {last}")), name, name)


@st.composite
def drawings(draw):
    return Blocks(draw).block(3)


def built(block, mark):
    return process(start(), block.text.replace("@", mark), end(), flow(f"begin > {block.first}".replace("@", mark)), flow(f"{block.last} > over".replace("@", mark)))


def played(drawn, step, act, now):
    """Do one thing: finish the task at a place, or let days pass."""
    if act < 8 and step.open:
        return drawn.complete(step.state, step.open[act % len(step.open)].key, FACTS, now)
    return drawn.wake(step.state, FACTS, now)


def seen(step, mark):
    return (
        [task.element.replace(mark, "@", 1) for task in step.open], [(wait.element.replace(mark, "@", 1), wait.due) for wait in step.waits], step.done, step.incident,
        {name.replace(mark, "@"): times for name, times in step.passed.items()},
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawings(), st.lists(st.integers(0, 9), max_size=14), st.integers(0, 14))
def test_a_moved_instance_goes_on_as_one_that_began_there(block, acts, moment):
    old, new = built(block, "A"), built(block, "B")
    steps = {name: name.replace("A", "B") for name in (*old.elements, *old.flows)}
    now, first, second = NOW, old.begin(FACTS, NOW), new.begin(FACTS, NOW)
    here, mark = old, "A"
    for number, act in enumerate([*acts, None]):
        if number == min(moment, len(acts)) and not first.done:
            keys = [task.key for task in first.open]
            rebound = new.take_over(old, first.state, steps)
            assert rebound.obstacles == ()
            first = new.go_on(rebound, FACTS, now)
            assert [task.key for task in first.open] == keys
            here, mark = new, "B"
        assert seen(first, mark) == seen(second, "B")
        if act is None or first.done:
            break
        now += timedelta(days=2 if act == 9 else 0, hours=1)
        first, second = played(here, first, act, now), played(new, second, act, now)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawings(), drawings(), st.lists(st.integers(0, 9), max_size=10))
def test_whatever_moves_can_be_brought_to_an_end(one, two, acts):
    """Two unrelated drawings that share some names: either there is a reason not to move, or nothing gets lost or stuck."""
    old, new, now = built(one, "A"), built(two, "A"), NOW
    step = old.begin(FACTS, now)
    for act in acts:
        now += timedelta(days=2 if act == 9 else 0, hours=1)
        if step.done:
            return
        step = played(old, step, act, now)
    if step.done:
        return
    rebound = new.take_over(old, step.state, {})
    if rebound.obstacles:
        return
    before = {task.key for task in step.open}
    step = new.go_on(rebound, FACTS, now)
    assert before <= {task.key for task in step.open} | set(rebound.gone) or step.trail
    for _ in range(80):
        assert step.incident is None
        if step.done:
            break
        now += timedelta(days=4)
        step = new.complete(step.state, step.open[0].key, FACTS, now) if step.open else new.wake(step.state, FACTS, now)
    assert step.done
    assert json.loads(rebound.state)["v"] == "1.5"
