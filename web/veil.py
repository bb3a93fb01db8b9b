"""Identifiers that must never stand in an address: sealed for the one person who typed them, so that a list's address can still carry its state."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from engine.errors import Broken, FieldError, Invalid
from web import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk
    from engine.spec.view import View

_LONGEST = 200  # characters of what somebody types


def veiled(desk: Desk, value: str) -> str:
    """Return `value` sealed, as text for an address; another one each time, and for nobody else to use."""
    return base64.urlsafe_b64encode(desk.cipher.seal(value[:_LONGEST].encode(), _place(desk))).decode().rstrip("=")


def unveiled(desk: Desk, view: View, filters: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return filters as an address says them with the identifiers opened. Raises Invalid for one that is not sealed, or not for this person."""
    opened = dict(filters)
    for each in view.filters:
        if each.kind == "identifier" and any(filters.get(each.id, ())):
            opened[each.id] = (_open(desk, filters[each.id][0], each.id, each.title),)
    return opened


def _open(desk: Desk, token: str, ident: str, title: str) -> str:
    try:
        return desk.cipher.open(base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True), _place(desk)).decode()
    except (Broken, binascii.Error, ValueError):
        raise Invalid([FieldError(f"/{ident}", "identifier", messages.VEILED_WRONG.format(title=title), title)]) from None


def _place(desk: Desk) -> str:
    return f"address|{desk.actor.person_id}|identifier"
