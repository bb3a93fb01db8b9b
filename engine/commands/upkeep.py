"""Commands that look after an installation: migrate, verify, back up, restore, keys."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.casework.verify import verify as examine
from engine.commands.installation import Progress, open_installation
from engine.errors import Refused
from engine.store.database import connect
from engine.store.files import FolderFiles
from engine.store.keyring import DEFAULT_PATH, load_keyring, new_keyring
from engine.store.migrate import is_current, migrate

if TYPE_CHECKING:
    from argparse import Namespace

PASSPHRASE = "DIDIMDOL_BACKUP_PASSPHRASE"  # noqa: S105 -- the name of a variable


def migrate_database(given: Namespace) -> int:
    """Create the tables or bring them up to date."""
    database = connect(given.database)
    database.check()
    if is_current(database):
        print("데이터베이스가 이미 맞습니다.")
        return 0
    migrate(database)
    print("데이터베이스를 맞추었습니다.")
    return 0


def verify(given: Namespace) -> int:
    """Look through everything stored; 1 where something is not as it must be."""
    show = Progress()
    with open_installation(given).desk(write=False) as desk:
        found = examine(desk, progress=None if given.quiet else show)
    for trouble in found:
        print(f"{trouble.check}: {trouble.sentence}")
    print(f"이상 {len(found)}건" if found else "이상이 없습니다.")
    return 1 if found else 0


def backup(given: Namespace) -> int:
    """Write an encrypted backup."""
    from engine.store.backup import back_up

    place = open_installation(given)
    made = back_up(place.database, place.files, Path(given.target), _secret(given, twice=True), progress=Progress())
    print(f"{given.target}: 행 {sum(made.rows.values())}개, 첨부파일 {len(made.parts) - 1}개")
    print("암호화 키 파일은 들어 있지 않습니다. 다른 곳에 따로 보관하세요.", file=sys.stderr)
    return 0


def restore(given: Namespace) -> int:
    """Put a backup into an empty place, then look through it."""
    from engine.store.backup import restore as put_back

    made = put_back(Path(given.source), given.database, FolderFiles(given.files), _secret(given), progress=Progress())
    database = connect(given.database)
    if not is_current(database):
        migrate(database)
    database.dispose()
    print(f"되돌렸습니다: 행 {sum(made.rows.values())}개, 첨부파일 {len(made.parts) - 1}개")
    given.quiet = False
    return verify(given)


def key_new(given: Namespace) -> int:
    """Make the first key file, readable by its owner only; one that is there stays as it is."""
    path = Path(given.key or os.environ.get("DIDIMDOL_KEY") or DEFAULT_PATH)
    if path.exists():
        raise Refused(f"이미 있는 키 파일입니다: {path}. 바꾸려면 didimdol key rotate를 쓰세요.")
    new_keyring().save(path)
    print(f"키 파일을 만들었습니다: {path}")
    print("백업과 다른 곳에 따로 보관하세요. 이 파일이 없으면 저장한 것을 읽을 수 없습니다.", file=sys.stderr)
    return 0


def key_rotate(given: Namespace) -> int:
    """Add a new key and seal everything anew under it."""
    named = given.key or os.environ.get("DIDIMDOL_KEY") or DEFAULT_PATH
    if named.lstrip().startswith("{"):
        raise Refused("키가 환경 변수에 들어 있어 여기서 바꿀 수 없습니다. 키 파일을 쓰세요.")
    ring = load_keyring(given.key or None)
    if not given.resume:
        ring = ring.rotated()
        ring.save(Path(named))
        print(f"새 키를 더했습니다: {max(ring.keys)}번. 돌고 있는 서버를 다시 시작하세요.")
    return _reseal(given)


def _reseal(given: Namespace) -> int:
    from engine.store.rekeying import reseal

    place = open_installation(given)
    terminal = sys.stderr.isatty()

    def show(what: str, done: int) -> None:
        print(f"\r\033[K{what} {done}" if terminal else f"{what} {done}", end="" if terminal else "\n", file=sys.stderr, flush=True)

    count = reseal(place.database, place.files, place.cipher, progress=show)
    print(f"{count}개 값을 다시 암호화했습니다.")
    print("중간에 멈췄거나 예전 키로 도는 서버가 있었다면 didimdol key rotate --resume으로 한 번 더 하세요.", file=sys.stderr)
    return 0


def _secret(given: Namespace, *, twice: bool = False) -> bytes:
    from engine.store.vault import secret_of

    if given.key_file:
        return secret_of(key_file=Path(given.key_file))
    words = os.environ.get(PASSPHRASE, "")
    if not words and sys.stdin.isatty():
        words = getpass.getpass("백업 암호: ")
        if twice and getpass.getpass("한 번 더: ") != words:
            raise Refused("두 번 적은 암호가 서로 다릅니다.")
    if not words:
        raise Refused(f"--key-file이나 {PASSPHRASE} 환경 변수로 백업 열쇠를 정하세요.")
    return secret_of(words)
