"""`people`: those one may choose on a case, so that a form can say who was chosen (`people[login].name`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.store.prepared import prepare
from engine.store.tables import institution, person

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_TOLD = ("name", "phone", "email", "institution_name", "institution_phone")
_people = prepare(
    select(
        person.c.login, person.c.name, person.c.phone, person.c.email, institution.c.name.label("institution_name"), institution.c.phone.label("institution_phone")
    )
    .join(institution, institution.c.id == person.c.institution_id)
    .where((person.c.institution_id == bindparam("institution_id")) & person.c.disabled_at.is_(None))
    .order_by(person.c.name, person.c.login)
)


def names(connection: Connection, logins: Iterable[str]) -> dict[str, str]:
    """Give the names of people by their logins, wherever they work and even where they no longer do. Unknown logins are left out."""
    wanted = sorted({login for login in logins if login})
    if not wanted:
        return {}
    return {row.login: row.name for row in connection.execute(select(person.c.login, person.c.name).where(person.c.login.in_(wanted)))}


class Colleagues(Mapping[str, Any]):
    """The people of one institution who are not disabled: login -> the words of `_TOLD`. Read when first asked."""

    def __init__(self, connection: Connection, institution_id: str) -> None:
        """Keep where to look; nothing is read yet."""
        self._connection, self._institution_id = connection, institution_id
        self._known: dict[str, dict[str, str]] | None = None

    def _all(self) -> dict[str, dict[str, str]]:
        if self._known is None:
            rows = _people.all(self._connection, institution_id=self._institution_id)
            self._known = {row.login: {name: getattr(row, name) for name in _TOLD} for row in rows}
        return self._known

    def __getitem__(self, login: str) -> Any:
        """Give one of them. Raises KeyError for anyone else."""
        return self._all()[login]

    def __iter__(self) -> Iterator[str]:
        """Give the logins by name."""
        return iter(self._all())

    def __len__(self) -> int:
        """Count them."""
        return len(self._all())
