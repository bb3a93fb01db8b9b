"""Random forms, random answers: hidden is absent, settling twice changes nothing, and stock validators give our verdict."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import jsonschema
import jsonschema_rs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_forms import LISTS, answers_to, forms, inlined

from engine.errors import SpecError
from engine.spec.form import compile_form
from engine.spec.nodes import Table

ON = date(2024, 11, 22)
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def compiled(schema):
    try:
        return compile_form(schema, LISTS, "forms/random.json")
    except SpecError as error:
        assume(all(finding.id in ("cycle", "required-but-hidden") for finding in error.findings))
        assume(False)


@st.composite
def filled(draw):
    schema = draw(forms())
    return schema, draw(answers_to(schema, rate=draw(st.sampled_from([6, 30, 200]))))


def plain(value):
    """Data as any JSON library reads it."""
    return json.loads(json.dumps(value, default=lambda each: float(each) if isinstance(each, Decimal) else str(each)))


def pointers(data, at=""):
    for name, value in data.items():
        yield f"{at}/{name}"
        if isinstance(value, dict):
            yield from pointers(value, f"{at}/{name}")


@SETTINGS
@given(filled())
def test_hidden_is_absent(world):
    schema, answers = world
    form = compiled(schema)
    reading = form.read(answers, {}, ON, strict=False)
    assert set(pointers(reading.data)) <= reading.visible
    assert reading.required <= reading.visible


@SETTINGS
@given(filled())
def test_settling_settled_answers_changes_nothing(world):
    schema, answers = world
    form = compiled(schema)
    first = form.read(answers, {}, ON, strict=False)
    again = form.read(first.data, {}, ON, strict=False)
    assert again.data == first.data
    assert again.visible >= {p for p in first.visible if "/0" not in p and "/1" not in p and "/2" not in p and "/3" not in p and "/4" not in p}
    strict = form.read(first.data, {}, ON)
    assert not [error for error in strict.errors if error.keyword == "hidden"]
    if first.ok:
        assert strict.ok, strict.errors
        assert strict.data == first.data


@SETTINGS
@given(filled(), st.randoms(use_true_random=False))
def test_the_order_of_branches_in_the_file_means_nothing(world, random):
    schema, answers = world
    form = compiled(schema)
    other = compiled(shuffled(schema, random))
    first, second = (each.read(answers, {}, ON, strict=False) for each in (form, other))
    assert (first.data, first.visible, first.required) == (second.data, second.visible, second.required)


def shuffled(schema, random):
    """The schema with the branches of every object in another order."""
    if isinstance(schema, dict):
        out = {key: shuffled(value, random) for key, value in schema.items()}
        return {**out, "allOf": random.sample(out["allOf"], len(out["allOf"]))} if "allOf" in out else out
    return [shuffled(each, random) for each in schema] if isinstance(schema, list) else schema


@SETTINGS
@given(filled())
def test_stock_validators_give_our_verdict_on_settled_answers(world):
    schema, answers = world
    form = compiled(schema)
    reading = form.read(answers, {}, ON, strict=False)
    # unknown names, and sections that are no object, are wrong in the raw answers only: settled ones hold neither
    assume(all(error.keyword != "additionalProperties" and not (error.keyword == "type" and is_section(form, error.path)) for error in reading.errors))
    data = plain(reading.data)
    stock = inlined(schema)
    python = jsonschema.Draft202012Validator(stock, format_checker=jsonschema.FormatChecker(["date"]))
    rust = jsonschema_rs.Draft202012Validator(stock, validate_formats=True)
    ours = not reading.errors
    assert python.is_valid(data) is ours, reading.errors
    assert rust.is_valid(data) is ours, reading.errors


@SETTINGS
@given(filled())
def test_every_error_has_a_place_on_the_screen_and_a_sentence(world):
    schema, answers = world
    form = compiled(schema)
    for strict in (True, False):
        for error in form.read(answers, {}, ON, strict=strict).errors:
            assert error.message.endswith("."), error
            assert "(을)" not in error.message


@SETTINGS
@given(filled())
def test_an_html_form_says_the_same_as_the_data(world):
    schema, answers = world
    form = compiled(schema)
    data = form.read(answers, {}, ON, strict=False).data
    first = form.read(data, {}, ON, strict=False)
    assume(first.ok)
    again = form.read(form.decode(posted(form.root, data)), {}, ON, strict=False)
    assert again.data == first.data


def is_section(form, path):
    return not path or (path in form.fields and form.fields[path].type == "section")


def posted(section, data, at=""):
    """The pairs a browser sends for data."""
    for name, child in section.children.items():
        value = data.get(name)
        if isinstance(child, Table):
            for n, row in enumerate(value or ()):
                yield from posted(child.row, row, f"{at}/{name}/{n}")
        elif isinstance(value, dict):
            yield from posted(child, value, f"{at}/{name}")
        elif isinstance(value, list):
            yield from ((f"{at}/{name}", str(each)) for each in value)
        else:
            yield f"{at}/{name}", "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
