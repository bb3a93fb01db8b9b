"""What changed in the parts of an edition that are JSON but no screens: code lists, views, reports, roles, and what `edition.json` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.change import Item, Teller, by_id, fx_text, listed, plain, yes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.codes import CodeList
    from engine.spec.expression import Fx
    from engine.spec.outline import Outline
    from engine.spec.report import Part, Report
    from engine.spec.role import MenuItem, Roles
    from engine.spec.view import Filter, View

_OPTION = {"parent": "윗항목", "from": "처음 쓰는 날", "retired": "마지막으로 쓰는 날"}
_COLUMN = {"value": "식", "type": "형식", "group": "묶는 제목", "link": "이제 누르면 대상이 열립니다.|이제 눌러도 대상이 열리지 않습니다."}
_FILTER = {
    "kind": "종류", "column": "열", "value": "식", "type": "형식", "required": "이제 꼭 있어야 합니다.|이제 없어도 됩니다.", "default": "처음 값", "options": "선택지", "list": "코드 목록",
}
_VIEW = {"where": "담는 조건", "kinds": "볼 수 있는 기관 종류", "sort": "처음 차례", "screen": "메뉴와 매뉴얼 자리", "list": "매뉴얼의 목록", "of": "줄이 되는 기록의 서식", "drafts": "이제 초안도 담습니다.|이제 초안은 담지 않습니다."}
_PART = {"value": "식", "type": "형식", "how": "세는 방법", "options": "차례", "list": "코드 목록"}
_CHARTS = {"": "", "bars": "막대", "stacked": "쌓은 막대", "lines": "꺾은선", "none": "그리지 않음"}
_ROLE = {
    "lanes": "레인", "kinds": "기관 종류", "exclusive": "함께 가질 수 없는 묶음", "may": "권한", "scope": "미치는 범위", "sort": "권한종류",
}
_COUNTER = {"hint": "설명", "unit": "단위", "tasks": "셀 일", "cases": "셀 날", "within": "남은 날수"}
_CASE = {
    "title": "부르는 말", "register": "등록 서식", "label": "이름 식", "number": "번호 식", "birth": "생일 식", "sex": "성별 식", "short": "짧은 소개 식", "closed": "끝남 식",
    "text": "찾을 글", "identifiers": "찾을 번호", "beside": "모든 화면에서 갈 수 있는 일",
}


# -- code lists


def tell_list(teller: Teller, old: CodeList, new: CodeList) -> None:
    """Tell what changed among the options of a list. One that gets a last day is told as retired."""
    if old.title != new.title:
        teller.tell("list-title", f"코드 목록 '{old.title}'의 이름이 '{new.title}'(으)로 바뀌었습니다.", old.title, new.title)
    teller.items("선택지", "option", _options(old), _options(new), _OPTION, ordered=True)


def _options(codes: CodeList) -> dict[str, Item]:
    return by_id([
        (str(code.code), Item(code.label, {"parent": plain(code.parent), "from": plain(code.from_ and str(code.from_)), "retired": plain(code.to_ and str(code.to_))}, tuple(map(str, code.was))))
        for code in codes.items
    ])


def code_names(old: CodeList, new: CodeList) -> dict[str, str]:
    """Give old code -> new code of the options that have another."""
    kept = {str(item.code) for item in new.items}
    known = {str(item.code) for item in old.items}
    return {str(was): str(item.code) for item in new.items for was in item.was if str(was) in known and str(was) not in kept}


# -- views and reports


def tell_view(teller: Teller, old: View, new: View) -> None:
    """Tell what changed on a list screen."""
    if old.title != new.title:
        teller.tell("view-title", f"목록의 이름이 '{old.title}'에서 '{new.title}'(으)로 바뀌었습니다.", old.title, new.title)
    for aspect, word in _VIEW.items():
        teller.value("목록", f"view-{aspect}", word, _of_view(old)[aspect], _of_view(new)[aspect])
    teller.items("열", "column", _columns(old), _columns(new), _COLUMN, ordered=True)
    teller.items("조회 조건", "filter", _filters(old), _filters(new), _FILTER)


def _of_view(view: View) -> dict[str, str]:
    sort = listed(f"{step.column}{' (거꾸로)' if step.descending else ''}" for step in view.sort)
    return {
        "where": fx_text(view.where), "kinds": listed(view.kinds), "sort": sort, "screen": plain(dict(view.screen)), "list": view.list, "of": view.of,
        "drafts": yes(view.drafts),
    }


def _columns(view: View) -> dict[str, Item]:
    return by_id([
        (column.id, Item(column.title, {"value": fx_text(column.value), "type": column.type, "group": column.group, "link": yes(column.link)})) for column in view.columns
    ])


def _filters(view: View, *, own_values: bool = False) -> dict[str, Item]:
    return by_id([(each.id, Item(each.title, _filter(view, each, own_values=own_values))) for each in view.filters])


def _filter(view: View, each: Filter, *, own_values: bool) -> dict[str, str]:
    column = view.column(each.column)
    over = {"value": fx_text(column.value), "type": column.type} if own_values and column else {"column": each.column}
    return {
        "kind": each.kind, **over, "required": yes(each.required), "default": listed(fx.source for fx in each.default), "options": listed(each.options), "list": each.list,
    }


def tell_report(teller: Teller, old: Report, new: Report) -> None:
    """Tell what changed in a statistic."""
    if old.title != new.title:
        teller.tell("report-title", f"통계의 이름이 '{old.title}'에서 '{new.title}'(으)로 바뀌었습니다.", old.title, new.title)
    teller.value("통계", "report-where", "세는 조건", fx_text(old.where), fx_text(new.where))
    teller.value("통계", "report-chart", "그림", _CHARTS[old.chart], _CHARTS[new.chart])
    teller.value("통계", "report-screen", "메뉴와 매뉴얼 자리", plain(dict(old.screen)), plain(dict(new.screen)))
    teller.items("나누는 기준", "group", _parts(old.groups), _parts(new.groups), _PART, ordered=True)
    teller.items("세는 것", "measure", _parts(old.measures), _parts(new.measures), _PART, ordered=True)
    teller.items("조회 조건", "filter", _filters(old.stored, own_values=True), _filters(new.stored, own_values=True), _FILTER)


def _parts(parts: Iterable[Part]) -> dict[str, Item]:
    return by_id([
        (part.id, Item(part.title, {"value": fx_text(part.value), "type": part.type, "how": part.how, "options": listed(part.options), "list": part.list})) for part in parts
    ])


# -- roles


def tell_roles(teller: Teller, old: Roles, new: Roles) -> None:
    """Tell what changed among lanes, roles and the menu."""
    teller.items("레인", "lane", {each.id: Item(each.title) for each in old.lanes.values()}, {each.id: Item(each.title) for each in new.lanes.values()}, {})
    teller.items("역할", "role", _roles(old), _roles(new), _ROLE)
    teller.items("기관 종류", "kind", _kinds(old), _kinds(new), {"code": "코드"})
    teller.items("메뉴", "menu", _menu(old.menu), _menu(new.menu), {"may": "권한"}, ordered=True)


def _roles(roles: Roles) -> dict[str, Item]:
    return {
        role.id: Item(role.title, {"lanes": listed(role.lanes), "kinds": listed(role.kinds), "exclusive": role.exclusive, "may": listed(sorted(role.may)), "scope": role.scope, "sort": role.sort})
        for role in roles.roles.values()
    }


def _kinds(roles: Roles) -> dict[str, Item]:
    return {kind: Item(kind, {"code": code}) for kind, code in sorted(roles.codes.items())}


def _menu(menu: Iterable[MenuItem]) -> dict[str, Item]:
    return by_id([(" ".join(filter(None, (item.page, item.view, item.form))), Item(item.title, {"may": item.may})) for item in menu])


# -- edition.json


def tell_outline(teller: Teller, old: Outline, new: Outline) -> None:
    """Tell what changed in how a case is called, closed and found, in named facts and in the figures of the first page."""
    for aspect, word, before, after in (
        ("name", "짧은 이름", old.name, new.name), ("title", "이름", old.title, new.title), ("from", "시행일", str(old.in_force_from), str(new.in_force_from)),
        ("manual", "매뉴얼", plain(dict(old.manual)), plain(dict(new.manual))),
    ):
        teller.value("판", f"edition-{aspect}", word, before, after)
    teller.items("이름 붙인 사실", "fact", _facts(old.facts), _facts(new.facts), {"value": "식"})
    for aspect, word in _CASE.items():
        teller.value("대상", f"case-{aspect}", word, _of_case(old)[aspect], _of_case(new)[aspect])
    first, now = old.case, new.case
    teller.items("대상 상태", "status", _dated((s.id, s.title, s.when) for s in first.status), _dated((s.id, s.title, s.when) for s in now.status), {"value": "조건"}, ordered=True)
    teller.items("대상 단계", "stage", _dated((s.id, s.title, s.date) for s in first.stages), _dated((s.id, s.title, s.date) for s in now.stages), {"value": "날짜 식"}, ordered=True)
    teller.items("대상 카드의 줄", "card", _dated((t, t, fx) for t, fx in first.card), _dated((t, t, fx) for t, fx in now.card), {"value": "식"}, ordered=True)
    teller.items("기관의 일", "institution", _of_institutions(old), _of_institutions(new), {})
    teller.items("기관 카드의 줄", "institution-card", _institution_card(old), _institution_card(new), {"value": "식"}, ordered=True)
    teller.items("첫 화면의 수", "counter", _counters(old), _counters(new), _COUNTER, ordered=True)


def _of_institutions(edition: Outline) -> dict[str, Item]:
    return {"": Item(edition.institution_case.title, {})} if edition.institution_case else {}


def _institution_card(edition: Outline) -> dict[str, Item]:
    return _dated((t, t, fx) for t, fx in edition.institution_case.card) if edition.institution_case else {}


def _facts(facts: Mapping[str, Fx]) -> dict[str, Item]:
    return {name: Item(name, {"value": fx.source}) for name, fx in facts.items()}


def _dated(parts: Iterable[tuple[str, str, Fx | None]]) -> dict[str, Item]:
    return by_id([(ident, Item(title, {"value": fx_text(fx)})) for ident, title, fx in parts])


def _of_case(outline: Outline) -> dict[str, Any]:
    case = outline.case
    return {
        "title": case.title, "register": case.form, "label": fx_text(case.label), "number": fx_text(case.number), "birth": fx_text(case.birth), "sex": fx_text(case.sex),
        "short": fx_text(case.short), "closed": fx_text(case.closed), "text": listed(fx.source for fx in case.search.text), "identifiers": listed(case.search.identifiers),
        "beside": listed(case.beside),
    }


def _counters(outline: Outline) -> dict[str, Item]:
    return by_id([
        (each.id, Item(each.title, {"hint": each.hint, "unit": each.unit, "tasks": fx_text(each.tasks), "cases": fx_text(each.cases), "within": str(each.within) if each.cases else ""}))
        for each in outline.home
    ])
