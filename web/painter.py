"""The inside of a tab: fields of a form laid out in blocks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web import display, messages
from web.blocks import THREE, Block, Column, Row, Total, runs_of
from web.causes import Cause, causes_of, told
from web.figures import figures
from web.widgets import Found, Spot, Widget, element_id, make, picked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.spec.codes import Code
    from engine.spec.form import Field, Form, Reading
    from web.screens import Extras

_SCALES = frozenset({"likert", "scale"})
_FIGURES = 3
_WIDTHS = {"number": "money", "date": "date", "datetime": "time", "month": "date", "radio": "choice", "checks": "choice", "files": "long", "longtext": "long"}


class Painter:
    """Turns the fields of one form into blocks; remembers what it placed, so the summary can link to it."""

    def __init__(
        self, form: Form, reading: Reading, answers: Mapping[str, Any], errors: Mapping[str, str], warnings: Mapping[str, str], extras: Extras
    ) -> None:
        """`errors` and `warnings` are sentences by concrete pointer."""
        self.form, self.reading, self.answers, self.errors, self.warnings, self.extras = form, reading, answers, errors, warnings, extras
        self.causes = causes_of(form)
        self.page = page_of(form)
        self.placed: set[str] = set()
        self.multipart = False
        self._count = [0, 0]

    def tab(self, fields: Sequence[str]) -> tuple[list[Block], tuple[int, int]]:
        """Lay out one tab; also count how many of its questions are answered and how many are asked."""
        self._count = [0, 0]
        shown = [pointer for pointer in fields if pointer in self.reading.visible]
        if len(shown) == 1 and len(fields) == 1 and self.form.fields[shown[0]].type == "section":
            section = self.form.fields[shown[0]]
            self.placed.add(shown[0])
            blocks = self._blocks(section.children, shown[0], self._value(shown[0]), inside=shown[0])
        else:
            blocks = self._blocks(shown, "", self.answers, inside="")
        return blocks, (self._count[0], self._count[1])

    def why(self, fields: Sequence[str]) -> str:
        """Say why a tab of one section is there; "" where it always is."""
        cause = self.causes.get(fields[0]) if len(fields) == 1 else None
        return self._told(cause) if cause and self.form.fields[fields[0]].type == "section" else ""

    def asked_for(self, fields: Sequence[str]) -> bool:
        """Say whether a tab has anything that must be filled in."""
        return any(path == pointer or path.startswith(f"{pointer}/") for path in self.reading.required for pointer in fields)

    # -- grouping ----------------------------------------------------------------------------------------------------------

    def _blocks(self, pointers: Sequence[str], parent: str, answers: Any, *, inside: str) -> list[Block]:
        blocks: list[Block] = []
        waiting: list[Widget] = []
        why: Cause | None = None
        for generic in pointers:
            part = self.form.fields[generic]
            pointer = f"{parent}/{generic.rsplit('/', 1)[-1]}"
            if pointer not in self.reading.visible:
                continue
            cause = self.causes.get(generic)
            cause = None if cause and generic == inside else cause
            if part.type in ("section", "table"):
                self._flush(blocks, waiting, why)
                blocks.append(self._section(part, pointer, answers, cause) if part.type == "section" else self._table(part, pointer, answers, cause))
                continue
            if waiting and cause != why:
                self._flush(blocks, waiting, why)
            why = cause
            waiting.append(self._widget(part, pointer, answers))
        self._flush(blocks, waiting, why)
        return blocks

    def _flush(self, blocks: list[Block], waiting: list[Widget], why: Cause | None) -> None:
        if not waiting:
            return
        made = self._grids(waiting)
        waiting.clear()
        if why is None:
            blocks += made
        else:
            first = next(item for block in made for item in block.items)
            blocks.append(Block("revealed", id=f"g-{first.id if isinstance(first, Widget) else first.items[0].id}", note=self._told(why), items=made))

    def _grids(self, widgets: Sequence[Widget]) -> list[Block]:
        blocks: list[Block] = []
        for run in runs_of(widgets):
            kind = run[0].kind
            if kind == "derived":
                blocks.append(self._figures(run) or Block("derived", items=list(run)))
            elif self._scale(run[0]) and len(run) > 1:
                blocks.append(self._likert(run))
            elif kind == "number" and len(run) >= THREE:
                blocks.append(Block("grid", three=True, items=list(run)))
            elif blocks and blocks[-1].kind == "grid" and not blocks[-1].three:
                blocks[-1].items += run
            else:
                blocks.append(Block("grid", items=list(run)))
        return blocks

    def _scale(self, widget: Widget) -> bool:
        return widget.mode == "scale"

    def _in_scale(self, part: Field) -> bool:
        around = self.form.fields.get(part.pointer.rsplit("/", 1)[0])
        return around is not None and around.type == "section" and str(around.ui.get("widget") or around.widget or "") in _SCALES

    def _figures(self, run: Sequence[Widget]) -> Block | None:
        """Three or more derived figures of one unit, when there are earlier records: shown beside what they were."""
        parts = [self.form.fields[widget.name] for widget in run if widget.name in self.form.fields]
        alike = len(parts) == len(run) >= _FIGURES and parts[0].unit and len({part.unit for part in parts}) == 1 and parts[0].unit != messages.WON
        now = [self.reading.derived.get(widget.name) for widget in run]
        return figures(run, self.extras.series, now) if alike and self.extras.series else None

    # -- one field ---------------------------------------------------------------------------------------------------------

    def _widget(self, part: Field, pointer: str, answers: Any, nth: int = 0) -> Widget:
        self.placed.add(pointer)
        if part.readonly:
            return self._derived(part, pointer, answers, nth)
        raw = answers.get(part.name) if isinstance(answers, dict) else None
        must = pointer in self.reading.required or (nth > 0 and part.required)
        spot = Spot(
            pointer, raw, self.errors.get(pointer, ""), self.warnings.get(pointer, ""), must, part.pointer in self.form.live, nth,
            f"{self.extras.reveal}?at={pointer}" if part.sensitive and self.extras.reveal and raw else "", self.page,
        )
        widget = make(part, spot, self._options(part, pointer), self._files(raw) if part.type in ("file", "files") else ())
        if widget.kind == "cases":
            picked(widget, raw, self.extras.chosen, self.extras.found.get(pointer, Found()), self.errors)
            self.placed.update(f"{pointer}/{number}" for number in range(len(widget.picks)))
        self.multipart = self.multipart or widget.kind == "files"
        self._count[0] += raw not in (None, "", [], {})
        self._count[1] += 1
        if widget.kind == "radio" and not nth and (part.widget in _SCALES or self._in_scale(part)):
            widget.mode = "scale"
            widget.before = self._before(part, pointer)
        elif part.ui.get("previous") and self.extras.before and not nth:
            widget.before = messages.BEFORE.format(day=self.extras.before_on, value=self._before(part, pointer))
        return widget

    def _derived(self, part: Field, pointer: str, answers: Any, nth: int) -> Widget:
        value = self.reading.derived.get(pointer, answers.get(part.name) if isinstance(answers, dict) else None)
        labels = {str(code.code): code.label for code in _codes(part)}
        widget = Widget("derived", element_id(pointer), pointer, part.title, value=display.answer(value, part, labels), hint=part.help or "")
        widget.aria = f"{messages.NTH_ROW.format(row=nth)} {part.title}" if nth else ""
        widget.error = self.errors.get(pointer, "")
        return widget

    def _options(self, part: Field, pointer: str) -> Sequence[tuple[str, str]]:
        if part.pointer in self.extras.lookups:
            return self.extras.lookups[part.pointer]
        offered = self.reading.options.get(pointer)
        return [(str(code.code), code.label) for code in (_codes(part) if offered is None else offered)]

    def _files(self, raw: Any) -> tuple[Any, ...]:
        ids = raw if isinstance(raw, list) else [raw] if raw else []
        return tuple(self.extras.files[str(ident)] for ident in ids if str(ident) in self.extras.files)

    def _value(self, pointer: str) -> Any:
        value: Any = self.answers
        for step in pointer.split("/")[1:]:
            value = value.get(step) if isinstance(value, dict) else None
        return value if value is not None else {}

    def _before(self, part: Field, pointer: str) -> str:
        value: Any = self.extras.before
        for step in pointer.split("/")[1:]:
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return messages.NOTHING
        labels = {str(code.code): code.label for code in _codes(part)}
        label = labels.get(str(value), "")
        return f"{value} {label}" if isinstance(value, int) and label and label != str(value) else display.answer(value, part, labels)

    # -- groups ------------------------------------------------------------------------------------------------------------

    def _section(self, part: Field, pointer: str, answers: Any, cause: Cause | None) -> Block:
        self.placed.add(pointer)
        inner = answers.get(part.name) if isinstance(answers, dict) else None
        return Block(
            "revealed" if cause else "part", id=element_id(pointer), title=part.title, note=self._told(cause) if cause else "", hint=part.help or "",
            page=self._page(part), error=self.errors.get(pointer, ""), items=self._blocks(part.children, pointer, inner or {}, inside=""),
        )

    def _table(self, part: Field, pointer: str, answers: Any, cause: Cause | None) -> Block:
        self.placed.add(pointer)
        raw = answers.get(part.name) if isinstance(answers, dict) else None
        lines = [line if isinstance(line, dict) else {} for line in raw] if isinstance(raw, list) else []
        columns = [self.form.fields[generic] for generic in part.columns]
        must = pointer in self.reading.required
        lines = lines or ([{}] if must else [])
        rows = [self._row(columns, f"{pointer}/{number}", number, line) for number, line in enumerate(lines)]
        return Block(
            "table", id=element_id(pointer), title=part.title, name=pointer, note=self._told(cause) if cause else "", hint=part.help or "",
            page=self._page(part), must=must, error=self.errors.get(pointer, ""), warning=self.warnings.get(pointer, ""),
            revealed=cause is not None, rows=rows, columns=[self._column(column, rows, at) for at, column in enumerate(columns)],
            totals=self._totals(part, columns, pointer), add=str(part.ui.get("add") or f"{part.title} 추가"),
            full=len(rows) >= int(part.schema.get("maxItems") or 1000),
        )

    def _row(self, columns: Sequence[Field], at: str, number: int, line: Mapping[str, Any]) -> Row:
        self.placed.add(at)
        cells = []
        for column in columns:
            pointer = f"{at}/{column.name}"
            hidden = pointer not in self.reading.visible and column.pointer not in self.reading.visible
            cells.append(Widget("", element_id(pointer), pointer, column.title) if hidden else self._widget(column, pointer, line, number + 1))
        return Row(element_id(at), at, number + 1, messages.NTH_ROW.format(row=number + 1), cells)

    def _column(self, column: Field, rows: Sequence[Row], at: int) -> Column:
        kind = next((row.cells[at].kind for row in rows if row.cells[at].kind), "")
        must = column.required or any(row.cells[at].must for row in rows)
        return Column(column.name, column.title, must, str(column.ui.get("width") or _WIDTHS.get(kind, "text")), kind == "number")

    def _totals(self, part: Field, columns: Sequence[Field], pointer: str) -> list[Total]:
        data: Any = self.reading.data
        for step in pointer.split("/")[1:]:
            data = data.get(step) if isinstance(data, dict) else None
        lines = [line for line in data if isinstance(line, dict)] if isinstance(data, list) else []
        wanted = [column for column in columns if column.pointer in part.total]
        return [
            Total(column.title, display.with_unit(sum(line[column.name] for line in lines if _is_number(line.get(column.name))), column.unit or ""))
            for column in wanted
        ]

    def _likert(self, run: Sequence[Widget]) -> Block:
        first = run[0]
        columns = [Column(choice.value, choice.label) for choice in first.choices]
        return Block(
            "likert", id=f"q-{first.id}", items=list(run), columns=columns, done=sum(bool(widget.value) for widget in run),
            before=self.extras.before_on if self.extras.before else "",
        )

    def _page(self, part: Field) -> int | None:
        return part.page if part.page != self.page else None

    def _told(self, cause: Cause) -> str:
        source = self.form.fields.get(cause.source)
        if source is None:
            return ""
        value = self._value(cause.source) if "*" not in cause.source else None
        label = next((code.label for code in _codes(source) if str(code.code) == str(value)), "") if isinstance(value, (str, int)) else ""
        return told(cause, source.title, label)


def page_of(form: Form) -> int | None:
    """Give the manual page of a form."""
    manual = form.screen.get("manual") or {}
    page = manual.get("page")
    return int(page) if page else None


def _codes(part: Field) -> Sequence[Code]:
    return part.codes.items if part.codes is not None else ()


def _is_number(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, bool, list, dict))
