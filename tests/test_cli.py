"""The command as people type it: in one process where that is the same, as a process of its own where it is not.

Holds K17 (SECURITY.md).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import Namespace
from datetime import datetime
from pathlib import Path

import pytest

from engine import cli
from engine.casework import publishing
from engine.commands.installation import open_installation
from engine.spec.folder import read_folder
from engine.store import vault
from engine.store.types import KST

TOY = Path(__file__).parent / "toy"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with nothing in it, named by the environment as the place of an installation."""
    monkeypatch.delenv("DIDIMDOL_ENV", raising=False)
    monkeypatch.setenv("DIDIMDOL_DATABASE", f"sqlite:///{tmp_path}/here.db")
    monkeypatch.setenv("DIDIMDOL_KEY", str(tmp_path / "here.key"))
    monkeypatch.setenv("DIDIMDOL_FILES", str(tmp_path / "files"))
    monkeypatch.setenv("DIDIMDOL_BACKUP_PASSPHRASE", "아주 긴 백업 암호 하나")
    monkeypatch.setattr(vault, "_SCRYPT", {"n": 2, "r": 8, "p": 1})
    return tmp_path


@pytest.fixture
def run(capsys):
    """Run a command; return exit code, output and error output."""

    def run_command(*words):
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as end:
            code = end.code
        out = capsys.readouterr()
        return code, out.out, out.err

    return run_command


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """The toy edition without scenarios: publishing and approving play them, which `test_an_edition_whose_scenarios_fail` is about."""
    folder = tmp_path_factory.mktemp("quick") / "toy"
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("scenarios"))
    return folder


@pytest.fixture
def office(here, run, quick):
    """An installation with the toy edition in force and two people."""
    assert run("migrate-database")[0] == 0
    assert run("institution", "add", "가지점", "--kind", "공구도서관")[0] == 0
    for login in ("author", "second"):
        assert run("user", "add", login, "--name", f"{login} 님", "--institution", "가지점")[0] == 0
    code, digest, _ = run("publish", quick, "--by", "author")
    assert code == 0
    assert run("approve", digest.strip()[:12], "--by", "author")[0] == 1
    code, told, _ = run("approve", digest.strip(), "--by", "second")
    assert (code, digest.strip() in told) == (0, True)
    return here


def copied(tmp_path, change):
    shutil.copytree(TOY, tmp_path / "rules")
    change(tmp_path / "rules")
    return tmp_path / "rules"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("user", "grant", "kim"),
        ("check", "--format", "xml"),
        ("publish", "--by", "kim", "--from", "soon"),
        ("serve", "--port", "x"),
    ],
)
def test_what_is_not_understood_ends_with_2_in_korean(run, words):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith("사용법: ")
    assert re.search(r"빠진 것이 있습니다|은\(는\)", err)


def test_help_names_every_command_in_korean(run):
    code, out, _ = run("--help")
    assert code == 0
    for command in (
        "serve",
        "worker",
        "check",
        "test",
        "publish",
        "propose",
        "approve",
        "user",
        "institution",
        "token",
        "backup",
        "restore",
        "verify",
        "migrate-database",
        "key",
        "demo",
    ):
        assert re.search(rf"^ +{command}\s", out, re.MULTILINE)
        code, told, _ = run(command, "--help")
        assert code == 0
        assert "사용법: " in told
        assert not re.search(r"usage|show this|positional|optional|options:", told)


def test_check_clean(run):
    assert run("check", TOY) == (0, "잘못된 곳이 없습니다.\n", "")
    code, out, _ = run("check", TOY, "--format", "json", "--no-scenarios")
    assert (code, json.loads(out)) == (0, [])


