"""What an edition holds, told for people: forms, processes, code lists, roles, and how many scenarios prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import examples, names, publishing
from engine.errors import NotFound
from web import display
from web.office import words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from engine.casework.desk import Desk
    from engine.casework.publishing import Published
    from engine.casework.studies import Study
    from engine.errors import Finding
    from engine.spec.edition import Edition

HERE = "/editions"
SHORT = 12  # signs of a digest people compare


def rows(desk: Desk, editions: Sequence[Published]) -> list[dict[str, Any]]:
    """Tell editions one by one."""
    known = names.of_people(desk, [login for one in editions for login in (one.published_by, one.approved_by)])
    return [row(desk, one, known) for one in editions]


def row(desk: Desk, one: Published, known: Mapping[str, str]) -> dict[str, Any]:
    """Tell one edition: its names, since when, its state, who brought it and who approved."""
    look, text = words.STATES[one.state]
    note = ""
    if one.state == "approved":
        note = words.BEFORE.format(day=display.day(one.in_force_from)) if one.in_force_from > desk.today else words.AFTER
    return {
        "href": f"{HERE}/{one.digest}", "title": one.title, "name": one.name, "digest": one.digest, "short": one.digest[:SHORT],
        "since": display.day(one.in_force_from), "look": look, "text": text, "note": note, "by": known.get(one.published_by, one.published_by) or words.NOBODY,
        "on": display.minute(one.published_at), "approver": known.get(one.approved_by or "", one.approved_by or ""), "approved": display.minute(one.approved_at),
        "withdrawn": display.minute(one.withdrawn_at), "run": f"/moves/{one.run_id}" if one.run_id else "",
    }


def which(desk: Desk, digest: str) -> Published:
    """Give the edition with this digest. Raises Forbidden, NotFound."""
    found = next((one for one in publishing.editions(desk) if one.digest == digest), None)
    if found is None:
        raise NotFound
    return found


def crumbs(one: Published, title: str) -> tuple[tuple[str, str], ...]:
    """Give the way back from a page of an edition."""
    return ((words.EDITIONS, HERE), (one.title, f"{HERE}/{one.digest}"), (title, ""))


def study(one: Study | None) -> dict[str, Any]:
    """Tell how far a study is: whether it is asked for, on its way, failed; and when it ended."""
    blank: dict[str, Any] = {"asked": one is not None, "busy": False, "state": "", "failed": "", "ended": "", "done": 0, "total": 0}
    if one is None:
        return blank
    if one.ended_at is not None:
        return {**blank, "failed": one.failed, "ended": display.minute(one.ended_at)}
    state = words.UNDER_WAY.format(done=f"{one.done:,}", total=f"{one.total:,}") if one.total else words.WAITING
    return {**blank, "busy": True, "state": state, "done": one.done, "total": one.total}


def with_examples(desk: Desk, may: Collection[str], digest: str, result: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Give what a study of an edition came to, its sentences with numbers of cases where the person may see them."""
    if result is None or examples.PERMISSION not in may:
        return result
    return {**result, "sentences": examples.sentences(desk, digest, result)}


def titles(desk: Desk) -> dict[str, str]:
    """Give digest -> title of every edition."""
    return {each.digest: each.title for each in publishing.editions(desk)}


def figures(edition: Edition) -> list[tuple[str, int]]:
    """Count what it holds."""
    return [
        ("서식", len(edition.forms)), ("과정", len(edition.processes)), ("코드 목록", len(edition.lists)), ("목록 화면", len(edition.views)),
        ("통계", len(edition.reports)), ("역할", len(edition.roles.roles)), ("시나리오", len(edition.scenarios)),
    ]  # fmt: skip


def contents(edition: Edition, picture: str) -> dict[str, Any]:
    """Tell the parts; `picture` is the process whose drawing is open."""
    at = f"{HERE}/{edition.digest}"
    forms = sorted(edition.forms.values(), key=lambda form: form.title)
    processes = sorted(edition.processes.values(), key=lambda one: (one.kind != "lifecycle", one.title))
    drawn = edition.processes.get(picture)
    return {
        "figures": figures(edition),
        "forms": [{"title": form.title, "id": form.id, "fields": _asked(form.fields)} for form in forms],
        "processes": [
            {
                "title": one.title, "id": one.id, "kind": words.GUIDED if one.kind == "lifecycle" else words.SIDE, "steps": len(one.tasks),
                "lanes": ", ".join(dict.fromkeys(step.lane for step in one.tasks.values() if step.lane)), "href": f"{at}?picture={one.id}#picture",
                "on": one is drawn,
            }
            for one in processes
        ],
        "lists": [{"title": one.title, "id": one.id, "codes": len(one.items)} for one in sorted(edition.lists.values(), key=lambda one: one.title)],
        "roles": [
            {
                "title": one.title, "kinds": ", ".join(one.kinds) or words.EVERYWHERE, "scope": words.SCOPES[one.scope],
                "may": ", ".join(title for ident, title in words.PERMISSIONS.items() if ident in one.may),
            }
            for one in edition.roles.roles.values()
        ],
        "picture": {
            "title": drawn.title, "source": f"{at}/processes/{drawn.id}", "steps": [{"title": step.title, "lane": step.lane} for step in drawn.tasks.values()],
        } if drawn else None,
    }  # fmt: skip


def findings(found: Sequence[Finding]) -> list[dict[str, str]]:
    """Tell what is wrong with an edition: where it stands, and the sentence."""
    return [{"place": f"{one.path}:{one.line}" if one.line else one.path, "message": one.message} for one in found]


def _asked(fields: Mapping[str, Any]) -> int:
    return sum(field.type not in ("section", "table") for field in fields.values())
