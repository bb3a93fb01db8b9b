"""Edits of the two folders as a person reads them: a Markdown page with the text before and after. Read here, and done to files in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LINE = re.compile(r"### (?P<recipe>.+)|파일: `(?P<path>[^`]+)`|```(?P<fence>전|뒤|새 파일|지움)$")


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: `before` becomes `after` in the file; "" before is a new file, "" after in `gone` a file that goes."""

    recipe: str
    path: str
    before: str
    after: str
    gone: bool = False


def edits_of(page: str) -> list[Edit]:
    """Give the edits of a page, in its order. Raises ValueError for one without its file or its other half."""
    found: list[Edit] = []
    recipe, path, before = "", "", None
    lines = iter(page.splitlines())
    for line in lines:
        told = _LINE.fullmatch(line)
        if told is None:
            continue
        if told["recipe"]:
            recipe, path = told["recipe"], ""
        elif told["path"]:
            path = told["path"]
        else:
            block = "\n".join(iter(lambda: next(lines), "```")).strip("\n")
            if not path or (before is None) is (told["fence"] == "뒤"):
                raise ValueError(f"{recipe}: {told['fence']} has no file or no other half")
            if told["fence"] == "전":
                before = block
                continue
            found.append(Edit(recipe, path, before or "", block, gone=told["fence"] == "지움"))
            before = None
    return found


def done(files: Mapping[str, bytes], edits: Iterable[Edit]) -> dict[str, bytes]:
    """Give the files with the edits done one after the other. Raises ValueError where the text before does not stand in its file exactly once."""
    made = dict(files)
    for edit in edits:
        if edit.gone:
            del made[edit.path]
        elif not edit.before:
            if edit.path in made:
                raise ValueError(f"{edit.recipe}: {edit.path} is there already")
            made[edit.path] = f"{edit.after}\n".encode()
        else:
            text = made[edit.path].decode()
            if text.count(edit.before) != 1:
                raise ValueError(f"{edit.recipe}: stands {text.count(edit.before)} times in {edit.path}: {edit.before}")
            made[edit.path] = text.replace(edit.before, edit.after).encode()
    return made
