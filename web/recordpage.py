"""What every page of a record tells: whose it is, when it was saved, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import cases
from web import around, attachments, display, messages, papers
from web.rendering import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.casework.desk import Desk
    from engine.casework.recordview import RecordView
    from engine.spec.form import Form


def crumbs(desk: Desk, seen: RecordView) -> tuple[Link, ...]:
    """Give the way back: the list, the case, the record."""
    return (*around.way(desk, seen.case_id, seen.case_label), Link(seen.form.title, f"/records/{seen.id}"))


def head(desk: Desk, seen: RecordView) -> dict[str, Any]:
    """Tell whose record it is, when and by whom it was saved."""
    strip = [messages.SAVED_ON.format(at=display.minute(seen.created_at)), seen.by_name]
    return {"who": seen.case_label, "strip": [part for part in strip if part], "crumbs": crumbs(desk, seen)}


def card(desk: Desk, seen: RecordView) -> list[tuple[str, str]]:
    """Tell who the paper is about: name, what the card of the case tells, masked identifiers."""
    case = cases.view(desk, seen.case_id)
    pairs = [(title, display.plain(value)) for title, value in case.card]
    return [(desk.edition().case.title, case.label), *case.identity, *pairs]


def sheets(desk: Desk, form: Form, answers: Mapping[str, Any], *, reveal: str = "", omit: Iterable[str] = ()) -> list[papers.Paper]:
    """Lay out the answers of a record with their files and the names of people. `reveal` is where a masked one is shown, `omit` are pointers left out."""
    files = attachments.lines(desk, attachments.ids_in(form, answers))
    return papers.read(form, answers, files=files, reveal=reveal, omit=omit, names=around.names(desk, form, answers))
