"""A form page as drawn: what stands around the form, what it sends back, and the answer made of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from web import papers
from web.frame import frame
from web.rendering import render
from web.screens import NO_EXTRAS, Extras, draw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.spec.form import Form, Reading
    from web.screens import Screen


@dataclass(frozen=True)
class Sight:
    """A form as it stands: its answers and their reading, what may be done, and what is told around it (`around` goes to the template)."""

    form: Form
    edition: str
    answers: Mapping[str, Any]
    reading: Reading
    key: str = ""
    version: int = 0
    draft_version: int = 0
    why_not: str = ""
    page: int | None = None
    saved: str = ""
    extras: Extras = NO_EXTRAS
    around: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sending:
    """What the form sends back beside its answers, and what is said about the last attempt."""

    action: str
    form: str
    key: str
    version: int
    draft_version: int
    draft: str
    save: str
    back: str = "/"
    saved: str = ""
    reason: str | None = None
    reason_error: str = ""
    refused: str = ""
    refused_page: int | None = None
    confirm: bool = False
    fresh: bool = False
    happened: str = ""


def first(request: Request, desk: Desk, seen: Sight, sending: Sending) -> Response:
    """Show a form for the first time."""
    return page(request, desk, seen, draw(seen.form, seen.reading, seen.answers, extras=seen.extras), sending)


def page(request: Request, desk: Desk, seen: Sight, screen: Screen, sending: Sending, status: int = 200) -> Response:
    """Show the whole page of a form."""
    context = {**_around(seen), "screen": screen, "sending": sending}
    return render(request, "task.html", context, frame=frame(request, desk, here=str(seen.around.get("here", ""))), status=status)


def part(request: Request, screen: Screen, sending: Sending) -> Response:
    """Show the form alone: what a change draws again."""
    return render(request, "parts/form.html", {"screen": screen, "sending": sending})


def closed(request: Request, desk: Desk, seen: Sight, back: str) -> Response:
    """Show what one may see of a form one cannot write, and why."""
    sheets = papers.read(seen.form, seen.reading.data, files=seen.extras.files, names={login: name for each in seen.extras.lookups.values() for login, name in each})
    context = {**_around(seen), "sheets": sheets, "why_not": seen.why_not, "page": seen.page, "back": back}
    return render(request, "closed.html", context, frame=frame(request, desk))


def _around(seen: Sight) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "title": seen.form.title, "crumbs": (), "who": "", "strip": (), "due": None, "mark": "", "why": "", "tools": (), "previous": None, "manual": (), "chapter": "",
        "manual_title": "", "guides": (), "history": (), "edition": "", "back": "/", "withdraw": "",
    }
    return {**blank, **seen.around}
