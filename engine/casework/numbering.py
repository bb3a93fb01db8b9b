"""Numbers of cases: counted per institution and year, without gaps that a rollback would leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.overlay import Over
from engine.store.tables import number_series
from engine.store.upsert import Upsert

if TYPE_CHECKING:
    from engine.casework.dossier import Dossier


def _next(insert: Any) -> Any:
    counted = insert.on_conflict_do_update(index_elements=["institution_id", "series"], set_={"last": number_series.c.last + 1})
    return counted.returning(number_series.c.last)


_count = Upsert(number_series, _next, ["institution_id", "series", "last"])


def next_number(dossier: Dossier) -> str:
    """Give the next number of the case's institution this year: as the edition writes it (its expression may read `serial`), else "2024-0001"."""
    desk, series = dossier.desk, str(dossier.desk.today.year)
    row = _count.on(desk.connection).first(desk.connection, institution_id=dossier.case.institution_id, series=series, last=1)
    assert row is not None
    plain = f"{series}-{row.last:04d}"
    expression = dossier.edition.case.number
    written = expression(Over({"serial": row.last}, dossier.facts)) if expression else None
    return str(written) if written else plain
