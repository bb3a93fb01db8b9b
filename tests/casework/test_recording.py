"""Recording a case as a scenario: on the toy edition, with everything a case can see done to it, recorded by who may, played, and proved to hold nothing of it."""

from __future__ import annotations

import json
from datetime import datetime
from random import Random

import pytest

from engine import cli
from engine.casework import attachments, cases, finding, recording, records, scenarios, tasks
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.spec.coverage import observe
from engine.spec.edition import Edition
from engine.spec.folder import read_folder
from engine.spec.standin import StandIns
from engine.store.cipher import Cipher
from engine.store.database import connect
from engine.store.files import MemoryFiles
from engine.store.keyring import load_keyring
from engine.store.tables import access_record, setting
from engine.store.types import KST
from tests.casework.library import LESSON, LOAN, TOY, Library

SECRETS = ("김하나", "하나", "061205", "4123456", "참나무", "산나무", "잘못 적음", "문이 닫혀서", "가지점", "kim", "Kim", "boss", "처음 보는 까닭", "2006-12-05")


def at(day, hour=10):
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=KST)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A library with one busy member, under an edition that noted what passed through it: the library, the member, what was noted."""
    database = connect(f"sqlite:///{tmp_path_factory.mktemp('town')}/test.db")
    database.create_all()
    library = Library(database, Cipher({1: b"k" * 32}, b"i" * 32), MemoryFiles())
    edition, coverage = observe(Edition.from_files(read_folder(TOY)))
    library.editions.keep(edition)
    one = busy(library)
    yield library, one, set(coverage.met)
    database.dispose()


def busy(library):
    """A member to whom much happened over half a year; give its id."""
    one = library.member(now=at("2024-03-04"), 가입일="2024-03-04")
    waiting = library.open_tasks(one, now=at("2024-03-05"))
    library.complete("kim", waiting["lesson"].id, {**LESSON, "교육일": "2024-03-05"}, now=at("2024-03-05"))
    first = library.submit("kim", one, "loan", {**LOAN, "대여일": "2024-03-08", "반납예정일": "2024-03-10"}, now=at("2024-03-08"))
    library.submit("lee", one, "loan", {**LOAN, "대여일": "2024-04-01", "반납예정일": "2024-06-10"}, confirmed=True, now=at("2024-04-01"))
    with library.desk("kim", now=at("2024-04-02")) as desk:
        whole = {**LOAN, "대여일": "2024-03-08", "반납예정일": "2024-03-12", "목공": {"나무": "산나무"}}
        records.amend(desk, first.record_id, whole, "잘못 적음")
    with library.desk("kim", now=at("2024-04-03")) as desk:
        tasks.withdraw(desk, tasks.start(desk, one, "loan"), "문이 닫혀서")
    library.submit("kim", one, "keeper_change", {"새담당": "lee", "까닭": "처음 보는 까닭"}, now=at("2024-05-02"))
    asked = library.open_tasks(one, "boss", now=at("2024-05-03"))["keeper_approval"]
    library.complete("boss", asked.id, {"결정": "승인"}, now=at("2024-05-03"))
    library.submit("lee", library.places["가지점"], "group_lesson", {"교육일": "2024-05-07", "주제": "톱", "참가자": [one]}, now=at("2024-05-07"))
    return one


def recorded(library, one, login="boss", now=at("2024-06-01"), **more):
    with library.desk(login, now=now) as desk:
        return recording.record(desk, one, "정책 담당자에게 보일 예", Random(3), **more)


def played(text):
    files = {path: content for path, content in read_folder(TOY).items() if "/scenarios/" not in path}
    return scenarios.run(Edition.from_files({**files, "workflows/scenarios/it.json": text.encode()}))


@pytest.fixture(scope="module")
def made(town):
    """What is recorded of the busy member."""
    library, one, _ = town
    return recorded(library, one)


def test_a_recorded_case_plays_as_it_went_and_exercises_the_same(town, made):
    _, _, went = town
    assert [str(each) for each in made.findings] == []
    assert (made.plays, made.moved, made.left) == (True, True, ())
    again = played(made.text)
    assert (again.findings, again.ran) == ((), ("it",))
    assert again.coverage.met == went
    assert {kind for kind, _, _ in went} == {"flow", "branch", "check", "options"}
    deeds = [step["do"] for step in json.loads(made.text)["steps"] if step["do"] not in ("wait", "look")]
    assert deeds == ["register", "complete", "complete", "complete", "amend", "start", "drop", "complete", "approve", "complete"]


def test_nothing_of_the_person_is_left_and_what_rules_need_is(town, made):
    assert [word for word in (*SECRETS, town[1]) if word in made.text] == []
    scenario = json.loads(made.text)
    register, look = scenario["steps"][0], scenario["steps"][-1]
    assert (register["data"]["성별"], register["data"]["주민등록번호"][7], register["expect"]["derived"]) == ("여", "4", {"/가입나이": 17})
    assert register["data"]["생년월일"][2:].replace("-", "") == register["data"]["주민등록번호"][:6]
    assert [person["roles"] for person in scenario["given"]["people"]] == [["keeper"], ["keeper"], ["head"]]
    amend = next(step for step in scenario["steps"] if step["do"] == "amend")
    assert amend["which"] == 1  # of two loans the first
    assert set(amend["data"]) == {"반납예정일", "목공"}
    assert (look["expect"]["status"], look["expect"]["owner"]) == ("이용 중", "keeper_2")


def test_a_confirmation_that_was_given_is_given_and_no_other(made):
    steps = json.loads(made.text)["steps"]
    assert [step["what"] for step in steps if step.get("confirmed")] == ["loan"]


def test_the_closing_date_comes_when_it_came(small_library):
    library = small_library
    one = busy(library)
    with library.desk(now=at("2024-04-20")) as desk:
        desk.connection.execute(setting.insert().values(name="closing_date", value="2024-03-31", changed_by="", changed_at=desk.now))
    library.submit("lee", one, "loan", {**LOAN, "대여일": "2024-05-20", "반납예정일": "2024-05-21"}, now=at("2024-05-20"))
    made = recorded(library, one)
    assert [str(each) for each in made.findings] == []
    (told,) = [step for step in json.loads(made.text)["steps"] if "closing_date" in step]
    assert told["closing_date"] < told["until"]


def test_days_stay_where_moving_them_would_change_the_year(small_library):
    library = small_library
    one = library.member(now=at("2023-12-31"), 가입일="2023-12-31")
    waiting = library.open_tasks(one, now=at("2024-01-01"))
    library.complete("kim", waiting["lesson"].id, {**LESSON, "교육일": "2024-01-01"}, now=at("2024-01-01"))
    made = recorded(library, one, now=at("2024-02-01"))
    register = json.loads(made.text)["steps"][0]
    assert (made.plays, made.moved, register["data"]["가입일"]) == (True, False, "2023-12-31")
    assert register["data"]["생년월일"] != "2006-12-05"
    assert register["expect"]["derived"] == {"/가입나이": 17}


@pytest.mark.parametrize(("part", "left", "step"), [
    ("_prose", lambda _self, value, *_: value, "1번째 단계"), ("day", lambda _self, text: text, "1번째 단계"),
    ("_resident", lambda _self, value, _found: value, "1번째 단계"), ("text", lambda _self, original, *_, **__: original, "처음(given), 1번째 단계"),
])
def test_one_replacement_left_out_is_noticed_and_nothing_given(town, monkeypatch, part, left, step):
    library, _, _ = town
    one = library.member()
    monkeypatch.setattr(StandIns, part, left)
    with pytest.raises(Refused) as refused:
        recorded(library, one, now=library.now)
    assert step in refused.value.message
    assert [word for word in SECRETS if word in refused.value.message] == []


def test_who_may_record_and_that_it_is_noted(small_library):
    library = small_library
    one = library.member()
    with library.desk("boss") as desk, pytest.raises(Invalid):
        recording.record(desk, one, " ")
    for login, refused in (("kim", Forbidden), ("far", NotFound)):
        with library.desk(login) as desk, pytest.raises(refused):
            recording.record(desk, one, "그냥")
    with library.desk("boss") as desk:
        assert finding.named(desk, cases.view(desk, one).number) == one
    recorded(library, one, now=library.now)
    with library.database.read() as connection:
        rows = connection.execute(access_record.select().where(access_record.c.act == "scenario.record")).all()
    assert [(row.login, row.subject, row.reason) for row in rows] == [("boss", one, "정책 담당자에게 보일 예")]


def test_the_work_of_an_institution_is_not_recorded(town):
    library, _, _ = town
    with library.desk("boss") as desk, pytest.raises(Refused):
        recording.record(desk, library.places["가지점"], "그냥")


def test_what_does_not_play_says_where_it_stops(small_library):
    """Next year's edition in force asks for more than was answered: the scenario says so at its step."""
    library = small_library
    one = busy(library)
    files = dict(read_folder(TOY))
    files["forms/member.json"] = files["forms/member.json"].replace(b'"maxLength": 40}', b'"maxLength": 40, "minLength": 30, "pattern": "^[a-z]{30}$"}')
    files["forms/edition.json"] = files["forms/edition.json"].replace(b'"from": "2020-01-01"', b'"from": "2024-05-20"')
    library.publish({path: content for path, content in files.items() if "/scenarios/" not in path}, datetime(2024, 5, 20, tzinfo=KST).date())
    made = recorded(library, one)
    assert (made.plays, made.findings[0].id, "회원명" in made.findings[0].message) == (False, "scenario-failed", True)


