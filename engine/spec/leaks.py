"""The proof that a scenario holds nothing of the person it was made from: every text of it is searched for every secret.

It knows nothing of how replacements are made. What is no text of a person is told by its place: words of the scenario's own grammar, ids and titles of the
edition, codes where the form takes codes. Names of keys are the edition's where they are known ones. Days are compared as days.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from engine.spec.fields import codes_of
from engine.spec.nodes import Many, Scalar
from engine.spec.scenario import DEEDS, EXPECTATIONS
from engine.spec.source import step as pointer_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from engine.spec.edition import Edition
    from engine.spec.fields import Part
    from engine.spec.form import Form

SHORTEST = 2
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?)?|[0-9]{2}:[0-9]{2}")
_GRAMMAR = frozenset(
    ["$comment", "title", "given", "now", "closing_date", "institutions", "id", "name", "kind", "people", "login", "institution", "roles", "steps", "as", "do", "what", "case", "data", "reason", "confirmed", "until", "days", "which", "to", "expect"]
) | frozenset(EXPECTATIONS)


class Leaks:
    """Searches scenarios of one edition for `secrets`. `constant` are texts that stand in every scenario, whoever it is made from."""

    def __init__(self, edition: Edition, secrets: AbstractSet[str], constant: AbstractSet[str]) -> None:
        """Secrets shorter than two characters are nobody's."""
        self._edition, self._constant = edition, constant
        self._secrets = [secret for secret in secrets if len(secret) >= SHORTEST]
        self._days = {secret for secret in secrets if _TIME.fullmatch(secret)}
        stages = {stage.id for stage in edition.case.stages}
        fields = {name for form in edition.forms.values() for name in _names(form)}
        self._keys = _GRAMMAR | edition.forms.keys() | edition.processes.keys() | stages | fields

    def found(self, scenario: Mapping[str, Any]) -> list[str]:
        """Give the pointers of every text that holds a secret."""
        told = [("/" + key, key, value) for key, value in scenario.items() if key != "steps"]
        places = [place for pointer, _, value in told for place in self._below(value, pointer)]
        for number, one in enumerate(scenario.get("steps", ())):
            pointer, form = f"/steps/{number}", self._edition.forms.get(one.get("what", ""))
            for key, value in one.items():
                if key == "data" and form is not None:
                    places += self._answers(form, value, f"{pointer}/data", "")
                elif not (key == "what" and (value in self._edition.forms or value in self._edition.processes)) and not (key == "do" and value in DEEDS):
                    places += self._below(value, f"{pointer}/{key}", form)
        return places

    def _below(self, value: Any, pointer: str, form: Form | None = None) -> Iterator[str]:
        """Search what is no answer: titles, names, expectations."""
        if isinstance(value, dict):
            for key, part in value.items():
                place = pointer_step(pointer, key)
                derived = pointer.endswith("/expect/derived") and form is not None and _node(form, key) is not None
                if key not in self._keys and not derived and self._holds(key):
                    yield pointer
                if derived and _coded(_node(form, key), part):  # type: ignore[arg-type]
                    continue
                yield from self._below(part, place, form)
        elif isinstance(value, list):
            for number, part in enumerate(value):
                yield from self._below(part, f"{pointer}/{number}", form)
        elif isinstance(value, str) and not self._words(pointer, value) and self._holds(value):
            yield pointer

    def _answers(self, form: Form, value: Any, pointer: str, schema: str) -> Iterator[str]:
        """Search answers, each for what the form says it is."""
        if isinstance(value, dict):
            for key, part in value.items():
                place = pointer_step(pointer, key)
                if f"{schema}/{key}" not in form.nodes and self._holds(key):
                    yield pointer
                yield from self._answers(form, part, place, f"{schema}/{key}")
        elif isinstance(value, list):
            node = form.nodes.get(schema)
            inner = schema if isinstance(node, Many) else f"{schema}/*"
            for number, part in enumerate(value):
                yield from self._answers(form, part, f"{pointer}/{number}", inner)
        elif isinstance(value, str) and not _coded(form.nodes.get(schema), value) and self._holds(value):
            yield pointer

    def _words(self, pointer: str, value: str) -> bool:
        """Say whether a text is the edition's at its place."""
        edition, last = self._edition, pointer.rpartition("/")[2]
        if value in self._constant and pointer in ("/title", "/$comment"):
            return True
        if "/expect/tasks/" in pointer:
            return value in edition.forms
        if pointer.endswith("/expect/status"):
            return any(value == status.title for status in edition.case.status)
        if "/roles/" in pointer:
            return value in edition.roles.roles
        return last == "kind" and any(value in role.kinds for role in edition.roles.roles.values())

    def _holds(self, text: str) -> bool:
        if _TIME.fullmatch(text):
            return text in self._days or text[:10] in self._days
        return any(secret in text for secret in self._secrets)


def _names(form: Form) -> Iterator[str]:
    yield from (node.name for node in form.nodes.values())


def _node(form: Form, pointer: str) -> Part | None:
    return form.nodes.get("/".join("*" if part.isdecimal() else part for part in pointer.split("/")))


def _coded(node: Part | None, value: Any) -> bool:
    """Say whether a value is a code the field takes."""
    codes = codes_of(node) if isinstance(node, (Scalar, Many)) else None
    return codes is not None and isinstance(value, str) and codes.find(value) is not None
