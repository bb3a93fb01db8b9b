"""What changed on one screen: fields, tabs, branches and checks, each told by the names people read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.change import Item, Teller, by_id, fx_text, listed, plain, yes
from engine.spec.codes import listed as list_of
from engine.spec.fields import sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.fields import Field
    from engine.spec.form import Form
    from engine.spec.nodes import Effect, Section

TYPES = {
    "string": "글", "integer": "정수", "number": "수", "boolean": "예·아니요", "date": "날짜", "datetime": "날짜와 시각", "month": "달", "time": "하루의 시각",
    "choice": "하나 고르기", "choices": "여러 개 고르기", "file": "파일", "files": "파일 여러 개", "case": "대상 하나", "cases": "대상 여럿", "texts": "글 여러 줄", "table": "표", "section": "묶음",
}
_WORDS = {
    "type": "입력 형식", "required": "이제 늘 입력해야 합니다.|이제 늘 입력하지는 않아도 됩니다.", "readonly": "이제 보여 주기만 합니다.|이제 입력할 수 있습니다.",
    "derived": "계산식", "prefill": "처음 채우는 값", "parent": "윗항목", "list": "코드 목록", "options": "선택지", "unit": "단위", "widget": "입력 도구",
    "help": "도움말", "page": "매뉴얼 쪽", "messages": "알림말", "limits": "입력 범위", "sensitive": "민감정보 구분", "total": "합계 열", "fill": "찾아 채우는 값",
    "detail": "그 밖의 설정",
}
_LIMITS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "pattern", "const",
)
_TOLD = {
    *_LIMITS, "title", "type", "format", "$ref", "enum", "items", "properties", "required", "allOf", "x-checks", "x-calc", "x-prefill", "x-parent", "x-sensitive",
    "x-ui", "x-help", "description", "x-messages", "x-total", "x-source", "x-was", "readOnly", "dependentRequired", "additionalProperties", "$comment",
}
_BRANCH = {"condition": "조건", "requires": "맞을 때 꼭 입력할 항목", "hides": "맞을 때 숨길 항목", "else-requires": "아닐 때 꼭 입력할 항목", "else-hides": "아닐 때 숨길 항목"}
_CHECK = {"rule": "식", "at": "알리는 자리", "message": "알림말", "level": "막는 정도"}
_SIGNS = {"minimum": "이상", "maximum": "이하", "exclusiveMinimum": "초과", "exclusiveMaximum": "미만"}


def match(old: Form, new: Form) -> dict[str, str | None]:
    """Give new pointer -> old pointer of every field of `new`; None where it is new. Parts of a section go with it."""
    found: dict[str, str | None] = {}
    taken: set[str] = set()
    for pointer, field in new.fields.items():
        above, _, name = pointer.rpartition("/")
        owner = _owner(found, above)
        here = f"{owner}/{name}" if owner is not None else ""
        candidates = [here, *_earlier(field, owner or "", old)]
        earlier = next((each for each in candidates if each in old.fields and each not in taken and (each == here or each not in new.fields)), None)
        if earlier is not None:
            taken.add(earlier)
        found[pointer] = earlier
    return found


def names(matched: Mapping[str, str | None]) -> dict[str, str]:
    """Give old name -> new name of the fields that have another."""
    both = ((old.rpartition("/")[2], new.rpartition("/")[2]) for new, old in matched.items() if old is not None)
    return {before: after for before, after in both if before != after}


def tell(teller: Teller, old: Form, new: Form, matched: Mapping[str, str | None]) -> None:
    """Tell what changed from `old` to `new`; `matched` is that of `match`."""
    if old.title != new.title:
        teller.tell("screen-title", f"화면 이름이 '{old.title}'에서 '{new.title}'(으)로 바뀌었습니다.", old.title, new.title)
    _fields(teller, old, new, matched)
    _tabs(teller, old, new, matched)
    moved = {before: after for after, before in matched.items() if before is not None}
    teller.items("조건", "branch", _branches(old, moved), _branches(new), _BRANCH)
    teller.items("검사", "check", _checks(old, moved), _checks(new), _CHECK)
    teller.items("함께 입력할 항목", "pairing", _pairings(old, moved), _pairings(new), {"fields": "항목"})
    before, after = [moved.get(each, each) for each in old.list_columns], list(new.list_columns)
    teller.value("기록 목록", "screen-list", "열", _named(new, before), _named(new, after))
    teller.value("인쇄", "screen-print", "설정", plain(dict(old.print)), plain(dict(new.print)))
    rules = [plain(form.root.schema.get("x-visible")) for form in (old, new)]
    teller.value("기록", "screen-visible", "볼 수 있는 사람", *rules)
    kept = [{key: value for key, value in form.screen.items() if key not in ("title", "from")} for form in (old, new)]
    teller.value("화면", "screen-detail", "메뉴와 매뉴얼 자리", *(plain(each) for each in kept))


# -- fields


def _fields(teller: Teller, old: Form, new: Form, matched: Mapping[str, str | None]) -> None:
    tabs = _tab_names(old, new, matched)
    for pointer, before in matched.items():
        field, above = new.fields[pointer], _above(pointer)
        if before is None:
            if not above or matched.get(above) is not None:
                teller.both("항목", "field", None, _item(field), _WORDS)
            continue
        was = old.fields[before]
        if was.name != field.name:
            teller.tell("field-renamed", f"항목 '{field.title}'의 규칙 이름이 '{was.name}'에서 '{field.name}'(으)로 바뀌었습니다.", was.name, field.name)
        _place(teller, field, (before, pointer), tabs, matched)
        teller.both("항목", "field", _item(was), _item(field), _WORDS)
    kept = {before for before in matched.values() if before is not None}
    for pointer, field in old.fields.items():
        if pointer not in kept and (not _above(pointer) or _above(pointer) in kept):
            teller.tell("field-retired", f"항목 '{field.title}'을(를) 없앴습니다.", field.title, "")


def _place(teller: Teller, field: Field, pointers: tuple[str, str], tabs: Mapping[str, tuple[str, str]], matched: Mapping[str, str | None]) -> None:
    before, pointer = pointers
    if _above(before) != (matched.get(_above(pointer)) or ""):
        was, now = _above(before).replace("/", " ").strip() or "화면", _above(pointer).replace("/", " ").strip() or "화면"
        teller.tell("field-moved", f"항목 '{field.title}'의 자리가 '{was}'에서 '{now}'(으)로 옮겨졌습니다.", was, now)
    elif pointer in tabs and tabs[pointer][0] != tabs[pointer][1]:
        was, now = tabs[pointer]
        teller.tell("field-moved", f"항목 '{field.title}'이(가) '{was}' 탭에서 '{now}' 탭으로 옮겨졌습니다.", was, now)


def _item(field: Field) -> Item:
    schema = field.schema
    written = schema.get("items")
    inner: Mapping[str, Any] = written if isinstance(written, dict) else {}
    ui = {key: value for key, value in field.ui.items() if key != "unit" and (key != "search" or "search" in schema.get("x-ui", {}))}
    listing = list_of(schema.get("$ref")) or list_of(inner.get("$ref")) or ""
    limits = {key: value for part in ((schema,) if field.type == "table" else (schema, inner)) for key, value in part.items() if key in _LIMITS}
    calc = plain(schema.get("x-calc"))
    return Item(
        field.title,
        {
            "type": TYPES.get(field.type, field.type), "required": yes(field.required), "readonly": "" if calc else yes(field.readonly), "derived": calc,
            "prefill": plain(schema.get("x-prefill")), "parent": plain(schema.get("x-parent")), "list": listing,
            "options": listed(code.label for code in field.codes.items) if field.codes and not listing else "", "unit": field.unit, "widget": plain(ui),
            "help": field.help, "page": plain(field.page), "messages": plain(schema.get("x-messages")), "limits": plain(limits),
            "sensitive": field.sensitive, "total": plain(schema.get("x-total")), "fill": plain(schema.get("x-source")),
            "detail": plain({key: value for key, value in schema.items() if key not in _TOLD}),
        },
    )


def _earlier(field: Field, owner: str, old: Form) -> Iterator[str]:
    """Give the pointers an `x-was` may mean: a path from the form's root (rows need no "*"), or a name beside the field."""
    bare = {pointer.replace("/*", ""): pointer for pointer in old.fields}
    for text in field.was:
        path = "/" + text.strip("/").replace(".", "/").replace("/*", "")
        yield from (bare[each] for each in (path, f"{owner}/{text}".replace("/*", "")) if each in bare)


