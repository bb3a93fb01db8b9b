"""Who may see a record: what the rule may say, and that the marks of its audience say the same."""

from __future__ import annotations

import itertools
import json

import pytest

from engine.spec import check
from engine.spec.expression import compile_fx
from engine.spec.sight import Sight
from tests.casework import notes

ROLES = ("head", "keeper", "admin")
RULES = (
    notes.VISIBLE, "person.login == author", "보임 == '모두' and 'keeper' in person.roles", "person.login in [author, 상대]", "상대 == person.login",
    "case.owner == person.login or ('admin' in person.roles and (비어있음(상대) or 보임 == '모두'))", "True", "보임 == '몇몇'",
)  # fmt: skip


@pytest.mark.parametrize("source", RULES)
def test_the_marks_of_an_audience_say_what_the_rule_says(source):
    sight = Sight(compile_fx(source))
    for seen, other, owner in itertools.product(("모두", "몇몇", None), ("lee", None), ("kim", None)):
        record = {"보임": seen, "상대": other, "author": "choi", "case": {"owner": owner}}
        audience = sight.audience(record, ROLES)
        for login, roles in itertools.product(("kim", "lee", "choi", "x"), ((), ("head",), ("keeper", "admin"))):
            found = audience == sight.everybody() or any(mark in audience for mark in sight.marks(login, roles))
            assert found == sight.allows(record, {"login": login, "roles": roles}), (record, login, roles)


def test_the_marks_of_another_rule_are_never_found():
    one, other = Sight(compile_fx("person.login == author")), Sight(compile_fx("author == person.login"))
    audience = one.audience({"author": "kim"}, ROLES)
    assert one.marks("kim", ())[0] in audience
    assert not any(mark in audience for mark in other.marks("kim", ROLES))
    assert Sight(compile_fx("True")).audience({}, ROLES) != Sight(compile_fx("1 == 1")).everybody()


def found(visible, change=None):
    files = notes.toy(visible)
    for path, edit in (change or {}).items():
        data = json.loads(files[path])
        edit(data)
        files[path] = json.dumps(data, ensure_ascii=False, indent=1).encode()
    return [(finding.path, finding.id) for finding in check.check(files) if finding.id != "scenario-missing"]


def test_a_sound_rule_is_not_complained_about():
    assert found(notes.VISIBLE) == []


@pytest.mark.parametrize(
    ("visible", "wrong"),
    [
        ("person.login != author", "sight-shape"),
        ("not (person.login == author)", "sight-shape"),
        ("person.login == author and 'head' in person.roles", "sight-shape"),
        ("person.login == person.name", "sight-shape"),
        ("person.login in 상대", "sight-shape"),
        ("True if person.login == author else False", "sight-shape"),
        ("보임", "wrong-kind"),
        ("보임 == '모드'", "constant-not-in-list"),
        ("내용 == '비밀'", "unknown-name"),
        ("today > 적은날", "unknown-name"),
        ("person.login == athor", "unknown-name"),
        ("보임 ==", "fx-syntax"),
    ],
)
def test_what_is_no_rule_is_found_on_its_line(visible, wrong):
    assert ("forms/note.json", wrong) in found(visible)


def column(data):
    data["columns"][0]["value"] = "record.note.last.제목"


def label(data):
    data["case"]["label"] = "비밀이름"
    data["facts"] = {"비밀이름": "record.note.first.제목", **data["facts"]}


def grouped(data):
    data["groups"][0]["value"] = "record.note.last.보임"


@pytest.mark.parametrize(("path", "edit"), [("forms/views/members.json", column), ("forms/edition.json", label), ("forms/reports/members_by_sex.json", grouped)])
def test_answers_of_a_limited_form_are_not_read_where_everybody_looks(path, edit):
    assert (path, "sight-passed") in found(notes.VISIBLE, {path: edit})
    assert (path, "sight-passed") not in found(None, {path: edit})


def test_counting_is_allowed_and_the_register_form_cannot_be_limited():
    def count(data):
        data["columns"].append({"id": "notes", "title": "메모 수", "value": "record.note.count", "type": "number"})

    assert found(notes.VISIBLE, {"forms/views/members.json": count}) == []
    assert ("forms/member.json", "sight-of-register") in found(None, {"forms/member.json": lambda data: data.update({"x-visible": "person.login == author"})})


def test_a_list_of_records_of_a_form_that_is_not_there():
    assert ("forms/views/notes.json", "unknown-form") in found(None, {"forms/views/notes.json": lambda data: data.update(of={"form": "nte"})})
    assert ("forms/views/notes.json", "unknown-name") in found(None, {"forms/views/notes.json": lambda data: data["columns"][0].update(value="this.재목")})
