"""A zip from outside is bounded before and while it is unpacked (S34, D12)."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest

from engine.errors import TooLarge
from web.api.bundles import unzip
from web.refusals import Unreadable

GOOD = {"forms/edition.json": b"{}", "workflows/lifecycle.bpmn": b"<x/>"}


def zipped(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as bundle:
        for name, content in files.items() if isinstance(files, dict) else files:
            bundle.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("around", ["", "edition-2025/"])
def test_the_two_folders_alone_or_in_one(around):
    more = {"README.md": b"#", ".git/config": b"", "__MACOSX/forms/._edition.json": b""}
    assert unzip(zipped({around + name: content for name, content in {**GOOD, **more}.items()})) == GOOD


@pytest.mark.parametrize(
    "name",
    ["../forms/x.json", "forms/../../x.json", "/etc/passwd", "forms\\x.json", "forms/./x.json", "forms/a\u202egnp.json", "forms/" + "가" * 300 + ".json"],
)
def test_s35_paths_that_lead_elsewhere_are_refused(name):
    with pytest.raises(Unreadable):
        unzip(zipped({**GOOD, name: b"{}"}))


def test_a_bomb_is_refused_by_its_directory():
    with pytest.raises(TooLarge):
        unzip(zipped({"forms/x.json": b" " * 50_000_000}))
    with pytest.raises(TooLarge):
        unzip(zipped({f"forms/x{number}.json": b" " * 1_900_000 for number in range(20)}))
    with pytest.raises(TooLarge):
        unzip(zipped({f"forms/{number}.json": b"" for number in range(2_001)}))


def test_a_directory_that_lies_about_sizes_is_found_out_while_unpacking():
    packed = bytearray(zipped({"forms/x.json": b"7" * 1_000_000}))
    at = packed.rfind(b"PK\x01\x02") + 24  # the uncompressed size in the central directory
    packed[at : at + 4] = struct.pack("<I", 10)
    with pytest.raises((TooLarge, Unreadable)):
        unzip(bytes(packed))


def test_links_secrets_and_strange_methods_are_refused():
    link = zipfile.ZipInfo("forms/x.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr(link, "/etc/passwd")
    locked = bytearray(zipped(GOOD))
    for at in (locked.find(b"PK\x03\x04") + 6, locked.find(b"PK\x01\x02") + 8):
        locked[at] |= 1
    for packed in (out.getvalue(), zipped(GOOD, zipfile.ZIP_BZIP2), zipped(GOOD, zipfile.ZIP_LZMA), bytes(locked)):
        with pytest.raises(Unreadable):
            unzip(packed)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused():
    with pytest.raises(Unreadable):
        unzip(zipped([("forms/x.json", b"1"), ("forms/x.json", b"2")]))


@pytest.mark.parametrize("cut", [0, 1, 10, 60, -1, -10])
def test_d12_a_truncated_zip_is_refused(cut):
    with pytest.raises(Unreadable):
        unzip(zipped(GOOD)[:cut] if cut else b"")


def test_a_nested_zip_stays_a_file_and_is_no_spec():
    inner = zipped(GOOD)
    assert unzip(zipped({**GOOD, "forms/inner.zip": inner}))["forms/inner.zip"] == inner


def test_every_flipped_byte_is_read_or_refused():
    packed = zipped(GOOD)
    for at in range(len(packed)):
        broken = packed[:at] + bytes([packed[at] ^ 0xFF]) + packed[at + 1 :]
        try:
            unzip(broken)
        except (Unreadable, TooLarge):
            pass
