"""A form with its answers as a screen: what is shown, how it is grouped, what is said.

Holds S18, S41 (SECURITY.md).
"""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import FieldError
from engine.spec.codes import parse_list
from engine.spec.form import compile_form
from web import papers, rendering
from web.blocks import Block
from web.figures import figures
from web.formpage import Sending
from web.screens import Extras, draw, final_of
from web.widgets import FileLine, Widget

DAY = date(2024, 11, 22)
LISTS = {
    "kind": parse_list({"title": "갈래", "items": [{"code": "나무", "label": "나무 일"}, {"code": "전기", "label": "전기 일"}]}, "kind", "kind.json"),
    "tool": parse_list({"title": "도구", "items": [{"code": f"t{n}", "label": f"도구 {n}"} for n in range(12)]}, "tool", "tool.json"),
    "scale": parse_list({"title": "답", "items": [{"code": n, "label": f"{n}점"} for n in (1, 2, 3)]}, "scale", "scale.json"),
}


def text(title, **more):
    return {"title": title, "type": "string", **more}


def amount(title, **more):
    return {"title": title, "type": "integer", "minimum": 0, "x-ui": {"unit": "원"}, **more}


def question(number):
    return {"title": f"{number}. 물음", "type": "integer", "$ref": "urn:didimdol:list:scale", "x-ui": {"widget": "scale"}}


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:didimdol:form:visit:toy", "x-dialect": 1,
    "x-screen": {"title": "방문", "manual": {"page": 7}, "final": {"when": "갈래 == '전기'", "message": "저장하면 끝납니다."}},
    "type": "object", "additionalProperties": False, "required": ["날짜", "갈래"],
    "properties": {
        "날짜": {"title": "날짜", "type": "string", "format": "date", "x-help": {"text": "간 날입니다.", "manual": {"page": 7}}},
        "갈래": {"title": "갈래", "$ref": "urn:didimdol:list:kind"},
        "도구": {"title": "도구", "$ref": "urn:didimdol:list:tool"},
        "내용": text("내용", maxLength=2000),
        "나무일": {
            "title": "나무 일", "type": "object", "additionalProperties": False, "required": ["두께"],
            "properties": {"두께": {"title": "두께", "type": "integer", "x-ui": {"unit": "mm"}, "x-help": {"text": "가장 얇은 곳", "manual": {"page": 9}}}},
        },
        "집": amount("집"), "옷": amount("옷"), "밥": amount("밥"),
        "모두": amount("모두", readOnly=True, **{"x-calc": "집 + 옷 + 밥"}),
        "살것": {
            "title": "살 것", "type": "array", "minItems": 1, "maxItems": 2, "x-total": ["값"],
            "items": {"type": "object", "additionalProperties": False, "required": ["이름"], "properties": {"이름": text("이름"), "값": amount("값")}},
        },
        "물음1": question(1), "물음2": question(2),
        "번호": text("번호", **{"x-sensitive": "account"}),
        "붙임": {"title": "붙임", "type": "array", "maxItems": 2, "items": {"type": "string", "format": "x-file"}, "x-file": {"accept": ["pdf"], "maxMB": 1}},
    },
    "allOf": [
        {
            "x-id": "나무", "if": {"required": ["갈래"], "properties": {"갈래": {"const": "나무"}}},
            "then": {"required": ["나무일"]}, "else": {"properties": {"나무일": False}},
        },
        {
            "x-id": "값", "if": {"required": ["집"], "properties": {"집": {"minimum": 1}}},
            "then": {"required": ["살것"]}, "else": {"properties": {"살것": False}},
        },
    ],
    "x-layout": [
        {"tab": "바탕", "fields": ["날짜", "갈래", "도구", "내용", "번호", "붙임"]}, {"tab": "나무", "fields": ["나무일"]},
        {"tab": "돈", "fields": ["집", "옷", "밥", "모두", "살것"]}, {"tab": "물음", "fields": ["물음1", "물음2"]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def form():
    return compile_form(SCHEMA, LISTS, "forms/visit.json")


def screen_of(form, answers, **more):
    return draw(form, form.read(answers, {}, DAY, strict=False), answers, **more)


def widgets(screen):
    def inside(items):
        for item in items:
            if isinstance(item, Widget):
                yield item
            elif isinstance(item, Block):
                yield from inside(item.items)
                for row in item.rows:
                    yield from row.cells

    return {widget.name: widget for sheet in screen.sheets for widget in inside(sheet.blocks)}


def test_each_kind_of_field_gets_its_widget(form):
    found = widgets(screen_of(form, {"갈래": "나무", "집": 1}))
    kinds = {name: widget.kind for name, widget in found.items()}
    assert kinds["/날짜"] == "date"
    assert kinds["/갈래"] == "radio"
    assert kinds["/도구"] == "select"
    assert found["/도구"].search
    assert kinds["/내용"] == "longtext"
    assert kinds["/번호"] == "masked"
    assert kinds["/붙임"] == "files"
    assert found["/붙임"].accept == ".pdf"
    assert kinds["/나무일/두께"] == "number"
    assert kinds["/모두"] == "derived"


def test_money_is_grouped_and_bad_numbers_stay_as_typed(form):
    found = widgets(screen_of(form, {"집": 1000000, "옷": "많이"}))
    assert found["/집"].value == "1,000,000"
    assert found["/옷"].value == "많이"
    assert found["/옷"].error


def test_blanks_are_no_errors_before_a_save_is_tried(form):
    early, tried = screen_of(form, {}), screen_of(form, {}, tried=True)
    assert early.errors == []
    assert {line.target for line in tried.errors} >= {"f-날짜", "f-갈래"}
    assert tried.errors[0].text.startswith("바탕: ")
    assert widgets(tried)["/날짜"].described == "f-날짜-e f-날짜-h"


def test_tabs_tell_their_state(form):
    screen = screen_of(form, {"날짜": "2024-11-22", "갈래": "전기", "물음1": 2})
    assert [(sheet.title, sheet.state, sheet.state_text) for sheet in screen.sheets] == [
        ("바탕", "done", "완료"), ("나무", "none", "해당 없음"), ("돈", "due", "입력 전"), ("물음", "draft", "입력 중 1/2"),
    ]  # fmt: skip
    assert screen_of(form, {}, tried=True).sheets[0].state_text == "고칠 곳 2"


def test_a_revealed_part_says_what_revealed_it(form):
    screen = screen_of(form, {"갈래": "나무", "집": 1})
    table = next(block for block in screen.sheets[2].blocks if block.kind == "table")
    assert table.note == "집 입력에 따라 나타났습니다"
    assert screen.sheets[1].state == "due"
    assert screen.sheets[1].blocks[0].kind == "grid"


def test_a_required_table_offers_its_first_row_and_sums_up(form):
    empty = next(b for b in screen_of(form, {"집": 1}).sheets[2].blocks if b.kind == "table")
    assert [row.nth for row in empty.rows] == [1]
    filled = screen_of(form, {"집": 1, "살것": [{"이름": "못", "값": 300}, {"이름": "판", "값": 1200}]})
    table = next(b for b in filled.sheets[2].blocks if b.kind == "table")
    assert [(total.title, total.value) for total in table.totals] == [("값", "1,500원")]
    assert table.full
    assert table.rows[1].cells[0].aria == "2번째 줄 이름"


def test_three_amounts_share_a_line_and_derived_values_stand_apart(form):
    blocks = screen_of(form, {"집": 1, "옷": 2, "밥": 3}).sheets[2].blocks
    assert (blocks[0].kind, blocks[0].three, blocks[1].kind) == ("grid", True, "derived")
    assert blocks[1].items[0].value == "6원"


def test_questions_of_one_scale_become_a_table_beside_the_last_answers(form):
    extras = Extras(before={"물음1": 3}, before_on="2023-03-06")
    block = screen_of(form, {"물음1": 2}, extras=extras).sheets[3].blocks[0]
    assert (block.kind, block.done, block.before) == ("likert", 1, "2023-03-06")
    assert [column.title for column in block.columns] == ["1점", "2점", "3점"]
    assert [widget.before for widget in block.items] == ["3 3점", "-"]


def test_help_names_the_manual_page_only_where_it_is_another(form):
    found = widgets(screen_of(form, {"갈래": "나무"}))
    assert found["/날짜"].page is None
    assert found["/나무일/두께"].page == 9


def test_what_does_not_apply_now_is_put_aside_not_lost(form):
    answers = {"갈래": "전기", "집": 0, "나무일": {"두께": 12}, "살것": [{"이름": "못", "값": "셋"}, {"이름": ""}], "모두": 3, "모름": "x"}
    screen = screen_of(form, answers)
    assert screen.aside == [("/나무일/두께", "12"), ("/살것/0/이름", "못"), ("/살것/0/값", "셋")]
    assert form.decode([("/갈래", "나무"), *screen.aside])["나무일"] == {"두께": 12}
    assert screen_of(form, {**answers, "갈래": "나무", "집": 1}).aside == []


def test_a_retired_code_stays_visible(form):
    found = widgets(screen_of(form, {"갈래": "물레"}))
    assert [(choice.value, choice.on) for choice in found["/갈래"].choices][-1] == ("물레", True)


def test_the_sentence_before_a_final_save_follows_its_condition(form):
    assert screen_of(form, {"갈래": "전기"}).final == "저장하면 끝납니다."
    assert screen_of(form, {"갈래": "나무"}).final == ""
    assert final_of(form, form.read({}, {}, DAY, strict=False)) == ""


def test_errors_without_a_place_are_told_without_a_link(form):
    reading = form.read({"날짜": "2024-11-22", "갈래": "전기"}, {}, DAY)
    object.__setattr__(reading, "errors", (FieldError("/없음", "x", "어긋났습니다."),))
    assert draw(form, reading, {}, tried=True).errors[0].target == ""


SENDING = Sending("/tasks/1", "d/visit", "key", 1, 0, "/tasks/1/draft", "저장")


class Request:
    """Stands for the two things a template asks of a request."""

    class state:
        csrf = "token"
        flash = ""


def html_of(screen):
    return rendering.text(Request, "parts/form.html", {"screen": screen, "sending": SENDING})


def test_every_block_renders_and_nothing_is_inline(form):
    answers = {
        "날짜": "2024-11-22", "갈래": "나무", "나무일": {"두께": 3}, "집": 1, "살것": [{"이름": "못", "값": 300}], "물음1": 2, "번호": "●●●●1234", "붙임": ["F"],
    }  # fmt: skip
    html = html_of(screen_of(form, answers, tried=True, extras=Extras(files={"F": FileLine("F", "표.pdf", "1 KB")}, reveal="/records/1/reveal")))
    for part in ('name="/살것/0/이름"', 'value="add:/살것"', 'id="f-살것"', "표.pdf", 'href="/records/1/reveal?at=/번호"', "likert", "<output"):
        assert part in html
    assert " style=" not in html
    assert "<script" not in html
    assert "onclick" not in html


def test_only_fields_that_change_the_screen_are_live(form):
    html = html_of(screen_of(form, {}))
    assert 'class="input live" type="text" inputmode="numeric" id="f-집"' in html
    assert 'class="input" id="f-내용"' in html


def test_whatever_is_typed_is_text_on_the_page(form):
    evil = "\"><script>alert(1)</script>'{{7*7}}"
    html = html_of(screen_of(form, {"날짜": evil, "내용": evil, "갈래": evil, "살것": [{"이름": evil}], "집": 1}, tried=True))
    assert "<script" not in html
    assert "49" not in html


def test_a_record_reads_as_paper(form):
    data = {"날짜": "2024-11-22", "갈래": "나무", "나무일": {"두께": 3}, "집": 1500, "살것": [{"이름": "못", "값": 300}], "번호": "●●●●1234"}
    sheets = papers.read(form, data, reveal="/records/1/reveal", omit=["/내용"])
    assert [sheet.title for sheet in sheets] == ["바탕", "나무", "돈", "물음"]
    pairs = {pair.title: pair for sheet in sheets for group in sheet.groups for pair in group.pairs}
    assert pairs["갈래"].value == "나무 일"
    assert pairs["집"].value == "1,500원"
    assert pairs["옷"].value == "-"
    assert pairs["번호"].reveal == "/records/1/reveal?at=/번호"
    assert "내용" not in pairs
    table = next(group for sheet in sheets for group in sheet.groups if group.columns)
    assert (table.rows, table.totals) == ([["못", "300원"]], ["", "300원"])


def test_questions_read_as_sentences_and_empty_tables_as_one_line(form):
    sheets = {sheet.title: sheet for sheet in papers.read(form, {"집": 1, "물음1": 3})}
    assert [(pair.asked, pair.value) for pair in sheets["물음"].groups[0].pairs] == [(True, "3점"), (True, "-")]
    money = next(sheet for sheet in papers.read(form, {"집": 1, "살것": []}) if sheet.title == "돈")
    shown = {pair.title: pair.value for group in money.groups for pair in group.pairs}
    assert shown["살 것"] == "-"


def test_a_hidden_part_is_not_on_the_paper(form):
    titles = [sheet.title for sheet in papers.read(form, {"날짜": "2024-11-22", "갈래": "전기"})]
    assert "나무" not in titles


def test_the_answer_before_stands_beside_a_field_that_asks_for_it():
    kinds = {"title": "갈래", "$ref": "urn:didimdol:list:kind"}
    form = compile_form(
        {"type": "object", "title": "일", "$id": "urn:didimdol:form:work:1", "x-dialect": 1, "additionalProperties": False,
         "properties": {"가": {**kinds, "x-ui": {"previous": True}}, "나": kinds, "액수": amount("액수", **{"x-ui": {"unit": "원", "previous": True}})}},
        LISTS, "work.json",
    )  # fmt: skip
    screen = draw(form, form.read({}, {}, DAY), {}, extras=Extras(before={"가": "전기", "나": "나무", "액수": 12000}, before_on="2023-03-06"))
    told = {widget.title + widget.name: widget.before for block in screen.sheets[0].blocks for widget in block.items}
    assert told == {"갈래/가": "이전 기록 2023-03-06: 전기 일", "갈래/나": "", "액수/액수": "이전 기록 2023-03-06: 12,000원"}


def test_derived_figures_stand_beside_what_they_were():
    run = [Widget("derived", f"f-{name}", f"/{name}", name) for name in ("가", "나", "다")]
    block = figures(run, [("2022-03-01", {"가": 50, "나": 60}), ("2023-03-01", {"가": 75})], [100, None, 120])
    assert block.series == ["2022-03-01", "2023-03-01", "지금"]
    assert block.most == 200
    assert [figure.values for figure in block.items] == [["50", "75", "100"], ["60", "-", "-"], ["-", "-", "120"]]
    assert [[mark.look for mark in figure.dots] for figure in block.items] == [["m1", "m2", "m3"], ["m1"], ["m3"]]
