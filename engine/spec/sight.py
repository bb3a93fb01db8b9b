"""Who may see a record of a form: its `x-visible`, an expression over the record's answers, `author` (login), `case`, `institution` and `person`.

What it says of the person is kept to tests of one kind each, `person.login == …`, `person.login in …`, `"…" in person.roles`, joined by `and` and `or`
and never more than one in the parts of an `and`. So everybody who sees a record can be told beforehand as a few marks (`audience`), lists can be cut
in SQL by them, and what the marks say is what the expression says.
"""

from __future__ import annotations

import ast
import hashlib
from typing import TYPE_CHECKING, Any

from engine.spec.expression import Fx, compile_fx
from engine.spec.fx_types import TEXT, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spec.fx_types import FxType

AUTHOR, PERSON = "author", "person"
EVERYBODY = "*"
#: What a rule may read beside the answers.
KNOWN = ("case", "institution", PERSON)
_LOGIN, _ROLES = ("login", "roles")
_NOBODY = "\x00"  # a login nobody has, and that stands in no text
_SHAPE = (
    "person 은 'person.login == 값', 'person.login in 목록', '역할' in person.roles 로만 묻고 and 와 or 로만 이으며,"
    " 하나의 and 안에서는 한 번만 물어야 합니다."
)


class Sight:
    """The rule of one form."""

    def __init__(self, fx: Fx) -> None:
        """Take an expression of the right shape (`problems` says whether it is)."""
        self.fx = fx
        self._rule = hashlib.sha256(fx.source.encode()).hexdigest()[:12]
        self._logins = tuple(compile_fx(ast.unparse(node)) for node in _asked_logins(fx.tree))

    def allows(self, record: Mapping[str, Any], person: Mapping[str, Any]) -> bool:
        """Say whether a person with this `login` and these `roles` sees the record. `record` is what the rule reads, without `person`."""
        return bool(self.fx(_With(record, person)))

    def audience(self, record: Mapping[str, Any], roles: Iterable[str]) -> str:
        """Give the marks of everybody who sees the record, as text for `marks` to be looked for in."""
        if self.allows(record, {_LOGIN: _NOBODY, _ROLES: ()}):
            return self._rule + EVERYBODY
        held = [f"r:{role}" for role in sorted(roles) if self.allows(record, {_LOGIN: _NOBODY, _ROLES: (role,)})]
        asked = (value for fx in self._logins for value in _texts(fx(record)))
        held += [f"l:{login}" for login in dict.fromkeys(asked) if login and self.allows(record, {_LOGIN: login, _ROLES: ()})]
        return self._rule + "|" + "".join(f"{self._mark(each)}|" for each in held)

    def everybody(self) -> str:
        """Give the whole audience of a record that everybody in reach sees."""
        return self._rule + EVERYBODY

    def marks(self, login: str, roles: Iterable[str]) -> tuple[str, ...]:
        """Give what stands in the audience of a record that this person sees, each bound to this very rule: of another one none is found."""
        return tuple(f"|{self._mark(each)}|" for each in (f"l:{login}", *(f"r:{role}" for role in sorted(roles))))

    def _mark(self, holder: str) -> str:
        return hashlib.sha256(f"{self._rule} {holder}".encode()).hexdigest()[:20]


class _With(dict[str, Any]):
    """A scope with `person` laid over it."""

    def __init__(self, under: Mapping[str, Any], person: Mapping[str, Any]) -> None:
        super().__init__({PERSON: person})
        self._under = under

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else self._under.get(name, default)


def problems(fx: Fx, types: Mapping[str, FxType]) -> Iterator[str]:
    """Give a Korean sentence for each thing that makes an expression no rule of sight; `types` are those of `known_types`."""
    if not _sound(fx.tree):
        yield _SHAPE
    for node in ast.walk(fx.tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In) and _is(node.left, _LOGIN):
            held = type_of(compile_fx(ast.unparse(node.comparators[0])), types).kind
            if held not in ("list", "any"):
                yield "person.login in 뒤에는 여러 값이 와야 합니다. 하나와 견주려면 == 를 쓰세요."
    for path in sorted(fx.reads):
        head, _, name = path.partition(".")
        if head == PERSON and name not in (_LOGIN, _ROLES):
            yield "person 에서는 login 과 roles 만 읽을 수 있습니다."


def known_types(types: Mapping[str, FxType], own: Mapping[str, FxType]) -> dict[str, FxType]:
    """Give the types of what a rule may read: `types` are those of all facts, `own` those of the form's answers."""
    return {**own, **{name: types[name] for name in KNOWN if name in types}, AUTHOR: TEXT}


def _reads_person(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Name) and part.id == PERSON for part in ast.walk(node))


def _sound(node: ast.expr) -> bool:
    """Say whether a part of a rule asks for the person in the allowed ways only."""
    if not _reads_person(node):
        return True
    if isinstance(node, ast.BoolOp):
        together = isinstance(node.op, ast.And) and sum(map(_reads_person, node.values)) > 1
        return not together and all(map(_sound, node.values))
    return _atom(node) is not None


def _atom(node: ast.expr) -> tuple[str, ast.expr] | None:
    """Give what a test of the person asks ("login" or "roles") and what it is held against; None where it is no such test."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    left, right, how = node.left, node.comparators[0], node.ops[0]
    for one, other in ((left, right), (right, left)):
        login = _is(one, _LOGIN) and not _reads_person(other)
        if login and (isinstance(how, ast.Eq) or (isinstance(how, ast.In) and one is left)):
            return _LOGIN, other
    if isinstance(how, ast.In) and _is(right, _ROLES) and not _reads_person(left):
        return _ROLES, left
    return None


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.value, ast.Name) and node.value.id == PERSON


def _asked_logins(tree: ast.expr) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        found = _atom(node) if isinstance(node, ast.expr) else None
        if found is not None and found[0] == _LOGIN:
            yield found[1]


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in (value if isinstance(value, (list, tuple)) else (value,)) if each is not None)
