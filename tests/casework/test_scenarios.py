"""The runner on the toy edition: the scenarios that ship with it, and what is said when something comes otherwise than expected."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.casework.scenarios import run, run_side_by_side
from engine.spec.check import check
from engine.spec.edition import Edition
from engine.spec.folder import read_folder

TOY = Path(__file__).resolve().parents[1] / "toy"
GIVEN = json.loads((TOY / "workflows" / "scenarios" / "borrow.json").read_text(encoding="utf-8"))["given"]
MEMBER = {"회원명": "홍길동", "생년월일": "2006-12-05", "성별": "남", "가입일": "2024-03-04"}
JOIN = {"as": "kim", "do": "register", "what": "member", "data": MEMBER}
LESSON = {"as": "kim", "do": "complete", "what": "lesson", "data": {"교육일": "2024-03-04", "문항1": 4, "문항2": 3, "문항3": 2}}


@pytest.fixture(scope="module")
def files():
    return {path: content for path, content in read_folder(TOY).items() if "/scenarios/" not in path}


def played(files, *steps, **others):
    scenarios = {"one": {"title": "하나", "given": GIVEN, "steps": list(steps)}, **others}
    added = {f"workflows/scenarios/{name}.json": json.dumps(data, ensure_ascii=False, indent=1).encode() for name, data in scenarios.items()}
    return run(Edition.from_files({**files, **added})), added


def test_the_toy_scenarios_hold_and_exercise_nearly_everything():
    outcome = run(Edition.from_files(read_folder(TOY)))
    assert [str(finding) for finding in outcome.findings] == []
    assert set(outcome.ran) == {"borrow", "leave-moving", "leave-resting", "keeper-change", "bus", "group-lesson"}
    assert {mark[0] for mark, _ in outcome.coverage.missing()} == {"flow"}
    assert [mark[2] for mark, _ in outcome.coverage.missing()] == ["f_no", "f_enough", "f_path", "f_end"]


SIDE_BY_SIDE = """
import sys
from pathlib import Path
from engine.casework.scenarios import run, run_side_by_side
from engine.spec.edition import Edition
from engine.spec.folder import read_folder

