"""The sentence for everything that can be wrong with an answer, with the particle (조사) its last sound asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.spec import fx_values as fn
from engine.spec.expression import Fx, FxRuntimeError
from engine.spec.josa import josa, settle_josa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.spec.nodes import Node

def figure(value: Any) -> str:
    """A number with separators: 1,234.5."""
    if isinstance(value, Decimal):
        whole, _, part = fn.plain(value).partition(".")
        return f"{int(whole):,}" + (f".{part}" if part else "") if abs(value) >= 1 else fn.plain(value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30 else str(value)



def ask(node: Any) -> str:
    """What is said where an answer is missing: "색깔을 선택하세요."."""
    if node.kind == "table":
        return f"{josa(node.title, '을')} 한 줄 이상 입력하세요."
    verb = "첨부하세요" if node.kind in ("file", "files") else "선택하세요" if _is_chosen(node) else "입력하세요"
    return f"{josa(node.title, '을')} {verb}."


def _is_chosen(node: Any) -> bool:
    return node.kind in ("boolean", "choices", "case", "cases") or getattr(node, "codes", None) is not None


def _unit(node: Any) -> str:
    unit = (node.schema.get("x-ui") or {}).get("unit")
    return unit if isinstance(unit, str) else ""


def _amount(node: Any, limit: Any) -> str:
    return f"{figure(Decimal(repr(limit)) if isinstance(limit, float) else limit)}{_unit(node)}"


def _kind(node: Any, _: Any) -> str:
    if node.kind in ("section", "table", "row"):
        return f"{node.title}의 형식이 맞지 않습니다."
    if node.kind in ("files", "choices", "cases", "texts"):
        return f"{josa(node.title, '은')} 목록이어야 합니다."
    if _is_chosen(node):
        return f"{josa(node.title, '을')} 목록에서 선택하세요."
    wanted = {"integer": "숫자(정수)로", "number": "숫자로"}.get(node.kind)
    return f"{josa(node.title, '을')} {wanted} 입력하세요." if wanted else f"{node.title}의 형식이 맞지 않습니다."


_FORMATS = {
    "date": "2024-01-31 같은 날짜(1900~2100년)로 입력하세요.",
    "date-time": "2024-01-31T14:00 같은 날짜와 시각으로 입력하세요.",
    "month": "2024-01 같은 연월로 입력하세요.",
    "x-month": "2024-01 같은 연월로 입력하세요.",
    "time": "14:00 같은 시각으로 입력하세요.",
    "email": "name@example.com 같은 전자우편 주소로 입력하세요.",
    "x-rrn": "000101-3000000 같은 형식으로 입력하세요.",
    "x-file": "다시 첨부하세요.",
    "x-case": "다시 찾아 고르세요.",
}


def _format(node: Any, name: Any) -> str:
    return f"{josa(node.title, '을')} {_FORMATS[name]}"


_SENTENCES: dict[str, Callable[[Any, Any], str]] = {
    "required": lambda node, _: ask(node),
    "dependentRequired": lambda node, _: ask(node),
    "type": _kind,
    "enum": lambda node, _: f"{josa(node.title, '을')} 목록에서 선택하세요. 지금은 고를 수 없는 값입니다.",
    "const": lambda node, _: f"{node.title}의 값이 맞지 않습니다.",
    "minLength": lambda node, limit: f"{josa(node.title, '을')} {limit:,}자 이상 입력하세요.",
    "maxLength": lambda node, limit: f"{josa(node.title, '을')} {limit:,}자까지 입력할 수 있습니다.",
    "pattern": lambda node, _: f"{node.title}의 형식이 맞지 않습니다.",
    "format": _format,
    "minimum": lambda node, limit: f"{josa(node.title, '을')} {_amount(node, limit)} 이상으로 입력하세요.",
    "maximum": lambda node, limit: f"{josa(node.title, '을')} {_amount(node, limit)} 이하로 입력하세요.",
    "exclusiveMinimum": lambda node, limit: f"{josa(node.title, '을')} {_amount(node, limit)}보다 크게 입력하세요.",
    "exclusiveMaximum": lambda node, limit: f"{josa(node.title, '을')} {_amount(node, limit)}보다 작게 입력하세요.",
    "multipleOf": lambda node, limit: f"{josa(node.title, '을')} {_amount(node, limit)} 단위로 입력하세요.",
    "minItems": lambda node, limit: f"{josa(node.title, '을')} {limit:,}{_counter(node)} 이상 {_verb(node)}.",
    "maxItems": lambda node, limit: f"{josa(node.title, '은')} {limit:,}{_counter(node)}까지 {_can(node)}.",
    "uniqueItems": lambda node, _: f"{node.title}에 같은 값이 두 번 있습니다.",
    "additionalProperties": lambda _, __: "이 화면에 없는 항목입니다.",
    "hidden": lambda node, _: f"{josa(node.title, '은')} 다른 답에 따라 숨겨진 항목이라 답할 수 없습니다.",
    "x-parent": lambda node, _: f"{josa(node.title, '을')} 다시 선택하세요. 위에서 고른 값에 속하지 않습니다.",
    "x-calc": lambda node, _: f"{josa(node.title, '을')} 계산할 수 없습니다. 입력이 너무 많습니다.",
    "x-characters": lambda node, _: f"{node.title}에 쓸 수 없는 글자(제어 문자 등)가 있습니다. 지우고 다시 입력하세요.",
}

#: The keywords a message can be overridden for.
KEYWORDS = frozenset(_SENTENCES)


def _counter(node: Any) -> str:
    return "줄" if node.kind == "table" else "명" if node.kind == "cases" else "개"


def _verb(node: Any) -> str:
    return "첨부하세요" if node.kind == "files" else "선택하세요" if node.kind in ("choices", "cases") else "입력하세요"


def _can(node: Any) -> str:
    return "첨부할 수 있습니다" if node.kind == "files" else "선택할 수 있습니다" if node.kind in ("choices", "cases") else "입력할 수 있습니다"


def sentence(node: Node | None, keyword: str, limit: Any, row: int | None = None) -> str:
    """What is said about one error: the field's own `x-messages` first; rows of tables (from 0) are named "2번째 줄: …"."""
    head = "" if row is None else f"{row + 1}번째 줄: "
    if node is None:
        return f"{head}이 화면에 없는 항목입니다."
    own = node.messages.get(keyword) or (node.messages.get("required") if keyword == "dependentRequired" else None)
    if own:
        return head + settle_josa(own)
    said = _SENTENCES.get(keyword)
    return head + (said(node, limit) if said else f"{node.title}의 값이 맞지 않습니다.")


def told(parts: tuple[str | tuple[Fx, Any], ...], scope: Mapping[str, Any], row: int | None = None) -> str:
    """The message of a check with its {fx} filled in: numbers with separators (years without), codes by their labels."""
    out = "" if row is None else f"{row + 1}번째 줄: "
    for part in parts:
        out += part if isinstance(part, str) else _shown(part[0], part[1], scope)
    return settle_josa(out)


def _shown(fx: Fx, node: Any, scope: Mapping[str, Any]) -> str:
    try:
        value = fx(scope)
    except FxRuntimeError:
        return "?"
    codes = getattr(node, "codes", None)
    if codes is not None:
        return str(codes.label(value)) if value is not None else ""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value) if fx.source.startswith(("연도(", "year(")) else figure(value)
    return fn.as_text(value)
