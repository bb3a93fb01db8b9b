"""How instances move: gateways, loops, sub-processes, calls, rules, ends; and that storing them changes nothing and never grows.

Holds D06, D17, I6 (SECURITY.md).
"""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import AlreadyDone
from engine.spec.expression import compile_fx
from engine.spec.spiff_environment import MAX_DEPTH, FxEnvironment, Run
from engine.spec.spiff_step import Stepping
from tests.spec.drawings import Walk, at, border, bpmn, catch, date_timer, end, flow, gate, node, process, processes, start, user, when

CHOICE = (start(), user("ask"), gate("which", "which_no"), user("yes"), user("no"), end(), flow("begin > ask > which"), flow("which > yes", "답 == '예'"))


def test_a_gateway_takes_the_first_flow_that_holds_else_the_default() -> None:
    found = process(*CHOICE, flow("which > no"), flow("yes > over"), flow("no > over"))
    assert Walk(found).do("ask", 답="예").open == ["yes"]
    walk = Walk(found).do("ask", 답="아니요")
    assert walk.open == ["no"]
    assert walk.trail == ["begin", "begin_ask", "ask", "ask_which", "which", "which_no"]
    assert walk.do("no").step.done


def test_two_flows_to_one_step_are_told_apart() -> None:
    found = process(
        start(), gate("which", "c"), user("write"), end(), flow("begin > which"), flow("which > write", "n == 1", "a"), flow("which > write", "n == 2", "b"),
        flow("which > write", "", "c"), flow("write > over"),
    )  # fmt: skip
    for number, taken in ((1, "a"), (2, "b"), (3, "c")):
        assert taken in Walk(found, n=number).trail


def loop(rounds: int) -> Any:
    return process(
        start(), user("write"), user("check"), gate("again", "enough"), end(), flow("begin > write > check > again"),
        flow("again > write", f"visits.write < {rounds} and not 됐음", "back"), flow("again > over", "", "enough"),
    )  # fmt: skip


def test_a_loop_is_bounded_by_its_visits() -> None:
    walk = Walk(loop(3))
    for _ in range(3):
        assert walk.open == ["write"]
        walk.do("write").do("check")
    assert walk.step.done
    assert walk.step.passed["write"] == 3
    assert walk.trail.count("back") == 2


def test_state_does_not_grow_with_the_turns_of_a_loop() -> None:
    walk = Walk(loop(30))
    sizes = []
    for _ in range(29):
        walk.do("write")
        sizes.append(len(walk.step.state))
        walk.do("check")
    assert max(sizes[10:]) <= sizes[9] + 4  # counters grow by digits only
    assert walk.open == ["write"]
    assert walk.do("write").do("check").step.done


def test_every_branch_of_a_parallel_split_is_open_and_joined_once() -> None:
    found = process(
        start(), gate("split", kind="parallel"), user("a"), user("b"), user("c"), gate("join", kind="parallel"), user("last"), end(),
        flow("begin > split > a > join > last > over"), flow("split > b > join"), flow("split > c > join"),
    )  # fmt: skip
    for order in ("abc", "cab", "bca"):
        walk = Walk(found)
        assert walk.open == ["a", "b", "c"]
        for each in order[:-1]:
            walk.do(each)
            assert "last" not in walk.open
        walk.do(order[-1])
        assert walk.open == ["last"]
        assert walk.trail.count("join") == 1
        assert walk.do("last").step.done


def test_nested_splits_that_meet_in_one_join_survive_storing() -> None:
    found = process(
        start(), gate("one", kind="parallel"), user("a"), gate("two", kind="parallel"), user("b"), user("c"), user("d"), gate("join", kind="parallel"), end(),
        flow("begin > one > a > join > over"), flow("one > two > b > join"), flow("two > c > d > join"),
    )  # fmt: skip
    walk = Walk(found).do("a").do("b").do("c")
    assert walk.open == ["d"]
    assert walk.do("d").step.done


@pytest.mark.parametrize(("chosen", "opened"), [("ab", ["a", "b"]), ("b", ["b"]), ("", ["c"])])
def test_an_inclusive_split_opens_what_holds_and_joins_it(chosen: str, opened: list[str]) -> None:
    found = process(
        start(), gate("split", "split_c", "inclusive"), user("a"), user("b"), user("c"), gate("join", kind="inclusive"), user("last"), end(), flow("begin > split"),
        flow("split > a", "포함(고름, 'a')"), flow("split > b", "포함(고름, 'b')"), flow("split > c"), flow("a > join"), flow("b > join"), flow("c > join"),
        flow("join > last > over"),
    )  # fmt: skip
    walk = Walk(found, 고름=chosen)
    assert walk.open == opened
    for each in opened:
        assert "last" not in walk.open
        walk.do(each)
    assert walk.open == ["last"]
    assert walk.do("last").step.done


