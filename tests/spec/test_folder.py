"""Holds S42 (SECURITY.md)."""

from __future__ import annotations

import os

import pytest

from engine.errors import SpecError
from engine.spec import folder
from engine.spec.folder import digest_of, misplaced, read_folder


@pytest.fixture
def root(tmp_path):
    (tmp_path / "forms" / "lists").mkdir(parents=True)
    (tmp_path / "workflows" / "scenarios").mkdir(parents=True)
    (tmp_path / "forms" / "edition.json").write_text("{}")
    (tmp_path / "workflows" / "roles.json").write_text("{}")
    return tmp_path


def ids(root):
    with pytest.raises(SpecError) as caught:
        read_folder(root)
    return [(finding.path, finding.id) for finding in caught.value.findings]


def test_files_come_sorted_by_name_with_their_bytes(root):
    (root / "forms" / "b.json").write_bytes(b"1")
    (root / "workflows" / "scenarios" / "가 나.json").write_bytes(b"2")
    (root / "forms" / "README.md").write_text("for people")
    (root / "forms" / ".gitkeep").write_text("")
    assert list(read_folder(root)) == ["forms/b.json", "forms/edition.json", "workflows/roles.json", "workflows/scenarios/가 나.json"]


def test_a_missing_folder_is_a_finding(tmp_path):
    assert ids(tmp_path) == [("workflows", "missing-folder"), ("forms", "missing-folder")]


def test_links_do_not_lead_out(root, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.json").write_text("{}")
    os.symlink(outside / "secret.json", root / "forms" / "x.json")
    os.symlink(outside, root / "forms" / "views")
    assert sorted(ids(root)) == [("forms/views", "link"), ("forms/x.json", "link")]


def test_only_known_places_and_endings(root):
    (root / "forms" / "x.py").write_text("1")
    (root / "forms" / "deep" / "er").mkdir(parents=True)
    (root / "forms" / "deep" / "er" / "x.json").write_text("{}")
    (root / "workflows" / "note.json").write_text("{}")
    assert {kind for _, kind in ids(root)} == {"misplaced-file"}
    assert len(ids(root)) == 3


def test_size_and_count_are_bounded(root, monkeypatch):
    (root / "forms" / "big.json").write_bytes(b" " * (folder.MAX_FILE_BYTES + 1))
    assert ids(root) == [("forms/big.json", "too-large")]
    (root / "forms" / "big.json").unlink()
    monkeypatch.setattr(folder, "MAX_FILES", 1)
    assert "too-many-files" in {kind for _, kind in ids(root)}
    assert "too-many-files" in {finding.id for finding in misplaced({"forms/a.json": b"", "forms/b.json": b""})}


@pytest.mark.parametrize("name", ["../x.json", "forms/../../x.json", "/etc/passwd", "forms/a b.json", "forms/x.json\n", "forms/lists/deep/x.json", "FORMS/x.json"])
def test_names_that_lead_elsewhere_are_refused(name):
    assert [finding.id for finding in misplaced({name: b"{}"})] == ["misplaced-file"]


def test_the_digest_is_of_names_and_contents_in_any_order():
    one, other = {"forms/a.json": b"1", "forms/b.json": b"2"}, {"forms/b.json": b"2", "forms/a.json": b"1"}
    assert digest_of(one) == digest_of(other)
    assert len({digest_of(files) for files in (one, {"forms/a.json": b"12", "forms/b.json": b""}, {"forms/a.json": b"1"}, {"forms/c.json": b"1", "forms/b.json": b"2"})}) == 4
