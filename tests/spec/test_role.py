from __future__ import annotations

import json

from engine.spec.role import parse_roles
from engine.spec.source import read_document

WORLD = {
    "lanes": [{"id": "desk", "title": "창구"}, {"id": "chief", "title": "장"}],
    "roles": [
        {"id": "clerk", "title": "창구 직원", "lanes": ["desk"], "kinds": ["본점"], "exclusive": "work", "may": ["case.read", "case.write"], "scope": "institution"},
        {"id": "chief", "title": "점장", "lanes": ["desk", "chief"], "exclusive": "work", "may": ["case.read", "task.approve"], "scope": "all"},
        {"id": "writer", "title": "규칙", "may": ["edition.read", "edition.write"], "scope": "none"},
    ],
    "menu": [
        {"page": "home", "title": "할 일"}, {"page": "view", "view": "all", "title": "목록"}, {"page": "approvals", "title": "승인"},
        {"page": "editions", "title": "규칙", "may": "edition.write"},
    ],
}


def parse(world):
    return parse_roles(read_document("workflows/roles.json", json.dumps(world, ensure_ascii=False, indent=1).encode()))


def test_roles_open_lanes_permissions_and_reach():
    roles, findings = parse(WORLD)
    assert findings == []
    assert roles.lanes_of(["clerk"]) == {"창구"}
    assert roles.lanes_of(["clerk", "chief", "gone"]) == {"창구", "장"}
    assert roles.may(["chief"], "task.approve")
    assert not roles.may(["clerk", "gone"], "task.approve")
    assert [roles.scope(held) for held in (["writer"], ["clerk", "writer"], ["clerk", "chief"], [])] == ["none", "institution", "all", "none"]


def test_two_roles_of_one_group_exclude_each_other():
    roles, _ = parse(WORLD)
    assert roles.clash(["clerk"], "chief") is roles.roles["clerk"]
    assert roles.clash(["clerk"], "clerk") is None
    assert roles.clash(["clerk"], "writer") is None
    assert [role.id for role in roles.for_kind("분점")] == ["chief", "writer"]


def test_the_menu_shows_what_the_roles_open():
    roles, _ = parse(WORLD)
    assert [item.page for item in roles.menu_of(["clerk"])] == ["home", "view"]
    assert [item.page for item in roles.menu_of(["writer"])] == ["home", "editions"]


def test_everything_wrong_is_found_at_once_with_its_line():
    broken = json.loads(json.dumps(WORLD))
    broken["roles"][0]["lanes"] = ["dask"]
    broken["roles"][0]["may"] = ["case.raed"]
    broken["roles"][1]["scope"] = "everything"
    broken["roles"][2]["titel"] = "x"
    broken["menu"][0]["page"] = "hoem"
    broken["lanes"].append({"id": "spare", "title": "빈자리"})
    _, findings = parse(broken)
    assert {finding.id for finding in findings} == {"unknown-lane", "unknown-permission", "unknown-value", "unknown-key", "lane-without-role"}
    text = json.dumps(broken, ensure_ascii=False, indent=1).splitlines()
    lines = {finding.id: text[finding.line - 1] for finding in findings}
    assert "lanes" in lines["unknown-lane"]
    assert "titel" in lines["unknown-key"]
    assert "title" in next(finding.message for finding in findings if finding.id == "unknown-key")


def test_the_shipped_roles_are_those_of_the_manual():
    from pathlib import Path

    path = Path(__file__).resolve().parents[2] / "workflows" / "roles.json"
    roles, findings = parse_roles(read_document("workflows/roles.json", path.read_bytes()))
    assert findings == []
    group = [role.id for role in roles.roles.values() if role.exclusive]
    assert len(group) == 4
    assert all(roles.clash([one], other) for one in group for other in group if one != other)
