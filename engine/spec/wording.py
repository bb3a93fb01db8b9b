"""Expressions and conditions in Korean words: the usual shapes are told, anything else is shown as it is written."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec.clauses import FINAL, MUST, WHEN, WHICH, Clause, Said, constant, denied, joined, sentence
from engine.spec.fx_functions import FUNCTIONS
from engine.spec.josa import settle_josa
from engine.spec.naming import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spec.expression import Fx
    from engine.spec.naming import Naming

_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "÷"}
_LOOSE = (ast.Add, ast.Sub)
_LONG = 4  # so many parts of one section added up are told as one sum
#: Comparisons, and each turned round; of numbers and of days.
_COMPARED: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_NUMBERS = {"<": "미만", "<=": "이하", ">": "초과", ">=": "이상"}
_SOME = {(">", 0), ("<=", 0), (">=", 1), ("<", 1)}  # asks only whether there is any
_DAYS = {"<": ("before", True), "<=": ("after", False), ">": ("after", True), ">=": ("before", False)}
_PLAIN = {
    "합계": "{all}의 합계", "최소": "{all} 가운데 가장 작은 것", "최대": "{all} 가운데 가장 큰 것", "개수": "{0}의 개수", "항목수": "{0}에 적은 항목의 수",
    "절댓값": "{0}의 크기", "만나이": "{1}에 {0}(으)로 센 만 나이", "개월수": "{0}부터 {1}까지의 달수", "날수": "{0}부터 {1}까지의 날수",
    "소요분": "{0}부터 {1}까지 걸린 분", "연도": "{0}의 해", "월": "{0}의 달", "일": "{0}의 날",
}
_ROUNDING = {"반올림": "반올림한 값", "내림": "아래로 자른 값", "올림": "위로 올린 값"}
_UNITS = {"일": "일", "주": "주", "월": "달", "년": "년", "day": "일", "week": "주", "month": "달", "year": "년"}
_DATES = frozenset({"날짜", "날짜더하기"})
_COUNTS = ("count", "made")  # of the records of a form


@dataclass(frozen=True, slots=True)
class Told:
    """An expression for people: `text` in words ("" where its shape is not a usual one), `source` as it is written."""

    text: str
    source: str

    def __str__(self) -> str:
        """Give the words, else the source."""
        return self.text or self.source

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.source)


class Untold(ValueError):
    """A shape that has no words."""


NOTHING = Told("", "")


def value(fx: Fx | None, naming: Naming) -> Told:
    """Tell what an expression gives, as a noun."""
    return _told(fx, lambda tree: _Words(naming).noun(tree))


def text(fx: Fx | None, naming: Naming) -> Told:
    """Tell the sentence an expression gives, without quotes; what it fills in stands in angle brackets."""
    told = value(fx, naming)
    quoted = fx is not None and (isinstance(fx.tree, ast.Constant) or (isinstance(fx.tree, ast.Call) and _call(fx.tree)[0] == "글"))
    return Told(told.text.removeprefix("‘").removesuffix("’"), told.source) if quoted else told


def demand(fx: Fx | None, naming: Naming) -> Told:
    """Tell what must hold: "… 이어야 합니다"."""
    return _told(fx, lambda tree: f"{sentence(_Words(naming).clause(tree), MUST)}.")


def time(fx: Fx | None, naming: Naming) -> Told:
    """Tell when something holds: "… 일 때"."""
    return _told(fx, lambda tree: sentence(_Words(naming).clause(tree), WHEN))


def fact(fx: Fx | None, naming: Naming) -> Told:
    """Tell an expression of either kind: a condition as a sentence, anything else as a noun."""
    if fx is not None and isinstance(fx.tree, (ast.BoolOp, ast.Compare)):
        return _told(fx, lambda tree: f"{sentence(_Words(naming).clause(tree), FINAL)}.")
    return value(fx, naming)


def _told(fx: Fx | None, tell: Any) -> Told:
    if fx is None:
        return NOTHING
    try:
        return Told(settle_josa(tell(fx.tree)), fx.source)
    except (Untold, Unknown):
        return Told("", fx.source)


class _Words:
    """Tells one tree."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming

    # conditions

    def clause(self, node: ast.expr) -> Clause:
        if isinstance(node, ast.BoolOp):
            return joined([self.clause(part) for part in node.values], every=isinstance(node.op, ast.And))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return denied(self.clause(node.operand))
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            return joined([self._compare(sides[at], op, sides[at + 1]) for at, op in enumerate(node.ops)], every=True)
        if isinstance(node, ast.Call):
            return self._asked(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return Said("언제나 그러" if node.value else "결코 그러", "apply", node.value)
        return self._truth(self.dotted(node))

    def _truth(self, dotted: str) -> Clause:
        head, *rest = dotted.split(".")
        if head == "open" or (head == "record" and rest[-1] in _COUNTS):
            return Said(f"{self.naming.title(dotted).removesuffix('의 수')}이(가)", "exist")
        if self.naming.is_flag(dotted):
            return Said(f"{self.naming.title(dotted)}이(가) ‘예’")
        if head in self.naming.edition.facts or head in ("this", "task"):
            return Said(f"{self.naming.title(dotted)}에 해당", "apply")
        return Said(f"{self.naming.title(dotted)}이(가) 적혀", "stand")

    def _compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Clause:
        if isinstance(op, (ast.In, ast.NotIn)):
            return self._member(left, right, yes=isinstance(op, ast.In))
        if isinstance(op, (ast.Eq, ast.NotEq)):
            return self._same(left, right, yes=isinstance(op, ast.Eq))
        sign = _COMPARED.get(type(op))
        if sign is None:
            raise Untold
        if isinstance(right, ast.Constant) and self._counts(left) and (sign, right.value) in _SOME:
            clause = self._truth(self.dotted(left))
            return clause if sign in (">", ">=") else denied(clause)
        if self._is_date(left) or self._is_date(right):
            predicate, yes = _DAYS[sign]
            return Said(f"{self.noun(left)}이(가) {self.noun(right)}보다", predicate, yes)
        return Said(f"{self.noun(left)}이(가) {self.noun(right)} {_NUMBERS[sign]}")

    def _same(self, left: ast.expr, right: ast.expr, *, yes: bool) -> Clause:
        if isinstance(left, ast.Constant) and not isinstance(right, ast.Constant):
            left, right = right, left
        if isinstance(right, ast.Constant):
            if right.value == 0 and self._counts(left):
                clause = self._truth(self.dotted(left))
                return denied(clause) if yes else clause
            if right.value is None:
                return Said(f"{self.noun(left)}이(가) 비어", "stand", yes)
            return Said(f"{self.noun(left)}이(가) {self._label(left, right.value)}", "be", yes)
        return Said(f"{self.noun(left)}이(가) {self.noun(right)}과(와)", "same", yes)

    def _member(self, left: ast.expr, right: ast.expr, *, yes: bool) -> Clause:
        if isinstance(right, (ast.List, ast.Tuple)) and all(isinstance(each, ast.Constant) for each in right.elts):
            names = [self._label(left, each.value) for each in right.elts if isinstance(each, ast.Constant)]
            return Said(f"{self.noun(left)}이(가) {names[0] if len(names) == 1 else ', '.join(names) + ' 가운데 하나'}", "be", yes)
        if isinstance(left, ast.Constant):
            return Said(f"{self.noun(right)}에 {self._label(right, left.value)}이(가) 들어", "stand", yes)
        return Said(f"{self.noun(left)}이(가) {self.noun(right)}에 들어", "stand", yes)

    def _asked(self, node: ast.Call) -> Clause:
        name, arguments = _call(node)
        if name == "비어있음":
            return Said(f"{self.noun(arguments[0])}이(가) 비어", "stand")
        if name == "포함":
            return self._member(arguments[1], arguments[0], yes=True)
        if name in ("모두", "하나라도") and len(arguments) == 1 and isinstance(arguments[0], ast.GeneratorExp):
            with self._each(arguments[0]) as table:
                said = sentence(self.clause(arguments[0].elt), FINAL).removesuffix("니다")
            return Said(f"{table}의 {'모든' if name == '모두' else '어느 한'} 줄에서 ‘{said}니다’에 해당", "apply")
        raise Untold

    # values

    def noun(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            return constant(node.value)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            return self._named(node)
        if isinstance(node, ast.BinOp):
            return self._arithmetic(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return f"−{self.noun(node.operand)}"
        if isinstance(node, ast.IfExp):
            told = f"{sentence(self.clause(node.test), WHEN)} {self.noun(node.body)}"
            blank = isinstance(node.orelse, ast.Constant) and node.orelse.value in ("", None)
            return f"{told} (아니면 비움)" if blank else f"{told}, 아니면 {self.noun(node.orelse)}"
        if isinstance(node, (ast.List, ast.Tuple)):
            return ", ".join(self.noun(each) for each in node.elts)
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, (ast.Compare, ast.BoolOp)) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
            return f"{sentence(self.clause(node), WHEN)} ‘예’, 아니면 ‘아니요’"
        raise Untold

    def _named(self, node: ast.expr) -> str:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Subscript) and _is_name(node.value.value, "people"):
            return f"{self.noun(node.value.slice)}의 {self.naming.of_person(node.attr)}"
        return self.naming.title(self.dotted(node))

    def _arithmetic(self, node: ast.BinOp) -> str:
        sign = _SIGNS.get(type(node.op))
        if sign is None:
            raise Untold
        if (run := self._run(node)) is not None:
            return run
        tight = not isinstance(node.op, _LOOSE)
        left, right = self.noun(node.left), self.noun(node.right)
        if tight and isinstance(node.left, ast.BinOp) and isinstance(node.left.op, _LOOSE):
            left = f"({left})"
        if isinstance(node.right, ast.BinOp) and (tight or isinstance(node.op, ast.Sub)):
            right = f"({right})"
        return f"{left} {sign} {right}"

    def _run(self, node: ast.BinOp) -> str | None:
        """Tell a long sum of parts of one section as that; None where it is none."""
        parts: list[ast.expr] = []
        rest: ast.expr = node
        while isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Add):
            parts.append(rest.right)
            rest = rest.left
        parts.append(rest)
        owners = {ast.dump(part.value) if isinstance(part, ast.Attribute) else "" for part in parts}
        first, last = parts[-1], parts[0]
        if len(parts) < _LONG or len(owners) > 1 or not isinstance(first, ast.Attribute):
            return None
        ends = [self.noun(each).rpartition(" ▸ ")[2] for each in (first, last)]
        return f"{self.noun(first.value)}의 {len(parts)}가지(‘{ends[0]}’부터 ‘{ends[1]}’까지)의 합계"

    def _called(self, node: ast.Call) -> str:
        name, arguments = _call(node)
        if len(arguments) == 1 and isinstance(arguments[0], ast.GeneratorExp):
            return self._over_rows(name, arguments[0])
        if name == "날짜더하기":
            return self._shifted(arguments)
        nouns = [self._inner(each) for each in arguments]
        if name == "글":
            return self._text(arguments)
        if name == "먼저":
            return ", 비어 있으면 ".join(nouns)
        if name == "날짜":
            first = nouns[0] if not isinstance(arguments[0], ast.Constant) else f"{nouns[0]}년"
            return f"{nouns[0]}의 날짜" if len(nouns) == 1 else " ".join((first, *(f"{noun}{unit}" for noun, unit in zip(nouns[1:], "월일", strict=False))))
        if name in _ROUNDING:
            places = f" 소수점 아래 {nouns[1]}자리까지" if len(nouns) > 1 else ""
            return f"{nouns[0]}을(를){places} {_ROUNDING[name]}"
        if name not in _PLAIN:
            raise Untold
        return _PLAIN[name].format(*nouns, all=", ".join(nouns))

    def _inner(self, node: ast.expr) -> str:
        """A value inside another: in brackets where it is made of several."""
        return f"({self.noun(node)})" if isinstance(node, (ast.BinOp, ast.IfExp)) else self.noun(node)

    def _text(self, arguments: list[ast.expr]) -> str:
        """A text put together: what stands still as it is, the rest in angle brackets."""
        return f"‘{''.join(str(each.value) if isinstance(each, ast.Constant) else f'〈{self.noun(each)}〉' for each in arguments)}’"

    def _shifted(self, arguments: list[ast.expr]) -> str:
        count: Any = arguments[1]
        back = isinstance(count, ast.UnaryOp) and isinstance(count.op, ast.USub)
        unit = arguments[2]
        if not isinstance(unit, ast.Constant) or unit.value not in _UNITS:
            raise Untold
        return f"{self.noun(arguments[0])}에서 {self._inner(count.operand if back else count)}{_UNITS[unit.value]} {'앞' if back else '뒤'}"

    def _over_rows(self, name: str, node: ast.GeneratorExp) -> str:
        with self._each(node) as table:
            conditions = [sentence(self.clause(test), WHICH) for test in node.generators[0].ifs]
            inner: ast.expr = node.elt
            if isinstance(inner, ast.IfExp) and isinstance(inner.orelse, ast.Constant) and inner.orelse.value == 0:
                conditions.append(sentence(self.clause(inner.test), WHICH))
                inner = inner.body
            what = self.noun(inner)
        rows = f"{table}에서 {', '.join(conditions)} 줄" if conditions else f"{table}의 줄"
        if name == "합계" and isinstance(inner, ast.Constant) and inner.value == 1:
            return f"{rows}의 수"
        if name == "글":
            return f"{rows}마다 적은 {what}을(를) 이어 적은 글"
        if name not in ("합계", "최소", "최대"):
            raise Untold
        return f"{rows}마다 적은 {_PLAIN[name].format(all=what)}"

    # names

    @contextmanager
    def _each(self, node: ast.GeneratorExp) -> Iterator[str]:
        """Know the row of the one generator; give the title of its table."""
        loop = node.generators[0]
        if not isinstance(loop.target, ast.Name):
            raise Untold
        dotted = self.dotted(loop.iter)
        title, name = self.naming.title(dotted), loop.target.id
        self.naming.rows[name] = self.naming.table(dotted)
        try:
            yield title
        finally:
            del self.naming.rows[name]

    def dotted(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            return f"{self.dotted(node.value)}.{node.attr}"
        raise Untold

    def _label(self, node: ast.expr, given: Any) -> str:
        try:
            return constant(given) if not isinstance(given, (str, int)) or isinstance(given, bool) else self._labelled(self.dotted(node), given)
        except Untold:
            return constant(given)

    def _labelled(self, dotted: str, given: str | int) -> str:
        label = self.naming.label(dotted, given)
        return f"‘{label}’" if isinstance(given, str) or label != str(given) else label

    def _counts(self, node: ast.expr) -> bool:
        try:
            head, *rest = self.dotted(node).split(".")
        except Untold:
            return False
        return head == "open" or (head == "record" and bool(rest) and rest[-1] in _COUNTS)

    def _is_date(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call):
            name, arguments = _call(node)
            return name in _DATES or (name == "먼저" and any(self._is_date(each) for each in arguments))
        try:
            return self.naming.is_date(self.dotted(node))
        except Untold:
            return False


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _call(node: ast.Call) -> tuple[str, list[ast.expr]]:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        raise Untold
    return FUNCTIONS[node.func.id].names[0], node.args
