"""Commands that keep running: the server, the worker; and the one that fills a place with demonstration data."""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.installation import Installation, Progress, open_installation, rules_folder
from engine.errors import DidimdolError, Refused
from engine.spec.folder import read_folder
from engine.store.database import DatabaseFailed
from engine.store.keyring import production

if TYPE_CHECKING:
    from argparse import Namespace


def serve(given: Namespace) -> int:
    """Serve pages and API until told to stop."""
    from web import app

    open_installation(given, create=not production()).database.dispose()
    settings = {name: getattr(given, name) for name in ("database", "bind", "port", "files")}
    app.serve(**settings, key=given.key or None, demo=given.demo or None)
    return 0


def worker(given: Namespace) -> int:
    """Fire timers and do what else time asks for, until told to stop."""
    from web.house import open_house
    from web.rounds import make_round, rest
    from web.settings import read

    open_installation(given).database.dispose()
    house = open_house(read({}, database=given.database, files=given.files, key=given.key or None))
    stop = threading.Event()
    if not given.once:
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        print("알람을 지켜봅니다. Ctrl+C로 멈춥니다.", flush=True)
    while True:
        try:
            make_round(house)
        except (DidimdolError, DatabaseFailed) as error:  # the database may be away for a while
            if given.once:
                raise
            print(f"이번 차례는 끝내지 못했습니다: {error}", file=sys.stderr, flush=True)
        if given.once:
            rest()
        if given.once or stop.wait(given.every):
            house.database.dispose()
            return 0


def demo(given: Namespace) -> int:
    """Fill an empty installation with demonstration data."""
    from engine.casework.demo import Stage, load

    if production():
        raise Refused("운영 환경에는 시연 자료를 넣지 않습니다.")
    try:
        data = json.loads(Path(given.file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"읽을 수 없는 파일입니다: {given.file}") from error
    place: Installation = open_installation(given, create=True)
    stage = Stage(place.database, place.editions, place.cipher, place.files)
    count = load(stage, data, read_folder(rules_folder(given.folder)), place.now, progress=Progress())
    if stage.refused:
        print(f"규칙이 받지 않아 건너뛴 일 {len(stage.refused)}가지:", *stage.refused[:5], sep="\n  ", file=sys.stderr)
    print(f"{data['title']}: {count}가지 일을 넣었습니다. 모든 사람의 비밀번호는 {data['password']} 입니다.")
    return 0