def test_check_lists_every_finding(run, tmp_path):
    def spoil(folder):
        for name in ("member", "loan"):
            (folder / "forms" / f"{name}.json").write_text("{", encoding="utf-8")

    folder = copied(tmp_path, spoil)
    code, out, _ = run("check", folder)
    assert code == 1
    lines = out.splitlines()
    assert all(re.match(r"[a-z0-9_/.-]+:\d+: [a-z0-9-]+: .+", line) for line in lines)
    assert {line.split(":")[0] for line in lines} >= {"forms/member.json", "forms/loan.json"}
    code, out, _ = run("check", folder, "--format", "json")
    assert code == 1
    assert {"path", "line", "id", "message"} == set(json.loads(out)[0])
    assert run("check", tmp_path / "none")[0] == 1


def test_check_plays_the_scenarios_too(run, tmp_path):
    def spoil(folder):
        path = next(path for path in sorted((folder / "workflows/scenarios").glob("*.json")) if '"status"' in path.read_text(encoding="utf-8"))
        path.write_text(re.sub(r'"status": "[^"]+"', '"status": "없는 상태"', path.read_text(encoding="utf-8")), encoding="utf-8")

    folder = copied(tmp_path, spoil)
    code, out, _ = run("check", folder)
    assert code == 1
    assert "workflows/scenarios/" in out
    assert run("check", folder, "--no-scenarios")[0] == 0


def test_scenarios_with_what_they_pass(run):
    code, out, err = run("test", TOY)
    assert code == 0
    assert "어긋난 곳 0곳" in out
    assert re.search(r"흐름: \d+/\d+", out)
    assert "시나리오" in err
    code, out, _ = run("test", TOY, "--format", "json", "--whole")
    told = json.loads(out)
    assert (code, len(told["ran"]), told["findings"], told["coverage"]["guard"]) == (1, 6, [], {"met": 3, "all": 3})
    assert {one["which"] for one in told["missing"]} == {"f_no", "f_enough", "f_path", "f_end"}


def test_nothing_is_done_on_a_database_that_is_not_there_yet(here, run):
    code, _, err = run("user", "list")
    assert (code, "migrate-database" in err) == (1, True)
    assert run("migrate-database")[0] == 0
    assert run("migrate-database")[1] == "데이터베이스가 이미 맞습니다.\n"


def test_people_from_the_command_line(office, run):
    code, secret, _ = run("user", "add", "kim", "--name", "김하나", "--institution", "가지점", "--role", "keeper")
    assert code == 0
    assert re.fullmatch(r"[A-Z2-9-]{23}\n", secret)
    assert run("user", "add", "kim", "--name", "김둘", "--institution", "가지점")[2] == "아이디: 이미 쓰는 아이디입니다.\n"
    assert "그런 기관이 없습니다" in run("user", "add", "lee", "--name", "이", "--institution", "없는 곳")[2]
    code, _, err = run("user", "grant", "kim", "head", "--reason", "겸직")
    assert (code, "함께 맡을 수 없으니" in err) == (1, True)
    assert run("user", "revoke", "kim", "keeper", "--reason", "승진")[0] == 0
    assert run("user", "grant", "kim", "head", "--reason", "승진", "--until", "2999-12-31")[0] == 0
    listed = run("user", "list")[1]
    assert re.search(r"kim\t김하나\t가지점\thead\(\d{4}-\d\d-\d\d~2999-12-31\)", listed)
    assert re.search(r"\t가지점\t공구도서관", run("institution", "list")[1])
    assert run("token", "kim")[1].startswith("dd_")
    assert re.fullmatch(r"[A-Z2-9-]{23}\n", run("user", "password", "kim")[1])
    assert run("user", "disable", "kim", "--reason", "퇴직")[0] == 0
    assert "중지" in run("user", "list")[1]
    assert run("token", "kim")[0] == 1


def test_an_institution_is_closed_when_nothing_goes_on_there(office, run, quick):
    assert run("institution", "add", "나지점", "--kind", "공구도서관")[0] == 0
    assert run("user", "add", "lee", "--name", "이둘", "--institution", "나지점")[0] == 0
    assert run("institution", "close", "나지점", "--reason", " ")[0] == 1
    assert run("institution", "close", "나지점", "--reason", "통합")[1] == "기관을 닫았습니다.\n"
    assert re.search(r"나지점\t.*닫음", run("institution", "list")[1])
    assert run("publish", quick, "--by", "lee")[0] == 1
    assert "이미 닫은" in run("institution", "close", "나지점", "--reason", "통합")[2]
    assert "그런 기관이 없습니다" in run("institution", "close", "다지점", "--reason", "통합")[2]


