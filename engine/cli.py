"""The command `didimdol`: its words, their help, and what their errors become. What they do is in `engine/commands`.

Exit codes: 0 done or clean, 1 refused or something found, 2 not understood.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from engine.errors import DatabaseFailed, DidimdolError, Invalid, SpecError
from engine.store.address import DEFAULT_URL

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENGLISH = (
    (r"the following arguments are required: (.+)", r"빠진 것이 있습니다: \1"),
    (r"unrecognized arguments: (.+)", r"모르는 인자입니다: \1"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\1: \2은(는) 없습니다. 고를 수 있는 것: \3"),
    (r"argument (.+?): expected one argument", r"\1: 값을 하나 적으세요"),
    (r"argument (.+?): expected at least one argument", r"\1: 값을 적으세요"),
    (r"argument (.+?): invalid .+? value: (.+)", r"\1: \2은(는) 쓸 수 없는 값입니다"),
    (r"one of the arguments (.+) is required", r"다음 가운데 하나가 필요합니다: \1"),
)


class _Words(argparse.HelpFormatter):
    """Help in Korean."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Begin the usage line in Korean."""
        super().add_usage(usage, actions, groups, prefix if prefix is not None else "사용법: ")


class _Parser(argparse.ArgumentParser):
    """A parser that speaks Korean."""

    def __init__(self, **given: Any) -> None:
        """Take what argparse takes."""
        super().__init__(**{**given, "formatter_class": _Words, "add_help": False, "allow_abbrev": False})
        self._positionals.title, self._optionals.title = "할 일과 대상", "선택 사항"
        self.add_argument("-h", "--help", action="help", help="이 도움말을 보여 줍니다")

    def error(self, message: str) -> NoReturn:
        """Tell what was not understood, and end with 2."""
        for pattern, told in _ENGLISH:
            message = re.sub(f"^{pattern}$", told, message)
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}\n")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    given = parser().parse_args(words)
    try:
        module, _, name = given.run.partition(".")
        done: int = getattr(import_module(f"engine.commands.{module}"), name)(given)
    except SpecError as error:
        print(*error.findings, sep="\n")
        return 1
    except Invalid as error:
        print(*(f"{one.label or one.path}: {one.message}" for one in error.errors), sep="\n", file=sys.stderr)
        return 1
    except DidimdolError as error:
        print(error.message, file=sys.stderr)
        return 1
    except DatabaseFailed as error:
        print(f"데이터베이스가 답하지 않거나 거절했습니다: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 1
    return done


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    top = _Parser(prog="didimdol", description="서식과 업무 흐름을 규칙 파일로 다루는 사례 관리 엔진")
    commands = top.add_subparsers(title="명령", metavar="명령", required=True, parser_class=_Parser)
    _serving(commands)
    _rules(commands)
    _moving(commands)
    _staff(commands)
    _bringing(commands)
    _upkeep(commands)
    return top


def _serving(commands: Any) -> None:
    serve = _command(commands, "serve", "running.serve", "서버를 켭니다")
    serve.add_argument("--bind", metavar="주소", help="기다릴 주소 (기본 127.0.0.1)")
    serve.add_argument("--port", type=_port, metavar="번호", help="기다릴 포트 (기본 8000)")
    serve.add_argument("--demo", action="store_true", help="화면에 시연용임을 밝힙니다")
    worker = _command(commands, "worker", "running.worker", "알람과 뒷일을 맡습니다")
    worker.add_argument("--once", action="store_true", help="한 바퀴만 돌고 끝냅니다")
    worker.add_argument("--every", type=float, default=30.0, metavar="초", help="한 바퀴 사이의 쉬는 시간 (기본 30)")
    demo = _command(commands, "demo", "running.demo", "비어 있는 데이터베이스에 시연 자료를 넣습니다")
    demo.add_argument("file", metavar="파일", help="시연 자료 JSON")
    demo.add_argument("--folder", metavar="폴더", help="규칙 폴더 (기본: 이 프로젝트의 것)")


def _rules(commands: Any) -> None:
    folder: dict[str, Any] = {"nargs": "?", "metavar": "폴더", "help": "workflows/와 forms/가 든 폴더 (기본: 이 프로젝트의 것)"}
    check = _command(commands, "check", "rules.check", "규칙 폴더에 잘못이 없는지 봅니다")
    check.add_argument("folder", **folder)
    check.add_argument("--format", choices=("text", "json"), default="text", help="출력 모양")
    check.add_argument("--no-scenarios", action="store_true", help="시나리오는 돌리지 않습니다")
    diff = _command(commands, "diff", "rules.diff", "두 규칙 폴더에서 무엇이 달라졌는지 보여 줍니다")
    diff.add_argument("old", metavar="전", help="전의 규칙 폴더")
    diff.add_argument("new", nargs="?", metavar="뒤", help="뒤의 규칙 폴더 (기본: 이 프로젝트의 것)")
    diff.add_argument("--format", choices=("text", "json"), default="text", help="출력 모양")
    test = _command(commands, "test", "testing.test", "규칙 폴더의 시나리오를 돌립니다")
    test.add_argument("folder", **folder)
    test.add_argument("--only", action="append", metavar="이름", help="이 시나리오만 (여러 번 쓸 수 있습니다)")
    test.add_argument("--format", choices=("text", "json"), default="text", help="출력 모양")
    test.add_argument("--whole", action="store_true", help="시나리오가 지나지 않은 곳이 있으면 1로 끝냅니다")
    test.add_argument("--skeletons", default="", metavar="폴더", help="지나지 않은 곳마다 시나리오나 그 뼈대를 이 폴더에 적습니다 (있는 파일은 그대로 둡니다)")
    publish = _command(commands, "publish", "rules.publish", "규칙 폴더를 판으로 공표합니다 (다른 사람이 승인해야 시행됩니다)")
    publish.add_argument("folder", **folder)
    publish.add_argument("--by", required=True, metavar="아이디", help="공표하는 사람")
    publish.add_argument("--from", dest="since", type=_day, metavar="날짜", help="시행일 (기본: 판에 적힌 날)")
    propose = _command(commands, "propose", "rules.propose", "승인을 기다리는 판의 시행일과, 시행되면 열린 건을 어떻게 할지를 고칩니다")
    propose.add_argument("digest", metavar="판", help="판의 digest")
    propose.add_argument("--by", required=True, metavar="아이디", help="고치는 사람")
    propose.add_argument("--from", dest="since", type=_day, metavar="날짜", help="시행일")
    for one in (publish, propose):
        one.add_argument("--open-cases", choices=("stay", "move"), help="시행되면 열린 건을: stay 시작한 판에 두기, move 저절로 옮기기 (기본 stay)")
        one.add_argument("--mapping", metavar="파일", help="옮길 때 없어진 단계의 새 자리를 적은 JSON (migrate의 것과 같습니다)")
    approve = _command(commands, "approve", "rules.approve", "공표된 판을 승인합니다")
    approve.add_argument("digest", metavar="판", help="판의 digest")
    approve.add_argument("--by", required=True, metavar="아이디", help="승인하는 사람 (공표한 사람은 안 됩니다)")
    one = _command(commands, "record-scenario", "recording.record", "건 하나에 일어난 일을 시나리오로 옮깁니다 (개인정보는 지어낸 것으로 바꿉니다)")
    one.add_argument("case", metavar="건", help="건의 번호나 id")
    one.add_argument("--by", required=True, metavar="아이디", help="옮기는 사람 (scenario.record 권한이 있고 이 건을 볼 수 있어야 합니다)")
    one.add_argument("--reason", required=True, metavar="까닭", help="옮기는 까닭 (접속기록에 남습니다)")
    one.add_argument("--out", default="", metavar="파일", help="적을 새 파일 (기본: 화면에 냅니다)")
    one.add_argument("--even-so", action="store_true", help="지금 판에서 그대로 되지 않아도 적습니다")
    book = _command(commands, "handbook", "manual.handbook", "판의 매뉴얼을 HTML로, 원하면 PDF로도 만듭니다")
    book.add_argument("edition", nargs="?", metavar="폴더나 판", help="규칙 폴더나 판의 digest (기본: 이 프로젝트의 것)")
    book.add_argument("--out", required=True, metavar="폴더", help="만든 것을 둘 폴더")
    book.add_argument("--pdf", action="store_true", help="PDF도 만듭니다 (Chromium이 필요합니다)")
    _command(commands, "editions", "rules.editions", "판의 목록을 보여 줍니다")
    withdraw = _command(commands, "withdraw", "rules.withdraw", "판을 철회합니다 (새 일은 그 앞의 판으로 시작됩니다)")
    withdraw.add_argument("digest", metavar="판", help="판의 digest")
    withdraw.add_argument("--by", required=True, metavar="아이디", help="철회하는 사람")
    withdraw.add_argument("--reason", required=True, metavar="까닭", help="철회하는 까닭 (접속기록에 남습니다)")


def _moving(commands: Any) -> None:
    move = _command(commands, "migrate", "moving.move", "열려 있는 건을 다른 판으로 옮깁니다 (멈춰도 이어서 할 수 있고, 되돌릴 수 있습니다)")
    what = move.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", metavar="판", help="옮겨 갈 판의 digest")
    what.add_argument("--resume", metavar="번호", help="멈춘 옮기기를 이어서 합니다 (여럿이 함께 해도 됩니다)")
    what.add_argument("--undo", metavar="번호", help="옮기기를 되돌립니다 (그 뒤에 일이 더 없었던 건만)")
    what.add_argument("--report", metavar="번호", help="옮기기의 건마다의 결과를 보여 줍니다")
    what.add_argument("--list", action="store_true", help="옮기기의 목록을 보여 줍니다")
    move.add_argument("--from", dest="origin", metavar="판", help="이 판에 서 있는 것만 옮깁니다 (기본: 다른 모든 판)")
    move.add_argument("--mapping", metavar="파일", help='단계의 새 자리를 적은 JSON: {"절차": {"전의 단계": "새 단계" | "close" | "stay"}}')
    move.add_argument("--dry-run", action="store_true", help="옮기지 않고 어떻게 될지만 보여 줍니다")
    move.add_argument("--batch", type=_several, default=100, metavar="수", help="한꺼번에 저장할 건의 수 (기본 100)")
    move.add_argument("--by", default="", metavar="아이디", help="옮기거나 보는 사람 (--resume 말고는 필요합니다)")
    impact = _command(commands, "impact", "foreseeing.impact", "판이 시행되면 열린 건, 초안, 통계, 지난 기록이 어떻게 되는지 보여 줍니다")
    impact.add_argument("digest", metavar="판", help="공표한 판의 digest")
    impact.add_argument("--by", required=True, metavar="아이디", help="보는 사람")
    impact.add_argument("--mapping", metavar="파일", help="단계의 새 자리를 적은 JSON (migrate의 것과 같습니다)")
    impact.add_argument("--format", choices=("text", "json"), default="text", help="출력 모양")
    replay = _command(commands, "replay", "foreseeing.replay", "지난 기록을 판으로 다시 읽어, 어느 것이 왜 거절될지 보여 줍니다 (아무것도 바꾸지 않습니다)")
    replay.add_argument("digest", metavar="판", help="공표한 판의 digest")
    replay.add_argument("--by", required=True, metavar="아이디", help="보는 사람")
    replay.add_argument("--days", type=_several, default=365, metavar="일", help="며칠 동안의 기록 (기본 365)")
    replay.add_argument("--format", choices=("text", "json"), default="text", help="출력 모양")


def _staff(commands: Any) -> None:
    places = _group(commands, "institution", "기관", "더하기, 닫기, 목록")
    add = _command(places, "add", "staff.institution_add", "기관을 더합니다")
    add.add_argument("name", metavar="이름")
    add.add_argument("--kind", required=True, metavar="종류", help="기관 종류")
    add.add_argument("--region", default="", metavar="지역")
    add.add_argument("--phone", default="", metavar="전화번호")
    close = _command(places, "close", "staff.institution_close", "끝나지 않은 건이 없는 기관을 닫습니다. 그곳 사람은 더 로그인하지 못합니다")
    close.add_argument("name", metavar="기관", help="기관의 이름이나 id")
    close.add_argument("--reason", required=True, metavar="까닭")
    _command(places, "list", "staff.institution_list", "기관의 목록을 보여 줍니다")
    users = _group(commands, "user", "사용자", "더하기, 역할, 비밀번호, 목록 등")
    add = _command(users, "add", "staff.user_add", "사용자를 더하고 한 번 쓰는 비밀번호를 보여 줍니다")
    add.add_argument("login", metavar="아이디")
    add.add_argument("--name", required=True, metavar="이름")
    add.add_argument("--institution", required=True, metavar="기관", help="기관의 이름이나 id")
    add.add_argument("--role", action="append", metavar="역할", help="역할 id (여러 번 쓸 수 있습니다)")
    add.add_argument("--phone", default="", metavar="전화번호")
    add.add_argument("--email", default="", metavar="전자우편")
    add.add_argument("--reason", default="", metavar="까닭", help="역할을 주는 까닭")
    for name, run, told in (("grant", "staff.user_grant", "역할을 줍니다"), ("revoke", "staff.user_revoke", "역할을 거둡니다")):
        one = _command(users, name, run, told)
        one.add_argument("login", metavar="아이디")
        one.add_argument("role", metavar="역할")
        one.add_argument("--reason", required=True, metavar="까닭")
        if name == "grant":
            one.add_argument("--from", dest="since", type=_day, metavar="날짜", help="첫날 (기본: 오늘)")
            one.add_argument("--until", type=_day, metavar="날짜", help="마지막 날 (기본: 거둘 때까지)")
    password = _command(users, "password", "staff.user_password", "한 번 쓰는 비밀번호를 새로 보여 줍니다")
    password.add_argument("login", metavar="아이디")
    password.add_argument("--set", action="store_true", help="대신 쓸 비밀번호를 물어서 정합니다")
    disable = _command(users, "disable", "staff.user_disable", "사용을 중지합니다")
    disable.add_argument("login", metavar="아이디")
    disable.add_argument("--reason", required=True, metavar="까닭")
    _command(users, "list", "staff.user_list", "사용자와 역할의 목록을 보여 줍니다")
    token = _command(commands, "token", "staff.token", "API 토큰을 만들어 보여 줍니다")
    token.add_argument("login", metavar="아이디")
    token.add_argument("--name", default="", metavar="이름", help="어디에 쓰는지")


def _upkeep(commands: Any) -> None:
    _command(commands, "migrate-database", "upkeep.migrate_database", "데이터베이스를 만들거나 이 프로그램에 맞춥니다")
    verify = _command(commands, "verify", "upkeep.verify", "저장된 모든 것이 온전한지 살핍니다")
    verify.add_argument("--quiet", action="store_true", help="진행을 보여 주지 않습니다")
    backup = _command(commands, "backup", "upkeep.backup", "암호화한 백업을 만듭니다")
    backup.add_argument("target", metavar="파일", help="만들 파일")
    restore = _command(commands, "restore", "upkeep.restore", "백업을 비어 있는 곳에 되돌리고 살핍니다")
    restore.add_argument("source", metavar="파일", help="백업 파일")
    for one in (backup, restore):
        one.add_argument("--key-file", metavar="파일", help="백업 열쇠 파일 (없으면 DIDIMDOL_BACKUP_PASSPHRASE나 물어보는 암호)")
    keys = _group(commands, "key", "암호화 키", "만들기, 바꾸기")
    _command(keys, "new", "upkeep.key_new", "첫 키 파일을 만듭니다")
    rotate = _command(keys, "rotate", "upkeep.key_rotate", "새 키를 더하고 모든 값을 다시 암호화합니다")
    rotate.add_argument("--resume", action="store_true", help="새 키를 더하지 않고, 멈춘 데서 이어서 합니다")


def _bringing(commands: Any) -> None:
    one = _command(commands, "import", "importing.bring_in", "다른 시스템의 줄을 xlsx나 csv에서 서식의 기록으로 들여옵니다")
    one.add_argument("form", metavar="서식", help="서식 id")
    one.add_argument("file", metavar="파일", help="xlsx나 csv. 첫 줄은 항목의 이름")
    one.add_argument("--by", required=True, metavar="아이디", help="들여오는 사람")
    one.add_argument("--institution", default="", metavar="기관", help="기관의 이름이나 id (모든 기관을 보는 사람만 고릅니다)")
    one.add_argument("--sheet", default="", metavar="시트", help="xlsx의 시트 이름 (기본: 첫 시트)")
    one.add_argument("--id", default="", metavar="열", help="줄마다 다른 번호가 있는 열 (없으면 줄의 내용으로 알아봅니다)")
    one.add_argument("--source", default="", metavar="이름", help="번호가 겹칠 수 있는 자료를 구별하는 이름")
    one.add_argument("--day", default="", metavar="열", help="기록한 날의 열: 그날 쓰던 코드를 받습니다 (--without-work와 함께)")
    one.add_argument("--check", action="store_true", help="살펴보기만 하고 아무것도 넣지 않습니다")
    one.add_argument("--good-rows", action="store_true", help="바른 줄은 넣고 틀린 줄은 --bad 파일에 적습니다")
    one.add_argument("--bad", default="", metavar="파일", help="틀린 줄과 까닭을 적을 csv 파일")
    one.add_argument("--skip-unknown", action="store_true", help="서식에 없는 열은 건너뜁니다")
    one.add_argument("--confirmed", action="store_true", help="확인을 묻는 것은 확인한 것으로 봅니다")
    one.add_argument("--amend", default="", metavar="까닭", help="이미 들어온 줄이 달라졌으면 이 까닭으로 고칩니다")
    one.add_argument("--past-closing", action="store_true", help="입력 마감일보다 이른 기록도 받습니다 (--reason이 필요합니다)")
    one.add_argument("--without-work", action="store_true", help="일을 열지 않고 끝난 기록으로만 남깁니다 (--reason이 필요합니다)")
    one.add_argument("--reason", default="", metavar="까닭", help="이력에 남길 까닭")
    one.add_argument("--format", choices=("text", "json"), default="text", help="출력 모양")


def _group(commands: Any, name: str, told: str, what: str) -> Any:
    group = commands.add_parser(name, help=f"{told}: {what}", description=told)
    return group.add_subparsers(title="명령", metavar="명령", required=True, parser_class=_Parser)


def _command(commands: Any, name: str, run: str, told: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=told, description=told)
    made.set_defaults(run=run)
    environment = os.environ.get
    made.add_argument(
        "--database", default=environment("DIDIMDOL_DATABASE") or DEFAULT_URL, metavar="URL", help="데이터베이스 (기본 DIDIMDOL_DATABASE)"
    )
    made.add_argument("--key", default="", metavar="파일", help="암호화 키 파일 (기본 DIDIMDOL_KEY)")
    made.add_argument("--files", default=environment("DIDIMDOL_FILES") or "var/files", metavar="폴더", help="첨부파일 폴더 (기본 DIDIMDOL_FILES)")
    return made


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 65536:
        raise ValueError(text)
    return port


def _several(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise ValueError(text)
    return number


def _day(text: str) -> str:
    from datetime import date

    date.fromisoformat(text)
    return text


if __name__ == "__main__":
    sys.exit(main())