def test_files_become_made_up_ones(small_library):
    with small_library.desk("kim") as desk:
        staged = attachments.stage(desk, "김하나의 사진.pdf", b"%PDF-1.4\n%%EOF\n")
    assert StandIns({"김하나의 사진.pdf", staged.id}, 0).text(staged.id, ("paper-{}.pdf",)) == "paper-1.pdf"


@pytest.fixture
def installed(tmp_path, files, monkeypatch, capsys):
    """A file with a busy case, and the command on it."""
    database = connect(f"sqlite:///{tmp_path}/here.db")
    database.dispose()
    for name, value in (("DATABASE", f"sqlite:///{tmp_path}/here.db"), ("KEY", f"{tmp_path}/key"), ("FILES", f"{tmp_path}/files")):
        monkeypatch.setenv(f"DIDIMDOL_{name}", value)
    assert cli.main(["migrate-database"]) == 0
    library = Library(database, load_keyring(f"{tmp_path}/key", invent=True).cipher(), files)
    one = library.member(now=at("2024-03-04"), 가입일="2024-03-04")
    capsys.readouterr()

    def run(*words):
        code = cli.main(["record-scenario", *words])
        out = capsys.readouterr()
        return code, out.out, out.err

    yield run, one, tmp_path
    database.dispose()


def test_the_command_writes_once_and_never_over_anything(installed):
    run, one, folder = installed
    out = folder / "it.json"
    code, said, told = run(one, "--by", "boss", "--reason", "보일 예", "--out", str(out))
    assert (code, said, "그대로 됩니다" in told) == (0, "", True)
    assert json.loads(out.read_text(encoding="utf-8"))["steps"][0]["do"] == "register"
    assert run(one, "--by", "boss", "--reason", "보일 예", "--out", str(out))[0] == 1
    code, said, _ = run(one, "--by", "boss", "--reason", "보일 예")
    assert (code, json.loads(said)["title"]) == (0, "일어난 일에서 옮긴 시나리오")
    assert run(one, "--by", "kim", "--reason", "보일 예")[::2] == (1, "이 일을 할 권한이 없습니다.\n")
