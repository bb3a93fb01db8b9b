"""`cases`: those of one institution, so that a form that names some can say whom it names (`cases[id].name`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.store.ids import is_id
from engine.store.prepared import prepare
from engine.store.tables import cases

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_MANY = 500
_of_place = (cases.c.institution_id == bindparam("institution_id")) & (cases.c.id != cases.c.institution_id)
_one = prepare(select(cases.c.label, cases.c.number).where(_of_place, cases.c.id == bindparam("case_id")))
_ids = prepare(select(cases.c.id).where(_of_place).order_by(cases.c.label, cases.c.id))


def labels(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Give what cases are called, by id. Unknown ids are left out. Says nothing about who may know."""
    wanted = sorted({ident for ident in ids if is_id(ident)})
    found: dict[str, str] = {}
    for begin in range(0, len(wanted), _MANY):
        part = select(cases.c.id, cases.c.label).where(cases.c.id.in_(wanted[begin : begin + _MANY]))
        found |= {row.id: row.label for row in connection.execute(part)}
    return found


class Companions(Mapping[str, Any]):
    """The cases of one institution: id -> name, number. Each is read when it is asked for."""

    def __init__(self, connection: Connection, institution_id: str) -> None:
        """Keep where to look; nothing is read yet."""
        self._connection, self._institution_id = connection, institution_id
        self._known: dict[str, dict[str, str] | None] = {}

    def get(self, case_id: Any, default: Any = None) -> Any:
        """Give one of them, or `default` for any other."""
        if not isinstance(case_id, str) or not is_id(case_id):
            return default
        if case_id not in self._known:
            row = _one.first(self._connection, institution_id=self._institution_id, case_id=case_id)
            self._known[case_id] = {"name": row.label, "number": row.number or ""} if row else None
        found = self._known[case_id]
        return default if found is None else found

    def __getitem__(self, case_id: str) -> Any:
        """Give one of them. Raises KeyError for any other."""
        found = self.get(case_id)
        if found is None:
            raise KeyError(case_id)
        return found

    def __iter__(self) -> Iterator[str]:
        """Give the ids by name."""
        return iter([row.id for row in _ids.all(self._connection, institution_id=self._institution_id)])

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self)
