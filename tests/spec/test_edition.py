from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from engine.errors import SpecError
from engine.spec.edition import Edition, load_edition
from engine.spec.folder import read_folder

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests" / "toy"


@pytest.fixture(scope="module")
def files():
    return read_folder(TOY)


@pytest.fixture(scope="module")
def edition(files):
    return Edition.from_files(files)


def test_an_edition_holds_everything_of_the_two_folders(edition):
    assert (edition.name, edition.in_force_from.isoformat(), edition.case.form) == ("toy", "2020-01-01", "member")
    assert set(edition.forms) == {"member", "lesson", "loan", "leave", "keeper_change", "keeper_approval", "group_lesson", "attendance"}
    assert set(edition.processes) == {"lifecycle", "loan", "leave", "keeper_change", "group_lesson"}
    assert edition.lifecycle.id == "lifecycle"
    assert set(edition.views) == {"members", "loans"}
    assert set(edition.reports) == {"members_by_sex"}
    assert [row.id for row in edition.guards.rows] == ["left", "lesson_first", "bus_no_leave"]
    assert edition.lists["sex"].label("남") == "남"


def test_it_cannot_be_changed(edition):
    with pytest.raises(dataclasses.FrozenInstanceError):
        edition.digest = "x"
    for mapping in (edition.files, edition.forms, edition.processes, edition.decisions):
        with pytest.raises(TypeError):
            mapping["x"] = b""


def test_the_digest_is_its_address(files, edition):
    assert len(edition.digest) == 64
    assert Edition.from_files(dict(reversed(files.items()))).digest == edition.digest
    assert Edition.from_files({**files, "forms/lists/new.json": b'{"title": "x", "items": [{"code": "a", "label": "a"}]}'}).digest != edition.digest


def test_everything_that_keeps_it_from_being_read_is_said_at_once(files):
    broken = {
        **files,
        "forms/loan.json": b'{"broken": ',
        "forms/views/members.json": files["forms/views/members.json"].replace(b"case.owner_name", b"case."),
        "workflows/roles.json": files["workflows/roles.json"].replace(b'"scope": "none"', b'"scope": "nowhere"'),
        "workflows/loan.bpmn": files["workflows/loan.bpmn"].replace("userTask".encode(), b"scriptTask"),
        "forms/stray.txt": b"",
    }
    with pytest.raises(SpecError) as caught:
        Edition.from_files(broken)
    found = {(finding.path, finding.id) for finding in caught.value.findings}
    assert {
        ("forms/loan.json", "not-json"), ("forms/views/members.json", "bad-expression"), ("workflows/roles.json", "unknown-value"),
        ("workflows/loan.bpmn", "script-task"), ("forms/stray.txt", "misplaced-file"),
    } <= found


def test_the_menu_leads_to_no_view_of_another_kind_of_institution(files):
    other = {**files, "forms/views/members.json": files["forms/views/members.json"].replace(b'"title": ', '"kinds": ["지점"], "title": '.encode(), 1)}
    edition = Edition.from_files(other)
    assert [item.page for item in edition.menu(["keeper"], "지점")] == ["home", "view", "register", "institution", "reports"]
    assert [item.page for item in edition.menu(["keeper"], "이동도서관")] == ["home", "register", "institution", "reports"]


def test_the_shipped_edition_loads():
    edition = load_edition(ROOT)
    assert edition.name == "2024"
    assert edition.case.form in edition.forms
