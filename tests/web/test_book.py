"""The manual as files: the page stands alone, the paper's contents name the pages on which its chapters begin."""

from __future__ import annotations

import re
import shutil

import pytest
from pypdf import PdfReader

from engine.cli import main
from engine.spec.edition import load_edition
from tests.casework.library import TOY
from web import book, manual


@pytest.fixture(scope="module")
def edition():
    return load_edition(TOY)


def test_the_page_stands_alone(edition, tmp_path):
    (page,) = book.write(edition, tmp_path / "out")
    text = page.read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="([^"]+)"', text):
        assert target[1:] in ids if target.startswith("#") else (page.parent / target).is_file(), target
    assert 'src="' not in text


def test_on_paper_the_contents_name_the_pages_of_the_chapters(edition, tmp_path, capsys):
    assert main(["handbook", str(TOY), "--out", str(tmp_path), "--pdf"]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "manual.html"), str(tmp_path / "manual.pdf")]
    reader = PdfReader(tmp_path / "manual.pdf")
    pages = ["".join(page.extract_text().split()) for page in reader.pages]
    places = book.places(tmp_path / "manual.pdf")
    entries = [entry for _, group in manual.contents(edition) for entry in group]
    assert len(pages) > len(entries)
    assert "매뉴얼" in pages[0]
    for entry in entries:
        title = "".join(entry.title.split())
        assert title in pages[places[entry.id] - 1]
        assert f"{title}{places[entry.id]}" in pages[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["look", "manual.html", "manual.pdf"]


def test_without_a_browser_the_paper_is_refused_and_nothing_is_left(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("DIDIMDOL_CHROMIUM", raising=False)
    assert main(["handbook", str(TOY), "--out", str(tmp_path), "--pdf"]) == 1
    assert "Chromium" in capsys.readouterr().err
    assert not (tmp_path / "manual.pdf").exists()
