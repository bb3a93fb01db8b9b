"""fx, the one expression language: Python-subset syntax with Korean names, compiled to closures.

Nothing of Python is reachable from it: names come from the scope given, `a.b` is a lookup in a mapping, calls go to the table of
`fx_functions`, and the length, the nodes and the steps are bounded. There is no `eval` and no `exec`.
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.spec import fx_functions as fn

MAX_CHARACTERS = 2_000
MAX_NODES = 200
MAX_STEPS = 1_000_000
#: Characters of produced text that count as one step.
TEXT_STEP = 16
NAME = re.compile(r"^[가-힣A-Za-z][가-힣A-Za-z0-9_]*$")

#: What a closure gets: [the scope's get, the row of the generator, steps used].
Run = list[Any]
Closure = "Callable[[Run], Any]"


class FxError(SyntaxError):
    """An expression that cannot be compiled; `lineno` and `offset` (characters, both from 1) say where, `msg` why in Korean."""

    def __init__(self, message: str, lineno: int = 1, offset: int = 1, text: str = "") -> None:
        """Say `message` about the place `lineno`, `offset` of `text`."""
        super().__init__(message, ("<fx>", lineno, offset, text))


class FxRuntimeError(Exception):
    """계산이 허용된 한도를 넘었습니다."""

    def __init__(self) -> None:
        """The docstring is the sentence."""
        super().__init__(type(self).__doc__)


class Fx:
    """One compiled expression: call it with a scope (any mapping of names to values).

    `reads` are the dotted names it reads from the scope ("case.birth", "rows"), `deep` the same with the fields read of each row
    ("rows.*.amount"), `needs` those without which it has no meaning (not only asked whether they are empty).
    """

    __slots__ = ("_run", "deep", "needs", "reads", "source", "tree")

    def __init__(self, source: str, tree: ast.expr, run: Any, found: _Compiler) -> None:
        """Keep what `compile_fx` made."""
        self.source = source
        self.tree = tree
        self._run = run
        self.reads = frozenset(found.reads)
        self.deep = frozenset(found.deep)
        self.needs = frozenset(found.needs)

    def __call__(self, scope: Mapping[str, Any]) -> Any:
        """The value; raises `FxRuntimeError` when the step budget is used up, and nothing else."""
        return self._run([scope.get, None, 0])

    def __repr__(self) -> str:
        return f"Fx({self.source!r})"


def compile_fx(source: str) -> Fx:
    """Compile `source`; raises `FxError`."""
    text = _clean(source)
    tree, shift = _parse(text)
    compiler = _Compiler(text, shift)
    run = compiler.closure(tree)
    return Fx(text, tree, run, compiler)


def _clean(source: str) -> str:
    if not isinstance(source, str):
        raise FxError("식은 글로 적어야 합니다.")
    if len(source) > MAX_CHARACTERS:
        raise FxError(f"식이 너무 깁니다. {MAX_CHARACTERS:,}자까지 쓸 수 있습니다.", 1, MAX_CHARACTERS + 1)
    text = unicodedata.normalize("NFC", source).strip()
    if not text:
        raise FxError("식이 비어 있습니다.")
    for sign, name in (("\\", "역슬래시(\\)"), ("`", "`"), ("\x00", "널 문자"), ("\f", "제어 문자")):
        if sign in text:
            line = text.count("\n", 0, text.index(sign)) + 1
            raise FxError(f"{name}는 식에 쓸 수 없습니다." if sign == "\\" else "식에 쓸 수 없는 글자가 있습니다.", line, text.index(sign) + 1, text)
    return text


def _parse(text: str) -> tuple[ast.expr, int]:
    """The tree, and by how many columns the first line was moved."""
    wrapped = "\n" in text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(f"({text}\n)" if wrapped else text, mode="eval").body
    except SyntaxError as error:
        line = min(error.lineno or 1, text.count("\n") + 1)
        offset = max((error.offset or 1) - (1 if wrapped and line == 1 else 0), 1)
        raise FxError(_reason(error.msg or ""), line, offset, text) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise FxError("식을 읽을 수 없습니다. 더 짧고 단순하게 쓰세요.", 1, 1, text) from None
    return tree, 1 if wrapped else 0


_REASONS = (
    ("never closed", "괄호가 닫히지 않았습니다."),
    ("unmatched", "짝이 없는 괄호가 있습니다."),
    ("does not match", "괄호의 짝이 맞지 않습니다."),
    ("unterminated", "따옴표가 닫히지 않았습니다."),
    ("Maybe you meant '=='", "같은지 비교하려면 == 를 쓰세요."),
    ("cannot assign", "값을 넣을 수 없습니다. 같은지 비교하려면 == 를 쓰세요."),
    ("forgot a comma", "쉼표나 연산자가 빠졌습니다."),
    ("invalid character", "식에 쓸 수 없는 글자가 있습니다."),
    ("invalid non-printable", "식에 쓸 수 없는 글자가 있습니다."),
    ("too many nested", "괄호가 너무 깊습니다."),
    ("decimal literal", "숫자를 읽을 수 없습니다."),
    ("leading zeros", "숫자는 0으로 시작할 수 없습니다."),
    ("expected 'else'", "if 에는 else 가 있어야 합니다."),
)


def _reason(message: str) -> str:
    return next((korean for part, korean in _REASONS if part in message), "식의 형식이 맞지 않습니다. 괄호, 따옴표, 연산자를 확인하세요.")


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
    ast.Add: fn.add,
    ast.Sub: fn.subtract,
    ast.Mult: fn.multiply,
    ast.Div: fn.divide,
    ast.FloorDiv: fn.floor_divide,
    ast.Mod: fn.modulo,
}


class _Compiler:
    """Turns the nodes of one tree into closures, and notes what they read."""

    def __init__(self, text: str, shift: int) -> None:
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
        line, column = position(node, self.lines, self.shift)
        return FxError(message, line, column, self.text)

    def closure(self, node: ast.AST) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.refuse(node, f"식이 너무 복잡합니다. 부분 {MAX_NODES}개까지 쓸 수 있습니다.")
        make = getattr(self, f"_{type(node).__name__.lower()}", None) if type(node) in _ALLOWED else None
        if make is None:
            raise self.refuse(node, _REFUSED.get(type(node), "식에 쓸 수 없는 표현입니다."))
        return make(node)

    def name(self, node: ast.AST, name: str) -> str:
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
            return _row
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
                return _path_of_name(base, tuple(chain))
            if self.row[1]:
                self.deep.add(".".join([self.row[1], "*", *chain]))
            return _path_of(lambda run: run[1], tuple(chain))
        return _path_of(self.closure(inner), tuple(chain))

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
            return lambda run: fn.negate(operand(run))
        if isinstance(node.op, ast.UAdd):
            return lambda run: fn.number(operand(run))
        raise self.refuse(node, "이 연산자는 쓸 수 없습니다.")

    def _binop(self, node: ast.BinOp) -> Any:
        operate = _OPERATORS.get(type(node.op))
        if operate is None:
            raise self.refuse(node, "이 연산자는 쓸 수 없습니다. + - * / // % 만 쓸 수 있습니다.")
        left, right = self.closure(node.left), self.closure(node.right)
        if operate is not fn.add:
            return lambda run: operate(left(run), right(run))

        def add(run: Run) -> Any:
            value = fn.add(left(run), right(run))
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
            if type(operator) not in _COMPARISONS:
                raise self.refuse(right, "is 대신 == 를 쓰세요.")
            links.append((_COMPARISONS[type(operator)], self.closure(right)))
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
        if not function.least <= len(node.args) <= function.most or (function.call is fn.to_date and len(node.args) == 2):
            raise self.refuse(node, f"{node.func.id} 함수의 인자 수가 맞지 않습니다.")
        safe = node.func.id in fn.NULL_SAFE
        self.safe += safe
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            parts = [self._generator(node.args[0])]
        else:
            parts = [self.closure(each) for each in node.args]
        self.safe -= safe
        return _call(function.call, parts)

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


def spend(run: Run, steps: int) -> None:
    """Take `steps` from the budget of this evaluation; raises `FxRuntimeError`."""
    run[2] += steps
    if run[2] > MAX_STEPS:
        raise FxRuntimeError


def _row(run: Run) -> Any:
    return run[1]


def _path_of_name(name: str, chain: tuple[str, ...]) -> Any:
    if len(chain) == 1:
        key = chain[0]

        def one(run: Run) -> Any:
            value = run[0](name)
            return value.get(key) if value.__class__ is dict or isinstance(value, Mapping) else None

        return one
    return _path_of(lambda run: run[0](name), chain)


def _path_of(start: Any, chain: tuple[str, ...]) -> Any:
    def follow(run: Run) -> Any:
        value = start(run)
        for key in chain:
            if value.__class__ is not dict and not isinstance(value, Mapping):
                return None
            value = value.get(key)
        return value

    return follow


def _call(call: Any, parts: list[Any]) -> Any:
    """Call with every argument; long lists and texts cost steps."""

    def invoke(run: Run) -> Any:
        values = [part(run) for part in parts]
        for value in values:
            if value.__class__ is list or value.__class__ is tuple:
                spend(run, len(value))
        result = call(*values)
        if result.__class__ is str:
            spend(run, len(result) // TEXT_STEP)
        return result

    return invoke


def _weigh(run: Run, *values: Any) -> None:
    for value in values:
        if isinstance(value, (list, tuple, Mapping)):
            spend(run, len(value))
        elif isinstance(value, str) and len(value) > TEXT_STEP:
            spend(run, len(value) // TEXT_STEP)


def _equal(run: Run, left: Any, right: Any) -> bool:
    _weigh(run, left)
    return fn.equal(left, right)


def _different(run: Run, left: Any, right: Any) -> bool:
    return not _equal(run, left, right)


def _less(_: Run, left: Any, right: Any) -> bool:
    return fn.compare(left, right) == -1


def _greater(_: Run, left: Any, right: Any) -> bool:
    return fn.compare(left, right) == 1


def _at_most(_: Run, left: Any, right: Any) -> bool:
    return fn.compare(left, right) in (-1, 0)


def _at_least(_: Run, left: Any, right: Any) -> bool:
    return fn.compare(left, right) in (0, 1)


def _inside(run: Run, left: Any, right: Any) -> bool:
    _weigh(run, right)
    return fn.contains(right, left)


def _outside(run: Run, left: Any, right: Any) -> bool:
    return not _inside(run, left, right)


_COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Eq: _equal,
    ast.NotEq: _different,
    ast.Lt: _less,
    ast.Gt: _greater,
    ast.LtE: _at_most,
    ast.GtE: _at_least,
    ast.In: _inside,
    ast.NotIn: _outside,
}


def dotted(node: ast.AST) -> str:
    """The dotted name a node spells ("a.b"), or "" where it is something else."""
    chain: list[str] = []
    while isinstance(node, ast.Attribute):
        chain.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(chain)]) if isinstance(node, ast.Name) else ""


def position(node: ast.AST, lines: list[str], shift: int = 0) -> tuple[int, int]:
    """Line and character (both from 1) of a node; `ast` counts bytes of UTF-8."""
    line = getattr(node, "lineno", 1)
    column = getattr(node, "col_offset", 0) - (shift if line == 1 else 0)
    head = lines[line - 1].encode()[: max(column, 0)] if line <= len(lines) else b""
    return line, len(head.decode(errors="ignore")) + 1


def suggestion(name: str, known: Any) -> str:
    """" 혹시 '…'인가요?" for the nearest known name, or ""."""
    near = nearest(name, known)
    return f" (혹시 '{near}'인가요?)" if near else ""


def nearest(name: str, known: Any) -> str:
    """The known name that looks most like `name` letter by letter (Hangul by jamo), or ""."""
    import difflib

    by_jamo = {unicodedata.normalize("NFD", each): each for each in known}
    found = difflib.get_close_matches(unicodedata.normalize("NFD", name), by_jamo, 1, 0.6)
    return by_jamo[found[0]] if found else ""
