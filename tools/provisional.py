"""What of `forms/` stands there until policy staff replace it: writes `docs/provisional.md`, which a test holds against the forms.

    python -m tools.provisional
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "provisional.md"
_MARK = re.compile(r"임시(?!저장)")
_OWN = ("$comment", "title", "label", "message")
_HEAD = """# 임시로 둔 것

매뉴얼이 이름만 적고 내용을 인쇄하지 않은 것을 알맞은 모양으로 두고 `임시`라고 적었습니다. 공식 값이 아니니 정책 담당자가 바꿉니다.
이 표는 `python -m tools.provisional`로 다시 만듭니다.

| 파일 | 항목 | 왜 임시인가 |
|---|---|---|
"""


def text(root: Path = ROOT) -> str:
    """Give the page: one line for each thing of `forms/` that says it is provisional; the codes of a list stand on one line."""
    files = sorted((root / "forms").rglob("*.json"))
    rows = [row for path in files for row in _rows(path.relative_to(root).as_posix(), json.loads(path.read_text(encoding="utf-8")))]
    return _HEAD + "".join(f"| `{file}` | {_cell(what)} | {_cell(why)} |\n" for file, what, why in rows)


def _rows(file: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if file.startswith("forms/lists/"):
        codes = [str(item["label"]) for item in data["items"] if any(_MARK.search(told) for told in _told(item))]
        why = [told for told in _told(data) if _MARK.search(told)]
        if codes or why:
            yield file, f"{data['title']}: {', '.join(codes)}", why[0] if why else "임시"
        return
    yield from ((file, what, why) for what, why in _marked(data, ()))


def _marked(node: Any, trail: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for each in node:
            yield from _marked(each, trail)
    if not isinstance(node, Mapping):
        return
    screen = node.get("x-screen")
    title = node.get("title") or (screen.get("title") if isinstance(screen, Mapping) else None) or node.get("tab")
    here = (*trail, str(title)) if title else trail
    why = [told for told in _told(node) if _MARK.search(told)]
    if why:
        yield " ▸ ".join(here), " ".join(dict.fromkeys(why))
    for key, value in node.items():
        if key == "carried_elsewhere":
            yield from ((name, told) for name, told in value.items() if _MARK.search(str(told)))
        elif key != "x-help":
            yield from _marked(value, here)


def _told(node: Mapping[str, Any]) -> list[str]:
    told = [node[key] for key in _OWN if isinstance(node.get(key), str)]
    helped = node.get("x-help")
    return told + ([str(helped["text"])] if isinstance(helped, Mapping) and "text" in helped else [])


def _cell(told: str) -> str:
    return told.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
