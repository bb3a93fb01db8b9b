"""Holds S35 (SECURITY.md)."""

from __future__ import annotations

import pytest

from engine.errors import NotFound
from engine.store.files import FolderFiles, MemoryFiles
from engine.store.ids import new_id


@pytest.fixture(params=["folder", "memory"])
def store(request, tmp_path):
    return FolderFiles(tmp_path / "files") if request.param == "folder" else MemoryFiles()


def test_keeps_replaces_and_forgets(store):
    name = new_id()
    store.put(name, b"one")
    store.put(name, b"two")
    assert store.get(name) == b"two"
    assert list(store.names()) == [name]
    store.delete(name)
    store.delete(name)
    assert list(store.names()) == []
    with pytest.raises(NotFound):
        store.get(name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", "x" * 300, "\0" * 26])
def test_names_are_ids_only(tmp_path, name):
    with pytest.raises(NotFound):
        FolderFiles(tmp_path).get(name)


def test_files_are_for_their_owner_only(tmp_path):
    store, name = FolderFiles(tmp_path), new_id()
    store.put(name, b"x")
    path = tmp_path / name[-2:] / name
    assert path.stat().st_mode & 0o077 == 0


def test_unfinished_writes_are_not_listed(tmp_path):
    store, name = FolderFiles(tmp_path), new_id()
    store.put(name, b"x")
    (tmp_path / name[-2:] / (new_id() + ".part")).write_bytes(b"half")
    assert list(store.names()) == [name]
