"""What the forms call provisional is told to policy staff, all of it."""

from __future__ import annotations

import re
from pathlib import Path

from tools.provisional import PAGE, text

ROOT = Path(__file__).parents[2]


def test_the_list_of_what_is_provisional_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == text(), "python -m tools.provisional"


def test_every_file_that_says_so_is_on_the_list():
    saying = {path.relative_to(ROOT).as_posix() for path in (ROOT / "forms").rglob("*.json") if re.search("임시(?!저장)", path.read_text(encoding="utf-8"))}
    assert saying == set(re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_readme_leads_there():
    assert "docs/provisional.md" in (ROOT / "README.md").read_text(encoding="utf-8")
