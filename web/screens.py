"""A form with its answers as a screen: sheets (tabs) of blocks of widgets, every text ready for the templates. Pure: no request, no database, no template.

The straight path: `draw(form, reading, answers, …)` -> `Screen` -> `templates/parts/form.html`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.spec.expression import compile_fx
from web import messages
from web.aside import put_aside
from web.blocks import Block, likert_in
from web.painter import Painter, page_of
from web.widgets import element_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.errors import FieldError
    from engine.spec.expression import Fx
    from engine.spec.form import Form, Reading
    from web.widgets import FileLine, Found


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary above a form: the sentence, and the element it leads to ("" = none)."""

    text: str
    target: str


@dataclass(slots=True)
class Sheet:
    """One tab: `state` is the look (error, done, draft, due, none; "" where nothing is asked) and `state_text` the word for it; `none` = nothing in it applies."""

    id: str
    title: str
    state: str
    state_text: str
    blocks: list[Block] = field(default_factory=list)
    note: str = ""


@dataclass(slots=True)
class Screen:
    """One screen, ready to show. `errors` and `warnings` are the summaries; `tried` remembers that a save was tried (then every error shows).

    `aside` are (name, value) of answers whose fields do not apply now: sent along unseen, so that a change of mind brings them back.
    """

    title: str
    sheets: list[Sheet]
    errors: list[Line]
    warnings: list[Line]
    tried: bool
    final: str = ""
    page: int | None = None
    many: bool = False
    multipart: bool = False
    live: bool = False
    missing: int = 0
    aside: list[tuple[str, str]] = field(default_factory=list)

    @property
    def tabs(self) -> bool:
        """Say whether there is more than one tab to choose from."""
        return len(self.sheets) > 1


@dataclass(frozen=True)
class Extras:
    """What a screen shows beside form and answers: files by id, options of lookups by pointer, the last record's answers, where to unmask.

    `chosen` are (name, number) of the cases that answers name by id, `found` what was looked for where they are chosen, by pointer.
    """

    files: Mapping[str, FileLine] = field(default_factory=dict)
    lookups: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    before_on: str = ""
    series: Sequence[tuple[str, Mapping[str, Any]]] = ()
    reveal: str = ""
    chosen: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    found: Mapping[str, Found] = field(default_factory=dict)


NO_EXTRAS = Extras()
# Keywords that say only "not filled in yet": silent until a save is tried.
_NOT_YET = frozenset({"required", "minItems", "dependentRequired"})


def draw(form: Form, reading: Reading, answers: Mapping[str, Any], *, tried: bool = False, extras: Extras = NO_EXTRAS) -> Screen:
    """Draw the screen of a form for raw answers. Until a save is tried, what is merely still blank is not called an error."""
    told = [error for error in reading.errors if tried or error.keyword not in _NOT_YET]
    painter = Painter(form, reading, answers, _by_path(told), _by_path(reading.warnings), extras)
    sheets = [_sheet(painter, form, number) for number in range(len(form.layout))]
    shown = [sheet for sheet in sheets if sheet.state != "none"]
    if len(shown) == 1 and len(sheets) == 1:
        sheets[0].title = sheets[0].title if sheets[0].title != form.title else ""
    titles = {pointer: sheet.title for sheet, tab in zip(sheets, form.layout, strict=True) for pointer in tab.fields} if len(sheets) > 1 else {}
    return Screen(
        title=form.title, sheets=sheets, errors=_lines(told, titles, painter), warnings=_lines(reading.warnings, titles, painter), tried=tried,
        final=final_of(form, reading), page=page_of(form), multipart=painter.multipart, live=bool(form.live),
        missing=sum(error.keyword in _NOT_YET for error in reading.errors), aside=put_aside(form, reading, answers),
    )


def _sheet(painter: Painter, form: Form, number: int) -> Sheet:
    tab = form.layout[number]
    blocks, count = painter.tab(tab.fields)
    sheet = Sheet(f"t-{number + 1}", tab.title or messages.UNTITLED_TAB, *_state(painter, tab.fields, count, likert=likert_in(blocks)), blocks=blocks)
    sheet.note = painter.why(tab.fields) if blocks else ""
    if not blocks:
        sheet.state, sheet.state_text = "none", messages.TAB_NONE
    return sheet


def _state(painter: Painter, fields: Sequence[str], count: tuple[int, int], *, likert: bool) -> tuple[str, str]:
    wrong = sum(1 for path in painter.errors if any(path == pointer or path.startswith(f"{pointer}/") for pointer in fields))
    if wrong:
        return "error", messages.TAB_ERROR.format(count=wrong)
    filled, asked = count
    missing = any(_inside(error.path, fields) for error in painter.reading.errors)
    if filled and not missing and (filled == asked or painter.asked_for(fields)):
        return "done", messages.TAB_DONE
    if filled:
        return "draft", messages.TAB_BEGUN_OF.format(done=filled, all=asked) if likert else messages.TAB_BEGUN
    return ("due", messages.TAB_EMPTY) if asked else ("", "")


def _inside(path: str, pointers: Sequence[str]) -> bool:
    return any(path == pointer or path.startswith(f"{pointer}/") for pointer in pointers)


def _by_path(errors: Sequence[FieldError]) -> dict[str, str]:
    found: dict[str, str] = {}
    for error in errors:
        found[error.path] = f"{found[error.path]} {error.message}" if error.path in found else error.message
    return found


def _lines(errors: Sequence[FieldError], titles: Mapping[str, str], painter: Painter) -> list[Line]:
    lines = []
    for error in errors:
        tab = next((title for pointer, title in titles.items() if error.path == pointer or error.path.startswith(f"{pointer}/")), "")
        text = f"{tab}: {error.message}" if tab else error.message
        lines.append(Line(text, element_id(error.path) if error.path in painter.placed else ""))
    return lines


def final_of(form: Form, reading: Reading) -> str:
    """Give the sentence that warns before an act that cannot be undone; "" where the form has none, or its condition does not hold for these answers."""
    final = form.screen.get("final") or ""
    if isinstance(final, str):
        return final
    when = str(final.get("when") or "")
    return str(final.get("message") or "") if not when or _compiled(when)(reading.values) else ""


@lru_cache(maxsize=256)
def _compiled(source: str) -> Fx:
    return compile_fx(source)
