"""The generated manual as files: one HTML page that stands alone with its styles and letters, and a PDF that a Chromium prints of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pypdf import PdfReader

from engine.errors import Refused
from web import manual, messages
from web.rendering import ENVIRONMENT, STATIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.edition import Edition

_SHEETS = ("vendor/pretendard/pretendard.css", "vendor/krds_tokens.css", "didimdol.css", "office.css", "manual.css")
_LOOK = "look"  # the folder beside the page
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
_LONGEST = 180  # seconds a print may take
# On paper the page is narrow, but it is no phone: the rules for narrow screens are for screens.
_NARROW = re.compile(r"@media \(max-width")


def write(edition: Edition, folder: Path, *, pdf: bool = False) -> list[Path]:
    """Write `manual.html` (and `manual.pdf`) into a folder, which is made where it is not there; give what was written. Raises Refused without a Chromium."""
    folder.mkdir(parents=True, exist_ok=True)
    browser = _browser() if pdf else ""
    _styles(folder / _LOOK)
    page = folder / "manual.html"
    page.write_text(whole(edition, {}), encoding="utf-8")
    if not pdf:
        return [page]
    paper = folder / "manual.pdf"
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        draft = Path(aside).parent / f".{Path(aside).name}.html"
        try:
            draft.write_text(whole(edition, dict.fromkeys(_ids(edition), "000")), encoding="utf-8")
            _print(browser, draft, paper)
            draft.write_text(whole(edition, places(paper)), encoding="utf-8")
            _print(browser, draft, paper)
        finally:
            draft.unlink(missing_ok=True)
    return [page, paper]


def whole(edition: Edition, pages: Mapping[str, int | str]) -> str:
    """Give the page; `pages` are the numbers that stand in its contents, by chapter."""
    title = str(edition.spec.manual.get("title") or f"{edition.title} {messages.MANUAL}")
    context = {
        "title": title, "running": re.sub(r'[\\"\n<]', " ", f"{title} · {edition.name}"), "edition": edition, "contents": manual.contents(edition),
        "chapters": manual.chapters(edition), "pages": pages, "sheets": [f"{_LOOK}/{sheet}" for sheet in _SHEETS],
    }
    return ENVIRONMENT.get_template("manual_book.html").render(context)


def places(paper: Path) -> dict[str, int]:
    """Give the page on which each chapter of a printed manual begins, from 1."""
    reader = PdfReader(paper)
    found = {name.removeprefix("/"): reader.get_destination_page_number(target) for name, target in reader.named_destinations.items()}
    return {name: number + 1 for name, number in found.items() if number is not None}


def _ids(edition: Edition) -> list[str]:
    return [entry.id for _, entries in manual.contents(edition) for entry in entries]


def _styles(look: Path) -> None:
    """Copy styles and letters; those of ours for print are wide on paper too."""
    shutil.copytree(STATIC / "vendor" / "pretendard", look / "vendor" / "pretendard", dirs_exist_ok=True)
    for sheet in _SHEETS[1:]:
        (look / sheet).parent.mkdir(parents=True, exist_ok=True)
        (look / sheet).write_text(_NARROW.sub("@media screen and (max-width", (STATIC / sheet).read_text(encoding="utf-8")), encoding="utf-8")


def _browser() -> str:
    found = os.environ.get("DIDIMDOL_CHROMIUM") or next((path for name in _BROWSERS if (path := shutil.which(name))), "")
    if not found:
        raise Refused("PDF는 Chromium으로 만듭니다. Chromium을 설치하거나 DIDIMDOL_CHROMIUM에 그 경로를 적으세요. --pdf 없이 HTML은 만들 수 있습니다.")
    return found


def _print(browser: str, page: Path, paper: Path) -> None:
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless", "--disable-gpu", "--disable-background-networking", "--no-first-run", f"--user-data-dir={profile}", "--no-pdf-header-footer",
            "--generate-pdf-document-outline", "--virtual-time-budget=20000", f"--print-to-pdf={paper.resolve()}", page.resolve().as_uri(),
        ]
        if os.geteuid() == 0:  # Chromium's sandbox refuses root; the page is our own and runs no script
            command.insert(1, "--no-sandbox")
        paper.unlink(missing_ok=True)
        try:
            done = subprocess.run(command, capture_output=True, timeout=_LONGEST, check=False)  # noqa: S603 the browser of this machine, with no word of a stranger
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Refused(f"Chromium이 PDF를 만들지 못했습니다: {error}") from error
    if done.returncode or not paper.is_file():
        raise Refused(f"Chromium이 PDF를 만들지 못했습니다: {done.stderr.decode(errors='replace')[-300:].strip()}")