def _owner(found: Mapping[str, str | None], above: str) -> str | None:
    """Give the old pointer of a section or table row; None where that is new."""
    if not above:
        return ""
    if above.endswith("/*"):
        inside = found.get(above[:-2])
        return f"{inside}/*" if inside is not None else None
    return found.get(above)


def _above(pointer: str) -> str:
    return pointer.rpartition("/")[0].removesuffix("/*")


# -- tabs


def _tab_names(old: Form, new: Form, matched: Mapping[str, str | None]) -> dict[str, tuple[str, str]]:
    """Give new pointer -> (tab before, tab now) of the fields on tabs; a tab that was given another title is the same tab."""
    were = {pointer: tab.title for tab in old.layout for pointer in tab.fields}
    are = {pointer: tab.title for tab in new.layout for pointer in tab.fields}
    titles = _tab_titles(old, new, matched)
    return {pointer: (titles.get(were[before], were[before]), now) for pointer, now in are.items() if (before := matched.get(pointer)) in were}


def _tab_titles(old: Form, new: Form, matched: Mapping[str, str | None]) -> dict[str, str]:
    """Give old title -> new title of the tabs that have another one: gone by title, and most of their fields stand on one new tab."""
    now, gone = {tab.title for tab in new.layout}, {tab.title: set(tab.fields) for tab in old.layout}
    made: dict[str, str] = {}
    for tab in new.layout:
        if tab.title in gone or not tab.fields:
            continue
        held = {matched.get(pointer) for pointer in tab.fields}
        near = next((title for title, fields in gone.items() if title not in now and 2 * len(fields & held) > len(fields)), None)
        if near is not None:
            made[near] = tab.title
    return made


