"""Commands about people: institutions, users, their roles, passwords and tokens."""

from __future__ import annotations

import getpass
import sys
from datetime import date
from typing import TYPE_CHECKING

from engine.casework import people
from engine.commands.installation import open_installation
from engine.errors import Refused

if TYPE_CHECKING:
    from argparse import Namespace

    from engine.casework.desk import Desk

_REASON = "명령줄에서 등록"


def institution_add(given: Namespace) -> int:
    """Add an institution; print its id."""
    with open_installation(given).desk() as desk:
        print(people.add_institution(desk, given.name, given.kind, region=given.region, phone=given.phone))
    return 0


def institution_close(given: Namespace) -> int:
    """Close an institution."""
    with open_installation(given).desk() as desk:
        people.close_institution(desk, _place(desk, given.name), reason=given.reason)
    print("기관을 닫았습니다.")
    return 0


def institution_list(given: Namespace) -> int:
    """List institutions."""
    with open_installation(given).desk(write=False) as desk:
        for one in people.institutions(desk):
            print("\t".join((one.id, one.name, one.kind, one.region, one.phone, "닫음" if one.closed_at else "")).rstrip())
    return 0


def user_add(given: Namespace) -> int:
    """Add a person, with roles where given; print the one-time password."""
    with open_installation(given).desk() as desk:
        _, secret = people.add_person(desk, given.login, given.name, _place(desk, given.institution), phone=given.phone, email=given.email)
        for role in given.role or ():
            people.grant(desk, given.login, role, reason=given.reason or _REASON)
    print(secret)
    print("한 번만 쓸 수 있는 비밀번호입니다. 사흘 안에 로그인해서 바꿔야 합니다.", file=sys.stderr)
    return 0


def user_grant(given: Namespace) -> int:
    """Give a person a role."""
    with open_installation(given).desk() as desk:
        since, until = (date.fromisoformat(text) if text else None for text in (given.since, given.until))
        people.grant(desk, given.login, given.role, reason=given.reason, from_day=since, until_day=until)
    print("역할을 주었습니다.")
    return 0


def user_revoke(given: Namespace) -> int:
    """Take a role from a person."""
    with open_installation(given).desk() as desk:
        people.revoke(desk, given.login, given.role, reason=given.reason)
    print("역할을 거두었습니다.")
    return 0


def user_password(given: Namespace) -> int:
    """Give a person a new one-time password, or ask for the password they are to have."""
    if given.set:
        new = getpass.getpass("새 비밀번호: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        with open_installation(given).desk() as desk:
            people.set_password(desk, given.login, new)
        print("비밀번호를 바꾸었습니다.")
        return 0
    with open_installation(given).desk() as desk:
        print(people.reset_password(desk, given.login))
    return 0


def user_disable(given: Namespace) -> int:
    """Stop a person from working here."""
    with open_installation(given).desk() as desk:
        people.disable_person(desk, given.login, reason=given.reason)
    print("사용을 중지했습니다.")
    return 0


def user_list(given: Namespace) -> int:
    """List people with their roles."""
    with open_installation(given).desk(write=False) as desk:
        for one in people.people(desk):
            held = ", ".join(f"{grant.role}({grant.from_day}~{grant.until_day or ''})" for grant in one.grants)
            print("\t".join((one.login, one.name, one.institution_name, held, "중지" if one.disabled_at else "")).rstrip())
    return 0


def token(given: Namespace) -> int:
    """Print a new API token of a person."""
    with open_installation(given).desk() as desk:
        print(people.token_for(desk, given.login, name=given.name))
    return 0


def _place(desk: Desk, named: str) -> str:
    found = [one.id for one in people.institutions(desk) if named in (one.id, one.name)]
    if not found:
        raise Refused(f"그런 기관이 없습니다: {named}. didimdol institution list로 확인하세요.")
    return found[0]