INNER = start("in_begin") + user("inside") + end("in_over") + flow("in_begin > inside > in_over")


def test_an_embedded_sub_process_runs_and_returns() -> None:
    found = process(start(), node("subProcess", "inner", INNER, name="안"), user("after"), end(), flow("begin > inner > after > over"))
    walk = Walk(found)
    assert walk.open == ["inside"]
    walk.do("inside")
    assert walk.open == ["after"]
    assert walk.trail == [
        "begin", "begin_inner", "in_begin", "in_begin_inside", "inside", "inside_in_over", "in_over", "inner", "inner_after",
    ]  # fmt: skip
    assert walk.do("after").step.done


def test_sub_processes_nest() -> None:
    deep = start("m_begin") + node("subProcess", "inner", INNER) + end("m_over") + flow("m_begin > inner > m_over")
    walk = Walk(process(start(), node("subProcess", "middle", deep), end(), flow("begin > middle > over")))
    assert walk.open == ["inside"]
    assert walk.do("inside").step.done
    assert walk.trail[-6:] == ["inner", "inner_m_over", "m_over", "middle", "middle_over", "over"]


def test_a_called_process_runs_inside_its_caller() -> None:
    called = bpmn(start("q_begin"), user("inside"), end("q_over"), flow("q_begin > inside > q_over"), ident="q", lanes="")
    caller = bpmn(start(), node("callActivity", "call", calledElement="q"), user("after"), end(), flow("begin > call > after > over"))
    found = processes(caller, called)
    assert set(found["p"].tasks) == {"inside", "after"}
    walk = Walk(found["p"])
    assert walk.open == ["inside"]
    assert walk.do("inside").open == ["after"]
    assert walk.do("after").step.done
    assert Walk(found["q"]).open == ["inside"]


def test_two_calls_of_one_process_are_two() -> None:
    called = bpmn(start("q_begin"), user("inside"), end("q_over"), flow("q_begin > inside > q_over"), ident="q", lanes="")
    caller = bpmn(
        start(), gate("split", kind="parallel"), node("callActivity", "one", calledElement="q"), node("callActivity", "two", calledElement="q"),
        gate("join", kind="parallel"), end(), flow("begin > split > one > join > over"), flow("split > two > join"),
    )  # fmt: skip
    walk = Walk(processes(caller, called)["p"])
    assert walk.open == ["inside", "inside"]
    assert walk.do("inside").open == ["inside"]
    assert walk.do("inside").step.done


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="size" name="크기"><decisionTable hitPolicy="FIRST">
<input><inputExpression><text>n</text></inputExpression></input><output name="word"/><output name="day"/>
<rule id="r1"><inputEntry><text>&lt; 10</text></inputEntry><outputEntry><text>"작음"</text></outputEntry><outputEntry><text>날짜(2024, 1, 1)</text></outputEntry></rule>
<rule id="r2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"큼"</text></outputEntry><outputEntry><text>1.5</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()


def test_a_rule_task_keeps_its_result_for_the_instance() -> None:
    rule = node("businessRuleTask", "decide", '<extensionElements><s:calledDecisionId>size</s:calledDecisionId></extensionElements>', name="크기 정하기")
    file = bpmn(
        start(), rule, user("write"), gate("which", "which_big"), user("small"), user("big"), end(), flow("begin > decide > write > which"),
        flow("which > small", "decision.size.word == '작음' and decision.size.day < 날짜(2024, 6, 1)"), flow("which > big"), flow("small > over"), flow("big > over"),
    )  # fmt: skip
    found = processes(file, workflows__decisions__size_dmn=TABLE)["p"]
    walk = Walk(found, n=3)
    assert walk.do("write", n=99).open == ["small"]  # what was decided then holds
    assert Walk(found, n=30).do("write").open == ["big"]
    assert Walk(found, n=30).step.facts["decision"]["size"]["word"] == "큼"


def test_a_manual_task_is_passed_by() -> None:
    walk = Walk(process(start(), node("manualTask", "call", name="전화"), user("write"), end(), flow("begin > call > write > over")))
    assert walk.open == ["write"]
    assert "call" in walk.trail


def test_a_terminate_end_ends_everything() -> None:
    found = process(
        start(), gate("split", kind="parallel"), user("a"), user("b"), end("stop", "<terminateEventDefinition/>"), end(), flow("begin > split > a > stop"),
        flow("split > b > over"),
    )  # fmt: skip
    assert Walk(found).do("a").step.done
    walk = Walk(found).do("b")
    assert walk.open == ["a"]
    assert walk.do("a").step.done


