"""The generated manual as pages: what stands in its contents, one chapter ready for the templates, and the pictures of its screens. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.spec import handbook
from engine.spec.variants import details
from web import display, listing, messages
from web.office.words import PERMISSIONS, SCOPES
from web.rendering import ENVIRONMENT
from web.screens import draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.spec.edition import Edition
    from engine.spec.form import Form

MOST_PICTURES = 12  # of one screen; a screen with more says so
#: Chapters that every edition has, by the last part of their address. No form is called so: ids of forms hold no hyphen.
PARTS = {
    "part-case": messages.MANUAL_CASE, "part-process": messages.MANUAL_PROCESS, "part-view": messages.MANUAL_VIEWS, "part-report": messages.MANUAL_REPORTS,
    "part-guard": messages.MANUAL_GUARDS, "part-decision": messages.MANUAL_DECISIONS, "part-code": messages.MANUAL_CODES, "part-word": messages.MANUAL_WORDS,
    "part-role": messages.MANUAL_ROLES,
}
# Ids, names and what points to them: a picture is no form, and several of one form stand on a page.
_ADDRESSED = re.compile(r' (?:id|for|name|href|tabindex|role|aria-[a-z]+|data-(?!label)[a-z-]+)(?:="[^"]*")?(?=[ />])')


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents. `id` is the last part of the address."""

    id: str
    title: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """A screen as it looks: the answers that lead to it in words, its HTML (a picture: nothing in it can be used), and the pointers it shows."""

    title: str
    html: str
    shows: frozenset[str]


@dataclass(frozen=True)
class Chapter:
    """One chapter for the templates: `kind` chooses the macro, `it` is of `engine.spec.handbook`, `blanks` are pictures of lists and statistics by id."""

    id: str
    kind: str
    title: str
    it: Any
    shots: tuple[Shot, ...] = ()
    more: int = 0
    listed: Mapping[str, str] = field(default_factory=dict)
    blanks: Mapping[str, str] = field(default_factory=dict)


def contents(edition: Edition) -> list[tuple[str, list[Entry]]]:
    """Give the contents: a group of screens in the order of the manual's pages, and a group of the rest."""
    forms = sorted((Entry(form.id, form.title, _page(form)) for form in edition.forms.values()), key=lambda one: (one.page is None, one.page or 0, one.title))
    return [(messages.MANUAL_SCREENS, forms), (messages.MANUAL_RULES, [Entry(ident, title) for ident, title in PARTS.items()])]


def chapter(edition: Edition, part: str) -> Chapter | None:
    """Give one chapter by the last part of its address; None where there is none."""
    if part in edition.forms:
        form = edition.forms[part]
        shots = list(pictures(form, edition))
        return Chapter(part, "screen", form.title, handbook.chapter(edition, part), tuple(kept(shots)), len(shots), _lists(edition))
    if part not in PARTS:
        return None
    made: dict[str, Any] = {
        "case": handbook.frame, "process": handbook.processes, "view": handbook.views, "report": handbook.reports, "guard": handbook.refusals,
        "decision": handbook.decisions, "code": handbook.codes, "word": handbook.words, "role": _roles,
    }
    kind = part.removeprefix("part-")
    return Chapter(part, kind, PARTS[part], made[kind](edition), listed=_lists(edition), blanks=blanks(edition, kind))


def chapters(edition: Edition) -> Iterator[Chapter]:
    """Give every chapter in the order of the contents."""
    for _, entries in contents(edition):
        for entry in entries:
            found = chapter(edition, entry.id)
            assert found is not None
            yield found


def pictures(form: Form, edition: Edition) -> Iterator[Shot]:
    """Give the screens a form can become, each look once: without answers, those that sections come and go with, and those that show what is left."""
    seen: set[frozenset[str]] = set()
    screens = form.variants()
    rows: dict[str, Any] = {pointer: [{}] for pointer, part in form.fields.items() if part.type == "table" and "*" not in pointer}  # without a row no column would show
    tried: list[Mapping[str, Any]] = [{}, *(variant.answers for variant in (*screens, *details(form.root, screens)))]
    for answers in tried:
        forced = {pointer: value for pointer, value in answers.items() if form.fields[pointer].readonly}
        given = _nested({**rows, **answers}, forced)
        reading = form.read(given, {}, edition.in_force_from, strict=False, forced=forced)
        looks = frozenset(re.sub(r"/[0-9]+(?=/|$)", "/*", pointer) for pointer in reading.visible)
        if looks in seen:
            continue
        seen.add(looks)
        yield Shot(_told(form, answers), _still("manual_shot", screen=draw(form, reading, given)), looks)


def blanks(edition: Edition, kind: str) -> dict[str, str]:
    """Give the pictures of the lists ("view") or statistics ("report") by id: filters and heads, nobody's data. Empty for other kinds of chapter."""
    told: dict[str, dict[str, Any]] = {}
    if kind == "view":
        told = {ident: listing.blank(view) for ident, view in edition.views.items()}
    elif kind == "report":
        told = {ident: listing.blank_figures(report) for ident, report in edition.reports.items()}
    return {ident: _still("manual_list", **each) for ident, each in told.items()}


def _still(template: str, **context: Any) -> str:
    html = ENVIRONMENT.get_template(f"parts/{template}.html").render(context)
    return _ADDRESSED.sub("", html).replace('class="combo"', 'class="combo-of"')  # no box for the page's script to work on


def kept(shots: Sequence[Shot]) -> list[Shot]:
    """Give the pictures there is room for, in their order: first of all those that show something no picture before them shows."""
    seen: set[str] = set()
    new: list[int] = []
    for at, shot in enumerate(shots):
        if not shot.shows <= seen:
            new.append(at)
            seen |= shot.shows
    chosen = sorted([*new, *(at for at in range(len(shots)) if at not in new)][:MOST_PICTURES])
    return [shots[at] for at in chosen]


def _nested(answers: Mapping[str, Any], without: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for pointer, value in answers.items():
        if pointer in without:
            continue
        *above, name = pointer.split("/")[1:]
        holder = made
        for each in above:
            holder = holder.setdefault(each, {})
        holder[name] = value
    return made


def _told(form: Form, answers: Mapping[str, Any]) -> str:
    parts = []
    for pointer, value in answers.items():
        part = form.fields[pointer]
        labels = {str(code.code): code.label for code in part.options}
        if part.type not in ("table", "section"):
            parts.append(f"{part.title} ‘{display.answer(value, part, labels)}’")
    return ", ".join(parts) or messages.MANUAL_FIRST


def _page(form: Form) -> int | None:
    manual = form.screen.get("manual") or {}
    return manual.get("page")


def _lists(edition: Edition) -> dict[str, str]:
    return {ident: codes.title for ident, codes in edition.lists.items()}


def _roles(edition: Edition) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title, "kinds": one.kinds, "lanes": one.lanes, "may": [PERMISSIONS.get(each, each) for each in one.may],
            "scope": SCOPES.get(one.scope, one.scope),
        }
        for one in handbook.holders(edition)
    ]
