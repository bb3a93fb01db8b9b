"""The filters of a list or a statistic, as a query says them: `<id>`, or `<id>.from` and `<id>.to` for a range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.view import Filter


def filters_of(known: Iterable[Filter], asked: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Put `<id>`, `<id>.from` and `<id>.to` together by filter. Raises Invalid for names that are no filter of `known`."""
    left = dict(asked)
    filters: dict[str, tuple[str, ...]] = {}
    for each in known:
        single, low, high = left.pop(each.id, None), left.pop(f"{each.id}.from", None), left.pop(f"{each.id}.to", None)
        if single is not None:
            filters[each.id] = (single,)
        elif low is not None or high is not None:
            filters[each.id] = (low or "", high or "")
    if left:
        raise Invalid([FieldError(f"/{name}", "additionalProperties", "이 목록에는 없는 조건입니다.") for name in left])
    return filters
