"""Whatever stands in a spec file, check says findings; it never raises.

Holds D12 (SECURITY.md).
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from lxml import etree

from engine.spec.check import check
from engine.spec.folder import read_folder

TOY = Path(__file__).resolve().parents[1] / "toy"
FILES = read_folder(TOY)
VALUES = [None, 1, "x", [], {}, True, [1], [[]], {"a": 1}, ["x"], [{}], 1.5, "가 or", "visits.", -1]
TEXTS = ["", "x", "가 나", "1 +", "종결됨", '"x"', "-", "[1..", "today", " "]


def places(data, at=()):
    yield at
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*at, key))


def put(data, at, value):
    if not at:
        return value
    made = json.loads(json.dumps(data))
    inner = made
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return made


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith(".json")])
def test_any_json_value_in_any_place(path):
    chance = random.Random(path)
    data = json.loads(FILES[path])
    everywhere = list(places(data))
    for _ in range(3):
        at, value = chance.choice(everywhere), chance.choice(VALUES)
        broken = json.dumps(put(data, at, value), ensure_ascii=False).encode()
        assert isinstance(check({**FILES, path: broken}), list), (at, value)


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith((".bpmn", ".dmn"))])
def test_any_change_of_a_drawing(path):
    chance = random.Random(path)
    for _ in range(6):
        tree = etree.fromstring(FILES[path])
        element = chance.choice([each for each in tree.iter() if isinstance(each.tag, str)])
        how = chance.randrange(4)
        if how == 0 and element.getparent() is not None:
            element.getparent().remove(element)
        elif how == 1 and element.attrib:
            del element.attrib[chance.choice(list(element.attrib))]
        elif how == 2 and element.attrib:
            element.attrib[chance.choice(list(element.attrib))] = chance.choice(["", "x", "가", "1", "종결됨 and", "end", "start"])
        else:
            element.text = chance.choice(TEXTS)
        assert isinstance(check({**FILES, path: etree.tostring(tree)}), list)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"\xff\xfe", b"<a/>", b"{" * 5000, b"\x00", b'"x"', b"1e999999999", "﻿{}".encode(), b'{"a": "\\ud800"}'])
@pytest.mark.parametrize("path", ["forms/edition.json", "forms/loan.json", "forms/lists/sex.json", "forms/views/members.json", "workflows/roles.json",
                                  "workflows/loan.bpmn", "workflows/decisions/guards.dmn", "workflows/scenarios/borrow.json"])
def test_a_file_of_something_else(path, content):
    assert any(finding.path == path for finding in check({**FILES, path: content}))


def test_an_edition_of_nothing():
    assert {finding.id for finding in check({})} >= {"missing-file"}
    assert check({"forms/edition.json": b"{}", "workflows/roles.json": b"{}"})
