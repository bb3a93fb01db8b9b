"""Made-up answers for a form: what demonstration data are filled with, so that they follow the form when it changes.

`words` say what to write where the form alone does not: `{"<form>": {"/pointer": …}, "titles": {"<title>": …}, "units": {"<unit>": …}, "texts": […]}`.
What stands there is a list to choose from, `{"from": low, "to": high, "step": n}`, `{"days": [first, last]}` around the day, `{"fx": expression}` over
the answers given so far, or null: leave it out. Chance comes from the `random.Random` that is handed in; the same seed fills the same.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from engine.spec.expression import compile_fx
from engine.spec.fx_functions import shift
from engine.spec.keywords import FORMATS, compiled
from engine.spec.nodes import Many, Scalar, Section, Table
from engine.spec.settle import Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from engine.spec.form import Form, Reading

_TURNS = 14  # a form settles in few: each turn answers what the one before brought to light
_FILE = "file:made-up.pdf"
_CLOCK = 9  # hours: times of one form come one after the other
_MONEY = "원"
_OTHER_DAYS = (0, -16 * 365, 30, -1)  # days from today, one after another, where chance does not choose
_SHAPES = ("010-0000-0000", "02-000-0000", "000101-3000000", "made.up@example.kr", "0", "000-00-00000", "00000", "A", "a", "가", "A0", "a0")  # texts of a shape


class Filler:
    """Fills one form once."""

    def __init__(
        self, form: Form, facts: Mapping[str, Any], on: date, words: Mapping[str, Any], chance: Random, ripe: float, must: Collection[str] = ()
    ) -> None:
        """`ripe` is how likely an answer nobody must give is given, `must` are pointers ("/rows/*/amount") that get one all the same."""
        self._form, self._facts, self._on, self._words, self._chance, self._ripe = form, facts, on, words, chance, ripe
        self._must = frozenset(must)
        self._asked: set[str] = set()
        self._tries: dict[str, int] = {}
        self._hour = _CLOCK

    def fill(self, begun: Mapping[str, Any]) -> dict[str, Any]:
        """Give answers that keep `begun` and leave nothing out that must be given, as far as chance and words can tell."""
        answers: dict[str, Any] = _copied(begun)
        for _ in range(_TURNS):
            reading = self._form.read(answers, self._facts, self._on, strict=False)
            todo = [pointer for pointer in self._sorted(reading.visible) if pointer not in self._asked and _at(answers, pointer) is None]
            for pointer in todo:
                self._ask(answers, pointer, reading)
            if not todo and not self._mend(answers, begun, reading):
                break
        return answers

    def _sorted(self, visible: frozenset[str]) -> list[str]:
        concrete = [pointer for pointer in visible if "*" not in pointer]
        return sorted(concrete, key=lambda pointer: (self._form.order.get(_pattern(pointer), 0), pointer))

    def _ask(self, answers: dict[str, Any], pointer: str, reading: Reading) -> None:
        node = self._form.nodes.get(_pattern(pointer))
        self._asked.add(pointer)
        if node is None or isinstance(node, Section) or node.readonly:
            return
        required = pointer in reading.required or node.required or _pattern(pointer) in self._must
        if required or self._chance.random() < self._ripe:
            value = self._value(node, pointer, reading, required=required)
            if value is not None:
                _put(answers, pointer, value)

    def _mend(self, answers: dict[str, Any], begun: Mapping[str, Any], reading: Reading) -> bool:
        """Take back or give anew what the form complains about; say whether there is anything left to try."""
        tried = False
        for error in (*reading.errors, *reading.warnings):
            pointer = error.path
            count = self._tries[pointer] = self._tries.get(pointer, 0) + 1
            if count > 4 or _at(begun, pointer) is not None:
                continue
            tried = True
            if _at(answers, pointer) is not None:
                _drop(answers, pointer)
            if count < 4:
                self._asked -= {known for known in self._asked if known == pointer or known.startswith(pointer + "/")}
        return tried

    def _value(self, node: Scalar | Many | Table, pointer: str, reading: Reading, *, required: bool) -> Any:
        found, said = self._said(node)
        if found and said is None:
            return None
        if isinstance(node, Table):
            low = max(int(node.schema.get("minItems", 1)), 1)
            most = min(int(node.schema.get("maxItems", 3)), 3)
            return [{} for _ in range(self._chance.randint(low, max(low, most)))]
        if found:
            return self._by_word(node, said, reading)
        if isinstance(node, Many):
            return self._many(node, pointer, reading, required=required)
        codes = reading.options.get(pointer)
        if node.codes is not None:
            offered = codes if codes is not None else node.codes.valid(self._on)
            return self._chance.choice(offered).code if offered else None
        return self._plain(node, required=required, tries=self._tries.get(pointer, 0))

    def _many(self, node: Many, pointer: str, reading: Reading, *, required: bool) -> Any:
        assert node.item is not None
        if node.kind == "files":
            return [_FILE] if required else None
        if node.item.codes is None:
            return [self._text(node.item)]
        offered = list(reading.options.get(pointer) or node.item.codes.valid(self._on))
        return [code.code for code in self._chance.sample(offered, min(len(offered), self._chance.choice((1, 1, 2))))] or None

    def _plain(self, node: Scalar, *, required: bool, tries: int) -> Any:
        kind = node.kind
        if kind in ("date", "datetime") and isinstance(self._chance, Least):
            day = (self._on + timedelta(_OTHER_DAYS[min(tries, len(_OTHER_DAYS) - 1)])).isoformat()
            return day if kind == "date" else f"{day}T09:00"
        if kind in ("integer", "number"):
            return self._figure(node)
        if kind == "boolean":
            return self._chance.random() < 0.5
        if kind == "date":
            return self._on.isoformat()
        if kind == "month":
            return self._on.isoformat()[:7]
        if kind in ("datetime", "time"):
            self._hour = min(self._hour + 2, 21)
            clock = f"{self._hour:02}:00"
            return clock if kind == "time" else f"{self._on.isoformat()}T{clock}"
        if kind == "file":
            return _FILE if required else None
        if "pattern" in node.schema or "format" in node.schema:
            return next((shape for shape in _SHAPES if _takes(node.schema, shape)), None) if required else None
        return self._text(node)

    def _figure(self, node: Scalar) -> int:
        low = int(node.schema.get("minimum", 1 if _unit(node) == _MONEY else 0))
        high = int(node.schema.get("maximum", low + (100 if _unit(node) == _MONEY else 9)))
        return self._chance.randint(low, max(low, high))

    def _text(self, node: Scalar) -> str:
        most = int(node.schema.get("maxLength", 200))
        texts = [text for text in self._words.get("texts", ()) if len(text) <= most]
        return self._chance.choice(texts) if texts else str(self._chance.randint(1, 9)) * max(int(node.schema.get("minLength", 1)), 1)

    def _said(self, node: Any) -> tuple[bool, Any]:
        """Give what the words say of a field, the nearest first."""
        own = self._words.get(self._form.id, {})
        for place, key in ((own, node.pointer), (self._words.get("titles", {}), node.title), (self._words.get("units", {}), _unit(node))):
            if key in place:
                return True, place[key]
        return False, None

    def _by_word(self, node: Scalar | Many, said: Any, reading: Reading) -> Any:
        if isinstance(said, list):
            chosen = self._chance.choice(said)
            return [chosen] if isinstance(node, Many) and not isinstance(chosen, list) else chosen
        if "fx" in said:
            known = frozenset(self._form.root.children)
            scope: Any = Scope(((known, reading.values),), self._facts)
            made = compile_fx(said["fx"])(scope)
            return node.give(made)[0]
        if "days" in said:
            day = self._on + timedelta(days=self._chance.randint(*said["days"]))
            clock = said.get("at", "14:00")
            return f"{day.isoformat()}T{clock}" if node.kind == "datetime" else day.isoformat()
        if "months" in said:
            return (shift(self._on, self._chance.randint(*said["months"]), "월") or self._on).isoformat()
        step = int(said.get("step", 1))
        return self._chance.randrange(int(said["from"]), int(said["to"]) + 1, step)


def _takes(schema: Mapping[str, Any], text: str) -> bool:
    """Say whether the shape a text field asks for is that of a text."""
    holds = FORMATS.get(str(schema.get("format", "")))
    return ("pattern" not in schema or compiled(str(schema["pattern"])).search(text) is not None) and (holds is None or bool(holds(text)))


def _unit(node: Any) -> str:
    ui = node.schema.get("x-ui")
    return str(ui.get("unit", "")) if isinstance(ui, dict) else ""


def _pattern(pointer: str) -> str:
    return "/".join("*" if part.isdigit() else part for part in pointer.split("/"))


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value


def _at(value: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            value = value.get(part) if hasattr(value, "get") else None
    return value


def _put(answers: dict[str, Any], pointer: str, value: Any) -> None:
    holder: Any = answers
    parts = pointer.split("/")[1:]
    for part in parts[:-1]:
        holder = holder[int(part)] if isinstance(holder, list) else holder.setdefault(part, {})
    if isinstance(holder, dict):
        holder[parts[-1]] = value


def _drop(answers: dict[str, Any], pointer: str) -> None:
    holder = _at(answers, pointer.rpartition("/")[0]) if pointer.count("/") > 1 else answers
    if isinstance(holder, dict):
        holder.pop(pointer.rpartition("/")[2], None)


class Least(Random):
    """Chance that always falls on the first, the smallest, the least."""

    def random(self) -> float:
        """Give a figure nothing is likelier than."""
        return 1.0

    def randint(self, a: int, b: int) -> int:
        """Give the smaller bound."""
        return min(a, b)

    def choice(self, seq: Any) -> Any:
        """Give the first."""
        return seq[0]

    def sample(self, population: Any, k: int, **_given: Any) -> list[Any]:
        """Give the first ones."""
        return list(population)[:k]
