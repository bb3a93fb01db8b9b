"""Types of fx expressions, for `check`: what a name holds, and comparisons that can never be meant."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.spec.expression import position, suggestion
from engine.spec.fx_functions import FUNCTIONS, Function
from engine.spec.josa import settle_josa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.expression import Fx


@dataclass(frozen=True)
class FxType:
    """`kind` is text, number, boolean, date, datetime, list, record, none or any.

    A list has an `item`, a record its `fields` (`open` where it may have others), a text or number from a code list its `codes`.
    """

    kind: str
    item: FxType | None = None
    fields: Mapping[str, FxType] = field(default_factory=dict)
    codes: frozenset[str | int] | None = None
    open: bool = False


ANY = FxType("any")
NONE = FxType("none")
TEXT = FxType("text")
NUMBER = FxType("number")
BOOLEAN = FxType("boolean")
DATE = FxType("date")
DATETIME = FxType("datetime")
_SIMPLE = {each.kind: each for each in (ANY, NONE, TEXT, NUMBER, BOOLEAN, DATE, DATETIME)}
_NAMES = {"text": "글", "number": "숫자", "boolean": "예/아니요", "date": "날짜", "datetime": "일시", "list": "목록", "record": "묶음", "none": "빈 값", "any": "값"}
#: (offset from 1, English id, Korean sentence)
Problem = tuple[int, str, str]


def record(fields: Mapping[str, FxType], *, open: bool = False) -> FxType:  # noqa: A002 - the word of the type
    """A record type."""
    return FxType("record", fields=fields, open=open)


def list_of(item: FxType) -> FxType:
    """A list type."""
    return FxType("list", item=item)


def infer(fx: Fx, types: Mapping[str, FxType]) -> list[Problem]:
    """What is wrong with an expression over names of these types: (offset from 1, English id, Korean sentence)."""
    return _Judge(fx, types).run()[1]


def type_of(fx: Fx, types: Mapping[str, FxType]) -> FxType:
    """The type an expression gives over names of these types."""
    return _Judge(fx, types).run()[0]


def joined(types: Iterable[FxType]) -> FxType:
    """The type of a value that may be any of these."""
    result: FxType | None = None
    for each in types:
        if each.kind == "none" and result is not None:
            continue
        if result is None or result.kind == "none":
            result = each
        elif result.kind != each.kind:
            return ANY
        elif result != each:
            result = record({**result.fields, **each.fields}, open=True) if each.kind == "record" else _SIMPLE.get(each.kind, FxType(each.kind, item=ANY))
    return result or ANY


class _Judge:
    """Walks one expression; every method gives the type of its node and notes problems."""

    def __init__(self, fx: Fx, types: Mapping[str, FxType]) -> None:
        self.fx = fx
        self.types = types
        self.lines = fx.source.split("\n")
        self.row: dict[str, FxType] = {}
        self.problems: list[Problem] = []

    def run(self) -> tuple[FxType, list[Problem]]:
        return self.judge(self.fx.tree), self.problems

    def note(self, node: ast.AST, kind: str, message: str) -> None:
        line, column = position(node, self.lines, 1 if len(self.lines) > 1 else 0)
        self.problems.append((sum(len(each) + 1 for each in self.lines[: line - 1]) + column, kind, settle_josa(message)))

    def judge(self, node: ast.AST) -> FxType:
        made = getattr(self, f"_{type(node).__name__.lower()}", None)
        return made(node) if made else ANY

    def _constant(self, node: ast.Constant) -> FxType:
        if node.value is None:
            return NONE
        if isinstance(node.value, bool):
            return BOOLEAN
        return TEXT if isinstance(node.value, str) else NUMBER

    def _name(self, node: ast.Name) -> FxType:
        if node.id in self.row:
            return self.row[node.id]
        found = self.types.get(node.id)
        if found is None:
            self.note(node, "unknown-name", f"없는 이름입니다: {node.id}{suggestion(node.id, [*self.types, *self.row])}")
            return ANY
        return found

    def _attribute(self, node: ast.Attribute) -> FxType:
        owner = self.judge(node.value)
        if owner.kind == "record":
            if node.attr in owner.fields:
                return owner.fields[node.attr]
            if not owner.open:
                self.note(node, "unknown-name", f"없는 이름입니다: {_text(node)}{suggestion(node.attr, owner.fields)}")
        elif owner.kind == "list":
            self.note(node, "type-mismatch", f"'{_text(node.value)}'은(는) 목록입니다. 합계(행.{node.attr} for 행 in {_text(node.value)}) 처럼 쓰세요.")
        elif owner.kind != "any":
            self.note(node, "type-mismatch", f"'{_text(node.value)}'은(는) {_NAMES[owner.kind]}라서 '.{node.attr}'이(가) 없습니다.")
        return ANY

    def _subscript(self, node: ast.Subscript) -> FxType:
        owner = self.judge(node.value)
        self.judge(node.slice)
        if owner.kind == "list":
            return owner.item or ANY
        if owner.kind == "record" and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return owner.fields.get(node.slice.value, ANY)
        return ANY

    def _list(self, node: ast.List | ast.Tuple) -> FxType:
        return list_of(joined([self.judge(each) for each in node.elts]))

    _tuple = _list

    def _boolop(self, node: ast.BoolOp) -> FxType:
        return joined([self.judge(each) for each in node.values])

    def _unaryop(self, node: ast.UnaryOp) -> FxType:
        operand = self.judge(node.operand)
        if isinstance(node.op, ast.Not):
            return BOOLEAN
        self._want(node.operand, operand, "number")
        return NUMBER

    def _ifexp(self, node: ast.IfExp) -> FxType:
        self.judge(node.test)
        return joined([self.judge(node.body), self.judge(node.orelse)])

    def _binop(self, node: ast.BinOp) -> FxType:
        left, right = self.judge(node.left), self.judge(node.right)
        kinds = (_group(left), _group(right))
        if isinstance(node.op, ast.Add) and kinds[0] == "text" and kinds[1] in ("text", "any", "none"):
            return TEXT
        if isinstance(node.op, (ast.Add, ast.Sub)) and kinds[0] == "date":
            if kinds[1] == "date" and isinstance(node.op, ast.Sub):
                return NUMBER
            self._want(node.right, right, "number")
            return DATE
        if "any" in kinds and isinstance(node.op, (ast.Add, ast.Sub)):
            return ANY
        self._want(node.left, left, "number")
        self._want(node.right, right, "number")
        return NUMBER

    def _want(self, node: ast.AST, found: FxType, kind: str) -> None:
        if _group(found) not in ("any", "none", kind):
            self.note(node, "type-mismatch", f"{_NAMES[kind]} 자리에 {_NAMES[found.kind]}이(가) 있습니다: {_text(node)}")

    # -- comparisons --

    def _compare(self, node: ast.Compare) -> FxType:
        left_node, left = node.left, self.judge(node.left)
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.judge(right_node)
            if isinstance(operator, (ast.In, ast.NotIn)):
                self._inside(left_node, left, right_node, right)
            else:
                self._match(left_node, left, right_node, right, ordered=not isinstance(operator, (ast.Eq, ast.NotEq)))
            left_node, left = right_node, right
        return BOOLEAN

    def _match(self, left_node: ast.AST, left: FxType, right_node: ast.AST, right: FxType, *, ordered: bool) -> None:
        a, b = _group(left), _group(right)
        if ordered:
            for node, kind in ((left_node, a), (right_node, b)):
                if kind in ("boolean", "list", "record"):
                    self.note(node, "type-mismatch", f"{_NAMES[kind]}은(는) 크기를 견줄 수 없습니다: {_text(node)}")
                    return
        if "any" in (a, b) or "none" in (a, b):
            return
        if a != b:
            hint = ' 날짜("2024-01-31") 처럼 쓰세요.' if {a, b} == {"date", "text"} else ""
            self.note(right_node, "type-mismatch", f"{_NAMES[left.kind]}와(과) {_NAMES[right.kind]}은(는) 견줄 수 없습니다: {_text(left_node)}, {_text(right_node)}.{hint}")
        else:
            self._code(left, left_node, right_node)
            self._code(right, right_node, left_node)

    def _code(self, coded: FxType, named: ast.AST, constant: ast.AST) -> None:
        if coded.codes is None or not isinstance(constant, ast.Constant) or not isinstance(constant.value, (str, int)):
            return
        if constant.value not in coded.codes:
            near = suggestion(str(constant.value), [str(code) for code in coded.codes])
            self.note(constant, "constant-not-in-list", f"'{constant.value}'은(는) '{_text(named)}'의 코드 목록에 없습니다.{near}")

    def _inside(self, left_node: ast.AST, left: FxType, right_node: ast.AST, right: FxType) -> None:
        if isinstance(right_node, (ast.List, ast.Tuple)):
            for each in right_node.elts:
                self._match(left_node, left, each, self.judge(each), ordered=False)
        elif right.kind == "list":
            item = right.item or ANY
            self._match(left_node, left, right_node, FxType(item.kind, item.item, item.fields, item.codes), ordered=False)
        elif right.kind not in ("any", "none", "text", "record"):
            self.note(right_node, "type-mismatch", f"in 뒤에는 목록이 와야 합니다: {_text(right_node)}")

    # -- calls --

    def _call(self, node: ast.Call) -> FxType:
        assert isinstance(node.func, ast.Name)
        function = FUNCTIONS[node.func.id]
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            items = [list_of(self._generator(node.args[0]))]
        else:
            items = [self.judge(each) for each in node.args]
        for argument, found, kind in zip(node.args, items, function.takes, strict=False):
            inner = found.item if found.kind == "list" and found.item and function.most > 3 else found
            if not (kind == "date" and _group(inner) == "date"):
                self._want(argument.elt if isinstance(argument, ast.GeneratorExp) else argument, inner, kind)
        if function.gives == "item":
            only = items[0] if len(items) == 1 else None
            return (only.item or ANY) if only and only.kind == "list" else joined(items)
        self._contained(node, function, items)
        return _SIMPLE[function.gives]

    def _contained(self, node: ast.Call, function: Function, items: list[FxType]) -> None:
        if function.names[1] == "contains":
            self._inside(node.args[1], items[1], node.args[0], items[0])

    def _generator(self, node: ast.GeneratorExp) -> FxType:
        loop = node.generators[0]
        items = self.judge(loop.iter)
        if items.kind not in ("list", "any", "none"):
            self.note(loop.iter, "type-mismatch", f"for … in 뒤에는 목록이 와야 합니다: {_text(loop.iter)}")
        assert isinstance(loop.target, ast.Name)
        self.row = {loop.target.id: items.item or ANY}
        for each in loop.ifs:
            self.judge(each)
        result = self.judge(node.elt)
        self.row = {}
        return result


def _group(found: FxType) -> str:
    return "date" if found.kind == "datetime" else found.kind


def _text(node: ast.AST) -> str:
    return ast.unparse(node).replace("((", "(").replace("))", ")")
