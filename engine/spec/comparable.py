"""Whether a statistic counts the same thing under two editions: by everything its expressions read, through named facts down to fields, codes and formulas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spec.carry import carrier
from engine.spec.difference import renames_of
from engine.spec.josa import settle_josa

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spec.change import Renames
    from engine.spec.edition import Edition
    from engine.spec.expression import Fx
    from engine.spec.fields import Field
    from engine.spec.report import Report
    from engine.spec.view import Filter


@dataclass(frozen=True, slots=True)
class Comparison:
    """One statistic under two editions: `why` says in Korean sentences what is counted otherwise, nothing where figures can be compared."""

    report: str
    title: str
    why: tuple[str, ...]

    @property
    def comparable(self) -> bool:
        """Say whether the figures of both can stand side by side."""
        return not self.why


def compare(old: Edition, new: Edition) -> tuple[Comparison, ...]:
    """Compare every statistic of either edition."""
    renames = renames_of(old, new)
    found: list[Comparison] = []
    for ident in dict.fromkeys((*old.reports, *new.reports)):
        before, after = old.reports.get(ident), new.reports.get(ident)
        if before is None or after is None:
            title = (before or after).title  # type: ignore[union-attr]
            found.append(Comparison(ident, title, ("새 판에서 없앤 통계입니다." if before else "새 판에서 더한 통계입니다.",)))
        else:
            found.append(Comparison(ident, after.title, tuple(dict.fromkeys(settle_josa(each) for each in _why(old, new, before, after, renames)))))
    return tuple(found)


def _why(old: Edition, new: Edition, before: Report, after: Report, renames: Renames) -> Iterator[str]:
    if not _same(before.where, after.where, renames):
        yield "세는 대상의 조건이 바뀌었습니다."
    for noun, parts in (("나누는 기준", (before.groups, after.groups)), ("세는 값", (before.measures, after.measures))):
        kept, now = ({part.id: part for part in each} for each in parts)
        for ident, part in now.items():
            if ident not in kept:
                yield f"{noun} '{part.title}'이(가) 새로 생겼습니다."
            elif not _same(kept[ident].value, part.value, renames) or kept[ident].how != part.how:
                yield f"{noun} '{part.title}'의 식이 바뀌었습니다."
        yield from (f"{noun} '{part.title}'이(가) 없어졌습니다." for ident, part in kept.items() if ident not in now)
    yield from _filters(before, after, renames)
    read = (before.where, *(part.value for part in (*before.groups, *before.measures)), *(fx for fx, _ in _asked(before).values()))
    yield from _read(old, new, (path for fx in read if fx is not None for path in fx.reads), renames, set())


def _filters(before: Report, after: Report, renames: Renames) -> Iterator[str]:
    """Tell filters that choose otherwise; one that is new or gone only where it chooses before anybody asks."""
    kept, now = _asked(before), _asked(after)
    for ident, (fx, each) in now.items():
        if ident not in kept:
            if each.required or each.default:
                yield f"조회 조건 '{each.title}'이(가) 새로 생겼습니다."
            continue
        was, old = kept[ident]
        if not _same(was, fx, renames) or old.kind != each.kind:
            yield f"조회 조건 '{each.title}'이(가) 보는 것이 바뀌었습니다."
        if old.required != each.required:
            yield f"조회 조건 '{each.title}'을(를) 이제 {'꼭 골라야 합니다' if each.required else '고르지 않아도 됩니다'}."
        if len(old.default) != len(each.default) or not all(_same(*pair, renames) for pair in zip(old.default, each.default, strict=True)):
            yield f"조회 조건 '{each.title}'의 처음 값이 바뀌었습니다."
    yield from (f"조회 조건 '{each.title}'이(가) 없어졌습니다." for ident, (_, each) in kept.items() if ident not in now and (each.required or each.default))


def _asked(report: Report) -> dict[str, tuple[Fx | None, Filter]]:
    """Give per filter what it looks at, and the filter."""
    values = {column.id: column.value for column in report.stored.columns}
    return {each.id: (values.get(each.column), each) for each in report.filters}


def _same(before: Fx | None, after: Fx | None, renames: Renames) -> bool:
    return renames.same(before.source if before else "", after.source if after else "")


def _read(old: Edition, new: Edition, paths: Iterable[str], renames: Renames, seen: set[str]) -> Iterator[str]:
    """Give what differs in what these dotted names of the old edition stand for."""
    for path in sorted(paths):
        head, *rest = path.split(".")
        if head in old.facts:
            if head not in seen:
                seen.add(head)
                if head not in new.facts or not _same(old.facts[head], new.facts[head], renames):
                    yield f"'{head}'의 식이 바뀌었습니다."
                yield from _read(old, new, old.facts[head].reads, renames, seen)
        elif head == "case" and rest[:1] == ["status"]:
            yield from _statuses(old, new, renames, seen)
        elif head == "case" and rest:
            yield from _field(old, new, old.case.form, rest, renames)
        elif head == "record" and len(rest) > 2 and rest[1] in ("last", "first"):
            yield from _field(old, new, rest[0], rest[2:], renames)
        elif head == "record" and rest and rest[0] in old.forms and rest[0] not in new.forms:
            yield f"서식 '{old.forms[rest[0]].title}'이(가) 없어졌습니다."


def _statuses(old: Edition, new: Edition, renames: Renames, seen: set[str]) -> Iterator[str]:
    if "case.status" in seen:
        return
    seen.add("case.status")
    before, after = ({status.id: status for status in edition.case.status} for edition in (old, new))
    if list(before) != list(after) or any(not _same(status.when, after[ident].when, renames) for ident, status in before.items() if ident in after):
        yield "상태를 정하는 조건이 바뀌었습니다."
    yield from _read(old, new, (path for status in old.case.status if status.when for path in status.when.reads), renames, seen)


def _field(old: Edition, new: Edition, form_id: str, names: list[str], renames: Renames) -> Iterator[str]:
    first, second = old.forms.get(form_id), new.forms.get(form_id)
    if first is None:
        return
    if second is None:
        yield f"서식 '{first.title}'이(가) 없어졌습니다."
        return
    pointer = _pointer(first.fields, names)
    if not pointer:
        return
    field, target = first.fields[pointer], carrier(first, second).places.get(pointer)
    if target is None:
        yield f"'{first.title}'의 '{field.title}' 항목이 없어졌습니다."
        return
    now = second.fields[target]
    if field.type != now.type:
        yield f"'{first.title}'의 '{field.title}' 항목의 입력 형식이 바뀌었습니다."
    if not renames.same(str(field.schema.get("x-calc", "")), str(now.schema.get("x-calc", ""))):
        yield f"'{first.title}'의 '{field.title}' 계산식이 바뀌었습니다."
    yield from _options(first.title, field, now)


def _pointer(fields: dict[str, Field] | object, names: list[str]) -> str:
    """Give the pointer of the longest beginning of `names` that is a field; through tables their columns."""
    found = ""
    for name in names:
        for candidate in (f"{found}/{name}", f"{found}/*/{name}"):
            if candidate in fields:  # type: ignore[operator]
                found = candidate
                break
        else:
            break
    return found


def _options(form: str, field: Field, now: Field) -> Iterator[str]:
    if field.codes is None or now.codes is None:
        return
    before = {now.codes.current(item.code) for item in field.codes.items}
    after = {item.code for item in now.codes.items if item.to_ is None}
    if before - {item.code for item in now.codes.items}:
        yield f"'{form}'의 '{field.title}' 선택지에서 없어진 것이 있습니다."
    if after - before:
        labels = ", ".join(now.codes.label(code) for code in sorted(after - before, key=str))
        yield f"'{form}'의 '{field.title}'에 새 선택지가 있습니다: {labels}."
