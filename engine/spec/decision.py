"""Decision tables (DMN): those a business rule task asks, and `guards`, which says what is refused to whom and why.

Standard DMN with hit policy UNIQUE, FIRST or COLLECT, editable in any DMN modeler; expressions and cells are fx (see `decision_cells`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import Finding, SpecError
from engine.spec.decision_cells import INPUT, Cell, compile_cell, literal
from engine.spec.expression import Fx, FxError
from engine.spec.overlay import Over
from engine.spec.reader import did_you_mean
from engine.spec.xml import line_of, local_name, namespace, safe_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element as Element

FOLDER = "workflows/decisions/"
POLICIES = ("UNIQUE", "FIRST", "COLLECT")
_MODELS = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")
_IN_DECISION = frozenset({"decisionTable", "description", "informationRequirement", "variable", "extensionElements"})
_IN_TABLE = frozenset({"input", "output", "rule", "annotation", "description", "extensionElements"})


@dataclass(frozen=True, slots=True)
class Column:
    """One input of a table: what it looks at, and the values a modeler listed for it."""

    label: str
    fx: Fx
    line: int
    type: str = ""
    values: str = ""

    @property
    def is_condition(self) -> bool:
        """Say whether the cells are conditions by themselves (the input is `true` or `condition`)."""
        return self.fx.source in {"True", "condition"}


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: a cell per input, an expression (or nothing) per output."""

    id: str
    cells: tuple[Cell, ...]
    outputs: tuple[Fx | None, ...]
    line: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision table."""

    id: str
    title: str
    policy: str
    columns: tuple[Column, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    path: str
    line: int

    def expressions(self) -> list[Fx]:
        """Give every expression of the table: inputs, cells, outputs."""
        cells = [fx for row in self.rows for cell in row.cells for fx in cell.expressions()]
        return [*(column.fx for column in self.columns), *cells, *(fx for row in self.rows for fx in row.outputs if fx is not None)]

    def matches(self, scope: Mapping[str, Any]) -> list[Row]:
        """Give the rows that match, in order; only the first where the policy is not COLLECT."""
        looks = [_Look(column, scope) for column in self.columns]
        found = []
        for row in self.rows:
            if all(look.passes(cell) for cell, look in zip(row.cells, looks, strict=True)):
                found.append(row)
                if self.policy != "COLLECT":
                    break
        return found

    def decide(self, scope: Mapping[str, Any]) -> dict[str, Any]:
        """Give output -> value (None where no row matches), or output -> list of values for COLLECT."""
        rows = self.matches(scope)
        values = [[None if fx is None else fx(scope) for fx in row.outputs] for row in rows]
        if self.policy == "COLLECT":
            return {name: [each[place] for each in values] for place, name in enumerate(self.outputs)}
        return dict(zip(self.outputs, values[0] if values else [None] * len(self.outputs), strict=True))


class _Look:
    """The value of one input during one evaluation, worked out when first asked for."""

    __slots__ = ("column", "known", "scope", "value")

    def __init__(self, column: Column, scope: Mapping[str, Any]) -> None:
        self.column = column
        self.scope = scope
        self.known = False
        self.value: Any = None

    def passes(self, cell: Cell) -> bool:
        if cell.always:
            return True
        if not self.known:
            self.known, self.value = True, self.column.fx(self.scope)
        scope = Over({INPUT: self.value}, self.scope) if cell.asks else self.scope
        return cell.passes(self.value, scope)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is refused: the row that says so, its sentence, the manual page."""

    row_id: str
    message: str
    page: int | None = None


_Checks = tuple[tuple[int, Cell], ...]  # places of columns, and what stands there


