from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, insert, select, update

from engine.store.prepared import prepare
from engine.store.tables import setting
from engine.store.types import KST, canonical, from_json, to_json, utc_text
from tests.conftest import NOW

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(values)
def test_json_keeps_values_exactly(value):
    assert from_json(to_json(value)) == value
    assert canonical(from_json(to_json(value))) == canonical(value)


def test_json_text():
    assert to_json({"금액": Decimal("12.50"), "날": date(2024, 11, 22), "x": [1, None, True]}) == '{"금액":12.50,"날":"2024-11-22","x":[1,null,true]}'
    assert isinstance(from_json("1.10"), Decimal)
    assert canonical({"b": 1, "a": 2}) == b'{"a":2,"b":1}'
    for odd in (float("nan"), Decimal("NaN"), Decimal("Infinity"), object()):
        with pytest.raises((ValueError, TypeError)):
            to_json(odd)


def test_times_are_kept_as_moments_and_read_in_korea(database):
    elsewhere = datetime(2024, 11, 22, 0, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    with database.begin() as connection:
        connection.execute(insert(setting), [{"name": "a", "changed_at": elsewhere}, {"name": "b", "changed_at": NOW.astimezone(UTC)}])
    with database.read() as connection:
        one, other = connection.execute(select(setting.c.changed_at).order_by(setting.c.changed_at)).scalars().all()
        before = connection.execute(select(setting.c.name).where(setting.c.changed_at < elsewhere)).scalars().all()
    assert (one, other) == (NOW, elsewhere)
    assert other.utcoffset() == timedelta(hours=9)
    assert before == ["b"]
    assert utc_text(NOW) == "2024-11-22T05:00:00.000000Z"


def test_naive_times_are_refused(database):
    for naive in (datetime(2024, 1, 1), None):
        with pytest.raises(Exception, match=r"zone|NOT NULL|NotNull"), database.begin() as connection:
            connection.execute(insert(setting).values(name="x", changed_at=naive))


def test_prepared_statements_do_as_sqlalchemy_would(database):
    put = prepare(insert(setting))
    change = prepare(update(setting).where(setting.c.name == bindparam("which")), ["value", "changed_at"])
    get = prepare(select(setting.c.name, setting.c.value, setting.c.changed_at).where(setting.c.name >= bindparam("least")).order_by(setting.c.name))
    with database.begin() as connection:
        assert put.run(connection, name="a", value={"n": [1, Decimal("2.5")]}, changed_at=NOW) == 1
        put.many(connection, [{"name": "b", "value": "글", "changed_at": NOW}, {"name": "c", "changed_at": NOW}])
        put.many(connection, [])
        assert change.run(connection, {"which": "c"}, value=None, changed_at=NOW.astimezone(UTC)) == 1
        assert change.run(connection, which="none", value=1, changed_at=NOW) == 0
    with database.read() as connection:
        rows = get.all(connection, least="a")
        assert [tuple(row) for row in rows] == [("a", {"n": [1, Decimal("2.5")]}, NOW), ("b", "글", NOW), ("c", None, NOW)]
        assert get.first(connection, least="b").value == "글"
        assert get.first(connection, least="z") is None
        assert connection.execute(select(setting.c.changed_by).distinct()).scalars().all() == [""]
    assert rows[0].changed_at.tzinfo is KST or rows[0].changed_at.utcoffset() == timedelta(hours=9)


def test_prepared_statement_misses_no_parameter(database):
    get = prepare(select(setting).where(setting.c.name == bindparam("name")))
    with pytest.raises(KeyError), database.read() as connection:
        get.first(connection)