def test_the_production_lines_of_the_readme_can_be_followed(here, run, monkeypatch):
    root = Path(__file__).parents[1]
    lines = re.search(r"```sh\n(export DIDIMDOL_ENV=production.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1].splitlines()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    rules = here / "rules"  # its scenarios are played in tests/acceptance
    for part in ("forms", "workflows"):
        shutil.copytree(root / part, rules / part, ignore=shutil.ignore_patterns("scenarios"))
    places = (
        (r"publish \.", f"publish {rules}"), (r"'postgresql:[^']*'", f"sqlite:///{here}/production.db"), ("/etc/didimdol", f"{here}/keys"),
        ("/var/lib/didimdol", f"{here}"), ("8000", f"{port}"),
    )  # fmt: skip
    for pattern, place in places:
        assert any(re.search(pattern, line) for line in lines), pattern
        lines = [re.sub(pattern, place, line) for line in lines]
    monkeypatch.chdir(root)

    def told(line):
        while inner := re.search(r'"\$\(didimdol (.*?)\)"', line):
            line = line.replace(inner[0], told(f"didimdol {inner[1]}").strip())
        command, *words = shlex.split(line, comments=True)
        if command == "export":
            for word in words:
                monkeypatch.setenv(*word.split("=", 1))
            return ""
        assert command == "didimdol", line
        code, out, err = run(*words)
        assert code == 0, (line, err)
        return out

    for line in lines[:-1]:
        told(line)
    serve = shlex.split(lines[-1], comments=True)
    assert serve[:2] == ["didimdol", "serve"]
    server = _command(*serve[1:])
    try:
        status, page = _answer(server, f"http://127.0.0.1:{port}/signin", seconds=60, host="didimdol.example.kr")
        assert (status, "체험" in page) == (200, False)
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


def test_password_from_standard_input(office, run, monkeypatch):
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("짧다\n"))
    assert run("user", "password", "author", "--set")[0] == 1
    monkeypatch.setattr(sys, "stdin", io.StringIO("올바른 말과 배터리\n"))
    assert run("user", "password", "author", "--set")[0] == 0


def test_broken_folder_is_not_published(office, run, tmp_path, quick):
    folder = copied(tmp_path, lambda folder: (folder / "forms/member.json").write_text("{}", encoding="utf-8"))
    before = run("editions")[1]
    assert run("publish", folder, "--by", "author")[0] == 1  # once an edition is in force, its roles say who may
    assert run("user", "grant", "author", "author", "--reason", "규칙을 씁니다")[0] == 0
    code, out, _ = run("publish", folder, "--by", "author")
    assert (code, "forms/member.json" in out) == (1, True)
    assert run("editions")[1] == before
    assert "시행 중  toy" in before
    assert run("publish", quick, "--by", "nobody")[0] == 1


def test_an_edition_whose_scenarios_fail_is_neither_published_nor_approved(office, run, tmp_path, quick):
    folder = tmp_path / "rules"
    shutil.copytree(quick, folder)
    (folder / "workflows/scenarios").mkdir()
    told = (TOY / "workflows/scenarios/bus.json").read_text(encoding="utf-8")
    (folder / "workflows/scenarios/wrong.json").write_text(told.replace('"refused": "지점에서"', '"refused": "다른 까닭"'), encoding="utf-8")
    for login, role in (("author", "author"), ("second", "approver")):
        assert run("user", "grant", login, role, "--reason", "일을 맡습니다")[0] == 0
    before = run("editions")[1]
    code, out, err = run("publish", folder, "--by", "author")
    assert (code, "wrong.json" in out, "scenario-failed" in out, "시나리오 1/1" in err) == (1, True, True, True)
    assert run("editions")[1] == before
    place = open_installation(Namespace(database=os.environ["DIDIMDOL_DATABASE"], key=os.environ["DIDIMDOL_KEY"], files=os.environ["DIDIMDOL_FILES"]))
    with place.desk("author") as desk:  # as it may stand there from before
        digest = publishing.publish(desk, read_folder(folder))
    code, out, _ = run("approve", digest, "--by", "second")
    assert (code, "2020-01-01부터 시행" in out, "scenario-failed" in out) == (1, True, True)
    assert "승인 대기" in run("editions")[1]


