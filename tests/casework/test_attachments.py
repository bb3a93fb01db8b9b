"""Holds S33, S34, S35, S36 (SECURITY.md)."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from engine.casework import attachments
from engine.casework.filetypes import NAME_LIMIT, clean_name, kind_of
from engine.errors import Broken, Forbidden, Invalid, NotFound, Refused, TooLarge
from engine.store.ids import new_id
from engine.store.tables import access_record, file
from tests.casework.world import found_case, found_person, role, roles
from tests.conftest import NOW

EDITION = roles(role("worker", may=["case.read", "case.write"]), role("auditor", may=["case.read"], scope="all"), role("none", may=["report.read"]))


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as bundle:
        for name, content in entries:
            bundle.writestr(name, content)
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 30
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 100 + b"\xff\xd9"
HWP = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 504 + "FileHeader".encode("utf-16-le") + b"\0" * 64 + b"HWP Document File" + b"\0" * 100
HWPX = zipped(("mimetype", "application/hwp+zip"), ("Contents/content.hpf", "x"))
DOCX = zipped(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"))
XLSX = zipped(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<w/>"))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("a.pdf", PDF, "pdf"), ("a.PNG", PNG, "png"), ("a.jpeg", JPG, "jpg"), ("a.hwp", HWP, "hwp"), ("a.hwpx", HWPX, "hwpx"), ("a.docx", DOCX, "docx"), ("a.xlsx", XLSX, "xlsx")],
)  # fmt: skip
def test_allowed_kinds(name, content, kind):
    assert kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.svg", b"<svg/>", "파일만"), ("a.html", b"<html>", "파일만"), ("a", PDF, "파일만"), ("a.exe", b"MZ", "파일만"), ("a.pdf.exe", PDF, "파일만"),
        ("a.pdf", b"", "빈 파일"), ("a.pdf", b"<html><script>", "pdf 형식이"), ("a.pdf", PNG, "pdf 형식이"), ("a.png", b"GIF89a" + PNG, "png 형식이"),
        ("a.jpg", b"MZ" + JPG, "jpg 형식이"), ("a.docx", XLSX, "docx 형식이"), ("a.xlsx", b"PK\x03\x04 broken", "xlsx 형식이"), ("a.hwpx", DOCX, "hwpx 형식이"),
        ("a.hwp", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 900, "hwp 형식이"),
        ("a.docx", zipped(("[Content_Types].xml", ""), ("word/document.xml", ""), ("word/vbaProject.bin", "x")), "docx 형식이"),
        ("a.docx", zipped(("[Content_Types].xml", ""), ("word/document.xml", b"\0" * 5_000_000)), "너무 커지는"),
        ("a.xlsx", zipped(*((f"x{n}", "") for n in range(3001))), "너무 커지는"),
        ("a.docx", zipped(("word/document.xml", ""), ("inner.zip", "x")), "다른 압축"),
        ("a.docx", zipped(("../../etc/passwd", "")), "다른 압축"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_sentence(name, content, sentence):
    with pytest.raises(Refused, match=sentence):
        kind_of(name, content)


def test_zip_whose_entries_share_bytes_is_refused():
    plain = bytearray(zipped(("[Content_Types].xml", "a" * 300), ("word/document.xml", "b" * 300), method=zipfile.ZIP_STORED))
    second = plain.rindex(b"PK\x01\x02")
    plain[second + 42 : second + 46] = (0).to_bytes(4, "little")  # the directory's second entry points at the first one's bytes
    with pytest.raises(Refused, match="짜임"):
        kind_of("a.docx", bytes(plain))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../비밀.pdf", "비밀.pdf"), ("C:\\내 문서\\계획 서.pdf", "계획 서.pdf"), ("a\0b\r\n.pdf", "ab.pdf"), ("fdp\u202e.exe.pdf", "fdp.exe.pdf"),
        (unicodedata.normalize("NFD", "한글.hwp"), "한글.hwp"), ("", "첨부파일"), ("...", "첨부파일"), ("가" * 300 + ".pdf", "가" * (NAME_LIMIT - 4) + ".pdf"),
        ("\ud800.pdf", "pdf"),
    ],
)  # fmt: skip
def test_names_are_made_harmless(given, shown):
    assert clean_name(given) == shown


def test_staged_file_is_its_uploaders_only(desk, files):
    with desk() as d:
        kim, lee = found_person(d, "kim", ["worker"]), found_person(d, "lee", ["worker"])
    with desk(kim, editions=EDITION) as d:
        made = attachments.stage(d, "진단서.pdf", PDF)
        known, content = attachments.read(d, made.id)
    assert (known.name, known.kind, known.size, known.case_id, content) == ("진단서.pdf", "pdf", len(PDF), "", PDF)
    assert known.media_type == "application/pdf"
    assert PDF[:8] not in files.get(made.id)
    with pytest.raises(NotFound), desk(lee, editions=EDITION) as d:
        attachments.read(d, made.id)
    with desk(lee, editions=EDITION) as d:
        assert attachments.describe(d, [made.id, new_id()]) == ()


def test_attached_file_is_seen_as_its_case_is(desk):
    with desk() as d:
        case = found_case(d)
        kim, lee = found_person(d, "kim", ["worker"]), found_person(d, "lee", ["worker"])
        park, choi, none = (
            found_person(d, "park", ["worker"], place="숲집"),
            found_person(d, "choi", ["auditor"], place="숲집"),
            found_person(d, "none", ["none"]),
        )
    with desk(kim, editions=EDITION) as d:
        made = attachments.stage(d, "a.pdf", PDF)
        attachments.claim(d, case, None, {"/서류": [made.id]}, {})
        attachments.claim(d, case, None, {"/서류": [made.id]}, {})
    for other in (lee, choi):
        with desk(other, editions=EDITION) as d:
            assert attachments.read(d, made.id, reason="확인")[1] == PDF
            assert [one.id for one in attachments.describe(d, [made.id])] == [made.id]
    for other in (park, none):
        with pytest.raises(NotFound), desk(other, editions=EDITION) as d:
            attachments.read(d, made.id)
    with desk() as d:
        seen = d.connection.execute(select(access_record.c.login, access_record.c.subject, access_record.c.reason)).all()
    assert seen == [("lee", case, "확인"), ("choi", case, "확인")]


def test_only_own_staged_files_and_those_of_the_case_can_be_claimed(desk):
    with desk() as d:
        one, other = found_case(d), found_case(d)
        kim, lee = found_person(d, "kim", ["worker"]), found_person(d, "lee", ["worker"])
    with desk(kim, editions=EDITION) as d:
        made, taken = attachments.stage(d, "a.pdf", PDF), attachments.stage(d, "b.pdf", PDF)
        attachments.claim(d, other, None, {"/서류": [taken.id]}, {})
    with pytest.raises(Invalid) as caught, desk(lee, editions=EDITION) as d:
        attachments.claim(d, one, None, {"/서류": [made.id], "/다른": [new_id(), taken.id]}, {})
    assert [error.path for error in caught.value.errors] == ["/서류", "/다른", "/다른"]
    with desk() as d:
        assert d.connection.execute(select(file.c.case_id).where(file.c.id == made.id)).scalar_one() is None


def test_rule_of_the_field_holds_too(desk):
    field, other = SimpleNamespace(schema={"x-file": {"accept": ["pdf", "jpg"], "maxMB": 1}}), SimpleNamespace(schema={})
    with desk() as d:
        kim = found_person(d, "kim", ["worker"])
    with desk(kim, editions=EDITION) as d:
        assert attachments.stage(d, "a.pdf", PDF, field=field).kind == "pdf"
        attachments.stage(d, "a.png", PNG, field=other)
        with pytest.raises(Refused, match="pdf, jpg 파일만"):
            attachments.stage(d, "a.png", PNG, field=field)
        with pytest.raises(TooLarge, match="1MB"):
            attachments.stage(d, "a.pdf", PDF + b"\0" * 1_000_000, field=field)


def test_who_may_not_write_may_not_upload(desk):
    with desk() as d:
        nobody = found_person(d, "none", ["none"])
    with pytest.raises(Forbidden), desk(nobody, editions=EDITION) as d:
        attachments.stage(d, "a.pdf", PDF)


def test_size_and_number_are_bounded(desk, monkeypatch):
    with desk() as d:
        kim = found_person(d, "kim", ["worker"])
    monkeypatch.setattr(attachments, "LIMIT", 1000)
    monkeypatch.setattr(attachments, "STAGED_LIMIT", 2 * len(PDF))
    with pytest.raises(TooLarge), desk(kim, editions=EDITION) as d:
        attachments.stage(d, "a.pdf", PDF + b"\0" * 1000)
    with desk(kim, editions=EDITION) as d:
        attachments.stage(d, "a.pdf", PDF)
        attachments.stage(d, "a.pdf", PDF)
        with pytest.raises(Refused, match="먼저 저장"):
            attachments.stage(d, "a.pdf", PDF)


def test_damaged_content_is_noticed(desk, files):
    with desk() as d:
        kim = found_person(d, "kim", ["worker"])
    with desk(kim, editions=EDITION) as d:
        made, other = attachments.stage(d, "a.pdf", PDF), attachments.stage(d, "b.png", PNG)
        sealed = files.get(made.id)
        files.put(made.id, sealed[:-1] + bytes([sealed[-1] ^ 1]))
        with pytest.raises(Broken):
            attachments.read(d, made.id)
        files.put(made.id, files.get(other.id))  # someone else's content under this id
        with pytest.raises(Broken):
            attachments.read(d, made.id)


def test_staged_files_are_dropped_when_nobody_took_them(desk, files):
    with desk() as d:
        kim, case = found_person(d, "kim", ["worker"]), found_case(d)
    with desk(kim, editions=EDITION) as d:
        kept, left = attachments.stage(d, "a.pdf", PDF), attachments.stage(d, "b.pdf", PDF)
        attachments.claim(d, case, None, {"/서류": [kept.id]}, {})
    with desk(now=NOW + timedelta(days=13)) as d:
        assert attachments.drop_staged(d) == 0
    with desk(now=NOW + timedelta(days=15)) as d:
        assert attachments.drop_staged(d) == 1
    assert list(files.names()) == [kept.id]
    with pytest.raises(NotFound), desk(kim, editions=EDITION) as d:
        attachments.read(d, left.id)
