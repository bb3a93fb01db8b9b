"""The nodes of an expression turned into closures; whatever is not on the list of allowed nodes is refused."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.spec import fx_functions as fn
from engine.spec import fx_operators as do
from engine.spec import fx_values as values
from engine.spec.fx_names import NAME, dotted, position, suggestion
from engine.spec.fx_steps import COMPARISONS, TEXT_STEP, Run, calling, path_of, path_of_name, row_of, spend

MAX_NODES = 200


class FxError(SyntaxError):
    """An expression that cannot be compiled; `lineno` and `offset` (characters, both from 1) say where, `msg` why in Korean."""

    def __init__(self, message: str, lineno: int = 1, offset: int = 1, text: str = "") -> None:
        """Say `message` about the place `lineno`, `offset` of `text`."""
        super().__init__(message, ("<fx>", lineno, offset, text))


_REFUSED: dict[type[ast.AST], str] = {
    ast.Lambda: "lambda 는 쓸 수 없습니다.",
    ast.JoinedStr: "f 문자열은 쓸 수 없습니다. 글(...) 을 쓰세요.",
    ast.ListComp: "대괄호 반복은 쓸 수 없습니다. 합계(식 for 이름 in 목록) 처럼 쓰세요.",
    ast.SetComp: "집합은 쓸 수 없습니다.",
    ast.DictComp: "사전은 쓸 수 없습니다.",
    ast.Dict: "사전은 쓸 수 없습니다.",
    ast.Set: "집합은 쓸 수 없습니다.",
    ast.NamedExpr: "값을 넣을 수 없습니다. 같은지 비교하려면 == 를 쓰세요.",
    ast.Await: "await 는 쓸 수 없습니다.",
    ast.Yield: "yield 는 쓸 수 없습니다.",
    ast.YieldFrom: "yield 는 쓸 수 없습니다.",
    ast.Starred: "* 펼침은 쓸 수 없습니다.",
    ast.Slice: "구간은 쓸 수 없습니다. 목록[0] 처럼 하나만 고르세요.",
    ast.GeneratorExp: "반복은 함수 안에서만 쓸 수 있습니다.",
}


_OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: do.add,
    ast.Sub: do.subtract,
    ast.Mult: do.multiply,
    ast.Div: do.divide,
    ast.FloorDiv: do.floor_divide,
    ast.Mod: do.modulo,
}


class Compiler:
    """Turns the nodes of one tree into closures, and notes what they read."""

    def __init__(self, text: str, shift: int) -> None:
        """`shift` is by how many columns the first line of `text` was moved."""
        self.text = text
        self.lines = text.split("\n")
        self.shift = shift
        self.nodes = 0
        self.reads: set[str] = set()
        self.deep: set[str] = set()
        self.needs: set[str] = set()
        self.row: tuple[str, str] | None = None  # name of the generator's variable, path of its list
        self.safe = 0

    def refuse(self, node: ast.AST, message: str) -> FxError:
        """The error that says `message` about a node."""
        line, column = position(node, self.lines, self.shift)
        return FxError(message, line, column, self.text)

    def closure(self, node: ast.AST) -> Any:
        """What computes a node."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.refuse(node, f"식이 너무 복잡합니다. 부분 {MAX_NODES}개까지 쓸 수 있습니다.")
        make = getattr(self, f"_{type(node).__name__.lower()}", None) if type(node) in _ALLOWED else None
        if make is None:
            raise self.refuse(node, _REFUSED.get(type(node), "식에 쓸 수 없는 표현입니다."))
        return make(node)

    def name(self, node: ast.AST, name: str) -> str:
        """`name`, where it may be one."""
        if not NAME.match(name):
            raise self.refuse(node, f"쓸 수 없는 이름입니다: {name}")
        return name

    # -- values --

    def _constant(self, node: ast.Constant) -> Any:
        value: Any = node.value
        if isinstance(value, float):
            value = Decimal(ast.get_source_segment(f"({self.text}\n)" if self.shift else self.text, node) or repr(value))
        elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**18:
            raise self.refuse(node, "숫자가 너무 큽니다.")
        elif isinstance(value, str):
            value = unicodedata.normalize("NFC", value)
        elif value is not None and not isinstance(value, (bool, int)):
            raise self.refuse(node, "식에 쓸 수 없는 값입니다.")
        if isinstance(value, Decimal) and abs(value.adjusted()) > 18:
            raise self.refuse(node, "숫자가 너무 큽니다.")
        return lambda _: value

    def _name(self, node: ast.Name) -> Any:
        name = self.name(node, node.id)
        if self.row and name == self.row[0]:
            return row_of
        self._note(name)
        return lambda run: run[0](name)

    def _note(self, path: str, deep: str = "") -> None:
        self.reads.add(path)
        self.deep.add(deep or path)
        if not self.safe:
            self.needs.add(path)

    def _attribute(self, node: ast.Attribute) -> Any:
        chain: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            self.nodes += 1
            chain.append(self.name(inner, inner.attr))
            inner = inner.value
        chain.reverse()
        if isinstance(inner, ast.Name):
            self.nodes += 1
            base = self.name(inner, inner.id)
            if not self.row or base != self.row[0]:
                self._note(".".join([base, *chain]))
                return path_of_name(base, tuple(chain))
            if self.row[1]:
                self.deep.add(".".join([self.row[1], "*", *chain]))
            return path_of(lambda run: run[1], tuple(chain))
        return path_of(self.closure(inner), tuple(chain))

    def _subscript(self, node: ast.Subscript) -> Any:
        value, index = self.closure(node.value), self.closure(node.slice)

        def item(run: Run) -> Any:
            holder, key = value(run), index(run)
            if isinstance(holder, (list, tuple)):
                return holder[key] if key.__class__ is int and -len(holder) <= key < len(holder) else None
            return holder.get(key) if isinstance(holder, Mapping) and isinstance(key, str) else None

        return item

    def _list(self, node: ast.List) -> Any:
        parts = [self.closure(each) for each in node.elts]

        def build(run: Run) -> list[Any]:
            spend(run, len(parts))
            return [part(run) for part in parts]

        return build

    _tuple = _list

    # -- operators --

    def _boolop(self, node: ast.BoolOp) -> Any:
        parts = [self.closure(each) for each in node.values]
        stop = isinstance(node.op, ast.Or)

        def decide(run: Run) -> Any:
            value = None
            for part in parts:
                value = part(run)
                if bool(value) is stop:
                    return value
            return value

        return decide

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        operand = self.closure(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda run: not operand(run)
        if isinstance(node.op, ast.USub):
            return lambda run: do.negate(operand(run))
        if isinstance(node.op, ast.UAdd):
            return lambda run: values.number(operand(run))
        raise self.refuse(node, "이 연산자는 쓸 수 없습니다.")

    def _binop(self, node: ast.BinOp) -> Any:
        operate = _OPERATORS.get(type(node.op))
        if operate is None:
            raise self.refuse(node, "이 연산자는 쓸 수 없습니다. + - * / // % 만 쓸 수 있습니다.")
        left, right = self.closure(node.left), self.closure(node.right)
        if operate is not do.add:
            return lambda run: operate(left(run), right(run))

        def add(run: Run) -> Any:
            value = do.add(left(run), right(run))
            if value.__class__ is str:
                spend(run, len(value) // TEXT_STEP)
            return value

        return add

    def _compare(self, node: ast.Compare) -> Any:
        asks_none = len(node.ops) == 1 and any(isinstance(each, ast.Constant) and each.value is None for each in (node.left, node.comparators[0]))
        self.safe += asks_none
        first = self.closure(node.left)
        links = []
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if type(operator) not in COMPARISONS:
                raise self.refuse(right, "is 대신 == 를 쓰세요.")
            links.append((COMPARISONS[type(operator)], self.closure(right)))
        self.safe -= asks_none
        if len(links) == 1:
            test, second = links[0]
            return lambda run: test(run, first(run), second(run))

        def chain(run: Run) -> bool:
            left = first(run)
            for test, right in links:
                value = right(run)
                if not test(run, left, value):
                    return False
                left = value
            return True

        return chain

    def _ifexp(self, node: ast.IfExp) -> Any:
        test, body, other = self.closure(node.test), self.closure(node.body), self.closure(node.orelse)
        return lambda run: body(run) if test(run) else other(run)

    # -- calls --

    def _call(self, node: ast.Call) -> Any:
        if not isinstance(node.func, ast.Name):
            raise self.refuse(node, "함수는 이름으로만 부를 수 있습니다.")
        function = fn.FUNCTIONS.get(node.func.id)
        if function is None:
            raise self.refuse(node, f"없는 함수입니다: {node.func.id}{suggestion(node.func.id, fn.names())}")
        self.nodes += 1
        if node.keywords:
            raise self.refuse(node, "이름을 붙인 인자는 쓸 수 없습니다.")
        if not function.least <= len(node.args) <= function.most or (function.names[1] == "date" and len(node.args) == 2):
            raise self.refuse(node, f"{node.func.id} 함수의 인자 수가 맞지 않습니다.")
        safe = node.func.id in fn.NULL_SAFE
        self.safe += safe
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            parts = [self._generator(node.args[0])]
        else:
            parts = [self.closure(each) for each in node.args]
        self.safe -= safe
        return calling(function.call, parts)

    def _generator(self, node: ast.GeneratorExp) -> Any:
        self.nodes += 1
        if len(node.generators) != 1 or node.generators[0].is_async or self.row:
            raise self.refuse(node, "반복은 한 번만 쓸 수 있습니다. 반복 안에 반복을 넣을 수 없습니다.")
        loop = node.generators[0]
        if not isinstance(loop.target, ast.Name):
            raise self.refuse(node, "반복 변수는 이름 하나여야 합니다.")
        items = self.closure(loop.iter)
        self.row = (self.name(loop.target, loop.target.id), dotted(loop.iter))
        before = self.nodes
        body = self.closure(node.elt)
        tests = [self.closure(each) for each in loop.ifs]
        self.row = None
        cost = self.nodes - before + 1

        def generate(run: Run) -> list[Any]:
            rows = items(run)
            if not isinstance(rows, (list, tuple)):
                return []
            spend(run, cost * len(rows))
            out = []
            for row in rows:
                run[1] = row
                if all(test(run) for test in tests):
                    out.append(body(run))
            return out

        return generate


_ALLOWED = frozenset(
    {ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.List, ast.Tuple, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.IfExp, ast.Call}
)