def test_open_cases_go_to_the_next_edition_and_back(office, run, tmp_path):
    for login, *roles in (("author", "author"), ("second", "approver"), ("kim", "keeper")):
        run("user", "add", login, "--name", login, "--institution", "가지점")
        assert run("user", "grant", login, *roles, "--reason", "일을 맡습니다")[0] == 0
    rows = office / "members.csv"
    rows.write_text("\n".join(MEMBERS.splitlines()[:2]), encoding="utf-8")
    assert run("import", "member", rows, "--by", "kim")[0] == 0
    folder = copied(tmp_path, _with_another_lesson)
    code, digest, err = run("publish", folder, "--by", "author", "--from", "2024-01-01")
    digest = digest.strip()
    assert (code, err) == (0, "")
    code, out, _ = run("impact", digest[:12], "--by", "author")
    assert (code, "옮길 자리를 정해야" in out, "(lesson) 자리는 새 판의 '안전교육'(training)인 듯합니다." in out) == (0, True, True)
    assert "(예: " not in out
    assert re.search(r"단계가 새 판에 없습니다\. \(예: 20\d\d-\d{4}\)", run("impact", digest[:12], "--by", "second")[1])
    assert json.loads(run("impact", digest[:12], "--by", "author", "--format", "json")[1])["instances"]["mapping"] > 0
    code, out, _ = run("replay", digest[:12], "--by", "author", "--format", "json")
    assert (code, json.loads(out)["refused"]) == (0, 0)
    assert run("migrate", "--to", digest, "--by", "second")[0] == 1, "not approved"
    mapping = office / "mapping.json"
    mapping.write_text('{"lifecycle": {"lesson": "training"}}', encoding="utf-8")
    chosen = run("propose", digest[:12], "--by", "author", "--from", "2023-12-31", "--open-cases", "move", "--mapping", mapping)
    assert chosen == (0, "2023-12-31부터 시행, 열린 건은 정한 자리(1곳)대로 저절로 옮깁니다.\n", "")
    code, out, err = run("propose", digest[:12], "--by", "author", "--from", "2019-01-01")
    assert (code, out, "보다 앞선 날이라 시행되지 않습니다" in err) == (1, "", True)
    assert run("propose", digest[:12], "--by", "author", "--from", "2024-01-01", "--open-cases", "stay")[0] == 0
    code, out, _ = run("approve", digest, "--by", "second")
    assert (code, out.splitlines()[0]) == (0, "2024-01-01부터 시행, 열린 건은 시작한 판에 그대로 둡니다.")
    mapping.write_text('{"lifecycle": {"lesson": "nowhere", "somewhere": "close"}, "nothing": {}}', encoding="utf-8")
    code, _, err = run("migrate", "--to", digest[:12], "--by", "second", "--mapping", mapping, "--dry-run")
    assert (code, [word in err for word in ("'nowhere' 단계는 새 판의", "'somewhere' 단계는 전의 판의", "'nothing' 절차는")]) == (1, [True] * 3)
    mapping.write_text('{"lifecycle": {"lesson": "training"}}', encoding="utf-8")
    code, out, _ = run("migrate", "--to", digest[:12], "--by", "second", "--mapping", mapping, "--dry-run")
    assert (code, "0개는 그대로 남습니다" in out) == (0, True)
    code, out, _ = run("migrate", "--to", digest[:12], "--by", "second", "--mapping", mapping)
    assert (code, "옮김: 옮김" in out) == (0, True)
    made = out.split()[1]
    assert made in run("migrate", "--list", "--by", "second")[1]
    assert "  옮김" in run("migrate", "--report", made, "--by", "second")[1]
    assert run("migrate", "--undo", made, "--by", "second")[0] == 0
    assert run("migrate", "--undo", made, "--by", "second")[0] == 1
    assert run("withdraw", digest[:12], "--by", "second", "--reason", "너무 이릅니다")[0] == 0
    assert "철회됨" in run("editions")[1]
    assert run("verify", "--quiet")[0] == 0


