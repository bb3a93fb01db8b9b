"""The edition that ships: nothing to find in it, every scenario holds, and what the scenarios leave out is known by name.

Holds S28 (SECURITY.md).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.casework.scenarios import run
from engine.spec.check import check
from engine.spec.edition import Edition
from engine.spec.folder import read_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def files():
    return read_folder(ROOT)


@pytest.fixture(scope="module")
def outcome(files):
    return run(Edition.from_files(files))


def test_there_is_nothing_to_find(files):
    assert [str(finding) for finding in check(files)] == []


def test_every_scenario_holds(outcome):
    assert [str(finding) for finding in outcome.findings] == []


def test_the_scenarios_exercise_everything(outcome):
    assert [title for _, title in outcome.coverage.missing()] == []
