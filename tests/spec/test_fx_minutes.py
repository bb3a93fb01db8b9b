"""소요분 counts the minutes between two moments or two times of a day."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.spec.expression import compile_fx


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("14:00", "15:30", 90),
        ("15:30", "14:00", -90),
        ("00:00", "23:59", 1439),
        (datetime(2024, 11, 22, 23, 30), datetime(2024, 11, 23, 0, 15), 45),
        ("14:00", None, None),
        ("14:00", "24:00", None),
        ("14:00", "1٢:00", None),
        ("14:00", datetime(2024, 11, 22, 23, 30), None),
        (14, 15, None),
    ],
)
def test_minutes(start, end, minutes):
    assert compile_fx("소요분(시작, 끝)")({"시작": start, "끝": end}) == minutes
