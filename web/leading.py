"""What a page tells of the manual: the pages its form comes from, what is said there of doing it, and where the generated manual tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web import messages
from web.painter import page_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.form import Form

HERE = "/manual"


def address(desk: Desk, edition: Edition) -> str:
    """Give the address of the manual of an edition for whoever works with it."""
    return HERE if edition.digest == desk.edition().digest else f"{HERE}/of/{edition.digest}"


def to_approvals(edition: Edition) -> str:
    """Give where the manual tells of what is approved: its process, or all processes where several have a step of approval."""
    ids = [process.id for process in edition.processes.values() if any(step.approval for step in process.tasks.values())]
    return f"{HERE}/part-process#process-{ids[0]}" if len(ids) == 1 else f"{HERE}/part-process"


def manual(desk: Desk, edition: Edition, form: Form) -> dict[str, Any]:
    """Tell which manual pages a form comes from, its own and those of its parts that differ; what the manual says of doing it, and where its chapter is."""
    own = page_of(form)
    pages = {own: form.title} if own else {}
    guides = [guide] if (guide := _guide(form.screen, "")) else []
    for part in form.fields.values():
        screen = part.schema.get("x-screen") or {}
        page = (screen.get("manual") or {}).get("page") if isinstance(screen, dict) else None
        if isinstance(screen, dict) and (guide := _guide(screen, part.title)):
            guides.append(guide)
        if page and page not in pages:
            pages[int(page)] = str(screen.get("title") or part.title)
    title = str(edition.spec.manual.get("title") or messages.MANUAL)
    told = [messages.MANUAL_PAGE.format(page=page, title=name) for page, name in sorted(pages.items())]
    return {"manual": told, "manual_title": title, "guides": guides, "chapter": f"{address(desk, edition)}/{form.id}"}


def _guide(screen: Mapping[str, Any], title: str) -> dict[str, Any] | None:
    """Give the order of doing, the remarks and the documents the manual names for a screen or a part of one; None where it names none."""
    told = {name: [str(each) for each in screen.get(name) or ()] for name in ("procedure", "notes", "documents")}
    return {"title": title, **told} if any(told.values()) else None
