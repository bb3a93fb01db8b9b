"""Lines of JSON values: those a person would point at, and keys that stand twice."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spec.locate import Report, lines

documents = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=15,
)


def walk(value, at=()):
    yield at, value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from walk(inner, (*at, key))


@settings(max_examples=200, deadline=None)
@given(documents, st.booleans())
def test_every_value_has_its_line(document, ascii_only):
    text = json.dumps(document, ensure_ascii=ascii_only, indent=1)
    found, twice = lines(text)
    rows = text.split("\n")
    assert twice == []
    for at, value in walk(document):
        line = rows[found[at] - 1].strip()
        head = f"{json.dumps(at[-1], ensure_ascii=ascii_only)}: " if at and isinstance(at[-1], str) else ""
        shown = json.dumps(value, ensure_ascii=ascii_only)
        assert line.rstrip(",").startswith(head + (shown[0] if isinstance(value, (list, dict)) else shown))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='{}[]",:ab\\\n 1', max_size=40))
def test_any_text_can_be_followed(text):
    lines(text)


def test_a_problem_without_a_place_of_its_own_is_at_the_nearest():
    report = Report("forms/x.json", '{\n "a": {\n  "b": 1}}')
    report.add(("a", "missing", 3), "kind", "말")
    report.add(("a", "missing", 3), "kind", "말")
    assert [(finding.line, str(finding)) for finding in report.findings()] == [(2, "forms/x.json:2: kind: 말")]


def test_deep_texts_end():
    assert lines("[" * 100_000)[0]