def _with_another_lesson(folder):
    edits = [("workflows/lifecycle.bpmn", f'{name}="lesson"', f'{name}="training"') for name in (" id", "Ref", "bpmnElement")]
    edits += [("workflows/lifecycle.bpmn", "visits.lesson", "visits.training"), ("forms/edition.json", '"title": "공구', '"title": "새 공구')]
    for path, before, after in edits:
        text = (folder / path).read_text(encoding="utf-8")
        assert before in text
        (folder / path).write_text(text.replace(before, after), encoding="utf-8")
    shutil.rmtree(folder / "workflows/scenarios")


def test_backup_is_put_back_and_looked_through(office, run, tmp_path):
    code, out, err = run("backup", tmp_path / "b.vault")
    assert code == 0
    assert "따로 보관" in err
    again = ("--database", f"sqlite:///{tmp_path}/again.db", "--files", tmp_path / "again")
    code, out, _ = run("restore", tmp_path / "b.vault", *again)
    assert code == 0
    assert out.endswith("이상이 없습니다.\n")
    assert run("restore", tmp_path / "b.vault", *again)[0] == 1
    held = bytearray((tmp_path / "b.vault").read_bytes())
    held[len(held) // 2] ^= 1
    (tmp_path / "bad.vault").write_bytes(held)
    code, _, err = run("restore", tmp_path / "bad.vault", "--database", f"sqlite:///{tmp_path}/third.db", "--files", tmp_path / "third")
    assert (code, "손상" in err) == (1, True)
    assert run("user", "list", *again)[1] == run("user", "list")[1]


def test_backup_needs_a_secret(office, run, tmp_path, monkeypatch):
    monkeypatch.delenv("DIDIMDOL_BACKUP_PASSPHRASE")
    code, _, err = run("backup", tmp_path / "b.vault")
    assert (code, "DIDIMDOL_BACKUP_PASSPHRASE" in err) == (1, True)
    (tmp_path / "lock").write_bytes(os.urandom(32))
    assert run("backup", tmp_path / "b.vault", "--key-file", tmp_path / "lock")[0] == 0


def test_verify_ends_with_1_where_something_is_wrong(office, run, tmp_path):
    assert run("verify")[1] == "이상이 없습니다.\n"
    from pysqlite3 import dbapi2 as sqlite

    raw = sqlite.connect(tmp_path / "here.db", isolation_level=None)
    raw.execute("DROP TRIGGER access_record_refuse_update")
    raw.execute("UPDATE access_record SET act = 'nothing' WHERE seq = 1")
    raw.close()
    code, out, _ = run("verify", "--quiet")
    assert (code, out) == (1, "접속기록: 접속기록 1번이 바뀌었습니다.\n이상 1건\n")


DEMO = {
    "title": "시연", "password": "toy-demo-words",
    "settings": [{"on": "@-20d", "closing_date": "@-18d"}],
    "institutions": [{"id": "a", "name": "가지점(시연)", "kind": "공구도서관", "region": "서울", "phone": "02-0"}],
    "people": [
        {"login": "kim", "name": "김", "institution": "a", "phone": "", "email": "", "roles": [{"role": "keeper", "from": "@-40d", "to": None}]},
        {"login": "boss", "name": "박", "institution": "a", "phone": "", "email": "", "roles": [{"role": "head", "from": "@-40d", "to": None}]},
    ],
    "cases": [
        {
            "name": "하나",
            "register": {
                "as": "kim", "on": "@-30dT09:30", "form": "member",
                "data": {"회원명": "하나", "생년월일": "@-20y-1d", "성별": "여", "주민등록번호": "@-20y-1d{%y%m%d}-4000001", "가입일": "@-30d"},
            },
            "steps": [
                {"as": "kim", "on": "@-10dT10:00", "do": "complete", "what": "lesson", "data": {"교육일": "@-10d", "문항1": 2, "문항2": 4, "문항3": 3}},
                {"as": "kim", "on": "@-5dT10:00", "do": "draft", "what": "loan", "data": {"메모": "적다 만 것"}},
            ],
        }
    ],
}  # fmt: skip


def test_demonstration_data_are_played_once_and_hold(here, run, monkeypatch):
    (here / "demo.json").write_text(json.dumps(DEMO, ensure_ascii=False), encoding="utf-8")
    code, out, err = run("demo", here / "demo.json", "--folder", TOY)
    assert (code, "toy-demo-words" in out) == (0, True), err
    assert run("verify", "--quiet") == (0, "이상이 없습니다.\n", "")
    code, _, err = run("demo", here / "demo.json", "--folder", TOY)
    assert (code, "비어 있는" in err) == (1, True)
    monkeypatch.setenv("DIDIMDOL_ENV", "production")
    code, _, err = run("demo", here / "demo.json", "--folder", TOY)
    assert (code, "운영 환경" in err) == (1, True)


def test_demonstration_step_that_is_refused_is_named(here, run):
    spoiled = json.loads(json.dumps(DEMO))
    spoiled["cases"][0]["steps"][0]["data"]["문항1"] = 99
    (here / "demo.json").write_text(json.dumps(spoiled, ensure_ascii=False), encoding="utf-8")
    code, _, err = run("demo", here / "demo.json", "--folder", TOY)
    assert code == 1
    assert "1번 lesson (complete): /문항1" in err


def test_keys_are_turned_and_everything_still_opens(here, run):
    (here / "demo.json").write_text(json.dumps(DEMO, ensure_ascii=False), encoding="utf-8")
    assert run("demo", here / "demo.json", "--folder", TOY)[0] == 0
    code, out, _ = run("key", "rotate")
    assert code == 0
    assert "새 키를 더했습니다: 2번" in out
    assert re.search(r"[1-9]개 값을 다시", out)
    assert "\n0개 값을 다시" in "\n" + run("key", "rotate", "--resume")[1]
    assert run("verify", "--quiet")[0] == 0
    assert (here / "here.key").stat().st_mode & 0o777 == 0o600


def test_worker_does_one_round(office, run):
    assert run("worker", "--once")[0] == 0


def _command(*words):
    return subprocess.Popen(
        [sys.executable, "-m", "engine.cli", *map(str, words)], cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def _answer(server, url, *, seconds, host=""):
    """Wait for a server that starts to answer; give status and text."""
    asked = urllib.request.Request(url, headers={"Host": host} if host else {})
    for _ in range(seconds * 10):
        assert server.poll() is None, server.stdout.read().decode()
        try:
            with urllib.request.urlopen(asked) as answer:
                return answer.status, answer.read().decode()
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer")


def test_server_answers_and_stops_when_told(office):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = _command("serve", "--port", port)
    try:
        status, _ = _answer(server, f"http://127.0.0.1:{port}/signin", seconds=20)
        assert status == 200
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert server.returncode in (0, -signal.SIGTERM)


def test_worker_stops_when_told(office):
    worker = _command("worker", "--every", "60")
    assert "지켜봅니다" in worker.stdout.readline().decode()
    worker.send_signal(signal.SIGTERM)
    out, _ = worker.communicate(timeout=60)
    assert worker.returncode == 0, out


def test_days_of_demonstration_data():
    from engine.casework.relative import resolved

    today = datetime(2024, 2, 29, tzinfo=KST).date()
    assert resolved({"a": ["@-1y", "@+1m-1dT09:30", "@", 3, "글 @-1d"]}, today) == {
        "a": ["2023-02-28", "2024-03-28T09:30", "2024-02-29", 3, "글 @-1d"]
    }
    assert resolved("@-1y{%y%m%d}-3000001", today) == "230228-3000001"


def test_two_folders_are_compared(run, tmp_path):
    folder = tmp_path / "next"
    shutil.copytree(TOY, folder)
    loan = folder / "forms" / "loan.json"
    loan.write_text(loan.read_text(encoding="utf-8").replace('"unit": "mm"', '"unit": "자"'), encoding="utf-8")
    assert run("diff", TOY, TOY) == (0, "달라진 곳이 없습니다.\n", "")
    code, out, _ = run("diff", TOY, folder)
    assert (code, out) == (0, "대여 (forms/loan.json)\n  항목 '두께'의 단위가 'mm'에서 '자'로 바뀌었습니다.\n달라진 곳 1곳\n")
    code, out, _ = run("diff", TOY, folder, "--format", "json")
    assert [(one["kind"], one["before"], one["after"]) for one in json.loads(out)] == [("field-unit", "mm", "자")]
    assert run("diff", TOY, tmp_path / "none")[0] == 1


def test_a_port_that_is_none_is_said_at_once(run):
    for port in ("65536", "-1", "x"):
        code, _, said = run("serve", "--port", port)
        assert code == 2
        assert "--port" in said


MEMBERS = "회원명,생년월일,성별,주민등록번호,가입일\n김하나,2006.12.5,여,061205-4123456,2024-11-22\n박어림,2020-01-01,남,,2024-11-20\n"


def test_import_says_what_is_wrong_and_brings_in_the_rest_when_asked(office, run):
    assert run("user", "add", "kim", "--name", "김지기", "--institution", "가지점", "--role", "keeper")[0] == 0
    path = office / "members.csv"
    path.write_text(MEMBERS, encoding="utf-8")
    code, out, err = run("import", "member", path, "--by", "kim")
    assert (code, "3줄: 생년월일: 만 15세부터" in err, "아무것도 넣지 않았습니다" in out) == (1, True, True)
    code, out, _ = run("import", "member", path, "--by", "kim", "--good-rows")
    assert (code, out) == (1, "")
    code, out, _ = run("import", "member", path, "--by", "kim", "--good-rows", "--bad", office / "bad.csv", "--format", "json")
    told = json.loads(out)
    assert (code, told["new"], told["bad_rows"], told["bad"][0]["line"]) == (1, 1, 1, 3)
    assert "박어림" in (office / "bad.csv").read_text(encoding="utf-8-sig")
    assert run("import", "member", path, "--by", "kim", "--bad", office / "bad.csv", "--good-rows")[0] == 1, "no file is written over"
    path.write_text("\n".join(MEMBERS.splitlines()[:2]), encoding="utf-8")
    code, out, _ = run("import", "member", path, "--by", "kim", "--check")
    assert (code, "이미 있는 줄 1" in out, "살펴보기만" in out) == (0, True, True)
    assert run("import", "member", path, "--by", "nobody")[0] == 1
    assert run("import", "member", path, "--by", "kim", "--institution", "없는 곳")[0] == 1


def test_an_import_that_is_killed_leaves_nothing(office, run):
    assert run("user", "add", "kim", "--name", "김지기", "--institution", "가지점", "--role", "keeper")[0] == 0
    path = office / "many.csv"
    rows = [f"회원{n},2005-01-01,남,050101-3{n:06},2024-11-22" for n in range(2000)]
    path.write_text("\n".join([MEMBERS.splitlines()[0], *rows]), encoding="utf-8")
    started = subprocess.Popen([sys.executable, "-m", "engine.cli", "import", "member", str(path), "--by", "kim"], stderr=subprocess.PIPE, text=True)
    assert started.stderr.readline().startswith("member "), "it is under way"
    started.kill()
    started.wait()
    started.stderr.close()
    path.write_text("\n".join([MEMBERS.splitlines()[0], *rows[:3]]), encoding="utf-8")
    code, out, _ = run("import", "member", path, "--by", "kim", "--format", "json")
    assert (code, json.loads(out)["new"]) == (0, 3)