def test_message_marks_on_start_and_end_are_only_marks() -> None:
    found = process(start(inner="<messageEventDefinition/>"), user("a"), end(inner="<messageEventDefinition/>"), flow("begin > a > over"))
    assert Walk(found).do("a").step.done


def test_nothing_open_and_nothing_awaited_is_an_incident_that_a_later_look_repairs() -> None:
    found = process(start(), user("ask"), gate("which", "n"), user("yes"), end(), flow("begin > ask > which"), flow("which > yes", "예 == 1"), flow("which > over", "", "n"), flow("yes > over"))
    walk = Walk(found)
    gateway = found.specs.top.task_specs["which"]
    gateway.default_task_spec, kept = None, gateway.default_task_spec  # as an edition with a hole would have it
    walk.do("ask")
    assert walk.step.incident == "'which' 단계에서 멈추었습니다. 조건과 기본 흐름을 확인하세요."
    assert not walk.step.done
    assert walk.open == []
    assert walk.trail == ["begin", "begin_ask", "ask", "ask_which"]
    assert walk.wake().step.incident is not None
    walk.wake(예=1)
    assert walk.step.incident is None
    assert walk.open == ["yes"]
    gateway.default_task_spec = kept


def test_facts_never_enter_the_state() -> None:
    found = process(*CHOICE, flow("which > no"), flow("yes > over"), flow("no > over"))
    walk = Walk(found, case={"이름": "홍길동", "주민등록번호": "990101-1234567"}).do("ask", 답="예")
    assert "홍길동" not in walk.step.state.decode()
    assert "990101" not in walk.step.state.decode()


def test_a_key_is_good_once() -> None:
    found = process(start(), user("a"), user("b"), end(), flow("begin > a > b > over"))
    first = found.begin({}, at("2024-01-01"))
    second = found.complete(first.state, first.open[0].key, {}, at("2024-01-01"))
    assert second.open[0].key != first.open[0].key
    with pytest.raises(AlreadyDone):
        found.complete(second.state, first.open[0].key, {}, at("2024-01-01"))


def test_position_says_where_an_instance_stands() -> None:
    found = process(start(), user("a"), user("b"), end(), flow("begin > a > b > over"), border("late", "b", date_timer("날짜(2030, 1, 1)")), end("gave_up"), flow("late > gave_up"))
    walk = Walk(found).do("a")
    here, passed, counts = found.position(walk.step.state)
    assert here == {"b", "late"}
    assert passed == {"begin", "begin_a", "a", "a_b"}
    assert counts["a"] == 1
    assert found.position(b"") == (frozenset(), frozenset(), {})


def test_visits_of_a_step_never_passed_are_zero() -> None:
    found = process(start(), gate("which", "n"), user("a"), user("b"), end(), flow("begin > which"), flow("which > a", "visits.a == 0"), flow("which > b", "", "n"), flow("a > over"), flow("b > over"))
    assert Walk(found).open == ["a"]


def test_walks_of_the_tree_see_deep_trees() -> None:
    from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
    from SpiffWorkflow.util.task import TaskIterator

    for iterator in (TaskIterator, BpmnTaskIterator):
        assert MAX_DEPTH in iterator.__init__.__defaults__
        assert 1000 not in iterator.__init__.__defaults__


@pytest.mark.parametrize("text", ["1 + 1", "__import__('os').system('id')", "().__class__"])
def test_s39_the_environment_knows_only_what_was_compiled(text: str) -> None:
    from engine.errors import Broken

    environment = FxEnvironment({}, Run({}, at("2024-01-01"), {}, {}))
    for call in (lambda: environment.evaluate(text, {}), lambda: environment.execute(text, {}), lambda: environment.call_service({}, operation="x")):
        with pytest.raises(Broken):
            call()