def _tabs(teller: Teller, old: Form, new: Form, matched: Mapping[str, str | None]) -> None:
    titles = _tab_titles(old, new, matched)
    was = {title: Item(title) for title in (titles.get(tab.title, tab.title) for tab in old.layout)}
    for before, after in titles.items():
        teller.tell("tab-title", f"탭 '{before}'의 이름이 '{after}'(으)로 바뀌었습니다.", before, after)
    teller.items("탭", "tab", was, {tab.title: Item(tab.title) for tab in new.layout}, {}, ordered=True)
    places = {before: after for after, before in matched.items() if before is not None}
    for tab in new.layout:
        first = next((each for each in old.layout if titles.get(each.title, each.title) == tab.title), None)
        were = [places[pointer] for pointer in first.fields if places.get(pointer) in tab.fields] if first else []
        are = [pointer for pointer in tab.fields if pointer in were]
        if were != are:
            teller.tell("tab-fields", f"탭 '{tab.title}'에서 항목의 차례가 바뀌었습니다.", _named(new, were), _named(new, are))


def _named(form: Form, pointers: list[str]) -> str:
    return listed(form.fields[pointer].title if pointer in form.fields else pointer for pointer in pointers)


# -- branches and checks


def _sections(form: Form, moved: Mapping[str, str] | None) -> Iterator[tuple[str, Section]]:
    """Give each section with its pointer as the new form has it; those that are gone are told as a whole."""
    for section in sections(form.root):
        bare = section.pointer.removesuffix("/*")
        if moved is None or not bare:
            yield section.pointer, section
        elif bare in moved:
            yield moved[bare] + section.pointer[len(bare) :], section


def _branches(form: Form, moved: Mapping[str, str] | None = None) -> dict[str, Item]:
    found = []
    for pointer, section in _sections(form, moved):
        for branch in section.branches:
            aspects = {
                "condition": in_words(branch.condition), "requires": _paths(branch.then, "requires"), "hides": _paths(branch.then, "hides"),
                "else-requires": _paths(branch.other, "requires"), "else-hides": _paths(branch.other, "hides"),
            }
            found.append((f"{pointer}#{branch.id}", Item(branch.id, aspects)))
    return by_id(found)


def _paths(effect: Effect, side: str) -> str:
    return listed(sorted(".".join(path) for path in getattr(effect, side)))


def _checks(form: Form, moved: Mapping[str, str] | None = None) -> dict[str, Item]:
    found = []
    for pointer, section in _sections(form, moved):
        schema = section.schema
        for written in schema.get("x-checks", ()):
            level = "확인만 받음" if written.get("level") == "warning" else "막음"
            rule = next((fx_text(check.rule) for check in section.checks if check.id == written["id"]), "")
            aspects = {"rule": rule, "at": str(written.get("at", "")), "message": written["message"], "level": level}
            found.append((f"{pointer}#{written['id']}", Item(written["id"], aspects)))
    return by_id(found)


def _pairings(form: Form, moved: Mapping[str, str] | None = None) -> dict[str, Item]:
    found = [(f"{pointer}#{name}", Item(name, {"fields": listed(others)})) for pointer, section in _sections(form, moved) for name, others in section.pairs.items()]
    return by_id(found)


def in_words(condition: Mapping[str, Any]) -> str:
    """Give the `if` of a branch as one line: "a이(가) 'x'이고 b이(가) 3 이상"."""
    parts = [_property(name, test) for name, test in condition.get("properties", {}).items()]
    parts += [f"{name}이(가) 있음" for name in condition.get("required", ()) if name not in condition.get("properties", {})]
    parts += [in_words(each) for each in condition.get("allOf", ())]
    if condition.get("anyOf"):
        parts.append("(" + " 또는 ".join(in_words(each) for each in condition["anyOf"]) + ")")
    rest = {key: value for key, value in condition.items() if key not in ("properties", "required", "allOf", "anyOf")}
    return " 그리고 ".join([*parts, *([plain(rest)] if rest else [])])


def _property(name: str, test: Any) -> str:
    if not isinstance(test, dict):
        return f"{name}: {plain(test)}"
    if "const" in test:
        return f"{name} = '{test['const']}'"
    if "enum" in test:
        return f"{name} = " + " 또는 ".join(f"'{each}'" for each in test["enum"])
    if test and set(test) <= set(_SIGNS):
        return f"{name} " + " ".join(f"{value} {_SIGNS[sign]}" for sign, value in test.items())
    return f"{name}: {in_words(test)}" if "properties" in test else f"{name}: {plain(test)}"