files = read_folder(Path(sys.argv[1]))
bus = "workflows/scenarios/bus.json"
files[bus] = files[bus].replace("지점에서".encode(), "어디서나".encode())
edition = Edition.from_files(files)
one, two = run(edition), run_side_by_side(edition, 2)
assert set(one.findings) == set(two.findings) and len(two.findings) == 1, (one.findings, two.findings)
assert (set(one.ran), one.coverage.met, one.coverage.missing()) == (set(two.ran), two.coverage.met, two.coverage.missing())
"""


def test_side_by_side_comes_to_the_same():
    """In a process of its own, for one with threads is not copied."""
    done = subprocess.run([sys.executable, "-c", SIDE_BY_SIDE, str(TOY)], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_with_threads_plays_them_one_after_the_other():
    with threading_one():
        outcome = run_side_by_side(Edition.from_files(read_folder(TOY)), 2)
    assert (outcome.findings, len(outcome.ran)) == ((), 6)


@contextmanager
def threading_one():
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        yield
    finally:
        stop.set()
        other.join()


def test_a_scenario_of_an_earlier_day_is_played_by_the_edition_that_is_tried(files):
    later = {**files, "forms/edition.json": files["forms/edition.json"].replace(b'"from": "2020-01-01"', b'"from": "2030-01-01"')}
    outcome, _ = played(later, {**JOIN, "expect": {"tasks": ["lesson"]}})
    assert [str(finding) for finding in outcome.findings] == []


def test_one_scenario_runs_with_what_it_continues():
    outcome = run(Edition.from_files(read_folder(TOY)), ["leave-moving"])
    assert outcome.ran == ("borrow", "leave-moving")
    assert [finding.id for finding in run(Edition.from_files(read_folder(TOY)), ["borow"]).findings] == ["unknown-scenario"]


@pytest.mark.parametrize(("expect", "said"), [
    ({"tasks": ["loan"]}, "tasks"), ({"status": "휴면"}, "휴면"), ({"owner": "kim"}, "owner"), ({"stages": {"lesson": "2024-03-04"}}, "lesson"),
    ({"derived": {"/가입나이": 16}}, "17"), ({"visible": ["/없는항목"]}, "보여야"), ({"hidden": ["/회원명"]}, "숨어야"), ({"allowed": ["loan"]}, "안전교육"),
    ({"not_allowed": {"loan": "다른 까닭"}}, "다른 까닭"), ({"not_allowed": {"leave": "아무"}}, "됩니다"), ({"institution": "bus"}, "institution"),
    ({"due": {"lesson": "2024-03-05"}}, "2024-03-18"), ({"records": {"member": 2}}, "records: member"), ({"errors": [{"at": "/회원명", "message": "x"}]}, "그대로 되었습니다"),
    ({"refused": "안 됨"}, "그대로 되었습니다"), ({"forbidden": True}, "그대로 되었습니다"),
])
def test_a_miss_is_found_at_its_line(files, expect, said):
    outcome, added = played(files, {**JOIN, "expect": expect})
    assert [finding.id for finding in outcome.findings] == ["scenario-failed"]
    finding = outcome.findings[0]
    assert said in finding.message
    line = added["workflows/scenarios/one.json"].decode().splitlines()[finding.line - 1]
    ((name, told),) = expect.items()
    assert (next(iter(told)) if name in ("stages", "derived", "due", "records") else name) in line


def test_errors_must_be_exactly_those_expected(files):
    wrong = {**JOIN, "data": {**MEMBER, "생년월일": "2012-01-01", "회원명": None}}
    both = [{"at": "/생년월일", "message": "만 15세"}, {"at": "/회원명", "message": "회원명"}]
    assert played(files, {**wrong, "expect": {"errors": both}})[0].findings == ()
    assert "기대하지 않은" in played(files, {**wrong, "expect": {"errors": both[:1]}})[0].findings[0].message
    assert "없습니다" in played(files, {**wrong, "expect": {"errors": [*both, {"at": "/성별", "message": ""}]}})[0].findings[0].message
    assert "고칠 곳" in played(files, wrong)[0].findings[0].message


def test_what_is_refused_leaves_nothing_behind(files):
    outcome, _ = played(
        files, JOIN, {"as": "kim", "do": "complete", "what": "loan", "data": {}, "expect": {"refused": "안전교육", "tasks": ["lesson"]}},
        {**LESSON, "data": {"교육일": "2024-03-04"}, "expect": {"errors": [{"at": f"/문항{n}", "message": "선택하세요"} for n in (1, 2, 3)], "tasks": ["lesson"], "owner": None}},
        {**LESSON, "expect": {"tasks": ["loan"]}},
    )
    assert outcome.findings == ()


def test_the_clock_fires_timers_on_the_way(files):
    outcome, _ = played(
        files, JOIN, LESSON, {"as": "kim", "do": "complete", "what": "loan", "data": {"대여일": "2024-03-04", "반납예정일": "2024-03-05", "분야": "정원"}},
        {"do": "wait", "until": "2025-03-03", "expect": {"tasks": []}}, {"do": "wait", "days": 1, "expect": {"tasks": ["lesson"]}},
    )
    assert outcome.findings == ()


def test_a_scenario_that_fails_is_not_continued(files):
    after = {"title": "둘", "after": "one", "steps": [{"as": "kim", "do": "look"}]}
    outcome, _ = played(files, {**JOIN, "expect": {"status": "휴면"}}, two=after)
    assert [(finding.path[-8:], finding.id) for finding in outcome.findings] == [("one.json", "scenario-failed"), ("two.json", "scenario-not-run")]


def test_branches_of_one_scenario_do_not_see_each_other(files):
    leave = {"as": "kim", "do": "complete", "what": "leave", "data": {"탈퇴일": "2024-03-04", "사유": "제명"}, "expect": {"status": "탈퇴"}}
    outcome, _ = played(
        files, JOIN, LESSON, two={"title": "둘", "after": "one", "steps": [leave]},
        three={"title": "셋", "after": "one", "steps": [{"as": "kim", "do": "look", "expect": {"status": "이용 중", "tasks": ["loan"]}}]},
    )
    assert outcome.findings == ()
    assert outcome.ran == ("one", "three", "two")


def test_coverage_names_what_is_left(files):
    outcome, _ = played(files, JOIN, LESSON)
    assert outcome.coverage.counts()["check"] == (2, 16)
    lines = outcome.coverage.lines()
    assert "- 분기 대여: 목공 (해당할 때)" in lines
    assert "- 거절 줄 탈퇴하면 아무것도 못 한다" in lines
    assert any(line.startswith("- 흐름 담당 변경") for line in lines)
    assert not any("가입" in line and line.startswith("- 선택지") for line in lines)


def test_a_scenario_with_several_cases_names_them(files):
    other = {**JOIN, "case": "다른", "data": {**MEMBER, "회원명": "김다른"}, "confirmed": True}
    outcome, _ = played(files, {**JOIN, "case": "처음"}, other, {**LESSON, "case": "처음"}, {"do": "look", "expect": {"records": {"lesson": 1}}}, {"do": "look", "case": "다른", "expect": {"records": {"lesson": 0}}})
    assert outcome.findings == ()


@pytest.mark.parametrize("step", [{"do": "look", "case": "없는"}, {**LESSON, "data": {"교육일": "case:없는"}}])
def test_a_name_nobody_gave_a_case_is_a_finding(files, step):
    scenario = {"title": "하나", "given": GIVEN, "steps": [{**JOIN, "case": "있는"}, step]}
    added = {"workflows/scenarios/one.json": json.dumps(scenario, ensure_ascii=False, indent=1).encode()}
    assert "unknown-case" in [finding.id for finding in check({**files, **added})]
