"""A posted form page: which button, which answers, and the marks that go back and forth with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile

from engine.errors import NotFound
from web.answers import local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from engine.casework.desk import Desk
    from engine.spec.form import Form

SAVES = frozenset({"save", "confirm"})
FIND, LONGEST = "_find:", 100


@dataclass(frozen=True, slots=True)
class Posted:
    """What came back of a form page.

    `pairs` are its answers (names are JSON pointers), `files` its attachments, `finds` what was looked for, by pointer of the field; `version` and
    `draft_version` what it saw, `back` where it leads when it is left.
    """

    intent: str
    key: str
    form: str
    version: int
    draft_version: int
    tried: bool
    back: str
    reason: str
    pairs: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, UploadFile], ...]
    finds: Mapping[str, str]

    @property
    def saves(self) -> bool:
        """Say whether the button saves for good."""
        return self.intent in SAVES

    @property
    def confirmed(self) -> bool:
        """Say whether the warnings were read and confirmed."""
        return self.intent == "confirm"

    def form_of(self, desk: Desk) -> Form:
        """Give the form the page was drawn from: it only says how to read names into answers, the verb decides by its own. Raises NotFound."""
        digest, _, ident = self.form.partition("/")
        form = desk.edition(digest or None).forms.get(ident)
        if form is None:
            raise NotFound
        return form


def read_post(request: Request) -> Posted:
    """Read the posted form of a request."""
    pairs, files, marks = [], [], {}
    for name, value in request.state.form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files.append((name, value))
        elif name.startswith("/"):
            pairs.append((name, value))
        else:
            marks[name] = value
    return Posted(
        intent=marks.get("intent", "preview"), key=marks.get("_key", ""), form=marks.get("_form", ""), version=_number(marks.get("_version")),
        draft_version=_number(marks.get("_draft_version")), tried="_tried" in marks, back=local(marks.get("_back", "")),
        reason=marks.get("_reason", ""),
        pairs=tuple(pairs), files=tuple(files),
        finds={name.removeprefix(FIND): text[:LONGEST] for name, text in marks.items() if name.startswith(FIND)},
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
