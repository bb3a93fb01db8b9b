"""What was typed into fields that do not apply now: it travels along unseen, so that a change of mind brings it back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.form import Form, Reading

_BOOLEANS = {True: "true", False: "false"}


def put_aside(form: Form, reading: Reading, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (name, value) of every raw answer whose field the form has but does not show now; what is derived is left out."""
    return list(_leaves(form, reading, answers, "", ""))


def _leaves(form: Form, reading: Reading, value: Any, pointer: str, generic: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(form, reading, part, f"{pointer}/{name}", f"{generic}/{name}")
    elif isinstance(value, (list, tuple)) and any(isinstance(part, dict) for part in value):
        for nth, part in enumerate(value):
            yield from _leaves(form, reading, part, f"{pointer}/{nth}", f"{generic}/*")
    elif pointer not in reading.visible and generic in form.fields and not form.fields[generic].readonly:
        for part in value if isinstance(value, (list, tuple)) else (value,):
            if part is not None and part != "":
                yield pointer, _BOOLEANS[part] if isinstance(part, bool) else str(part)
