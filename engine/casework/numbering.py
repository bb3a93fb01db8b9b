"""Numbers of cases: counted per institution and year, without gaps that a rollback would leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

from engine.spec.overlay import Over
from engine.store.prepared import prepare
from engine.store.tables import number_series

if TYPE_CHECKING:
    from engine.casework.dossier import Dossier
    from engine.store.prepared import Prepared


def _next(insert: Any) -> Prepared:
    statement = insert(number_series)
    counted = statement.on_conflict_do_update(index_elements=["institution_id", "series"], set_={"last": number_series.c.last + 1})
    return prepare(counted.returning(number_series.c.last), ["institution_id", "series", "last"])


_count = {"sqlite": _next(sqlite.insert), "postgresql": _next(postgresql.insert)}


def next_number(dossier: Dossier) -> str:
    """Give the next number of the case's institution this year: as the edition writes it (its expression may read `serial`), else "2024-0001"."""
    desk, series = dossier.desk, str(dossier.desk.today.year)
    row = _count[desk.connection.dialect.name].first(desk.connection, institution_id=dossier.case.institution_id, series=series, last=1)
    assert row is not None
    plain = f"{series}-{row.last:04d}"
    expression = dossier.edition.case.number
    written = expression(Over({"serial": row.last}, dossier.facts)) if expression else None
    return str(written) if written else plain
