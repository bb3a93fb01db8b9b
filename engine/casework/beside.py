"""An old record beside the screen of today: what became of its fields and options, and what would be asked of it now. Nothing is changed by looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import access, answers, keeping
from engine.casework.recordview import open_record
from engine.errors import Refused
from engine.spec.carry import carrier
from engine.spec.josa import settle_josa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from engine.casework.desk import Desk
    from engine.errors import FieldError
    from engine.spec.carry import Carrier
    from engine.spec.form import Field, Form

GONE, NEW, RENAMED, OPTION = "gone", "new", "renamed", "option"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise on the screen of today: `kind` is "gone", "new", "renamed" or "option" (an answer that is offered no more, or reads otherwise)."""

    kind: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A record by the form of the edition in force: `answers` as that form names them, masked; `refused` is what it would be told if saved today."""

    form: Form
    edition: str
    edition_title: str
    answers: Mapping[str, Any]
    differences: tuple[Difference, ...]
    refused: tuple[FieldError, ...]


def beside(desk: Desk, record_id: str) -> Beside:
    """Read a record at its last revision by the edition in force. Raises NotFound, Refused where that edition has no such form."""
    dossier, kept, form = open_record(desk, record_id, lock=False)
    today = dossier.edition
    now = today.forms.get(kept.form)
    if now is None:
        raise Refused("지금 시행 중인 판에는 이 서식이 없습니다.")
    raw = keeping.whole(desk, kept)
    carried = carrier(form, now)
    read = carried.answers(raw)
    reading = now.read(read, dossier.facts_seen(today.digest), desk.today, strict=False)
    access.record(desk, "record.beside", subject=kept.case_id, target=f"record {record_id}")
    told = tuple(Difference(kind, title, settle_josa(sentence)) for kind, title, sentence in _differences(carried, raw, desk.today))
    return Beside(now, today.digest, today.title, answers.masked(now, read), told, reading.errors)


def _differences(carried: Carrier, raw: Mapping[str, Any], today: date) -> Iterator[tuple[str, str, str]]:
    """Give what is otherwise, in the order of the screens: first the fields of the old one, then what is new."""
    old, new, places = carried.old, carried.new, carried.places
    lost = set(carried.lost(raw))
    for pointer, field in old.fields.items():
        if pointer not in places:
            if _shown(pointer, old, places):
                told = "이 기록의 답은 그때의 화면에만 보입니다." if field.title in lost else "이 기록에는 답이 없습니다."
                yield GONE, field.title, f"'{field.title}'은(는) 지금 화면에 없습니다. {told}"
            continue
        now = new.fields[places[pointer]]
        if now.title != field.title:
            yield RENAMED, field.title, f"'{field.title}'은(는) 지금 '{now.title}'입니다."
        for value in () if field.sensitive else _codes_in(raw, pointer):
            yield from _option(field, now, value, carried.codes.get(now.pointer, {}), today)
    known = set(places.values())
    for pointer, field in new.fields.items():
        if pointer not in known and _shown(pointer, new, known):
            must = " 지금은 꼭 입력합니다." if field.required else ""
            yield NEW, field.title, f"'{field.title}'이(가) 새로 생겼습니다.{must}"


def _shown(pointer: str, form: Form, told: Mapping[str, Any] | set[str]) -> bool:
    """Say whether a field without counterpart is told by itself: not where the section or table it stands in is told already."""
    above = pointer.removesuffix("/*").rpartition("/")[0].removesuffix("/*")
    return above not in form.fields or above in told


def _option(field: Field, now: Field, code: Any, moved: Mapping[Any, Any], today: date) -> Iterator[tuple[str, str, str]]:
    if field.codes is None or now.codes is None:
        return
    label, current = field.codes.label(code), moved.get(code, code)
    if now.codes.find(current) is None:
        yield OPTION, now.title, f"'{now.title}'의 '{label}'은(는) 지금 선택지에 없습니다."
    elif all(each.code != current for each in now.codes.valid(today)):
        yield OPTION, now.title, f"'{now.title}'의 '{label}'은(는) 지금은 고를 수 없는 선택지입니다."
    elif now.codes.label(current) != label:
        yield OPTION, now.title, f"'{now.title}'의 '{label}'은(는) 지금 '{now.codes.label(current)}'입니다."


def _codes_in(value: Any, pointer: str) -> Iterator[Any]:
    """Give every answer at a pointer ("/rows/*/kind"), each once."""
    found: dict[Any, None] = {}
    waiting = [(value, pointer.split("/")[1:])]
    while waiting:
        each, parts = waiting.pop(0)
        if isinstance(each, list):
            waiting += [(one, parts[1:] if parts and parts[0] == "*" else parts) for one in each]
        elif parts:
            waiting += [(each.get(parts[0]), parts[1:])] if hasattr(each, "get") else []
        elif isinstance(each, (str, int)) and each != "":
            found[each] = None
    yield from found