@dataclass(frozen=True)
class Guards:
    """The table of refusals. Read-only; may be shared between threads."""

    table: Decision | None = None
    _by_action: dict[str, tuple[tuple[Row, _Checks], ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Give every row, in order."""
        return self.table.rows if self.table else ()

    def refusals(self, action: str, facts: Mapping[str, Any]) -> tuple[Refusal, ...]:
        """Give every row that refuses `action` (a process id, "register:…", "complete:…", "amend:…", "withdraw:…") now. Nothing = allowed."""
        if self.table is None:
            return ()
        looks = [_Look(column, facts) for column in self.table.columns]
        found = []
        for row, checks in self._of(action, self.table):
            if all(looks[place].passes(cell) for place, cell in checks):
                said = dict(zip(self.table.outputs, row.outputs, strict=True))
                message, page = (None if said.get(name) is None else said[name](facts) for name in ("message", "page"))  # type: ignore[misc]
                found.append(Refusal(row.id, str(message or ""), page if isinstance(page, int) else None))
        return tuple(found)

    def _of(self, action: str, table: Decision) -> tuple[tuple[Row, _Checks], ...]:
        """Give the rows whose action cell names `action`, each with the other cells that ask something; worked out once, for those cells are constant."""
        rows = self._by_action.get(action)
        if rows is None:
            own = [place for place, column in enumerate(table.columns) if column.fx.source == "action"]
            named = [row for row in table.rows if all(row.cells[place].passes(action, {INPUT: action}) for place in own[:1])]
            rows = tuple(
                (row, tuple((place, cell) for place, cell in enumerate(row.cells) if place not in own and not cell.always)) for row in named
            )
            if len(self._by_action) < 1_000:
                self._by_action[action] = rows
        return rows


def guards(files: Mapping[str, bytes]) -> Guards:
    """Give the table of the decision `guards`; an empty one where there is none or it cannot be read (the check says so)."""
    return Guards(parse_decisions(files)[0].get("guards"))


def parse_decisions(files: Mapping[str, bytes]) -> tuple[dict[str, Decision], list[Finding]]:
    """Read every `workflows/decisions/*.dmn` of `files`: tables by decision id, and what is wrong. A table with a finding is left out."""
    found: dict[str, Decision] = {}
    findings: list[Finding] = []
    for path in sorted(files):
        if path.startswith(FOLDER) and path.endswith(".dmn"):
            reader = _Reader(path)
            for decision in reader.read(files[path]):
                if decision.id in found:
                    reader.complain(decision.line, "duplicate-id", f"판단표 '{decision.id}'이(가) 두 번 있습니다.")
                found[decision.id] = decision
            findings.extend(reader.findings)
    return found, findings


class _Reader:
    """One pass over one DMN file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def read(self, data: bytes) -> list[Decision]:
        try:
            root = safe_root(data, self.path)
        except SpecError as error:
            self.findings.extend(error.findings)
            return []
        if local_name(root) != "definitions" or not namespace(root).startswith(_MODELS):
            self.complain(1, "not-dmn", "DMN 파일이 아닙니다. 모델러에서 DMN으로 저장하세요.")
            return []
        model = namespace(root)
        found = [self._decision(child, model) for child in root if child.tag == f"{{{model}}}decision"]
        return [decision for decision in found if decision is not None]

    def _decision(self, element: Element, model: str) -> Decision | None:
        before = len(self.findings)
        self._known(element, model, _IN_DECISION)
        table = element.find(f"{{{model}}}decisionTable")
        if table is None:
            self.complain(line_of(element), "decision-kind", f"'{element.get('name')}'은(는) 판단표(표)로 그려야 합니다.")
            return None
        self._known(table, model, _IN_TABLE)
        policy = table.get("hitPolicy", "UNIQUE")
        if policy not in POLICIES or table.get("aggregation"):
            self.complain(line_of(table), "hit-policy", f"적중 방식 '{policy}'은(는) 쓸 수 없습니다. {', '.join(POLICIES)} 가운데 고르세요.")
        columns = tuple(self._column(child, model) for child in table.findall(f"{{{model}}}input"))
        outputs = tuple(child.get("name") or child.get("label") or child.get("id", "") for child in table.findall(f"{{{model}}}output"))
        if not outputs:
            self.complain(line_of(table), "rule-shape", "판단표에 결과 열이 없습니다.")
        known = [column for column in columns if column is not None]
        rows = [self._row(child, model, known, len(outputs)) for child in table.findall(f"{{{model}}}rule")]
        made = [row for row in rows if row is not None]
        if len(self.findings) > before:
            return None
        identifier = element.get("id", "")
        return Decision(identifier, element.get("name", identifier), policy, tuple(known), outputs, tuple(made), self.path, line_of(element))

    def _column(self, element: Element, model: str) -> Column | None:
        expression = element.find(f"{{{model}}}inputExpression")
        text = "" if expression is None else _text(expression, model)
        fx = self._fx(text or "", line_of(element if expression is None else expression))
        if fx is None:
            return None
        values = element.find(f"{{{model}}}inputValues")
        kind = "" if expression is None else expression.get("typeRef", "")
        return Column(element.get("label", ""), fx, line_of(element), kind, "" if values is None else _text(values, model))

    def _row(self, element: Element, model: str, columns: list[Column], outputs: int) -> Row | None:
        entries = element.findall(f"{{{model}}}inputEntry")
        results = element.findall(f"{{{model}}}outputEntry")
        if len(entries) != len(columns) or len(results) != outputs:
            self.complain(line_of(element), "rule-shape", "이 줄의 칸 수가 표의 열 수와 다릅니다.")
            return None
        cells = [self._cell(entry, model, column) for entry, column in zip(entries, columns, strict=True)]
        values = [self._fx(_text(result, model), line_of(result)) if _text(result, model).strip() else None for result in results]
        note = element.find(f"{{{model}}}description")
        made = tuple(cell for cell in cells if cell is not None)
        if len(made) < len(cells):
            return None
        return Row(element.get("id", ""), made, tuple(values), line_of(element), "" if note is None else (note.text or "").strip())

    def _cell(self, element: Element, model: str, column: Column) -> Cell | None:
        try:
            cell = compile_cell(_text(element, model), condition=column.is_condition)
        except FxError as error:
            self._bad(line_of(element), error)
            return None
        if column.fx.source == "action" and any(fx.reads - {INPUT} for fx in cell.expressions()):
            self.complain(line_of(element), "bad-expression", '일 이름은 따옴표로 감싸서 적으세요. 예: "protection", "complete:form"')
        return cell

    def _fx(self, text: str, line: int) -> Fx | None:
        try:
            return literal(text)
        except FxError as error:
            self._bad(line, error)
            return None

    def _bad(self, line: int, error: FxError) -> None:
        self.complain(line, "bad-expression", f"수식을 읽을 수 없습니다({error.offset}번째 글자): {error.msg}")

    def _known(self, element: Element, model: str, known: frozenset[str]) -> None:
        for child in element:
            if namespace(child) != model or local_name(child) not in known:
                self.complain(line_of(child), "unknown-element", f"'{local_name(child)}' 요소는 쓸 수 없습니다.{did_you_mean(local_name(child), known)}")

    def complain(self, line: int, kind: str, message: str) -> None:
        self.findings.append(Finding(self.path, line, kind, message))


def _text(element: Element, model: str) -> str:
    text = element.find(f"{{{model}}}text")
    return "" if text is None else (text.text or "")
