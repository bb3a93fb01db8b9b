"""승인 대기: what somebody asked for beside what stands, decided one by one or several at once, with the outcome of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.casework import approvals
from engine.store.ids import new_id
from web import display, messages
from web.frame import frame
from web.leading import to_approvals
from web.rendering import render
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.approvals import Approval, Outcome
    from engine.casework.desk import Desk

_NAMED = 2  # a decision and a task in one button


def listing(request: Request) -> Response:
    """Show what waits for a decision, or decide on a selection."""
    if request.method == "POST":
        return _decide(request)
    with unit(request) as desk:
        return _page(request, desk, approvals.approvals(desk))


def _decide(request: Request) -> Response:
    decision, picked, comment = _asked(request)
    wrong = messages.NOTHING_PICKED if not picked or not decision else ""
    silent = messages.SAY_WHY if decision == approvals.RETURN and not comment else ""
    if wrong or silent:
        with unit(request, write=False) as desk:
            found = approvals.approvals(desk)
            return _page(request, desk, found, picked=picked, comment=comment, error=wrong, comment_error="" if wrong else silent, status=422)
    with unit(request) as desk:
        known = {each.task_id: each for each in approvals.approvals(desk)}
        outcomes = approvals.decide_many(desk, picked, decision, comment, key=_text(request, "_key") or None)
    told = [_told(each, known.get(each.task_id), decision) for each in outcomes]
    with unit(request, write=False) as desk:
        return _page(request, desk, approvals.approvals(desk), results=told)


def _asked(request: Request) -> tuple[str, list[str], str]:
    """Give the decision, the tasks it is for, and the comment."""
    comment = _text(request, "comment").strip()
    one = _text(request, "one").split(":")
    if len(one) == _NAMED:
        return one[0], [one[1]], comment
    return _text(request, "decision"), [value for value in request.state.form.getlist("pick") if isinstance(value, str)], comment


def _text(request: Request, name: str) -> str:
    value = request.state.form.get(name, "")
    return value if isinstance(value, str) else ""


def _page(
    request: Request, desk: Desk, found: tuple[Approval, ...], *, picked: list[str] | None = None, comment: str = "", error: str = "",
    comment_error: str = "", results: list[dict[str, str]] | None = None, status: int = 200,
) -> Response:
    chosen = set(picked or ())
    oldest = display.due_words(display.local(found[0].requested_at).date(), desk.today) if found else ""
    context = {
        "title": messages.APPROVALS, "total": len(found), "oldest": oldest, "results": results or [], "error": error, "comment": comment,
        "comment_error": comment_error, "picked": len(chosen), "key": new_id(), "rows": [_row(desk, each, on=each.task_id in chosen) for each in found],
    }
    return render(request, "approvals.html", context, frame=frame(request, desk, here="/approvals", counts={"approvals": len(found)}, manual=to_approvals(desk.edition())), status=status)


def _row(desk: Desk, of: Approval, *, on: bool) -> dict[str, Any]:
    asked = display.local(of.requested_at).date()
    return {
        "id": of.task_id, "who": of.case_label, "who_note": of.case_short, "what": of.title, "case_href": f"/cases/{of.case_id}",
        "href": f"/tasks/{of.task_id}", "requester": of.requested_by, "on_day": display.day(asked), "ago": display.due_words(asked, desk.today),
        "changes": _changes(of), "why": of.why, "own": of.own, "on": on,
    }


def _changes(of: Approval) -> list[dict[str, str]]:
    """Put before and after side by side, item by item where they have several."""
    if isinstance(of.before, Mapping) or isinstance(of.after, Mapping):
        before = of.before if isinstance(of.before, Mapping) else {}
        after = of.after if isinstance(of.after, Mapping) else {}
        titles = dict.fromkeys((*before, *after))
        return [{"title": str(title), "before": display.plain(before.get(title)), "after": display.plain(after.get(title))} for title in titles]
    return [{"title": of.what or of.title, "before": display.plain(of.before), "after": display.plain(of.after)}]


def _told(of: Outcome, known: Approval | None, decision: str) -> dict[str, str]:
    who, what = (known.case_label, known.title) if known else ("", "")
    if not of.done:
        return {"state": "error", "state_text": messages.NOT_DECIDED, "who": who, "text": of.message}
    if decision == approvals.APPROVE:
        return {"state": "done", "state_text": messages.APPROVED, "who": who, "text": messages.APPROVED_WHAT.format(what=what)}
    return {"state": "returned", "state_text": messages.RETURNED, "who": who, "text": messages.RETURNED_WHAT.format(what=what)}
