"""An old system's sheets come in under the 2024 edition: children, then what was done for them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from engine import cli
from engine.casework import people, publishing
from engine.casework.desk import CLOCK, Desk
from engine.casework.editions import Editions
from engine.spec.folder import read_folder
from engine.store.database import connect
from engine.store.keyring import load_keyring
from engine.store.migrate import migrate
from engine.store.types import KST

ROOT = Path(__file__).parents[2]
CHILDREN = [
    ["대상자명", "성별", "생년월일", "주민(외국인)등록번호", "입소일자", "옛번호"],
    ["김하나", "여", "2008. 3. 2.", "080302-4123456", "2015년 6월 1일", "A-1"],
    ["이두리", "남", "20071130", "071130-3123457", "2012.1.9", "A-2"],
]
INFO = [
    ["대상자명", "생년월일", "대상등록일", "입소경로", "주발생유형", "부발생유형"],
    ["김하나", "2008-03-02", "2024-05-02", "시·군·구 보호조치", "학대ㆍ방임", "부모 사망; 부모 이혼·별거"],
    ["이두리", "2007-11-30", "2024-05-03", "시군구 보호조치", "유기", ""],
]


def test_children_and_their_registration_come_in(tmp_path, capsys):
    """Holds R105 (docs/rules.md)."""
    url, key = f"sqlite:///{tmp_path}/a.db", tmp_path / "a.key"
    database = connect(url)
    migrate(database)
    cipher, now = load_keyring(str(key), invent=True).cipher(), datetime(2024, 5, 2, 9, tzinfo=KST)
    with database.begin() as connection:
        desk = Desk(connection, CLOCK, now, Editions(), cipher, None)
        place = people.add_institution(desk, "새봄원", "아동양육시설")
        people.add_person(desk, "worker", "김담당", place, invite=False)
        author, second = (Desk(connection, replace(CLOCK, login=login), now, desk.editions, cipher, None) for login in ("author", "second"))
        publishing.approve(second, publishing.publish(author, read_folder(ROOT), now.date().replace(month=1, day=1)))
        people.grant(desk, "worker", "general_worker", reason="시험", from_day=now.date())
    database.dispose()

    def bring(form, rows, *more):
        path = tmp_path / f"{form}.csv"
        with path.open("w", encoding="cp949", newline="") as file:
            csv.writer(file).writerows(rows)
        code = cli.main(["import", form, str(path), "--by", "worker", "--database", url, "--key", str(key), "--files", str(tmp_path / "f"), "--format", "json", *more])
        return code, json.loads(capsys.readouterr().out)

    code, told = bring("child_basic_info", CHILDREN, "--id", "옛번호")
    assert (code, told["new"], told["bad"]) == (0, 2, [])
    code, told = bring("child_selfreliance_info", INFO)
    assert (code, told["new"], told["bad"]) == (0, 2, [])
    assert bring("child_selfreliance_info", INFO)[1]["same"] == 2
