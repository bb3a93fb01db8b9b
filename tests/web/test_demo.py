"""A demonstration is told as such on every page, and never goes into production."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from engine.casework import demomark
from engine.errors import Refused
from engine.store.database import connect
from engine.store.tables import institution
from tests.conftest import NOW
from web.app import build
from web.house import open_house
from web.settings import Settings


@pytest.fixture
def settings(tmp_path):
    made = Settings(database=f"sqlite:///{tmp_path}/demo.db", key=str(tmp_path / "key"), files=str(tmp_path / "files"), hosts=("testserver",))
    database = connect(made.database)
    database.create_all()
    database.dispose()
    return made


def mark(settings):
    database = connect(settings.database)
    with database.begin() as connection:
        demomark.mark(connection, "지어낸 자료", "words-for-trying", NOW)
    database.dispose()


def test_the_door_of_a_demonstration_tells_how_to_enter(settings):
    mark(settings)
    with TestClient(build(settings), base_url="http://testserver") as browser:
        page = browser.get("/signin").text
    assert "지어낸 자료" in page
    assert "words-for-trying" in page


def test_any_other_door_tells_nothing(settings):
    with TestClient(build(settings), base_url="http://testserver") as browser:
        assert "시연" not in browser.get("/signin").text


def test_production_refuses_made_up_people(settings):
    mark(settings)
    with pytest.raises(Refused, match="시연"):
        open_house(replace(settings, production=True))


def test_no_key_is_invented_beside_data_that_another_key_sealed(settings):
    database = connect(settings.database)
    with database.begin() as connection:
        connection.execute(institution.insert().values(id="0" * 26, name="곳", kind="도서관", created_at=NOW))
    database.dispose()
    with pytest.raises(Refused, match="키 파일이 없습니다"):
        open_house(settings)
