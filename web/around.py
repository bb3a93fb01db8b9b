"""What stands around a form: the way back, who it is about, when it is due, the record before it, the manual, the drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import choosing
from engine.casework.colleagues import Colleagues
from engine.casework.colleagues import names as named
from web import attachments, display, leading, messages, papers, picking
from web.rendering import Link
from web.screens import Extras

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.casework.desk import Desk
    from engine.casework.earlier import Previous
    from engine.casework.taskview import TaskView
    from engine.spec.form import Form

_SCALES = frozenset({"likert", "scale"})
_PAIRS = 6
OWN = "/institution"


def extras(desk: Desk, form: Form, given: Mapping[str, Any], previous: Callable[[], Previous | None] | None = None) -> Extras:
    """Gather what a screen shows beside the answers; the record before is read only where the form compares with it."""
    before = previous() if previous and _compares(form) else None
    return Extras(
        files=attachments.lines(desk, attachments.ids_in(form, given)), lookups=_lookups(desk, form), before=before.answers if before else {},
        before_on=display.day(before.saved_at) if before else "",
        series=[(display.day(each.saved_at), each.answers) for each in reversed((before, *before.earlier))] if before else (),
        chosen=choosing.chosen(desk, ids) if (ids := picking.ids_in(form, given)) else {},
    )


def task(desk: Desk, seen: TaskView) -> dict[str, Any]:
    """Tell what stands around a task."""
    edition = desk.edition(seen.edition)
    return {
        "title": seen.title, "who": seen.case_label, "strip": [seen.stage] if seen.stage else [], "due": due(desk, seen.due),
        "mark": messages.MARKS.get(seen.mark, seen.mark), "why": seen.why, "tools": (Link(messages.TO_CASE, f"/cases/{seen.case_id}"), *_beside(desk, seen)),
        "crumbs": (*way(desk, seen.case_id, seen.case_label), Link(seen.stage or seen.title)),
        "withdraw": f"/tasks/{seen.id}/withdraw" if seen.id and edition.processes[seen.action].kind == "work" and (seen.can_write or seen.own) else "",
        "previous": _previous(seen), "history": _drafts(desk, seen), "edition": edition.title, "here": here(desk, seen.case_id), **leading.manual(desk, edition, seen.form),
    }


def _beside(desk: Desk, seen: TaskView) -> list[Link]:
    """Give the works every screen of a case leads to, where the person may start them."""
    edition, address = desk.edition(), f"/cases/{seen.case_id}/start"
    lanes = edition.roles.lanes_of(desk.actor.roles)
    works = [edition.processes[name] for name in edition.case.beside if name in edition.processes and name != seen.action]
    return [Link(work.title, f"{address}/{work.id}") for work in works if lanes.intersection(work.start)]


def register(desk: Desk, form: Form, edition: str) -> dict[str, Any]:
    """Tell what stands around the form that registers a case."""
    made = desk.edition(edition)
    return {
        "title": form.title, "crumbs": (*to_list(desk), Link(form.title)), "edition": made.title, "here": f"/cases/new/{form.id}", **leading.manual(desk, made, form),
    }


def about(desk: Desk, case_id: str) -> str:
    """Give what a case is called, that of an institution by its own name."""
    edition = desk.edition()
    own = edition.institution_case
    return own.title if own and case_id == desk.actor.institution_id else edition.case.title


def here(desk: Desk, case_id: str) -> str:
    """Give the menu address a case belongs to."""
    return OWN if case_id == desk.actor.institution_id else list_href(desk)


def way(desk: Desk, case_id: str, label: str) -> tuple[Link, ...]:
    """Give the way to a case: the list and the case, or the institution's own."""
    if case_id == desk.actor.institution_id:
        return (Link(about(desk, case_id), OWN),)
    return (*to_list(desk), Link(label, f"/cases/{case_id}"))


def list_href(desk: Desk) -> str:
    """Give the address of the first list screen of the person, "" without one."""
    edition = desk.edition()
    for item in edition.menu(desk.actor.roles, desk.actor.institution_kind):
        if item.page == "view":
            return f"/cases?view={item.view}"
    return ""


def to_list(desk: Desk) -> tuple[Link, ...]:
    """Give the first crumb: the list screen."""
    href = list_href(desk)
    edition = desk.edition()
    title = next((item.title for item in edition.menu(desk.actor.roles, desk.actor.institution_kind) if item.page == "view"), "")
    return (Link(title, href),) if href else ()


def due(desk: Desk, day: Any) -> dict[str, str] | None:
    """Tell a due date: its look, its words, the day."""
    return {"look": display.due_state(day, desk.today), "words": display.due_words(day, desk.today), "day": display.day(day)} if day else None


def saved(seen: TaskView) -> str:
    """Say when the draft on the screen was kept."""
    return messages.DRAFT_AT.format(at=display.minute(seen.draft_at)) if seen.draft_at else ""


def _compares(form: Form) -> bool:
    return any(part.widget in _SCALES or part.ui.get("previous") for part in form.fields.values())


def _lookups(desk: Desk, form: Form) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    wanted = [part.pointer for part in form.fields.values() if papers.names_person(part)]
    if wanted:
        people = [(login, str(known["name"])) for login, known in Colleagues(desk.connection, desk.actor.institution_id).items()]
        found = dict.fromkeys(wanted, people)
    for part in form.fields.values():
        source = part.source
        if source.get("records"):
            found[part.pointer] = choosing.options(desk, str(source["records"]), str(source.get("value", "")), list(source.get("label", ())))
    return found


def names(desk: Desk, form: Form, given: Mapping[str, Any]) -> dict[str, str]:
    """Give the names of the people whose logins stand in answers of a form, and of the cases whose ids do."""
    people = named(desk.connection, [str(given.get(part.name) or "") for part in form.fields.values() if papers.names_person(part)])
    return people | picking.names(desk, form, given)


def _previous(seen: TaskView) -> dict[str, Any] | None:
    before = seen.previous
    if before is None:
        return None
    shown = [part for pointer in seen.form.list_columns if (part := seen.form.fields[pointer]).type != "section"][:_PAIRS]
    pairs = [(part.title, papers.label_of(part, before.answers.get(part.name))) for part in shown if before.answers.get(part.name) is not None]
    title = f"{seen.title} · {before.by_name}" if before.by_name else seen.title
    return {"title": title, "on": display.day(before.saved_at), "pairs": pairs, "href": f"/records/{before.id}"}


def _drafts(desk: Desk, seen: TaskView) -> list[dict[str, str]]:
    own = [{"at": display.minute(seen.draft_at), "text": messages.DRAFT_OWN.format(name=desk.actor.name)}] if seen.draft_at else []
    others = [{"at": display.minute(other.saved_at), "text": messages.DRAFT_OWN.format(name=other.name)} for other in seen.drafts_of_others]
    return own + others
