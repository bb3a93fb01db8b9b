"""An installation filled with demonstration data says so: in the database itself, so that every page can tell and production can refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from engine.casework import passwords
from engine.store.tables import institution, person, setting

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

NAME = "demo"


@dataclass(frozen=True, slots=True)
class Demo:
    """What the sign-in page of a demonstration tells: the note of the data, the one password, and (login, name, institution) of each person."""

    title: str
    password: str
    people: tuple[tuple[str, str, str], ...]


def empty(connection: Connection) -> bool:
    """Tell whether nobody lives here yet."""
    return connection.execute(select(institution.c.id)).first() is None


def mark(connection: Connection, title: str, password: str, now: datetime) -> None:
    """Write down that everybody and everything here is made up, and give all of them the one password."""
    connection.execute(update(person).values(password=passwords.hashed(password), password_until=None))
    connection.execute(insert(setting).values(name=NAME, value={"title": title, "password": password}, changed_by="", changed_at=now))


def read(connection: Connection) -> Demo | None:
    """Give what was written down, with the people there are; None in an installation of real people."""
    told = connection.execute(select(setting.c.value).where(setting.c.name == NAME)).scalar()
    if told is None:
        return None
    query = select(person.c.login, person.c.name, institution.c.name).join(institution, institution.c.id == person.c.institution_id)
    rows = connection.execute(query.where(person.c.disabled_at.is_(None)).order_by(person.c.created_at, person.c.id)).all()
    return Demo(told["title"], told["password"], tuple((row[0], row[1], row[2]) for row in rows))
