"""What stands around every page: who is signed in, the closing date, the edition in force, the menu the person's roles open, the time left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.casework import home, inbox, settings
from web import display

if TYPE_CHECKING:
    from starlette.requests import Request

    from engine.casework.desk import Desk
    from engine.spec.role import MenuItem

# menu page -> address; a page that is not built yet stands in no menu
ADDRESSES = {
    "home": "/", "view": "/cases?view={view}", "register": "/cases/new/{form}", "institution": "/institution", "approvals": "/approvals", "reports": "/reports", "team": "/team", "people": "/people",
    "access": "/access",
    "closing": "/closing", "editions": "/editions",
}
_KEYS = {"home": "h", "view": "l"}
_COUNTED = ("home", "approvals")  # menu pages that tell how much waits there


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu; `key` is the letter that goes there after g, `count` what waits ("" = nothing, or not told)."""

    title: str
    href: str
    on: bool
    key: str
    count: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything the frame shows, as text. `left` is the remaining time mm:ss, `expires_at` the moment it ends (ISO), `here` the address of this page.

    `finds` says whether the person may look for cases, `told` how many notices they have not seen (None = they get none).
    `manual` is where the manual tells of this page, "" where no place of it does.
    """

    person: str
    roles: str
    institution: str
    closing: str
    edition: str
    case_title: str
    menu: tuple[Item, ...]
    left: str
    expires_at: str
    here: str
    finds: bool
    told: int | None
    manual: str


def frame(request: Request, desk: Desk, *, here: str = "", counts: dict[str, int] | None = None, manual: str = "") -> Frame:
    """Make the frame of a page. `here` is the menu address this page belongs to (its own by default), `counts` what waits by menu page, where the page knows.

    `manual` is where the manual tells of the page.
    """
    edition = desk.edition()
    actor = desk.actor
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    seen: set[str] = set()
    menu, entries = [], edition.menu(actor.roles, actor.institution_kind)
    waits = _waits(desk, {entry.page for entry in entries}, counts or {})
    for entry in entries:
        href = _address(entry)
        if not href:
            continue
        key = "" if entry.page in seen else _KEYS.get(entry.page, "")
        seen.add(entry.page)
        menu.append(Item(entry.title, href, href == (here or address), key, waits.get(entry.page, "")))
    expires = getattr(request.state, "expires_at", None)
    return Frame(
        person=actor.name, roles=", ".join(edition.roles.roles[role].title for role in sorted(actor.roles) if role in edition.roles.roles),
        institution=actor.institution_name, closing=_closing(desk), edition=edition.title, case_title=edition.case.title, menu=tuple(menu),
        left=_left(expires), expires_at=expires.astimezone(UTC).isoformat() if expires else "", here=address,
        finds="case.read" in request.state.may, told=inbox.waiting(desk) if "case.read" in request.state.may else None,
        manual=manual,
    )


def _waits(desk: Desk, pages: set[str], known: dict[str, int]) -> dict[str, str]:
    """Tell what waits by menu page; only what the page does not know is counted."""
    asked = [page in pages and page not in known for page in _COUNTED]
    found = dict(zip(_COUNTED, home.counts(desk, mine=asked[0], approvals=asked[1]), strict=True)) if any(asked) else {}
    return {page: f"{home.COUNTED - 1}+" if count >= home.COUNTED else str(count) for page, count in {**found, **known}.items() if count}


def _address(entry: MenuItem) -> str:
    return ADDRESSES.get(entry.page, "").format(view=entry.view, form=entry.form)


def _left(expires: datetime | None) -> str:
    if expires is None:
        return ""
    seconds = max(0, int((expires - datetime.now(UTC)).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def _closing(desk: Desk) -> str:
    return display.day(settings.closing_date(desk))
