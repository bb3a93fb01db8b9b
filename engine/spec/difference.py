"""What changed from one edition to another, told in the words of the manual: pure, and the same for a page, a command and the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from engine.spec import difference_form, difference_parts, difference_process
from engine.spec.change import Change, Item, Renames, Teller
from engine.spec.outline import PATH as OUTLINE
from engine.spec.role import PATH as ROLES

if TYPE_CHECKING:
    from engine.spec.edition import Edition

__all__ = ["Change", "difference"]
_Part = TypeVar("_Part")
_Matched = Mapping[str, Mapping[str, str | None]]


def difference(old: Edition, new: Edition) -> tuple[Change, ...]:
    """Give every change from `old` to `new`, file by file; nothing where they hold the same files.

    A field or option with another name (`x-was`, `was`) is told as that, and expressions that only follow it are told not at all. A file that differs in
    nothing of the above (drawings moved, remarks, scenarios) is told in one sentence.
    """
    if old.files == new.files:
        return ()
    matched = matches(old, new)
    renames = renames_of(old, new)
    changes: list[Change] = []

    def teller(path: str, where: str) -> Teller:
        return Teller(path, where, renames, changes)

    difference_parts.tell_outline(teller(OUTLINE, new.title), old.spec, new.spec)
    _forms(teller, old, new, matched)
    _each(teller, "코드 목록", "list", _lists(old), _lists(new), difference_parts.tell_list)
    _each(teller, "목록 화면", "view", _at(old.views), _at(new.views), difference_parts.tell_view)
    _each(teller, "통계", "report", _at(old.reports), _at(new.reports), difference_parts.tell_report)
    _processes(teller, old, new)
    _decisions(teller, old, new)
    difference_parts.tell_roles(teller(ROLES, "역할과 메뉴"), old.roles, new.roles)
    _rest(teller, old, new, renames)
    return tuple(changes)


def matches(old: Edition, new: Edition) -> _Matched:
    """Give per form that both have: new pointer -> old pointer of every field, None where it is new."""
    return {ident: difference_form.match(old.forms[ident], form) for ident, form in new.forms.items() if ident in old.forms}


def renames_of(old: Edition, new: Edition) -> Renames:
    """Give the names that became others from one edition to another."""
    matched = matches(old, new)
    names: dict[str, str] = {}
    for each in matched.values():
        names |= difference_form.names(each)
    for ident, codes in new.lists.items():
        if ident in old.lists:
            names |= difference_parts.code_names(old.lists[ident], codes)
    return Renames(names)


def _forms(teller: Callable[[str, str], Teller], old: Edition, new: Edition, matched: _Matched) -> None:
    for ident, form in new.forms.items():
        told = teller(new.parts.forms[ident].path, form.title)
        if ident in old.forms:
            difference_form.tell(told, old.forms[ident], form, matched[ident])
        else:
            told.tell("form-added", f"서식 '{form.title}'을(를) 더했습니다.", "", form.title)
    for ident, form in old.forms.items():
        if ident not in new.forms:
            teller(old.parts.forms[ident].path, form.title).tell("form-retired", f"서식 '{form.title}'을(를) 없앴습니다.", form.title, "")


def _at(parts: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    return {ident: (part.path, part) for ident, part in parts.items()}


def _lists(edition: Edition) -> dict[str, tuple[str, Any]]:
    return {ident: (f"forms/lists/{ident}.json", codes) for ident, codes in edition.lists.items()}


def _each(
    teller: Callable[[str, str], Teller], noun: str, kind: str, old: Mapping[str, tuple[str, _Part]], new: Mapping[str, tuple[str, _Part]],
    tell: Callable[[Teller, _Part, _Part], None],
) -> None:
    """Tell the parts of one kind that came or went, and what changed in those that stayed."""
    for ident in dict.fromkeys((*new, *old)):
        path, part = new.get(ident) or old[ident]
        title = getattr(part, "title", ident)
        told = teller(path, title)
        if ident in old and ident in new:
            tell(told, old[ident][1], part)
        else:
            told.both(noun, kind, Item(title) if ident in old else None, Item(title) if ident in new else None, {})


def _processes(teller: Callable[[str, str], Teller], old: Edition, new: Edition) -> None:
    before, after = difference_process.process_items(old.processes), difference_process.process_items(new.processes)
    for ident in dict.fromkeys((*after, *before)):
        process = new.processes[ident] if ident in after else old.processes[ident]
        told = teller(process.path, process.title)
        told.both("절차", "process", before.get(ident), after.get(ident), difference_process.PROCESS_WORDS)
        if ident in before and ident in after:
            difference_process.tell_process(told, old.processes[ident], process)


def _decisions(teller: Callable[[str, str], Teller], old: Edition, new: Edition) -> None:
    for ident in dict.fromkeys((*new.decisions, *old.decisions)):
        table = new.decisions[ident] if ident in new.decisions else old.decisions[ident]
        told, guards = teller(table.path, table.title), table is new.guards.table or table is old.guards.table
        if ident in old.decisions and ident in new.decisions:
            noun, kind = ("거절 규칙", "guard") if guards else ("판단 규칙", "decision-row")
            difference_process.tell_decision(told, old.decisions[ident], table, noun, kind)
        else:
            told.both("판단표", "decision", Item(table.title) if ident in old.decisions else None, Item(table.title) if ident in new.decisions else None, {})


def _rest(teller: Callable[[str, str], Teller], old: Edition, new: Edition, renames: Renames) -> None:
    """Tell of every file that differs and of which nothing was told: remarks, drawings, scenarios. None passes in silence."""
    told = {change.path for change in teller("", "").changes}
    for path in sorted({*old.files, *new.files}):
        before, after = old.files.get(path), new.files.get(path)
        if before == after or path in told or _same_text(path, old, new, renames):
            continue
        title, scenario = _title(path, new if after is not None else old), path.startswith("workflows/scenarios/")
        noun, kind = ("시나리오", "scenario") if scenario else ("파일", "file")
        if before is None or after is None:
            teller(path, title).both(noun, kind, Item(title) if after is None else None, Item(title) if before is None else None, {})
        elif scenario:
            teller(path, title).tell("scenario-changed", f"시나리오 '{title}'이(가) 바뀌었습니다.")
        else:
            teller(path, title).tell("file-changed", "이 파일에서 규칙이 아닌 것(그림의 자리, 덧붙인 말 따위)만 바뀌었습니다.")


def _same_text(path: str, old: Edition, new: Edition, renames: Renames) -> bool:
    """Say whether two files hold the same, written otherwise; or the same but for new names and the edition their `$id` names."""
    before, after = old.parts.documents.get(path), new.parts.documents.get(path)
    if before is None or after is None:
        return path in old.files and path in new.files and renames.same(old.files[path].decode(errors="replace"), new.files[path].decode(errors="replace"))
    data = [{**each.data, "$id": ""} if isinstance(each.data, dict) else each.data for each in (before, after)]
    if data[0] == data[1]:
        return True
    return renames.same(*(json.dumps(each, ensure_ascii=False, default=str) for each in data))


def _title(path: str, edition: Edition) -> str:
    document = edition.parts.documents.get(path)
    data = document.data if document else None
    return str(data["title"]) if isinstance(data, dict) and "title" in data else path.rpartition("/")[2]
