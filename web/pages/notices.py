"""알림: what became of what a person asked for, and what was handed over to them. Seen or not is theirs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import inbox
from engine.store.ids import is_id
from web import answers, display, messages
from web.frame import frame
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.desk import Desk
    from engine.casework.inbox import Notice


NEWS = 5


def listing(request: Request) -> Response:
    """Show what the person was told; a POST notes that some of it (`seen=`, several) or all of it (`seen=all`) was seen."""
    if request.method == "POST":
        return _see(request)
    with unit(request) as desk:
        found = inbox.mine(desk)
        context = {"title": messages.NOTICES, "notices": told(desk, found), "fresh": sum(each.seen_at is None for each in found)}
        return render(request, "notices.html", context, frame=frame(request, desk, here="/notices"))


def news(desk: Desk) -> list[dict[str, Any]]:
    """Tell the newest things the person has not seen."""
    return told(desk, inbox.mine(desk, fresh=True, most=NEWS))


def told(desk: Desk, found: Sequence[Notice]) -> list[dict[str, Any]]:
    """Tell notices as lines of a page."""
    title = desk.edition().case.title
    lines = []
    for each in found:
        look, word, sentence = messages.NOTICE_WORDS[each.kind]
        lines.append(
            {
                "id": each.id, "look": look, "word": word, "who": each.case_label, "number": each.case_number, "comment": each.comment, "by": each.by_name,
                "text": sentence.format(title=each.title, subject=display.subject(each.title), case=title), "at": display.minute(each.at), "fresh": each.seen_at is None, "href": _href(each),
            }
        )
    return lines


def _href(each: Notice) -> str:
    return f"/records/{each.record_id}" if each.record_id else f"/tasks/{each.task_id}" if each.task_id else f"/cases/{each.case_id}"


def _see(request: Request) -> Response:
    named = [value for value in request.state.form.getlist("seen") if isinstance(value, str)]
    with unit(request) as desk:
        inbox.see(desk, None if "all" in named else [value for value in named if is_id(value)])
    back = request.state.form.get("next", "")
    return answers.redirect(back if isinstance(back, str) and back else "/notices")
