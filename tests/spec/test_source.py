from __future__ import annotations

from decimal import Decimal

from engine.spec.source import read_document, step

TEXT = '''{
  "가": {"나": 1,
    "다": [
      {"a/b": 0.5},
      "글"
    ]
  },
  "끝": true
}'''


def test_each_part_knows_its_line():
    document = read_document("forms/x.json", TEXT.encode())
    assert document.findings == ()
    assert document.data["가"]["다"][0]["a/b"] == Decimal("0.5")
    assert [document.line(p) for p in ("", "/가", "/가/나", "/가/다", "/가/다/0", "/가/다/0/a~1b", "/가/다/1", "/끝")] == [1, 2, 2, 3, 4, 4, 5, 8]


def test_what_is_not_there_stands_at_its_nearest_parent():
    document = read_document("forms/x.json", TEXT.encode())
    assert document.line("/가/다/7/없음") == 3


def test_a_key_written_twice_is_found_with_its_line():
    document = read_document("forms/x.json", b'{\n "a": {"b": 1,\n  "b": 2}\n}')
    assert [(f.line, f.id) for f in document.findings] == [(3, "duplicate-key")]


def test_broken_json_wrong_encoding_and_depth_are_findings_not_errors():
    assert read_document("x", b'{"a": 1,\n}').findings[0].line == 2
    assert read_document("x", "{\n\"가\": 1}".encode("euc-kr")).findings[0].id == "wrong-encoding"
    assert read_document("x", b"[" * 5000 + b"]" * 5000).findings[0].id in ("not-json", "too-deep")
    assert read_document("x", b"[" * 70 + b"]" * 70).findings[0].id == "too-deep"
    assert read_document("x", b'{"a": NaN}').findings[0].id == "not-json"


def test_texts_are_read_in_one_form_of_hangul():
    import unicodedata

    document = read_document("x", unicodedata.normalize("NFD", '{"종료일": "가"}').encode())
    assert document.data == {"종료일": "가"}


def test_pointers_escape_slash_and_tilde():
    assert step("/a", "b/c~d") == "/a/b~1c~0d"
