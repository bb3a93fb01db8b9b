"""One control on a screen: which macro draws it and every text it shows, ready. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from web import display, messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.form import Field

RADIO_MOST = 5
SEARCH_FROM = 11
_WIDE_LABELS = 26

# what a form file may call a widget (x-ui) -> the macro that draws it
_BY_NAME = {
    "text": "text", "longtext": "longtext", "textarea": "longtext", "radio": "radio", "select": "select", "checks": "checks", "checkbox": "checks",
    "checkboxes": "checks", "date": "date", "datetime": "datetime", "month": "month", "money": "number", "number": "number", "lookup": "lookup",
    "file": "files", "files": "files", "upload": "files", "cases": "cases", "likert": "radio", "scale": "radio", "masked": "masked", "boolean": "radio", "time": "time",
}
_BY_TYPE = {
    "integer": "number", "number": "number", "boolean": "radio", "date": "date", "datetime": "datetime", "month": "month", "time": "time", "choices": "checks",
    "file": "files", "files": "files", "case": "cases", "cases": "cases", "string": "text",
}
_PLACEHOLDERS = {"date": "2024-01-01", "datetime": "2024-01-01 14:00", "month": "2024-01", "time": "14:00", "select": "선택", "lookup": "이름 일부로 찾습니다"}
_INPUT_TYPES = {"phone": "tel", "email": "email", "idn-email": "email", "uri": "url"}
_BOOLEANS = (("true", messages.YES), ("false", messages.NO))


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: what is sent, what is read, whether it is picked."""

    value: str
    label: str
    on: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """One attached file: `size` as shown."""

    id: str
    name: str
    size: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for in a field that names cases, and what was found: (id, name, note)."""

    text: str = ""
    hits: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """A case that is chosen or was found. `note` tells it from others of its name; `on` says that it is chosen here; `id` is its element's, `error` what is wrong with it.

    A chosen one that was found is sent by its mark among those found, which stays where it is and keeps the focus.
    """

    value: str
    label: str
    note: str
    on: bool
    id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a widget stands and what is said there.

    `pointer` is concrete, `raw` the raw answer, `nth` the row it stands in (0 = none), `page` the manual page of the whole screen (told once, above).
    """

    pointer: str
    raw: Any = None
    error: str = ""
    warning: str = ""
    must: bool = False
    live: bool = False
    nth: int = 0
    reveal: str = ""
    page: int | None = None


@dataclass(slots=True)
class Widget:
    """One control, every text ready. `live` is " live" where a change re-renders, `aria` a name for controls without a label of their own."""

    kind: str
    id: str
    name: str
    title: str
    value: str = ""
    must: bool = False
    live: str = ""
    error: str = ""
    warning: str = ""
    hint: str = ""
    page: int | None = None
    described: str = ""
    wide: bool = False
    group: bool = False
    type: str = "text"
    mode: str = ""
    unit: str = ""
    money: bool = False
    rows: int = 4
    most: int | None = None
    placeholder: str = ""
    aria: str = ""
    search: bool = False
    shown: str = ""
    clear: bool = False
    many: bool = False
    accept: str = ""
    reveal: str = ""
    before: str = ""
    choices: tuple[Choice, ...] = ()
    files: tuple[FileLine, ...] = ()
    picks: tuple[Pick, ...] = ()
    hits: tuple[Pick, ...] = ()


def element_id(pointer: str) -> str:
    """Give the id of the element of a pointer: /rows/0/amount -> f-rows-0-amount."""
    return "f-" + pointer[1:].replace("/", "-")


def kind_of(field: Field, count: int) -> str:
    """Name the macro for a field; `count` is how many options it offers now."""
    if field.sensitive and field.type == "string" and field.widget != "longtext":
        return "masked"
    named = _BY_NAME.get(field.widget or "")
    if named == "lookup" and count:
        return "select"
    if named == "radio" and field.type == "choices":
        return "checks"
    if named:
        return named
    if field.type == "choice":
        return "radio" if count <= RADIO_MOST else "select"
    return _BY_TYPE.get(field.type, "text")


def make(field: Field, spot: Spot, options: Iterable[tuple[str, str]] = (), files: tuple[FileLine, ...] = ()) -> Widget:
    """Make the widget of one field. `options` are (code, label) pairs on offer; a picked code that is no longer offered stays visible."""
    pairs = _BOOLEANS if field.type == "boolean" else tuple(options)
    kind = kind_of(field, len(pairs))
    ident = element_id(spot.pointer)
    widget = Widget(
        kind=kind, id=ident, name=spot.pointer, title=field.title, must=spot.must, live=" live" if spot.live else "", error=spot.error,
        warning=spot.warning, hint=field.help or "", page=field.page if field.page != spot.page else None, placeholder=str(field.ui.get("placeholder") or _PLACEHOLDERS.get(kind, "")),
        unit=field.unit or "",
    )
    if spot.nth:
        widget.aria = f"{messages.NTH_ROW.format(row=spot.nth)} {field.title}"
        widget.hint, widget.page = "", None
    widget.described = _described(widget)
    _FILL.get(kind, _fill_text)(widget, field, spot, pairs)
    widget.files, widget.reveal = files, spot.reveal
    return widget


def _described(widget: Widget) -> str:
    parts = ((widget.error, "e"), (widget.warning, "w"), (widget.hint or widget.page, "h"))
    return " ".join(f"{widget.id}-{letter}" for text, letter in parts if text)


