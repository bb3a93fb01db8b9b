"""Form pages: a waiting task, a work about to begin, a case about to be registered. What they share is `web.dialogue`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import registering, tasks
from engine.store.ids import new_id
from web import answers, around, dialogue, messages
from web.dialogue import Kept
from web.formpage import Sight
from web.posted import read_post
from web.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.completing import Completion
    from engine.casework.desk import Desk
    from engine.casework.taskview import TaskView
    from engine.spec.form import Form, Reading
    from web.posted import Posted
    from web.screens import Extras


def task(request: Request) -> Response:
    """Show or submit a waiting task."""
    return dialogue.answer(request, Waiting(request.path_params["id"]))


def draft(request: Request) -> Response:
    """Keep a draft of a waiting task; the page does so by itself while somebody types."""
    return dialogue.keep(request, Waiting(request.path_params["id"]), read_post(request))


def prospect(request: Request) -> Response:
    """Show or submit the first task of a work that has not begun; nothing is stored before something is kept."""
    return dialogue.answer(request, Beginning(request.path_params["id"], request.path_params["action"]))


def register(request: Request) -> Response:
    """Show or submit the form that registers a case."""
    return dialogue.answer(request, Registering(request.path_params["form"], request.query_params.get("draft") or None))


def withdraw(request: Request) -> Response:
    """Take a started work back."""
    ident = request.path_params["id"]
    with unit(request) as desk:
        case_id = tasks.view(desk, ident).case_id
        tasks.withdraw(desk, ident, str(request.state.form.get("reason", "")))
    return answers.redirect(f"/cases/{case_id}", flash=messages.WITHDRAWN)


@dataclass
class Waiting:
    """A task that waits."""

    task_id: str
    save_label: str = messages.SAVE
    asks_reason: bool = False
    back: str = "/"

    @property
    def action(self) -> str:
        """Give the address of the page."""
        return f"/tasks/{self.task_id}"

    @property
    def draft(self) -> str:
        """Give where its drafts are kept."""
        return f"/tasks/{self.task_id}/draft"

    def sight(self, desk: Desk) -> Sight:
        """Show it."""
        seen = tasks.view(desk, self.task_id)
        self.back = f"/cases/{seen.case_id}"
        return _sight(desk, seen)

    def preview(self, desk: Desk, given: Mapping[str, Any]) -> Reading:
        """Read answers as they are typed."""
        return tasks.preview(desk, self.task_id, given)

    def extras(self, desk: Desk, form: Form, given: Mapping[str, Any]) -> Extras:
        """Give what the screen shows beside the answers."""
        return around.extras(desk, form, given, lambda: tasks.view(desk, self.task_id).previous)

    def keep(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> Kept:
        """Keep a draft."""
        version = tasks.save_draft(desk, self.task_id, given, version=posted.draft_version)
        return Kept(self.action, self.draft, version)

    def save(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> answers.Redirect:
        """Complete it."""
        done = tasks.complete(
            desk, self.task_id, given, key=posted.key or None, confirmed=posted.confirmed, strict=False, version=posted.version or None
        )
        return _onward(done)


@dataclass
class Beginning:
    """The first task of a work nobody has begun; a draft begins it."""

    case_id: str
    work: str
    save_label: str = messages.SAVE
    asks_reason: bool = False

    @property
    def action(self) -> str:
        """Give the address of the page."""
        return f"/cases/{self.case_id}/start/{self.work}"

    @property
    def draft(self) -> str:
        """Give where its drafts are kept: the page itself."""
        return self.action

    @property
    def back(self) -> str:
        """Give the page of the case."""
        return f"/cases/{self.case_id}"

    def sight(self, desk: Desk) -> Sight:
        """Show it."""
        return _sight(desk, tasks.prospect(desk, self.case_id, self.work))

    def preview(self, desk: Desk, given: Mapping[str, Any]) -> Reading:
        """Read answers as they are typed."""
        return tasks.preview_start(desk, self.case_id, self.work, given)

    def extras(self, desk: Desk, form: Form, given: Mapping[str, Any]) -> Extras:
        """Give what the screen shows beside the answers."""
        return around.extras(desk, form, given, lambda: tasks.prospect(desk, self.case_id, self.work).previous)

    def keep(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> Kept:
        """Begin the work and keep a draft of its first task."""
        # a key of its own: the page's is for the one save that ends it, whether it comes to this address or to that of the task begun here
        key = f"{posted.key}-draft" if posted.key else None
        task_id, version = tasks.start_draft(desk, self.case_id, self.work, given, key=key, unless=posted.key or None)
        begun = Waiting(task_id)
        return Kept(begun.action, begun.draft, version)

    def save(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> answers.Redirect:
        """Begin the work and complete its first task at once."""
        return _onward(tasks.submit(desk, self.case_id, self.work, given, key=posted.key or None, confirmed=posted.confirmed, strict=False))


@dataclass
class Registering:
    """A case about to be registered, with a draft or without."""

    form_id: str
    draft_id: str | None
    save_label: str = messages.REGISTER
    asks_reason: bool = False
    back: str = "/"

    @property
    def action(self) -> str:
        """Give the address of the page."""
        return f"/cases/new/{self.form_id}" + (f"?draft={self.draft_id}" if self.draft_id else "")

    @property
    def draft(self) -> str:
        """Give where its drafts are kept: the page itself."""
        return self.action

    def sight(self, desk: Desk) -> Sight:
        """Show it."""
        seen = registering.blank(desk, self.form_id, draft_id=self.draft_id)
        told = around.register(desk, seen.form, seen.edition)
        return Sight(
            seen.form, seen.edition, seen.answers, seen.reading, new_id(), 0, seen.draft_version, extras=around.extras(desk, seen.form, seen.answers),
            around=told,
        )

    def preview(self, desk: Desk, given: Mapping[str, Any]) -> Reading:
        """Read answers as they are typed."""
        return registering.preview(desk, self.form_id, given, draft_id=self.draft_id)

    def extras(self, desk: Desk, form: Form, given: Mapping[str, Any]) -> Extras:
        """Give what the screen shows beside the answers."""
        return around.extras(desk, form, given)

    def keep(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> Kept:
        """Keep a draft."""
        self.draft_id, version = registering.save_draft(desk, self.form_id, given, draft_id=self.draft_id, version=posted.draft_version, unless=posted.key or None)
        return Kept(self.action, self.draft, version)

    def save(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> answers.Redirect:
        """Register the case."""
        case_id = registering.register(
            desk, self.form_id, given, key=posted.key or None, confirmed=posted.confirmed, strict=False, draft_id=self.draft_id
        )
        return answers.redirect(f"/cases/{case_id}", flash=messages.REGISTERED)


def _sight(desk: Desk, seen: TaskView) -> Sight:
    return Sight(
        seen.form, seen.edition, seen.answers, seen.reading, new_id(), seen.version, seen.draft_version, why_not="" if seen.can_write else seen.why_not,
        page=seen.page, saved=around.saved(seen), extras=around.extras(desk, seen.form, seen.answers, lambda: seen.previous), around=around.task(desk, seen),
    )


def _onward(done: Completion) -> answers.Redirect:
    to = f"/tasks/{done.task_ids[0]}" if done.task_ids else f"/cases/{done.case_id}"
    return answers.redirect(to, flash=messages.SAVED)
