"""What the actor's roles permit, by the edition in force today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Forbidden

if TYPE_CHECKING:
    from engine.casework.desk import Desk
    from engine.spec.role import Roles


def roles_today(desk: Desk) -> Roles:
    """Return the roles of the edition in force. Raises Refused where none is."""
    return desk.edition().roles


def may(desk: Desk, permission: str) -> bool:
    """Tell whether one of the actor's roles holds `permission`."""
    return roles_today(desk).may(desk.actor.roles, permission)


def demand(desk: Desk, permission: str) -> str:
    """Return the actor's scope ("institution" or "all"). Raises Forbidden without `permission`."""
    roles = roles_today(desk)
    if not roles.may(desk.actor.roles, permission):
        raise Forbidden
    return roles.scope(desk.actor.roles)