def _text(raw: Any) -> str:
    return "" if raw is None or isinstance(raw, (list, dict)) else str(raw)


def _fill_text(widget: Widget, field: Field, spot: Spot, _pairs: tuple[tuple[str, str], ...]) -> None:
    widget.value = _text(spot.raw)
    widget.most = field.schema.get("maxLength")
    widget.type = _INPUT_TYPES.get(str(field.ui.get("input") or field.schema.get("format") or ""), "text")


def _fill_long(widget: Widget, field: Field, spot: Spot, pairs: tuple[tuple[str, str], ...]) -> None:
    _fill_text(widget, field, spot, pairs)
    widget.rows, widget.wide = int(field.ui.get("rows") or 4), not spot.nth


def _fill_number(widget: Widget, field: Field, spot: Spot, _pairs: tuple[tuple[str, str], ...]) -> None:
    widget.money = field.unit == messages.WON or field.widget == "money"
    widget.unit = field.unit or (messages.WON if widget.money else "")
    widget.value = display.number(spot.raw, grouped=widget.money) or _text(spot.raw)
    widget.mode = "numeric" if field.type == "integer" else "decimal"


def _fill_day(widget: Widget, _field: Field, spot: Spot, _pairs: tuple[tuple[str, str], ...]) -> None:
    text = _text(spot.raw)
    widget.value = text.replace("T", " ")[:16] if widget.kind == "datetime" and text[10:11] == "T" else text


def _fill_choices(widget: Widget, field: Field, spot: Spot, pairs: tuple[tuple[str, str], ...]) -> None:
    picked = _picked(spot.raw)
    widget.choices = _choices(pairs, picked)
    widget.group = True
    widget.type = "checkbox" if widget.kind == "checks" else "radio"
    widget.wide = not spot.nth and (len(pairs) > 3 or sum(len(label) for _, label in pairs) > _WIDE_LABELS)
    widget.clear = widget.kind == "radio" and bool(picked) and not spot.must and not spot.nth
    widget.value = next(iter(picked), "")
    if field.ui.get("wide") is not None:
        widget.wide = bool(field.ui["wide"])


def _fill_select(widget: Widget, field: Field, spot: Spot, pairs: tuple[tuple[str, str], ...]) -> None:
    picked = _picked(spot.raw)
    widget.choices = _choices(pairs, picked)
    widget.search = len(pairs) >= SEARCH_FROM or bool(field.ui.get("search")) or field.widget == "lookup"
    widget.shown = next((choice.label for choice in widget.choices if choice.on), "")


def _fill_lookup(widget: Widget, _field: Field, spot: Spot, pairs: tuple[tuple[str, str], ...]) -> None:
    widget.value = _text(spot.raw)
    widget.choices = _choices(pairs, ())


def _fill_cases(widget: Widget, field: Field, spot: Spot, _pairs: tuple[tuple[str, str], ...]) -> None:
    widget.group, widget.wide, widget.many, widget.live = True, not spot.nth, field.type == "cases", " live"
    widget.type = "checkbox" if widget.many else "radio"


def picked(widget: Widget, raw: Any, known: Mapping[str, tuple[str, str]], found: Found, errors: Mapping[str, str]) -> None:
    """Put what is chosen and what was found into a widget that names cases. `errors` are by concrete pointer, those of single cases too."""
    ids, marked = tuple(dict.fromkeys(_picked(raw))), {ident for ident, _, _ in found.hits}
    widget.picks = tuple(
        Pick(ident, *known.get(ident, (messages.UNKNOWN_CASE, "")), on=ident not in marked, id=element_id(f"{widget.name}/{number}"), error=errors.get(f"{widget.name}/{number}", ""))
        for number, ident in enumerate(ids)
    )
    widget.value, widget.shown = ", ".join(pick.label for pick in widget.picks), found.text
    widget.hits = tuple(Pick(ident, label, note, ident in ids) for ident, label, note in found.hits)


def _fill_files(widget: Widget, field: Field, _spot: Spot, _pairs: tuple[tuple[str, str], ...]) -> None:
    limits = field.schema.get("x-file") or {}
    accept = limits.get("accept") or ()
    kinds = accept.split(",") if isinstance(accept, str) else accept
    widget.accept = ",".join(kind if "/" in kind or kind.startswith(".") else f".{kind}" for kind in kinds)
    widget.many = field.type != "file" and field.schema.get("maxItems") != 1


_FILL = {
    "longtext": _fill_long, "number": _fill_number, "date": _fill_day, "datetime": _fill_day, "month": _fill_day, "radio": _fill_choices,
    "checks": _fill_choices, "select": _fill_select, "lookup": _fill_lookup, "files": _fill_files, "cases": _fill_cases,
}


def _picked(raw: Any) -> tuple[str, ...]:
    if raw is None or raw == "":
        return ()
    if isinstance(raw, bool):
        return ("true" if raw else "false",)
    return tuple(str(part) for part in raw) if isinstance(raw, (list, tuple)) else (str(raw),)


def _choices(pairs: tuple[tuple[str, str], ...], picked: tuple[str, ...]) -> tuple[Choice, ...]:
    offered = {value for value, _ in pairs}
    return tuple(Choice(value, label, value in picked) for value, label in pairs) + tuple(
        Choice(value, value, on=True) for value in picked if value not in offered
    )
