"""The generated manual of the shipped edition holds every field, option, check, guard, list, statistic, step, role and word of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.spec import handbook
from engine.spec.edition import load_edition
from tests.whole_manual import missing, texts
from web import manual


@pytest.fixture(scope="module")
def edition():
    return load_edition(Path(__file__).parents[2])


def test_everything_of_the_edition_stands_in_it(edition):
    assert missing(edition) == []


def test_nearly_every_expression_is_told_in_words(edition):
    """Korean names joined by signs of the expression language are what the reader would otherwise see."""
    raw = [word for text in texts(edition).values() for word in ("record.", "case.", "visits.", "=='", '=="', "비어있음(") if word in text]
    assert raw == []


def test_the_screens_that_branch_are_shown_in_their_looks(edition):
    shown = {form.id: len(list(manual.pictures(form, edition))) for form in edition.forms.values()}
    assert shown["protection_termination"] > 5
    assert shown["selfreliance_plan"] > 2
    assert max(shown.values()) <= manual.MOST_PICTURES


def test_every_field_is_in_a_picture(edition):
    unseen = []
    for form in edition.forms.values():
        shots = manual.kept(list(manual.pictures(form, edition)))
        unseen += [(form.id, pointer) for pointer, part in form.fields.items() if not any(pointer in shot.shows and part.title in shot.html for shot in shots)]
    assert unseen == []


def test_every_column_and_filter_is_in_the_picture_of_its_list(edition):
    unseen = []
    for kind, tables in (("view", edition.views), ("report", edition.reports)):
        shots = manual.blanks(edition, kind)
        for ident, table in tables.items():
            parts = (*table.filters, *(table.columns if kind == "view" else (*table.groups, *table.measures)))
            unseen += [(ident, part.title) for part in parts if f">{part.title}<" not in shots[ident].replace(" <span", "<span")]
    assert len(edition.views) + len(edition.reports) > 10
    assert unseen == []


def test_every_screen_has_a_way_to_it_a_flow_and_its_drawing(edition):
    chapters = [handbook.chapter(edition, ident) for ident in edition.forms]
    assert [one.id for one in chapters if not (one.menu and one.passages and one.pictures)] == []
    left = {one.id: one.passages[0].made_in.id for one in chapters if one.passages[0].made_in}
    assert left == {"other_termination": "other_termination_batch_popup", "service_history": "session_report"}
