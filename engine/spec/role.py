"""Who may do what: `workflows/roles.json` (lanes, roles, the menu) as frozen values.

A **lane** is who performs a step of a process; its title is the lane name in the BPMN files. A **role** is what a person is granted: it opens
lanes, permissions and a reach (`scope`). Two roles with the same `exclusive` word cannot be held by one person at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from engine.spec.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.errors import Finding
    from engine.spec.source import Document

PATH = "workflows/roles.json"
PERMISSIONS = (
    "case.read", "case.write", "case.register", "task.approve", "record.import", "scenario.record", "report.read", "sensitive.read", "person.manage",
    "access.read", "closing.write", "edition.read", "edition.write", "edition.approve",
)
_PERSONAL = frozenset({"case.read", "case.write", "case.register", "sensitive.read", "scenario.record"})
SCOPES = ("none", "institution", "all")
PAGES = ("home", "view", "register", "institution", "approvals", "team", "reports", "people", "access", "closing", "editions")
_PAGE_NEEDS = {
    "view": "case.read", "register": "case.register", "institution": "case.read", "approvals": "task.approve", "team": "task.approve",
    "reports": "report.read", "people": "person.manage",
    "access": "access.read", "closing": "closing.write", "editions": "edition.read",
}


@dataclass(frozen=True, slots=True)
class Lane:
    """Who performs steps: `title` is the lane name in the process pictures."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Role:
    """What a person is granted. `lanes` are lane ids, `kinds` the institution kinds it is for (none named = all), `scope` whose cases it reaches.

    `sort` says which sort of role it is, `personal` whether it opens personal data of cases; both are told where roles are given.
    """

    id: str
    title: str
    lanes: tuple[str, ...]
    kinds: tuple[str, ...]
    exclusive: str
    may: frozenset[str]
    scope: str
    sort: str = ""

    @property
    def personal(self) -> bool:
        """Say whether the role opens personal data of cases."""
        return bool(self.may & _PERSONAL)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the menu. `page` is a page of the web, `view` or `form` which one of its kind, `may` the permission it needs ("" = none)."""

    page: str
    title: str
    view: str
    form: str
    may: str
    pointer: str


_Part = TypeVar("_Part", Lane, Role)


@dataclass(frozen=True)
class Roles:
    """Everything of `roles.json`. Role ids that are not (or no longer) in the edition open nothing."""

    lanes: Mapping[str, Lane]
    roles: Mapping[str, Role]
    menu: tuple[MenuItem, ...]
    codes: Mapping[str, str] = field(default_factory=dict)  # institution kind -> its code

    def lane_titles(self) -> frozenset[str]:
        """Give every lane name a process may use."""
        return frozenset(lane.title for lane in self.lanes.values())

    def lanes_of(self, role_ids: Iterable[str]) -> frozenset[str]:
        """Give the titles of the lanes these roles open (a task carries its lane's title)."""
        return frozenset(self.lanes[lane].title for role in self._held(role_ids) for lane in role.lanes if lane in self.lanes)

    def may(self, role_ids: Iterable[str], permission: str) -> bool:
        """Say whether one of these roles holds `permission`."""
        return any(permission in role.may for role in self._held(role_ids))

    def scope(self, role_ids: Iterable[str]) -> str:
        """Give the widest reach of these roles: "none", "institution" or "all"."""
        return max((role.scope for role in self._held(role_ids)), key=SCOPES.index, default="none")

    def clash(self, held: Iterable[str], wanted: str) -> Role | None:
        """Give the role among `held` that excludes `wanted`, where there is one."""
        role = self.roles.get(wanted)
        if role is None or not role.exclusive:
            return None
        return next((other for other in self._held(held) if other.id != role.id and other.exclusive == role.exclusive), None)

    def for_kind(self, kind: str) -> tuple[Role, ...]:
        """Give the roles that people of an institution of this kind can hold."""
        return tuple(role for role in self.roles.values() if not role.kinds or kind in role.kinds)

    def menu_of(self, role_ids: Iterable[str]) -> tuple[MenuItem, ...]:
        """Give the menu lines these roles open, in the order of the file."""
        held = tuple(role_ids)
        return tuple(item for item in self.menu if not item.may or self.may(held, item.may))

    def _held(self, role_ids: Iterable[str]) -> list[Role]:
        return [self.roles[role] for role in role_ids if role in self.roles]


def parse_roles(document: Document) -> tuple[Roles, list[Finding]]:
    """Read `roles.json`; what is wrong comes back beside what could be read."""
    findings = list(document.findings)
    if document.data is None:
        return Roles({}, {}, ()), findings
    root = Reader(document, document.data, findings)
    lanes = _by_id([(part, _lane(part)) for part in root.children("lanes", required=True)])
    roles = _by_id([(part, _role(part, lanes)) for part in root.children("roles", required=True)])
    menu = tuple(_menu_item(part) for part in root.children("menu"))
    codes = {kind: code for kind, code in root.value("codes", dict, {}).items() if isinstance(code, str)}
    root.done()
    _unused_lanes(root, lanes, roles)
    return Roles(lanes, roles, menu, codes), findings


def _lane(part: Reader) -> Lane:
    lane = Lane(part.text("id", required=True), part.text("title", required=True))
    part.done()
    return lane


def _role(part: Reader, lanes: Mapping[str, Lane]) -> Role:
    ident, title = part.text("id", required=True), part.text("title", required=True)
    lane_ids = part.texts("lanes")
    for lane in lane_ids:
        if lane not in lanes:
            part.complain("lanes", "unknown-lane", f"역할 '{title}'의 '{lane}' 레인이 lanes에 없습니다. lanes에 더하거나 이름을 고치세요.")
    may = part.texts("may")
    for permission in may:
        if permission not in PERMISSIONS:
            part.complain("may", "unknown-permission", f"'{permission}'은(는) 모르는 권한입니다. {', '.join(PERMISSIONS)} 가운데에서 적으세요.")
    made = Role(ident, title, lane_ids, part.texts("kinds"), part.text("exclusive"), frozenset(may), part.choice("scope", SCOPES, "institution"), part.text("sort"))
    part.done()
    return made


def _menu_item(part: Reader) -> MenuItem:
    page = part.choice("page", PAGES, required=True)
    view, form = part.text("view", required=page == "view"), part.text("form", required=page == "register")
    may = part.choice("may", PERMISSIONS) or _PAGE_NEEDS.get(page, "")
    item = MenuItem(page, part.text("title", required=True), view, form, may, part.pointer)
    part.done()
    return item


def _by_id(parts: list[tuple[Reader, _Part]]) -> dict[str, _Part]:
    made: dict[str, _Part] = {}
    titles: set[str] = set()
    for reader, part in parts:
        if part.id in made or part.title in titles:
            reader.complain("", "duplicate-id", f"'{part.id}'({part.title})을(를) 두 번 적었습니다. 하나만 남기세요.")
        titles.add(part.title)
        made[part.id] = part
    return made


def _unused_lanes(root: Reader, lanes: Mapping[str, Lane], roles: Mapping[str, Role]) -> None:
    used = {lane for role in roles.values() for lane in role.lanes}
    for index, lane in enumerate(lanes.values()):
        if lane.id not in used:
            root.findings.append(root.document.finding(
                f"/lanes/{index}", "lane-without-role", f"레인 '{lane.title}'을(를) 맡는 역할이 없습니다. 역할의 lanes에 '{lane.id}'을(를) 더하세요.",
            ))
