"""Scenarios generated for what nothing exercises: on the toy edition, from other scenarios and from nothing; finished where they play and cover, told where not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import cli
from engine.casework import scenarios, skeletons
from engine.spec.edition import Edition
from engine.spec.folder import read_folder

TOY = Path(__file__).resolve().parents[1] / "toy"
ALL = read_folder(TOY)


def edition(*kept):
    return Edition.from_files({path: content for path, content in ALL.items() if "/scenarios/" not in path or Path(path).stem in kept})


def made(edition, *marks):
    missing = dict(scenarios.run(edition).coverage.missing())
    return [skeletons.compose(edition, [(mark, missing[mark])])[0] for mark in marks]


def with_them(edition, found):
    files = {**edition.files, **{f"workflows/scenarios/{one.name}.json": one.text.encode() for one in found}}
    return scenarios.run(Edition.from_files(files), [one.name for one in found])


FROM_NOTHING = (
    ("branch", "loan", "목공:then"), ("branch", "keeper_approval", "반려:then"), ("check", "loan", "#합계:fail"), ("check", "member", "#나이:fail"),
    ("options", "leave", "/사유"), ("guard", "guards", "lesson_first"), ("flow", "keeper_change", "f_yes"), ("check", "attendance", "#가입뒤:pass"),
)


@pytest.fixture(scope="module")
def from_nothing():
    wanted = edition()
    missing = dict(scenarios.run(wanted).coverage.missing())
    marks = [mark for mark in FROM_NOTHING if mark in missing]
    return wanted, skeletons.compose(wanted, [(mark, missing[mark]) for mark in marks])


def test_without_any_scenario_a_made_up_case_reaches_far(from_nothing):
    wanted, found = from_nothing
    assert {one.mark for one in found if one.finished} == {one.mark for one in found}
    assert len(found) >= len(FROM_NOTHING) - 1
    outcome = with_them(wanted, found)
    assert [str(finding) for finding in outcome.findings] == []
    assert {one.mark for one in found} <= outcome.coverage.met


def test_a_finished_one_says_so_and_what_it_covers(from_nothing):
    one = next(one for one in from_nothing[1] if one.mark[2] == "목공:then")
    told = json.loads(one.text)
    assert (told["covers"], "덜 됨" in told["title"], "그대로 되고" in told["$comment"]) == (["branch loan 목공:then"], False, True)
    assert told["steps"][-1]["data"]["분야"] == "목공"


def test_one_begins_where_another_scenario_stood():
    wanted = edition("borrow")
    (one,) = made(wanted, ("branch", "leave", "이사:then"))
    told = json.loads(one.text)
    assert (one.finished, told["steps"][-1]["data"]["사유"]) == (True, "이사")


def test_what_cannot_be_reached_is_a_skeleton_that_fails_until_it_is_done():
    files = dict(ALL)
    path = "forms/leave.json"
    form = json.loads(files[path])
    form["x-checks"] = [*form.get("x-checks", []), {"id": "없음", "rule": "나이 < 400", "at": "탈퇴일", "message": "없는 나이입니다."}]
    files[path] = json.dumps(form, ensure_ascii=False).encode()
    wanted = Edition.from_files(files)
    (one,) = made(wanted, ("check", "leave", "#없음:fail"))
    told = json.loads(one.text)
    assert (one.finished, told["title"].startswith("[덜 됨] ")) == (False, True)
    assert "나이 < 400" in told["$comment"]
    assert [finding.id for finding in with_them(wanted, [one]).findings] == ["scenario-covers-not"]


def test_what_a_scenario_says_it_covers_and_does_not_is_found():
    told = json.loads(ALL["workflows/scenarios/bus.json"])
    files = {**edition("borrow").files, "workflows/scenarios/it.json": json.dumps({**told, "covers": ["branch loan 전기:then", "branch loan 없음:then"]}).encode()}
    assert [finding.id for finding in scenarios.run(Edition.from_files(files), ["it"]).findings] == ["scenario-covers-not", "unknown-mark"]


def test_the_command_writes_what_is_missing_and_nothing_over_anything(tmp_path, capsys):
    folder, out = tmp_path / "rules", tmp_path / "out"
    for path, content in ALL.items():
        if "/scenarios/" not in path or path.endswith("borrow.json"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    out.mkdir()
    missing = [mark for mark, _ in scenarios.run(Edition.from_files(read_folder(folder))).coverage.missing()]
    wanted = ("branch", "leave", "이사:then")
    for mark in missing:
        if mark != wanted:
            (out / f"{skeletons.name_of(mark)}.json").write_text("mine", encoding="utf-8")
    assert cli.main(["test", str(folder), "--skeletons", str(out)]) == 0
    told = capsys.readouterr().err
    texts = {path.stem: path.read_text(encoding="utf-8") for path in out.iterdir()}
    assert json.loads(texts.pop(skeletons.name_of(wanted)))["covers"] == ["branch leave 이사:then"]
    assert (set(texts.values()), len(texts)) == ({"mine"}, len(missing) - 1)
    assert f"뼈대 1개를 적었습니다: 그대로 되는 것 1개, 덜 된 것 0개, 이미 있어 그대로 둔 것 {len(missing) - 1}개" in told
    assert cli.main(["test", str(folder), "--skeletons", str(out), "--only", "borrow"]) == 1
