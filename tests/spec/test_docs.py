"""What the dialect document says is what the code reads."""

from __future__ import annotations

import re
from pathlib import Path

from engine.spec import vocabulary

DIALECT = Path(__file__).parents[2] / "docs" / "dialect.md"
INTERNAL = {"x-dialect", "x-id"}


def _documented() -> set[str]:
    return set(re.findall(r"\bx-[a-z]+\b", DIALECT.read_text(encoding="utf-8")))


def test_every_annotation_a_form_may_use_is_documented():
    known = {word for words in (vocabulary.FIELD, vocabulary.ARRAY, vocabulary.OBJECT, vocabulary.ROOT, vocabulary.BRANCH) for word in words if word.startswith("x-")}
    assert known <= _documented() | INTERNAL


def test_no_annotation_is_documented_that_a_form_may_not_use():
    known = {word for words in (vocabulary.FIELD, vocabulary.ARRAY, vocabulary.OBJECT, vocabulary.ROOT, vocabulary.BRANCH, vocabulary.FORMATS) for word in words}
    assert _documented() <= known
