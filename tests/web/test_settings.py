"""Settings are read once, and a production start is refused where it would be unsafe.

Holds K15 (SECURITY.md).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Refused
from web.settings import Settings, read

PRODUCTION = {
    "DIDIMDOL_ENV": "production",
    "DIDIMDOL_SECURE": "1",
    "DIDIMDOL_HOSTS": "didimdol.example.kr",
    "DIDIMDOL_KEY": "/etc/didimdol/key",
    "DIDIMDOL_DATABASE": "postgresql://db.example.kr/didimdol?sslmode=verify-full",
}


def test_nothing_told_is_the_development_server() -> None:
    assert read({}) == Settings()


def test_the_command_line_wins_over_the_environment() -> None:
    made = read({"DIDIMDOL_PORT": "9000", "DIDIMDOL_IDLE_MINUTES": "20"}, port=9001, demo=None)
    assert (made.port, made.idle, made.demo) == (9001, timedelta(minutes=20), False)


def test_a_value_that_cannot_be_meant_is_refused_with_its_name() -> None:
    with pytest.raises(Refused, match="DIDIMDOL_SECURE"):
        read({"DIDIMDOL_SECURE": "maybe"})
    with pytest.raises(Refused, match="DIDIMDOL_PORT"):
        read({"DIDIMDOL_PORT": "-1"})


def test_a_full_production_start_is_accepted() -> None:
    assert read(PRODUCTION).production


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DIDIMDOL_SECURE", "0", "https"),
        ("DIDIMDOL_HOSTS", "", "DIDIMDOL_HOSTS"),
        ("DIDIMDOL_KEY", "", "DIDIMDOL_KEY"),
        ("DIDIMDOL_DEMO", "1", "체험"),
        ("DIDIMDOL_DATABASE", "postgresql://db.example.kr/didimdol", "sslmode"),
    ],
)
def test_s48_an_unsafe_production_start_is_refused(variable: str, value: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read({**PRODUCTION, variable: value})
