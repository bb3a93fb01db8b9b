"""Columns of a sheet as fields of a form, and cells as answers."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import Refused
from engine.spec.codes import Code, CodeList, parse_list
from engine.spec.columns import columns_of
from engine.spec.form import compile_form

ON = date(2024, 11, 22)
KINDS = parse_list(
    {"title": "종류", "items": [{"code": 1, "label": "나무 · 목공"}, {"code": 2, "label": "전기"}, {"code": "old", "label": "철공", "to": "2020-12-31"}]}, "kind", "kind.json"
)
PARTS = CodeList("part", "부품", (Code("a1", "기타", 1), Code("b1", "기타", 2), Code("b2", "전선", 2)))
SCHEMA = {
    "$id": "urn:didimdol:form:order:toy", "title": "주문", "type": "object", "additionalProperties": False,
    "properties": {
        "주문일": {"title": "주문한 날", "type": "string", "format": "date"},
        "때": {"title": "때", "type": "string", "format": "date-time"},
        "금액": {"title": "금액", "type": "integer"},
        "급함": {"title": "급함", "type": "boolean"},
        "종류": {"title": "종류", "$ref": "urn:didimdol:list:kind"},
        "부품": {"title": "부품", "$ref": "urn:didimdol:list:part", "x-parent": "종류"},
        "고른것": {"title": "고른 것", "type": "array", "uniqueItems": True, "items": {"$ref": "urn:didimdol:list:kind"}},
        "합": {"title": "합", "type": "integer", "readOnly": True, "x-calc": "금액"},
        "보낼곳": {"title": "보낼 곳", "type": "object", "additionalProperties": False, "properties": {"이름": {"title": "이름", "type": "string"}}},
        "품목": {
            "title": "품목", "type": "array",
            "items": {"type": "object", "additionalProperties": False, "properties": {
                "품명": {"title": "품명", "type": "string"}, "이름": {"title": "이름", "type": "string"}, "값": {"title": "값", "type": "integer"},
            }},
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def root():
    return compile_form(SCHEMA, {"kind": KINDS, "part": PARTS}, "order.json").root


def read(root, heads, *lines, on=ON):
    return columns_of(root, heads).answers([list(line) for line in lines], on)


@pytest.mark.parametrize(
    ("head", "cell", "answer"),
    [
        ("주문한 날", "2024-01-05", {"주문일": "2024-01-05"}),
        ("주문일", "2024. 1. 5.", {"주문일": "2024-01-05"}),
        ("주문한날", "2024년 1월 5일", {"주문일": "2024-01-05"}),
        ("주문일", "20240105", {"주문일": "2024-01-05"}),
        ("주문일", "2024/1/5 00:00:00", {"주문일": "2024-01-05"}),
        ("주문일", "언젠가", {"주문일": "언젠가"}),
        ("때", "2024.1.5 14:30", {"때": "2024-01-05T14:30"}),
        ("금액", "₩1,234,000", {"금액": 1234000}),
        ("금액", "1,000원", {"금액": 1000}),
        ("금액", "12.0", {"금액": 12}),
        ("급함", "O", {"급함": True}),
        ("급함", "아니요", {"급함": False}),
        ("종류", "2", {"종류": 2}),
        ("종류", "나무ㆍ목공", {"종류": 1}),
        ("고른 것", "전기; 나무·목공", {"고른것": [2, 1]}),
        ("고른 것", "전기, 1", {"고른것": [2, 1]}),
        ("보낼 곳/이름", "김하나", {"보낼곳": {"이름": "김하나"}}),
        ("보낼곳 > 이름", "김하나", {"보낼곳": {"이름": "김하나"}}),
        ("품목.2.품명", "톱", {"품목": [{"품명": "톱"}]}),
        ("품명", "톱", {"품목": [{"품명": "톱"}]}),
        ("주문일", "   ", {}),
    ],
)
def test_a_cell_is_read_as_people_write_it(root, head, cell, answer):
    assert read(root, [head], [cell]).answers == answer


def test_a_label_of_several_codes_means_the_one_below_the_answer_above(root):
    assert read(root, ["부품", "종류"], ["기타", "전기"]).answers == {"부품": "b1", "종류": 2}
    assert read(root, ["부품", "종류"], ["기타", ""]).answers == {"부품": "기타"}


def test_tables_go_on_below_or_beside(root):
    columns = columns_of(root, ["주문일", "품목/품명", "품목/값"])
    lines = [["2024-01-05", "톱", "1,000"], ["", "못", "x"]]
    assert columns.goes_on(lines[0], lines[1], ())
    assert not columns.goes_on(lines[0], ["2024-01-06", "못", ""], ())
    assert not columns.goes_on(lines[0], ["", "", ""], ())
    taken = columns.answers(lines, ON)
    assert taken.answers == {"주문일": "2024-01-05", "품목": [{"품명": "톱", "값": 1000}, {"품명": "못", "값": "x"}]}
    place = taken.where("/품목/1/값")
    assert (place.below, place.head) == (1, "품목/값")
    beside = read(root, ["품목.1.품명", "품목.3.품명", "품목.3.값"], ["톱", "못", "5"])
    assert beside.answers == {"품목": [{"품명": "톱"}, {"품명": "못", "값": 5}]}
    assert beside.where("/품목/1/값").head == "품목.3.값"


def test_a_line_with_the_same_number_goes_on(root):
    columns = columns_of(root, ["번호", "주문일", "품목/품명"])
    assert columns.goes_on(["7", "2024-01-05", "톱"], ["7", "2024-01-05", "못"], (0,))
    assert not columns.goes_on(["7", "2024-01-05", "톱"], ["8", "2024-01-05", "못"], (0,))


def test_what_columns_mean_is_told(root):
    columns = columns_of(root, ["주문일", "합", "없는 것", ""])
    assert (columns.unread, columns.unknown) == ({1: "합"}, {2: "없는 것"})
    with pytest.raises(Refused, match=r"여러 항목.*보낼 곳/이름, 품목/이름"):
        columns_of(root, ["이름"])
    with pytest.raises(Refused, match="같은 항목"):
        columns_of(root, ["주문일", "주문한 날"])


def test_codes_of_the_day_win(root):
    assert read(root, ["종류"], ["철공"], on=date(2019, 1, 1)).answers == {"종류": "old"}
    assert read(root, ["종류"], ["철공"]).answers == {"종류": "old"}