def test_what_only_facts_say_is_worked_out_once_a_step() -> None:
    asked: list[str] = []

    class Facts(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            asked.append(name)
            return super().get(name, default)

    counts = {"a": 1}
    run, fact, own = Run(Facts(됨=True), at("2024-01-01"), counts, {}), compile_fx("됨"), compile_fx("visits.a + visits.b")
    assert [run.evaluate(fact), run.evaluate(fact), run.evaluate(own)] == [True, True, 1]
    counts["a"] = 2
    assert run.evaluate(own) == 2
    assert asked == ["됨"]


def test_an_instance_goes_the_way_another_went_where_all_it_asks_is_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked decides: conditions by whether they hold, dates by whether they have come. The dates still waited for are each instance's own."""
    found = process(
        start(), user("a"), border("late", "a", date_timer("기한"), False), gate("which", "n"), user("b"), catch("until", date_timer("마감")), end(), end("out"),
        flow("begin > a > which"), flow("which > b", "수 > 3"), flow("which > until", "", "n"), flow("b > over"), flow("until > over"), flow("late > out"),
    )  # fmt: skip
    built: list[bytes] = []
    restore = Stepping.restore
    monkeypatch.setattr(Stepping, "restore", lambda each: built.append(each.state) or restore(each))
    def walk(**facts: Any) -> Walk:
        return Walk(found, **{"기한": at("2024-06-01"), "마감": at("2025-01-01"), **facts}).do("a")

    first, second, third, fourth = walk(수=1), walk(수=2, 마감=at("2026-01-01")), walk(수=9), walk(수=2, 마감=at("2024-01-01"))
    assert [wait.due for each in (first, second) for wait in each.step.waits] == [at("2025-01-01"), at("2026-01-01")]
    assert (first.waits, second.waits, third.open, fourth.step.done) == (["until"], ["until"], ["b"], True)
    assert len(built) == 3  # the second went the way of the first


def test_a_wait_and_a_task_in_two_branches_end_apart() -> None:
    found = process(
        start(), gate("split", kind="parallel"), user("a"), catch("until", when("됨")), user("b"), end(), end("other"), flow("begin > split > a > over"),
        flow("split > until > b > other"),
    )  # fmt: skip
    walk = Walk(found).do("a")
    assert walk.open == []
    assert walk.waits == ["until"]
    assert walk.step.incident is None
    assert walk.wake(됨=True).open == ["b"]
    assert walk.do("b").step.done


def rounds(kind: str) -> Any:
    conditions = ("고름a", "고름b") if kind == "inclusive" else ("", "")
    return process(
        start(), gate("again"), gate("split", "split_c" if kind == "inclusive" else "", kind), user("a"), user("b"), user("c"), gate("join", kind=kind),
        gate("turn", "turn_over"), end(), flow("begin > again > split"), flow("split > a", conditions[0]), flow("split > b", conditions[1]), flow("split > c"),
        flow("a > join"), flow("b > join"), flow("c > join"), flow("join > turn > over"), flow("turn > again", "visits.turn < 3"),
    )  # fmt: skip


def test_a_parallel_join_counts_each_round_of_a_loop_anew() -> None:
    walk = Walk(rounds("parallel"))
    for number in (1, 2, 3):
        assert walk.open == ["a", "b", "c"]
        for each in ("c", "a", "b") if number == 2 else ("a", "b", "c"):
            assert walk.step.passed.get("join", 0) == number - 1
            walk.do(each)
        assert walk.step.passed["join"] == number
    assert walk.step.done


def test_an_inclusive_join_counts_each_round_of_a_loop_anew() -> None:
    walk = Walk(rounds("inclusive"), 고름a=True, 고름b=True)
    walk.do("a").do("b", 고름b=False)
    assert walk.open == ["a"]
    walk.do("a", 고름a=False)
    assert walk.open == ["c"]
    assert walk.do("c").step.done


def test_a_loop_with_a_join_inside_a_branch_of_another_join() -> None:
    found = process(
        start(), gate("outer", kind="parallel"), user("x"), gate("again"), gate("inner", kind="parallel"), user("a"), user("b"), gate("meet", kind="parallel"),
        gate("turn", "turn_all"), gate("all", kind="parallel"), end(), flow("begin > outer > x > all > over"), flow("outer > again > inner > a > meet > turn > all"),
        flow("inner > b > meet"), flow("turn > again", "visits.turn < 3"),
    )  # fmt: skip
    walk = Walk(found).do("x")
    for _ in range(3):
        assert walk.open == ["a", "b"]
        walk.do("b")
        assert walk.open == ["a"]
        walk.do("a")
    assert walk.step.done
    assert walk.trail.count("all") == 1


def test_an_inclusive_join_waits_for_a_sub_process_under_way() -> None:
    found = process(
        start(), gate("split", "split_a", "inclusive"), user("a"), node("subProcess", "inner", INNER), gate("join", kind="inclusive"), user("last"), end(),
        flow("begin > split"), flow("split > a"), flow("split > inner", "고름"), flow("a > join"), flow("inner > join"), flow("join > last > over"),
    )  # fmt: skip
    assert Walk(found).do("a").open == ["last"]
    both = process(
        start(), gate("split", kind="parallel"), user("a"), node("subProcess", "inner", INNER), gate("join", kind="inclusive"), user("last"), end(),
        flow("begin > split > a > join > last > over"), flow("split > inner > join"),
    )  # fmt: skip
    walk = Walk(both).do("a")
    assert walk.open == ["inside"]
    assert walk.do("inside").open == ["last"]
