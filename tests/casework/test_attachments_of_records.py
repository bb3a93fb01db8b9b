"""Files named in answers become part of the case when the record is kept, and not before."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from engine.casework import attachments, cases, records
from engine.casework.verify import verify
from engine.errors import Invalid, NotFound
from engine.spec.folder import read_folder
from engine.store.ids import new_id
from tests.casework.library import LESSON, TOY, Library
from tests.casework.test_attachments import PDF, PNG


@pytest.fixture
def library(database, cipher, files):
    rules = dict(read_folder(TOY))
    form = json.loads(rules["forms/lesson.json"])
    form["properties"]["수료증"] = {"title": "수료증", "type": "array", "items": {"type": "string", "format": "x-file"}, "x-file": {"accept": ["pdf"], "maxMB": 1}}
    form["x-layout"][0]["fields"].append("수료증")
    rules["forms/lesson.json"] = json.dumps(form, ensure_ascii=False).encode()
    return Library(database, cipher, files, rules)


@pytest.fixture
def task(library):
    library.case = library.member()
    return library.open_tasks(library.case)["lesson"].id


def staged(library, login="kim"):
    with library.desk(login) as desk:
        return attachments.stage(desk, "수료증.pdf", PDF).id


def readable(library, login, file_id):
    try:
        with library.desk(login) as desk:
            return attachments.read(desk, file_id)[1] == PDF
    except NotFound:
        return False


def test_files_of_a_record_are_seen_as_its_case_is(library, task):
    one, other = staged(library), staged(library)
    assert [readable(library, login, one) for login in ("kim", "lee", "far")] == [True, False, False]
    made = library.complete("kim", task, {**LESSON, "수료증": [one]})
    assert [readable(library, login, one) for login in ("kim", "lee", "far")] == [True, True, False]
    with library.desk("lee") as desk:
        assert [(file.id, form) for file, form in attachments.of_case(desk, library.case)] == [(one, "lesson")]
        assert verify(desk) == []
    with library.desk("kim") as desk:
        records.amend(desk, made.record_id, {**LESSON, "수료증": [one, other]}, "하나 더 냈습니다")
    assert readable(library, "lee", other)


@pytest.mark.parametrize("whose", ["nobody", "colleague"])
def test_files_of_others_cannot_be_named(library, task, whose):
    foreign = new_id() if whose == "nobody" else staged(library, "lee")
    with pytest.raises(Invalid) as caught:
        library.complete("kim", task, {**LESSON, "수료증": [foreign]})
    assert [error.path for error in caught.value.errors] == ["/수료증"]
    with library.desk("kim") as desk:
        assert [one.form for one in cases.view(desk, library.case).tasks] == ["lesson"]


def test_what_the_field_takes_is_asked_again_when_the_record_is_kept(library, task):
    with library.desk("kim") as desk:  # whoever uploads need not say what for
        picture, large, plain = (attachments.stage(desk, name, content).id for name, content in (("a.png", PNG), ("b.pdf", PDF[:9] + b"\0" * 1_000_000 + PDF[9:]), ("c.pdf", PDF)))
    with pytest.raises(Invalid) as caught:
        library.complete("kim", task, {**LESSON, "수료증": [picture, large]})
    assert [error.path for error in caught.value.errors] == ["/수료증", "/수료증"]
    assert ["pdf 파일만" in caught.value.errors[0].message, "1MB" in caught.value.errors[1].message] == [True, True]
    library.complete("kim", task, {**LESSON, "수료증": [plain]})


def test_a_file_that_stands_in_a_record_may_stay_whatever_the_field_takes_now(library, task):
    one = staged(library)
    made = library.complete("kim", task, {**LESSON, "수료증": [one]})
    narrower = {"/수료증": SimpleNamespace(schema={"x-file": {"accept": ["png"]}})}
    with library.desk("kim") as desk:
        attachments.claim(desk, library.case, made.record_id, {"/수료증": [one]}, narrower)
        with pytest.raises(Invalid) as caught:
            attachments.claim(desk, library.case, new_id(), {"/수료증": [one]}, narrower)
    assert "수료증.pdf: 여기에는 png 파일만" in caught.value.errors[0].message
