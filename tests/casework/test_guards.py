"""What only guards may ask: works that stand open, and the record that is to be changed."""

from __future__ import annotations

from datetime import date

import pytest

from engine.casework import cases, records, settings, tasks
from engine.errors import Refused
from engine.spec.check import check
from engine.spec.folder import read_folder
from tests.casework.library import LESSON, TOY, Library

GUARDS = "workflows/decisions/guards.dmn"
ROW = """      <rule id="{0}">
        <inputEntry id="{0}_in_1"><text>{1}</text></inputEntry>
        <inputEntry id="{0}_in_2"><text>-</text></inputEntry>
        <inputEntry id="{0}_in_3"><text>{2}</text></inputEntry>
        <outputEntry id="{0}_out_1"><text>"{3}"</text></outputEntry>
        <outputEntry id="{0}_out_2"><text>4</text></outputEntry>
      </rule>
    </decisionTable>"""


def with_rows(*rows):
    files = read_folder(TOY)
    text = files[GUARDS].decode()
    for row in rows:
        text = text.replace("    </decisionTable>", ROW.format(*row))
    return {**files, GUARDS: text.encode()}


ONE_REQUEST = ("one_request", '"keeper_change"', "open.keeper_change &gt; 0", "이미 요청했습니다.")
CLOSED_YEAR = ("closed_year", '"amend:lesson","withdraw:lesson"', "old.교육일 &lt; closing_date", "마감된 해의 기록입니다.")


@pytest.fixture
def library(database, cipher, files):
    return Library(database, cipher, files, with_rows(ONE_REQUEST, CLOSED_YEAR))


def offered(library, case_id, login):
    with library.desk(login) as desk:
        return next(each for each in cases.actions(desk, case_id) if each.id == "keeper_change")


def test_a_second_work_is_refused_while_one_stands_open(library):
    case_id = library.member()
    with library.desk("kim") as desk:
        mine = tasks.start(desk, case_id, "keeper_change")
    assert (offered(library, case_id, "kim").allowed, offered(library, case_id, "kim").task_id) == (True, mine)  # what one began oneself goes on
    with library.desk("kim") as desk:
        assert tasks.start(desk, case_id, "keeper_change") == mine
    assert (offered(library, case_id, "lee").allowed, offered(library, case_id, "lee").why_not) == (False, "이미 요청했습니다.")
    with pytest.raises(Refused, match="이미 요청"), library.desk("lee") as desk:
        tasks.start(desk, case_id, "keeper_change")
    with library.desk("kim") as desk:
        tasks.withdraw(desk, mine, "그만둠")
    assert offered(library, case_id, "lee").allowed


def test_a_record_is_refused_by_what_it_says(library):
    """Holds R22 (docs/rules.md)."""
    case_id = library.member()
    record_id = library.complete("kim", library.open_tasks(case_id)["lesson"].id, LESSON).record_id
    with library.desk("kim") as desk:
        records.amend(desk, record_id, {**LESSON, "문항1": 4}, "고침")
    later = library.now.replace(year=2025)
    library.hire("mina", "가지점", "admin")
    with library.desk("mina", now=later) as desk:
        settings.set_closing_date(desk, date(2025, 1, 1))
    for verb in (lambda desk: records.amend(desk, record_id, {**LESSON, "교육일": "2025-02-01"}, "고침"), lambda desk: records.withdraw(desk, record_id, "지움")):
        with pytest.raises(Refused, match="마감된 해"), library.desk("kim", now=later) as desk:
            verb(desk)


def test_names_that_are_not_there_are_found():
    wrong = [("a", '"leave"', "open.keeper_chang &gt; 0", "x"), ("b", '"amend:lesson"', "old.교육날 &lt; today", "x")]
    assert {finding.id for finding in check(with_rows(*wrong))} == {"unknown-name"}
    assert not [finding for finding in check(with_rows(ONE_REQUEST, CLOSED_YEAR)) if finding.path == GUARDS]
