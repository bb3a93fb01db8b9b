"""Records: read one with its revisions, print it, correct it with a reason, take it back, show one masked answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import cases, records
from engine.errors import Invalid, Refused
from engine.store.ids import new_id
from web import answers, around, attachments, dialogue, display, messages, papers
from web.formpage import Sight
from web.frame import frame
from web.rendering import Link, render
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.recordview import RecordView
    from engine.spec.form import Form, Reading
    from web.dialogue import Kept
    from web.posted import Posted
    from web.screens import Extras


def show(request: Request) -> Response:
    """Show a record at its last revision, or at the one asked for."""
    with unit(request) as desk:
        seen = records.view(desk, request.path_params["id"], _revision(request))
        edition = desk.edition(seen.edition)
        context = {
            **_head(desk, seen), "title": seen.form.title, "sheets": _sheets(desk, seen, reveal=_reveals(request)), "tools": _tools(seen),
            "withdrawn": _withdrawn(seen), "old": f"/records/{seen.id}" if seen.revision != seen.last_revision else "", "revisions": _revisions(seen),
            "edition": seen.edition_title, **around.manual(edition, seen.form),
        }
        return render(request, "record.html", context, frame=frame(request, desk, here=around.list_href(desk)))


def printed(request: Request) -> Response:
    """Show a record as paper: A4, without the frame."""
    with unit(request) as desk:
        seen = records.view(desk, request.path_params["id"], _revision(request))
        told = seen.form.print
        context = {
            **_head(desk, seen), "title": str(told.get("title") or seen.form.title), "back": f"/records/{seen.id}",
            "sheets": _sheets(desk, seen, omit=[f"/{name}" for name in told.get("omit", ())]),
            "foot": messages.PRINTED.format(edition=seen.edition_title, at=display.minute(desk.now), name=desk.actor.name),
        }
        return render(request, "print.html", context)


def amend(request: Request) -> Response:
    """Show or submit the correction of a record."""
    return dialogue.answer(request, Amending(request.path_params["id"]))


def withdraw(request: Request) -> Response:
    """Ask for the reason, then take the record back."""
    ident = request.path_params["id"]
    told = {"title": messages.WITHDRAW_TITLE, "label": messages.WITHDRAW_LABEL, "button": messages.WITHDRAW, "warn": messages.WITHDRAW_WARN}
    if request.method == "GET":
        with unit(request) as desk:
            return _ask(request, desk, records.view(desk, ident), told, f"/records/{ident}/withdraw", {})
    reason = str(request.state.form.get("reason", ""))
    try:
        with unit(request) as desk:
            case_id = records.view(desk, ident).case_id
            records.withdraw(desk, ident, reason)
        return answers.redirect(f"/cases/{case_id}", flash=messages.WITHDRAWN)
    except Invalid as wrong:
        with unit(request, write=False) as desk:
            return _ask(request, desk, records.view(desk, ident), told, f"/records/{ident}/withdraw", {}, reason=reason, error=wrong.errors[0].message)


def reveal(request: Request) -> Response:
    """Ask why, then show one masked answer of a record; both are noted."""
    ident = request.path_params["id"]
    with unit(request, write=False) as desk:
        seen = records.view(desk, ident)
        crumbs, title = _crumbs(desk, seen), seen.case_label
        field = seen.form.fields.get(_schema_pointer(_at(request)))
    return _reveal(request, ident, f"/records/{ident}", crumbs, title, field.title if field else "")


def reveal_case(request: Request) -> Response:
    """Ask why, then show one masked identifier of a case."""
    ident = request.path_params["id"]
    with unit(request, write=False) as desk:
        cases.view(desk, ident)  # whoever may not see the case is told that there is none
        form = desk.edition().forms[desk.edition().case.form]
        field = form.fields.get(_schema_pointer(_at(request)))
        crumbs = (*around.to_list(desk), Link(messages.CASE_CRUMB, f"/cases/{ident}"))
    return _reveal(request, ident, f"/cases/{ident}", crumbs, "", field.title if field else "")


@dataclass
class Amending:
    """A record being corrected."""

    record_id: str
    save_label: str = messages.AMEND
    asks_reason: bool = True
    draft: str = ""

    @property
    def action(self) -> str:
        """Give the address of the page."""
        return f"/records/{self.record_id}/amend"

    @property
    def back(self) -> str:
        """Give the page of the record."""
        return f"/records/{self.record_id}"

    def sight(self, desk: Desk) -> Sight:
        """Show it."""
        seen = records.view(desk, self.record_id)
        told = {**_head(desk, seen), "title": messages.AMEND_TITLE.format(title=seen.form.title), "edition": seen.edition_title}
        reading = records.preview(desk, self.record_id, seen.answers)
        return Sight(
            seen.form, seen.edition, seen.answers, reading, new_id(), seen.revision, why_not=seen.why_not_amend, page=seen.page,
            extras=around.extras(desk, seen.form, seen.answers), around={**told, **around.manual(desk.edition(seen.edition), seen.form)},
        )

    def preview(self, desk: Desk, given: Mapping[str, Any]) -> Reading:
        """Read answers as they are typed."""
        reading: Reading = records.preview(desk, self.record_id, given)
        return reading

    def extras(self, desk: Desk, form: Form, given: Mapping[str, Any]) -> Extras:
        """Give what the screen shows beside the answers."""
        return around.extras(desk, form, given)

    def keep(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> Kept:
        """Keep no draft: a correction is saved or left."""
        del desk, posted, given
        raise Refused(messages.NO_DRAFT)

    def save(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> answers.Redirect:
        """Put a new revision on the record."""
        records.amend(
            desk, self.record_id, given, posted.reason, key=posted.key or None, confirmed=posted.confirmed, strict=False, revision=posted.version or None
        )
        return answers.redirect(f"/records/{self.record_id}", flash=messages.AMENDED)


def _reveal(request: Request, ident: str, back: str, crumbs: tuple[Link, ...], note: str, title: str) -> Response:
    told = {
        "title": messages.REVEAL_TITLE.format(title=title), "label": messages.REVEAL_LABEL, "button": messages.REVEAL, "warn": messages.REVEAL_WARN,
        "note": note, "crumbs": (*crumbs, Link(title)), "back": back, "action": f"{back}/reveal", "hidden": {"at": _at(request)}, "reason": "",
        "error": "", "shown": None,
    }
    if request.method == "POST":
        reason = str(request.state.form.get("reason", ""))
        try:
            with unit(request) as desk:
                value = records.reveal(desk, ident, _at(request), reason)
                return render(request, "reason.html", {**told, "shown": {"title": title, "value": value}}, frame=frame(request, desk))
        except Invalid as wrong:
            told = {**told, "reason": reason, "error": wrong.errors[0].message}
    with unit(request, write=False) as desk:
        return render(request, "reason.html", told, frame=frame(request, desk), status=422 if told["error"] else 200)


def _ask(
    request: Request, desk: Desk, seen: RecordView, told: Mapping[str, str], action: str, hidden: Mapping[str, str], *, reason: str = "", error: str = ""
) -> Response:
    if seen.why_not_withdraw:
        raise Refused(seen.why_not_withdraw)
    context = {
        **told, "note": f"{seen.case_label} · {seen.form.title}", "crumbs": _crumbs(desk, seen), "back": f"/records/{seen.id}", "action": action,
        "hidden": hidden, "reason": reason, "error": error, "shown": None,
    }
    return render(request, "reason.html", context, frame=frame(request, desk), status=422 if error else 200)


def _at(request: Request) -> str:
    posted = request.state.form.get("at") if request.method == "POST" else request.query_params.get("at")
    return posted if isinstance(posted, str) else ""


def _schema_pointer(pointer: str) -> str:
    return "/".join("*" if step.isdigit() else step for step in pointer.split("/"))


def _revision(request: Request) -> int | None:
    text = request.query_params.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _reveals(request: Request) -> bool:
    return "sensitive.read" in request.state.may


def _sheets(desk: Desk, seen: RecordView, *, reveal: bool = False, omit: list[str] | None = None) -> list[papers.Paper]:
    files = attachments.lines(desk, attachments.ids_in(seen.form, seen.answers))
    return papers.read(seen.form, seen.answers, files=files, reveal=f"/records/{seen.id}/reveal" if reveal else "", omit=omit or ())


def _crumbs(desk: Desk, seen: RecordView) -> tuple[Link, ...]:
    return (*around.to_list(desk), Link(seen.case_label, f"/cases/{seen.case_id}"), Link(seen.form.title, f"/records/{seen.id}"))


def _head(desk: Desk, seen: RecordView) -> dict[str, Any]:
    strip = [messages.SAVED_ON.format(at=display.minute(seen.created_at)), seen.by_name]
    return {"who": seen.case_label, "strip": [part for part in strip if part], "crumbs": _crumbs(desk, seen)}


def _tools(seen: RecordView) -> list[Link]:
    tools = [Link(messages.PRINT, f"/records/{seen.id}/print?revision={seen.revision}")]
    if not seen.why_not_withdraw:
        tools.insert(0, Link(messages.WITHDRAW, f"/records/{seen.id}/withdraw"))
    if not seen.why_not_amend:
        tools.insert(0, Link(messages.AMEND_SHORT, f"/records/{seen.id}/amend"))
    return tools


def _withdrawn(seen: RecordView) -> str:
    if seen.withdrawn_at is None:
        return ""
    last = next((entry for entry in reversed(seen.revisions) if entry.kind == "withdraw"), None)
    told = messages.WITHDRAWN_BY.format(at=display.minute(seen.withdrawn_at), name=last.name if last else "")
    return f"{told} {last.reason}" if last and last.reason else told


def _revisions(seen: RecordView) -> list[dict[str, Any]]:
    return [
        {
            "href": f"/records/{seen.id}?revision={entry.number}", "on": entry.number == seen.revision, "at": display.minute(entry.saved_at), "by": entry.name,
            "reason": entry.reason, "title": messages.FIRST if number == 0 else messages.KINDS.get(entry.kind, entry.kind),
        }
        for number, entry in reversed(list(enumerate(seen.revisions)))
    ]
