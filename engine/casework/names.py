"""Names for the logins, institutions and cases that rows of the past are kept under, for people who may read those rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.store.tables import cases, institution, person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column

    from engine.casework.desk import Desk


def of_people(desk: Desk, logins: Iterable[str | None]) -> dict[str, str]:
    """Return login -> name for those who are (or were) people here."""
    return _named(desk, person.c.login, person.c.name, logins)


def of_institutions(desk: Desk, ids: Iterable[str]) -> dict[str, str]:
    """Return id -> name of institutions."""
    return _named(desk, institution.c.id, institution.c.name, ids)


def of_cases(desk: Desk, ids: Iterable[str]) -> dict[str, str]:
    """Return id -> number of cases; a case without a number is left out. Never whom a case is about: numbers say enough to those who may not see it."""
    return _named(desk, cases.c.id, cases.c.number, ids)


def _named(desk: Desk, key: Column[str], name: Column[str], wanted: Iterable[str | None]) -> dict[str, str]:
    asked = sorted({one for one in wanted if one})
    if not asked:
        return {}
    rows = desk.connection.execute(select(key.label("key"), name.label("name")).where(key.in_(asked)))
    return {row.key: row.name for row in rows if row.name}
