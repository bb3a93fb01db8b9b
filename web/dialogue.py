"""The one way every form page goes: show it, draw it again on a change, keep a draft, save it, and never lose what was typed.

A page hands in a `Work`: what stands behind the form (a task, a work not begun, a case not registered, a record being corrected).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from engine.errors import DidimdolError, Forbidden, Invalid, Refused, Stale, TooLarge
from web import answers, attachments, display, formpage, messages, picking
from web.formpage import Sending, Sight
from web.posted import Posted, read_post
from web.screens import draw
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.spec.form import Form, Reading
    from web.screens import Extras

_GONE = (Stale, Refused, Forbidden)
_TOLD = (Invalid, Stale, Refused, Forbidden, TooLarge)  # what a person reads above the screen that caused it


@dataclass(frozen=True)
class Kept:
    """Where a draft lives now: the address of its page, where to save it next, and its version."""

    action: str
    draft: str
    version: int


class Work(Protocol):
    """What stands behind a form page. Its verbs raise; none commits."""

    save_label: str
    asks_reason: bool

    @property
    def action(self) -> str:
        """Give the address of the page."""

    @property
    def draft(self) -> str:
        """Give where drafts are kept, "" where none are."""

    @property
    def back(self) -> str:
        """Give where to go without saving."""

    def sight(self, desk: Desk) -> Sight:
        """Show it. Raises NotFound, Forbidden, Refused, AlreadyDone."""

    def preview(self, desk: Desk, given: Mapping[str, Any]) -> Reading:
        """Read answers as they are typed."""

    def extras(self, desk: Desk, form: Form, given: Mapping[str, Any]) -> Extras:
        """Give what the screen shows beside the answers."""

    def keep(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> Kept:
        """Keep a draft."""

    def save(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> answers.Redirect:
        """Save for good; give where to go."""


def answer(request: Request, work: Work) -> Response:
    """Answer a GET or POST of a form page."""
    if request.method in ("GET", "HEAD"):
        return _show(request, work)
    posted = read_post(request)
    if posted.saves:
        return _save(request, work, posted)
    return keep(request, work, posted) if posted.intent == "draft" else _again(request, work, posted)


def keep(request: Request, work: Work, posted: Posted) -> Response:
    """Keep a draft; a script gets JSON, a person the page again with a note, or with everything typed and why it was not kept."""
    script = "application/json" in request.headers.get("accept", "")
    try:
        with unit(request) as desk:
            kept = work.keep(desk, posted, _answers(desk, posted.form_of(desk), posted))
            saved = display.minute(desk.now)
    except _TOLD as error:
        if script:
            raise
        return _told(request, work, posted, error)
    if script:
        return answers.json({"action": kept.action, "draft": kept.draft, "version": kept.version, "saved": saved})
    return answers.redirect(kept.action, flash=messages.DRAFT_KEPT)


def _show(request: Request, work: Work) -> Response:
    with unit(request) as desk:
        seen = work.sight(desk)
        if seen.why_not:
            return formpage.closed(request, desk, seen, work.back)
        sending = Sending(
            work.action, f"{seen.edition}/{seen.form.id}", seen.key, seen.version, seen.draft_version, work.draft, work.save_label, work.back,
            saved=seen.saved, reason="" if work.asks_reason else None,
        )
        return formpage.first(request, desk, seen, sending)


def _again(request: Request, work: Work, posted: Posted) -> Response:
    """Draw the form again after a change or a button that moves rows. A script gets the form alone."""
    with unit(request, write=bool(posted.files)) as desk:
        form = posted.form_of(desk)
        given = picking.apply(desk, form, _answers(desk, form, posted), posted.intent)
        reading = work.preview(desk, given)
        screen = draw(form, reading, given, tried=posted.tried, extras=_extras(desk, work, form, given, posted))
        sending = _sending(work, posted)
        if "hx-request" in request.headers:
            return formpage.part(request, screen, sending)
        return formpage.page(request, desk, work.sight(desk), screen, sending)


def _save(request: Request, work: Work, posted: Posted) -> Response:
    try:
        with unit(request) as desk:
            return work.save(desk, posted, _answers(desk, posted.form_of(desk), posted))
    except _TOLD as error:
        return _told(request, work, posted, error)


def _told(request: Request, work: Work, posted: Posted, error: DidimdolError) -> Response:
    """Draw the same screen with everything typed, and what is wrong with the attempt."""
    if isinstance(error, Invalid):
        return _invalid(request, work, posted, error)
    if isinstance(error, Stale):
        return _refused(request, work, posted, error, happened=error.message)
    return _refused(request, work, posted, error, refused=error.message, refused_page=getattr(error, "page", None))


def _invalid(request: Request, work: Work, posted: Posted, wrong: Invalid) -> Response:
    """Draw the same screen with everything typed and every error; where there are only warnings, ask to confirm them."""
    confirm = bool(wrong.errors) and all(error.level == "warning" for error in wrong.errors)
    with unit(request, write=bool(posted.files)) as desk:
        form = posted.form_of(desk)
        given = _typed(desk, form, posted)
        reading = _with_errors(work.preview(desk, given), wrong)
        screen = draw(form, reading, given, tried=not confirm, extras=_extras(desk, work, form, given, posted))
        reason_error = next((error.message for error in wrong.errors if error.path == "/reason"), "")
        sending = replace(_sending(work, posted), confirm=confirm, fresh=True, reason_error=reason_error)
        return formpage.page(request, desk, work.sight(desk), screen, sending, status=422)


def _refused(request: Request, work: Work, posted: Posted, error: Exception, **said: Any) -> Response:
    """Draw the same screen with everything typed, and say why it could not be saved; a task that is gone is read by its form alone."""
    with unit(request, write=bool(posted.files)) as desk:
        form = posted.form_of(desk)
        given = _typed(desk, form, posted)
        try:
            seen, reading = work.sight(desk), work.preview(desk, given)
        except _GONE:
            reading = form.read(given, {}, desk.today, strict=False)
            seen = Sight(form, posted.form.partition("/")[0], given, reading)
        screen = draw(form, reading, given, tried=posted.tried, extras=_extras(desk, work, form, given, posted))
        return formpage.page(request, desk, seen, screen, replace(_sending(work, posted), fresh=True, **said), status=answers.status_of(error))


def _with_errors(reading: Reading, wrong: Invalid) -> Reading:
    """Add the errors of the attempt that a mere preview does not see (a file that is gone, a case registered twice)."""
    known = {(error.path, error.keyword) for error in (*reading.errors, *reading.warnings)}
    more = [error for error in wrong.errors if (error.path, error.keyword) not in known and error.path != "/reason"]
    return replace(
        reading, errors=(*reading.errors, *(error for error in more if error.level != "warning")),
        warnings=(*reading.warnings, *(error for error in more if error.level == "warning")),
    )


def _extras(desk: Desk, work: Work, form: Form, given: Mapping[str, Any], posted: Posted) -> Extras:
    return picking.searched(desk, work.extras(desk, form, given), posted)


def _sending(work: Work, posted: Posted) -> Sending:
    return Sending(
        work.action, posted.form, posted.key, posted.version, posted.draft_version, work.draft, work.save_label, posted.back,
        reason=posted.reason if work.asks_reason else None,
    )


def _answers(desk: Desk, form: Form, posted: Posted) -> dict[str, Any]:
    staged = attachments.stage(desk, form, posted.files) if posted.files else ()
    return form.decode([*posted.pairs, *staged])


def _typed(desk: Desk, form: Form, posted: Posted) -> dict[str, Any]:
    """Give the answers of an attempt that failed. Its files went with it: they are staged anew, so that they need not be chosen again."""
    pairs = list(posted.pairs)
    for each in posted.files:
        with suppress(DidimdolError):  # this very file may be what was refused
            pairs += attachments.stage(desk, form, [each])
    return form.decode(pairs)
