"""Rows that tests of single modules stand on, written straight into the tables."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select

from engine.casework.desk import Actor
from engine.casework.history import Chain
from engine.spec.role import Lane, Role, Roles
from engine.store.ids import new_id
from engine.store.tables import cases, edition, institution, person

DIGEST = "0" * 64


def found_institution(desk, name="나무집", kind="집"):
    known = desk.connection.execute(select(institution.c.id).where(institution.c.name == name)).scalar()
    if known:
        return known
    made = new_id()
    desk.connection.execute(insert(institution).values(id=made, name=name, kind=kind, created_at=desk.now))
    return made


def found_person(desk, login, roles=(), place="나무집"):
    where, made = found_institution(desk, place), new_id()
    desk.connection.execute(insert(person).values(id=made, login=login, name=f"{login} 이름", institution_id=where, created_at=desk.now))
    return Actor(made, login, f"{login} 이름", "", "", where, place, "집", "", "", frozenset(roles), address="10.0.0.1")


def found_edition(desk):
    if desk.connection.execute(select(edition.c.digest)).first() is None:
        desk.connection.execute(
            insert(edition).values(
                digest=DIGEST, name="시험", title="시험판", files=b"", in_force_from=date(2024, 1, 1), published_by="a", published_at=desk.now
            )
        )
    return DIGEST


def found_case(desk, place="나무집"):
    made = new_id()
    where, rules = found_institution(desk, place), found_edition(desk)
    chain = Chain(desk, made)
    chain.add("case.opened")
    desk.connection.execute(
        insert(cases).values(
            id=made, institution_id=where, edition=rules, label="대상", opened_at=desk.now, changed_at=desk.now, version=chain.seq, head=chain.head
        )
    )
    chain.write()
    return made


class OneEdition:
    """Stands for the editions of an installation where a test needs nothing of them but the roles."""

    def __init__(self, roles):
        self.roles = roles

    def in_force(self, _connection, _day):
        return self


def roles(*made, lanes=()):
    """`role("boss", may=[…], scope="all")` and so on, as the `Roles` of an edition in force."""
    return OneEdition(Roles({lane: Lane(lane, lane) for lane in lanes}, {one.id: one for one in made}, ()))


def role(ident, *, may=(), scope="institution", kinds=(), exclusive="", title=""):
    return Role(ident, title or f"{ident} 역할", (), tuple(kinds), exclusive, frozenset(may), scope)
