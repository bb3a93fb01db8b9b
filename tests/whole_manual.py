"""What must stand in a manual, gathered from the specs themselves and not from what made the manual."""

from __future__ import annotations

import html
import json
import re

from web import manual
from web.rendering import ENVIRONMENT

CHAPTER = ENVIRONMENT.from_string('{% from "parts/manual.html" import chapter %}{{ c.title }} {{ chapter(c, "/manual") }}')


def texts(edition):
    """Chapter id -> its text without marks and blanks; pictures of screens are left out, so that nothing counts because it stands in one."""
    made = {}
    for chapter in manual.chapters(edition):
        page = CHAPTER.render(c=chapter)
        page = re.sub(r'<figure class="shot-of">.*?</figure>', " ", page, flags=re.DOTALL)
        made[chapter.id] = squeezed(html.unescape(re.sub(r"<[^>]*>", " ", page)))
    return made


def squeezed(text):
    return re.sub(r"\s+", "", str(text))


def missing(edition):
    """Every title, label and sentence of the two folders that the manual does not hold, as (chapter, what)."""
    held = texts(edition)
    wanted = []
    for ident in edition.forms:
        schema = json.loads(edition.files[f"forms/{ident}.json"])
        wanted += [(ident, each) for each in _of_schema(schema)]
        wanted += [(ident, each) for name in ("menu", "procedure", "notes", "documents") for each in _many(schema.get("x-screen", {}).get(name))]
        wanted += [(ident, tab["tab"]) for tab in schema.get("x-layout", ()) if len(schema["x-layout"]) > 1]
    for path, data in edition.files.items():
        if path.startswith("forms/lists/"):
            wanted += [("part-code", item["label"]) for item in json.loads(data)["items"]]
        elif path.startswith("forms/views/"):
            wanted += [("part-view", each["title"]) for each in _titled(json.loads(data))]
        elif path.startswith("forms/reports/"):
            wanted += [("part-report", each["title"]) for each in _titled(json.loads(data))]
        elif path.endswith(".bpmn"):
            wanted += [("part-process", html.unescape(name)) for name in re.findall(r'<bpmn:(?:userTask|lane)\b[^>]*?\bname="([^"]+)"', data.decode())]
        elif path.endswith("guards.dmn"):
            wanted += [("part-guard", html.unescape(text)) for text in re.findall(r'<outputEntry[^>]*>\s*<text>\s*"(.*?)"\s*</text>', data.decode(), flags=re.DOTALL)]
    wanted += [("part-word", name) for name in edition.facts]
    wanted += [("part-role", role.title) for role in edition.roles.roles.values()]
    wanted += [("part-case", status.title) for status in edition.case.status] + [("part-case", one.title) for one in edition.home]
    assert len(wanted) > 100
    return [(chapter, what) for chapter, what in wanted if squeezed(what) not in held.get(chapter, "")]


def _of_schema(schema):
    for part in schema.get("properties", {}).values():
        yield part["title"] if "title" in part else ""
        for inner in (part, part.get("items", {})):
            yield from inner.get("enum", ())
            yield from _many(inner.get("x-help"))
            yield from _of_schema(inner)
    for check in schema.get("x-checks", ()):
        yield from (piece for piece in re.split(r"\{[^{}]*\}", check["message"]) if piece)


def _many(told):
    if isinstance(told, dict):
        return [told.get("text", "")]
    return [told] if isinstance(told, str) else told or []


def _titled(data):
    return [data, *(part for name in ("columns", "filters", "groups", "measures") for part in data.get(name, ()))]
