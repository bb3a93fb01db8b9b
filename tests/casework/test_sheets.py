"""Files of lines, also those that mean harm.

Holds S34 (SECURITY.md).
"""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.casework import sheets
from engine.errors import Refused
from tests.casework.sheet import packed, workbook


def lines(path, sheet=""):
    with sheets.opened(path, sheet) as found:
        return [(line.number, line.cells) for line in found.lines]


def put(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_blank_lines_count_but_are_left_out(tmp_path):
    assert lines(put(tmp_path, "a.csv", "가,나\n\n1,2\n".encode())) == [(1, ["가", "나"]), (3, ["1", "2"])]
    assert lines(put(tmp_path, "a.xlsx", workbook([["가", "나"], ["1", ""]], first=3))) == [(3, ["가", "나"]), (4, ["1", ""])]


@pytest.mark.parametrize("text", ["가\t나\n1\t2\n", "가;나\n1;2\n", '"가","나"\r\n1,2'])
def test_any_usual_csv_is_read(tmp_path, text):
    assert [cells for _, cells in lines(put(tmp_path, "a.csv", text.encode("cp949")))] == [["가", "나"], ["1", "2"]]


def test_kinds_of_cells(tmp_path):
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>3</v></c><c r="B1"><v>2.5</v></c>'
        '<c r="C1" t="b"><v>1</v></c><c r="D1" t="d"><v>2024-01-05T00:00:00</v></c></row></sheetData></worksheet>'
    )
    assert lines(put(tmp_path, "a.xlsx", packed(sheet))) == [(1, ["3", "2.5", "true", "2024-01-05"])]


def test_a_sheet_is_chosen_by_name(tmp_path):
    path = put(tmp_path, "a.xlsx", workbook([["가"]], sheet="2022년"))
    assert lines(path, "2022년") == [(1, ["가"])]
    with pytest.raises(Refused, match="2022년"):
        lines(path, "2023년")


def test_entities_are_not_followed(tmp_path):
    inside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    path = put(tmp_path, "a.xlsx", packed(inside))
    try:
        found = lines(path)
    except Refused:
        found = []
    assert "root" not in repr(found)


def _lying(size):
    """A zip whose directory says that its sheet is small."""
    content = bytearray(packed("x" * 1000 + " " * size))
    for at in range(len(content) - 46):
        if content[at : at + 4] == b"PK\x01\x02" and b"sheet1.xml" in content[at + 46 : at + 46 + 40]:
            content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf", "xlsx 파일과 csv 파일만"),
        ("a.xlsx", b"PK\x03\x04 nothing", "형식이 아닙니다"),
        ("a.xlsx", workbook([["가"]])[:-40], "형식이 아닙니다"),
        ("a.xlsx", packed("x", **{"xl/embeddings/inner.zip": "x"}), "다른 압축 파일"),
        ("a.xlsx", packed(" " * 30_000_000), "너무 커지는"),
        ("a.xlsx", _lying(3_000_000), "읽을 수 없는|올바르지|너무 커지는|형식이"),
        ("a.csv", "가,나".encode("utf-16"), "UTF-8이나 CP949"),
        ("a.csv", b"\xff\x00\x01", "글자를 읽을 수 없습니다"),
        ("a.csv", b'a,"b\nc', "따옴표"),
        ("a.csv", b"a" * 50_000 + b"\n", "따옴표"),
        ("a.csv", b"," * 3000 + b"x", "열이 너무 많습니다"),
    ],
)
def test_a_hostile_file_is_an_error_and_no_more(tmp_path, name, content, said):
    with pytest.raises(Refused, match=said):
        lines(put(tmp_path, name, content))


def test_a_file_too_large_or_missing_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST", 3)
    with pytest.raises(Refused, match="너무 큽니다"):
        lines(put(tmp_path, "a.csv", b"a,b,c"))
    with pytest.raises(Refused, match="열 수 없습니다"):
        lines(tmp_path / "none.csv")


def test_the_reader_may_take_little(tmp_path):
    """A child that needs more memory than it may have ends; the parent says so and lives."""
    many = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in (1, 1_048_576))
    path = put(tmp_path, "a.xlsx", packed(f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{many}</sheetData></worksheet>'))
    with pytest.raises(Refused):
        lines(path)


def test_what_a_spreadsheet_would_compute_is_quoted_and_read_back(tmp_path):
    for text in ("=1+1", "+82-10", "-1", "@x", "\tx"):
        assert not sheets.guarded(text).startswith(sheets.FORMULA)
        content = f'"{sheets.guarded(text)}",b\n'.encode()
        assert lines(put(tmp_path, "a.csv", content))[0][1][0] == text
    assert sheets.guarded("plain") == "plain"
    assert zipfile.is_zipfile(io.BytesIO(workbook([["a"]])))
