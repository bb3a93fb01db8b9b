"""Reading one JSON object of a spec file key by key, where everything wrong becomes a finding and reading goes on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from engine.spec.expression import Fx, FxError, compile_fx, nearest
from engine.spec.source import Document, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.errors import Finding

_KINDS: dict[type, str] = {str: "글", bool: "true 또는 false", int: "정수", dict: "{…}", list: "[…]"}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give " 혹시 'x'인가요?" for the nearest of `known`, or nothing."""
    near = nearest(word, known)
    return f" 혹시 '{near}'인가요?" if near else ""


class Reader:
    """One JSON object at `pointer` of `document`. What is wrong goes to `findings`, shared with every nested reader."""

    def __init__(self, document: Document, data: Any, findings: list[Finding], pointer: str = "") -> None:
        """Take any `data`; what is no object is a finding, and reads as an empty one."""
        self.document, self.findings, self.pointer = document, findings, pointer
        self.known: list[str] = []
        if not isinstance(data, dict):
            self.complain("", "wrong-type", "이 자리에는 {…}를 적으세요.")
            data = {}
        self.data: dict[str, Any] = data

    def at(self, key: str | int) -> str:
        """Give the pointer of `key` inside this object ("" is the object itself)."""
        return step(self.pointer, key) if key != "" else self.pointer

    def complain(self, key: str, kind: str, message: str) -> None:
        """Note one finding at `key`."""
        self.findings.append(self.document.finding(self.at(key), kind, message))

    def value(self, key: str, kind: type, default: Any = None, *, required: bool = False) -> Any:
        """Give the value of `key` where it is of `kind`, else `default` and a finding."""
        self.known.append(key)
        found = self.data.get(key)
        if found is None:
            if required:
                self.complain("", "missing-key", f"'{key}'이(가) 없습니다. 적으세요.")
            return default
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            self.complain(key, "wrong-type", f"'{key}'에는 {_KINDS[kind]}을(를) 적으세요.")
            return default
        return found

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Give a text."""
        return str(self.value(key, str, default, required=required))

    def choice(self, key: str, allowed: Iterable[str], default: str = "", *, required: bool = False) -> str:
        """Give a text that is one of `allowed`."""
        allowed = tuple(allowed)
        found = self.text(key, default, required=required)
        if found and found not in allowed:
            hint = did_you_mean(found, allowed) or f" {', '.join(allowed)} 가운데 하나를 적으세요."
            self.complain(key, "unknown-value", f"'{key}'에 '{found}'은(는) 쓸 수 없습니다.{hint}")
            return default
        return found

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Give a list of texts."""
        items = self.value(key, list, [], required=required)
        for index, item in enumerate(items):
            if not isinstance(item, str):
                self.findings.append(self.document.finding(step(self.at(key), index), "wrong-type", f"'{key}'에는 글만 적으세요."))
        return tuple(item for item in items if isinstance(item, str))

    def flag(self, key: str) -> bool:
        """Give true or false; absent is false."""
        return bool(self.value(key, bool, default=False))

    def day(self, key: str, *, required: bool = False) -> date | None:
        """Give a date written 2024-01-01."""
        found = self.text(key, required=required)
        if not found:
            return None
        try:
            return date.fromisoformat(found)
        except ValueError:
            self.complain(key, "wrong-date", f"'{found}'은(는) 날짜가 아닙니다. 2024-01-01처럼 적으세요.")
            return None

    def fx(self, key: str, *, required: bool = False) -> Fx | None:
        """Give a compiled expression."""
        return self.compile(self.text(key, required=required), self.at(key))

    def fxs(self, key: str) -> tuple[Fx, ...]:
        """Give a list of compiled expressions."""
        made = (self.compile(item, step(self.at(key), index)) for index, item in enumerate(self.texts(key)))
        return tuple(fx for fx in made if fx is not None)

    def compile(self, source: str, pointer: str) -> Fx | None:
        """Compile one expression that stands at `pointer`; None where it is blank or wrong."""
        if not source:
            return None
        try:
            return compile_fx(source)
        except FxError as error:
            where = f" ({error.offset}번째 글자)" if error.offset else ""
            self.findings.append(self.document.finding(pointer, "bad-expression", f"식을 읽을 수 없습니다{where}: {error.msg}"))
            return None

    def child(self, key: str, *, required: bool = False) -> Reader:
        """Give the object under `key`, an empty one where it is absent."""
        return Reader(self.document, self.value(key, dict, {}, required=required), self.findings, self.at(key))

    def children(self, key: str, *, required: bool = False) -> Iterator[Reader]:
        """Give each object of the list under `key`."""
        for index, item in enumerate(self.value(key, list, [], required=required)):
            yield Reader(self.document, item, self.findings, step(self.at(key), index))

    def done(self) -> None:
        """Complain about every key nobody asked for. A key beginning with `$` is a remark."""
        for key in self.data:
            if key not in self.known and not key.startswith("$"):
                self.complain(key, "unknown-key", f"'{key}'은(는) 모르는 이름입니다.{did_you_mean(key, self.known)}")
